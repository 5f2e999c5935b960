"""Calendar days and working days between two dates, as an office counts them.

The first day does not count (Administrative Procedure Act B.E. 2539, section 64): an answer on the same day took 0
days.
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
    """Days from ``start`` to ``end``; below 0 where ``end`` is earlier."""
    return (_days(end) - _days(start)).astype(np.int64)


def working_days(start: ArrayLike, end: ArrayLike, holidays: Iterable[date]) -> Ints:
    """Days after ``start`` up to ``end`` that are Monday to Friday and no holiday; below 0 where ``end`` is earlier.

    Args:
        start: dates, as datetime.date, ISO text or datetime64[D].
        end: likewise, of a shape that fits.
        holidays: public holidays, with substitution days; some change by year and by cabinet resolution.
    """
    days_off = _days(list(holidays))
    day = np.timedelta64(1, "D")
    return np.asarray(np.busday_count(_days(start) + day, _days(end) + day, holidays=days_off), np.int64)


def last_in_time(start: ArrayLike, days: int, holidays: Iterable[date] | None = None) -> Days:
    """The last day within ``days`` days of each date (see ``is_within``): the day before the first one too late.

    Working days are counted where ``holidays`` is given (an empty list if there are none).
    """
    if holidays is None:
        return _days(start) + np.timedelta64(days, "D")
    late = np.busday_offset(_days(start), days + 1, roll="backward", holidays=_days(list(holidays)))
    return late - np.timedelta64(1, "D")


def is_within(start: ArrayLike, end: ArrayLike, days: int, holidays: Iterable[date] | None = None) -> NDArray[np.bool_]:
    """Whether ``end`` is at most ``days`` days after ``start``.

    Working days are counted where ``holidays`` is given (an empty list if there are none). Raises ValueError where an
    end is before its start.
    """
    taken = calendar_days(start, end) if holidays is None else working_days(start, end, holidays)
    if (taken < 0).any():
        raise ValueError("An end is before its start.")
    return taken <= days


def _days(values: Any) -> Days:
    return np.asarray(values, "datetime64[D]")
