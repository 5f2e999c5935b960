"""The joined tokens are always equal to the text, and no text takes too long."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp import tokenise as module
from nlp.tokenise import pieces, tokenise

texts = st.text(st.one_of(st.sampled_from("กขคงดนมรวสหอาิีุูเแโใไำ่้์ๆ๕5 \nabجنڤ[]-.😀\u200d"), st.characters()), max_size=80)


def test_thai_is_split_into_words_and_keywords_of_topics_are_one_token():
    assert tokenise(["ขอซ่อมกุโบร์", "ถนนพัง"]) == [["ขอ", "ซ่อม", "กุโบร์"], ["ถนน", "พัง"]]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("ต.ท่าช้าง", ["ต.", "ท่าช้าง"]),
        ("เทศบาลตำบลบางปูใหม่", ["เทศบาลตำบล", "บางปูใหม่"]),
        ("ถนนใหญ่พัง", ["ถนน", "ใหญ่", "พัง"]),  # a subdistrict, too, but nothing says that it is meant
        ("นครราชสีมา", ["นครราชสีมา"]),
        ("แขวงทางหลวงไม่มา", ["แขวงทางหลวง", "ไม่", "มา"]),
        ("ผู้สูงอายุไม่ได้เบี้ยยังชีพ", ["ผู้สูงอายุ", "ไม่", "ได้", "เบี้ยยังชีพ"]),
        ("โทร [PHONE] [ID]", ["โทร", " ", "[PHONE]", " ", "[ID]"]),
    ],
)
def test_areas_agencies_civic_terms_and_placeholders_are_one_token(text, tokens):
    assert tokenise([text]) == [tokens]


def test_malay_is_split_at_spaces_and_never_passed_to_the_thai_engine(monkeypatch):
    asked: list[str] = []
    monkeypatch.setattr(module, "ENGINES", (lambda text: asked.append(text) or [text], list))
    assert tokenise(["jalan rosak", "جالن روسق", "ถนน جالن พัง"]) == [
        ["jalan", " ", "rosak"],
        ["جالن", " ", "روسق"],
        ["ถนน", " ", "جالن", " ", "พัง"],
    ]
    assert asked == ["ถนน", "พัง"]


@given(st.lists(texts, max_size=4))
def test_tokens_join_to_the_text(batch):
    assert ["".join(tokens) for tokens in tokenise(batch)] == batch
    assert all(token for tokens in tokenise(batch) for token in tokens)


@pytest.mark.parametrize("engines", [1, 2])
def test_an_engine_that_loses_characters_is_replaced_by_the_next(monkeypatch, engines):
    lossy = (lambda text: [text[:-1]],) * engines
    monkeypatch.setattr(module, "ENGINES", (*lossy, *module.ENGINES[engines:]))
    assert "".join(tokenise(["น้ำท่วม"])[0]) == "น้ำท่วม"


@pytest.mark.parametrize("text", ["ด้านหน้า" * 1000, "ตากลม" * 2000, "่" * 5000, "ก " * 3000])
def test_a_long_ambiguous_text_is_split_into_pieces_of_limited_length(text):
    assert max(map(len, pieces(text))) <= 600
    assert "".join(tokenise([text])[0]) == text


def test_a_piece_never_begins_with_a_combining_mark():
    assert all(piece[0] == "น" for piece in pieces("น้ำ" * 500))
