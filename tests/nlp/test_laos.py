"""The LAOs that a text names: ten LAOs of four provinces, in the forms in which people write them."""

from __future__ import annotations

import datetime as dt

import pytest

from nlp.laos import LaoFinder, road_owner, split_name
from schemas.laos import Lao, LaoSubdistrict, built_in, built_in_subdistricts

DAY = dt.date(2024, 6, 1)
LAOS = (
    Lao("c-yala", "city_municipality", "ยะลา", "95", "9501"),
    Lao("t-sateng", "town_municipality", "สะเตงนอก", "95", "9501"),
    Lao("t-betong", "town_municipality", "เบตง", "95", "9502"),
    Lao("s-banrae", "sao", "บ้านแหร", "95", "9504"),
    Lao("m-lamphaya", "subdistrict_municipality", "ลำพะยา", "95", "9501"),
    Lao("s-thachang-22", "sao", "ท่าช้าง", "22", "2201"),
    Lao("s-thachang-16", "sao", "ท่าช้าง", "16", "1601"),
    Lao("s-thachang-30", "sao", "ท่าช้าง", "30", "3025"),
    Lao("c-korat", "city_municipality", "นครราชสีมา", "30", "3001"),
    Lao("s-na", "sao", "นา", "48", "4805"),
    Lao("s-former", "sao", "ท่าสาป", "95", "9501", valid_to=dt.date(2024, 3, 31)),
    Lao("m-later", "subdistrict_municipality", "ท่าสาป", "95", "9501", valid_from=dt.date(2024, 4, 1)),
)
SERVED = (LaoSubdistrict("c-yala", "950101"), LaoSubdistrict("t-sateng", "950116"))
FINDER = LaoFinder((*LAOS, *built_in()), (*SERVED, *built_in_subdistricts()))
YALA, TOWN, BANRAE = ("95", None), ("95", "9501"), ("95", "9504")
NOWHERE = (None, None)

