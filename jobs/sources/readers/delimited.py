"""CSV: one record a row, which a quoted newline may spread over several lines.

The heading row is the first of the opening rows that holds all headings which the contract needs (titles may
stand above it), else the first row that is not blank. Where the contract says what an id looks like, rows that
a careless export broke at the newlines of a text are joined again.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from jobs.sources.readers.piece import Piece
from jobs.sources.readers.rows import Row, rows
from jobs.sources.readers.table import Table
from schemas.contracts import Contract

OPENING_ROWS = 20
MOST_PARTS = 200  # of one broken record
_Read = Generator[Piece, None, Row | None]
"""Pieces of the rows below a heading row, up to another heading row, which is given back."""


def pieces(content: bytes, contract: Contract) -> Iterator[Piece]:
    above = rows(content, contract.encoding)
    opening = list(islice(above, OPENING_ROWS))
    at = _header_at(opening, contract)
    for row in opening[:at]:
        yield Piece("fault" if row.error else "frame", row.start, row.end, row.raw, error=row.error)
    if at is None:
        yield from (_without_headings(row) for row in above)
        return
    header: Row | None = opening[at]
    table = Table.of(opening[at].raw, contract)
    below = rows(content, contract.encoding, opening[at].end, lambda raw: table.swallows(raw))
    may_be_short = not _ends_in_empty_cells(content, table)
    while header is not None:
        yield Piece("header", header.start, header.end, header.raw)
        table = Table.of(header.raw, contract)
        if table.finds_ids:
            header = yield from _by_ids(below, table)
        else:
            header = yield from _by_width(below, table, may_be_short=may_be_short)


def _ends_in_empty_cells(content: bytes, table: Table) -> bool:
    """Whether any row ends in an empty cell: an export that writes those does not leave them out elsewhere."""
    return re.search(re.escape(table.delimiter.encode()) + rb'[ \t]*(?:"")?[ \t]*\r?\n', content) is not None


def _by_width(below: Iterator[Row], table: Table, *, may_be_short: bool) -> _Read:
    """Rows that have as many cells as there are headings are records.

    One that only lacks cells at its end is one too, unless what follows it shows that its text was broken.
    """
    waiting: tuple[Row, list[str]] | None = None
    for row in below:
        found = _cells(row, table)
        is_heading = table.is_heading(found)
        piece = _piece(row, found, table)
        if waiting is not None:
            yield _piece(*waiting, table) if piece.part == "fault" else _record(waiting[0])
            waiting = None
        if is_heading and not table.is_same(found):
            return row
        if piece.part == "fault" and found and may_be_short and table.lacks_empty_cells_alone(found):
            waiting = row, found
        else:
            yield piece
    if waiting is not None:
        yield _record(waiting[0])
    return None


def _record(row: Row) -> Piece:
    return Piece("record", row.start, row.end, row.raw)


def _by_ids(below: Iterator[Row], table: Table) -> _Read:
    """Rows of which the ids tell where a record begins and ends."""
    block: list[tuple[Row, list[str]]] = []
    another: Row | None = None
    for row in below:
        found = _cells(row, table)
        if table.is_heading(found) and not table.is_same(found):
            another = row
            break
        block.append((row, found))
    yield from _joined(block, table)
    return another


def _without_headings(row: Row) -> Piece:
    if row.is_blank and not row.error:
        return Piece("frame", row.start, row.end, row.raw)
    error = row.error or f"The first {OPENING_ROWS} rows hold no headings; land the file as it was exported."
    return Piece("fault", row.start, row.end, row.raw, error=error)


@dataclass(frozen=True, slots=True)
class _Group:
    """Rows that stand side by side, each with its cells; sound where they are one record, or one row no part of any."""

    rows: list[tuple[Row, list[str]]]
    is_sound: bool


def _cells(row: Row, table: Table) -> list[str]:
    """The cells of a row; none of one that is blank or cannot be read."""
    return [] if row.is_blank or row.error or not row.is_closed else table.cells(row.raw)


def _piece(row: Row, found: Sequence[str], table: Table) -> Piece:
    width = len(table.headings)
    if row.is_blank or table.is_heading(found):
        return Piece("frame", row.start, row.end, row.raw)
    error = row.error
    if error is None and not row.is_closed:
        error = "A quote is opened and never closed in this row."
    if error is None and len(found) != width:
        error = f"The row has {len(found)} cells where the header has {width}; a quote or comma is lost."
    return Piece("fault" if error else "record", row.start, row.end, row.raw, error=error)


def _joined(rows: Sequence[tuple[Row, list[str]]], table: Table) -> Iterator[Piece]:
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
            yield from (_piece(row, found, table) for row, found in group.rows)
        else:
            yield from (_part(row, found, table) for row, found in group.rows)


def _groups(rows: Sequence[tuple[Row, list[str]]], table: Table) -> Iterator[_Group]:
    """Rows that are no part of a record alone; the others with their neighbours, up to one with a sound id."""
    waiting: list[tuple[Row, list[str]]] = []
    for row, found in rows:
        is_gap = row.is_blank and not row.error and waiting  # an empty line between the paragraphs of a text
        is_alone = not found or table.is_whole(found) or table.lacks_its_id(found) or table.is_heading(found)
        if not is_gap and is_alone:
            yield from [_Group(waiting, is_sound=False)] if waiting else []
            yield _Group([(row, found)], is_sound=True)
            waiting = []
            continue
        waiting.append((row, found))
        if 1 < len(waiting) <= MOST_PARTS and table.joined([cells for _, cells in waiting]):
            yield _Group(waiting, is_sound=True)
            waiting = []
    yield from [_Group(waiting, is_sound=False)] if waiting else []


def _part(row: Row, found: Sequence[str], table: Table) -> Piece:
    if row.is_blank:
        return Piece("frame", row.start, row.end, row.raw)
    if table.shifted(found):
        return Piece("record", row.start, row.end, row.raw)
    error = "The row is part of a record that was broken at its line ends; the part with its id is not beside it."
    return Piece("fault", row.start, row.end, row.raw, error=error)


def _header_at(rows: Sequence[Row], contract: Contract) -> int | None:
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
