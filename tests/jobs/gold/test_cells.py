"""The counts of the cube's cells: moments in, cells out."""

from __future__ import annotations

from datetime import date
from typing import Any

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from jobs.gold.cells import cells, distinct
from schemas.topics import Topic, load_topics

TOPICS = (
    Topic("roads", "transport", "ถนน", "Roads", False, (), ()),
    Topic("buses", "transport", "รถเมล์", "Buses", False, (), ()),
    Topic("water", "utilities", "น้ำ", "Water", False, (), ()),
)
ROADS, BUSES, WATER = 1, 2, 4
DAY, NEXT = date(2025, 11, 3), date(2025, 11, 4)


def counted(moments: list[tuple[date, str | None, int, int | None, bool]]) -> dict[tuple[Any, ...], Any]:
    """By day, district and topic: the count and the histogram of days."""
    days, districts, topics, took, said = zip(*moments, strict=True)
    table = pa.table(
        {"date": pa.array(days), "district_code": pa.array(districts, pa.string()), "topics": pa.array(topics),
         "days": pa.array(took, pa.int32()), "said": pa.array(said)}
    )  # fmt: skip
    found = cells(table, TOPICS, ("date", "district_code"), ("said",)).to_pylist()
    return {
        (row["date"], row["district_code"], row["topic_level"], row["topic_id"]):
        (row["said"], [(one["days"], one["count"]) for one in row["resolve_days"]])
        for row in found
    }  # fmt: skip


def test_a_moment_of_several_topics_counts_once_in_each_of_their_groups_and_in_all() -> None:
    found = counted([(DAY, "9502", ROADS | BUSES, 3, True), (DAY, "9502", WATER, None, True),
                     (DAY, "9502", ROADS, 3, False), (DAY, "9502", ROADS, 1, True)])  # fmt: skip
    here = (DAY, "9502")
    assert found == {
        (*here, "all", "all"): (3, [(1, 1), (3, 2)]),
        (*here, "group", "transport"): (2, [(1, 1), (3, 2)]),
        (*here, "group", "utilities"): (1, []),
        (*here, "topic", "roads"): (2, [(1, 1), (3, 2)]),
        (*here, "topic", "buses"): (1, [(3, 1)]),
        (*here, "topic", "water"): (1, []),
    }


def test_days_and_places_are_kept_apart_and_an_unknown_place_is_one_of_its_own() -> None:
    found = counted([(DAY, "9502", ROADS, None, True), (NEXT, "9502", ROADS, None, True),
                     (DAY, None, ROADS, None, True), (DAY, None, ROADS, None, True)])  # fmt: skip
    counts = {key[:2]: count for key, (count, _) in found.items() if key[2] == "all"}
    assert counts == {(DAY, "9502"): 1, (NEXT, "9502"): 1, (DAY, None): 2}


def test_topics_fit_the_bits_of_a_number() -> None:
    assert len(load_topics()) <= 63


@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from(["a", "b", None]), st.booleans()), min_size=1))
def test_rows_have_the_same_number_where_they_are_equal(rows: list[tuple[int, str | None, bool]]) -> None:
    columns = [pa.chunked_array([pa.array([row[at] for row in rows])]) for at in range(3)]
    numbers, first = distinct(columns)
    for number, row in zip(numbers, rows, strict=True):
        assert rows[first[number]] == row
    assert len(set(numbers.tolist())) == len(set(rows)) == len(first)
