"""Expected counts of a week."""

from __future__ import annotations

import numpy as np
import pytest

from jobs.statistics.baselines import Prediction, predict

YEAR = 365.2425 / 7
WEEK = 262


def expected(counts: np.ndarray) -> Prediction:
    return predict(counts, np.ones(counts.shape, np.bool_), counts.shape[1] - 1)


def test_the_last_half_year_does_not_influence_a_long_history():
    counts = np.random.default_rng(1).poisson(8, (1, WEEK))
    raised = counts.copy()
    raised[0, -26:] *= 3
    assert expected(counts).is_long.all()
    assert np.array_equal(expected(counts).mean, expected(raised).mean)
    raised[0, -60:] *= 3
    assert not np.array_equal(expected(counts).mean, expected(raised).mean)


def test_a_trend_over_years_is_followed():
    rng = np.random.default_rng(2)
    years = (np.arange(WEEK) - WEEK + 1) / YEAR
    growing = expected(rng.poisson(20 * np.exp(0.15 * years), (40, WEEK)))
    assert np.median(growing.mean) == pytest.approx(20, rel=0.06)
    # The mean of the five years alone would be 14.
    assert np.median(growing.mean / growing.mean_before) == pytest.approx(np.exp(0.15 / YEAR), rel=1e-3)


def test_a_trend_that_leads_above_all_past_counts_is_not_used():
    years = (np.arange(WEEK) - WEEK + 1) / YEAR
    doubling = np.round(200 * 2.0**years).astype(np.int64)[None]
    found = expected(doubling)
    assert found.mean[0] < doubling[0, : -26 - 1].max()
    assert found.mean_before[0] == found.mean[0]


def test_the_error_of_a_continued_trend_is_that_of_the_regression():
    # Twelve weeks end two weeks before the one that is told of; variance of level + slope × 0 from the matrix.
    counts = np.round(400 * np.exp(0.1 * np.arange(14))).astype(np.int64)[None]
    found = expected(counts)
    times = np.arange(-13, -1)
    columns = np.column_stack([np.ones(12), times])
    inverse = np.linalg.inv(columns.T @ (counts[0, :12, None] * columns))
    assert found.error[0] == pytest.approx(found.scale[0] * inverse[0, 0], rel=0.01)
    assert found.mean[0] == pytest.approx(400 * np.exp(1.3), rel=0.01)
    assert found.mean_before[0] == pytest.approx(400 * np.exp(1.2), rel=0.01)


@pytest.mark.parametrize("weeks", [14, 60, WEEK])
def test_the_dispersion_depends_on_the_level(weeks):
    rng = np.random.default_rng(3)
    means = np.array([2.0, 10.0, 30.0]).repeat(150)[:, None]
    found = expected(rng.poisson(means * rng.gamma(12.5, 1 / 12.5, (450, weeks))))
    for place, true in enumerate((1 + 2 * 0.08, 1 + 10 * 0.08, 1 + 30 * 0.08)):
        assert found.scale[150 * place : 150 * place + 150].mean() == pytest.approx(true, rel=0.2)


def test_a_short_history_without_variance_gets_that_of_similar_series():
    rng = np.random.default_rng(4)
    others = rng.poisson(10 * rng.gamma(5, 1 / 5, (60, 20)))
    equal = np.full((1, 20), 10)
    assert expected(equal).scale[0] == 1
    assert expected(np.concatenate([equal, others])).scale[0] > 1.1


@pytest.mark.parametrize("level", [0.3, 3.0, 15.0])
@pytest.mark.parametrize("weeks", [40, 200])
def test_p_values_have_the_probability_that_they_state(level, weeks):
    rng = np.random.default_rng(5)
    counts = rng.poisson(level * rng.gamma(20, 1 / 20, (20_000, weeks)))
    found = expected(counts)
    p = found.tail(counts[:, -1].astype(np.float64), found.mean)
    for chance in (0.05, 0.01, 0.001):
        # Counts are whole, so fewer may lie below; the error of 20,000 is left room for.
        assert (p <= chance).mean() < 1.3 * chance + 3 * np.sqrt(chance / 20_000)
    assert (p <= 0.05).mean() > 0.004
