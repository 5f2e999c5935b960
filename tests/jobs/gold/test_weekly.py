"""Rows of weekly counts in, arrays out."""

from __future__ import annotations

from datetime import date, timedelta

import pyarrow as pa

from jobs.gold.weekly import count_arrays

FIRST = date(2026, 1, 5)
ROWS = pa.table(
    {
        "week_start": pa.array([FIRST + timedelta(weeks=week) for week in (0, 0, 2, 2, 1, 1)]),
        "source_id": ["hotline", "hotline", "posts", "posts", "posts", "gone"],
        "province_code": ["95", "95", "95", "94", "95", "95"],
        "topic_level": ["topic", "all", "topic", "topic", "topic", "all"],
        "topic_id": ["roads", "all", "water", "roads", "gone", "all"],
        "concern_count": pa.array([3, 5, 4, 7, 1, 9]),
        "unique_count": pa.array([2, 4, 4, 6, 1, 9]),
    }
)


def test_topics_are_counted_without_near_duplicates_and_totals_with_them() -> None:
    counts, totals = count_arrays(ROWS, FIRST, 3, ["hotline", "posts"], ["94", "95"], ["roads", "water"])
    # Series: 94 roads, 94 water, 95 roads, 95 water.
    assert counts.tolist() == [
        [[0, 0, 0], [0, 0, 0], [2, 0, 0], [0, 0, 0]],
        [[0, 0, 6], [0, 0, 0], [0, 0, 0], [0, 0, 4]],
    ]
    assert totals.tolist() == [[[0, 0, 0], [5, 0, 0]], [[0, 0, 0], [0, 0, 0]]]
