"""The workbook for offices that only have a paper register (ทะเบียนรับเรื่องร้องเรียน)."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import xlsxwriter

from jobs.sources.valid_contracts import contracts_of
from schemas.area_data import provinces
from schemas.contracts import Contract
from schemas.topics import load_topics

SOURCE = "paper_register"
ROWS = 1000
LISTS, HELP = "รายการ", "วิธีกรอก"
_WIDTHS = {"text": 60, "agency": 28, "labels": 26, "origin": 14, "status": 18, "village_no": 8}
_HELP = (
    "วิธีกรอก",
    "1. กรอกหนึ่งแถวต่อหนึ่งเรื่อง เลขที่รับต้องไม่ซ้ำกันภายในหน่วยงานเดียวกัน เช่น 12/2569",
    "2. กรอกวันที่เป็น วัน/เดือน/ปี พ.ศ. เช่น 3/1/2569 หรือ ๓ ม.ค. ๒๕๖๙ ช่องวันที่กำหนดเป็นข้อความไว้แล้ว ไม่ต้องเปลี่ยน",
    "3. ช่องที่มีลูกศร ให้เลือกจากรายการ หากไม่มีรายการที่ตรงกับเรื่อง ให้เว้นว่าง",
    "4. ห้ามกรอกชื่อ หมายเลขโทรศัพท์ เลขประจำตัวประชาชน หรือบ้านเลขที่ของผู้แจ้ง",
    "5. บันทึกเป็นไฟล์ Excel (.xlsx) ตั้งชื่อไฟล์ตามปี พ.ศ. และเดือน เช่น ทะเบียน-2569-01.xlsx และส่งทั้งไฟล์เป็นประจำทุกเดือน",
    "6. เมื่อสถานะของเรื่องเปลี่ยนแปลง ให้แก้ไขในแถวเดิม แล้วส่งทั้งไฟล์ในรอบเดือนถัดไป",
)


def headings(contract: Contract) -> list[tuple[str, str]]:
    """Headings in the order of the register, each with its target (``id`` for those of the record's id)."""
    named = [(name, "id") for name in contract.identity.fields]
    fields = {target: rule.places[0] for target, rule in contract.fields.items()}
    order = (
        "submitted_at", "origin", "labels", "text", "province", "district", "subdistrict", "village_no", "agency",
        "status", "informed_at", "resolved_at",
    )  # fmt: skip
    return [*named, *((fields[target], target) for target in order)]


def choices(contract: Contract) -> dict[str, list[str]]:
    """The values of the drop-down lists by target; the names of topics are labels with these topics."""
    return {
        "origin": list(contract.origins),
        "labels": [topic.th for topic in load_topics()],
        "province": [one.province_th for one in provinces()],
        "status": list(contract.statuses),
    }


def workbook_bytes() -> bytes:
    """The workbook as the bytes of an XLSX file."""
    [contract] = contracts_of(SOURCE)
    output = io.BytesIO()
    with xlsxwriter.Workbook(output, {"in_memory": True}) as book:
        book.set_properties({"title": contract.title_th, "created": datetime(2026, 1, 1, tzinfo=UTC)})
        sheet, lists = book.add_worksheet(contract.sheets), book.add_worksheet(LISTS)
        _write_register(book, sheet, lists, contract)
        _write_help(book, book.add_worksheet(HELP))
    return output.getvalue()


def _write_register(book: Any, sheet: Any, lists: Any, contract: Contract) -> None:
    bold = book.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1, "text_wrap": True, "valign": "top"})
    # As text a day stays as it was typed. Otherwise a program set to English reads 3/1/2569 as the first of March 2569.
    day = book.add_format({"num_format": "@"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    options = choices(contract)
    for column, (name, target) in enumerate(headings(contract)):
        sheet.write_string(0, column, name, bold)
        style = day if target.endswith("_at") else wrapped
        sheet.set_column(column, column, _WIDTHS.get(target, 16), style)
        if target in options:
            position = list(options).index(target)
            lists.write_column(0, position, [name, *options[target]])
            letter = chr(ord("A") + position)
            source = f"='{LISTS}'!${letter}$2:${letter}${len(options[target]) + 1}"
            # Other values are allowed: they are counted as unknown labels.
            rule = {"validate": "list", "source": source, "error_type": "warning"}
            sheet.data_validation(1, column, ROWS, column, rule)
    lists.set_column(0, len(options) - 1, 28)
    sheet.freeze_panes(1, 2)
    sheet.set_landscape()


def _write_help(book: Any, sheet: Any) -> None:
    wrapped = book.add_format({"text_wrap": True})
    sheet.set_column(0, 0, 100, wrapped)
    for number, line in enumerate(_HELP):
        sheet.write_string(number, 0, line)
