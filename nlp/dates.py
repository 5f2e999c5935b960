"""Dates and times as Thai agencies write them, read in the calendar and zone that a contract states.

Precision before recall: a form that could mean two days is refused, and so is a year that does not fit
the stated calendar, because a date 543 years or half a day off is worse than a record in the quarantine.
No message repeats the value, which could hold anything.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from schemas.calendars import BUDDHIST_OFFSET, YEARS

Calendar = Literal["gregorian", "buddhist"]

_THAI_MONTHS = (
    ("มกราคม", "มค"), ("กุมภาพันธ์", "กพ"), ("มีนาคม", "มีค"), ("เมษายน", "เมย"), ("พฤษภาคม", "พค"),
    ("มิถุนายน", "มิย"), ("กรกฎาคม", "กค"), ("สิงหาคม", "สค"), ("กันยายน", "กย"), ("ตุลาคม", "ตค"),
    ("พฤศจิกายน", "พย"), ("ธันวาคม", "ธค"),
)  # fmt: skip
_ENGLISH_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
    "november", "december",
)  # fmt: skip
_MONTHS = (
    {name: number for number, names in enumerate(_THAI_MONTHS, 1) for name in names}
    | {name: number for number, name in enumerate(_ENGLISH_MONTHS, 1)}
    | {name[:3]: number for number, name in enumerate(_ENGLISH_MONTHS, 1)}
)
_WORD = re.compile("[ก-ฮเ-ไ][ก-ฺเ-๎.]*|[^\\W\\d_]+")
_OF_TIMES = {*_MONTHS, "เวลา", "น", "พศ", "คศ", "วันที่", "เดือน", "t", "z", "utc", "be", "ad"}
_THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789", "\u200b\u200c\u200d\u200e\u200f\ufeff")

_TIME = (
    r"(?:(?:\s*เวลา\s*|T|,?\s+)(?P<hour>[0-9]{1,2})[:.](?P<minute>[0-9]{2})"
    r"(?:[:.](?P<second>[0-9]{2})(?:[.,](?P<fraction>[0-9]{1,9}))?)?(?:\s*น\.?)?"
    r"\s*(?P<offset>Z|UTC|[+-][0-9]{2}(?::?[0-9]{2})?)?)?"
)
_ERA = r"(?P<era>(?:พ\.?\s*ศ\.?|ค\.?\s*ศ\.?|B\.?E\.?|A\.?D\.?)\s*)?"
_FORMS = tuple(
    re.compile(form + _TIME, re.IGNORECASE)
    for form in (
        rf"{_ERA}(?P<year>[0-9]{{4}})-(?P<month>[0-9]{{2}})-(?P<day>[0-9]{{2}})",
        r"(?P<day>[0-9]{1,2})(?P<mark>[/.-])(?P<month>[0-9]{1,2})(?P=mark)(?P<year>[0-9]{4}|[0-9]{2})",
        r"(?:วัน(?:[ก-๙]{2,9})?(?:\s*ที่)?\s*)?(?P<day>[0-9]{1,2})\s*(?:เดือน\s*)?"
        rf"(?P<name>[ก-๙][ก-๙.]+(?:\s[ก-๙]\.)?|[a-z]{{3,9}}\.?),?\s*{_ERA}(?P<year>[0-9]{{4}}|[0-9]{{2}})",
    )
)
# Numbers tell their unit by their size: days since 1899-12-30 (a spreadsheet), seconds, milliseconds.
_SHEET_DAYS = (20_000, 300_000)
_SECONDS = (100_000_000, 4_133_980_800)


def shown(text: str) -> str:
    """A text that is no time, as it may stand in a sentence: words that no time is written with become an ellipsis."""
    return _WORD.sub(lambda word: word[0] if word[0].replace(".", "").lower() in _OF_TIMES else "…", text)


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError, RecursionError):
        raise ValueError(
            "The time zone that the contract states is not known: use a name such as Asia/Bangkok."
        ) from None


def _gregorian_year(digits: str, calendar: Calendar) -> int:
    if len(digits) == 2:
        if calendar == "gregorian":
            raise ValueError("The year has two digits, which the Gregorian calendar leaves open: give four.")
        digits = "25" + digits
    year, years = int(digits), YEARS[calendar]
    if year not in years:
        raise ValueError(
            f"The year {year} is outside {years[0]} to {years[-1]}, those of the {calendar.title()} calendar "
            "that the contract states: check the calendar or the typing."
        )
    return year - BUDDHIST_OFFSET if calendar == "buddhist" else year


def _from_number(value: int | float, calendar: Calendar, zone: ZoneInfo) -> dt.datetime:
    """A number knows no calendar, but a sheet's day in the years 2400 to 2700 was typed in Buddhist ones."""
    if not math.isfinite(value):
        raise ValueError("The date is not a finite number: check the export.")
    moment: dt.datetime | None = None
    if _SECONDS[0] <= value <= _SECONDS[1] or _SECONDS[0] * 1000 <= value <= _SECONDS[1] * 1000:
        seconds = value / 1000 if value > _SECONDS[1] else value
        moment = dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=seconds)
    elif _SHEET_DAYS[0] <= value <= _SHEET_DAYS[1]:
        whole = dt.datetime(1899, 12, 30) + dt.timedelta(seconds=round(value * 86_400))
        year = whole.year
        if calendar == "buddhist" and year in YEARS["buddhist"]:
            year -= BUDDHIST_OFFSET
            if (whole.month, whole.day) == (2, 29) and not _is_leap(year):
                raise ValueError("The day and month do not exist in that year: check the typing.")
        moment = whole.replace(year=year, tzinfo=zone).astimezone(dt.UTC)
    if moment is None or moment.astimezone(zone).year not in YEARS["gregorian"]:
        raise ValueError(
            "The number is no date that Siang reads: give days of a spreadsheet, or seconds or milliseconds "
            "since 1970, between the years 1970 and 2100."
        )
    return moment


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _from_text(text: str, calendar: Calendar, zone: ZoneInfo) -> dt.datetime:
    text = " ".join(text.translate(_THAI_DIGITS).replace("\u0e4d\u0e32", "\u0e33").split())
    for form in _FORMS:
        if (match := form.fullmatch(text)) is not None:
            break
    else:
        raise ValueError(
            "The text is no date that Siang reads: give it like 2023-01-03 14:30, 03/01/2566 14:30 or "
            "3 มกราคม 2566 เวลา 14.30 น."
        )
    part = match.groupdict()
    if part.get("name") is not None:
        month = _MONTHS.get(re.sub(r"[.\s]", "", part["name"]).lower())
        if month is None:
            raise ValueError("The month has a name that Siang does not know: give its full or short name.")
    else:
        month = int(part["month"])
    if part.get("era"):  # what the text itself says comes before what the contract says
        calendar = "buddhist" if part["era"][0] in "พBb" else "gregorian"
    year = _gregorian_year(part["year"], calendar)
    fraction = (part["fraction"] or "")[:6].ljust(6, "0")
    try:
        moment = dt.datetime(
            year, month, int(part["day"]), int(part["hour"] or 0), int(part["minute"] or 0),
            int(part["second"] or 0), int(fraction), tzinfo=_offset(part["offset"]) or zone,
        )  # fmt: skip
    except ValueError:
        raise ValueError("The day and month, or the time, do not exist: check the typing.") from None
    return moment.astimezone(dt.UTC)


