"""Cuts the rows of a CSV file into cells, and compares them with its headings."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from jobs.sources.readers.headings import first_filled_cells, match_headings
from jobs.sources.readers.rows import lines_of
from schemas.contracts import Contract

DELIMITERS = (",", ";", "\t", "|")
_SIGN = re.compile(r"[^\w\s\"'.\-\ufeff\u0e00-\u0e7f]")
_MAX_HEADER_LENGTH = 4096
_LONE_RETURN = re.compile("\r(?!\n)")
csv.field_size_limit(64 * 1024 * 1024)


@dataclass(frozen=True)
class Table:
    """How the rows below a heading row are cut into cells.

    Attributes:
        titles: the headings as the file spells them.
        headings: the headings; those that the contract names are spelt as there.
        named: the headings that the contract names.
        needed: the headings without which a record cannot be used.
        id_column: the position of the id; None where the id has several columns or none.
        id_pattern: a regular expression for ids; None where the contract has none.
    """

    titles: tuple[str, ...]
    headings: tuple[str, ...]
    delimiter: str
    named: frozenset[str]
    needed: frozenset[str]
    id_column: int | None
    id_pattern: str | None

    @classmethod
    def of(cls, header: str, contract: Contract) -> Table:
        """The table whose heading row is ``header``."""
        delimiter = contract.delimiter or _likely_delimiter(header, contract.named)
        identity = contract.identity
        return cls._of(header, delimiter, contract.named, contract.needed, identity.fields, identity.pattern)

    @classmethod
    @lru_cache(maxsize=32)
    def _of(
        cls,
        header: str,
        delimiter: str,
        named: frozenset[str],
        needed: frozenset[str],
        ids: tuple[str, ...],
        id_pattern: str | None,
    ) -> Table:
        titles = tuple(cells(header, delimiter, skips_blanks=True))
        headings = match_headings(titles, named)
        id_column = headings.index(ids[0]) if len(ids) == 1 and ids[0] in headings else None
        return cls(titles, headings, delimiter, named, needed, id_column, id_pattern)

    @cached_property
    def min_cells(self) -> int:
        """How many cells a row has at least: cells without a heading at the end of a row may be left out."""
        return len(without_trailing_empty(self.titles))

    @property
    def has_id_pattern(self) -> bool:
        """Whether the table has a column of ids and a pattern for them."""
        return self.id_column is not None and self.id_pattern is not None

    def is_id(self, cell: str) -> bool:
        """Whether a cell matches the pattern of the ids."""
        return self.id_pattern is not None and re.fullmatch(self.id_pattern, cell) is not None

    def cells(self, raw: str) -> list[str]:
        """The cells of one row.

        Quotes in a cell may be escaped by a backslash, and there may be spaces before an opening quote. There may be
        more empty cells at the end of the row than headings.
        """
        row = self._fit_to_headings(cells(raw, self.delimiter))
        if '"' not in raw:
            return row
        if f"{self.delimiter} " in raw and any(cell.startswith('"') for cell in row):
            unquoted = self._fit_to_headings(cells(raw, self.delimiter, skips_blanks=True))
            if len(unquoted) == len(self.headings):
                return unquoted
        if len(row) != len(self.headings) and '\\"' in raw:
            escaped = self._fit_to_headings(cells(raw, self.delimiter, escape="\\"))
            if len(escaped) == len(self.headings):
                return escaped
        return row

    def _fit_to_headings(self, row: list[str]) -> list[str]:
        """The row with empty cells at its end removed or added where only those differ from the headings."""
        width = len(self.headings)
        if len(row) > width and not any(row[width:]):
            return row[:width]
        return row + [""] * (width - len(row)) if self.min_cells <= len(row) < width else row

    def is_heading(self, row: Sequence[str]) -> bool:
        """Whether a row is a heading row; a file has several where exports were joined."""
        if len(self._heading_names.intersection(row)) < min(2, len(self._heading_names)):
            return False
        headings = set(match_headings(row, self.named))
        return bool(self.needed) and self.needed <= headings and len(headings & self.named) > len(headings) / 3

    @cached_property
    def _heading_names(self) -> frozenset[str]:
        return self.named.union(self.titles) - {""}

    def has_same_headings(self, row: Sequence[str]) -> bool:
        """Whether a heading row has the same headings as this table."""
        return match_headings(without_trailing_empty(row), self.named) == self.headings[: self.min_cells]

    def lacks_only_empty_cells(self, row: Sequence[str]) -> bool:
        """Whether a row that is too short has all cells that a record needs, one of them with a digit (the date)."""
        missing = self.headings[len(row) :]
        needed_cells = [cell for name, cell in zip(self.headings, row, strict=False) if name in self.needed]
        has_digit = any(re.search(r"\d", cell) for cell in needed_cells)
        return bool(missing) and len(row) > 1 and has_digit and self.needed.isdisjoint(missing)

    def is_complete(self, row: Sequence[str]) -> bool:
        """Whether a row has as many cells as there are headings, and a valid id."""
        return len(row) == len(self.headings) and self.id_column is not None and self.is_id(row[self.id_column])

    def contains_rows(self, raw: str) -> bool:
        """Whether the lines of a row are rows of their own, because a quote above them was never closed."""
        below = raw.rstrip("\r\n").split("\n")[1:]
        if self.has_id_pattern:
            return any(self.is_complete(self.cells(line)) for line in below)
        width = len(self.headings)
        fits = [len(self.cells(line)) == width for line in below]
        # A line of a text may look like a row. So one such line is enough only where the row itself does not fit the
        # headings; else all lines must look like rows.
        return any(fits) and width > 2 if len(self.cells(raw)) != width else all(fits) and bool(fits) and width > 4

    def lacks_only_id(self, row: Sequence[str]) -> bool:
        """Whether a row is a record without a valid id: as wide as the headings, with cells after the id's."""
        if self.id_column is None or len(row) != len(self.headings) or self.shifted_cells(row):
            return False
        return len(without_trailing_empty(row)) > self.id_column + 1

    def row(self, raw: str) -> tuple[dict[str, str], bool]:
        """The cells of a record by their headings, and whether its beginning is lost.

        A broken record is joined as far as possible.
        """
        row = self.cells(raw)
        is_partial = False
        if self.has_id_pattern and not self.is_complete(row):
            lines = lines_of(raw)
            if len(lines) > 1:
                row = self.joined_cells([self.cells(line) for line in lines]) or row
            elif shifted := self.shifted_cells(row):
                row, is_partial = shifted, True
        return first_filled_cells(self.headings, row), is_partial

    def joined_cells(self, rows: Sequence[Sequence[str]]) -> list[str] | None:
        """One row from the rows into which it was broken, or None where they do not make a complete one.

        Each break is inside a text, so the last cell of a row and the first cell of the next are joined. Empty cells at
        the ends of broken rows are ignored.
        """
        joined = without_trailing_empty(rows[0])
        for row in rows[1:]:
            if cells_of_row := without_trailing_empty(row):
                joined = [*joined[:-1], "\n".join([*joined[-1:], cells_of_row[0]]), *cells_of_row[1:]]
        joined += [""] * (len(self.headings) - len(joined))
        return joined if self.is_complete(joined) else None

    def shifted_cells(self, row: Sequence[str]) -> list[str] | None:
        """A row without its beginning, moved so that its id is in its column; None where it does not have one id."""
        positions = [position for position, cell in enumerate(row) if self.is_id(cell)]
        if self.id_column is None or len(positions) != 1 or not 0 < positions[0] < self.id_column:
            return None
        shifted = [""] * (self.id_column - positions[0]) + without_trailing_empty(row)
        return shifted + [""] * (len(self.headings) - len(shifted)) if len(shifted) <= len(self.headings) else None


