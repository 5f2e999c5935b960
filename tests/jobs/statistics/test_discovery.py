"""False discoveries over all series, and false alerts in one area."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from jobs.statistics.discovery import MAX_P, expected_below, false_discovery, within_budget

shares = st.floats(1e-12, 1.0)


@given(st.lists(shares, min_size=1, max_size=40))
def test_where_every_p_value_is_attainable_it_is_benjamini_and_hochberg(values):
    p = np.array(values)
    expected = np.minimum(stats.false_discovery_control(p) / (1 - MAX_P), 1)
    # Where scipy's has been cut at 1, so has ours.
    assert false_discovery(p, np.ones(len(p))) == pytest.approx(expected, rel=1e-9)


@given(st.lists(st.tuples(shares, shares), min_size=1, max_size=30))
def test_the_expected_number_is_a_sum_over_series(pairs):
    p, attainable = np.array(pairs).T
    brute = [np.minimum(one, attainable).sum() for one in p]
    assert expected_below(p, attainable) == pytest.approx(brute)


def test_series_with_hardly_attainable_p_values_do_not_hide_the_others():
    p = np.array([1e-4, *[1.0] * 4000])
    live = np.array([1.0, *[1.0] * 99, *[1e-9] * 3901])
    assert false_discovery(p, np.ones(4001))[0] == pytest.approx(0.4001 / 0.99)
    assert false_discovery(p, live)[0] == pytest.approx(0.0100039 / 0.99, rel=1e-3)


@given(st.lists(st.tuples(shares, shares), min_size=2, max_size=30), st.integers(0, 29), st.floats(0, 1))
def test_a_smaller_p_value_raises_no_q_value(pairs, place, by):
    p, attainable = np.array(pairs).T
    lower = p.copy()
    lower[place % len(p)] *= by
    assert (false_discovery(lower, attainable) <= false_discovery(p, attainable) + 1e-12).all()


def test_the_share_of_false_discoveries_stays_below_its_limit():
    rng = np.random.default_rng(3)
    shares_of_false = []
    for _ in range(400):
        observed = rng.poisson(2.0, 300)
        observed[:5] = rng.poisson(14, 5)
        p = stats.poisson.sf(observed - 1, 2.0)
        found = (false_discovery(p, np.ones(300)) <= 0.2) & (p <= MAX_P)
        shares_of_false.append(found[5:].sum() / max(found.sum(), 1))
    assert np.mean(shares_of_false) < 0.2
    assert np.mean(shares_of_false) > 0.02


def test_an_area_with_many_series_needs_smaller_p_values():
    p = np.full(60, 2e-4)
    area = np.array([0] * 10 + [1] * 50)
    rare = within_budget(p, np.ones(60), area, 0.005)
    assert rare[:10].all()
    assert not rare[10:].any()
