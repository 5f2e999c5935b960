"""Terms of texts, without names of people and places and without fragments."""

import pytest

from nlp.features import token_ids
from nlp.terms import terms
from nlp.tokenise import tokenise


def of(text: str) -> list[str]:
    return list(terms(token_ids(tokenise([text])))[0])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ไฟส่องสว่างดับครับ", ["ไฟส่องสว่างดับ"]),
        ("น้ำประปาไม่ไหลมาสามวันแล้ว", ["น้ำประปาไม่ไหล"]),
        ("มีแต่หลุม", []),  # one short word is no term
        ("น้ำท่วมค่ะ", ["น้ำท่วม"]),  # but a compound is
        ("ไฟดับ ถนนพัง", ["ไฟดับ", "ถนนพัง"]),  # a space ends what is said
        ("jalan rosak di kampung kami", ["jalan rosak"]),
        ("Street light broken", ["street light", "street light broken", "light broken"]),
    ],
)
def test_adjacent_words_form_terms(text, found):
    assert of(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "นายสมชาย", "คุณ สมหญิง", "ด.ช. ปกรณ์", "ต.ท่าช้าง", "จังหวัด นราธิวาส", "นราธิวาส", "ซอย สุขุมวิท", "หมู่ บ้านใหม่",
        "[PHONE]", "[NAME] [ID]", "ครับ", "นะคะ", "081", "!!! 😀", "", " ",
    ],
)  # fmt: skip
def test_names_places_placeholders_and_stop_words_are_not_terms(text):
    assert of(text) == []


def test_a_term_never_spans_two_texts():
    assert terms(token_ids(tokenise(["ไฟ", "ดับ", "", "นาย", "ขยะล้น"]))) == [(), (), (), (), ("ขยะล้น",)]
    assert terms(token_ids([])) == []
