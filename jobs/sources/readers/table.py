"""How the rows of a CSV are cut into cells, and what its headings say of them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from jobs.sources.readers.headings import first_held, matched
from jobs.sources.readers.rows import lines_of
from schemas.contracts import Contract

DELIMITERS = (",", ";", "\t", "|")
_SIGN = re.compile(r"[^\w\s\"'.\-\ufeff\u0e00-\u0e7f]")
_LONGEST_HEADER = 4096
_LONE_RETURN = re.compile("\r(?!\n)")
csv.field_size_limit(64 * 1024 * 1024)


@dataclass(frozen=True)
class Table:
    """How the rows below a heading row are cut into cells."""

    titles: tuple[str, ...]
    """The headings as they are written."""
    headings: tuple[str, ...]
    """The headings, those that the contract names as it spells them."""
    delimiter: str
    named: frozenset[str]
    needed: frozenset[str]
    id_at: int | None
    id_pattern: str | None

    @classmethod
    def of(cls, header: str, contract: Contract) -> Table:
        delimiter = contract.delimiter or _likeliest(header, contract.named)
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
        headings = matched(titles, named)
        id_at = headings.index(ids[0]) if len(ids) == 1 and ids[0] in headings else None
        return cls(titles, headings, delimiter, named, needed, id_at, id_pattern)

    @cached_property
    def least(self) -> int:
        """How many cells a row has at least: what stands under no heading at the end may be left out."""
        return len(trimmed(self.titles))

    @property
    def finds_ids(self) -> bool:
        return self.id_at is not None and self.id_pattern is not None

    def is_id(self, cell: str) -> bool:
        return self.id_pattern is not None and re.fullmatch(self.id_pattern, cell) is not None

    def cells(self, raw: str) -> list[str]:
        """The cells of one row.

        Quotes in it may be escaped by a backslash, and blanks stand before them. Empty cells at its end may be
        more than the headings.
        """
        found = self._fitted(cells(raw, self.delimiter))
        if '"' not in raw:
            return found
        if f"{self.delimiter} " in raw and any(cell.startswith('"') for cell in found):
            unquoted = self._fitted(cells(raw, self.delimiter, skips_blanks=True))
            if len(unquoted) == len(self.headings):
                return unquoted
        if len(found) != len(self.headings) and '\\"' in raw:
            escaped = self._fitted(cells(raw, self.delimiter, escape="\\"))
            if len(escaped) == len(self.headings):
                return escaped
        return found

    def _fitted(self, found: list[str]) -> list[str]:
        width = len(self.headings)
        if len(found) > width and not any(found[width:]):
            return found[:width]
        return found + [""] * (width - len(found)) if self.least <= len(found) < width else found

    def is_heading(self, found: Sequence[str]) -> bool:
        """Whether a row is one of headings, as where several exports were put into one file."""
        if len(self._known.intersection(found)) < min(2, len(self._known)):
            return False
        headings = set(matched(found, self.named))
        return bool(self.needed) and self.needed <= headings and len(headings & self.named) > len(headings) / 3

    @cached_property
    def _known(self) -> frozenset[str]:
        return self.named.union(self.titles) - {""}

    def is_same(self, found: Sequence[str]) -> bool:
        """Whether a row of headings says what the headings of this table say."""
        return matched(trimmed(found), self.named) == self.headings[: self.least]

    def lacks_empty_cells_alone(self, found: Sequence[str]) -> bool:
        """Whether a row that is too short has all that a record needs, the day of submission with a digit in it."""
        lacking = self.headings[len(found) :]
        days = [cell for name, cell in zip(self.headings, found, strict=False) if name in self.needed]
        is_dated = any(re.search(r"\d", cell) for cell in days)
        return bool(lacking) and len(found) > 1 and is_dated and self.needed.isdisjoint(lacking)

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
        return len(trimmed(found)) > self.id_at + 1

    def row(self, raw: str) -> tuple[dict[str, str], bool]:
        """The cells of a record by their headings, and whether its beginning is lost.

        A broken record is put together as far as it goes.
        """
        found = self.cells(raw)
        is_partial = False
        if self.finds_ids and not self.is_whole(found):
            lines = lines_of(raw)
            if len(lines) > 1:
                found = self.joined([self.cells(line) for line in lines]) or found
            elif whole := self.shifted(found):
                found, is_partial = whole, True
        return first_held(self.headings, found), is_partial

    def joined(self, rows: Sequence[Sequence[str]]) -> list[str] | None:
        """One row from those that it was broken into, or None where they do not make one.

        Each break fell into a text: the last cell of a row and the first of the next are one. What an export
        filled broken rows up with, empty cells, says nothing.
        """
        whole = trimmed(rows[0])
        for row in rows[1:]:
            if more := trimmed(row):
                whole = [*whole[:-1], "\n".join([*whole[-1:], more[0]]), *more[1:]]
        whole += [""] * (len(self.headings) - len(whole))
        return whole if self.is_whole(whole) else None

    def shifted(self, found: Sequence[str]) -> list[str] | None:
        """A row that lost its beginning, its cells moved to where its id belongs; None where it has not one id."""
        places = [at for at, cell in enumerate(found) if self.is_id(cell)]
        if self.id_at is None or len(places) != 1 or not 0 < places[0] < self.id_at:
            return None
        rest = trimmed(found)
        whole = [""] * (self.id_at - places[0]) + rest
        return whole + [""] * (len(self.headings) - len(whole)) if len(whole) <= len(self.headings) else None


@lru_cache(maxsize=32)
def _likeliest(header: str, named: frozenset[str]) -> str:
    """The delimiter by which a heading row has most of the headings that a contract names.

    Of one that no export is known to use, such as a tilde, it has more than of any other.
    """

    def count(delimiter: str) -> tuple[int, int]:
        names = cells(header, delimiter, skips_blanks=True)
        return len(named.intersection(matched(names, named))), len(names)

    usual = max(DELIMITERS, key=count)
    others = sorted(set(_SIGN.findall(header[:_LONGEST_HEADER])) - set(DELIMITERS))
    best = max(others, key=count, default=usual)
    return best if count(best)[0] > count(usual)[0] else usual


def cells(raw: str, delimiter: str = ",", escape: str | None = None, *, skips_blanks: bool = False) -> list[str]:
    """The cells of one row, without the blanks around them."""
    text = raw.lstrip("\ufeff")
    if "\r" in text:  # not at the end of a line it belongs to a cell: as a line end the rest would be lost
        text = _LONE_RETURN.sub("\u2028", text)
    lines = io.StringIO(text, newline="\n")
    for row in csv.reader(lines, delimiter=delimiter, escapechar=escape, skipinitialspace=skips_blanks):
        return [cell.strip() for cell in row]
    return []


def trimmed(row: Sequence[str]) -> list[str]:
    """The row without the empty cells at its end."""
    end = len(row)
    while end and not row[end - 1]:
        end -= 1
    return list(row[:end])
