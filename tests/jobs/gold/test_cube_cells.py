"""The counts of the cells of the cube: events in, cells out."""

from __future__ import annotations

from datetime import date
from typing import Any

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from jobs.gold.cube_cells import count_cells, group_rows
from schemas.topics import Topic, load_topics

TOPICS = (
    Topic("roads", "transport", "ถนน", "Roads", False, (), ()),
    Topic("buses", "transport", "รถเมล์", "Buses", False, (), ()),
    Topic("water", "utilities", "น้ำ", "Water", False, (), ()),
)
ROADS, BUSES, WATER = 1, 2, 4
DAY, NEXT = date(2025, 11, 3), date(2025, 11, 4)


def counted(events: list[tuple[date, str | None, int, int | None, bool]]) -> dict[tuple[Any, ...], Any]:
    """By day, district and topic: the count and the histogram of days."""
    days, districts, topics, durations, is_counted = zip(*events, strict=True)
    table = pa.table(
        {"date": pa.array(days), "district_code": pa.array(districts, pa.string()), "topics": pa.array(topics),
         "days": pa.array(durations, pa.int32()), "is_counted": pa.array(is_counted)}
    )  # fmt: skip
    cells = count_cells(table, TOPICS, ("date", "district_code"), ("is_counted",)).to_pylist()
    return {
        (row["date"], row["district_code"], row["topic_level"], row["topic_id"]):
        (row["is_counted"], [(entry["days"], entry["count"]) for entry in row["resolve_days"]])
        for row in cells
    }  # fmt: skip


def test_an_event_of_several_topics_counts_once_in_each_of_their_groups_and_in_all() -> None:
    cells = counted([(DAY, "9502", ROADS | BUSES, 3, True), (DAY, "9502", WATER, None, True),
                     (DAY, "9502", ROADS, 3, False), (DAY, "9502", ROADS, 1, True)])  # fmt: skip
    here = (DAY, "9502")
    assert cells == {
        (*here, "all", "all"): (3, [(1, 1), (3, 2)]),
        (*here, "group", "transport"): (2, [(1, 1), (3, 2)]),
        (*here, "group", "utilities"): (1, []),
        (*here, "topic", "roads"): (2, [(1, 1), (3, 2)]),
        (*here, "topic", "buses"): (1, [(3, 1)]),
        (*here, "topic", "water"): (1, []),
    }


def test_days_and_places_have_cells_of_their_own_and_so_has_an_unknown_place() -> None:
    cells = counted([(DAY, "9502", ROADS, None, True), (NEXT, "9502", ROADS, None, True),
                     (DAY, None, ROADS, None, True), (DAY, None, ROADS, None, True)])  # fmt: skip
    counts = {key[:2]: count for key, (count, _) in cells.items() if key[2] == "all"}
    assert counts == {(DAY, "9502"): 1, (NEXT, "9502"): 1, (DAY, None): 2}


def test_all_topics_fit_into_the_bits_of_an_int64() -> None:
    assert len(load_topics()) <= 63


@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from(["a", "b", None]), st.booleans()), min_size=1))
def test_rows_are_in_the_same_group_where_they_are_equal(rows: list[tuple[int, str | None, bool]]) -> None:
    columns = [pa.chunked_array([pa.array([row[at] for row in rows])]) for at in range(3)]
    groups, first = group_rows(columns)
    for group, row in zip(groups, rows, strict=True):
        assert rows[first[group]] == row
    assert len(set(groups.tolist())) == len(set(rows)) == len(first)
