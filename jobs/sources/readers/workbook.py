"""XLSX: one record per row below the heading row of each sheet. Formulas are read by their values.

The headings are the first row with all headings that the contract needs, or two rows with the upper one merged over the
lower one ("วันที่" over "รับเรื่อง" gives the heading "วันที่ รับเรื่อง"). Rows above them (a title, a date) and blank
rows are frame. Hidden sheets and rows are frame too, unless the contract names the sheet exactly or sets
``hidden_rows``. A cell merged over several rows is the value of each of them, but not of their ids: one number for two
matters would make them one concern. A number that the workbook holds only approximately is written as Excel shows it
(1.94E+18), so that no id is made from it. Spans are rows of the sheet, from 0. ``raw`` is a JSON array of the cells.
"""

from __future__ import annotations

import datetime
import fnmatch
import io
import json
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from python_calamine import CalamineWorkbook

from jobs.sources.readers.headings import match_headings
from jobs.sources.readers.hidden import hidden_rows, hidden_sheets
from jobs.sources.readers.piece import Piece
from jobs.sources.rounded_ids import FIRST_INEXACT
from schemas.calendars import YEARS
from schemas.contracts import Contract

MAX_UNPACKED = 512 * 1024**2
MAX_TEXT = 256 * 1024**2  # of all cells; a shared string counts once for each cell that shows it
_OPENING_ROWS = 30
_MAX_CELLS = 5_000_000
# A formula without a value: it is followed by no <v>, or by an empty one.
_UNCOMPUTED = re.compile(rb'<c r="[A-Z]+(\d+)"[^<>]*>\s*<f[^<>]*>[^<]*</f>\s*(?:<v\s*/>|<v>\s*</v>|</c>)')
_CELL_REFERENCE = re.compile(rb"<(?:\w+:)?(?:c|row)\s(?:[^<>]*?\s)?r\s*=\s*[\"']([A-Za-z]*)(\d*)")
_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
_SHARED = re.compile(rb"t=[\"']s[\"'][^<>]*>\s*<(?:\w+:)?v>(\d+)<")
_STRING = re.compile(rb"<(?:\w+:)?si[\s/>]")
_SHEET_NAME = re.compile(r"xl/worksheets/[^/]+\.xml$", re.IGNORECASE)
_STEP = 1024**2
_DAMAGE_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError)
_Result = TypeVar("_Result")
_Range = tuple[tuple[int, int], tuple[int, int]]
"""Row and column of the first and of the last cell of a merged range, from 0."""


def pieces(content: bytes, contract: Contract) -> Iterator[Piece]:
    """All pieces of a workbook, sheet by sheet; a fault for a workbook or a sheet that cannot be read."""
    workbook, problem = _open_workbook(content)
    if workbook is None:
        yield Piece("fault", 0, 1, "", error=problem)
        return
    names: list[str] = list(dict.fromkeys(workbook.sheet_names))
    uncomputed = _uncomputed_rows(content, len(names))
    excluded_sheets = hidden_sheets(workbook) - {contract.sheets}
    excluded_rows = {} if contract.hidden_rows else hidden_rows(content)
    for number, name in enumerate(names):
        try:
            rows, merged = _call_library(lambda name=name: _sheet_cells(workbook, name))
        except ValueError:
            yield Piece("fault", 0, 1, "", sheet=name, error="The sheet is damaged or too large; save it again.")
            continue
        if fnmatch.fnmatch(name, contract.sheets):
            sheet_pieces = _sheet_pieces(name, rows, merged, uncomputed[number], contract)
            yield from _hidden_as_frame(sheet_pieces, excluded_rows.get(name, set()), is_hidden=name in excluded_sheets)
        else:
            yield from (
                Piece("frame", position, position + 1, _row_json(row), sheet=name) for position, row in enumerate(rows)
            )
    if error := _sheet_name_error(names, excluded_sheets, contract.sheets):
        yield Piece("fault", 0, 0, "", error=error)


