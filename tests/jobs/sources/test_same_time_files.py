"""Exports of one source and day whose names have no time."""

from __future__ import annotations

from datetime import UTC, datetime

from jobs.sources.same_time_files import same_time_warnings
from schemas.contract_files import contracts

FEED = contracts()["traffy_feed"]
DAY = datetime(2025, 7, 5, 17, tzinfo=UTC)


def test_exports_of_one_day_are_reported_once_a_day():
    by_source = {"traffy_feed": FEED.model_copy(update={"delivery": "snapshot", "time_zone": "Asia/Bangkok"})}
    (line,) = same_time_warnings(
        [("traffy_feed", DAY), ("traffy_feed", DAY), ("traffy_feed", DAY.replace(day=6))], by_source
    )
    assert line.startswith("traffy_feed: 2 different exports are of 2025-07-06 and their names have no time of day")


def test_files_that_hold_only_what_is_new_have_no_order():
    by_source = {"traffy_feed": FEED.model_copy(update={"delivery": "append"})}
    assert not same_time_warnings([("traffy_feed", DAY), ("traffy_feed", DAY), ("traffy_feed", None)], by_source)