@lru_cache(maxsize=32)
def _likely_delimiter(header: str, named: frozenset[str]) -> str:
    """The delimiter that gives most of the headings that a contract names.

    A sign that is not in DELIMITERS, such as a tilde, is chosen only where it gives more of them than any of those.
    """

    def count(delimiter: str) -> tuple[int, int]:
        names = cells(header, delimiter, skips_blanks=True)
        return len(named.intersection(match_headings(names, named))), len(names)

    usual = max(DELIMITERS, key=count)
    others = sorted(set(_SIGN.findall(header[:_MAX_HEADER_LENGTH])) - set(DELIMITERS))
    best = max(others, key=count, default=usual)
    return best if count(best)[0] > count(usual)[0] else usual


def cells(raw: str, delimiter: str = ",", escape: str | None = None, *, skips_blanks: bool = False) -> list[str]:
    """The cells of one row, without the spaces around them."""
    text = raw.lstrip("\ufeff")
    if "\r" in text:  # a lone carriage return belongs to its cell; the CSV reader would end the row there
        text = _LONE_RETURN.sub("\u2028", text)
    lines = io.StringIO(text, newline="\n")
    for row in csv.reader(lines, delimiter=delimiter, escapechar=escape, skipinitialspace=skips_blanks):
        return [cell.strip() for cell in row]
    return []


def without_trailing_empty(row: Sequence[str]) -> list[str]:
    """The row without the empty cells at its end."""
    end = len(row)
    while end and not row[end - 1]:
        end -= 1
    return list(row[:end])
