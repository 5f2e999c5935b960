"""From words of dialects, Malay and misspellings to Central Thai, for features."""

import pytest

from nlp.central import central_ids
from nlp.features import token_ids
from nlp.lexicon import VARIETIES, load_lexicon, written_forms
from nlp.tokenise import tokenise


def central(text: str) -> str:
    found = central_ids(token_ids(tokenise([text])))
    return "".join(found.table.tokens[number] for number in found.ids.tolist())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("น้ำบ่ไหล", "น้ำไม่ไหล"),
        ("แหลงไหรไม่โร้เรื่อง", "พูดอะไรไม่รู้เรื่อง"),
        ("jalan rosak", "ถนน ชำรุด"),
        ("جالن روسق", "ถนน ชำรุด"),
        ("ยาแล โรเซาะ", "ถนน ชำรุด"),
        ("JALAN", "ถนน"),
        ("ถนนพังมาก", "ถนนพังมาก"),
        ("[NAME] 0.5", "[NAME] 0.5"),
    ],
)
def test_words_are_brought_to_central_thai(text, expected):
    assert central(text) == expected


def test_a_text_keeps_its_own_words():
    text = "บ่ฮู้ว่าไฟดับย้อนหยัง"
    assert "".join(tokenise([text])[0]) == text


def test_the_lexicon_has_each_form_once_and_no_chain():
    lexicon = load_lexicon()
    assert sum(len(written_forms(variety)) for variety in VARIETIES) == len(lexicon)
    # A word of Central Thai that were a written form itself would depend on how often the lexicon is applied.
    assert not {central for central in lexicon.values() if central in lexicon}
