"""The workbooks for planners: Thai headings, typed cells, a sheet to read first and a sheet of definitions."""

from __future__ import annotations

import io
import math
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import xlsxwriter
from pyarrow import compute

from jobs.extracts import notes
from schemas.contract_files import contracts
from schemas.tables import columns

# pyarrow.compute creates its functions at import, so a type checker does not see them.
pc: Any = compute

# The font of Thai government documents; a spreadsheet program replaces it where it is not installed.
FONT = "TH Sarabun New"
HIDDEN = "ปกปิด"

_PLACE_AND_TIME = ("period_start", "period_th", "fiscal_year_be", "province_code", "province_th")
_FIGURES = (
    "concern_count", "share", "concerns_per_100k", "rank", "rank_per_100k", "previous_count", "change_pct",
    "last_year_count", "last_year_change_pct", "resolved_count", "median_days_to_resolve",
    "p90_days_to_resolve", "within_15_days_share", "is_provisional", "as_of_date",
)  # fmt: skip
_YEARLY = tuple(name for name in _FIGURES if name != "share" and not name.startswith("last_year"))
_TOTAL = tuple(name for name in _FIGURES if name != "share")
_ROUNDED = (
    "rounded_count", "previous_rounded_count", "concerns_per_100k", "is_provisional", "as_of_date"
)  # fmt: skip
SHOWN_QUARTERS = 8
"""Number of quarters that the sheets of districts show, newest first; CSV and Parquet have all quarters."""
_FORMATS = {
    "period_start": "yyyy-mm-dd", "as_of_date": "yyyy-mm-dd", "first_date": "yyyy-mm-dd", "last_date": "yyyy-mm-dd",
    "fiscal_year_be": "0", "share": "0.0%", "within_15_days_share": "0%", "concerns_per_100k": "#,##0.00",
    "change_pct": "+0.0;-0.0;0.0", "last_year_change_pct": "+0.0;-0.0;0.0",
    "median_days_to_resolve": "0.0", "p90_days_to_resolve": "0.0",
}  # fmt: skip
_WIDTHS = {
    "period_start": 14,
    "period_th": 32,
    "province_code": 9,
    "district_code": 9,
    "district_th": 22,
    "lao_code": 12,
    "lao_th": 34,
    "province_th": 20,
    "topic_th": 38,
    "source_id": 60,
    "channel": 24,
    "concerns_per_100k": 19,
    "rank": 14,
    "rank_per_100k": 16,
    "change_pct": 19,
    "last_year_count": 16,
    "last_year_change_pct": 19,
    "resolved_count": 20,
    "median_days_to_resolve": 21,
    "p90_days_to_resolve": 19,
    "within_15_days_share": 16,
    "rounded_count": 18,
    "previous_rounded_count": 20,
    "province_count": 16,
    "first_date": 16,
    "last_date": 16,
}
_HEADING_ROW = 1  # row of the headings; the note HONESTY is in the row above
_CHANNELS = {
    "complaint_log": "ทะเบียนเรื่องร้องเรียน", "social_media": "สื่อสังคมออนไลน์", "hotline": "สายด่วน"
}  # fmt: skip
_WORDS = {"is_provisional": ("เบื้องต้น", "สิ้นสุด")}
"""What a cell says where the column is true and where it is false."""
_DEFINITIONS = {
    "source_id": ("ชื่อแหล่งข้อมูลที่รับเรื่อง", "Name of the source that received the concerns, in Thai"),
    "channel": (
        "ช่องทางที่รับเรื่อง ได้แก่ ทะเบียนเรื่องร้องเรียน สื่อสังคมออนไลน์ หรือสายด่วน",
        "Channel through which the concerns were received: complaint register, social media or hotline",
    ),
    "lao_code": (
        "รหัส อปท. ตามบัญชีของกรมส่งเสริมการปกครองท้องถิ่น หากไม่มีบัญชี ใช้รหัสที่ระบบกำหนด",
        "LAO code from the list of the Department of Local Administration, or a system code if there is no list",
    ),
}
"""Definitions in Thai and English of columns whose schema definition lists codes that no sheet shows."""
_UNITS = {
    "concerns": "เรื่อง", "days": "วัน", "per 100,000 persons": "เรื่องต่อประชากรหนึ่งแสนคน", "per cent": "ร้อยละ",
    "provinces": "จังหวัด",
}  # fmt: skip
_NAME_COLUMNS = ("province_th", "district_th", "lao_th")
_LINE_HEIGHT = 23  # in points: a line of 14-point Thai with marks above and below
_CENTRED_COLUMNS = ("fiscal_year_be", "province_code", "district_code", "lao_code")


