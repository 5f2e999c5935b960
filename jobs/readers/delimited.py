"""CSV: one record a row, which a quoted newline may spread over several lines.

The heading row is the first of the opening rows that holds all headings which the contract needs (titles may
stand above it), else the first row that is not blank. Where the contract says what an id looks like, rows that
a careless export broke at the newlines of a text are joined again.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from jobs.readers.piece import Piece, decoded
from schemas.contracts import Contract

# A row longer than this has lost its closing quote: it would otherwise swallow the rest of the file.
LONGEST_ROW_LINES = 500
OPENING_ROWS = 20
MOST_PARTS = 200  # of one broken record
DELIMITERS = (",", ";", "\t", "|")
_BLANK_LINES = re.compile(rb"[\r\n]+")
_LONE_RETURN = re.compile("\r(?!\n)")
csv.field_size_limit(64 * 1024 * 1024)


@dataclass(frozen=True, slots=True)
class _Row:
    start: int
    end: int
    raw: str
    error: str | None
    is_closed: bool

    @property
    def is_blank(self) -> bool:
        return not self.raw.lstrip("\ufeff").strip().strip(",;\t|")


def pieces(content: bytes, contract: Contract) -> Iterator[Piece]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = content.decode("utf-16", errors="backslashreplace")
        yield Piece("fault", 0, len(content), text, error="The file is in UTF-16; save it as CSV in UTF-8.")
        return
    rows = _rows(content, contract.encoding)
    opening = list(islice(rows, OPENING_ROWS))
    at = _header_at(opening, contract)
    for row in opening[:at]:
        yield Piece("fault" if row.error else "frame", row.start, row.end, row.raw, error=row.error)
    if at is None:
        yield from (_without_headings(row) for row in rows)
        return
    header = opening[at]
    yield Piece("header", header.start, header.end, header.raw)
    table = Table.of(header.raw, contract)
    below = _rows(content, contract.encoding, header.end, table)
    yield from (
        _joined(list(below), table)
        if table.finds_ids
        else (_piece(row, _cells(row, table), len(table.headings)) for row in below)
    )


@dataclass(frozen=True)
class Table:
    """How the rows below a heading row are cut into cells."""

    headings: tuple[str, ...]
    delimiter: str
    id_at: int | None
    id_pattern: str | None

    @classmethod
    def of(cls, header: str, contract: Contract) -> Table:
        delimiter = contract.delimiter or _likeliest(header, contract.named)
        return cls._of(header, delimiter, contract.identity.fields, contract.identity.pattern)

    @classmethod
    @lru_cache(maxsize=32)
    def _of(cls, header: str, delimiter: str, id_fields: tuple[str, ...], id_pattern: str | None) -> Table:
        headings = tuple(cells(header, delimiter))
        id_at = headings.index(id_fields[0]) if len(id_fields) == 1 and id_fields[0] in headings else None
        return cls(headings, delimiter, id_at, id_pattern)

    @property
    def finds_ids(self) -> bool:
        return self.id_at is not None and self.id_pattern is not None

    def is_id(self, cell: str) -> bool:
        return self.id_pattern is not None and re.fullmatch(self.id_pattern, cell) is not None

    def cells(self, raw: str) -> list[str]:
        """The cells of one row; quotes in it may be escaped by a backslash."""
        found = cells(raw, self.delimiter)
        if len(found) != len(self.headings) and '\\"' in raw:
            escaped = cells(raw, self.delimiter, escape="\\")
            if len(escaped) == len(self.headings):
                return escaped
        return found

    def is_whole(self, found: Sequence[str]) -> bool:
        return len(found) == len(self.headings) and self.id_at is not None and self.is_id(found[self.id_at])

    def swallows(self, raw: str) -> bool:
        """Whether lines within a row are rows of their own, since a quote above them was never closed."""
        below = raw.rstrip("\r\n").split("\n")[1:]
        if self.finds_ids:
            return any(self.is_whole(self.cells(line)) for line in below)
        width = len(self.headings)
        alike = [len(self.cells(line)) == width for line in below]
        # Without ids a line of a text may look like a row: either the row itself is wrong, or all lines of it do.
        return any(alike) and width > 2 if len(self.cells(raw)) != width else all(alike) and bool(alike) and width > 4

    def lacks_its_id(self, found: Sequence[str]) -> bool:
        """Whether a row is a record all but for a sound id: as wide as the headings, with cells beyond the id's."""
        if self.id_at is None or len(found) != len(self.headings) or self.shifted(found):
            return False
        return len(_trimmed(found)) > self.id_at + 1

    def row(self, raw: str) -> tuple[dict[str, str], bool]:
        """The cells of a record by their headings, and whether its beginning is lost.

        A broken record is put together as far as it goes.
        """
        found = self.cells(raw)
        is_partial = False
        if self.finds_ids and not self.is_whole(found):
            lines = _logical_rows(raw)
            if len(lines) > 1:
                found = self.joined([self.cells(line) for line in lines]) or found
            elif whole := self.shifted(found):
                found, is_partial = whole, True
        return dict(zip(self.headings, found, strict=False)), is_partial

    def joined(self, rows: Sequence[Sequence[str]]) -> list[str] | None:
        """One row from those that it was broken into, or None where they do not make one.

        Each break fell into a text: the last cell of a row and the first of the next are one. What an export
        filled broken rows up with, empty cells, says nothing.
        """
        whole = _trimmed(rows[0])
        for row in rows[1:]:
            if more := _trimmed(row):
                whole = [*whole[:-1], "\n".join([*whole[-1:], more[0]]), *more[1:]]
        whole += [""] * (len(self.headings) - len(whole))
        return whole if self.is_whole(whole) else None

    def shifted(self, found: Sequence[str]) -> list[str] | None:
        """A row that lost its beginning, its cells moved to where its id belongs; None where it has not one id."""
        places = [at for at, cell in enumerate(found) if self.is_id(cell)]
        if self.id_at is None or len(places) != 1 or not 0 < places[0] < self.id_at:
            return None
        rest = _trimmed(found)
        whole = [""] * (self.id_at - places[0]) + rest
        return whole + [""] * (len(self.headings) - len(whole)) if len(whole) <= len(self.headings) else None


