"""Thai that was decoded with a wrong encoding is repaired; other text is unchanged."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from nlp.encoding_repair import is_garbled, repair_encoding

WORDS = ["ถนนเป็นหลุมลึก", "ลาภ", "ฅน", "café", "😢", "081-234-5678", "ยะลา", "“ด่วน”", "น้ำไม่ไหล", "ๆ", "\n", "naïve …"]
THAI = st.lists(
    st.sampled_from(WORDS) | st.text(alphabet=st.characters(min_codepoint=0xE01, max_codepoint=0xE3A)), min_size=1
)
TEXTS = THAI.map(" ".join).filter(lambda text: re.search("[\u0e01-\u0e3a]", text))


def misread(text: str, encoding: str) -> str:
    """UTF-8 read as another encoding; bytes that it does not have stand as control characters, as in browsers."""
    return "".join(bytes([byte]).decode(encoding, "ignore") or chr(byte) for byte in text.encode())


@given(TEXTS, st.lists(st.sampled_from(["latin-1", "cp1252"]), min_size=1, max_size=2))
def test_utf8_decoded_once_or_twice_as_a_western_encoding_is_repaired(text: str, encodings: list[str]):
    garbled = text
    for encoding in encodings:
        garbled = misread(garbled, encoding)
    assert repair_encoding(garbled) == text
    assert not is_garbled(garbled)


@pytest.mark.parametrize("text", ["ถนนเป็นหลุมลึก รถล้มบ่อย", "ยะลา", "โทร 081 น้ำไม่ไหล café"])
def test_utf8_decoded_as_cp874_is_repaired(text: str):
    assert repair_encoding(misread(text, "cp874")) == text


@pytest.mark.parametrize("text", ["ถนนเป็นหลุมลึก รถล้มบ่อย", "ยะลา", "โทร 081 น้ำไม่ไหล", "หมู่ที่ ๕ ฯ"])
def test_tis620_decoded_as_latin1_is_repaired(text: str):
    assert repair_encoding(text.encode("cp874").decode("latin-1")) == text


@pytest.mark.parametrize(
    "text",
    [
        "café naïve", "Être à la créée", "À É È ÀÉÈÇ", "Größe ÄÖÜ", "señor ¿¡qué?", "Jalan rosak di kampung", "«mot»",
        "ถนน café ???", "เธอ เนตร เอนก", "à¸ว่า", "â‚¬ 5", "Ã©", "½ ¾ ¼", "", "100 °C ±2",
    ],
)  # fmt: skip
def test_text_that_is_not_garbled_thai_is_unchanged(text: str):
    assert repair_encoding(text) == text
    assert not is_garbled(text)


@given(st.text(alphabet=st.characters(max_codepoint=0x2FFF)))
def test_a_text_without_such_letters_is_unchanged(text: str):
    assume(not re.search("à[¸¹]|Ã\xa0Â|เ[ธน]|[\xa1-\xfb]{3}", text))
    assert repair_encoding(text) == text


@given(st.text())
def test_repairing_again_changes_nothing_and_never_fails(text: str):
    assert repair_encoding(repair_encoding(text)) == repair_encoding(text)
    is_garbled(text)


@pytest.mark.parametrize("cut", [1, 2, 3, 4])
@pytest.mark.parametrize("encoding", ["latin-1", "cp1252"])
def test_a_text_that_ends_inside_a_letter_loses_only_that_letter(encoding: str, cut: int):
    assert repair_encoding(misread("ไฟดับทั้งซอย", encoding)[:-cut]) in ("ไฟดับทั้งซอ", "ไฟดับทั้งซ")


@pytest.mark.parametrize(
    "text",
    [
        re.sub("[\x80-\x9f]", "", misread("ถนนเป็นหลุมลึก รถล้มบ่อย", "latin-1")),
        "แก้ไขแล้วกรุณามา".encode().decode("cp1252", "replace"),
        "ถนนเป็นหลุมลึก".encode().decode("cp874", "replace"),
        "ถนน".encode("ascii", "replace").decode() * 3,
        "???????? ????? 081",
        "\ufffd\ufffd\ufffd\ufffd road",
        "à¸" * 9,
    ],
)
def test_a_text_with_lost_bytes_is_garbled(text: str):
    assert is_garbled(text)


@pytest.mark.parametrize("unit", ["à¸–", "à¸", "Ã\xa0Â¸", "เธ–", "¶¹¹ ", "?", "\ufffd", "\xc3"])
def test_long_texts_are_read_in_one_pass_each(unit: str):
    """Each round is one substitution; a text of 300,000 letters is no burden in any of the forms."""
    text = unit * (300_000 // len(unit))
    assert len(repair_encoding(text)) <= len(text)
    is_garbled(text)
