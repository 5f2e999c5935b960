"""Ranks that areas can have."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from jobs.statistics.ranks import holm, rank_intervals

areas = st.lists(st.tuples(st.integers(0, 3_000), st.integers(1, 100_000)), min_size=0, max_size=25)


def test_clear_differences_give_one_rank_and_others_a_range():
    found = rank_intervals([1000, 500, 480, 10], [10_000] * 4)
    assert found.rank.tolist() == [1, 2, 3, 4]
    assert found.lower.tolist() == [1, 2, 2, 4]
    assert found.upper.tolist() == [1, 3, 3, 4]
    assert found.is_certain.tolist() == [True, False, False, True]


def test_significant_pairs_are_those_of_scipys_exact_test():
    rng = np.random.default_rng(2)
    counts, people = rng.poisson(60, 12) * np.arange(1, 13), np.full(12, 5_000)
    found = rank_intervals(counts, people)
    p = {(a, b): stats.binomtest(int(counts[a]), int(counts[a] + counts[b]), 0.5, alternative="greater").pvalue
         for a in range(12) for b in range(12) if a != b}  # fmt: skip
    surely: set[tuple[int, int]] = set()
    for place, pair in enumerate(sorted(p, key=lambda pair: p[pair])):
        if p[pair] > 0.05 / (len(p) - place):
            break
        surely.add(pair)
    assert found.lower.tolist() == [1 + sum(b == one for _, b in surely) for one in range(12)]
    assert found.upper.tolist() == [12 - sum(a == one for a, _ in surely) for one in range(12)]


@given(areas)
def test_bounds_contain_the_naive_rank(rows):
    counts, people = np.array(rows, np.int64).reshape(-1, 2).T
    found = rank_intervals(counts, people)
    assert (found.lower <= found.rank).all()
    assert (found.rank <= found.upper).all()
    assert ((found.lower >= 1) & (found.upper <= len(rows))).all()


@given(st.data(), areas)
def test_the_order_of_areas_does_not_matter(data, rows):
    order = data.draw(st.permutations(range(len(rows))))
    counts, people = np.array(rows, np.int64).reshape(-1, 2).T
    plain, mixed = rank_intervals(counts, people), rank_intervals(counts[order], people[order])
    for name in ("rank", "lower", "upper"):
        assert getattr(plain, name)[order].tolist() == getattr(mixed, name).tolist()


def test_all_true_ranks_are_in_their_bounds_at_once_as_often_as_stated():
    rng = np.random.default_rng(4)
    people = rng.integers(4_000, 9_000, 30)
    rates = rng.lognormal(-4, 0.5, 30)
    true = stats.rankdata(-rates)
    runs = [rank_intervals(rng.poisson(people * rates), people) for _ in range(400)]
    inside = np.mean([((one.lower <= true) & (true <= one.upper)).all() for one in runs])
    assert inside >= 0.95
    assert np.mean([(one.upper - one.lower).mean() for one in runs]) < 15


def test_holm_stops_at_the_first_p_value_that_is_too_large():
    # 0.05 / 4, / 3, / 2: the third is too large, so the fourth is not looked at.
    assert holm(np.array([0.04, 0.01, 0.03, 0.015]), 4, 0.05).tolist() == [False, True, False, True]
    assert holm(np.array([0.01, 0.001]), 2, 0.05).tolist() == [True, True]
    assert holm(np.array([0.01, 0.001]), 20, 0.05).tolist() == [False, True]


def test_two_thousand_five_hundred_areas_are_ranked_at_once():
    rng = np.random.default_rng(6)
    people = rng.lognormal(8.7, 0.6, 2_500)
    found = rank_intervals(rng.poisson(people * rng.lognormal(-3, 0.8, 2_500)), people)
    assert 0 < (found.upper - found.lower).mean() < 2_000


def test_arguments_that_do_not_match_raise_an_error():
    with pytest.raises(ValueError, match="one population for each count"):
        rank_intervals([1, 2], [1])
    with pytest.raises(ValueError, match="below 0"):
        rank_intervals([1, -2], [1, 1])
