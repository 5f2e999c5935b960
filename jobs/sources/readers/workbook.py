"""XLSX: one record a row below the heading row of each sheet; formulas by their values.

The headings stand in the first row that holds all those which the contract needs, or in two rows, the upper one
merged over the lower ("วันที่" over "รับเรื่อง": the heading is "วันที่ รับเรื่อง"). What stands above (a title,
a date) and blank rows are frame, and so is what the workbook hides, unless the contract names the sheet in full or
states ``hidden_rows``. A cell merged over several rows says the same of each, but makes no id: one number over two
matters would make them one concern. A number that the sheet holds only roughly stands as Excel shows it (1.94E+18),
so that no id is made of it. Spans are rows of the
sheet, from 0. ``raw`` is a JSON array of the cells.
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

from jobs.sources.readers.headings import matched
from jobs.sources.readers.hidden import hidden_rows, hidden_sheets
from jobs.sources.readers.piece import Piece
from jobs.sources.rounded_ids import FIRST_INEXACT
from schemas.calendars import YEARS
from schemas.contracts import Contract

LARGEST_UNPACKED = 512 * 1024**2
LARGEST_TEXT = 256 * 1024**2  # of all cells: one shared string may stand in each of them
_OPENING_ROWS = 30
_MOST_CELLS = 5_000_000
# A formula whose value was never computed: no <v>, or an empty one, follows it.
_UNCOMPUTED = re.compile(rb'<c r="[A-Z]+(\d+)"[^<>]*>\s*<f[^<>]*>[^<]*</f>\s*(?:<v\s*/>|<v>\s*</v>|</c>)')
_PLACE = re.compile(rb"<(?:\w+:)?(?:c|row)\s(?:[^<>]*?\s)?r\s*=\s*[\"']([A-Za-z]*)(\d*)")
_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
_SHARED = re.compile(rb"t=[\"']s[\"'][^<>]*>\s*<(?:\w+:)?v>(\d+)<")
_STRING = re.compile(rb"<(?:\w+:)?si[\s/>]")
_SHEET_NAME = re.compile(r"xl/worksheets/[^/]+\.xml$", re.IGNORECASE)
_STEP = 1024**2
_DAMAGES = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError)
_Result = TypeVar("_Result")
_Range = tuple[tuple[int, int], tuple[int, int]]


def pieces(content: bytes, contract: Contract) -> Iterator[Piece]:
    problem = _problem(content)
    workbook: Any = None
    if problem is None:
        try:
            workbook = _guarded(lambda: CalamineWorkbook.from_filelike(io.BytesIO(content)))
        except ValueError:
            problem = "The file cannot be opened as a workbook; save it again as XLSX."
    if workbook is None:
        yield Piece("fault", 0, 1, "", error=problem)
        return
    names: list[str] = list(dict.fromkeys(workbook.sheet_names))
    if not names:
        yield Piece("fault", 0, 1, "", error="The workbook has no sheet; save it again as XLSX.")
        return
    uncomputed = _uncomputed_rows(content, len(names))
    unseen = hidden_sheets(workbook) - {contract.sheets}
    out_of_sight = {} if contract.hidden_rows else hidden_rows(content)
    for number, name in enumerate(names):
        try:
            rows, merged = _guarded(lambda name=name: _grid(workbook, name))
        except ValueError:
            yield Piece("fault", 0, 1, "", sheet=name, error="The sheet is damaged or too large; save it again.")
            continue
        if fnmatch.fnmatch(name, contract.sheets):
            read = _sheet(name, rows, merged, uncomputed[number], contract)
            yield from _seen(read, out_of_sight.get(name, set()), is_hidden=name in unseen)
        else:
            yield from (Piece("frame", at, at + 1, _raw(row), sheet=name) for at, row in enumerate(rows))
    matching = {name for name in names if fnmatch.fnmatch(name, contract.sheets)}
    if matching and matching <= unseen:
        error = f"All sheets of the name that the contract states ({contract.sheets}) are hidden; state it in full."
        yield Piece("fault", 0, 0, "", error=error)
    if not matching:
        error = f"No sheet has the name that the contract states ({contract.sheets}); name the one with the records so."
        yield Piece("fault", 0, 0, "", error=error)


def _seen(pieces: Iterator[Piece], hidden_rows: set[int], *, is_hidden: bool) -> Iterator[Piece]:
    """Pieces of a sheet, of which those that the workbook hides are frame and say so."""
    for piece in pieces:
        if is_hidden:
            note = "The workbook hides this sheet." if piece.part == "record" else None
            yield replace(piece, part="frame", error=note)
        elif piece.start in hidden_rows and piece.part in ("record", "fault"):
            yield replace(piece, part="frame", error="The workbook hides this row.")
        else:
            yield piece


def _grid(workbook: Any, name: str) -> tuple[list[list[Any]], Sequence[_Range]]:
    sheet = workbook.get_sheet_by_name(name)
    if sheet.total_height * sheet.total_width > _MOST_CELLS:
        raise ValueError
    return sheet.to_python(skip_empty_area=False), sheet.merged_cell_ranges or []


def _guarded(call: Callable[[], _Result]) -> _Result:
    """What a call to the workbook library gives. Raises ValueError whatever it raises.

    Where it meets a day that no calendar has, the library panics, which Python does not count among exceptions.
    """
    try:
        return call()
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:
        raise ValueError(type(error).__name__) from None


def _sheet(
    name: str, rows: list[list[Any]], merged: Sequence[_Range], uncomputed: set[int], contract: Contract
) -> Iterator[Piece]:
    found = _headings(rows, merged, contract)
    first, last = (found[0], found[1]) if found else (len(rows), len(rows))
    if found:
        _fill_down(rows, merged, found[2], last, contract)
    repeated = json.dumps(found[2], ensure_ascii=False) if found else ""

    def is_frame(row: list[Any]) -> bool:
        """Blank, or the headings again, as above each page of a list that was made to be printed."""
        if all(str(value).strip() == "" for value in row):
            return True
        return json.dumps([" ".join(_cell(value).split()) for value in row], ensure_ascii=False) == repeated

    for number, row in enumerate(rows):
        raw = _raw(row)
        if found and first <= number <= last:
            if number == last:
                yield Piece("header", first, last + 1, json.dumps(found[2], ensure_ascii=False), sheet=name)
        elif is_frame(row) or (found and number < first):
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


def _fill_down(
    rows: list[list[Any]], merged: Sequence[_Range], headings: Sequence[str], last: int, contract: Contract
) -> None:
    """Writes what is merged over several rows into each; into a field of the id only beside another that is its own."""
    of_id = [
        column for column, name in enumerate(matched(headings, contract.named)) if name in contract.identity.fields
    ]
    below = [one for one in merged if one[0][0] > last and one[1][0] < len(rows)]
    own = {
        number: any(str(rows[number][column]).strip() for column in of_id)
        for (top, _), (bottom, _) in below
        for number in range(top + 1, bottom + 1)
    }
    for (top, left), (bottom, _) in below:
        for number in range(top + 1, bottom + 1):
            if left not in of_id or own[number]:
                rows[number][left] = rows[top][left]


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
            known = set(matched(names, contract.named))
            if contract.headings and set(contract.headings) <= known:
                return first, last, names
            if (found := len(contract.named & known)) > most:
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
    if isinstance(value, int | float) and abs(value) >= FIRST_INEXACT:
        return f"{value:.14E}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime.date):
        # A cell that holds a date holds a Gregorian one, however Excel shows it: the text has to say so. Of the
        # year 2569 it holds one only because a Buddhist year was typed into it.
        era = "พ.ศ." if value.year in YEARS["buddhist"] else "ค.ศ."
        has_time = isinstance(value, datetime.datetime) and value.time() != datetime.time()
        return f"{era} {value if has_time else value.strftime('%Y-%m-%d')}"
    if isinstance(value, datetime.time):
        return value.isoformat()
    return str(value)


def _problem(content: bytes) -> str | None:
    """Why the bytes should not be given to the workbook library, where there is a reason.

    It holds a sheet as a full rectangle of cells, each with its text, and ends the process where that does not fit.
    """
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return f"The file is {_kind(content)}, whatever its name says; open it in Excel and save it as XLSX."
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            size = sum(_size(archive, member) for member in members)
            if size > LARGEST_UNPACKED:
                return f"The workbook unpacks to over {LARGEST_UNPACKED // 1024**2} MiB; split it."
            sheets = [one for one in members if _SHEET_NAME.match(one.filename)]
            if any(_reach(archive.read(one)) > _MOST_CELLS for one in sheets):
                return f"A sheet reaches over {_MOST_CELLS:,} cells; delete what stands far below or beside the table."
            strings = [one for one in members if one.filename.lower() == "xl/sharedstrings.xml"]
            lengths = [length for one in strings for length in _lengths(archive.read(one))]
            if lengths and sum(_text_size(archive.read(one), lengths) for one in sheets) > LARGEST_TEXT:
                return f"The cells hold over {LARGEST_TEXT // 1024**2} MiB of text; split the workbook."
    except _DAMAGES:
        return "The workbook is damaged; save it again as XLSX and land it again."
    return None


def _kind(content: bytes) -> str:
    """What a file is that is no XLSX workbook."""
    head = content[:4096].lower()
    if content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        is_locked = "EncryptedPackage".encode("utf-16-le") in content
        return "a workbook locked by a password" if is_locked else "a workbook of the older Excel (XLS)"
    if b"urn:schemas-microsoft-com:office:spreadsheet" in head:
        return "a workbook in the XML of Excel 2003"
    return "a web page (HTML)" if b"<html" in head or b"<table" in head else "no XLSX workbook"


def _size(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> int:
    """The unpacked size of a member, as it is and not as the archive states it; no more than just too large."""
    stated = member.file_size
    member.file_size = LARGEST_UNPACKED + _STEP
    size = 0
    try:
        with archive.open(member) as opened:
            while size <= LARGEST_UNPACKED and (part := opened.read(_STEP)):
                size += len(part)
    finally:
        member.file_size = stated
    if size <= LARGEST_UNPACKED and size != stated:
        raise zipfile.BadZipFile
    return size


def _reach(xml: bytes) -> int:
    """Cells of the rectangle that a sheet takes up, by the places that it states and by the count of its cells."""
    rows = columns = 0
    seen: set[bytes] = set()
    for letters, digits in _PLACE.findall(xml):
        rows = max(rows, int(digits[:10] or 0))
        if letters not in seen:
            seen.add(letters)
            columns = max(columns, _number(letters))
    return max(rows * columns, len(_CELL.findall(xml)))


def _number(letters: bytes) -> int:
    """The number of a column from its letters, from 1; of those that no sheet has, more than any."""
    number = 0
    for letter in letters[:8].upper():
        number = number * 26 + letter - 64
    return number


def _lengths(xml: bytes) -> list[int]:
    """The lengths of the shared strings, in their order."""
    starts = [found.start() for found in _STRING.finditer(xml)]
    return [end - start for start, end in zip(starts, [*starts[1:], len(xml)], strict=True)]


def _text_size(xml: bytes, lengths: Sequence[int]) -> int:
    """Bytes of the shared strings that the cells of a sheet show."""
    numbers = (int(digits[:10]) for digits in _SHARED.findall(xml))
    return sum(lengths[number] for number in numbers if number < len(lengths))


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
