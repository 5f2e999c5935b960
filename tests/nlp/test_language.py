"""The language of a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.language import language, languages


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ถนนพังมากครับ", "th"),
        ("เน็ต AIS ช้ามาก ที่บ้านดอนเมือง", "th"),
        ("jalan rosak di kampung kami, tolong baiki", "ms-Latn"),
        ("air paip tidak ada sejak pagi", "ms-Latn"),
        ("جالن روسق دكمڤوڠ كامي", "ms-Arab"),
        ("The street light is broken since Monday", "en"),
        ("ถนนหน้าบ้านพัง جالن روسق دكمڤوڠ", "mixed"),
        ("ถนนหน้าบ้านพังมาก please fix the broken road", "mixed"),
        ("ยาแล ราเซาะ ดี กาปง กีตอ ตูลง", "th"),  # by its letters; see test_malay.py
        ("lampu padam", "ms-Latn"),
        ("ถนน พัง มาก ตา มา ดู หน่อย", "th"),
        ("[NAME] [HOUSE] [PLATE]", "und"),
        ("", "und"),
        ("0.5 555 !!! 😀", "und"),
        ("[PHONE] https://example.com/the/road", "und"),
    ],
)
def test_the_language_of_a_text_is_found(text, expected):
    assert language(text) == expected


texts = st.lists(st.one_of(st.text(st.characters(codec=None)), st.text(st.sampled_from("กาaب 5 \0.ยาแล ฿"))))


@given(texts)
def test_languages_of_a_batch_are_the_languages_of_its_texts(batch):
    assert languages(batch) == [language(text) for text in batch]
