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
    """What all series share.

    Attributes:
        time: of each week, 0 in the week to be predicted, in years, so that slopes are of an order of 1.
        levels: weeks × levels, 1 where a week belongs to a seasonal level. Level 0 is the one to be predicted.
    """

    time: Floats
    levels: Floats


@dataclass(frozen=True, slots=True)
class Fit:
    """A fitted regression log(mean) = level + slope × time, one row a series.

    Attributes:
        means: series × weeks, fitted; 0 in levels without a single report.
        slope: per year; 0 where there is no trend.
        information: of the slope, with the levels profiled out; its variance is dispersion / information.
        leverage: series × weeks, diagonal of the hat matrix.
        total: weighted number of reports in level 0.
        exposure: what level 0 must be multiplied with to give its total, that is the sum of weight × exp(trend).
        centre: mean time of level 0, by weight and trend.
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

    The levels are indicators, so for a given slope their maximum is known in closed form (reports by exposure),
    and Newton's method has only the slope to find. It is the same maximum that iteratively reweighted least
    squares goes to, without a matrix a series, and a level without reports cannot run off to minus infinity.

    Args:
        counts: series × weeks.
        weights: series × weeks, 0 for weeks that do not count.
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
    # Of one week: its share of its level's reports, and what it has to say of the slope.
    share = np.divide(1.0, totals, out=np.zeros_like(totals), where=totals > 0) @ levels.T
    away = time - mean @ levels.T
    of_slope = np.divide(1.0, information, out=np.zeros_like(information), where=information > 1e-12)
    leverage = weights * means * (share + of_slope[:, None] * away**2)
    return Fit(means, slope, information, leverage, totals[:, 0], exposure[:, 0], mean[:, 0])


def _moments(weights: Floats, slope: Floats, design: Design) -> tuple[Floats, Floats, Floats]:
    """Of each level: exposure, mean time and variance of time, by weight and trend."""
    raised = weights * np.exp(slope[:, None] * design.time)
    exposure = raised @ design.levels
    first = raised @ (design.levels * design.time[:, None])
    second = raised @ (design.levels * design.time[:, None] ** 2)
    some = exposure > 0
    mean = np.divide(first, exposure, out=np.zeros_like(first), where=some)
    spread = np.divide(second, exposure, out=np.zeros_like(second), where=some) - mean**2
    return exposure, mean, np.maximum(spread, 0.0)


def dispersion(counts: Floats, weights: Floats, fitted: Fit, design: Design, has_trend: Bools) -> Floats:
    """Pearson's estimate of variance by mean, at least 1, for each series.

    Levels without a report are fitted exactly and say nothing of it: neither their weeks nor their parameters
    are counted.
    """
    told = fitted.means > 0
    used = (weights > 0) & told
    squares = np.divide((counts - fitted.means) ** 2, fitted.means, out=np.zeros_like(counts), where=told)
    parameters = ((used @ design.levels) > 0).sum(axis=1) + has_trend
    freedom = used.sum(axis=1) - parameters
    pearson = np.divide((weights * squares).sum(axis=1), freedom, out=np.ones(len(counts)), where=freedom > 0)
    return np.maximum(pearson, 1.0)


def outbreak_weights(counts: Floats, is_used: Bools, fitted: Fit, scale: Floats, threshold: float) -> Floats:
    """Weights that take past outbreaks out of a baseline; over the weeks of a series they sum to their number.

    Source: Noufaily et al. 2013 (see baselines.py): standardised Anscombe residuals s over the threshold (2.58) weigh
    by 1/s².
    """
    told = fitted.means > 0
    means = np.where(told, fitted.means, 1.0)
    raw = 1.5 * (counts ** (2 / 3) * means ** (-1 / 6) - np.sqrt(means))
    # A week that carries its level alone has a leverage of 1 and no residual.
    left = np.clip(1 - fitted.leverage, 1e-6, None)
    residual = np.where(told, raw / np.sqrt(scale[:, None] * left), 0.0)
    weights = np.where(residual > threshold, np.maximum(residual, 1.0) ** -2, 1.0) * is_used
    sums = weights.sum(axis=1, keepdims=True)
    number = is_used.sum(axis=1, keepdims=True)
    return weights * np.divide(number, sums, out=np.zeros_like(sums), where=sums > 0)
