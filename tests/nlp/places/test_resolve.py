import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.places import NOWHERE, Place, resolve
from schemas.area_data import (
    districts,
    focus_areas,
    population,
    provinces,
    subdistricts,
    todays_code,
)
from schemas.errors import DataFileError


def codes(place: Place) -> tuple[str | None, str | None, str | None]:
    return place.province_code, place.district_code, place.subdistrict_code


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (
            "12/3 แขวง ตลาดบางเขน เขต หลักสี่ กรุงเทพมหานคร 10210 ประเทศไทย",
            ("10", "1041", "104102"),
        ),
        ("99 ถ.เพชรบุรี แขวงทุ่งพญาไท เขตราชเทวี กทม. 10400", ("10", "1037", "103701")),
        (
            "99 ถนน เพชรบุรี แขวง ทุ่งพญาไท เขตราชเทวี กรุงเทพฯ",
            ("10", "1037", "103701"),
        ),
        (
            "9 แขวงคลองเตยเขตคลองเตยกรุงเทพมหานคร10110ประเทศไทย",
            ("10", "1033", "103301"),
        ),
        ("15 ซอย 7 มีนบุรี กรุงเทพมหานคร 10510 ประเทศไทย", ("10", "1010", None)),
        ("ม.5ต.คลองหนึ่งอ.คลองหลวงจ.ปทุมธานี12120", ("13", "1302", "130201")),
        ("1 ตำบลในเมือง อำเภอเมืองนครราชสีมา นครราชสีมา 30000", ("30", "3001", "300101")),
        ("ต.สะเตง อ.เมือง จ.ยะลา", ("95", "9501", "950101")),
        ("ตำบล สะเตง อำเภอ เมือง ยะลา", ("95", "9501", "950101")),
        ("หาดใหญ่, สงขลา", ("90", "9011", None)),
        ("Nikhom Kham Soi, Mukdahan", ("49", "4902", None)),
        ("Hat Yai, Songkhla, Thailand", ("90", "9011", None)),
        ("Kho Hong Subdistrict, Hat Yai District, Songkhla Province 90110", ("90", "9011", "901104")),
        (
            "5 Soi 3, Khwaeng Talat Bang Khen, Khet Lak Si, Krung Thep Maha Nakhon 10210",
            ("10", "1041", "104102"),
        ),
        ("อำเภอหาดใหญ่", ("90", "9011", None)),
        ("อำเภอเมืองเชียงใหม่", ("50", "5001", None)),
        ("10 หมู่ 2 ต.บานา จ.ปัตตานี", ("94", "9401", "940104")),
        ("โคราช", ("30", None, None)),
        ("จ.เลย", ("42", None, None)),
        ("อำเภอเมือง เลย 42000 ประเทศไทย", ("42", "4201", None)),
        ("ต.ชัยนาท อ.เมือง จ.ชัยนาท", ("18", "1801", "180104")),
        ("๑๒ ต.คลองหนึ่ง อ.คลองหลวง จ.ปทุมธานี ๑๒๑๒๐", ("13", "1302", "130201")),
        ("แพร่, ประเทศไทย", ("54", None, None)),
        ("แหลมหนึ่ง 90000 ประเทศไทย", ("90", None, None)),
        ("ถนน กรุงเทพ - นนทบุรี อำเภอเมืองนนทบุรี นนทบุรี 11000", ("12", "1201", None)),
    ],
)
def test_an_address_gives_the_areas_that_it_names(address, expected):
    assert codes(resolve(address=address)) == expected
    assert resolve(address=address).method == "address"


@pytest.mark.parametrize(
    "address",
    [
        "ถ.เพชรบุรี",
        "ถนนนครราชสีมา",
        "ถนน นครราชสีมา",
        "ซอย นนทบุรี",
        "ซอยนนทบุรี 5",
        "ถนน บางนา - ตราด",
        "ถนน กรุงเทพ นนทบุรี",
        "หมู่บ้าน ภูเก็ต",
        "ตำบล สระแก้ว",
        "อำเภอเมือง",
        "อำเภอเฉลิมพระเกียรติ",
        "ไม่มาดู เลย",
        "ไม่ทราบ",
        "บ้านเลขที่ 90110",
        "",
    ],
)
def test_an_unknown_or_ambiguous_name_gives_no_area(address):
    assert resolve(address=address) == NOWHERE