def _without_headings(row: _Row) -> Piece:
    if row.is_blank and not row.error:
        return Piece("frame", row.start, row.end, row.raw)
    error = row.error or f"The first {OPENING_ROWS} rows hold no headings; land the file as it was exported."
    return Piece("fault", row.start, row.end, row.raw, error=error)


@dataclass(frozen=True, slots=True)
class _Group:
    """Rows that stand side by side, each with its cells; sound where they are one record, or one row no part of any."""

    rows: list[tuple[_Row, list[str]]]
    is_sound: bool


def _cells(row: _Row, table: Table) -> list[str]:
    """The cells of a row; none of one that is blank or cannot be read."""
    return [] if row.is_blank or row.error or not row.is_closed else table.cells(row.raw)


def _piece(row: _Row, found: Sequence[str], width: int) -> Piece:
    if row.is_blank:
        return Piece("frame", row.start, row.end, row.raw)
    error = row.error
    if error is None and not row.is_closed:
        error = "A quote is opened and never closed in this row."
    if error is None and len(found) != width:
        error = f"The row has {len(found)} cells where the header has {width}; a quote or comma is lost."
    return Piece("fault" if error else "record", row.start, row.end, row.raw, error=error)


def _joined(rows: Sequence[_Row], table: Table) -> Iterator[Piece]:
    """Pieces of a table of which ids are known by their look, so that parts of broken records are told apart.

    Parts are joined only where every part of the file finds its place: one that does not shows that an export
    has moved rows about, and then what stands side by side need not belong together.
    """
    groups = list(_groups(rows, table))
    in_order = all(group.is_sound for group in groups)
    for group in groups:
        parts = [row for row, _ in group.rows]
        if in_order and len(parts) > 1:
            yield Piece("record", parts[0].start, parts[-1].end, "".join(row.raw for row in parts))
        elif len(parts) == 1 and group.is_sound:
            yield from (_piece(row, found, len(table.headings)) for row, found in group.rows)
        else:
            yield from (_part(row, found, table) for row, found in group.rows)


def _groups(rows: Sequence[_Row], table: Table) -> Iterator[_Group]:
    """Rows that are no part of a record alone; the others with their neighbours, up to one with a sound id."""
    waiting: list[tuple[_Row, list[str]]] = []
    for row in rows:
        found = _cells(row, table)
        is_gap = row.is_blank and not row.error and waiting  # an empty line between the paragraphs of a text
        if not is_gap and (not found or table.is_whole(found) or table.lacks_its_id(found)):
            yield from [_Group(waiting, is_sound=False)] if waiting else []
            yield _Group([(row, found)], is_sound=True)
            waiting = []
            continue
        waiting.append((row, found))
        if 1 < len(waiting) <= MOST_PARTS and table.joined([cells for _, cells in waiting]):
            yield _Group(waiting, is_sound=True)
            waiting = []
    yield from [_Group(waiting, is_sound=False)] if waiting else []