def _open_workbook(content: bytes) -> tuple[Any, str | None]:
    """The workbook as the library reads it, or None and a sentence where it cannot be opened or has no sheet."""
    if problem := _unsafe_reason(content):
        return None, problem
    try:
        workbook: Any = _call_library(lambda: CalamineWorkbook.from_filelike(io.BytesIO(content)))
    except ValueError:
        return None, "The file cannot be opened as a workbook; save it again as XLSX."
    if not workbook.sheet_names:
        return None, "The workbook has no sheet; save it again as XLSX."
    return workbook, None


def _sheet_name_error(names: Sequence[str], hidden: set[str], pattern: str) -> str | None:
    """A sentence where no sheet has a name that matches the contract's pattern, or all such sheets are hidden."""
    matching = {name for name in names if fnmatch.fnmatch(name, pattern)}
    if not matching:
        return f"No sheet has the name that the contract states ({pattern}); give this name to the sheet with records."
    if matching <= hidden:
        return f"All sheets with the name that the contract states ({pattern}) are hidden; state the full name there."
    return None


def _hidden_as_frame(pieces: Iterator[Piece], hidden_rows: set[int], *, is_hidden: bool) -> Iterator[Piece]:
    """The pieces of a sheet; hidden ones become frame with a sentence. ``is_hidden``: the whole sheet is hidden."""
    for piece in pieces:
        if is_hidden:
            note = "The sheet is hidden." if piece.part == "record" else None
            yield replace(piece, part="frame", error=note)
        elif piece.start in hidden_rows and piece.part in ("record", "fault"):
            yield replace(piece, part="frame", error="The row is hidden.")
        else:
            yield piece


def _sheet_cells(workbook: Any, name: str) -> tuple[list[list[Any]], Sequence[_Range]]:
    """The rows of a sheet and its merged ranges. Raises ValueError where the sheet has too many cells."""
    sheet = workbook.get_sheet_by_name(name)
    if sheet.total_height * sheet.total_width > _MAX_CELLS:
        raise ValueError
    return sheet.to_python(skip_empty_area=False), sheet.merged_cell_ranges or []


def _call_library(call: Callable[[], _Result]) -> _Result:
    """The result of a call to the workbook library. Raises ValueError whatever the library raises.

    On an impossible date the library panics, which raises an error that is not a subclass of Exception.
    """
    try:
        return call()
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:
        raise ValueError(type(error).__name__) from None


def _sheet_pieces(
    name: str, rows: list[list[Any]], merged: Sequence[_Range], uncomputed: set[int], contract: Contract
) -> Iterator[Piece]:
    header = _find_headings(rows, merged, contract)
    if header is None:
        yield from _pieces_without_headings(name, rows, contract)
        return
    first, last, headings = header
    _fill_down(rows, merged, headings, last, contract)
    header_json = json.dumps(headings, ensure_ascii=False)
    for number, row in enumerate(rows):
        raw = _row_json(row)
        if first <= number <= last:
            if number == last:
                yield Piece("header", first, last + 1, header_json, sheet=name)
        elif number < first or _is_blank(row) or _heading_json(row) == header_json:
            # Headings are repeated above each page of a list that was made for printing.
            yield Piece("frame", number, number + 1, raw, sheet=name)
        elif number in uncomputed:
            error = "A formula of the row was never calculated; open the file in Excel, save it and land it again."
            yield Piece("fault", number, number + 1, raw, sheet=name, error=error)
        else:
            yield Piece("record", number, number + 1, raw, sheet=name)


def _pieces_without_headings(name: str, rows: list[list[Any]], contract: Contract) -> Iterator[Piece]:
    needed = ", ".join(contract.headings or sorted(contract.named))
    error = f"No row of the sheet has the headings that the contract needs ({needed})."
    for number, row in enumerate(rows):
        if _is_blank(row):
            yield Piece("frame", number, number + 1, _row_json(row), sheet=name)
        else:
            yield Piece("fault", number, number + 1, _row_json(row), sheet=name, error=error)


