"""The workbooks that planners open: Thai headings, typed cells, a page to read first, definitions."""

from __future__ import annotations

import io
import math
import unicodedata
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

# Its functions are made when it is imported, so that a type checker does not see them.
pc: Any = compute

# The font of Thai government documents; where it is missing a spreadsheet takes its own.
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
"""Of districts a workbook shows the newest quarters; CSV and Parquet hold all."""
_FORMATS = {
    "period_start": "yyyy-mm-dd", "as_of_date": "yyyy-mm-dd", "first_date": "yyyy-mm-dd", "last_date": "yyyy-mm-dd",
    "fiscal_year_be": "0", "share": "0.0%", "within_15_days_share": "0%", "concerns_per_100k": "#,##0.00",
    "change_pct": "+0.0;-0.0;0.0", "last_year_change_pct": "+0.0;-0.0;0.0",
    "median_days_to_resolve": "0.0", "p90_days_to_resolve": "0.0",
}  # fmt: skip
_WIDTHS = {
    "period_start": 13,
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
    "concerns_per_100k": 16,
    "within_15_days_share": 14,
}
_HEADINGS = 1  # the row of headings; above it stands the sentence of honesty
_CHANNELS = {
    "complaint_log": "ทะเบียนเรื่องร้องทุกข์", "social_media": "สื่อสังคมออนไลน์", "hotline": "สายด่วน"
}  # fmt: skip
_NAMES = ("province_th", "district_th", "lao_th")
_LINE = 23  # points: a line of 14-point Thai with its marks above and below
_CENTRED = ("fiscal_year_be", "province_code", "district_code", "lao_code")


@dataclass(frozen=True)
class Sheet:
    """A sheet of rows: its name, what it holds, the table and the columns to show."""

    name: str
    about: str
    table: pa.Table
    columns: tuple[str, ...]


def workbooks(public: Mapping[str, pa.Table], as_of: date, *, of_samples: bool = False) -> dict[str, bytes]:
    """The workbooks of a version by their names; the same tables give the same bytes."""
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
    """The sheets of the workbook of provinces: rows with concerns only, newest first."""
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
        Sheet("จังหวัด-รวม", "รายจังหวัด รายเดือน ทุกหัวข้อรวมกัน", level("month", "all"), total),
        Sheet("กลุ่มหัวข้อ", "รายจังหวัด รายเดือน ตามกลุ่มหัวข้อ", level("month", "group"), (*by_topic, *_FIGURES)),
        Sheet("หัวข้อ", "รายจังหวัด รายเดือน ตามหัวข้อ", level("month", "topic"), (*by_topic, *_FIGURES)),
        Sheet(
            "หัวข้ออ่อนไหวรายปี", "รายจังหวัด รายปีงบประมาณ เฉพาะหัวข้ออ่อนไหว", level("fiscal_year", "topic"),
            (*by_topic, *_YEARLY),
        ),
        _coverage(public["coverage"]),
    ]  # fmt: skip


def local_sheets(public: Mapping[str, pa.Table]) -> list[Sheet]:
    """The sheets of the workbook of districts and LAOs, newest first, then by province and place."""
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
    newest = f"รายไตรมาส {SHOWN_QUARTERS} ไตรมาสล่าสุด"
    return [
        Sheet("อำเภอ-รวม", f"รายอำเภอ {newest} ทุกหัวข้อรวมกัน", level(districts, "all", "district_code"),
              (*district, *_ROUNDED)),
        Sheet("อำเภอ-กลุ่มหัวข้อ", f"รายอำเภอ {newest} ตามกลุ่มหัวข้อ", level(districts, "group", "district_code"),
              (*district, "topic_th", *_ROUNDED)),
        Sheet("อปท.-รวม", "ราย อปท. รายปีงบประมาณ ทุกหัวข้อรวมกัน", level(laos, "all", "lao_code"),
              (*lao, *_ROUNDED)),
        Sheet("อปท.-กลุ่มหัวข้อ", "ราย อปท. รายปีงบประมาณ ตามกลุ่มหัวข้อ", level(laos, "group", "lao_code"),
              (*lao, "topic_th", *_ROUNDED)),
        _coverage(public["coverage"]),
    ]  # fmt: skip


