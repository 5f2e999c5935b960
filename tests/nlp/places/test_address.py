"""Ambiguity, order, postal codes, local governments, village numbers and the citizen's own words."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.places import NOWHERE, resolve, village_no


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("ต.หน้าพระลาน อ.เฉลิมพระเกียรติ", "191306"),  # the only two that fit each other
        ("ต.วัดเกต อ.เมือง", "500106"),
        ("ต.บ้านด่าน อ.เมือง 53000", "530111"),
        ("ต.ท่าช้าง อ.เมือง จ.จันทบุรี", "220106"),
        ("ตำบลบานา", "940104"),
        ("จ.ยะลา อ.เบตง ต.ยะรม ม.3", "950202"),
        ("เชียงใหม่ แม่ออน บ้านสหกรณ์", "502303"),
        ("ปัตตานี มายอ ตรัง", "940503"),
        ("อบต.รือเสาะออก อ.รือเสาะ จ.นราธิวาส", "960607"),
        ("เทศบาลนครยะลา", "9501"),
        ("เทศบาลเมืองเบตง", "9502"),
        ("เทศบาลตำบลเขารูปช้าง จ.สงขลา", "9001"),
        ("อบจ.ปัตตานี", "94"),
        ("ใกล้วัดกรุงเทพมหานคร อำเภอยะรัง", "9410"),
        ("ในเขตเทศบาล ม.4 ต.บานา จ.ปัตตานี", "940104"),
        ("ต.สะเตง\u200b อ.\rเมือง จ.ยะลา", "950101"),
        ("ม.3ต.ท่าข้ามอ.ปะนาเระจ.ปัตตานี", "940402"),
    ],
)
def test_the_parts_of_an_address_decide_together(address, code):
    found = resolve(address=address)
    assert (found.code, found.method, found.flags) == (code, "address", ())


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("ต.ท่าช้าง", None), ("ต.ท่าช้าง อ.เมือง", None), ("อ.เมือง", None), ("อ.เมือง จ.ยะลา จ.ปัตตานี", None),
        ("ต.ในเมือง จ.ขอนแก่น", "40"), ("อ.เบตง อ.ยะหา จ.ยะลา", "95"),
    ],
)  # fmt: skip
def test_an_ambiguous_name_is_left_open_and_flagged(address, code):
    found = resolve(address=address)
    assert (found.code, found.flags) == (code, ("ambiguous_place",))


def test_an_ambiguous_field_is_flagged():
    assert resolve(district="เฉลิมพระเกียรติ").flags == ("ambiguous_place",)
    assert resolve(district="เฉลิมพระเกียรติ", subdistrict="หน้าพระลาน").code == "191306"
    assert resolve(province="สงขลา", district="หาดใหญ่").flags == ()


@pytest.mark.parametrize(
    "address", ["โรงพยาบาลปัตตานี", "ทล.410 ยะลา-เบตง", "นิคมอุตสาหกรรมลำพูน", "อบต.ควนรู", "ถนน หาดใหญ่"]
)
def test_organisations_and_roads_with_the_name_of_an_area_are_not_places(address):
    assert resolve(address=address) == NOWHERE


@pytest.mark.parametrize(
    ("address", "village"),
    [
        ("12 หมู่ที่ 5 ต.บานา", "5"), ("ม.3ต.บานา", "3"), ("หมู่ ๑๑ บ้านใหม่", "11"), ("เลขที่9หมู่4ตำบลบานา", "4"),
        ("Moo 7, Rawai", "7"), ("หมู่ 03", "3"), ("หมู่บ้านร่มเย็น หมู่ 4", "4"), ("หมู่บ้าน 5", None), ("ม.มหิดล 25", None),
        ("ม.อ. 9", None), ("หมู่ 3 หรือ หมู่ 4", None), ("", None),
    ],
)  # fmt: skip
def test_the_village_number_is_read_and_a_housing_estate_has_none(address, village):
    assert village_no(address) == village


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("ไฟดับที่อำเภอเบตงมาสองวันแล้วครับ", "9502"),
        ("น้ำท่วมตำบลสะเตงอำเภอเมืองจังหวัดยะลาค่ะ", "950101"),
        ("ขอความช่วยเหลือ อ.สะบ้าย้อย ต.เปียน", "900603"),
        ("เทศบาลนครยะลา ไม่เก็บขยะ", "9501"),
        ("อบต.ควนรู จ.สงขลา ไม่ซ่อมถนน", "900904"),
        ("ฝนตกเดือน ต.ค. ที่ จ.ปัตตานี", "94"),
        ("the road in Hat Yai District is broken", "9011"),
        ("ถนนสุขุมวิท ไปตราด เป็นหลุม", None),
        ("ถนนจากอำเภอเมืองไปจังหวัดตราดพัง", None),
        ("กรุงเทพ รถติด ยะลา ก็ติด", None),
        ("หาดใหญ่ ฝนตก", None),
        ("อบต.ควนรู ไม่ซ่อมถนน", None),
        ("รถทะเบียน กข 123 จ.ภูเก็ต จอดขวาง", None),
        ("อ.สิรินธร สอนดี", None),
        ("จังหวัดชายแดนภาคใต้", None),
        ("จังหวัดยะลา กับ จังหวัดปัตตานี", None),
    ],
)
def test_only_names_with_a_level_word_count_in_the_citizens_words(text, code):
    found = resolve(text=text)
    assert (found.code, found.method) == (code, "text" if code else None)


def test_the_citizens_words_are_the_weakest_evidence_and_only_add_areas_that_agree():
    assert resolve(address="จ.ยะลา", text="อ.เบตง ไฟดับ").code == "9502"
    assert resolve(address="จ.ยะลา", text="อ.เบตง ไฟดับ").method == "address"
    assert resolve(address="จ.ยะลา", text="จ.สงขลา อ.หาดใหญ่").code == "95"
    assert resolve(province="สงขลา", text="อบต.ควนรู ไม่ซ่อมถนน").code == "900904"


WORDS = """
    จ. อ. ต. จังหวัด อำเภอ ไป เทศบาลนคร อบต. ยะลา เมือง หาดใหญ่ หาดใหญ สะเตง 95000 , ฯ วารินฯ a. t. muang district
    กรุงเทพมหานคร ๙๕๐๐๐ หมู่ที่ 3 เเ นํ้า จ.ยะลาค่ะ
