"""Two versions of trends in, the complete periods that changed out."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from jobs.gold.restatements import changed_periods

MAY, JUNE, JULY = date(2025, 5, 1), date(2025, 6, 1), date(2025, 7, 1)
SCHEMA = (
    "period_type string, period_start date, province_code string, topic_level string, topic_id string, "
    "concern_count bigint, model_version string, is_complete boolean"
)


def month(start: date, count: int, topic: str = "all", model: str = "m1", is_complete: bool = True) -> tuple[Any, ...]:
    level = "all" if topic == "all" else "topic"
    return ("month", start, "95", level, topic, count, model, is_complete)


BEFORE = [
    month(MAY, 10), month(MAY, 6, "roads"), month(MAY, 4, "water"),
    month(JUNE, 20), month(JUNE, 20, "roads"),
    month(JULY, 3, is_complete=False),
]  # fmt: skip


def changed(spark: Any, after: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    frames = (spark.createDataFrame(rows, SCHEMA) for rows in (BEFORE, after))
    rows = changed_periods(*frames).orderBy("period_start").collect()
    return [
        (row.period_start, row.changed_count, row.concern_count_before, row.concern_count_after, row.reason)
        for row in rows
    ]


@pytest.mark.spark
def test_complete_periods_with_other_counts_are_restated_with_their_reason(spark: Any) -> None:
    late = [month(MAY, 11), month(MAY, 7, "roads"), month(MAY, 4, "water"), *BEFORE[3:5], month(JULY, 9)]
    assert changed(spark, late) == [(MAY, 2, 10, 11, "late_data")]
    # A cell that is gone or new is a change; another model alone is none.
    model = [month(MAY, 10, model="m2"), month(MAY, 6, "roads", "m2"), month(MAY, 4, "health", "m2"),
             month(JUNE, 20, model="m2"), month(JUNE, 20, "roads", "m2")]  # fmt: skip
    assert changed(spark, model) == [(MAY, 2, 10, 10, "new_model")]


@pytest.mark.spark
def test_a_period_of_which_nothing_is_left_is_restated_with_its_former_model(spark: Any) -> None:
    frames = (spark.createDataFrame(rows, SCHEMA) for rows in (BEFORE, BEFORE[3:]))
    (row,) = changed_periods(*frames).collect()
    assert (row.period_start, row.concern_count_before, row.concern_count_after) == (MAY, 10, 0)
    assert (row.model_version, row.reason) == ("m1", "late_data")