def _is_blank(row: Sequence[Any]) -> bool:
    return all(str(value).strip() == "" for value in row)


def _heading_json(row: Sequence[Any]) -> str:
    """A row as a JSON array, written as ``_column_headings`` writes headings."""
    return json.dumps([" ".join(_cell_text(value).split()) for value in row], ensure_ascii=False)


def _fill_down(
    rows: list[list[Any]], merged: Sequence[_Range], headings: Sequence[str], last: int, contract: Contract
) -> None:
    """Writes the value of each merged range below row ``last`` into all its rows.

    Into a column of the id it is written only where the row has a value of its own in another column of the id.
    """
    id_columns = [
        column
        for column, name in enumerate(match_headings(headings, contract.named))
        if name in contract.identity.fields
    ]
    below = [span for span in merged if span[0][0] > last and span[1][0] < len(rows)]
    has_own_id = {
        number: any(str(rows[number][column]).strip() for column in id_columns)
        for (top, _), (bottom, _) in below
        for number in range(top + 1, bottom + 1)
    }
    for (top, left), (bottom, _) in below:
        for number in range(top + 1, bottom + 1):
            if left not in id_columns or has_own_id[number]:
                rows[number][left] = rows[top][left]


def _find_headings(
    rows: list[list[Any]], merged: Sequence[_Range], contract: Contract
) -> tuple[int, int, list[str]] | None:
    """First and last row of the headings, and the headings; None where no row has a heading of the contract.

    They are the first rows with all headings that are needed, else those with most headings of the contract. Columns
    that they lack are then reported for each record.
    """
    best: tuple[int, int, list[str]] | None = None
    best_count = 0
    for first in range(min(_OPENING_ROWS, len(rows))):
        height = max((bottom - top for (top, _), (bottom, _) in merged if top == first), default=0)
        is_wide = any(top == first == bottom and right > left for (top, left), (bottom, right) in merged)
        for last in sorted({first, first + (height or int(is_wide))}):
            if last >= len(rows):
                continue
            names = _column_headings(rows, merged, first, last)
            headings = set(match_headings(names, contract.named))
            if contract.headings and set(contract.headings) <= headings:
                return first, last, names
            if (count := len(contract.named & headings)) > best_count:
                best_count, best = count, (first, last, names)
    return best


def _column_headings(rows: list[list[Any]], merged: Sequence[_Range], first: int, last: int) -> list[str]:
    """The heading of each column: its cells in the heading rows, joined; a merged cell counts for all its columns."""
    cells = [[" ".join(_cell_text(value).split()) for value in row] for row in rows[first : last + 1]]
    for (top, left), (bottom, right) in merged:
        for number in range(max(top, first), min(bottom, last) + 1):
            for column in range(left, min(right + 1, len(cells[number - first]))):
                if top >= first:
                    cells[number - first][column] = cells[top - first][left]
    return [" ".join(dict.fromkeys(filter(None, column))) for column in zip(*cells, strict=True)]


def _row_json(row: Sequence[Any]) -> str:
    return json.dumps([_cell_text(value) for value in row], ensure_ascii=False)


def _cell_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float) and abs(value) >= FIRST_INEXACT:
        return f"{value:.14E}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime.date):
        # Excel stores Gregorian dates, however it shows them, so the era is written before the date. A year such as
        # 2569 means that somebody typed a Buddhist year.
        era = "พ.ศ." if value.year in YEARS["buddhist"] else "ค.ศ."
        has_time = isinstance(value, datetime.datetime) and value.time() != datetime.time()
        return f"{era} {value if has_time else value.strftime('%Y-%m-%d')}"
    if isinstance(value, datetime.time):
        return value.isoformat()
    return str(value)


