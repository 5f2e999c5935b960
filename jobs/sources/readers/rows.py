"""Rows of a CSV file, each with its span. A row has several lines where a newline is quoted."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from jobs.sources.readers.piece import decoded

# A longer row has lost its closing quote. Without this limit it would extend to the end of the file.
MAX_ROW_LINES = 500
_BLANK_LINES = re.compile(rb"[\r\n]+")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a file.

    Attributes:
        start, end: the positions of its first byte and after its last byte.
        raw: its text.
        error: a sentence if its bytes are not in the encoding of the file, else None.
        is_closed: whether its quotes are closed.
    """

    start: int
    end: int
    raw: str
    error: str | None
    is_closed: bool

    @property
    def is_blank(self) -> bool:
        """Whether the row has only spaces and delimiters."""
        return not self.raw.lstrip("\ufeff").strip().strip(",;\t|\0")


def rows(
    content: bytes, encoding: str, start: int = 0, contains_rows: Callable[[str], bool] = lambda raw: False
) -> Iterator[Row]:
    """The rows from ``start`` on.

    ``contains_rows`` says whether a row of several lines contains other rows, because its quote is never closed.
    """

    def span_contains_rows(begin: int, end: int) -> bool:
        return contains_rows(decoded(content[begin:end], encoding)[0])

    for begin, end, is_closed in _spans(content, start, span_contains_rows):
        raw, error = decoded(content[begin:end], encoding)
        yield Row(begin, end, raw, error, is_closed)


def _spans(
    content: bytes, start: int = 0, contains_rows: Callable[[int, int], bool] = lambda begin, end: False
) -> Iterator[tuple[int, int, bool]]:
    """Spans of rows, and whether their quotes are closed: lines are joined while a quote is open."""
    escaped = _escapes_quotes(content)
    line_break = _line_end(content)
    while start < len(content):
        if blank := _BLANK_LINES.match(content, start):  # one piece, even for millions of blank lines
            yield start, blank.end(), True
            start = blank.end()
            continue
        end, lines, is_open = start, 0, False
        first_end = start
        while end < len(content):
            newline = content.find(line_break, end)
            line_end = len(content) if newline < 0 else newline + 1
            quotes = content.count(b'"', end, line_end)
            if escaped:
                quotes -= content.count(b'\\"', end, line_end)
            is_open ^= quotes % 2 == 1
            end, lines = line_end, lines + 1
            first_end = first_end if lines > 1 else line_end
            if not is_open or lines >= MAX_ROW_LINES:
                break
        is_open = is_open or (lines > 1 and contains_rows(start, end))
        if is_open:
            end = first_end  # the following lines are read again as rows of their own
        yield start, end, not is_open
        start = end


def _line_end(content: bytes) -> bytes:
    """The line break of a file: a line feed, or a carriage return (old Mac OS) where there are more of those alone."""
    returns = content.count(b"\r") - content.count(b"\r\n")
    return b"\r" if returns and returns > content.count(b"\n") else b"\n"


def _escapes_quotes(content: bytes) -> bool:
    """Whether quotes are escaped by a backslash: they are where this gives fewer lines with an odd number of quotes."""
    if b'\\"' not in content:
        return False
    lines = [line for line in content.split(b"\n") if b'\\"' in line]
    odd_plain = sum(line.count(b'"') % 2 for line in lines)
    odd_escaped = sum((line.count(b'"') - line.count(b'\\"')) % 2 for line in lines)
    return odd_escaped < odd_plain


def lines_of(raw: str) -> list[str]:
    """The rows of a text, each as text."""
    content = raw.encode()
    return [content[start:end].decode() for start, end, _ in _spans(content)]
