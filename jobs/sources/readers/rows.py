"""Rows of a CSV: lines that a quoted newline joins, each with its span in the file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from jobs.sources.readers.piece import decoded

# A row longer than this has lost its closing quote: it would otherwise swallow the rest of the file.
LONGEST_ROW_LINES = 500
_BLANK_LINES = re.compile(rb"[\r\n]+")


@dataclass(frozen=True, slots=True)
class Row:
    start: int
    end: int
    raw: str
    error: str | None
    is_closed: bool

    @property
    def is_blank(self) -> bool:
        return not self.raw.lstrip("\ufeff").strip().strip(",;\t|\0")


def rows(
    content: bytes, encoding: str, start: int = 0, swallows: Callable[[str], bool] = lambda raw: False
) -> Iterator[Row]:
    """The rows from a place on; ``swallows`` tells those that hold further rows, as a quote is never closed."""

    def holds_rows(begin: int, end: int) -> bool:
        return swallows(decoded(content[begin:end], encoding)[0])

    for begin, end, is_closed in _spans(content, start, holds_rows):
        raw, error = decoded(content[begin:end], encoding)
        yield Row(begin, end, raw, error, is_closed)


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


def lines_of(raw: str) -> list[str]:
    """The rows within a text, each as text."""
    content = raw.encode()
    return [content[start:end].decode() for start, end, _ in _spans(content)]
