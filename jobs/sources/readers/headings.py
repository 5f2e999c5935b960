"""Compares the headings of a table with those that a contract names."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher, get_close_matches
from functools import lru_cache

from nlp.encoding_repair import repair_encoding
from nlp.normalise import normalise


@lru_cache(maxsize=4096)
def heading_key(name: str) -> str:
    """A key that is the same for names that look the same: marks in order, no invisible characters, single spaces."""
    return " ".join(normalise(repair_encoding(name)).split())


def match_headings(names: Sequence[str], named: frozenset[str]) -> tuple[str, ...]:
    """The headings; each that looks like one of the contract is spelt as there."""
    spellings = _by_key(named)
    return tuple(name if name in named else spellings.get(heading_key(name), name) for name in names)


@lru_cache(maxsize=64)
def _by_key(named: frozenset[str]) -> dict[str, str]:
    return {heading_key(name): name for name in sorted(named, reverse=True)}


def first_filled_cells(headings: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    """The cells of a row by heading; where several columns have one heading, the first cell that is not empty."""
    row: dict[str, str] = {}
    for name, cell in zip(headings, cells, strict=False):
        if not row.get(name, "").strip():
            row[name] = cell
    return row


def difference(wanted: str, others: Sequence[str]) -> str:
    """A sentence on how the most similar heading differs from ``wanted``; empty where none is similar."""
    by_case = {name.casefold(): name for name in others if name != wanted}
    similar = get_close_matches(wanted.casefold(), by_case, 1, 0.75)
    if not similar:
        return ""
    other = by_case[similar[0]]
    steps = SequenceMatcher(None, wanted, other, autojunk=False).get_opcodes()
    start, end, other_start, other_end = next(step[1:] for step in steps if step[0] != "equal")
    in_file, in_contract = _codes(other[other_start:other_end]), _codes(wanted[start:end])
    return f"{other} differs from {wanted} at letter {start + 1}: it has {in_file} where the contract has {in_contract}"


def _codes(text: str) -> str:
    """The code points of a text."""
    return " ".join(f"U+{ord(char):04X}" for char in text) or "nothing"