FOUND = [
    ("เทศบาลนครยะลา", YALA, "c-yala"),
    ("แจ้งเทศบาลนครยะลาแล้วไม่มา", TOWN, "c-yala"),
    ("ทน.ยะลา", TOWN, "c-yala"),
    ("ฝาก ทน. ยะลา ดูแลด้วย", TOWN, "c-yala"),
    ("เทศบาลเมืองสะเตงนอก", TOWN, "t-sateng"),
    ("ทม.สะเตงนอก ไม่เก็บขยะ", TOWN, "t-sateng"),
    ("ขอให้ ท.ม.เบตง มาซ่อม", ("95", "9502"), "t-betong"),
    ("เทศบาลเมืองเบตงไม่มาเก็บขยะ", ("95", "9502"), "t-betong"),
    ("เทศบาลตำบลลำพะยา", TOWN, "m-lamphaya"),
    ("เทศบาล ต.ลำพะยา", TOWN, "m-lamphaya"),
    ("ทต.ลำพะยา", TOWN, "m-lamphaya"),
    ("อบต.บ้านแหร", BANRAE, "s-banrae"),
    ("อบต. บ้านแหร", BANRAE, "s-banrae"),
    ("อบต บ้านแหร", BANRAE, "s-banrae"),
    ("อบต.บ้านแหรซ่อมถนนให้หน่อย", BANRAE, "s-banrae"),
    ("นายก อบต.บ้านแหร", BANRAE, "s-banrae"),
    ("นายกอบต.บ้านแหรไม่ลงพื้นที่", BANRAE, "s-banrae"),
    ("นายกอบต บ้านแหร", BANRAE, "s-banrae"),
    ("องค์การบริหารส่วนตำบลบ้านแหร", YALA, "s-banrae"),
    ("องค์การบริหารส่วนตำบล บ้านแหร อำเภอธารโต", YALA, "s-banrae"),
    ("อ.บ.ต.บ้านแหร", BANRAE, "s-banrae"),
    ("เจ้าหน้าที่ อบต.บ้านแหร พูดไม่ดี", BANRAE, "s-banrae"),
    ("อบต.ต.บ้านแหร", BANRAE, "s-banrae"),
    ("ของอบต.บ้านแหร", BANRAE, "s-banrae"),
    ("ติดต่อ อบต.บ้านแหร หลายครั้ง", BANRAE, "s-banrae"),
    ("อบต ท่าช้าง", ("22", "2201"), "s-thachang-22"),
    ("อบต.ท่าช้าง", ("16", None), "s-thachang-16"),
    ("อบต.ท่าช้าง อ.เมือง จ.จันทบุรี", NOWHERE, "s-thachang-22"),
    ("อบต.ท่าช้าง จังหวัดจันทบุรี", NOWHERE, "s-thachang-22"),
    ("อบต.บ้านแหร อ.ธารโตจ.ยะลา", NOWHERE, "s-banrae"),
    ("จากอบต.บ้านแหรมาตรวจ", BANRAE, "s-banrae"),
    ("ผู้บริหารอบต.บ้านแหร", BANRAE, "s-banrae"),
    ("อบจ.ยะลา", YALA, "pao-95"),
    ("อบจ ยะลา ช่วยด้วย", TOWN, "pao-95"),
    ("องค์การบริหารส่วนจังหวัดยะลา", NOWHERE, "pao-95"),
    ("อบจ.โคราช", ("30", "3001"), "pao-30"),
    ("อบจ.เลย", ("42", None), "pao-42"),
    ("เทศบาลนครนครราชสีมา", ("30", "3001"), "c-korat"),
    ("เทศบาลนครราชสีมา", ("30", "3001"), "c-korat"),
    ("เมืองพัทยาควรแก้น้ำท่วม", ("20", "2004"), "pattaya"),
    ("ให้ กทม. มาดูแล", ("10", None), "bangkok"),
    ("ฝาก กทม ด้วย", ("10", "1004"), "bangkok"),
    ("เรียนผู้ว่าราชการกรุงเทพมหานคร", ("10", None), "bangkok"),
    ("สำนักการโยธา กทม. ช่วยดู", ("10", None), "bangkok"),
    ("สำนักงานเขตบางรักไม่ทำอะไร", ("10", "1004"), "bangkok"),
    ("เจ้าหน้าที่สำนักงานเขตป้อมปราบศัตรูพ่าย", ("10", None), "bangkok"),
    ("อบต.นา", ("48", None), "s-na"),
    ("ทต.ท่าสาป", TOWN, "m-later"),
]
NONE = [
    ("ต.เทศบาล", TOWN),
    ("ถนนเทศบาล 1", TOWN),
    ("ถ.เทศบาลสาย 2", TOWN),
    ("ใกล้ อบต.เก่า", BANRAE),
    ("อบต.บ้านแหรเก่า", BANRAE),
    ("ใกล้ อบต.บ้านแหร", BANRAE),
    ("หน้าเทศบาลนครยะลา", TOWN),
    ("ตรงข้ามที่ทำการ อบต.บ้านแหร", BANRAE),
    ("โรงเรียนเทศบาลตำบลลำพะยา", TOWN),
    ("ตลาดเทศบาลเมืองเบตง", ("95", "9502")),
    ("ถนน อบจ.ยะลา", YALA),
    ("อดีตนายก อบต.บ้านแหร", BANRAE),
    ("นายก อบต.", BANRAE),
    ("อบต ท่าช้าง", NOWHERE),
    ("อบต.ท่าช้าง", YALA),
    ("อบต.ท่าช้าง อ.เมือง จ.จันทบุรี", ("16", "1601")),
    ("อบต.บ้านแหร", TOWN),
    ("อบต.บ้านแหร", NOWHERE),
    ("อบต.บ้านแหร", ("40", None)),
    ("ทต.บ้านแหร", BANRAE),
    ("เทศบาลนครบ้านแหร", BANRAE),
    ("อบต.นาแก", ("48", None)),
    ("อบต.นาแก้ไขด่วน", ("48", None)),
    ("อบต.ท่าช้างเหนือ", ("22", None)),
    ("คนชอบต.บ้านแหร", BANRAE),
    ("รอบตลาด", TOWN),
    ("เดินรอบท่าช้าง", ("22", None)),
    ("ชอบจอดรถ", YALA),
    ("อบจ. เลยไม่มาดู", NOWHERE),
    ("อบจ.ขอนแก่น", YALA),
    ("กทม.", ("10", None)),
    ("แขวงสีลม เขตบางรัก กทม. 10500", ("10", "1004")),
    ("ให้ส่งที่ กรุงเทพมหานคร 10500", ("10", "1004")),
    ("ทำให้กรุงเทพฯ น่าอยู่", ("10", None)),
    ("เส้นทาง กทม.-ชลบุรี", ("10", None)),
    ("ให้ กทม. มาดูแล", YALA),
    ("สำนักงานเขตพื้นที่การศึกษา", ("10", None)),
    ("สำนักงานเขต ไม่รับสาย", ("10", None)),
    ("ใกล้สำนักงานเขตบางรัก", ("10", "1004")),
    ("อยู่ในเมืองพัทยา", ("20", "2004")),
    ("เมืองพัทยาสกปรก", ("20", "2001")),
    ("พัทยา", ("20", "2004")),
    ("อบต.ท่าสาป", TOWN),
    ("น้ำไม่ไหลทั้งหมู่บ้าน", TOWN),
    ("", NOWHERE),
]


