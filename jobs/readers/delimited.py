"""CSV: one record a row, which a quoted newline may spread over several lines. The first row is the header."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from jobs.readers.piece import Piece, decoded
from schemas.contracts import Contract

# A row longer than this has lost its closing quote: it would otherwise swallow the rest of the file.
LONGEST_ROW_LINES = 500
csv.field_size_limit(64 * 1024 * 1024)


def pieces(content: bytes, contract: Contract) -> Iterator[Piece]:
    headings: list[str] | None = None
    for start, end, is_closed in _rows(content):
        raw, error = decoded(content[start:end], contract.encoding)
        if not raw.lstrip("\ufeff").strip():
            yield Piece("frame", start, end, raw)
        elif error is not None:
            yield Piece("fault", start, end, raw, error=error)
        elif headings is None:
            headings = cells(raw)
            yield Piece("header", start, end, raw)
        elif not is_closed:
            yield Piece("fault", start, end, raw, error="A quote is opened and never closed in this row.")
        elif (width := len(cells(raw))) != len(headings):
            yield Piece(
                "fault", start, end, raw,
                error=f"The row has {width} cells where the header has {len(headings)}; a quote or comma is lost.",
            )  # fmt: skip
        else:
            yield Piece("record", start, end, raw)


def cells(raw: str) -> list[str]:
    """The cells of one row."""
    for row in csv.reader(raw.lstrip("\ufeff").splitlines(keepends=True), strict=False):
        return row
    return []


def _rows(content: bytes) -> Iterator[tuple[int, int, bool]]:
    """Spans of rows: lines are joined while a quote is open. False where the quote is never closed."""
    start = 0
    while start < len(content):
        end, lines, is_open = start, 0, False
        first_end = start
        while end < len(content):
            newline = content.find(b"\n", end)
            line_end = len(content) if newline < 0 else newline + 1
            is_open ^= content.count(b'"', end, line_end) % 2 == 1
            end, lines = line_end, lines + 1
            first_end = first_end if lines > 1 else line_end
            if not is_open or lines >= LONGEST_ROW_LINES:
                break
        if is_open:
            end = first_end  # give the lines after the first another chance
        yield start, end, not is_open
        start = end
