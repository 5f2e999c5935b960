"""The time of observation that a file's name tells: a day or a month, and the time of day where the name has one."""

from __future__ import annotations

import re

# 15-27-17, 15.27 or 15h27; digits without a mark between them have to be six, for four may be a running number.
_HOUR = r"(?P<hour>[01]\d|2[0-3])"
_TIME = re.compile(
    r"[ T_.-]{0,3}(?:(?:เวลา|at)[ _]?)?"
    rf"(?:{_HOUR}(?P<mark>[-.:_h])(?P<minute>[0-5]\d)(?:(?P=mark)(?P<second>[0-5]\d))?"
    rf"|{_HOUR.replace('hour', 'hour2')}(?P<minute2>[0-5]\d)(?P<second2>[0-5]\d))(?!\d)"
)


def numbers(found: re.Match[str]) -> tuple[int, ...]:
    """Year, month, day, hour, minute and second that a pattern's group ``date`` finds in a name, as written there.

    The day is 1 where the group holds only a year and a month. The time of day is what stands in the group after
    the day or, where the group ends with the day, what follows it in the name; 0:00:00 where no time stands there
    that a clock shows. Raises ValueError where the group holds no year and month.
    """
    text = found.group("date")
    day = re.match(r"\D*(\d{4})(?:(\d\d)(\d\d)?|\D+(\d{1,2})(?:\D+(\d{1,2}))?)", text)
    if day is None:
        raise ValueError("no year and month")
    year, month, date = (int(one or 1) for one in (day[1], day[2] or day[4], day[3] or day[5]))
    if not (day[3] or day[5]):
        return year, month, date, 0, 0, 0
    within, after = text[day.end() :], found.string[found.end("date") :]
    if re.fullmatch(r"[ T_.-]?\d{4}", within):
        within += "00"  # the contract says that it is a time, not a running number
    clock = _TIME.match(within or after)
    if clock is None:
        return year, month, date, 0, 0, 0
    time = (clock["hour"] or clock["hour2"], clock["minute"] or clock["minute2"], clock["second"] or clock["second2"])
    return (year, month, date, *(int(one or 0) for one in time))
