"""Normalised spelling of a text."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.normalise import normalise

messy = st.text(
    alphabet=st.one_of(
        st.sampled_from("กขครวมาาเเแโใไำๅํะัิีึืุู็่้๊๋์ๆ  \n\r\t\u200b\u200d\ufeff\u00a0.!5aA๕\ud800\uf70a😀"),
        st.characters(codec=None),
    )
)


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("", ""),
        (" \u200b\ufeff\r\n ", ""),
        ("เเปลกมากกกกก", "แปลกมาก"),
        ("นำ้ท่วม", "น้ำท่วม"),
        ("น\u0e4d้าท่วม", "น้ำท่วม"),
        ("ถนน  พัง\r\n\r\n ซ่อม\tที", "ถนน พัง\nซ่อม ที"),
        ("ถนน\u200bพัง\u00a0มาก", "ถนนพัง มาก"),
        ("ที่\uf70aนี่", "ที่นี่"),
        ("กรรมการ", "กรรมการ"),
        ("55555555 0800000000", "55555555 0800000000"),
        ("ด่วน!!!!!!!!", "ด่วน!!!"),
        ("👨\u200d👩\u200d👧 ก\u200dข", "👨\u200d👩\u200d👧 กข"),
        ("โทร ๐๘๑ ０８１ 1\ufe0f\u20e3", "โทร 081 081 1"),
        ("ชื่อ ******** เบอร์ ****", "ชื่อ ***** เบอร์ *****"),
        ("ก" + "่ี" * 40 + "ง" + "า่" * 40, "กี่ง่า"),
        ("มีร ูที่ถนน", "มีรูที่ถนน"),
        ("น้ำประปาข ุ่น ไฟดับที\t่บ้าน", "น้ำประปาขุ่น ไฟดับที่บ้าน"),
        ("ป้าย A ูน้ำ\nุ", "ป้าย A ูน้ำ\nุ"),
        ("a" + "\u0301" * 2000 + " ู", "á" + "\u0301" * 3 + " ู"),
        ("เกาะ สิทธิ์ ฤๅษี", "เกาะ สิทธิ์ ฤๅษี"),
        ("ปัญหา : ไฟดับ บ้านเลขที่ : 12 หมู่:3", "ปัญหา: ไฟดับ\nบ้านเลขที่: 12\nหมู่: 3"),
        ("เวลา :10:30 น.", "เวลา: 10:30 น."),
        ("ครึ่ง\ud83dหนึ่ง", "ครึ่งหนึ่ง"),
    ],
)
def test_a_text_is_normalised_to_one_spelling(raw, clean):
    assert normalise(raw) == clean


@given(messy)
def test_normalising_again_changes_nothing_and_the_text_can_be_encoded(text):
    once = normalise(text)
    assert normalise(once) == once
    once.encode("utf-8")
    assert "\r" not in once and "  " not in once and once == once.strip()


@pytest.mark.parametrize(
    "letter", ["ก", "5", " ", "😀", "ด้านหน้า", "่ี", "า่", "ะ ", "เ", "*", "\n", "ปัญหา: ", "\u0301\u0323"]
)
def test_the_time_is_linear_in_the_length(letter):
    times = []
    for size in (20_000, 80_000):
        taken: list[float] = []
        for _ in range(3):
            start = time.process_time()
            normalise(letter * (size // len(letter)))
            taken.append(time.process_time() - start)
        times.append(min(taken))
    assert times[1] < 12 * times[0] + 0.02