@pytest.mark.parametrize("road", ["ถ.เพชรบุรี", "ถนนนครราชสีมา", "ถนน สุโขทัย", "ซอยเชียงใหม่", "สะพาน นครปฐม"])
def test_the_full_name_of_bangkok_wins_over_a_road_with_the_name_of_a_province(road):
    for address in (f"1 {road} กรุงเทพมหานคร", f"กรุงเทพมหานคร เขตดุสิต {road}", f"กทม. {road}"):
        assert resolve(address=address).province_code == "10"


def test_fields_are_read_with_and_without_a_level_word():
    expected = Place("90", "9011", "901104", "fields")
    for province in ("สงขลา", "จังหวัดสงขลา", "จ.สงขลา", "จ. สงขลา", "จ สงขลา", "จังหวัด สงขลา", "Songkhla"):
        for district in ("หาดใหญ่", "อ.หาดใหญ่", "อำเภอ หาดใหญ่", "อ หาดใหญ่", "Hat Yai District"):
            for subdistrict in ("คอหงส์", "ต.คอหงส์", "ตำบล คอหงส์", "Kho Hong"):
                found = resolve(province=province, district=district, subdistrict=subdistrict)
                assert found == expected, (province, district, subdistrict)


def test_every_name_and_alias_of_a_province_means_that_province():
    for area in provinces():
        for name in (area.province_th, area.province_en, area.province_en.upper(), *area.aliases):
            assert resolve(province=name).province_code == area.province_code, name
        assert resolve(province=f"จังหวัด{area.province_th}").province_code == area.province_code
        assert resolve(address=f"1 หมู่ 2 จ.{area.province_th} 99999").province_code == area.province_code


def test_every_subdistrict_is_found_by_its_own_full_address():
    district_th = {d.district_code: d.district_th for d in districts()}
    province_th = {p.province_code: p.province_th for p in provinces()}
    known = {}
    for area in subdistricts():
        known.setdefault((area.district_code, area.subdistrict_th.split(" (")[0]), []).append(area)
    for (district, name), (area, *_) in known.items():
        province = province_th[area.province_code]
        if area.province_code == "10":
            address = f"แขวง {name} เขต{district_th[district]} {province} {area.postal_codes[0]} ประเทศไทย"
        else:
            address = f"ตำบล{name} อำเภอ {district_th[district]} {province} {area.postal_codes[0]} ประเทศไทย"
        assert codes(resolve(address=address)) == (area.province_code, district, area.subdistrict_code), address


def test_no_area_is_mistaken_for_another_in_common_spellings():
    province = {p.province_code: p for p in provinces()}
    district = {d.district_code: d for d in districts()}
    for area in districts():
        above = province[area.province_code]
        for address in (
            f"{area.district_en}, {above.province_en}",
            f"{area.district_th}, {above.province_th}",
            f"{area.district_th} {above.province_th}",
        ):
            found = resolve(address=address)
            assert found.province_code == area.province_code, address
            assert found.district_code in (None, area.district_code), address
    for area in subdistricts():
        above, top = district[area.district_code], province[area.province_code]
        postal, name = area.postal_codes[0], area.subdistrict_th.split(" (")[0]
        for address in (
            f"1 Moo 2, {area.subdistrict_en}, {above.district_en} District, {top.province_en} {postal}",
            f"1/2 ม.3 ต.{name} อ.{above.district_th} จ.{top.province_th}",
        ):
            found = resolve(address=address)
            assert found.province_code == area.province_code, address
            assert found.district_code in (None, area.district_code), address
            assert found.subdistrict_code in (None, area.subdistrict_code), address


def test_a_district_must_lie_in_the_province_and_a_subdistrict_in_the_district():
    assert codes(resolve(province="สงขลา", district="ปากเกร็ด")) == ("90", None, None)
    assert codes(resolve(province="สงขลา", district="หาดใหญ่", subdistrict="สะเตง")) == ("90", "9011", None)
    assert resolve(province="พนมเปญ", district="หาดใหญ่") == NOWHERE


