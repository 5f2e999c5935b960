"""What a workbook does not show is left out and reported, unless the contract asks for it."""

from __future__ import annotations

import io
from typing import Any

import pytest
import xlsxwriter
from rich.console import Console

from jobs.sources import contract_check
from jobs.sources.readers.file import read_pieces
from schemas.contracts import Contract
from schemas.errors import UserError
from tests.jobs.sources.readers.test_formats import contract
from tests.reading import problem_with

HEADINGS = ["id", "day", "words"]
SHEET, ROW = "The sheet is hidden.", "The row is hidden."


def book(hide: str = "hide") -> bytes:
    """Sheets «now & here» (rows 3 and 5 hidden), «lists» and the hidden «old copy»."""
    output = io.BytesIO()
    with xlsxwriter.Workbook(output) as made:
        now, lists, old = (made.add_worksheet(name) for name in ("now & here", "lists", "old copy"))
        for sheet, ids in ((now, "1234"), (old, "567")):
            for at, row in enumerate([["Register"], HEADINGS, *[[one, "2025-01-31", f"word {one}"] for one in ids]]):
                sheet.write_row(at, 0, row)
        now.set_row(3, None, None, {"hidden": True})
        now.set_row(5, 12, None, {"hidden": True, "level": 1})
        lists.write_row(0, 0, ["a"])
        getattr(old, hide)()
    return output.getvalue()


def read(by: Contract, content: bytes) -> tuple[list[str], list[str | None]]:
    """Words of the records, and the sentences of other pieces."""
    pieces = list(read_pieces(content, by))
    assert problem_with(pieces, content, by) is None
    words = [one.raw.split('"word ')[1][0] for one in pieces if one.part == "record"]
    return words, [one.error for one in pieces if one.error]


@pytest.mark.parametrize("hide", ["hide", "very_hidden"])
def test_hidden_sheets_and_rows_are_frame_and_say_so(hide: str):
    by = contract(format="xlsx", sheets="[no]*")
    assert read(by, book(hide)) == (["1", "3"], [ROW, ROW, SHEET, SHEET, SHEET])


def test_a_contract_may_ask_for_what_is_hidden():
    assert read(contract(format="xlsx", sheets="[no]*", hidden_rows=True), book()) == (list("1234"), [SHEET] * 3)
    assert read(contract(format="xlsx", sheets="old copy"), book()) == (list("567"), [])


def test_a_name_that_only_hidden_sheets_have_is_reported():
    words, errors = read(contract(format="xlsx", sheets="old*"), book())
    assert words == []
    assert (
        errors[-1] == "All sheets with the name that the contract states (old*) are hidden; state the full name there."
    )


@pytest.mark.parametrize("format_", ["csv", "json"])
def test_other_formats_hide_nothing(format_: str):
    with pytest.raises(ValueError, match="hidden_rows: only the format xlsx has hidden rows"):
        contract(format=format_, hidden_rows=True)


def test_source_check_counts_what_is_left_out(tmp_path: Any):
    found = contract_check.read(book(), contract(format="xlsx", sheets="[no]*"), "x.xlsx", 3)
    assert found.hidden == {ROW: 2, SHEET: 3}
    by = contract(format="xlsx", sheets="[no]*", source_id="desk")
    (tmp_path / "desk.yaml").write_text(by.model_dump_json(by_alias=True, exclude_defaults=True), encoding="utf-8")
    (tmp_path / "x.xlsx").write_bytes(book())
    console = Console(file=io.StringIO(), width=300)
    console.print(contract_check.report(tmp_path / "desk.yaml", tmp_path / "x.xlsx", 3))
    output = console.file.getvalue()  # type: ignore[attr-defined]
    assert "are left out because" in output and ROW in output and SHEET in output


def test_an_error_response_is_reported_by_source_check(tmp_path: Any):
    by = contract(source_id="desk")
    (tmp_path / "desk.yaml").write_text(by.model_dump_json(by_alias=True, exclude_defaults=True), encoding="utf-8")
    (tmp_path / "x.csv").write_text('{"status": "fail"}', encoding="utf-8")
    with pytest.raises(UserError, match=r"x\.csv is refused\. The file is an error response \(status: fail\)"):
        contract_check.report(tmp_path / "desk.yaml", tmp_path / "x.csv", 3)
