"""Values that mean "empty" in exports: ``NULL``, ``-``, ``0000-00-00``, the first day of a calendar."""

from __future__ import annotations

import re

# Written by programs: databases, data frames, spreadsheets. They mean "empty" in every field.
_MARKERS = frozenset(
    (
        "null",
        "nil",
        "none",
        r"\n",
        "nan",
        "nat",
        "<na>",
        "n/a",
        "n.a.",
        "#n/a",
        "#null!",
        "undefined",
        "(null)",
        "(blank)",
        "[null]",
    )
)
_DASHES = re.compile(r"[-–—_.\s]+")
# Written by people who fill in forms.
_WORDS = frozenset(("ไม่ระบุ", "ไม่มี", "ไม่มีข้อมูล", "ไม่ทราบ", "ไม่ปรากฏ"))
# Written by programs for "no time": zeros, the year 1, the epoch of a computer or a spreadsheet.
_MIDNIGHT = r"(?:[T ]\s*0{1,2}[:.]00(?:[:.]00(?:[.,]0+)?)?\s*(?:Z|UTC|[+-]00(?::?00)?)?)?"
_NO_TIME = re.compile(
    rf"0+|(?:0000|0001|1900|1970)[-/]0?1[-/]0?1{_MIDNIGHT}|0?1[-/]0?1[-/](?:0001|1900|1970){_MIDNIGHT}"
    rf"|0000[-/]00?[-/]00?{_MIDNIGHT}|00?[-/]00?[-/]0000{_MIDNIGHT}"
    rf"|1899[-/]12[-/](?:30|31){_MIDNIGHT}|0?1[-/]0?1[-/](?:2443|2513){_MIDNIGHT}",
    re.IGNORECASE,
)


def is_empty_marker(text: str) -> bool:
    """Whether a value is a program's marker for "empty"."""
    return text.casefold() in _MARKERS or _DASHES.fullmatch(text) is not None


def is_empty_text(text: str) -> bool:
    """Whether a value is a marker for "empty", or a word that people write where there is nothing to say."""
    return is_empty_marker(text) or text in _WORDS


def is_empty_time(text: str) -> bool:
    """Whether the value of a time field means that there is no time."""
    return is_empty_text(text) or _NO_TIME.fullmatch(text) is not None


def is_zero_point(latitude: str, longitude: str) -> bool:
    """Whether a pair of coordinates is 0, 0, which programs write where they have no coordinates."""
    try:
        return float(latitude) == 0 == float(longitude)
    except ValueError:
        return False
