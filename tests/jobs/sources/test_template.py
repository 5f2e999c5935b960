"""The workbook for paper registers, filled in as an office would."""

from __future__ import annotations

import io
import shutil
import subprocess
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from jobs.sources import template
from jobs.sources.readers.file import read_pieces
from jobs.sources.record_parser import parse
from schemas.contract_files import contracts
from schemas.topics import load_labels, load_topics

CONTRACT = contracts()[template.SOURCE]
ROWS = (
    {"ชื่อ อปท.": "อบต.ตัวอย่าง", "เลขที่รับ": "1/2568", "วันที่รับเรื่อง": "๓ ม.ค. ๒๕๖๘", "ช่องทาง": "ผู้นำชุมชน",
     "รายละเอียด": "ไฟทางดับ โทร 081-000-1234", "จังหวัด": "ยะลา", "อำเภอ": "เบตง", "สถานะ": "รับเรื่อง"},
    {"ชื่อ อปท.": "อบต.ตัวอย่าง", "เลขที่รับ": "2/2568", "วันที่รับเรื่อง": date(2025, 1, 5), "หมวดเรื่อง": "ถนน",
     "รายละเอียด": "ถนนเป็นหลุม", "จังหวัด": "ยะลา", "สถานะ": "แก้ไขแล้วเสร็จ", "วันที่แล้วเสร็จ": "9/1/2568"},
)  # fmt: skip


def filled(*rows: dict[str, object]) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(template.workbook_bytes()))
    sheet = book[CONTRACT.sheets]
    columns = {cell.value: cell.column for cell in sheet[1]}
    for number, row in enumerate(rows, 2):
        for name, value in row.items():
            sheet.cell(number, columns[name]).value = value
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def read(content: bytes) -> list[dict[str, object]]:
    pieces = list(read_pieces(content, CONTRACT))
    assert not [piece.error for piece in pieces if piece.part == "fault"]
    header = next(piece.raw for piece in pieces if piece.part == "header")
    parsed = [parse(one.raw, header, CONTRACT, None, 1) for one in pieces if one.part == "record"]
    assert not [one.reasons for one in parsed if one.reasons]
    return [one.values for one in parsed]


def expect_rows(found: list[dict[str, object]]) -> None:
    assert [(one["source_record_id"], str(one["submitted_at"])[:16], one["status"]) for one in found] == [
        ("อบต.ตัวอย่าง/1/2568", "2025-01-02 17:00", "open"),
        ("อบต.ตัวอย่าง/2/2568", "2025-01-04 17:00", "resolved"),
    ]
    assert found[0]["text"] == "ไฟทางดับ โทร [PHONE]"
    assert (found[0]["origin"], found[0]["district_code"]) == ("village_head", "9502")
    assert (found[1]["source_labels"], str(found[1]["resolved_at"])[:10]) == (["ถนน"], "2025-01-08")


def test_an_unfilled_template_says_nothing():
    assert read(filled()) == []


def test_a_filled_template_is_read_with_days_as_text_or_as_dates():
    expect_rows(read(filled(*ROWS)))


def test_every_topic_of_the_list_is_a_label_that_means_it():
    known = load_labels()
    meant = {name: known[name].topic_id or known[name].group_id for name in template.choices(CONTRACT)["labels"]}
    expected = {topic.th: topic.topic_id for topic in load_topics()} | {"อื่น ๆ": None}
    assert meant == expected


def test_the_lists_are_on_the_columns():
    sheet = openpyxl.load_workbook(io.BytesIO(template.workbook_bytes()))[CONTRACT.sheets]
    assert len(sheet.data_validations.dataValidation) == 4


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_what_libreoffice_saves_is_read_the_same(tmp_path: Path):
    (tmp_path / "in").mkdir()
    path = tmp_path / "in" / "register-2568-01.xlsx"
    path.write_bytes(filled(*ROWS))
    command = ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", "--convert-to", "xlsx",
               "--outdir", str(tmp_path), str(path)]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    expect_rows(read((tmp_path / path.name).read_bytes()))
