"""XLSX: one record a row below the heading row of each sheet; formulas by their values.

The headings stand in the first row that holds all those which the contract needs, or in two rows, the upper one
merged over the lower ("วันที่" over "รับเรื่อง": the heading is "วันที่ รับเรื่อง"). What stands above (a title,
a date) and blank rows are frame. A cell merged over several rows says the same of each. Spans are rows of the
sheet, from 0. ``raw`` is a JSON array of the cells.
"""

from __future__ import annotations

import datetime
import fnmatch
import io
import json
import re
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any

from python_calamine import CalamineWorkbook

from jobs.readers.piece import Piece
from schemas.contracts import Contract

LARGEST_UNPACKED = 512 * 1024**2
_OPENING_ROWS = 30
_MOST_CELLS = 5_000_000
# A formula whose value was never computed: no <v>, or an empty one, follows it.
_UNCOMPUTED = re.compile(rb'<c r="[A-Z]+(\d+)"[^>]*>\s*<f[^>]*>[^<]*</f>\s*(?:<v\s*/>|<v>\s*</v>|</c>)')
_Range = tuple[tuple[int, int], tuple[int, int]]


def pieces(content: bytes, contract: Contract) -> Iterator[Piece]:
    problem = _problem(content)
    workbook: Any = None
    if problem is None:
        try:
            workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        except Exception:
            problem = "The file cannot be opened as a workbook; save it again as XLSX."
    if workbook is None:
        yield Piece("fault", 0, 1, "", error=problem)
        return
    uncomputed = _uncomputed_rows(content, len(workbook.sheet_names))
    for number, name in enumerate(workbook.sheet_names):
        try:
            sheet = workbook.get_sheet_by_name(name)
            if sheet.total_height * sheet.total_width > _MOST_CELLS:
                raise ValueError
            rows = sheet.to_python(skip_empty_area=False)
            merged = sheet.merged_cell_ranges or []
        except Exception:
            yield Piece("fault", 0, 1, "", sheet=name, error="The sheet is damaged or too large; save it again.")
            continue
        if fnmatch.fnmatch(name, contract.sheets):
            yield from _sheet(name, rows, merged, uncomputed[number], contract)
        else:
            yield from (Piece("frame", at, at + 1, _raw(row), sheet=name) for at, row in enumerate(rows))


def _sheet(
    name: str, rows: list[list[Any]], merged: Sequence[_Range], uncomputed: set[int], contract: Contract
) -> Iterator[Piece]:
    found = _headings(rows, merged, contract)
    first, last = (found[0], found[1]) if found else (len(rows), len(rows))
    for (top, left), (bottom, _) in merged:
        if top > last and bottom < len(rows):
            for number in range(top + 1, bottom + 1):
                rows[number][left] = rows[top][left]
    for number, row in enumerate(rows):
        raw = _raw(row)
        if found and first <= number <= last:
            if number == last:
                yield Piece("header", first, last + 1, json.dumps(found[2], ensure_ascii=False), sheet=name)
        elif all(str(value).strip() == "" for value in row) or (found and number < first):
            yield Piece("frame", number, number + 1, raw, sheet=name)
        elif found is None:
            needed = ", ".join(contract.headings or sorted(contract.named))
            error = f"No row of the sheet holds the headings that the contract needs ({needed})."
            yield Piece("fault", number, number + 1, raw, sheet=name, error=error)
        elif number in uncomputed:
            error = "A formula of the row was never calculated; open the file in Excel, save it and land it again."
            yield Piece("fault", number, number + 1, raw, sheet=name, error=error)
        else:
            yield Piece("record", number, number + 1, raw, sheet=name)


def _headings(rows: list[list[Any]], merged: Sequence[_Range], contract: Contract) -> tuple[int, int, list[str]] | None:
    """First and last row of the headings, and the headings; None where no row has any that the contract names.

    The row that has all that are needed, else the one that has most: what it lacks is then said of each record.
    """
    best: tuple[int, int, list[str]] | None = None
    most = 0
    for first in range(min(_OPENING_ROWS, len(rows))):
        height = max((bottom - top for (top, _), (bottom, _) in merged if top == first), default=0)
        is_wide = any(top == first == bottom and right > left for (top, left), (bottom, right) in merged)
        for last in sorted({first, first + (height or int(is_wide))}):
            if last >= len(rows):
                continue
            names = _names(rows, merged, first, last)
            if contract.headings and set(contract.headings) <= set(names):
                return first, last, names
            if (found := len(contract.named.intersection(names))) > most:
                most, best = found, (first, last, names)
    return best


def _names(rows: list[list[Any]], merged: Sequence[_Range], first: int, last: int) -> list[str]:
    """The heading of each column: what stands above it in the heading rows, merged cells over all they cover."""
    cells = [[" ".join(_cell(value).split()) for value in row] for row in rows[first : last + 1]]
    for (top, left), (bottom, right) in merged:
        for number in range(max(top, first), min(bottom, last) + 1):
            for column in range(left, min(right + 1, len(cells[number - first]))):
                if top >= first:
                    cells[number - first][column] = cells[top - first][left]
    return [" ".join(dict.fromkeys(filter(None, column))) for column in zip(*cells, strict=True)]


def _raw(row: Sequence[Any]) -> str:
    return json.dumps([_cell(value) for value in row], ensure_ascii=False)


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime.datetime) and value.time() != datetime.time():
        return f"ค.ศ. {value.isoformat(sep=' ')}"
    if isinstance(value, datetime.date):
        # A cell that holds a date holds a Gregorian one, however Excel shows it: the text has to say so.
        return f"ค.ศ. {value:%Y-%m-%d}"
    if isinstance(value, datetime.time):
        return value.isoformat()
    return str(value)


def _problem(content: bytes) -> str | None:
    """Why the bytes should not be given to the workbook library, where there is a reason."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            size = sum(member.file_size for member in archive.infolist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return "The file is no XLSX workbook, whatever its name says; save it as XLSX."
    if size > LARGEST_UNPACKED:
        return f"The workbook unpacks to {size // 1024**2} MiB; split it."
    return None


def _uncomputed_rows(content: bytes, sheets: int) -> list[set[int]]:
    """By sheet, the rows that hold a formula without a value; programs that write workbooks leave them so."""
    found: list[set[int]] = [set() for _ in range(sheets)]
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for number in range(sheets):
                xml = archive.read(f"xl/worksheets/sheet{number + 1}.xml")
                found[number] = {int(row) - 1 for row in _UNCOMPUTED.findall(xml)}
    except Exception:
        return found  # sheets of other names: their formulas are taken as they are
    return found