@dataclass(frozen=True)
class Sheet:
    """A sheet of rows: its name, its description, the table and the columns to show."""

    name: str
    about: str
    table: pa.Table
    columns: tuple[str, ...]


def workbooks(public: Mapping[str, pa.Table], as_of: date, *, of_samples: bool = False) -> dict[str, bytes]:
    """The workbooks of a version by file name; the same tables give the same bytes."""
    important = notes.important(of_samples=of_samples)
    provinces = public["province_trends"]
    population_date = pc.max(provinces["population_date"]).as_py()
    local_date = pc.max(pa.chunked_array([
        public[name]["population_date"].combine_chunks() for name in ("district_trends", "lao_trends")
    ])).as_py()  # fmt: skip
    return {
        "province_trends.xlsx": _workbook(
            notes.TITLE_OF_PROVINCES, important, notes.of_provinces(population_date), province_sheets(public), as_of
        ),
        "local_trends.xlsx": _workbook(
            notes.TITLE_OF_SMALL_AREAS, important, notes.of_small_areas(local_date), local_sheets(public), as_of
        ),
    }


def province_sheets(public: Mapping[str, pa.Table]) -> list[Sheet]:
    """The sheets of the workbook of provinces: only rows with concerns, newest first."""
    trends = public["province_trends"]
    counted = trends.filter(pc.or_(trends["is_hidden"], pc.fill_null(pc.greater(trends["concern_count"], 0), False)))
    newest = counted.sort_by(
        [("period_start", "descending"), ("province_code", "ascending"), ("concern_count", "descending"),
         ("topic_id", "ascending")]
    )  # fmt: skip

    def level(period_type: str, name: str) -> pa.Table:
        return newest.filter(
            pc.and_(pc.equal(newest["period_type"], period_type), pc.equal(newest["topic_level"], name))
        )

    total = (*_PLACE_AND_TIME, *_TOTAL)
    by_topic = (*_PLACE_AND_TIME, "topic_th")
    return [
        Sheet("จังหวัด-รวม", "จำนวนเรื่องรายจังหวัด รายเดือน ทุกหัวข้อรวมกัน", level("month", "all"), total),
        Sheet("กลุ่มหัวข้อ", "จำนวนเรื่องรายจังหวัด รายเดือน แยกตามกลุ่มหัวข้อ", level("month", "group"), (*by_topic, *_FIGURES)),
        Sheet("หัวข้อ", "จำนวนเรื่องรายจังหวัด รายเดือน แยกตามหัวข้อ", level("month", "topic"), (*by_topic, *_FIGURES)),
        Sheet(
            "หัวข้ออ่อนไหวรายปี", "จำนวนเรื่องรายจังหวัด รายปีงบประมาณ เฉพาะหัวข้ออ่อนไหว", level("fiscal_year", "topic"),
            (*by_topic, *_YEARLY),
        ),
        _coverage_sheet(public["coverage"]),
    ]  # fmt: skip