@pytest.mark.parametrize(("text", "place", "code"), FOUND)
def test_an_lao_is_found_by_type_name_and_place(text: str, place: tuple[str | None, str | None], code: str) -> None:
    assert FINDER.find(text, province_code=place[0], district_code=place[1], day=DAY) == (code,)


@pytest.mark.parametrize(("text", "place"), NONE)
def test_a_text_that_does_not_name_exactly_one_lao_gives_none(text: str, place: tuple[str | None, str | None]) -> None:
    assert FINDER.find(text, province_code=place[0], district_code=place[1], day=DAY) == ()


AGENCIES = [
    ("กรุงเทพมหานคร", ("10", None), ("bangkok",)),
    ("กรุงเทพมหานคร (กทม.)", ("10", None), ("bangkok",)),
    ("เพื่อนเมือง,กทม.", ("10", None), ("bangkok",)),
    ("สำนักการจราจรและขนส่ง กรุงเทพมหานคร (สจท.)", ("10", None), ("bangkok",)),
    ("สำนักงานเขตบางรัก", ("10", "1004"), ("bangkok",)),
    ("สถานีตำรวจ กรุงเทพมหานคร", ("10", None), ()),
    ("สำนักงานประปา กทม.", ("10", None), ()),
    ("อบต.บ้านแหร", BANRAE, ("s-banrae",)),
    ("เมืองพัทยา", ("20", None), ("pattaya",)),
    ("การไฟฟ้าส่วนภูมิภาค", BANRAE, ()),
]


@pytest.mark.parametrize(("agency", "place", "codes"), AGENCIES)
def test_bangkok_in_the_name_of_an_agency_is_the_organisation(agency, place, codes) -> None:
    found = FINDER.find(agency, province_code=place[0], district_code=place[1], day=DAY, is_agency=True)
    assert found == codes


def test_several_laos_are_found_in_order_and_each_once() -> None:
    text = "อบต.บ้านแหร กับ อบจ.ยะลา ไม่ช่วยกัน อบต.บ้านแหร เงียบ"
    assert FINDER.find(text, province_code="95", district_code="9504") == ("s-banrae", "pao-95")


def test_an_lao_is_found_only_while_it_is_in_force() -> None:
    place = {"province_code": "95", "district_code": "9501"}
    assert FINDER.find("อบต.ท่าสาป", **place, day=dt.date(2024, 3, 31)) == ("s-former",)
    assert FINDER.find("อบต.ท่าสาป", **place, day=dt.date(2024, 4, 1)) == ()


def test_two_areas_with_the_same_name_in_a_province_need_the_district() -> None:
    twins = LaoFinder((Lao("a", "sao", "โนนสะอาด", "40", "4004"), Lao("b", "sao", "โนนสะอาด", "40", "4005")), ())
    assert twins.find("อบต.โนนสะอาด", province_code="40") == ()
    assert twins.find("อบต.โนนสะอาด", province_code="40", district_code="4005") == ("b",)
    assert twins.find("อบต.โนนสะอาด อ.หนองเรือ", province_code="40") == ("a",)


