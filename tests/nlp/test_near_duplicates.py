import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.near_duplicates import (
    BANDS,
    distinguishing_tokens,
    match_near_duplicate,
    plain_text,
    shingles,
    signatures,
    similarity,
)

SHORT = "ไฟฟ้าส่องสว่างหน้าตลาดสดดับมาสองสัปดาห์แล้ว"
FIRST_BANDS = [-913451569167677632, -7054654333881879999]
LONG = (
    "ขอให้ตรวจสอบการปล่อยน้ำเสียของโรงงานลงคลองหลังหมู่บ้าน น้ำมีสีดำและส่งกลิ่นเหม็นมากทุกเย็น "
    "เด็กและคนชราป่วยกันหลายบ้าน แจ้งไปแล้วยังไม่มีใครมาดู"
)


@pytest.mark.parametrize(
    ("copy", "original", "is_same_place", "kind"),
    [
        (SHORT, SHORT, True, "same_place"),
        (f"แจ้งอีกครั้ง {SHORT} 🙏", SHORT, True, "same_place"),
        (f"{SHORT} โทร [PHONE] https://example.org/1", SHORT, True, "same_place"),
        (SHORT.replace("หน้า", "ข้าง"), SHORT, True, "same_place"),
        (SHORT, SHORT, False, None),
        (LONG, LONG, False, "same_words"),
        (f"ช่วยแชร์ด้วยค่ะ {LONG} #น้ำเสีย", LONG, False, "same_words"),
        ("ไฟดับ", "ไฟดับ", True, None),
        ("ไฟหน้าตลาดสดไม่ติดสักดวง เดินกลับบ้านกลางคืนน่ากลัวมาก", SHORT, True, None),
    ],
)
def test_a_copy_is_a_near_duplicate_and_a_common_phrase_is_not(copy, original, is_same_place, kind):
    found = match_near_duplicate(copy, original, is_same_place=is_same_place)
    assert (found[0] if found else None) == kind


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("เสาไฟฟ้าต้นที่ 12 ถนนริมคลองฝั่งเหนือดับ", "เสาไฟฟ้าต้นที่ ๑๓ ถนนริมคลองฝั่งเหนือดับ"),
        ("มีรถจอดขวางทางเข้าออก 2 คัน ช่อง (1-2)", "มีรถจอดขวางทางเข้าออก 2 คัน ช่อง (2-2)"),
        ("หอพัก Green House เปิดเพลงเสียงดังทุกคืนจนถึงเช้า", "หอพัก Blue Moon เปิดเพลงเสียงดังทุกคืนจนถึงเช้า"),
        (
            f"{LONG} จุดที่พบคือบริเวณท้ายซอยวัดใหม่",
            f"{LONG} จุดที่พบคือบริเวณหน้าโรงเรียนเทศบาล",
        ),
    ],
)
def test_a_template_that_was_filled_in_twice_is_not_a_near_duplicate(one, other):
    assert similarity(shingles(plain_text(one)), shingles(plain_text(other))) > 0.5
    assert match_near_duplicate(one, other, is_same_place=True) is None


def test_signs_spaces_links_placeholders_and_form_sentences_are_not_compared():
    said = "น้ำท่วมซอย ๕ ค่ะ!! 😭 [PHONE] https://example.org ความสูงระดับข้อเท้า น้ำท่วมมาแล้วน้อยกว่า 3 วัน"
    assert plain_text(said) == "น้ำท่วมซอย5ค่ะ"
    assert distinguishing_tokens(said) == {("5", 0)}
    assert plain_text("Lampu JALAN_rosak") == "lampujalanrosak"


def test_texts_that_differ_only_in_signs_have_the_same_signature():
    lengths, bands = signatures([SHORT, f" {SHORT}!! 🙏", LONG, "", "ดับ"])
    assert lengths.tolist() == [len(plain_text(SHORT))] * 2 + [len(plain_text(LONG)), 0, 3]
    assert bands.shape == (5, BANDS) and bands.dtype == np.int64
    assert (bands[0] == bands[1]).all() and not (bands[0] == bands[2]).any()
    assert not bands[3:].any()
    assert signatures([])[1].shape == (0, BANDS)


def test_a_signature_is_stable_and_does_not_depend_on_the_batch():
    alone = signatures([LONG])[1][0]
    assert (signatures([SHORT, LONG])[1][1] == alone).all()
    assert alone[:2].tolist() == FIRST_BANDS


def test_texts_share_bands_as_often_as_their_similarity_predicts():
    rng = np.random.default_rng(3)
    letters = np.array([chr(code) for code in range(ord("ก"), ord("ฮ"))])
    shared = 0
    for _ in range(300):
        text = "".join(rng.choice(letters, 103))
        other = text[:94] + "".join(rng.choice(letters, 9))
        # Of 100 shingles of each, 91 are in both: 91 / 109 = .835.
        assert similarity(shingles(text), shingles(other)) == pytest.approx(91 / 109, abs=0.02)
        _, (one, two) = signatures([text, other])
        shared += bool((one == two).any())
    expected = 1 - (1 - (91 / 109) ** 4) ** BANDS
    assert shared / 300 == pytest.approx(expected, abs=0.02)


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_two_texts_can_be_compared(one, other):
    lengths, _ = signatures([one, other])
    assert lengths.tolist() == [len(plain_text(one)), len(plain_text(other))]
    found = match_near_duplicate(one, other, is_same_place=True)
    assert found == match_near_duplicate(other, one, is_same_place=True)
    assert found is None or 0 < found[1] <= 1


def test_a_long_text_takes_no_longer_than_many_short_texts():
    def seconds(texts: list[str]) -> float:
        taken: list[float] = []
        for _ in range(3):
            started = time.process_time()
            signatures(texts)
            for text in texts:
                match_near_duplicate(text, "ก" * len(text), is_same_place=True)
            taken.append(time.process_time() - started)
        return min(taken)

    assert seconds([LONG * 2000]) < 3 * seconds([LONG] * 2000)