def _offset(text: str | None) -> dt.timezone | None:
    if text is None:
        return None
    if text.upper() in ("Z", "UTC"):
        return dt.UTC
    minutes = int(text[1:3]) * 60 + int(text[3:].lstrip(":") or 0)
    return dt.timezone(dt.timedelta(minutes=minutes if text[0] == "+" else -minutes))


def parse_timestamp(value: str | int | float, *, calendar: Calendar, zone: str) -> dt.datetime:
    """The moment that a value means, in UTC.

    Text: ``2022-06-07 10:10:54.569672+00`` (or ``T``, ``Z``, no zone), ``07/06/2565 10:10``,
    ``7 มิ.ย. 2565``, ``7 มิถุนายน พ.ศ. 2565 เวลา 10.10 น.``, all with Arabic or Thai digits. Without a time it
    is the first moment of the day. Numbers: days of a spreadsheet, or seconds or milliseconds since 1970.

    ``calendar`` says which years the source writes; ``พ.ศ.`` or ``ค.ศ.`` in the text itself overrides it.
    A Buddhist year of two digits is one of 2500 to 2599. ``zone`` (an IANA name) holds where the value
    carries no offset; a fraction is cut to microseconds.

    Raises ValueError, one sentence without the value: no known form, a day that does not exist, a year
    outside 2400 to 2700 (buddhist) or 1970 to 2100 (gregorian).
    """
    if isinstance(value, str):
        return _from_text(value, calendar, _zone(zone))
    if isinstance(value, bool):
        raise ValueError("The date is true or false, not a date: check the field that the contract names.")
    return _from_number(value, calendar, _zone(zone))


def parse_date(value: str | int | float, *, calendar: Calendar, zone: str) -> dt.date:
    """The day in ``zone`` that a value means; forms as in ``parse_timestamp``, which raises ValueError for others."""
    return parse_timestamp(value, calendar=calendar, zone=zone).astimezone(_zone(zone)).date()