def _coverage(coverage: pa.Table) -> Sheet:
    titles = {one.source_id: f"{one.source_id}: {one.title_th}" for one in contracts().values()}
    for name, shown in (("source_id", titles), ("channel", _CHANNELS)):
        values = pa.array([shown.get(value, value) for value in coverage[name].to_pylist()], pa.string())
        coverage = coverage.set_column(coverage.column_names.index(name), name, values)
    return Sheet(
        "ความครอบคลุม", "แหล่งข้อมูลใดมีข้อมูลในเดือนใด",
        coverage.sort_by([("period_start", "descending"), ("source_id", "ascending")]),
        tuple(coverage.column_names),
    )  # fmt: skip


def _workbook(
    title: tuple[str, str], important: Sequence[tuple[str, str]], others: Sequence[tuple[str, str]],
    made: Sequence[Sheet], as_of: date,
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
        looks = _Looks(book)
        _read_first(book, looks, title, important, others, made, as_of)
        for sheet in made:
            _rows(book, looks, sheet, " ".join(thai for thai, _ in important))
        _definitions(book, looks, made)
    return out.getvalue()


class _Looks:
    """Cell formats, each made once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[str, Any] = {}
        self.head = self.make(bold=True, text_wrap=True, valign="vcenter", align="center", bg_color="#DCE6F1", bottom=1)
        self.title = self.make(bold=True, font_size=20)
        self.honest = self.make(bold=True, font_color="#9C2A00")
        self.strong = self.make(bold=True, text_wrap=True, valign="top")
        self.text = self.make()
        self.cell = self.make(indent=1)
        self.centred = self.make(align="center")
        self.wrap = self.make(text_wrap=True, valign="top")
        self.quiet = self.make(text_wrap=True, valign="top", font_color="#595959")
        self.withheld = self.make(italic=True, font_color="#7F7F7F", align="center")

    def make(self, **properties: object) -> Any:
        return self._book.add_format({"font_name": FONT, "font_size": 14, **properties})

    def number(self, shape: str) -> Any:
        if shape not in self._made:
            place = "center" if shape.startswith("yyyy") or shape == "0" else "right"
            self._made[shape] = self.make(num_format=shape, align=place)
        return self._made[shape]


def _page(sheet: Any, *, landscape: bool) -> None:
    """A4, one page wide, the sentence of honesty at the foot of each."""
    sheet.set_paper(9)
    if landscape:
        sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.7)
    foot = f'&L&"{FONT}"&9{notes.HONESTY[0]}&R&"{FONT}"&9&P/&N'
    sheet.set_footer(foot, {"scale_with_doc": False})


def _read_first(
    book: Any, looks: _Looks, title: tuple[str, str], important: Sequence[tuple[str, str]],
    others: Sequence[tuple[str, str]], made: Sequence[Sheet], as_of: date,
) -> None:  # fmt: skip
    sheet = book.add_worksheet("อ่านก่อน")
    _page(sheet, landscape=False)
    sheet.hide_gridlines(2)
    sheet.set_default_row(_LINE)
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 92)
    sheet.set_row(0, 36)
    sheet.write_string(0, 0, title[0], looks.title)
    sheet.write_string(1, 0, title[1], looks.text)
    sheet.write_string(2, 0, "ข้อมูลถึงวันที่", looks.strong)
    sheet.write_string(2, 1, f"{notes.thai_date(as_of)} ({as_of.isoformat()})", looks.text)
    sheet.write_string(4, 0, "แผ่นงาน", looks.head)
    sheet.write_string(4, 1, "มีอะไร", looks.head)
    row = 5
    for content in made:
        sheet.write_string(row, 0, content.name, looks.strong)
        sheet.write_string(row, 1, f"{content.about} ({content.table.num_rows:,} แถว)", looks.wrap)
        row += 1
    sheet.write_string(row, 0, "นิยาม", looks.strong)
    sheet.write_string(row, 1, "ความหมายและหน่วยของแต่ละคอลัมน์ ไทยและอังกฤษ", looks.wrap)
    row += 2
    sheet.write_string(row, 0, "ข้อควรรู้", looks.head)
    sheet.write_string(row, 1, "", looks.head)
    for thai, english in [*important, *others]:
        is_important = (thai, english) in important
        row += 1
        sheet.set_row(row, _LINE * (_lines(thai, 88) + _lines(english, 88)))
        sheet.write_string(row, 0, "สำคัญ" if is_important else "", looks.strong)
        sheet.write_rich_string(
            row,
            1,
            looks.strong if is_important else looks.text,
            f"{thai}\n",
            looks.quiet,
            english,
            looks.wrap,
        )
    row += 1
    shown = "ในแผ่นงานมีเฉพาะแถวที่มีเรื่อง (แถวที่เป็น 0 อยู่ในไฟล์ CSV) ช่องว่างคือคำนวณไม่ได้ ไม่มีข้อมูล หรือปกปิด"
    if any("concern_count" in content.columns for content in made):
        shown += f" คำว่า “{HIDDEN}” แทนตัวเลขที่ไม่แสดง"
    sheet.set_row(row, _LINE * _lines(shown, 88))
    sheet.write_string(row, 1, shown, looks.wrap)


def _lines(text: str, width: int) -> int:
    """About how many lines a text takes; marks above and below take no room."""
    return math.ceil(sum(unicodedata.category(sign) != "Mn" for sign in text) / width)


def _rows(book: Any, looks: _Looks, content: Sheet, above: str) -> None:
    sheet = book.add_worksheet(content.name)
    _page(sheet, landscape=True)
    sheet.set_default_row(_LINE)
    sheet.write_string(0, 0, above, looks.honest)
    sheet.set_row(_HEADINGS, 3.6 * _LINE)
    sheet.repeat_rows(0, _HEADINGS)
    fixed = max((content.columns.index(name) + 1 for name in _NAMES if name in content.columns), default=1)
    sheet.freeze_panes(_HEADINGS + 1, fixed)
    table = content.table
    for place, name in enumerate(content.columns):
        sheet.set_column(place, place, _WIDTHS.get(name, 13))
        sheet.write_string(_HEADINGS, place, columns()[name].th, looks.head)
    sheet.autofilter(_HEADINGS, 0, _HEADINGS + table.num_rows, len(content.columns) - 1)
    writers = [_writer(sheet, looks, name, table[name].type) for name in content.columns]
    hidden = table["is_hidden"].to_pylist() if "is_hidden" in table.column_names else []
    withheld = content.columns.index("concern_count") if hidden else -1
    values = [table[name].to_pylist() for name in content.columns]
    # Constant memory: rows go out in order and are then forgotten.
    first = _HEADINGS + 1
    for row, cells in enumerate(zip(*values, strict=True), start=first):
        for place, cell in enumerate(cells):
            if cell is not None:
                writers[place](row, place, cell)
        if hidden and hidden[row - first]:
            sheet.write_string(row, withheld, HIDDEN, looks.withheld)


def _writer(sheet: Any, looks: _Looks, name: str, of: pa.DataType) -> Callable[[int, int, Any], object]:
    if pa.types.is_boolean(of):
        return lambda row, place, cell: sheet.write_string(row, place, "ใช่" if cell else "ไม่ใช่", looks.centred)
    if pa.types.is_date(of):
        look = looks.number(_FORMATS[name])
        return lambda row, place, cell: sheet.write_datetime(row, place, cell, look)
    if pa.types.is_string(of):
        look = looks.centred if name in _CENTRED else looks.cell
        return lambda row, place, cell: sheet.write_string(row, place, cell, look)
    look = looks.number(_FORMATS.get(name, "#,##0"))
    return lambda row, place, cell: sheet.write_number(row, place, cell, look)


def _definitions(book: Any, looks: _Looks, made: Sequence[Sheet]) -> None:
    sheet = book.add_worksheet("นิยาม")
    _page(sheet, landscape=True)
    sheet.repeat_rows(0)
    sheet.freeze_panes(1, 0)
    for place, (heading, width) in enumerate(
        [("คอลัมน์", 36), ("ชื่อในไฟล์ CSV", 26), ("คำอธิบาย (ไทย)", 72), ("คำอธิบาย (อังกฤษ)", 72), ("หน่วย", 16)]
    ):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, heading, looks.head)
    names = dict.fromkeys(name for content in made for name in content.columns)
    for row, name in enumerate(names, start=1):
        column = columns()[name]
        sheet.set_row(row, _LINE * max(_lines(column.about_th, 68), _lines(column.en, 70), _lines(column.th, 34)))
        for place, text in enumerate((column.th, name, column.about_th, column.en, column.unit)):
            sheet.write_string(row, place, text, looks.wrap)