def local_sheets(public: Mapping[str, pa.Table]) -> list[Sheet]:
    """The sheets of the workbook of districts and LAOs, sorted by newest period, province and area."""
    districts, laos = public["district_trends"], public["lao_trends"]
    quarters = sorted(pc.unique(districts["period_start"]).to_pylist())[-SHOWN_QUARTERS:]
    districts = districts.filter(pc.is_in(districts["period_start"], pa.array(quarters, pa.date32())))

    def level(table: pa.Table, name: str, code: str) -> pa.Table:
        rows = table.filter(pc.equal(table["topic_level"], name))
        return rows.sort_by(
            [("period_start", "descending"), ("province_code", "ascending"), (code, "ascending"),
             ("rounded_count", "descending"), ("topic_id", "ascending")]
        )  # fmt: skip

    district = (*_PLACE_AND_TIME, "district_code", "district_th")
    lao = (*_PLACE_AND_TIME, "lao_code", "lao_th")
    newest = f"จำนวนเรื่องรายอำเภอ รายไตรมาส ({SHOWN_QUARTERS} ไตรมาสล่าสุด)"
    yearly = "จำนวนเรื่องราย อปท. รายปีงบประมาณ"
    return [
        Sheet("อำเภอ-รวม", f"{newest} ทุกหัวข้อรวมกัน", level(districts, "all", "district_code"),
              (*district, *_ROUNDED)),
        Sheet("อำเภอ-กลุ่มหัวข้อ", f"{newest} แยกตามกลุ่มหัวข้อ", level(districts, "group", "district_code"),
              (*district, "topic_th", *_ROUNDED)),
        Sheet("อปท.-รวม", f"{yearly} ทุกหัวข้อรวมกัน", level(laos, "all", "lao_code"),
              (*lao, *_ROUNDED)),
        Sheet("อปท.-กลุ่มหัวข้อ", f"{yearly} แยกตามกลุ่มหัวข้อ", level(laos, "group", "lao_code"),
              (*lao, "topic_th", *_ROUNDED)),
        _coverage_sheet(public["coverage"]),
    ]  # fmt: skip


def _coverage_sheet(coverage: pa.Table) -> Sheet:
    for name, shown in (("source_id", _source_titles()), ("channel", _CHANNELS)):
        values = pa.array([shown.get(value, value) for value in coverage[name].to_pylist()], pa.string())
        coverage = coverage.set_column(coverage.column_names.index(name), name, values)
    return Sheet(
        "ความครอบคลุม", "เดือนที่แต่ละแหล่งข้อมูลมีข้อมูล",
        coverage.sort_by([("period_start", "descending"), ("source_id", "ascending")]),
        tuple(coverage.column_names),
    )  # fmt: skip


def _source_titles() -> dict[str, str]:
    """Thai titles of sources by id; the id is added to a title that several sources have."""
    titles = {one.source_id: one.title_th for one in contracts().values()}
    uses = Counter(titles.values())
    return {name: title if uses[title] == 1 else f"{title} ({name})" for name, title in titles.items()}


def _workbook(
    title: tuple[str, str], important: Sequence[tuple[str, str]], others: Sequence[tuple[str, str]],
    sheets: Sequence[Sheet], as_of: date,
) -> bytes:  # fmt: skip
    out = io.BytesIO()
    options = {
        "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_date_format": "yyyy-mm-dd",
    }  # fmt: skip
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties(
            {
                "title": title[0],
                "author": "Siang",
                "created": datetime(as_of.year, as_of.month, as_of.day, tzinfo=UTC),
            }
        )
        formats = _Formats(book)
        _write_cover(book, formats, title, important, others, sheets, as_of)
        for sheet in sheets:
            _write_sheet(book, formats, sheet, " ".join(thai for thai, _ in important))
        _write_definitions(book, formats, sheets)
    return out.getvalue()


