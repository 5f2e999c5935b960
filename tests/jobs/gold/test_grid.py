"""Ten rows of the cube in, figures by period out."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from jobs.gold.grid import FIGURE_COUNTS, Grid, figures, first_day, month_number, positions

OCTOBER = date(2024, 10, 1)
TOPICS = (("all", "all"), ("topic", "roads"))
ALL_TOPICS, ROADS = 0, 1
# Channels: complaint_log and hotline; ``all`` is added.
LOG, HOTLINE = 0, 1


def grid(since: date | None = None, as_of: date = date(2025, 3, 31)) -> Grid:
    """A fiscal year in which province 95 has data from November to March, from the complaint log only."""
    is_covered = np.zeros((1, 2, 12), np.bool_)
    is_covered[0, LOG, 1:6] = True
    return Grid(month_number(OCTOBER), TOPICS, ("complaint_log", "hotline"), ("95",), is_covered, as_of, since)


def row(day: date, count: int = 0, topic: int = ROADS, area: str = "9501", **more: Any) -> dict[str, Any]:
    zeros = {name: 0 for name in (*FIGURE_COUNTS, "unresolved_count")}
    return {
        **zeros, "area_code": area, "date": day, "topic": topic, "channel": LOG, "concern_count": count,
        "resolve_days": [], "period_type": None, **more,
    }  # fmt: skip


SCHEMA = pa.schema(
    [
        ("area_code", pa.string()), ("date", pa.date32()), ("topic", pa.int32()), ("channel", pa.int32()),
        *[(name, pa.int64()) for name in (*FIGURE_COUNTS, "unresolved_count")],
        ("resolve_days", pa.list_(pa.struct([("days", pa.int32()), ("count", pa.int64())]))),
        ("period_type", pa.string()),
    ]
)  # fmt: skip


def computed(rows: list[dict[str, Any]], over: Grid, *, is_dense: bool = False) -> dict[tuple[Any, ...], Any]:
    """The figures by period type, first day, topic and channel."""
    table = pa.Table.from_pylist(rows, schema=SCHEMA)
    codes = {"9501": "95", "4001": "40"}
    tables = list(figures(table, codes, over, is_dense=is_dense))
    return {
        (one["period_type"], one["period_start"], one["topic_id"], one["channel"]): one
        for figures_of_batch in tables
        for one in figures_of_batch.to_pylist()
    }


TEN_ROWS = [
    row(date(2024, 11, 5), 4),
    row(date(2024, 11, 5), 6, ALL_TOPICS),
    row(date(2024, 11, 20), 2),
    row(date(2024, 11, 20), 2, ALL_TOPICS),
    row(date(2024, 12, 3), 3, closed_in_period_count=5),
    row(date(2024, 12, 3), 3, ALL_TOPICS, closed_in_period_count=5),
    row(date(2025, 2, 1), 1),
    row(date(2025, 2, 1), 1, ALL_TOPICS),
    row(date(2024, 9, 30), 7),  # before the grid: backlog only
    row(date(2024, 11, 7), 50, area="4001"),  # no source covers province 40
]


def test_months_quarters_and_years_are_summed_and_compared_with_the_period_before() -> None:
    found = computed(TEN_ROWS, grid())
    months = {start.month: figure for (kind, start, topic, channel), figure in found.items()
              if (kind, topic, channel) == ("month", "roads", "all")}  # fmt: skip
    assert {month: figure["concern_count"] for month, figure in months.items()} == {11: 6, 12: 3, 2: 1}
    assert {month: figure["previous_count"] for month, figure in months.items()} == {11: None, 12: 6, 2: 0}
    assert months[11]["cell_total"] == 8, "the total of all topics, of which a share is computed"
    quarter = found["quarter", OCTOBER, "roads", "complaint_log"]
    assert (quarter["concern_count"], quarter["is_complete"]) == (9, True)
    year = found["fiscal_year", OCTOBER, "roads", "all"]
    assert (year["concern_count"], year["fiscal_year_be"], year["is_complete"]) == (10, 2568, False)
    assert {one["area_code"] for one in found.values()} == {"9501"}


def test_the_backlog_includes_concerns_from_before_the_grid() -> None:
    found = computed(TEN_ROWS, grid())
    backlog = {start.month: figure["backlog_count"] for (kind, start, topic, channel), figure in found.items()
               if (kind, topic, channel) == ("month", "roads", "all")}  # fmt: skip
    assert backlog == {11: 13, 12: 11, 2: 12}


def test_a_backlog_is_never_below_0() -> None:
    found = computed([row(date(2024, 11, 5), 1, closed_in_period_count=3)], grid())
    assert found["month", date(2024, 11, 1), "roads", "all"]["backlog_count"] == 0


def test_dense_areas_have_a_row_for_each_topic_and_channel_in_each_period_with_data() -> None:
    found = computed(TEN_ROWS, grid(), is_dense=True)
    months = {key for key in found if key[0] == "month"}
    assert len(months) == 5 * 2 * 2, "November to March, two topics, the complaint log and all channels"
    assert found["month", date(2025, 1, 1), "roads", "all"]["concern_count"] == 0


def test_durations_include_concerns_that_wait_until_the_last_day_with_data() -> None:
    rows = [
        row(date(2024, 11, 5), 4, resolve_days=[{"days": 2, "count": 3}], unresolved_count=1),
        row(date(2025, 3, 30), 2, unresolved_count=2),
    ]
    found = computed(rows, grid())
    november = found["month", date(2024, 11, 1), "roads", "all"]
    assert (november["median_days_to_resolve"], november["p90_days_to_resolve"]) == (2.0, None)
    assert november["within_15_days_share"] == 0.75
    march = found["month", date(2025, 3, 1), "roads", "all"]
    assert march["within_15_days_share"] is None, "the two concerns have waited for one day"


def test_with_a_first_day_only_periods_from_it_on_have_rows_and_are_compared_with_stored_counts() -> None:
    stored = row(date(2024, 12, 1), 3, period_type="month")
    found = computed([row(date(2025, 1, 9), 5), stored], grid(since=date(2025, 1, 9)))
    months = [key[1] for key in found if key[0] == "month" and key[3] == "complaint_log"]
    assert months == [date(2025, 1, 1)]
    january = found["month", date(2025, 1, 1), "roads", "complaint_log"]
    assert (january["concern_count"], january["previous_count"]) == (5, 3)


@pytest.mark.parametrize("day", [date(2024, 1, 1), date(2024, 10, 1), date(1999, 12, 1)])
def test_the_number_of_a_month_gives_its_first_day(day: date) -> None:
    assert first_day(month_number(day)) == day


def test_positions_are_those_in_the_list_and_minus_one_elsewhere() -> None:
    assert positions(pa.array(["b", "x", None, "a"]), ["a", "b"]).tolist() == [1, -1, -1, 0]