def _unsafe_reason(content: bytes) -> str | None:
    """Why the workbook library must not read these bytes, as a sentence; None where it may.

    The library holds a sheet as a full rectangle of cells, each with its text, and ends the process where the memory is
    not enough.
    """
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return f"The file is {_file_kind(content)}, despite its name; open it in Excel and save it as XLSX."
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            size = sum(_unpacked_size(archive, member) for member in members)
            if size > MAX_UNPACKED:
                return f"The workbook is over {MAX_UNPACKED // 1024**2} MiB when unpacked; split it."
            sheets = [one for one in members if _SHEET_NAME.match(one.filename)]
            if any(_cell_area(archive.read(one)) > _MAX_CELLS for one in sheets):
                return f"A sheet spans over {_MAX_CELLS:,} cells; delete cells far below or to the right of the table."
            strings = [one for one in members if one.filename.lower() == "xl/sharedstrings.xml"]
            lengths = [length for one in strings for length in _string_lengths(archive.read(one))]
            if lengths and sum(_text_size(archive.read(one), lengths) for one in sheets) > MAX_TEXT:
                return f"The cells have over {MAX_TEXT // 1024**2} MiB of text; split the workbook."
    except _DAMAGE_ERRORS:
        return "The workbook is damaged; save it again as XLSX and land it again."
    return None


def _file_kind(content: bytes) -> str:
    """The kind of a file that is not an XLSX workbook, for a sentence."""
    head = content[:4096].lower()
    if content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        is_locked = "EncryptedPackage".encode("utf-16-le") in content
        return "a workbook protected by a password" if is_locked else "a workbook in the older Excel format (XLS)"
    if b"urn:schemas-microsoft-com:office:spreadsheet" in head:
        return "a workbook in the XML format of Excel 2003"
    return "a web page (HTML)" if b"<html" in head or b"<table" in head else "not an XLSX workbook"


def _unpacked_size(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> int:
    """The real unpacked size of a member; counting stops above MAX_UNPACKED.

    Raises BadZipFile where the archive states another size.
    """
    stated = member.file_size
    member.file_size = MAX_UNPACKED + _STEP
    size = 0
    try:
        with archive.open(member) as opened:
            while size <= MAX_UNPACKED and (part := opened.read(_STEP)):
                size += len(part)
    finally:
        member.file_size = stated
    if size <= MAX_UNPACKED and size != stated:
        raise zipfile.BadZipFile
    return size


def _cell_area(xml: bytes) -> int:
    """Number of cells in the rectangle that a sheet spans, from its cell references or the count of its cells."""
    rows = columns = 0
    seen: set[bytes] = set()
    for letters, digits in _CELL_REFERENCE.findall(xml):
        rows = max(rows, int(digits[:10] or 0))
        if letters not in seen:
            seen.add(letters)
            columns = max(columns, _column_number(letters))
    return max(rows * columns, len(_CELL.findall(xml)))


def _column_number(letters: bytes) -> int:
    """The number of a column from its letters, from 1; it may be larger than any column of Excel."""
    number = 0
    for letter in letters[:8].upper():
        number = number * 26 + letter - 64
    return number


def _string_lengths(xml: bytes) -> list[int]:
    """The lengths of the shared strings in bytes of XML, in their order."""
    starts = [match.start() for match in _STRING.finditer(xml)]
    return [end - start for start, end in zip(starts, [*starts[1:], len(xml)], strict=True)]


def _text_size(xml: bytes, lengths: Sequence[int]) -> int:
    """Total bytes of the shared strings in the cells of a sheet."""
    numbers = (int(digits[:10]) for digits in _SHARED.findall(xml))
    return sum(lengths[number] for number in numbers if number < len(lengths))


def _uncomputed_rows(content: bytes, sheets: int) -> list[set[int]]:
    """For each sheet, the rows with a formula without a value, as some programs write them."""
    by_sheet: list[set[int]] = [set() for _ in range(sheets)]
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for number in range(sheets):
                xml = archive.read(f"xl/worksheets/sheet{number + 1}.xml")
                by_sheet[number] = {int(row) - 1 for row in _UNCOMPUTED.findall(xml)}
    except Exception:
        return by_sheet  # members with other names: their formulas are not checked
    return by_sheet