def _part(row: _Row, found: Sequence[str], table: Table) -> Piece:
    if row.is_blank:
        return Piece("frame", row.start, row.end, row.raw)
    if table.shifted(found):
        return Piece("record", row.start, row.end, row.raw)
    error = "The row is part of a record that was broken at its line ends; the part with its id is not beside it."
    return Piece("fault", row.start, row.end, row.raw, error=error)


def _header_at(rows: Sequence[_Row], contract: Contract) -> int | None:
    """Which of the opening rows holds the headings; None where all are blank.

    The first that has all which are needed, else the one that has most of those which the contract names: what
    it lacks is then said of each record.
    """
    best = next((at for at, row in enumerate(rows) if not row.is_blank and not row.error), None)
    most = 0
    for at, row in enumerate(rows):
        if row.error is None and row.is_closed:
            found = set(Table.of(row.raw, contract).headings)
            if contract.headings and set(contract.headings) <= found:
                return at
            if (named := len(contract.named & found)) > most:
                most, best = named, at
    return best


@lru_cache(maxsize=32)
def _likeliest(header: str, named: frozenset[str]) -> str:
    """The delimiter by which a heading row has most of the headings that a contract names."""

    def found(delimiter: str) -> tuple[int, int]:
        names = cells(header, delimiter)
        return len(named.intersection(names)), len(names)

    return max(DELIMITERS, key=found)


def cells(raw: str, delimiter: str = ",", escape: str | None = None) -> list[str]:
    """The cells of one row, without the blanks around them."""
    text = raw.lstrip("\ufeff")
    if "\r" in text:  # not at the end of a line it belongs to a cell: as a line end the rest would be lost
        text = _LONE_RETURN.sub("\u2028", text)
    lines = io.StringIO(text, newline="\n")
    for row in csv.reader(lines, delimiter=delimiter, escapechar=escape, strict=False):
        return [cell.strip() for cell in row]
    return []


def _logical_rows(raw: str) -> list[str]:
    content = raw.encode()
    return [content[start:end].decode() for start, end, _ in _spans(content)]


def _trimmed(row: Sequence[str]) -> list[str]:
    """The row without the empty cells at its end."""
    end = len(row)
    while end and not row[end - 1]:
        end -= 1
    return list(row[:end])


def _rows(content: bytes, encoding: str, start: int = 0, table: Table | None = None) -> Iterator[_Row]:
    """The rows from a place on; a table tells those that a quote swallows because it is never closed."""

    def swallows(begin: int, end: int) -> bool:
        return table is not None and table.swallows(decoded(content[begin:end], encoding)[0])

    for begin, end, is_closed in _spans(content, start, swallows):
        raw, error = decoded(content[begin:end], encoding)
        yield _Row(begin, end, raw, error, is_closed)


def _spans(
    content: bytes, start: int = 0, swallows: Callable[[int, int], bool] = lambda begin, end: False
) -> Iterator[tuple[int, int, bool]]:
    """Spans of rows: lines are joined while a quote is open. False where the quote is never closed."""
    escaped = _escapes_quotes(content)
    mark = _line_end(content)
    while start < len(content):
        if blank := _BLANK_LINES.match(content, start):  # one piece, be there millions of them
            yield start, blank.end(), True
            start = blank.end()
            continue
        end, lines, is_open = start, 0, False
        first_end = start
        while end < len(content):
            newline = content.find(mark, end)
            line_end = len(content) if newline < 0 else newline + 1
            quotes = content.count(b'"', end, line_end)
            if escaped:
                quotes -= content.count(b'\\"', end, line_end)
            is_open ^= quotes % 2 == 1
            end, lines = line_end, lines + 1
            first_end = first_end if lines > 1 else line_end
            if not is_open or lines >= LONGEST_ROW_LINES:
                break
        is_open = is_open or (lines > 1 and swallows(start, end))
        if is_open:
            end = first_end  # give the lines after the first another chance
        yield start, end, not is_open
        start = end


def _line_end(content: bytes) -> bytes:
    """A line feed, or the carriage return of old Macs where more of those stand alone."""
    returns = content.count(b"\r") - content.count(b"\r\n")
    return b"\r" if returns and returns > content.count(b"\n") else b"\n"


def _escapes_quotes(content: bytes) -> bool:
    """Whether quotes are escaped by a backslash: where that leaves fewer lines with an odd quote."""
    if b'\\"' not in content:
        return False
    lines = [line for line in content.split(b"\n") if b'\\"' in line]
    odd_plain = sum(line.count(b'"') % 2 for line in lines)
    odd_escaped = sum((line.count(b'"') - line.count(b'\\"')) % 2 for line in lines)
    return odd_escaped < odd_plain
