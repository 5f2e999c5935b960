"""Days between two dates, of the calendar or working days, as an office counts them.

The first day does not count (Administrative Procedure Act B.E. 2539, section 64): what is answered on the day it came
took 0 days.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Ints = NDArray[np.int64]
Days = NDArray[np.datetime64]


def calendar_days(start: ArrayLike, end: ArrayLike) -> Ints:
    """Days from a date to another; below 0 where the second is earlier."""
    return (_days(end) - _days(start)).astype(np.int64)


def working_days(start: ArrayLike, end: ArrayLike, holidays: Iterable[date]) -> Ints:
    """Days after ``start`` up to ``end`` that are Monday to Friday and no holiday; below 0 where ``end`` is earlier.

    Args:
        start: dates, as datetime.date, ISO text or datetime64[D].
        end: likewise, of a shape that fits.
        holidays: public holidays, with days in lieu; some change by year and by resolution of the cabinet.
    """
    free = _days(list(holidays))
    one = np.timedelta64(1, "D")
    return np.asarray(np.busday_count(_days(start) + one, _days(end) + one, holidays=free), np.int64)


def last_in_time(start: ArrayLike, days: int, holidays: Iterable[date] | None = None) -> Days:
    """The last day that ``is_within`` so many days of each date: the day before the first that is too late."""
    if holidays is None:
        return _days(start) + np.timedelta64(days, "D")
    late = np.busday_offset(_days(start), days + 1, roll="backward", holidays=_days(list(holidays)))
    return late - np.timedelta64(1, "D")


def is_within(start: ArrayLike, end: ArrayLike, days: int, holidays: Iterable[date] | None = None) -> NDArray[np.bool_]:
    """Whether it took at most so many days; working days where holidays are given (none: an empty list)."""
    taken = calendar_days(start, end) if holidays is None else working_days(start, end, holidays)
    if (taken < 0).any():
        raise ValueError("An end is before its start.")
    return taken <= days


def _days(values: Any) -> Days:
    return np.asarray(values, "datetime64[D]")
