"""Personal numbers and addresses never leave the masking step; other numbers do."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.mask import mask

THAI_DIGITS = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")


@pytest.mark.parametrize(
    ("text", "masked", "types"),
    [
        ("โทร0812345678นะ", "โทร[PHONE]นะ", ("PHONE",)),
        ("โทร ๐๘๑-๒๓๔-๕๖๗๘", "โทร [PHONE]", ("PHONE",)),
        ("081.234.5678 หรือ 02-123-4567 ต่อ 12", "[PHONE] หรือ [PHONE] ต่อ 12", ("PHONE",)),
        ("053 123456", "[PHONE]", ("PHONE",)),
        ("+66 81 234 5678, 66812345678", "[PHONE], [PHONE]", ("PHONE",)),
        ("+66(0)81-234-5678", "[PHONE]", ("PHONE",)),
        ("เลขบัตร1-1017-00230-70-8ครับ", "เลขบัตร[ID]ครับ", ("ID",)),
        ("1101700230709 และ ๑ ๑๐๑๗ ๐๐๒๓๐ ๗๐ ๘", "[ID] และ [ID]", ("ID",)),
        ("เมลsom.chai@example.comครับ 0812345678", "เมล[EMAIL]ครับ [PHONE]", ("EMAIL", "PHONE")),
        ("หมู่ 123 081-234-5678", "หมู่ 123 [PHONE]", ("PHONE",)),
        ("0899999999.0812345678", "[PHONE].[PHONE]", ("PHONE",)),
        ("ติดต่อ [PHONE] หรือ [EMAIL]", "ติดต่อ [PHONE] หรือ [EMAIL]", ("PHONE", "EMAIL")),
    ],
)
def test_personal_data_is_masked(text, masked, types):
    assert mask(text) == (masked, types)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "วันที่ 08-12-2565 10.30 น.",
        "08/12/2565 และ 2565-01-15 10:20:30",
        "งบ 1,500,000 บาท จาก 12,345,678.90",
        "2022-AV3TTK",
        "เชียงใหม่ 50000 โทร 1567 หรือ 191",
        "13.7563309, 100.5017651 และ 6.8695 101.2501",
        "08.30-16.30 15 คน",
        "หัวเราะ 5555555555555",
        "บ้านเลขที่ 123/45 หมู่ 6",
        "ตามหา @somchai.th",
        "20221208135644",
    ],
)
def test_other_numbers_stay(text):
    assert mask(text) == (text, ())


gaps = st.sampled_from(["", "-", " ", " - ", "."])
# What stands around a number: no digit and no dot beside it, which would make it part of a longer one.
around = st.text(st.sampled_from("กขคงตปมยรลสหอาิีุูเแโใไ่้ \nab,:;()ๆ"), max_size=20)


def spaced(digits: str, separators: list[str]) -> str:
    return digits[0] + "".join(gap + digit for gap, digit in zip(separators, digits[1:], strict=True))


@st.composite
def phones(draw) -> str:
    mobile = draw(st.booleans())
    digits = draw(st.from_regex(r"[689][0-9]{8}" if mobile else r"[2-7][0-9]{7}", fullmatch=True))
    before = draw(st.sampled_from(["0", "+66", "+66 ", "0066", "+66 0"]))
    cuts = draw(st.sampled_from([(), (2, 5), (1, 5), (1, 4), (2, 4, 6), (3,)]))
    gap = draw(gaps)
    written = before + "".join(gap + digit if at in cuts else digit for at, digit in enumerate(digits))
    return written.translate(THAI_DIGITS) if draw(st.booleans()) else written


@st.composite
def ids(draw) -> str:
    digits = draw(st.from_regex(r"[1-8][0-9]{12}", fullmatch=True).filter(lambda d: len(set(d)) > 1))
    canonical = f"{digits[0]}-{digits[1:5]}-{digits[5:10]}-{digits[10:12]}-{digits[12]}"
    written = draw(
        st.sampled_from([digits, canonical, canonical.replace("-", " "), " ".join(digits), "-".join(digits)])
    )
    return written.translate(THAI_DIGITS) if draw(st.booleans()) else written


emails = st.from_regex(r"[a-z][a-z0-9._]{0,12}[a-z0-9]@[a-z][a-z0-9]{1,10}\.(com|co\.th|go\.th)", fullmatch=True)


@given(around, phones(), around)
def test_a_planted_telephone_number_is_always_masked(before, phone, after):
    text, types = mask(before + phone + after)
    assert "PHONE" in types and not re.search(r"\d", text)


@given(around, ids(), around)
def test_a_planted_national_id_is_always_masked_whatever_its_checksum(before, number, after):
    text, types = mask(before + number + after)
    assert types == ("ID",) and not re.search(r"\d", text)


@given(around, emails, around)
def test_a_planted_address_is_always_masked(before, email, after):
    text, types = mask(f"{before}{email} {after}")
    assert types == ("EMAIL",) and "@" not in text


@given(st.lists(st.one_of(around, phones(), ids(), emails)).map("".join))
def test_masking_again_changes_nothing(text):
    once = mask(text)
    assert mask(once[0]) == once
