"""The file that an analyst fills in: a text a row, and the list of topics to choose from."""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import xlsxwriter

from jobs.topic_models.labelling.queue import TextToLabel
from lake.csv_file import csv_bytes
from nlp.mask.values import mask_value
from nlp.topics import MAX_TOPICS
from schemas.area_data import provinces
from schemas.errors import UserError
from schemas.topics import KINDS, load_topics

SHEET, LISTS, HELP = "ข้อความ", "รายการ", "วิธีกรอก"
TOPICS = tuple(f"topic_{number}" for number in range(1, MAX_TOPICS + 1))
COLUMNS: dict[str, tuple[str, ...]] = {
    "concern_id": ("รหัสเรื่อง",),
    "drawn_from": ("สุ่มจาก",),
    "text": ("ข้อความ",),
    "language": ("ภาษา",),
    "province": ("จังหวัด",),
    **{name: (f"หัวข้อ {number}",) for number, name in enumerate(TOPICS, 1)},
    "kind": ("ประเภท",),
    "labelled_by": ("รหัสผู้ตรวจ",),
}
"""Headings of each column besides its own name; the first one stands in the workbook."""
_WIDTHS = {"text": 80, "concern_id": 12, "kind": 16, "labelled_by": 12, **dict.fromkeys(TOPICS, 24)}
_HELP = (
    "วิธีกรอก",
    "1. อ่านข้อความแล้วเลือกหัวข้อหนึ่งถึงสี่หัวข้อ หัวข้อหลักใส่ช่อง «หัวข้อ 1»",
    "2. ไม่ตรงหัวข้อใดเลย ให้เลือก «อื่น ๆ» เพียงหัวข้อเดียว แถวที่เว้นว่างถือว่ายังไม่ได้ตรวจ",
    "3. ช่อง «ประเภท» กรอกเมื่อแน่ใจ เว้นว่างได้",
    "4. ถ้าช่อง «สุ่มจาก» มีค่า ให้ตรวจทุกแถวเรียงจากบนลงล่าง อย่าข้ามแถวที่ยาก เพราะใช้วัดความแม่นของระบบ",
    "5. «รหัสผู้ตรวจ» เป็นรหัสที่มีตัวเลข เช่น A1 ห้ามใช้ชื่อคน เว้นว่างได้",
    "6. อย่าแก้ช่อง «รหัสเรื่อง» และ «สุ่มจาก» แล้วนำเข้าด้วยคำสั่ง siang label import",
)


def rows(asked: Sequence[TextToLabel], drawn_from: str | None) -> list[dict[str, str]]:
    """What the file says of each text; what the machine thinks is left out, so that it sways nobody.

    Texts are masked already, when they come in, and once more by the rules of today.
    """
    names = {one.province_code: one.province_th for one in provinces()}
    return [
        dict.fromkeys(COLUMNS, "")
        | {
            "concern_id": one.concern_id,
            "drawn_from": drawn_from or "",
            "text": mask_value(one.text),
            "language": one.language,
            "province": names.get(one.province_code or "", ""),
        }
        for one in asked
    ]


def write(path: Path, content: Sequence[dict[str, str]]) -> None:
    """Writes the rows as CSV or XLSX, by the file's ending, for its owner's eyes only.

    Raises UserError where the ending is another, or where there is a file: it may be half filled in.
    """
    form = {".csv": _csv, ".xlsx": workbook_bytes}.get(path.suffix.lower())
    if form is None:
        raise UserError(f"{path.name} is to be neither CSV nor XLSX", "name a file that ends in .csv or .xlsx")
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise UserError(f"{path.name} is there already", "name another file, or move that one aside") from None
    except OSError as error:
        raise UserError(
            f"{path} cannot be written ({error.strerror})", "name a file in a folder that is there"
        ) from None
    with os.fdopen(handle, "wb") as file:
        file.write(form(content))


def _csv(content: Sequence[dict[str, str]]) -> bytes:
    return csv_bytes(pa.table({name: pa.array([row[name] for row in content], pa.string()) for name in COLUMNS}))


def workbook_bytes(content: Sequence[dict[str, str]]) -> bytes:
    """The workbook: texts, with lists on the columns that are to be filled in, and how to fill them in."""
    output = io.BytesIO()
    with xlsxwriter.Workbook(output, {"in_memory": True}) as book:
        book.set_properties({"title": "Siang: ข้อความที่ขอให้ตรวจ", "created": datetime(2026, 1, 1, tzinfo=UTC)})
        sheet, lists, manual = (book.add_worksheet(name) for name in (SHEET, LISTS, HELP))
        _texts(book, sheet, content)
        _lists(sheet, lists, len(content))
        manual.set_column(0, 0, 100, book.add_format({"text_wrap": True}))
        manual.write_column(0, 0, _HELP)
    return output.getvalue()


def _texts(book: Any, sheet: Any, content: Sequence[dict[str, str]]) -> None:
    bold = book.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1, "text_wrap": True, "valign": "top"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    for column, (name, headings) in enumerate(COLUMNS.items()):
        sheet.write_string(0, column, headings[0], bold)
        sheet.set_column(column, column, _WIDTHS.get(name, 12), wrapped)
        for number, row in enumerate(content, 1):
            if row[name]:
                sheet.write_string(number, column, row[name], wrapped)  # never a formula
    sheet.freeze_panes(1, 1)
    sheet.set_landscape()


def _lists(sheet: Any, lists: Any, count: int) -> None:
    choices = {"topic": [topic.th for topic in load_topics()], "kind": list(KINDS)}
    for place, (name, values) in enumerate(choices.items()):
        lists.write_column(0, place, [name, *values])
        letter = chr(ord("A") + place)
        rule = {"validate": "list", "source": f"='{LISTS}'!${letter}$2:${letter}${len(values) + 1}"}
        for column, target in enumerate(COLUMNS):
            if target.startswith(name):
                sheet.data_validation(1, column, max(count, 1), column, rule)
    lists.set_column(0, 1, 28)