"""
pieces = st.lists(st.sampled_from(WORDS.split()))


@given(st.text() | pieces.map(" ".join) | pieces.map("".join), st.text() | pieces.map("".join))
def test_no_string_raises_as_any_kind_of_evidence(address, text):
    found = resolve(address=address, text=text, province=text, district=address)
    assert (found.method is None) == (found.province_code is None)
    assert not found.subdistrict_code or found.subdistrict_code[:4] == found.district_code
    assert not found.district_code or found.district_code[:2] == found.province_code
    number = village_no(address)
    assert number is None or (number.isascii() and number.isdigit())


@pytest.mark.parametrize(
    "piece",
    [
        "จ.",
        "เขต ",
        "ต.กขคงจ ",
        "จังหวัด",
        "90110 ",
        ", ",
        "หมู่",
        "ก",
        "hat yai district ",
        "\u0e4d\u0e48",
        "ยะลา ",
        "เทศบาล",
    ],
)
def test_time_is_linear_in_the_length_of_a_text(piece):
    def seconds(length: int) -> float:
        """The least of three: what a busy machine adds is no growth."""
        text = (piece * (length // len(piece) + 1))[:length]
        taken: list[float] = []
        for _ in range(3):
            start = time.process_time()
            resolve(address=text, text=text, province=text, code=text)
            village_no(text)
            taken.append(time.process_time() - start)
        return min(taken)

    seconds(1000)
    assert seconds(100_000) < 30 * max(seconds(10_000), 0.01)
