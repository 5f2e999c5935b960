"""Comparisons of areas with areas of the same kind."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.statistics.peers import Area, Standing, band_of, peer_comparisons

ONE = Area("940101", "94", "tambon_municipality", "south", frozenset({"desk", "line"}), 60, 8_000)


def group(*counts: int, **over: object) -> list[Area]:
    return [
        dataclasses.replace(ONE, code=f"94{place:04}", concern_count=count, **over)
        for place, count in enumerate(counts)
    ]


def test_an_area_is_compared_with_the_median_of_its_group():
    rows = peer_comparisons(group(400, 62, 60, 58, 20))
    assert [row.code for row in rows] == ["940000", "940001", "940002", "940003", "940004"]
    assert {row.median_per_100k for row in rows} == {60 / 8_000 * 100_000}
    assert [row.standing for row in rows] == [
        Standing.ABOVE,
        *[Standing.NOT_DISTINGUISHABLE] * 3,
        Standing.BELOW,
    ]
    assert (rows[0].rank, rows[0].rank_lower, rows[0].rank_upper) == (1, 1, 1)
    assert (rows[1].rank, rows[1].rank_lower, rows[1].rank_upper) == (None, 2, 4)
    assert (rows[0].member_count, rows[0].population_from, rows[0].population_below) == (5, 5_000, 10_000)


def test_four_areas_are_no_group():
    assert peer_comparisons(group(60, 61, 62, 63)) == []


@pytest.mark.parametrize(
    "other",
    [
        {"area_type": "tambon_administration"},
        {"region": "central"},
        {"registered_population": 10_000},
        {"source_ids": frozenset({"desk"})},
    ],
)
def test_an_area_of_another_kind_size_region_or_sources_is_no_peer(other):
    four = group(60, 61, 62, 63)
    assert len(peer_comparisons([*four, dataclasses.replace(ONE, code="949999")])) == 5
    assert peer_comparisons([*four, dataclasses.replace(ONE, code="949999", **other)]) == []


def test_bangkok_has_no_peers():
    assert peer_comparisons(group(60, 61, 62, 63, 64, 65, province_code="10")) == []
    assert len(peer_comparisons(group(60, 61, 62, 63, 64, 65))) == 6


def test_an_area_with_few_concerns_counts_for_the_median_and_has_no_row():
    rows = peer_comparisons(group(60, 50, 19, 0, 0))
    assert [row.concern_count for row in rows] == [60, 50]
    assert rows[0].median_per_100k == 19 / 8_000 * 100_000


def test_areas_without_a_source_in_all_twelve_months_are_not_compared():
    assert peer_comparisons(group(60, 61, 62, 63, 64, source_ids=frozenset())) == []


def test_an_area_without_population_raises_an_error():
    with pytest.raises(ValueError, match="Area 940101 has no registered population"):
        peer_comparisons([dataclasses.replace(ONE, registered_population=0)])


def test_a_band_contains_its_lower_end():
    assert [band_of(one) for one in (1, 4_999, 5_000, 9_999, 10_000, 50_000, 3_000_000)] == [0, 0, 1, 1, 2, 4, 9]


@given(st.permutations(group(400, 62, 60, 58, 20, 3)))
def test_the_order_of_areas_does_not_matter(areas):
    assert peer_comparisons(areas) == peer_comparisons(sorted(areas, key=lambda one: one.code))


@given(st.lists(st.integers(0, 2_000), min_size=5, max_size=20))
def test_bounds_contain_rate_median_and_rank(counts):
    for row in peer_comparisons(group(*counts)):
        assert row.rate_lower <= row.concerns_per_100k <= row.rate_upper
        assert row.median_lower <= row.median_per_100k <= row.median_upper
        assert 1 <= row.rank_lower <= row.rank_upper <= row.member_count
        assert row.rank is None or row.rank_lower <= row.rank <= row.rank_upper