class _Formats:
    """The cell formats of a workbook, each created once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._number_formats: dict[str, Any] = {}
        self.head = self.make(bold=True, text_wrap=True, valign="vcenter", align="center", bg_color="#DCE6F1", bottom=1)
        self.title = self.make(bold=True, font_size=20)
        self.warning = self.make(bold=True, font_color="#9C2A00")
        self.strong = self.make(bold=True, text_wrap=True, valign="top")
        self.text = self.make()
        self.cell = self.make(indent=1)
        self.centred = self.make(align="center")
        self.wrap = self.make(text_wrap=True, valign="top")
        self.secondary = self.make(text_wrap=True, valign="top", font_color="#595959")
        self.suppressed = self.make(italic=True, font_color="#7F7F7F", align="center")

    def make(self, **properties: object) -> Any:
        return self._book.add_format({"font_name": FONT, "font_size": 14, **properties})

    def number(self, shape: str) -> Any:
        if shape not in self._number_formats:
            align = "center" if shape.startswith("yyyy") or shape == "0" else "right"
            self._number_formats[shape] = self.make(num_format=shape, align=align)
        return self._number_formats[shape]


def _set_page(sheet: Any, *, landscape: bool) -> None:
    """Sets A4 paper, one page wide, with the note HONESTY at the foot of each page."""
    sheet.set_paper(9)
    if landscape:
        sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.7)
    foot = f'&L&"{FONT}"&9{notes.HONESTY[0]}&R&"{FONT}"&9&P/&N'
    sheet.set_footer(foot, {"scale_with_doc": False})


def _write_cover(
    book: Any, formats: _Formats, title: tuple[str, str], important: Sequence[tuple[str, str]],
    others: Sequence[tuple[str, str]], sheets: Sequence[Sheet], as_of: date,
) -> None:  # fmt: skip
    sheet = book.add_worksheet("อ่านก่อน")
    _set_page(sheet, landscape=False)
    sheet.hide_gridlines(2)
    sheet.set_default_row(_LINE_HEIGHT)
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 92)
    sheet.set_row(0, 36)
    sheet.write_string(0, 0, title[0], formats.title)
    sheet.write_string(1, 0, title[1], formats.text)
    sheet.write_string(2, 0, "ข้อมูลถึงวันที่", formats.strong)
    sheet.write_string(2, 1, f"{notes.thai_date(as_of)} ({as_of.isoformat()})", formats.text)
    sheet.write_string(4, 0, "แผ่นงาน", formats.head)
    sheet.write_string(4, 1, "รายละเอียด", formats.head)
    row = 5
    for content in sheets:
        sheet.write_string(row, 0, content.name, formats.strong)
        sheet.write_string(row, 1, f"{content.about} ({content.table.num_rows:,} แถว)", formats.wrap)
        row += 1
    sheet.write_string(row, 0, "นิยาม", formats.strong)
    sheet.write_string(row, 1, "ความหมายและหน่วยนับของแต่ละคอลัมน์ เป็นภาษาไทยและภาษาอังกฤษ", formats.wrap)
    row += 2
    sheet.write_string(row, 0, "ข้อควรรู้", formats.head)
    sheet.write_string(row, 1, "", formats.head)
    for thai, english in [*important, *others]:
        is_important = (thai, english) in important
        row += 1
        sheet.set_row(row, _LINE_HEIGHT * (_line_count(thai, 80) + _line_count(english, 80)))
        sheet.write_string(row, 0, "สำคัญ" if is_important else "", formats.strong)
        sheet.write_rich_string(
            row,
            1,
            formats.strong if is_important else formats.text,
            f"{thai}\n",
            formats.secondary,
            english,
            formats.wrap,
        )
    row += 1
    shown = "แผ่นงานแสดงเฉพาะแถวที่มีเรื่อง ช่องว่างหมายถึงคำนวณไม่ได้ ไม่มีข้อมูล หรือปกปิดตัวเลข"
    if any("concern_count" in content.columns for content in sheets):
        shown += f" คำว่า “{HIDDEN}” ใช้แทนจำนวนเรื่องที่ปกปิด"
    sheet.set_row(row, _LINE_HEIGHT * _line_count(shown, 80))
    sheet.write_string(row, 1, shown, formats.wrap)


def _line_count(text: str, width: int) -> int:
    """The approximate number of lines of a text; marks above and below a letter take no width."""
    return math.ceil(sum(unicodedata.category(sign) != "Mn" for sign in text) / width)


def _write_sheet(book: Any, formats: _Formats, content: Sheet, above: str) -> None:
    sheet = book.add_worksheet(content.name)
    _set_page(sheet, landscape=True)
    sheet.set_default_row(_LINE_HEIGHT)
    sheet.write_string(0, 0, above, formats.warning)
    sheet.set_row(_HEADING_ROW, 3.6 * _LINE_HEIGHT)
    sheet.repeat_rows(0, _HEADING_ROW)
    fixed = max((content.columns.index(name) + 1 for name in _NAME_COLUMNS if name in content.columns), default=1)
    sheet.freeze_panes(_HEADING_ROW + 1, fixed)
    table = content.table
    for place, name in enumerate(content.columns):
        sheet.set_column(place, place, _WIDTHS.get(name, 13))
        sheet.write_string(_HEADING_ROW, place, columns()[name].th, formats.head)
    sheet.autofilter(_HEADING_ROW, 0, _HEADING_ROW + table.num_rows, len(content.columns) - 1)
    writers = [_cell_writer(sheet, formats, name, table[name].type) for name in content.columns]
    hidden = table["is_hidden"].to_pylist() if "is_hidden" in table.column_names else []
    hidden_column = content.columns.index("concern_count") if hidden else -1
    values = [table[name].to_pylist() for name in content.columns]
    # In constant-memory mode, rows must be written in order.
    first = _HEADING_ROW + 1
    for row, cells in enumerate(zip(*values, strict=True), start=first):
        for place, cell in enumerate(cells):
            if cell is not None:
                writers[place](row, place, cell)
        if hidden and hidden[row - first]:
            sheet.write_string(row, hidden_column, HIDDEN, formats.suppressed)


def _cell_writer(sheet: Any, formats: _Formats, name: str, of: pa.DataType) -> Callable[[int, int, Any], object]:
    if pa.types.is_boolean(of):
        yes, no = _WORDS[name]
        return lambda row, place, cell: sheet.write_string(row, place, yes if cell else no, formats.centred)
    if pa.types.is_date(of):
        cell_format = formats.number(_FORMATS[name])
        return lambda row, place, cell: sheet.write_datetime(row, place, cell, cell_format)
    if pa.types.is_string(of):
        cell_format = formats.centred if name in _CENTRED_COLUMNS else formats.cell
        return lambda row, place, cell: sheet.write_string(row, place, cell, cell_format)
    cell_format = formats.number(_FORMATS.get(name, "#,##0"))
    return lambda row, place, cell: sheet.write_number(row, place, cell, cell_format)


def _write_definitions(book: Any, formats: _Formats, sheets: Sequence[Sheet]) -> None:
    sheet = book.add_worksheet("นิยาม")
    _set_page(sheet, landscape=True)
    sheet.repeat_rows(0)
    sheet.freeze_panes(1, 0)
    for place, (heading, width) in enumerate(
        [("คอลัมน์", 36), ("คำอธิบาย (ไทย)", 72), ("คำอธิบาย (อังกฤษ)", 72), ("หน่วยนับ", 26)]
    ):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, heading, formats.head)
    names = dict.fromkeys(name for content in sheets for name in content.columns)
    for row, name in enumerate(names, start=1):
        column = columns()[name]
        thai, english = _DEFINITIONS.get(name, (column.about_th, column.en))
        sheet.set_row(
            row, _LINE_HEIGHT * max(_line_count(thai, 60), _line_count(english, 60), _line_count(column.th, 30))
        )
        for place, text in enumerate((column.th, thai, english, _unit(name))):
            sheet.write_string(row, place, text, formats.wrap)


def _unit(name: str) -> str:
    """The unit of a column in Thai; empty where it has none."""
    if "%" in _FORMATS.get(name, ""):  # a share from 0 to 1 is shown as a percentage
        return "ร้อยละ"
    unit = columns()[name].unit
    return _UNITS[unit] if unit else ""
