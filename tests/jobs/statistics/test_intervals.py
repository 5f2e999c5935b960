"""Intervals against published figures and against scipy by another route."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize, stats

from jobs.statistics.intervals import (
    MeasuredShare,
    misclassification_interval,
    misclassification_interval_by_precision,
    rate_interval,
    rate_ratio_interval,
    share_interval,
)

counts = st.integers(0, 5_000)
people = st.integers(1, 5_000_000)


def test_rates_have_the_bounds_of_garwoods_table():
    found = rate_interval([0, 1, 5, 10, 100], 100_000)
    assert found.lower == pytest.approx([0, 0.025, 1.62, 4.80, 81.36], abs=5e-3)
    assert found.upper == pytest.approx([3.69, 5.57, 11.67, 18.39, 121.63], abs=5e-3)
    assert rate_interval(10, 50_000).point == 20


@pytest.mark.parametrize("count", [1, 7, 60])
def test_bounds_of_a_rate_are_where_the_tails_hold_a_fortieth(count):
    lower = optimize.brentq(lambda mean: stats.poisson.sf(count - 1, mean) - 0.025, 1e-6, count)
    upper = optimize.brentq(lambda mean: stats.poisson.cdf(count, mean) - 0.025, count, 10 * count + 10)
    found = rate_interval(count, 100_000)
    assert (found.lower, found.upper) == pytest.approx((lower, upper))


def test_a_ratio_of_rates_as_in_rothmans_study_of_fluoroscopy():
    # 41 cases in 28,010 person-years against 15 in 19,017; the exact bounds as textbooks and Stata print them.
    found = rate_ratio_interval(41, 28_010, 15, 19_017)
    assert (found.point, found.lower, found.upper) == pytest.approx((1.8558, 1.0057, 3.6093), abs=1e-4)


def test_a_ratio_has_no_bound_above_where_the_other_count_is_zero():
    found = rate_ratio_interval([5, 0, 0], 1000, [0, 5, 0], 1000)
    assert found.point.tolist()[:2] == [np.inf, 0]
    assert np.isnan(found.point[2])
    assert found.upper[0] == np.inf
    assert found.lower.tolist()[1:] == [0, 0]
    assert found.lower[0] > 0


def test_shares_have_the_bounds_of_newcombes_table():
    # R. Newcombe, Two-sided confidence intervals for the single proportion, 1998, table I, method 3.
    found = share_interval([81, 15, 0, 1], [263, 148, 20, 29])
    assert found.lower == pytest.approx([0.2553, 0.0624, 0.0, 0.0061], abs=1e-4)
    assert found.upper == pytest.approx([0.3662, 0.1605, 0.1611, 0.1718], abs=1e-4)


@given(st.integers(0, 400), st.integers(1, 400))
def test_shares_have_the_bounds_of_scipy(count, total):
    count = min(count, total)
    other = stats.binomtest(count, total).proportion_ci(method="wilson")
    found = share_interval(count, total)
    assert (found.lower, found.upper) == pytest.approx((other.low, other.high), abs=1e-9)


def test_the_share_of_a_total_of_0_is_nan():
    found = share_interval(0, 0)
    assert np.isnan(found.point)
    assert (found.lower, found.upper) == (0, 1)


@given(counts, people, counts, people)
def test_intervals_contain_their_point(count, population, other, others):
    assert rate_interval(count, population).lower <= rate_interval(count, population).point
    assert rate_interval(count, population).point <= rate_interval(count, population).upper
    ratio = rate_ratio_interval(count, population, other, others)
    if count or other:
        assert ratio.lower <= ratio.point <= ratio.upper
    share = share_interval(min(count, other), max(count, other))
    if count or other:
        assert 0 <= share.lower <= share.point <= share.upper <= 1


@given(st.integers(1, 2_000), people, st.integers(1, 2_000), people)
def test_the_inverse_ratio_has_inverse_bounds(count, population, other, others):
    there, back = (
        rate_ratio_interval(count, population, other, others),
        rate_ratio_interval(other, others, count, population),
    )
    assert (1 / there.upper, 1 / there.lower) == pytest.approx((back.lower, back.upper), rel=1e-6)


# A share that was measured is so many of a sample.
measured_shares = st.tuples(st.integers(0, 5_000), st.integers(1, 5_000)).map(
    lambda pair: MeasuredShare(min(pair) / pair[1], pair[1])
)


@given(st.integers(0, 3_000), st.integers(1, 3_000), measured_shares, measured_shares)
def test_a_corrected_count_is_in_its_interval_and_possible(count, total, recall, wrong):
    found = misclassification_interval(min(count, total), total, recall, wrong)
    adjusted = [(one.share * one.sample_count + 1) / (one.sample_count + 2) for one in (recall, wrong)]
    tells = recall.share > wrong.share and adjusted[0] > adjusted[1]
    assert np.isnan(found.point) == (not tells)
    if tells:
        assert 0 <= found.lower <= found.point <= found.upper <= total


@given(st.integers(0, 3_000), measured_shares, measured_shares)
def test_a_count_corrected_by_precision_is_in_its_interval(count, recall, precision):
    found = misclassification_interval_by_precision(count, recall, precision)
    assert np.isnan(found.point) == (recall.share == 0)
    if recall.share > 0:
        assert 0 <= found.lower <= found.point * (1 + 1e-9)
        assert found.point <= found.upper * (1 + 1e-9)


def test_with_a_perfect_model_on_a_large_sample_it_is_the_interval_of_a_share():
    perfect = MeasuredShare(1.0, 10**9), MeasuredShare(0.0, 10**9)
    found = misclassification_interval(300, 1000, *perfect)
    wilson = share_interval(300, 1000)
    assert found.point == 300
    assert found.lower / 1000 == pytest.approx(wilson.lower, abs=2e-3)
    assert found.upper / 1000 == pytest.approx(wilson.upper, abs=2e-3)


def test_a_model_no_better_than_chance_gives_no_interval():
    assert np.isnan(misclassification_interval(30, 100, MeasuredShare(0.3, 500), MeasuredShare(0.3, 500)).point)


def test_small_samples_of_the_model_widen_the_interval():
    def width(sample: int) -> float:
        found = misclassification_interval(400, 10_000, MeasuredShare(0.8, sample), MeasuredShare(0.01, sample))
        return float(found.upper - found.lower)

    assert width(100) > 1.5 * width(1_000) > 1.5 * width(100_000)


@pytest.mark.parametrize(
    ("true", "recall", "wrong", "known", "others"),
    [(300, 0.8, 0.01, 150, 2_000), (60, 0.6, 0.02, 60, 500), (1500, 0.9, 0.1, 200, 300)],
)
def test_the_interval_contains_the_true_count_as_often_as_stated(true, recall, wrong, known, others):
    rng = np.random.default_rng(11)
    total, runs = 3_000, 4_000
    said = rng.binomial(true, recall, runs) + rng.binomial(total - true, wrong, runs)
    found = misclassification_interval(
        said,
        total,
        MeasuredShare(rng.binomial(known, recall, runs) / known, known),
        MeasuredShare(rng.binomial(others, wrong, runs) / others, others),
    )
    assert np.mean((found.lower <= true) & (true <= found.upper)) > 0.94


def test_the_interval_by_precision_contains_the_expected_count_as_often_as_stated():
    rng = np.random.default_rng(12)
    runs, expected, recall, precision = 4_000, 200.0, 0.8, 0.7
    said = rng.poisson(expected * recall / precision, runs)
    found = misclassification_interval_by_precision(
        said,
        MeasuredShare(rng.binomial(150, recall, runs) / 150, 150),
        MeasuredShare(rng.binomial(120, precision, runs) / 120, 120),
    )
    inside = np.mean((found.lower <= expected) & (expected <= found.upper))
    assert 0.94 < inside < 0.98


def test_impossible_values_raise_an_error():
    with pytest.raises(ValueError, match="count is below 0"):
        rate_interval(-1, 10)
    with pytest.raises(ValueError, match="population is not above 0"):
        rate_interval(1, 0)
    with pytest.raises(ValueError, match="above its total"):
        share_interval(3, 2)
    with pytest.raises(ValueError, match="recall is not between"):
        misclassification_interval(1, 2, MeasuredShare(1.2, 10), MeasuredShare(0.1, 10))
    with pytest.raises(ValueError, match="precision has no sample"):
        misclassification_interval_by_precision(1, MeasuredShare(0.9, 10), MeasuredShare(0.9, 0))
