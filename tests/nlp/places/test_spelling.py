import pytest

from nlp.places import NOWHERE, resolve
from nlp.places.names import name_key
from nlp.places.spelling import edit_distance, fuzzy_match, phonetic_key
from schemas.area_data import districts, moved_areas, other_names, provinces, subdistricts


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("อ.โคกโพธิ จ.ปัตตานี", "9402"),
        ("ต.โกตาบารู อ.รามันห์ จ.ยะลา", "950605"),
        ("ต.คอหงษ์ อ.หาดใหญ่ จ.สงขลา", "901104"),
        ("อ.เมือง จ.กาฬสินธ์", "4601"),
        ("อ.เมือง จ.สุราษฏร์ธานี", "8401"),
        ("อ.วังทอง จ.พิษนุโลก", "6508"),
        ("อ.ปาย จ.แม่ฮองสอน", "5803"),
        ("อ.คลองขลุง จ.กำแพงเพรช", "6205"),
        ("อ.เมืองง จ.ยะลาา", "9501"),
        ("T.Khuan Lang, Haad Yai, Songkla", "901102"),
        ("Amphur Muang, Nakorn Sri Thammarat", "8001"),
    ],
)
def test_a_misspelt_name_means_the_only_possible_area(address, code):
    assert resolve(address=address).code == code


@pytest.mark.parametrize("name", ["ตลาด", "จาก", "หาดใหญ่", "ลำปาว", "พนมเปญ", "กรุงศรี", "นคร", "x" * 500])
def test_a_word_or_the_name_of_another_area_is_not_a_misspelt_province(name):
    assert fuzzy_match(0, name_key(name), None) is None
    assert resolve(address=f"จ.{name}").province_code is None


def test_a_misspelt_name_with_two_possible_areas_means_neither():
    assert fuzzy_match(0, name_key("นครสวน"), None) is None
    # Two of Pattani's subdistricts are one letter from it.
    near = [
        s for s in subdistricts() if s.district_code == "9401" and edit_distance(s.subdistrict_th, "บาราโฮม", 1) <= 1
    ]
    assert len(near) == 1 and fuzzy_match(2, name_key("บาราโฮม"), "9401") == near[0].subdistrict_code


def test_below_the_province_nothing_is_guessed_without_the_area_above():
    assert fuzzy_match(1, name_key("โคกโพธิ"), None) is None
    assert fuzzy_match(1, name_key("โคกโพธิ"), "94") == "9402"


def test_no_name_is_mistaken_for_a_misspelling_of_another_name():
    for area in districts():
        for name in (area.district_th, area.district_en):
            assert fuzzy_match(1, name_key(name), area.province_code) in (None, area.district_code), name
    for area in subdistricts():
        found = fuzzy_match(2, name_key(area.subdistrict_th.split(" (")[0]), area.district_code)
        assert found in (None, area.subdistrict_code), area
    for area in provinces():
        assert fuzzy_match(0, name_key(area.province_en), None) in (None, area.province_code), area


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("กาฬสินธุ์", "กาฬสินธุ"), ("ศรีสะเกษ", "ศรีษเกศ"), ("สะบ้าย้อย", "สบาย้อย"), ("hatyai", "haadyai"),
        ("nakhon", "nakorn"), ("mueang", "muang"), ("trat", "trad"), ("kosamui", "kohsamui"), ("loei", "loey"),
    ],
)  # fmt: skip
def test_names_that_look_or_sound_alike_have_the_same_phonetic_key(one, other):
    assert phonetic_key(one) == phonetic_key(other)


@pytest.mark.parametrize(
    ("one", "other", "steps"),
    [
        ("เพชร", "เพชร", 0),
        ("เพชร", "เพรช", 1),
        ("ยะลา", "ยะล", 1),
        ("ยะลา", "ยาลา", 1),
        ("ยะลา", "ตรัง", 3),
        ("", "ก", 1),
    ],
)
def test_edit_distance_counts_a_swap_once_and_stops_above_the_maximum(one, other, steps):
    assert edit_distance(one, other, 2) == edit_distance(other, one, 2) == steps


def test_every_other_name_means_its_area_inside_its_province():
    province = {p.province_code: p.province_th for p in provinces()}
    for other in other_names():
        above = province[other.area_code[:2]]
        assert resolve(province=above, district=other.name).district_code == other.area_code, other
        if other.stands_alone:
            assert resolve(province=other.name).code == other.area_code, other


def test_areas_that_were_moved_or_renamed_have_their_current_code():
    assert resolve(address="อ.เซกา จ.หนองคาย").code == "3804"
    assert resolve(address="อ.อรัญประเทศ จ.ปราจีนบุรี").code == "2706"
    assert resolve(province="อุบลราชธานี", district="พนา").code == "3704"
    assert resolve(address="ต.ท่าช้าง อ.จักราช จ.นครราชสีมา").code == "303202"
    assert ("เซกา", "43", "3804") in moved_areas()


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("อ.วารินฯ จ.อุบลฯ", "3415"), ("จ.สุราษฎร์ฯ", "84"), ("อ.เมือง จ.ชม.", "5001"), ("อ.เมืองโคราช", "3001"),
        ("บางคล้า แปดริ้ว", "2402"), ("จ.สารคาม", "44"), ("อ.ทุ่งสง นครศรีฯ", "8009"), ("หาดใหญ่", "9011"),
        ("เบตง", "9502"), ("จังหวัดยะลาค่ะ", "95"), ("กิ่งอ.ลืออำนาจ จ.อำนาจเจริญ", "3707"),
    ],
)  # fmt: skip
def test_short_and_everyday_names_are_read(address, code):
    assert resolve(address=address).code == code


def test_abbreviations_of_provinces_need_their_level_word():
    assert resolve(address="ชม 12") == NOWHERE
    assert {p.province_code: resolve(address=f"จ.{p.abbreviation}").province_code for p in provinces()} == {
        p.province_code: p.province_code for p in provinces()
    }
