"""Days until concerns are solved, with unsolved concerns taken into account."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.statistics.durations import Durations, durations

Histogram = Mapping[int, int]


def durations_of(*cells: tuple[Histogram, Histogram]) -> Durations:
    """From histograms by days of the solved and the waiting concerns of each cell."""
    rows = [
        (number, day, *pair)
        for number, (solved, waiting) in enumerate(cells)
        for pair, of in (((1, 0), solved), ((0, 1), waiting))
        for day, count in of.items()
        for _ in range(count)
    ]
    columns = np.array(rows, np.int64).reshape(-1, 4).T
    return durations(*columns, len(cells), 15)


def test_without_waiting_concerns_it_is_the_ordinary_median():
    assert durations_of(({1: 1, 2: 1, 3: 1, 10: 1, 50: 1}, {})).median == 3


def test_waiting_concerns_raise_the_median():
    assert durations_of(({1: 2, 5: 1, 9: 2}, {30: 4})).median == 9


def test_a_median_that_is_not_reached_is_nan():
    assert np.isnan(durations_of(({1: 2}, {30: 8})).median)


def test_waiting_concerns_count_only_up_to_the_days_they_have_waited():
    # what is left after day 2: 1 - 1/3; the two that waited one day are no longer at risk
    assert durations_of(({2: 1, 4: 1}, {1: 2, 9: 1})).median == 4


def test_the_share_in_time_leaves_out_concerns_whose_time_is_not_over():
    assert durations_of(({3: 6, 20: 2}, {5: 10, 15: 2})).in_time_share == 6 / 10


def test_the_share_in_time_is_0_where_nothing_is_solved_and_the_time_is_over():
    found = durations_of(({}, {3: 5, 15: 1}))
    assert found.in_time_share == 0 and np.isnan(found.median)


def test_cells_without_data_have_no_figures():
    found = durations_of(({}, {3: 5}), ({2: 1}, {}), ({}, {}))
    assert np.isnan(found.in_time_share).tolist() == np.isnan(found.median).tolist() == [True, False, True]
    assert np.isnan(durations_of(({}, {})).p90).all()


counts = st.dictionaries(st.integers(0, 40), st.integers(1, 4), max_size=8)


@given(st.lists(st.tuples(counts, counts), min_size=1, max_size=5), st.sampled_from(["median", "p90"]))
def test_quantiles_are_those_of_exact_fractions(cells: list[tuple[Histogram, Histogram]], name: str) -> None:
    share = {"median": Fraction(1, 2), "p90": Fraction(9, 10)}[name]
    found = getattr(durations_of(*cells), name)
    for value, (solved, waiting) in zip(found, cells, strict=True):
        left, at_risk, expected = Fraction(1), sum(solved.values()) + sum(waiting.values()), None
        for day in sorted({*solved, *waiting}):
            left *= 1 - Fraction(solved.get(day, 0), at_risk)
            if expected is None and left <= 1 - share:
                expected = day
            at_risk -= solved.get(day, 0) + waiting.get(day, 0)
        assert value == pytest.approx(expected) if expected is not None else np.isnan(value)
