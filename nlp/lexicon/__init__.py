"""The lexicon: words of dialects, of Malay, misspellings and polite formulas, each with a plain word of Central Thai.

Features are made from the words of Central Thai, so that what a model learns from one region serves all regions. Texts
that people read keep their own words. A file holds one variety; ``source`` names the dictionary that has a word, or
says that no speaker or dictionary has been asked (``unreviewed``).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from schemas.csv_rows import csv_rows

FOLDER = Path(__file__).parent
VARIETIES = ("isan", "lanna", "southern", "malay", "misspelling", "polite")


@cache
def written_forms(variety: str) -> frozenset[str]:
    """The written forms of a variety."""
    return frozenset(csv_rows(FOLDER / f"{variety}.csv", f"{variety}.csv", lambda row: row["written"]))


@cache
def load_lexicon() -> Mapping[str, str]:
    """The word of Central Thai for each written form, which is in lower case and contains no space.

    Raises DataFileError for a form that is empty, contains a space, is in two rows, or is its own word.
    """
    words: dict[str, str] = {}

    def add(row: Mapping[str, str]) -> None:
        written, central = row["written"], row["central"]
        if not written or not central or not row["source"] or written != written.lower() or " " in written:
            raise ValueError("written (lower case, without spaces), central and source are required")
        if written == central or written in words:
            raise ValueError(f"{written} is its own word, or is in two rows")
        words[written] = central

    for variety in VARIETIES:
        csv_rows(FOLDER / f"{variety}.csv", f"{variety}.csv", add)
    return words
