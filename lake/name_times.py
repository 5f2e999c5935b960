"""The time of observation in the name of a file: a day or a month, and the time of day if the name has one."""

from __future__ import annotations

import re

# 15-27-17, 15.27 or 15h27. Digits without a separator must be six, because four may be a running number.
_HOUR = r"(?P<hour>[01]\d|2[0-3])"
_TIME = re.compile(
    r"[ T_.-]{0,3}(?:(?:เวลา|at)[ _]?)?"
    rf"(?:{_HOUR}(?P<separator>[-.:_h])(?P<minute>[0-5]\d)(?:(?P=separator)(?P<second>[0-5]\d))?"
    rf"|{_HOUR.replace('hour', 'hour2')}(?P<minute2>[0-5]\d)(?P<second2>[0-5]\d))(?!\d)"
)


def time_parts(match: re.Match[str]) -> tuple[int, ...]:
    """Year, month, day, hour, minute and second from the group ``date`` of a match in a file name, as written there.

    The day is 1 where the group has only a year and a month. The time of day is read from the group after the day or,
    where the group ends with the day, from the text after it in the name; it is 0:00:00 where there is no valid time.
    Raises ValueError where the group has no year and month.
    """
    text = match.group("date")
    day = re.match(r"\D*(\d{4})(?:(\d\d)(\d\d)?|\D+(\d{1,2})(?:\D+(\d{1,2}))?)", text)
    if day is None:
        raise ValueError("no year and month")
    year, month, date = (int(part or 1) for part in (day[1], day[2] or day[4], day[3] or day[5]))
    if not (day[3] or day[5]):
        return year, month, date, 0, 0, 0
    within, after = text[day.end() :], match.string[match.end("date") :]
    if re.fullmatch(r"[ T_.-]?\d{4}", within):
        within += "00"  # the pattern of the contract includes it, so it is a time and not a running number
    clock = _TIME.match(within or after)
    if clock is None:
        return year, month, date, 0, 0, 0
    time = (clock["hour"] or clock["hour2"], clock["minute"] or clock["minute2"], clock["second"] or clock["second2"])
    return (year, month, date, *(int(part or 0) for part in time))
