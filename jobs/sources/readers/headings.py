"""Headings of a table beside those that a contract names."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher, get_close_matches
from functools import lru_cache

from nlp.encoding_repair import repair_encoding
from nlp.normalise import normalise


@lru_cache(maxsize=4096)
def key(name: str) -> str:
    """What two names have in common that look the same: marks in order, no invisible characters, single blanks."""
    return " ".join(normalise(repair_encoding(name)).split())


def matched(names: Sequence[str], named: frozenset[str]) -> tuple[str, ...]:
    """Headings, those that look like one that a contract names in the contract's spelling."""
    known = _by_key(named)
    return tuple(name if name in named else known.get(key(name), name) for name in names)


@lru_cache(maxsize=64)
def _by_key(named: frozenset[str]) -> dict[str, str]:
    return {key(name): name for name in sorted(named, reverse=True)}


def first_held(headings: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    """Cells by their headings; of those under one heading the first that holds anything."""
    row: dict[str, str] = {}
    for name, cell in zip(headings, cells, strict=False):
        if not row.get(name, "").strip():
            row[name] = cell
    return row


def difference(wanted: str, others: Sequence[str]) -> str:
    """How the heading most like ``wanted`` differs from it, in words; empty where none is like it."""
    by_case = {name.casefold(): name for name in others if name != wanted}
    alike = get_close_matches(wanted.casefold(), by_case, 1, 0.75)
    if not alike:
        return ""
    other = by_case[alike[0]]
    steps = SequenceMatcher(None, wanted, other, autojunk=False).get_opcodes()
    at, end, its_at, its_end = next(step[1:] for step in steps if step[0] != "equal")
    there, here = _codes(other[its_at:its_end]), _codes(wanted[at:end])
    return f"{other} differs from {wanted} at letter {at + 1}: it has {there} where the contract has {here}"


def _codes(text: str) -> str:
    return " ".join(f"U+{ord(char):04X}" for char in text) or "nothing"