def test_an_ambiguous_name_without_the_area_above_gives_no_area():
    assert resolve(district="เฉลิมพระเกียรติ") == NOWHERE
    assert resolve(district="เมือง") == NOWHERE
    assert codes(resolve(province="สระบุรี", district="เฉลิมพระเกียรติ")) == ("19", "1913", None)
    assert codes(resolve(district="หาดใหญ่")) == ("90", "9011", None)
    assert codes(resolve(province="อยุธยา", district="อ.เมือง")) == ("14", "1401", None)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("90", ("90", None, None)),
        (9011, ("90", "9011", None)),
        ("901104", ("90", "9011", "901104")),
        ("๙๐๑๑", ("90", "9011", None)),
        ("900000", ("90", None, None)),
        ("TH9011", ("90", "9011", None)),
        ("100504", ("10", "1041", "104102")),
        ("104701", ("10", "1047", None)),
        ("3406", ("37", "3702", None)),
        ("4303", ("38", "3801", None)),
        ("99", (None, None, None)),
        ("9099", (None, None, None)),
        ("90110", (None, None, None)),
    ],
)
def test_a_code_is_the_strongest_evidence_and_an_abolished_code_means_the_current_one(code, expected):
    assert codes(resolve(code=code)) == expected


def test_weaker_evidence_only_adds_areas_that_agree():
    full = "ต.คอหงส์ อ.หาดใหญ่ จ.สงขลา"
    assert resolve(code="90", address=full) == Place("90", "9011", "901104", "code")
    assert resolve(province="สงขลา", address=full) == Place("90", "9011", "901104", "fields")
    assert resolve(province="สงขลา", district="จะนะ", address=full) == Place("90", "9003", None, "fields")
    assert resolve(code="94", address=full) == Place("94", None, None, "code")
    assert resolve(province="ยะลา", address="ต.สะเตง อ.เมือง") == Place("95", "9501", "950101", "fields")
    assert resolve(code="??", province="ยะลา") == Place("95", None, None, "fields")


letters = st.text(st.sampled_from("กขคจอตำเ์ .,/-0123456789จังหวัดอำเภอตำบลแขวงเขต\u200b\n abkhet"), max_size=80)
WORDS = """
    จ. อ. ต. จังหวัด อำเภอ เขต แขวง ถนน กรุงเทพมหานคร กทม. สงขลา เมือง หาดใหญ่ เลย 90110 ประเทศไทย
    thailand district - , province khet
"""
pieces = st.lists(st.sampled_from(WORDS.split())).map(" ".join)


@given(st.text() | letters | pieces, st.text() | letters, st.text() | letters, st.text() | letters, st.text())
def test_no_string_raises_and_levels_lie_in_each_other(address, province, district, subdistrict, code):
    for found in (
        resolve(address=address),
        resolve(province=province, district=district, subdistrict=subdistrict, code=code, address=address),
    ):
        assert (found.method is None) == (found.province_code is None)
        assert (found.district_code or "").startswith(found.province_code or "") or not found.district_code
        assert not found.subdistrict_code or found.subdistrict_code[:4] == found.district_code


def test_the_areas_are_complete_and_their_names_unambiguous():
    assert (len(provinces()), len(districts()), len(subdistricts())) == (77, 928, 7436)
    assert sum(area.population for area in population()) == 66_181_932
    assert [area.province_code for area in population()] == [area.province_code for area in provinces()]
    regions = [area.region for area in provinces()]
    assert {r: regions.count(r) for r in regions} == {
        "central": 22, "east": 7, "northeast": 20, "north": 9, "west": 5, "south": 14,
    }  # fmt: skip
    deep_south = [a.area_code for a in focus_areas() if a.focus_area_id == "deep_south"]
    assert deep_south == ["94", "95", "96", "9003", "9004", "9005", "9006"]
    assert all(todays_code(code) == code for code in deep_south)


def test_the_error_for_a_wrong_row_of_areas_names_file_and_line(monkeypatch, tmp_path: Path):
    import schemas.area_data as data

    with (tmp_path / "provinces.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(
            [
                ["province_code", "province_th", "province_en", "region", "aliases"],
                ["10", "กรุงเทพมหานคร", "Bangkok", "centre", ""],
            ]
        )
    monkeypatch.setattr(data, "FOLDER", tmp_path)
    with pytest.raises(DataFileError, match=r"schemas/areas/provinces\.csv, line 2: the region 'centre'"):
        data.provinces.__wrapped__()
