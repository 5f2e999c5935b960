"""XLSX: one record a row below the heading row of each sheet; formulas by their values.

The heading row is the first that holds all headings that the contract needs; what stands above it (a title,
a date) and blank rows are frame. Spans are rows of the sheet, from 0. ``raw`` is a JSON array of the cells.
"""

from __future__ import annotations

import datetime
import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

from python_calamine import CalamineWorkbook

from jobs.readers.piece import Piece
from schemas.contracts import Contract

LARGEST_UNPACKED = 1024**3


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
    for name in workbook.sheet_names:
        try:
            rows = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
        except Exception:
            yield Piece("fault", 0, 1, "", sheet=name, error=f"The sheet {name} cannot be read; save it again.")
            continue
        yield from _sheet(name, rows, contract)


def _sheet(name: str, rows: list[list[Any]], contract: Contract) -> Iterator[Piece]:
    header = next((i for i, row in enumerate(rows) if _is_header(row, contract)), None)
    for number, row in enumerate(rows):
        raw = json.dumps([_cell(value) for value in row], ensure_ascii=False)
        is_blank = all(str(value).strip() == "" for value in row)
        if is_blank or (header is not None and number < header):
            yield Piece("frame", number, number + 1, raw, sheet=name)
        elif header is None:
            needed = ", ".join(contract.headings)
            yield Piece(
                "fault", number, number + 1, raw, sheet=name,
                error=f"No row of the sheet holds all the headings that the contract needs ({needed}).",
            )  # fmt: skip
        else:
            yield Piece("header" if number == header else "record", number, number + 1, raw, sheet=name)


def _is_header(row: list[Any], contract: Contract) -> bool:
    texts = {str(value).strip() for value in row}
    return all(heading in texts for heading in contract.headings)


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
    except (zipfile.BadZipFile, ValueError, OSError):
        return "The file is no XLSX workbook, whatever its name says; save it as XLSX."
    if size > LARGEST_UNPACKED:
        return f"The workbook unpacks to {size // 1024**2} MiB; split it."
    return None
