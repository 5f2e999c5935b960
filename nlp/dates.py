"""Parses dates and times in the formats of Thai agencies, with the calendar and time zone of a contract.

Precision comes before recall: a value that could mean two days is read as the contract states, or rejected, because an
error of 543 years or half a day is worse than a record in the quarantine. A year of four digits shows its calendar:
1970 to 2100 are Gregorian, 2400 to 2700 Buddhist.

No message contains the value, because it could be personal data.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from schemas.calendars import BUDDHIST_OFFSET, YEARS

Calendar = Literal["gregorian", "buddhist"]
DayOrder = Literal["day_first", "month_first"]

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
    | {"sept": 9}
)
_WORD = re.compile("[ก-ฮเ-ไ][ก-ฺเ-๎.]*|[^\\W\\d_]+")
_DATE_WORDS = {
    *_MONTHS, "เวลา", "น", "พศ", "คศ", "วันที่", "เดือน", "t", "z", "utc", "gmt", "ict", "be", "ad", "am", "pm",
    "ก่อนเที่ยง", "หลังเที่ยง", "พุทธศักราช", "คริสต์ศักราช",
}  # fmt: skip
_THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789", "\u200b\u200c\u200d\u200e\u200f\ufeff")
# No format is longer; longer strings are rejected at once.
_MAX_LENGTH = 120

_ZONE = r"(?P<offset>Z|(?:GMT|UTC)[ ]?[+-][0-9]{1,2}(?::?[0-9]{2})?|[+-][0-9]{2}(?::?[0-9]{2})?|UTC|GMT|ICT)"
_CLOCK = (
    r"(?P<hour>[0-9]{1,2})(?:[:.](?P<minute>[0-9]{2})"
    r"(?:[:.](?P<second>[0-9]{2})(?:[.,](?P<fraction>[0-9]{1,9}))?)?|(?=[ ]?(?:[ap]\.?m|น)))"
    r"(?:[ ]?(?P<meridiem>[ap]\.?m\.?|ก่อนเที่ยง|หลังเที่ยง))?(?:[ ]?(?:นาฬิกา|น\.?))?"
)
_COMPACT_CLOCK = r"(?P<hour>[0-9]{2})(?P<minute>[0-9]{2})"
_END = rf"(?:[ ]?{_ZONE}(?:[ ]?\([^()]{{1,40}}\))?)?"
_TIMES = (
    rf"(?:(?:[ ]?เวลา[ ]?|T|[ ]?,[ ]?|[ ]-[ ]|[ ]at[ ]|[ ]){_CLOCK}{_END})?",
    rf"[ ]?เวลา[ ]?{_COMPACT_CLOCK}[ ]?น\.?",
)
_ERA = r"(?P<era>(?:พ\.?[ ]?ศ\.?|ค\.?[ ]?ศ\.?|พุทธศักราช|คริสต์ศักราช|B\.?E\.?|A\.?D\.?)[ ]?)?"
_DAY_NAME = re.compile(
    r"(?:(?:วัน(?:[ก-๙]{2,9})?|(?:จันทร์|อังคาร|พุธ|พฤหัส(?:บดี)?|ศุกร์|เสาร์|อาทิตย์))(?:[ ]?ที่)?[ ,]{0,2}"
    r"|(?:พฤ|อา|จ|อ|พ|ศ|ส)\.[ ,]{1,2}"
    r"|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}\.?[ ,]{1,2})",
    re.IGNORECASE,
)
_NAME = r"(?P<name>[ก-๙][ก-๙.]{1,12}(?:[ ][ก-๙]\.)?|[a-z]{3,9}\.?)"
_YEAR = rf"{_ERA}(?P<year>[0-9]{{4}}|[0-9]{{2}})"
_ORDINAL = r"(?:st|nd|rd|th)?"
_DAYS = (
    rf"{_ERA}(?P<year>[0-9]{{4}})(?P<separator>[-/.])(?P<month>[0-9]{{1,2}})(?P=separator)(?P<day>[0-9]{{1,2}})",
    rf"(?P<first>[0-9]{{1,2}})(?P<separator>[/.-])(?P<last>[0-9]{{1,2}})(?P=separator){_YEAR}",
    rf"(?P<day>[0-9]{{1,2}}){_ORDINAL}[ ]?[-/., ]?[ ]?(?:of[ ]|เดือน[ ]?)?{_NAME}[ ]?[-/,]?[ ]?{_YEAR}",
    rf"(?:เดือน[ ]?)?{_NAME}[ ]?-?(?P<day>[0-9]{{1,2}}){_ORDINAL}[ ,-]{{1,2}}{_ERA}(?P<year>[0-9]{{4}})",
    rf"{_ERA}(?P<year>[0-9]{{4}})[-/, ]{{0,2}}{_NAME}[-/ ]?(?P<day>[0-9]{{1,2}})",
)
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        *(day + time for time in _TIMES for day in _DAYS),
        # The format of C: Tue Nov 05 02:03:12 +0000 2024.
        rf"{_NAME}[ ](?P<day>[0-9]{{1,2}})[ ]{_CLOCK}(?:[ ]{_ZONE})?[ ](?P<year>[0-9]{{4}})",
        r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})"
        rf"(?:[T ]?{_COMPACT_CLOCK}(?P<second>[0-9]{{2}})?(?:\.(?P<fraction>[0-9]{{1,9}}))?{_END})?",
    )
)
# The size of a number shows its unit: days since 1899-12-30 (a spreadsheet), seconds, milliseconds.
_SHEET_DAYS = (20_000, 300_000)
# Nine digits are rather a telephone number without its 0 than seconds of the last century.
_SECONDS = (1_000_000_000, 4_133_980_800)
# Numbers as other programs wrap them in JSON: /Date(1730772192000)/, {"$numberLong": "1730772192000"}.
_WRAPPED = re.compile(
    r"/Date\((?P<date>[0-9]+)(?:[+-][0-9]{4})?\)/"
    r'|\{"\$(?:date|number[A-Z][a-z]+)": ?"?(?P<value>[^"].*?)"?\}'
)
_TWO_NUMBERS = re.compile(r"\s*(?P<first>[0-9]{1,2})(?P<separator>[/.-])(?P<last>[0-9]{1,2})(?P=separator)")
_DAY = dt.timedelta(days=1)


class DayOrderError(ValueError):
    """The month and the day are not in the order of the contract."""


def hide_words(text: str) -> str:
    """The text for use in a message: words that are not part of a date or time become an ellipsis."""
    return _WORD.sub(lambda word: word[0] if word[0].replace(".", "").lower() in _DATE_WORDS else "…", text)


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError, RecursionError):
        raise ValueError("The time zone of the contract is not known: use a name such as Asia/Bangkok.") from None


def _gregorian_year(digits: str, calendar: Calendar, *, is_stated: bool) -> int:
    """The Gregorian year. A year of four digits decides its calendar itself, unless an era is stated."""
    if len(digits) == 2:
        if calendar == "gregorian":
            raise ValueError("The year has two digits, which is ambiguous in the Gregorian calendar: give four.")
        digits = "25" + digits
    year = int(digits)
    if not is_stated and year in YEARS["gregorian"]:
        calendar = "gregorian"
    elif not is_stated and year in YEARS["buddhist"]:
        calendar = "buddhist"
    years = YEARS[calendar]
    if year not in years:
        raise ValueError(
            f"The year {year} is outside {years[0]} to {years[-1]}, the years of the {calendar.title()} calendar: "
            "check the calendar or the typing."
        )
    return year - BUDDHIST_OFFSET if calendar == "buddhist" else year


def _from_number(value: int | float, zone: ZoneInfo) -> dt.datetime:
    """A number has no calendar, but a spreadsheet day in the years 2400 to 2700 was typed as a Buddhist year."""
    if not math.isfinite(value):
        raise ValueError("The date is not a finite number: check the export.")
    moment: dt.datetime | None = None
    if _SECONDS[0] <= value <= _SECONDS[1] or _SECONDS[0] * 1000 <= value <= _SECONDS[1] * 1000:
        seconds = value / 1000 if value > _SECONDS[1] else value
        moment = dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=seconds)
    elif _SHEET_DAYS[0] <= value <= _SHEET_DAYS[1]:
        whole = dt.datetime(1899, 12, 30) + dt.timedelta(seconds=round(value * 86_400))
        year = whole.year
        if year in YEARS["buddhist"]:
            year -= BUDDHIST_OFFSET
            if (whole.month, whole.day) == (2, 29) and not _is_leap(year):
                raise ValueError("The day and month do not exist in that year: check the typing.")
        moment = whole.replace(year=year, tzinfo=zone).astimezone(dt.UTC)
    if moment is None or moment.astimezone(zone).year not in YEARS["gregorian"]:
        raise ValueError(
            "The number is not a date that Siang can read: give days of a spreadsheet, or seconds or milliseconds "
            "since 1970, between the years 1970 and 2100."
        )
    return moment


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _unwrap(text: str) -> str:
    """The text with normalised spaces and digits, without invisible characters and JSON wrappers."""
    text = " ".join(text.translate(_THAI_DIGITS).replace("\u0e4d\u0e32", "\u0e33").split())
    for _ in range(2):
        if text[:1] not in ("/", "{") or (match := _WRAPPED.fullmatch(text)) is None:
            break
        text = match["date"] or match["value"]
    return text


def _from_iso(text: str, zone: ZoneInfo) -> dt.datetime | None:
    """The moment of an ISO 8601 text, by Python itself (ten times as fast as a pattern); else None."""
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.year not in YEARS["gregorian"]:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(dt.UTC)


def _from_text(text: str, calendar: Calendar, zone: ZoneInfo, order: DayOrder) -> dt.datetime:
    text = _unwrap(text) if len(text) <= _MAX_LENGTH else ""
    if text.isdecimal():
        if text[0] != "0" and len(text) not in (8, 14):
            return _from_number(float(text), zone)
    elif text.count(".") == 1 and text[:5].isdecimal() and text.replace(".", "").isdecimal():
        return _from_number(float(text), zone)
    elif text[4:5] == text[7:8] == "-" and text[10:11] in ("", " ", "T") and (moment := _from_iso(text, zone)):
        return moment
    elif not text[:1].isdecimal():
        text = _DAY_NAME.sub("", text, count=1) if _DAY_NAME.match(text) else text
    for form in _FORMS:
        if (match := form.fullmatch(text)) is not None:
            break
    else:
        raise ValueError(
            "The text is not a date that Siang can read: give it like 2023-01-03 14:30, 03/01/2566 14:30 or "
            "3 มกราคม 2566 เวลา 14.30 น."
        )
    part = match.groupdict()
    month, day = _month_and_day(part, order)
    era = part.get("era")
    if era:  # the text has precedence over the contract
        calendar = "buddhist" if era[0] in "พBb" else "gregorian"
    year = _gregorian_year(part["year"], calendar, is_stated=bool(era))
    hour, days = _hour(part)
    fraction = (part.get("fraction") or "")[:6].ljust(6, "0")
    try:
        moment = dt.datetime(
            year, month, day, hour, int(part.get("minute") or 0), int(part.get("second") or 0), int(fraction),
            tzinfo=_offset(part.get("offset")) or zone,
        ) + days * _DAY  # fmt: skip
    except (ValueError, OverflowError):
        raise ValueError("The day and month, or the time, do not exist: check the typing.") from None
    return moment.astimezone(dt.UTC)


def _month_and_day(part: Mapping[str, str | None], order: DayOrder) -> tuple[int, int]:
    """The month and the day of a matched format. Raises ValueError if the name of the month is unknown."""
    if name := part.get("name"):
        month = _MONTHS.get(re.sub(r"[.\s]", "", name).lower())
        if month is None:
            raise ValueError("The name of the month is unknown: give its full or short name.")
        return month, int(part["day"] or 0)
    if (first := part.get("first")) is None:
        return int(part["month"] or 0), int(part["day"] or 0)
    last = part["last"] or ""
    month, day = (int(first), int(last)) if order == "month_first" else (int(last), int(first))
    if month > 12 >= day:
        raise DayOrderError("The month stands where the contract has the day: check day_order.")
    return month, day


def _hour(part: Mapping[str, str | None]) -> tuple[int, int]:
    """The hour of a matched format and the days to add: 24:00 is the next midnight. An invalid hour is 99."""
    hour = int(part.get("hour") or 0)
    if meridiem := part.get("meridiem"):
        return (hour % 12 + (12 if meridiem[0] in "pPห" else 0) if 1 <= hour <= 12 else 99), 0
    if hour == 24 and not any(int(part.get(name) or 0) for name in ("minute", "second", "fraction")):
        return 0, 1
    return hour, 0


def _offset(text: str | None) -> dt.timezone | None:
    if text is None:
        return None
    sign = text.lstrip("GMTUCgmtuc ")
    if text.upper() == "ICT":
        return dt.timezone(dt.timedelta(hours=7))
    if not sign or sign.upper() == "Z":
        return dt.UTC
    hours, minutes = [*sign[1:].split(":"), "0"][:2] if ":" in sign or len(sign) < 4 else (sign[1:-2], sign[-2:])
    ahead = dt.timedelta(hours=int(hours), minutes=int(minutes))
    return dt.timezone(ahead if sign[0] == "+" else -ahead)


def parse_timestamp(
    value: str | int | float, *, calendar: Calendar, zone: str, day_order: DayOrder = "day_first"
) -> dt.datetime:
    """The moment of a value, in UTC.

    Text: ``2022-06-07 10:10:54.569672+00`` (or ``T``, ``Z``, no zone), ``07/06/2565 10:10``, ``7-มิ.ย.-65``,
    ``7 มิถุนายน พ.ศ. 2565 เวลา 10.10 น.``, ``Jun 7, 2022, 10:10 PM``, ``Tue, 07 Jun 2022 03:10:00 GMT``, the
    formats of C and JavaScript, ``20220607T101054Z``, all with Arabic or Thai digits. A value without a time is the
    first moment of the day; 24:00 is the next midnight. Numbers, also as text: days of a spreadsheet, seconds or
    milliseconds since 1970.

    ``calendar`` decides the meaning of a year of two digits: 2500 to 2599 if it is buddhist, an error if it is
    gregorian. A year of four digits is gregorian from 1970 to 2100 and buddhist from 2400 to 2700, and must match the
    era if one is stated. ``day_order`` decides the meaning of ``06/07/2565``. ``zone`` (an IANA name) is used if the
    value has no offset. Fractions of seconds are cut to microseconds.

    Raises ValueError with one sentence that does not contain the value: for an unknown format, a day that does not
    exist, or a year of neither calendar. Raises its subclass DayOrderError if the value shows that day and month are in
    the other order.
    """
    if isinstance(value, str):
        return _from_text(value, calendar, _zone(zone), day_order)
    if isinstance(value, bool):
        raise ValueError("The value is true or false, not a date: check the field in the contract.")
    return _from_number(value, _zone(zone))


def day_order(text: str) -> DayOrder | Literal["open"] | None:
    """The order of day and month in a date: ``17/06/2567`` has the day first, ``06/07/2567`` is ``open``.

    None if the date has no order: with the name of a month, the year first, or the same number twice.
    """
    if text[4:5] == "-":  # the year first, as in most dates
        return None
    numbers = _TWO_NUMBERS.match(text.translate(_THAI_DIGITS))
    if numbers is None:
        return None
    first, last = int(numbers["first"]), int(numbers["last"])
    if first > 12 or last > 12:
        return "day_first" if last <= 12 else "month_first" if first <= 12 else None
    return "open" if first != last else None


def parse_date(
    value: str | int | float, *, calendar: Calendar, zone: str, day_order: DayOrder = "day_first"
) -> dt.date:
    """The day of a value in ``zone``. Formats and errors are those of ``parse_timestamp``."""
    return parse_timestamp(value, calendar=calendar, zone=zone, day_order=day_order).astimezone(_zone(zone)).date()
