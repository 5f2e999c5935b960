"""Lists of LAOs, population and programmes as offices keep them: rows in, what is known out, sentences for slips."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from jobs.reference.laos import load_laos
from jobs.reference.population import PopulationFigure, load_population
from jobs.reference.programmes import load_topic_programmes
from jobs.reference.sheet import Row, RowError, parse_day, read
from schemas.errors import UserError
from schemas.laos import Lao, LaoSubdistrict
from schemas.topics import load_topics

HEADINGS = "รหัส อปท.,ชื่อ อปท.,ประเภท,จังหวัด,อำเภอ,ตำบล,วันที่จัดตั้ง,วันที่สิ้นสุด"
SOUND = (
    "5950101,เทศบาลนครยะลา,ทน.,ยะลา,เมืองยะลา,สะเตง,24 มี.ค. 2538,",
    "5950102,เทศบาลเมืองสะเตงนอก,เทศบาลเมือง,จ.ยะลา,อ.เมือง,ต.สะเตงนอก,,",
    "5950103,ลำพะยา,subdistrict_municipality,95,9501,950111,2012-08-14,",
    '6950401,องค์การบริหารส่วนตำบลบ้านแหร,,ยะลา,ธารโต,"บ้านแหร, แม่หวาด",๑๖/๐๑/๒๕๔๐,',
    "2950101,องค์การบริหารส่วนจังหวัดยะลา,อบจ.,ยะลา,,,,",
    "8200401,เมืองพัทยา,พิเศษ,ชลบุรี,บางละมุง,นาเกลือ;หนองปรือ,,",
)


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., str]:
    def write(*lines: str, headings: str = HEADINGS, encoding: str = "utf-8", name: str = "laos.csv") -> str:
        path = tmp_path / name
        path.write_bytes("\r\n".join([headings, *lines]).encode(encoding))
        return str(path)

    return write


def by_code(address: str) -> dict[str, Lao]:
    return {lao.lao_code: lao for lao in load_laos(address).laos}


def test_without_a_list_76_paos_bangkok_and_pattaya_are_known() -> None:
    known = load_laos("")
    assert len(known.laos) == 78
    assert sum(lao.is_province_wide for lao in known.laos) == 77
    assert {one.subdistrict_code for one in known.subdistricts} == {"200402", "200403", "200406", "200408"}


def test_a_list_is_read_with_its_names_codes_and_both_calendars(write: Callable[..., str]) -> None:
    found = by_code(write(*SOUND))
    yala, lamphaya, banrae = found["5950101"], found["5950103"], found["6950401"]
    assert (yala.lao_type, yala.name_th, yala.province_code, yala.district_code) == (
        "city_municipality", "ยะลา", "95", "9501",
    )  # fmt: skip
    assert yala.valid_from == dt.date(1995, 3, 24) and yala.valid_to is None
    assert lamphaya.lao_th == "เทศบาลตำบลลำพะยา" and lamphaya.valid_from == dt.date(2012, 8, 14)
    assert (banrae.lao_type, banrae.district_code, banrae.valid_from) == ("sao", "9504", dt.date(1997, 1, 16))


def test_the_list_takes_the_place_of_what_is_built_in(write: Callable[..., str]) -> None:
    found = by_code(write(*SOUND))
    assert "pao-95" not in found and found["2950101"].is_province_wide
    assert "pattaya" not in found and found["8200401"].lao_th == "เมืองพัทยา"
    assert "pao-94" in found and "bangkok" in found
    assert len(found) == 76 + len(SOUND)


def test_tambons_are_many_to_many_and_dated(write: Callable[..., str]) -> None:
    rows = (
        "a,อบต.บ้านแหร,,ยะลา,ธารโต,บ้านแหร,,31/03/2567",
        "a,อบต.บ้านแหร,,ยะลา,ธารโต,บ้านแหร|แม่หวาด,01/04/2567,",
        "b,ทต.ธารโต,,ยะลา,ธารโต,บ้านแหร และ ธารโต,,",
    )
    known = load_laos(write(*rows))
    own = {one for one in known.subdistricts if one.lao_code in ("a", "b")}
    end, begin = dt.date(2024, 3, 31), dt.date(2024, 4, 1)
    assert own == {
        LaoSubdistrict("a", "950402", None, end), LaoSubdistrict("a", "950402", begin, None),
        LaoSubdistrict("a", "950403", begin, None), LaoSubdistrict("b", "950402"), LaoSubdistrict("b", "950401"),
    }  # fmt: skip
    assert (by_code(write(*rows))["a"].valid_from, by_code(write(*rows))["a"].valid_to) == (None, None)


def test_an_old_code_page_english_headings_and_another_delimiter_are_read(write: Callable[..., str]) -> None:
    row = SOUND[3].replace('"', "").replace(", ", "|").replace(",", ";")
    english = "code;name;type;province;district;tambons;valid_from;valid_to"
    assert by_code(write(row, headings=english, encoding="cp874"))["6950401"].name_th == "บ้านแหร"


def test_a_workbook_is_read_with_a_title_above_and_dates_as_excel_keeps_them(tmp_path: Path) -> None:
    path = tmp_path / "รายชื่อ อปท.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["รายชื่อองค์กรปกครองส่วนท้องถิ่น"])
    sheet.write_row(2, 0, HEADINGS.split(","))
    sheet.write_row(3, 0, [6950401, "อบต.บ้านแหร", "อบต.", 95, 9504, 950402])
    sheet.write_datetime(3, 6, dt.datetime(1997, 1, 16), book.add_format({"num_format": "yyyy-mm-dd"}))
    book.close()
    banrae = by_code(str(path))["6950401"]
    assert (banrae.name_th, banrae.district_code, banrae.valid_from) == ("บ้านแหร", "9504", dt.date(1997, 1, 16))


BAD = [
    ("", "x,อบต.บ้านแหร,,เมืองที่ไม่มี,,,,", "the province «เมืองที่ไม่มี» is not known"),
    ("", ",อบต.บ้านแหร,,ยะลา,,,,", "there is no code: fill in the column รหัส"),
    ("", "950402,อบต.บ้านแหร,,ยะลา,,,,", "the code «950402» looks like that of an area"),
    ("", "x,บ้านแหร,,ยะลา,,,,", "nothing says the type: write one of pao,"),
    ("", "x,บ้านแหร,อบก.,ยะลา,,,,", "the type «อบก.» is not known"),
    ("", "x,เทศบาลตำบลบ้านแหร,อบต.,ยะลา,,,,", "the name «เทศบาลตำบลบ้านแหร» and the type «อบต.» differ"),
    ("", "x,อบต.,,ยะลา,,,,", "there is no name after the word of the type"),
    ("", "x,อบต.บ้านแหร,,ยะลา,หาดใหญ่,,,", "there is no district «หาดใหญ่» in ยะลา"),
    ("", "x,อบต.บ้านแหร,,ยะลา,ธารโต,บ้านแหง,,", "«บ้านแหง» is no one tambon of ยะลา"),
    ("", "x,อบต.บ้านฝาง,,ขอนแก่น,,บ้านฝาง,,", "«บ้านฝาง» is no one tambon of ขอนแก่น"),
    ("", "x,อบต.บ้านแหร,,ยะลา,ธารโต,940101,,", "«940101» is no one tambon of ยะลา"),
    ("", "x,อบต.บ้านแหร,,นายสมชาย ใจดี 0812345678,,,,", "the province «นาย[NAME] [PHONE]» is not known"),
    ("", "x,อบต.บ้านแหร โทร 0812345678,,ยะลา,,,,", "the name holds personal data"),
    ("", "x,อบต.บ้านแหร,,ยะลา,,,31 ก.พ. 2567,", "«31 ก.พ. 2567» is not a date"),
    ("", "x,อบต.บ้านแหร,,ยะลา,,,1 มี.ค. 2567,1 ก.พ. 2567", "the last day is before the first"),
    ("", "x,ภูเก็ต,พิเศษ,ภูเก็ต,,,,", "«ภูเก็ต» is of the type special: only Bangkok and Pattaya are"),
    ("x,อบต.บ้านแหร,,ยะลา,,,,", "x,อบต.ธารโต,,ยะลา,,,,", "the code «x» is that of «องค์การบริหารส่วนตำบลบ้านแหร» too"),
    ("x,อบต.บ้านแหร,,ยะลา,,,,", "x,อบต.บ้านแหร,,ยะลา,,,1/1/2567,", "the code «x» stands twice for the same days"),
]


@pytest.mark.parametrize(("first", "bad", "sentence"), BAD, ids=range(len(BAD)))
def test_a_bad_row_is_told_with_file_row_and_mend(first: str, bad: str, sentence: str, write) -> None:
    rows = [SOUND[0], *([first] if first else []), bad]
    with pytest.raises(UserError) as fault:
        load_laos(write(*rows))
    assert f"laos.csv, row {len(rows) + 1}: {sentence}" in str(fault.value)
    assert str(fault.value).endswith("the former table stays until then.")


def test_all_bad_rows_are_counted_before_anything_is_said(write: Callable[..., str]) -> None:
    bad = ("x,อบต.ก,,เมืองที่ไม่มี,,,,", "y,อบต.ข,,เมืองที่ไม่มี,,,,", "z,อบต.ค,,เมืองที่ไม่มี,,,,")
    with pytest.raises(UserError, match=r"row 3: .* \(rows 4, 5 are wrong too\)"):
        load_laos(write(SOUND[0], *bad))


def test_a_list_without_headings_or_that_is_not_there_is_told_so(write: Callable[..., str], tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"laos\.csv has no row with the headings code \(รหัส\), name"):
        load_laos(write(SOUND[0], headings="ก,ข,ค"))
    with pytest.raises(UserError, match=r"SIANG_LAOS names .*gone\.csv, which cannot be read"):
        load_laos(str(tmp_path / "gone.csv"))
    (tmp_path / "broken.xlsx").write_bytes(b"PK\x03\x04 no workbook")
    with pytest.raises(UserError, match=r"broken\.xlsx cannot be opened as a workbook: save it again as XLSX"):
        load_laos(str(tmp_path / "broken.xlsx"))


@pytest.mark.parametrize(
    ("text", "day"),
    [("", None), ("-", None), ("2567-03-31", dt.date(2024, 3, 31)), ("2024-03-31", dt.date(2024, 3, 31)),
     ("1935-12-10", dt.date(1935, 12, 10)), ("10 ธ.ค. 2478", dt.date(1935, 12, 10)),
     ("31/3/67", dt.date(2024, 3, 31)), ("31 มีนาคม พ.ศ. 2567", dt.date(2024, 3, 31))],
)  # fmt: skip
def test_days_are_read_in_either_calendar(text: str, day: dt.date | None) -> None:
    assert parse_day(text) == day


def test_a_day_that_is_none_says_how_to_write_one() -> None:
    with pytest.raises(RowError, match=r"«ปี 2567» is not a date: write it like 2024-03-31"):
        parse_day("ปี 2567")


def test_a_row_has_the_number_that_a_spreadsheet_shows(write: Callable[..., str]) -> None:
    rows = read(write("a", "", "b", headings="รหัส"), "SIANG_X", {"code": ("รหัส",)}, ("code",))
    assert rows == [Row(2, {"code": "a"}), Row(4, {"code": "b"})]


POPULATION = "รหัสพื้นที่,จำนวนประชากร,ณ วันที่,แหล่งข้อมูล"


def test_finer_and_newer_population_joins_the_official_figures(write: Callable[..., str]) -> None:
    rows = ('95,"540,000",31/12/2567,DOPA', "9501,๑๗๐๐๐๐,31/12/2567,DOPA", "950101,60000,2024-12-31,DOPA",
            "pao-95,540000,2024-12-31,DOPA", "94,1,30/06/2564,a test")  # fmt: skip
    found = load_population(write(*rows, headings=POPULATION, name="people.csv"), {"pao-95"})
    day = dt.date(2024, 12, 31)
    assert len(found) == 77 + 4, "94 of June 2564 takes the place of the official figure"
    assert PopulationFigure("province", "95", day, 540000, "DOPA") in found
    assert PopulationFigure("district", "9501", day, 170000, "DOPA") in found
    assert PopulationFigure("subdistrict", "950101", day, 60000, "DOPA") in found
    assert PopulationFigure("lao", "pao-95", day, 540000, "DOPA") in found
    assert PopulationFigure("province", "94", dt.date(2021, 6, 30), 1, "a test") in found


@pytest.mark.parametrize(
    ("row", "sentence"),
    [("99,1,31/12/2567,DOPA", "the area «99» is not known"), ("pao-95,1,31/12/2567,DOPA", "the area «pao-95»"),
     ("95,many,31/12/2567,DOPA", "«many» is no number of persons"), ("95,0,31/12/2567,DOPA", "«0» is no number"),
     ("95,1,,DOPA", "there is no date"), ("95,1,31/12/2567,", "there is no source"),
     ("95,1,31/12/2567,DOPA\r\n95,2,31/12/2567,DOPA", "the area «95» stands twice for one day")],
)  # fmt: skip
def test_a_bad_figure_of_population_is_told(row: str, sentence: str, write: Callable[..., str]) -> None:
    with pytest.raises(UserError) as fault:
        load_population(write(row, headings=POPULATION, name="people.csv"), set())
    assert f"people.csv, row {2 + row.count(chr(10))}: {sentence}" in str(fault.value)


PLANS = "รหัส อปท.,หัวข้อ,แผนงาน"


def test_an_lao_plans_a_topic_under_a_programme_of_its_own(write: Callable[..., str]) -> None:
    rows = ("pao-95,roads,240", "pao-95,น้ำท่วม,เคหะและชุมชน")
    found = load_topic_programmes(write(*rows, headings=PLANS, name="plans.csv"), {"pao-95"})
    assert ("pao-95", "roads", "00240") in found and ("pao-95", "flooding", "00240") in found
    assert ("all", "roads", "00310") in found
    # One row a topic but for other, and the two of its own.
    assert len(found) == len(load_topics()) - 1 + 2


@pytest.mark.parametrize(
    ("row", "sentence"),
    [("pao-96,roads,240", "the LAO «pao-96» is not known"), ("pao-95,rods,240", "the topic «rods» is not known"),
     ("pao-95,roads,999", "the programme «999» is not known"),
     ("pao-95,roads,240\r\npao-95,ถนน,310", "the topic «roads» stands twice")],
)  # fmt: skip
def test_a_bad_override_of_a_programme_is_told(row: str, sentence: str, write: Callable[..., str]) -> None:
    with pytest.raises(UserError) as fault:
        load_topic_programmes(write(row, headings=PLANS, name="plans.csv"), {"pao-95"})
    assert f"plans.csv, row {2 + row.count(chr(10))}: {sentence}" in str(fault.value)
