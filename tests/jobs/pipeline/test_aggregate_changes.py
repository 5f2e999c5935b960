"""The first day of which figures may have changed."""

from __future__ import annotations

from datetime import date, timedelta

from jobs.gold.grid import IN_TIME_DAYS
from jobs.pipeline.aggregate_changes import first_changed_day

LAST_RUN = date(2026, 1, 20)
IN_TIME_START = LAST_RUN - timedelta(days=IN_TIME_DAYS)


def test_it_is_the_earliest_changed_day_or_that_of_concerns_whose_time_was_not_over() -> None:
    assert first_changed_day([date(2025, 3, 4), date(2026, 1, 19)], LAST_RUN) == date(2025, 3, 4)
    assert first_changed_day([date(2026, 1, 19)], LAST_RUN) == IN_TIME_START
    assert first_changed_day([], LAST_RUN) == IN_TIME_START


def test_all_days_may_have_changed_before_the_first_run_and_where_the_changes_are_not_known() -> None:
    assert first_changed_day(None, LAST_RUN) is None
    assert first_changed_day([date(2026, 1, 19)], None) is None
