"""Terms of civic life and names of agencies that a Thai dictionary would split: civic_words.csv."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from schemas.config_folder import own_file
from schemas.csv_rows import csv_rows

FILE = Path(__file__).with_name("civic_words.csv")


def _word(row: Mapping[str, str]) -> tuple[str, bool]:
    if not row["word"].strip() or row["is_agency"] not in ("true", "false"):
        raise ValueError("word and is_agency (true or false) are required")
    return row["word"], row["is_agency"] == "true"


@cache
def _read(own: Path | None) -> dict[str, bool]:
    words = dict(csv_rows(FILE, FILE.name, _word))
    return words if own is None else words | dict(csv_rows(own, own.name, _word))


def _words() -> dict[str, bool]:
    """The built-in words and those of ``SIANG_CONFIG``, and whether each names an agency."""
    return _read(own_file(FILE.name))


def civic_words() -> tuple[str, ...]:
    """All terms and names of agencies, as they are written."""
    return tuple(_words())


def agencies() -> frozenset[str]:
    """The names of agencies."""
    return frozenset(word for word, is_agency in _words().items() if is_agency)
