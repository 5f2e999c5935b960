"""What exports write where they have nothing to say: ``NULL``, ``-``, ``0000-00-00``, the first day of a calendar."""

from __future__ import annotations

import re

# Of programs: databases, data frames, spreadsheets. They are no words of a citizen, whatever field they stand in.
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
# Of people who fill in forms.
_WORDS = frozenset(("ไม่ระบุ", "ไม่มี", "ไม่มีข้อมูล", "ไม่ทราบ", "ไม่ปรากฏ"))
# What programs write for "no time": zeros, the year 1, the first moment of a computer or a spreadsheet.
_MIDNIGHT = r"(?:[T ]\s*0{1,2}[:.]00(?:[:.]00(?:[.,]0+)?)?\s*(?:Z|UTC|[+-]00(?::?00)?)?)?"
_NO_TIME = re.compile(
    rf"0+|(?:0000|0001|1900|1970)[-/]0?1[-/]0?1{_MIDNIGHT}|0?1[-/]0?1[-/](?:0001|1900|1970){_MIDNIGHT}"
    rf"|0000[-/]00?[-/]00?{_MIDNIGHT}|00?[-/]00?[-/]0000{_MIDNIGHT}"
    rf"|1899[-/]12[-/](?:30|31){_MIDNIGHT}|0?1[-/]0?1[-/](?:2443|2513){_MIDNIGHT}",
    re.IGNORECASE,
)


def is_empty_marker(text: str) -> bool:
    """Whether a value is a program's marker for nothing."""
    return text.casefold() in _MARKERS or _DASHES.fullmatch(text) is not None


def means_nothing(text: str) -> bool:
    """Whether a value is a marker, or a word with which a person says that there is nothing."""
    return is_empty_marker(text) or text in _WORDS


def is_empty_time(text: str) -> bool:
    """Whether the value of a field for a time says that there is none."""
    return means_nothing(text) or _NO_TIME.fullmatch(text) is not None


def is_zero_point(latitude: str, longitude: str) -> bool:
    """Whether a pair of coordinates is 0, 0: the place of programs that know none."""
    try:
        return float(latitude) == 0 == float(longitude)
    except ValueError:
        return False
