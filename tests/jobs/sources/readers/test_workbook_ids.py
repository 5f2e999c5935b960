"""Ids of a workbook: numbers that its cells hold only roughly, and cells merged over several matters."""

from __future__ import annotations

import io

import pytest
import xlsxwriter

from jobs.sources.readers.file import read_pieces
from jobs.sources.record_parser import Parsed, parse
from schemas.contracts import Contract

HEADINGS = ["เลขรับ", "ข้อ", "วันที่", "เรื่อง"]
LAMP, ROAD = "ไฟทางดับทั้งซอย", "ถนนเป็นหลุม"
LONG = "1853123456789012345"


def register(*identity: str) -> Contract:
    return Contract.model_validate(
        {
            "source_id": "desk", "title_th": "x", "title_en": "x", "channel": "complaint_log", "origin": "web",
            "files": "*", "format": "xlsx", "delivery": "changes",
            "identity": {"id_namespace": "desk", "fields": identity}, "version_order": {"by": "record_number"},
            "fields": {"submitted_at": {"from": "วันที่", "required": True}, "text": "เรื่อง"},
        }
    )  # fmt: skip


def parse_rows(rows: list[list[object]], merged: list[tuple[int, int, int, str]], contract: Contract) -> list[Parsed]:
    """What the records of a sheet say; ``merged`` holds first row, last row, column and value."""
    output = io.BytesIO()
    with xlsxwriter.Workbook(output) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate([HEADINGS, *rows]):
            sheet.write_row(number, 0, row)
        for first, last, column, value in merged:
            sheet.merge_range(first, column, last, column, value)
    header, *found = read_pieces(output.getvalue(), contract)
    return [parse(one.raw, header.raw, contract, None, number) for number, one in enumerate(found)]


def test_a_receipt_number_merged_over_two_matters_is_the_number_of_the_first_alone():
    first, second = parse_rows(
        [["", "", "2025-01-03", LAMP], ["", "", "2025-01-04", ROAD]], [(1, 2, 0, "12/2568")], register("เลขรับ")
    )
    assert first.values["source_record_id"] == "12/2568"
    assert second.reasons == ["It has no id of its own (field เลขรับ). A merged cell is the id of its first row only."]


def test_matters_with_numbers_of_their_own_under_one_receipt_are_kept_apart():
    found = parse_rows(
        [["", 1, "2025-01-03", LAMP], ["", 2, "", ROAD]],
        [(1, 2, 0, "12/2568"), (1, 2, 2, "2025-01-03")],
        register("เลขรับ", "ข้อ"),
    )
    assert [one.values["source_record_id"] for one in found] == ["12/2568/1", "12/2568/2"]
    assert len({one.values["submitted_at"] for one in found}) == 1, "a day merged over both is the day of each"


def test_parts_of_an_id_that_are_all_merged_make_no_second_concern():
    first, second = parse_rows(
        [["", "", "2025-01-03", LAMP], ["", "", "2025-01-04", ROAD]],
        [(1, 2, 0, "12/2568"), (1, 2, 1, "1")],
        register("เลขรับ", "ข้อ"),
    )
    assert not first.reasons and second.reasons


@pytest.mark.parametrize("number", [1853123456789012345, 2**53, 1.94e18])
def test_a_number_that_a_sheet_holds_only_roughly_is_no_id(number: float):
    (found,) = parse_rows([[number, "", "2025-01-03", LAMP]], [], register("เลขรับ"))
    assert len(found.reasons) == 1 and "a spreadsheet has rounded" in found.reasons[0]


@pytest.mark.parametrize(("cell", "kept"), [(2**53 - 1, "9007199254740991"), (LONG, LONG)])
def test_a_number_that_a_sheet_holds_exactly_is_one(cell: object, kept: str):
    (found,) = parse_rows([[cell, "", "2025-01-03", LAMP]], [], register("เลขรับ"))
    assert found.values["source_record_id"] == kept
