"""Which language a text is in."""

import pytest

from nlp.language import language


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
        ("", "und"),
        ("0.5 555 !!! 😀", "und"),
        ("[PHONE] https://example.com/the/road", "und"),
    ],
)
def test_the_language_is_named(text, expected):
    assert language(text) == expected
