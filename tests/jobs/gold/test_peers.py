"""LAOs and their counts in, comparisons out."""

from __future__ import annotations

from datetime import date

import pytest
from pyspark.sql import Row

from jobs.gold.peers import compare_laos, comparison_year
from jobs.statistics.peers import Standing

ROADS, ALL = ("group", "transport"), ("all", "all")
LAOS = [Row(lao_code=f"s{n}", province_code="95", lao_type="sao", people=6_000) for n in range(5)]
OTHER = Row(lao_code="s9", province_code="94", lao_type="sao", people=6_000)
REGIONS = {"94": "south", "95": "south"}
SOURCES = {"94": frozenset({"hotline"}), "95": frozenset({"hotline", "posts"})}


@pytest.mark.parametrize("as_of", [date(2026, 1, 1), date(2026, 1, 20), date(2026, 1, 31)])
def test_the_year_of_comparison_is_the_twelve_whole_months_before(as_of: date) -> None:
    assert comparison_year(as_of) == (date(2025, 1, 1), date(2025, 12, 31))


def test_laos_are_compared_by_topic_with_laos_of_the_same_sources() -> None:
    counts = {ROADS: {"s0": 300, "s1": 30, "s2": 31, "s9": 500}, ALL: {"s0": 40, "s1": 41, "s2": 42, "s3": 43}}
    rows = list(compare_laos(counts, [*LAOS, OTHER], REGIONS, SOURCES))
    assert [(topic, row.code) for topic, row in rows] == [
        *[(ALL, f"s{n}") for n in range(4)],
        *[(ROADS, f"s{n}") for n in range(3)],
    ], "s9 has other sources; LAOs with few concerns have no row"
    by_code = {row.code: row for topic, row in rows if topic == ROADS}
    assert by_code["s0"].standing is Standing.ABOVE
    assert {row.member_count for row in by_code.values()} == {5}, "LAOs without concerns count as members"
    assert by_code["s0"].median_per_100k == pytest.approx(30 / 6_000 * 100_000)


def test_a_topic_without_five_members_has_no_rows() -> None:
    assert list(compare_laos({ROADS: {"s0": 90}}, LAOS[:4], REGIONS, SOURCES)) == []
