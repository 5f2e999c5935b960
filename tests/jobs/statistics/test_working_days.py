"""Days as an office counts them."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.statistics.working_days import calendar_days, is_within, last_in_time, working_days

SONGKRAN = [date(2025, 4, 14), date(2025, 4, 15), date(2025, 4, 16)]


def test_the_first_day_does_not_count():
    assert calendar_days(date(2025, 4, 1), date(2025, 4, 1)) == 0
    assert calendar_days(date(2025, 4, 1), date(2025, 4, 16)) == 15
    assert working_days(date(2025, 4, 3), date(2025, 4, 3), []) == 0


def test_weekends_and_holidays_are_not_working_days():
    # Friday 11 April to Monday 21 April: Thursday 17, Friday 18 and Monday 21 are left beside Songkran.
    assert working_days(date(2025, 4, 11), date(2025, 4, 21), SONGKRAN) == 3
    assert working_days(date(2025, 4, 11), date(2025, 4, 21), []) == 6
    assert working_days(date(2025, 4, 12), date(2025, 4, 13), SONGKRAN) == 0


def test_fifteen_working_days_are_longer_than_fifteen_days():
    came, answered = date(2025, 4, 1), date(2025, 4, 24)
    assert not is_within(came, answered, 15)
    assert is_within(came, answered, 15, SONGKRAN)
    assert is_within(came, date(2025, 4, 25), 15, SONGKRAN)
    assert not is_within(came, date(2025, 4, 28), 15, SONGKRAN)


def test_many_dates_at_once_and_holidays_of_any_iterable():
    starts = np.array(["2025-04-11", "2025-04-17"], "datetime64[D]")
    assert working_days(starts, date(2025, 4, 18), iter(SONGKRAN)).tolist() == [2, 1]


def test_an_end_before_its_start_raises_an_error():
    with pytest.raises(ValueError, match="before its start"):
        is_within(date(2025, 4, 2), date(2025, 4, 1), 15)


days = st.dates(date(2020, 1, 1), date(2030, 12, 31))


@given(days, st.integers(0, 400), st.sets(days, max_size=20))
def test_working_days_are_those_counted_day_by_day(start, length, holidays):
    after = [start + timedelta(days=one + 1) for one in range(length)]
    expected = sum(day.weekday() < 5 and day not in holidays for day in after)
    assert working_days(start, start + timedelta(days=length), holidays) == expected


@given(days, st.integers(1, 40), st.none() | st.sets(days, max_size=20))
def test_the_last_day_in_time_is_within_and_the_next_day_is_not(start, most, holidays):
    last = last_in_time(start, most, holidays)
    assert is_within(start, last, most, holidays)
    assert not is_within(start, last + np.timedelta64(1, "D"), most, holidays)
