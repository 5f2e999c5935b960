"""The regression of many series at once against regressions of one, by other hands."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize
from sklearn.linear_model import PoissonRegressor

from jobs.statistics.baselines import seasonal_design
from jobs.statistics.loglinear import dispersion, fit, outbreak_weights

WEEK = 260
PAST = np.arange(WEEK - 26)


@pytest.fixture(scope="module")
def data() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(5)
    levels = np.array([0.4, 3.0, 40.0])[:, None]
    means = levels * np.exp(0.6 * np.cos(2 * np.pi * PAST / 52.1775) + 0.2 * (PAST - WEEK) / 52.1775)
    counts = rng.negative_binomial(5, 5 / (5 + means)).astype(np.float64)
    weights = rng.uniform(0.2, 1.0, counts.shape)
    weights[0, :30] = 0
    return counts, weights


def columns() -> np.ndarray:
    design = seasonal_design(PAST, WEEK)
    return np.column_stack([design.levels, design.time])


def test_means_are_those_of_scikit_learn(data):
    counts, weights = data
    fitted = fit(counts, weights, seasonal_design(PAST, WEEK), np.ones(3, np.bool_))
    for row in range(3):
        other = PoissonRegressor(alpha=0, fit_intercept=False, solver="newton-cholesky", tol=1e-10, max_iter=500)
        other.fit(columns(), counts[row], weights[row])
        assert fitted.means[row] == pytest.approx(other.predict(columns()), rel=1e-5)
        assert fitted.slope[row] == pytest.approx(other.coef_[-1], rel=1e-5)


def test_means_without_a_trend_are_those_of_a_general_optimiser(data):
    counts, weights = data
    design = seasonal_design(PAST, WEEK)
    fitted = fit(counts, weights, design, np.zeros(3, np.bool_))

    def deviance(levels: np.ndarray) -> float:
        eta = design.levels @ levels
        return float((weights[1] * (np.exp(eta) - counts[1] * eta)).sum())

    best = optimize.minimize(deviance, np.zeros(10), method="BFGS", options={"gtol": 1e-7})
    assert fitted.means[1] == pytest.approx(np.exp(design.levels @ best.x), rel=1e-4)
    assert fitted.slope[1] == 0


def test_leverage_information_and_dispersion_are_those_of_the_matrix(data):
    counts, weights = data
    design = seasonal_design(PAST, WEEK)
    fitted = fit(counts, weights, design, np.ones(3, np.bool_))
    scale = dispersion(counts, weights, fitted, design, np.ones(3, np.bool_))
    for row in (1, 2):
        root = np.sqrt(weights[row] * fitted.means[row])[:, None] * columns()
        inverse = np.linalg.inv(root.T @ root)
        assert fitted.leverage[row] == pytest.approx(np.einsum("ij,jk,ik->i", root, inverse, root), rel=1e-8)
        assert 1 / fitted.information[row] == pytest.approx(inverse[-1, -1], rel=1e-8)
        pearson = (weights[row] * (counts[row] - fitted.means[row]) ** 2 / fitted.means[row]).sum()
        assert scale[row] == pytest.approx(max(pearson / (len(PAST) - 11), 1), rel=1e-8)


def test_levels_without_a_report_are_fitted_by_zero():
    design = seasonal_design(PAST, WEEK)
    counts = np.zeros((2, len(PAST)))
    counts[1, design.levels[:, 3] == 1] = 4
    fitted = fit(counts, np.ones_like(counts), design, np.ones(2, np.bool_))
    assert np.isfinite(fitted.means).all()
    assert fitted.means.sum(axis=1) == pytest.approx(counts.sum(axis=1))


def test_outbreaks_have_small_weights_and_weights_sum_to_the_number_of_weeks():
    counts = np.random.default_rng(1).poisson(8, (1, len(PAST))).astype(np.float64)
    counts[0, 100] = 60
    design, used = seasonal_design(PAST, WEEK), np.ones(counts.shape, np.bool_)
    used[0, :10] = False
    none = np.zeros(1, np.bool_)
    fitted = fit(counts, used.astype(np.float64), design, none)
    weights = outbreak_weights(counts, used, fitted, dispersion(counts, used * 1.0, fitted, design, none), 2.58)
    assert weights[0, 100] < 0.2
    assert np.median(weights[0, 10:]) == pytest.approx(1, abs=0.05)
    assert weights[0, :10].sum() == 0
    assert weights.sum() == pytest.approx(used.sum())


def test_a_year_has_one_window_of_seven_weeks_and_nine_other_levels():
    design = seasonal_design(np.arange(WEEK - 261, WEEK), WEEK)
    numbers = design.levels.sum(axis=0)
    assert design.levels.sum(axis=1).min() == design.levels.sum(axis=1).max() == 1
    assert numbers[0] == pytest.approx(5 * 7, abs=1)
    assert numbers[1:] == pytest.approx(np.full(9, 5 * 5.02), abs=4)
    # Three weeks before now, and those around the same week a year ago.
    assert np.flatnonzero(design.levels[::-1, 0])[:10].tolist() == [0, 1, 2, 48, 49, 50, 51, 52, 53, 54]
