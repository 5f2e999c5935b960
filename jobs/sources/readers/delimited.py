"""CSV: one record per row. A row has several lines where a newline is quoted.

The heading row is the first of the opening rows with all headings that the contract needs (there may be titles above
it), else the row with most of the contract's headings, else the first row that is not blank. Where the contract has a
pattern for ids, rows that an export broke at the newlines of a text are joined again.
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
MAX_PARTS = 200  # of one broken record
_RowPieces = Generator[Piece, None, Row | None]
"""Pieces of the rows below a heading row; returns the next heading row where there is one."""
_CutRow = tuple[Row, list[str]]
"""A row and its cells."""


def pieces(content: bytes, contract: Contract) -> Iterator[Piece]:
    """All pieces of a delimited text file (CSV) in order: frame, headers, records and faults."""
    all_rows = rows(content, contract.encoding)
    opening = list(islice(all_rows, OPENING_ROWS))
    position = _header_position(opening, contract)
    for row in opening[:position]:
        yield Piece("fault" if row.error else "frame", row.start, row.end, row.raw, error=row.error)
    if position is None:
        yield from (_piece_without_headings(row) for row in all_rows)
        return
    header: Row | None = opening[position]
    table = Table.of(opening[position].raw, contract)
    below = rows(content, contract.encoding, opening[position].end, lambda raw: table.contains_rows(raw))
    may_be_short = not _ends_in_empty_cells(content, table)
    while header is not None:
        yield Piece("header", header.start, header.end, header.raw)
        table = Table.of(header.raw, contract)
        if table.has_id_pattern:
            header = yield from _pieces_by_id(below, table)
        else:
            header = yield from _pieces_by_width(below, table, may_be_short=may_be_short)


def _ends_in_empty_cells(content: bytes, table: Table) -> bool:
    """Whether any row ends in an empty cell; such an export does not leave out empty cells in other rows."""
    return re.search(re.escape(table.delimiter.encode()) + rb'[ \t]*(?:"")?[ \t]*\r?\n', content) is not None


def _pieces_by_width(below: Iterator[Row], table: Table, *, may_be_short: bool) -> _RowPieces:
    """Pieces of rows: a row with as many cells as there are headings is a record.

    A row that only lacks empty cells at its end is a record too, unless the next row is a fault: then the text of the
    first row was broken.
    """
    short_row: _CutRow | None = None
    for row in below:
        cells = _cells(row, table)
        is_heading = table.is_heading(cells)
        piece = _row_piece(row, cells, table)
        if short_row is not None:
            yield _row_piece(*short_row, table) if piece.part == "fault" else _record_piece(short_row[0])
            short_row = None
        if is_heading and not table.has_same_headings(cells):
            return row
        if piece.part == "fault" and cells and may_be_short and table.lacks_only_empty_cells(cells):
            short_row = row, cells
        else:
            yield piece
    if short_row is not None:
        yield _record_piece(short_row[0])
    return None


def _record_piece(row: Row) -> Piece:
    return Piece("record", row.start, row.end, row.raw)


def _pieces_by_id(below: Iterator[Row], table: Table) -> _RowPieces:
    """Pieces of rows whose ids show where a record begins and ends."""
    block: list[_CutRow] = []
    next_header: Row | None = None
    for row in below:
        cells = _cells(row, table)
        if table.is_heading(cells) and not table.has_same_headings(cells):
            next_header = row
            break
        block.append((row, cells))
    yield from _joined_pieces(block, table)
    return next_header


def _piece_without_headings(row: Row) -> Piece:
    if row.is_blank and not row.error:
        return Piece("frame", row.start, row.end, row.raw)
    error = row.error or f"The first {OPENING_ROWS} rows have no headings; land the file as it was exported."
    return Piece("fault", row.start, row.end, row.raw, error=error)


@dataclass(frozen=True, slots=True)
class _Group:
    """Rows that follow one another; valid where they are together one record, or a single row that is not a part."""

    rows: list[_CutRow]
    is_valid: bool


def _cells(row: Row, table: Table) -> list[str]:
    """The cells of a row; none where it is blank or cannot be read."""
    return [] if row.is_blank or row.error or not row.is_closed else table.cells(row.raw)


def _row_piece(row: Row, cells: Sequence[str], table: Table) -> Piece:
    width = len(table.headings)
    if row.is_blank or table.is_heading(cells):
        return Piece("frame", row.start, row.end, row.raw)
    error = row.error
    if error is None and not row.is_closed:
        error = "A quote is opened and never closed in this row."
    if error is None and len(cells) != width:
        error = f"The row has {len(cells)} cells where the header has {width}; a quote or comma is lost."
    return Piece("fault" if error else "record", row.start, row.end, row.raw, error=error)


def _joined_pieces(rows: Sequence[_CutRow], table: Table) -> Iterator[Piece]:
    """Pieces of a table with an id pattern, which distinguishes whole records from parts of broken ones.

    Parts are joined only where all parts of the file can be joined. Where one cannot, the export has moved rows, and
    neighbouring parts need not belong together.
    """
    groups = list(_groups(rows, table))
    are_valid = all(group.is_valid for group in groups)
    for group in groups:
        parts = [row for row, _ in group.rows]
        if are_valid and len(parts) > 1:
            yield Piece("record", parts[0].start, parts[-1].end, "".join(row.raw for row in parts))
        elif len(parts) == 1 and group.is_valid:
            yield from (_row_piece(row, cells, table) for row, cells in group.rows)
        else:
            yield from (_part_piece(row, cells, table) for row, cells in group.rows)


def _groups(rows: Sequence[_CutRow], table: Table) -> Iterator[_Group]:
    """Groups of rows: each row that is not a part alone; parts together, up to the one that completes their record."""
    parts: list[_CutRow] = []
    for row, cells in rows:
        is_gap = row.is_blank and not row.error and parts  # an empty line between the paragraphs of a text
        is_alone = not cells or table.is_complete(cells) or table.lacks_only_id(cells) or table.is_heading(cells)
        if not is_gap and is_alone:
            yield from [_Group(parts, is_valid=False)] if parts else []
            yield _Group([(row, cells)], is_valid=True)
            parts = []
            continue
        parts.append((row, cells))
        if 1 < len(parts) <= MAX_PARTS and table.joined_cells([part_cells for _, part_cells in parts]):
            yield _Group(parts, is_valid=True)
            parts = []
    yield from [_Group(parts, is_valid=False)] if parts else []


def _part_piece(row: Row, cells: Sequence[str], table: Table) -> Piece:
    """The piece of a part that cannot be joined; one that has its id is a record without its beginning."""
    if row.is_blank:
        return Piece("frame", row.start, row.end, row.raw)
    if table.shifted_cells(cells):
        return Piece("record", row.start, row.end, row.raw)
    error = "The row is part of a record that was broken at its line ends; no row next to it has its id."
    return Piece("fault", row.start, row.end, row.raw, error=error)


def _header_position(rows: Sequence[Row], contract: Contract) -> int | None:
    """The number of the opening row with the headings; None where all are blank.

    It is the first row with all headings that are needed, else the row with most headings of the contract. Columns that
    it lacks are then reported for each record.
    """
    best = next((number for number, row in enumerate(rows) if not row.is_blank and not row.error), None)
    best_count = 0
    for number, row in enumerate(rows):
        if row.error is None and row.is_closed:
            headings = set(Table.of(row.raw, contract).headings)
            if contract.headings and set(contract.headings) <= headings:
                return number
            if (count := len(contract.named & headings)) > best_count:
                best_count, best = count, number
    return best