def test_an_lao_is_found_in_every_district_that_it_serves() -> None:
    wide = LaoFinder((Lao("a", "subdistrict_municipality", "ลำพะยา", "95", "9501"),), (LaoSubdistrict("a", "950601"),))
    assert wide.find("ทต.ลำพะยา", province_code="95", district_code="9506") == ("a",)
    assert wide.find("ทต.ลำพะยา", province_code="95", district_code="9502") == ()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("เทศบาลนครยะลา", ("city_municipality", "ยะลา")),
        ("เทศบาลเมืองเมืองพล", ("town_municipality", "เมืองพล")),
        ("ทต. ลำพะยา", ("subdistrict_municipality", "ลำพะยา")),
        ("องค์การบริหารส่วนตำบลบ้านแหร", ("sao", "บ้านแหร")),
        ("อบจ.ยะลา", ("pao", "ยะลา")),
        ("องค์การบริหารส่วนจังหวัด ยะลา", ("pao", "ยะลา")),
        ("เมืองพัทยา", ("special", "เมืองพัทยา")),
        ("บ้านแหร", (None, "บ้านแหร")),
    ],
)
def test_a_full_name_is_split_into_type_and_name(name: str, expected: tuple[str | None, str]) -> None:
    assert split_name(name) == expected


ROADS = [
    ("ทางหลวงแผ่นดินหมายเลข 410 เป็นหลุม", "", "highways"),
    ("ทางหลวงหมายเลข 4 ชำรุด", "", "highways"),
    ("ถนน ทล.410 มืด", "", "highways"),
    ("ไฟไม่ติด แจ้งแขวงทางหลวงแล้ว ถนนมืด", "", "highways"),
    ("ถนนพัง", "กรมทางหลวง", "highways"),
    ("ถนนพัง", "แขวงทางหลวงยะลา", "highways"),
    ("ถนนพัง", "แขวงทางหลวงชนบทยะลา", "rural_roads"),
    ("ถนนพัง", "กรมทางหลวงชนบท", "rural_roads"),
    ("ถนน ทช. สายบ้านแหร", "", "rural_roads"),
    ("ทางหลวงชนบท ยล.3012 เป็นหลุม", "", "rural_roads"),
    ("ถนน อบจ. สายลำพะยา เป็นหลุม", "", "pao"),
    ("ถนนสายนี้เป็นของ อบจ.ยะลา", "", "pao"),
    ("ถนนเป็นหลุม", "องค์การบริหารส่วนจังหวัดยะลา", "pao"),
    ("ถนนของเทศบาลเป็นหลุม", "", "lao"),
    ("ถนน อบต.บ้านแหร พัง", "", "lao"),
    ("ถนนสายในหมู่ 3 เป็นหลุม", "", "lao"),
    ("ถนนเทศบาลเมืองเบตงพัง", "", "lao"),
    ("ถนนหน้ากรมทางหลวงเป็นหลุม", "", "unknown"),
    ("ซอยเทศบาลตำบลลำพะยา 31 น้ำท่วม", "", "unknown"),
    ("ถนนในหมู่บ้านพัง", "", "unknown"),
    ("ทางหลวงท้องถิ่นชำรุด", "", "lao"),
    ("ถนนเป็นหลุม", "เทศบาลนครยะลา", "lao"),
    ("ซอย 5 น้ำขัง", "อบต.บ้านแหร", "lao"),
    ("ทางหลวงแผ่นดินหมายเลข 410 เป็นหลุม", "อบต.บ้านแหร", "highways"),
    ("ทางหลวงแผ่นดินตัดกับทางหลวงชนบท", "", "unknown"),
    ("ไม่ใช่ทางหลวงชนบท แต่เป็นถนนส่วนบุคคล", "", "unknown"),
    ("ถนนเทศบาล 1 น้ำท่วม", "", "unknown"),
    ("ถนนพังมาก อบจ. ไม่มาดู", "", "unknown"),
    ("ขยะไม่มีคนเก็บ", "เทศบาลนครยะลา", "unknown"),
    ("ถนนเป็นหลุม", "", "unknown"),
    ("คนชอบจอดขวางถนน", "", "unknown"),
    ("", "", "unknown"),
]


@pytest.mark.parametrize(("text", "agency", "owner"), ROADS)
def test_the_owner_of_a_road_comes_from_the_agency_or_the_text(text: str, agency: str, owner: str) -> None:
    assert road_owner(text, agency) == owner
