"""Quasi-Poisson regression of many series at once: seasonal levels and one trend."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

_MAX_STEPS = 30
_MAX_STEP = 1.0
_MAX_SLOPE = 6.0


@dataclass(frozen=True, slots=True)
class Design:
    """The regressors, which are the same for all series.

    Attributes:
        time: of each week in years, 0 in the week to be predicted; in years, so that slopes are of the order of 1.
        levels: weeks × levels, 1 where a week belongs to a seasonal level. Level 0 is the one to be predicted.
    """

    time: Floats
    levels: Floats


@dataclass(frozen=True, slots=True)
class Fit:
    """A fitted regression log(mean) = level + slope × time, one row per series.

    Attributes:
        means: series × weeks, fitted; 0 in levels without any report.
        slope: per year; 0 where there is no trend.
        information: of the slope, with the levels profiled out; the variance of the slope is dispersion / information.
        leverage: series × weeks, diagonal of the hat matrix.
        total: weighted number of reports in level 0.
        exposure: of level 0, the sum of weight × exp(trend); exp(level 0) × exposure is ``total``.
        centre: mean time of level 0, weighted by weight × exp(trend).
    """

    means: Floats
    slope: Floats
    information: Floats
    leverage: Floats
    total: Floats
    exposure: Floats
    centre: Floats


def fit(counts: Floats, weights: Floats, design: Design, has_trend: Bools) -> Fit:
    """The maximum of the weighted Poisson likelihood for each series.

    The levels are indicators, so for a given slope they have a closed form (reports / exposure), and Newton's method is
    needed for the slope only. Iteratively reweighted least squares has the same maximum, but needs a matrix per series,
    and a level without reports diverges to minus infinity there.

    Args:
        counts: series × weeks.
        weights: series × weeks, 0 for weeks that are not used.
        design: times and levels of the weeks.
        has_trend: of each series; the slope of the others is 0.
    """
    time, levels = design.time, design.levels
    weighted = weights * counts
    totals = weighted @ levels
    moment = weighted @ time
    slope = np.zeros(len(counts))
    active = np.flatnonzero(has_trend & (totals.sum(axis=1) > 0))
    for _ in range(_MAX_STEPS):
        if not active.size:
            break
        _, mean, spread = _moments(weights[active], slope[active], design)
        score = moment[active] - (totals[active] * mean).sum(axis=1)
        information = (totals[active] * spread).sum(axis=1)
        step = np.divide(score, information, out=np.zeros_like(score), where=information > 1e-12)
        step = np.clip(step, -_MAX_STEP, _MAX_STEP)
        slope[active] = np.clip(slope[active] + step, -_MAX_SLOPE, _MAX_SLOPE)
        active = active[(np.abs(step) > 1e-9) & (np.abs(slope[active]) < _MAX_SLOPE)]

    exposure, mean, spread = _moments(weights, slope, design)
    information = (totals * spread).sum(axis=1) * has_trend
    per_exposure = np.divide(totals, exposure, out=np.zeros_like(totals), where=exposure > 0)
    means = (per_exposure @ levels.T) * np.exp(slope[:, None] * time)
    # Leverage of a week: its share of the reports of its level, and its influence on the slope.
    share = np.divide(1.0, totals, out=np.zeros_like(totals), where=totals > 0) @ levels.T
    deviation = time - mean @ levels.T
    slope_variance = np.divide(1.0, information, out=np.zeros_like(information), where=information > 1e-12)
    leverage = weights * means * (share + slope_variance[:, None] * deviation**2)
    return Fit(means, slope, information, leverage, totals[:, 0], exposure[:, 0], mean[:, 0])


def _moments(weights: Floats, slope: Floats, design: Design) -> tuple[Floats, Floats, Floats]:
    """Exposure, mean time and variance of time of each level, weighted by weight × exp(trend)."""
    trended = weights * np.exp(slope[:, None] * design.time)
    exposure = trended @ design.levels
    first = trended @ (design.levels * design.time[:, None])
    second = trended @ (design.levels * design.time[:, None] ** 2)
    has_weeks = exposure > 0
    mean = np.divide(first, exposure, out=np.zeros_like(first), where=has_weeks)
    spread = np.divide(second, exposure, out=np.zeros_like(second), where=has_weeks) - mean**2
    return exposure, mean, np.maximum(spread, 0.0)


def dispersion(counts: Floats, weights: Floats, fitted: Fit, design: Design, has_trend: Bools) -> Floats:
    """Pearson's estimate of the dispersion (variance / mean), at least 1, for each series.

    Levels without a report are fitted exactly and have no information on it: neither their weeks nor their parameters
    are counted.
    """
    has_reports = fitted.means > 0
    used = (weights > 0) & has_reports
    squares = np.divide((counts - fitted.means) ** 2, fitted.means, out=np.zeros_like(counts), where=has_reports)
    parameters = ((used @ design.levels) > 0).sum(axis=1) + has_trend
    freedom = used.sum(axis=1) - parameters
    pearson = np.divide((weights * squares).sum(axis=1), freedom, out=np.ones(len(counts)), where=freedom > 0)
    return np.maximum(pearson, 1.0)


def outbreak_weights(counts: Floats, is_used: Bools, fitted: Fit, scale: Floats, threshold: float) -> Floats:
    """Weights that reduce the influence of past outbreaks; their sum over a series is its number of used weeks.

    Source: Noufaily et al. 2013 (see baselines.py): weeks with a standardised Anscombe residual s over the threshold
    (2.58) have the weight 1/s².
    """
    has_reports = fitted.means > 0
    means = np.where(has_reports, fitted.means, 1.0)
    raw = 1.5 * (counts ** (2 / 3) * means ** (-1 / 6) - np.sqrt(means))
    # A week that determines its level alone has a leverage of 1 and no residual.
    residual_share = np.clip(1 - fitted.leverage, 1e-6, None)
    residual = np.where(has_reports, raw / np.sqrt(scale[:, None] * residual_share), 0.0)
    weights = np.where(residual > threshold, np.maximum(residual, 1.0) ** -2, 1.0) * is_used
    sums = weights.sum(axis=1, keepdims=True)
    number = is_used.sum(axis=1, keepdims=True)
    return weights * np.divide(number, sums, out=np.zeros_like(sums), where=sums > 0)
