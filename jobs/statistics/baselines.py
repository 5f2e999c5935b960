"""Expected counts of a week if nothing is unusual: EARS for short histories, Farrington Flexible for long ones.

Sources: L. Hutwagner, W. Thompson, G. M. Seeman, T. Treadwell, The bioterrorism preparedness and response Early
Aberration Reporting System (EARS), 2003: the mean of the last few values, with a gap before the value under test.
A. Noufaily, D. Enki, P. Farrington, P. Garthwaite, N. Andrews, A. Charlett, An improved algorithm for outbreak
detection in multiple surveillance systems, Statistics in Medicine 32, 2013.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

from jobs.statistics.loglinear import Bools, Design, Fit, Floats, dispersion, fit, outbreak_weights

Ints = NDArray[np.int64]

WEEKS_PER_YEAR = 365.2425 / 7
# The weeks under test. No baseline uses them, else a surge would raise its own baseline.
TESTED_WEEKS = 2

# EARS has seven values in its baseline. With eight weeks before the two under test, the error of the mean is at most an
# eighth of the variance of a week. With fewer, the baseline itself is unreliable, and it would consist only of the
# first weeks of a source, in which people get to know it.
MIN_WEEKS = 8
# A quarter of a year: a longer baseline follows the seasons too late, a shorter one estimates the mean badly.
EARS_WEEKS = 12
# A rising trend is continued if its z-value is above this (one-sided 1 %), so that a rising season is not a surge in
# each of its weeks.
EARS_TREND_SIGNIFICANCE = 2.326
# The dispersion (variance / mean) is estimated from a year, and shrunk to that of series with a similar mean, which
# gets the weight of PRIOR_WEEKS weeks.
YEAR_WEEKS = 52
PRIOR_WEEKS = 12.0

FARRINGTON_YEARS = 3
MAX_YEARS = 5
# Noufaily et al.: weeks on each side of the same week of earlier years; seasonal levels; weeks before the current one
# that are excluded, since an outbreak may be among them; residual from which a week counts as an outbreak.
HALF_WINDOW = 3
SEASON_LEVELS = 10
EXCLUDED_WEEKS = 26
OUTBREAK_RESIDUAL = 2.58
# Two-sided 5 % of a normal distribution, since there are over a hundred weeks.
TREND_SIGNIFICANCE = 1.96

_PRIOR_REPORTS = 0.5  # Jeffreys' prior: half a report, so that a baseline of zeros does not predict exactly zero


@dataclass(frozen=True, slots=True)
class Prediction:
    """Expected reports, one value per series; NaN where the history is too short.

    Attributes:
        mean: expected reports in the current week.
        mean_before: expected reports in the week before it.
        scale: dispersion (variance of a week / its mean), at least 1.
        error: variance of the logarithm of ``mean``.
        year_mean: reports per week over the last year.
        year_error: variance of the logarithm of ``year_mean``.
        is_long: whether from at least three years (Farrington), else from a few weeks (EARS).
    """

    mean: Floats
    mean_before: Floats
    scale: Floats
    error: Floats
    year_mean: Floats
    year_error: Floats
    is_long: Bools

    @property
    def is_known(self) -> Bools:
        """Whether each series has an expected number of reports."""
        return ~np.isnan(self.mean)

    def tail(self, observed: Floats, mean: Floats) -> Floats:
        """Probability of at least ``observed`` reports where ``mean`` are expected."""
        return _tail(observed, *self._shape(mean, self.error))

    def probability_of(self, reports: int, weeks: int) -> Floats:
        """Probability of at least ``reports`` reports in ``weeks`` weeks while nothing is unusual.

        From the prediction or from the mean of the year, whichever is larger. Twelve weeks without a report do not show
        how rare reports are, but the year does, so the error of the prediction is left out here.
        """
        observed = np.full(len(self.mean), float(reports))
        by_prediction = _tail(observed, *self._shape(self.mean * weeks, np.zeros_like(self.mean)))
        return np.maximum(by_prediction, _tail(observed, *self._shape(self.year_mean * weeks, self.year_error)))

    def quantile(self, level: float, mean: Floats) -> Floats:
        """Number of reports that is not exceeded with a probability of ``level``."""
        size, share = self._shape(mean, self.error)
        return np.asarray(stats.nbinom.ppf(level, size, 1 - share), np.float64)

    def _shape(self, mean: Floats, error: Floats) -> tuple[Floats, Floats]:
        """Size and share of a negative binomial with this mean and the variance of weeks plus that of the estimate."""
        excess = self.scale - 1 + mean * error
        size = mean / np.maximum(excess, 1e-9)
        return size, mean / (mean + size)


def _tail(observed: Floats, size: Floats, share: Floats) -> Floats:
    return np.where(observed > 0, special.betainc(np.maximum(observed, 1), size, share), 1.0)


def predict(counts: Ints, is_used: Bools, week: int) -> Prediction:
    """Expected reports of a week for each series.

    Args:
        counts: series × weeks.
        is_used: series × weeks, whether a week is history of a series.
        week: index of the week; the counts of this week and of the week before are not used.
    """
    counts, is_used = counts[:, : week - TESTED_WEEKS + 1], is_used[:, : week - TESTED_WEEKS + 1]
    short = _ears(counts, is_used, week)
    history_weeks = np.where(is_used.any(axis=1), week - is_used.argmax(axis=1), 0)
    candidates = np.flatnonzero(history_weeks >= FARRINGTON_YEARS * WEEKS_PER_YEAR)
    if not candidates.size:
        return short
    long = _farrington(counts[candidates], is_used[candidates], week)
    predicted = candidates[long.is_known]
    merged = {name: getattr(short, name).copy() for name in ("mean", "mean_before", "scale", "error", "is_long")}
    for name, values in merged.items():
        values[predicted] = getattr(long, name)[long.is_known]
    return replace(short, **merged)


def _ears(counts: Ints, is_used: Bools, week: int) -> Prediction:
    last = counts.shape[1]
    first = max(last - EARS_WEEKS, 0)
    recent, weights = counts[:, first:].astype(np.float64), is_used[:, first:].astype(np.float64)
    time = (np.arange(first, last) - week) / WEEKS_PER_YEAR
    design = Design(time, np.ones((last - first, 1)))
    is_known = weights.sum(axis=1) >= MIN_WEEKS

    year = max(last - YEAR_WEEKS, 0)
    level = (weights * recent).sum(axis=1) / np.maximum(weights.sum(axis=1), 1)
    scale = _pooled_dispersion(counts[:, year:], is_used[:, year:], level)

    rising = fit(recent, weights, design, np.ones(len(counts), np.bool_))
    is_rising = (rising.slope > 0) & (rising.slope * np.sqrt(rising.information / scale) > EARS_TREND_SIGNIFICANCE)
    return _prediction_of(fit(recent, weights, design, is_rising), scale, is_known, _year_mean(counts, is_used), False)


def _year_mean(counts: Ints, is_used: Bools) -> tuple[Floats, Floats]:
    """Mean of a week over the last year, and the variance of its logarithm."""
    first = max(counts.shape[1] - YEAR_WEEKS, 0)
    total = (counts[:, first:] * is_used[:, first:]).sum(axis=1) + _PRIOR_REPORTS
    return total / np.maximum(is_used[:, first:].sum(axis=1), 1), 1 / total


def _pooled_dispersion(counts: Ints, is_used: Bools, level: Floats) -> Floats:
    """Dispersion (variance / mean) of each series, at least 1, from differences of successive weeks.

    Such differences do not depend on level, season and trend (J. von Neumann, Distribution of the ratio of the mean
    square successive difference to the variance, 1941). Each series is shrunk to the common variance of all series,
    mean + c × mean² (G. K. Smyth, Linear models and empirical Bayes methods, 2004, does so with variances).
    """
    pairs = is_used[:, 1:] & is_used[:, :-1]
    squares = (np.diff(counts, axis=1) ** 2 * pairs).sum(axis=1).astype(np.float64)
    sums = ((counts[:, 1:] + counts[:, :-1]) * pairs).sum(axis=1).astype(np.float64)
    number = pairs.sum(axis=1)
    own = np.divide(squares, sums, out=np.ones(len(counts)), where=sums > 0)
    mean = np.divide(sums, 2 * number, out=np.zeros(len(counts)), where=number > 0)
    common = max(float((number * (own - 1)).sum() / max((number * mean).sum(), 1e-9)), 0.0)
    shrunk = (PRIOR_WEEKS * (1 + common * level) + number * own) / (PRIOR_WEEKS + number)
    return np.maximum(shrunk, 1.0)


def _farrington(counts: Ints, is_used: Bools, week: int) -> Prediction:
    first = max(week - round(MAX_YEARS * WEEKS_PER_YEAR) - HALF_WINDOW, 0)
    last = min(counts.shape[1], week - EXCLUDED_WEEKS)
    values, used = counts[:, first:last].astype(np.float64), is_used[:, first:last]
    design = seasonal_design(np.arange(first, last), week)

    all_series = np.ones(len(values), np.bool_)
    year = _year_mean(counts, is_used)
    trending, scale = _fit_without_outbreaks(values, used, design, all_series)
    is_significant = np.abs(trending.slope) * np.sqrt(trending.information / scale) > TREND_SIGNIFICANCE
    # A trend that leads above all past counts is not used.
    highest = np.where(used, values, 0).max(axis=1, initial=0)
    has_trend = is_significant & (_prediction_of(trending, scale, all_series, year, True).mean <= highest)
    fitted, scale = _fit_without_outbreaks(values, used, design, has_trend)
    is_known = (used @ design.levels[:, 0]) >= MIN_WEEKS
    return _prediction_of(fitted, scale, is_known, year, True)


def seasonal_design(weeks: Ints, week: int) -> Design:
    """Seasonal levels relative to ``week``: level 0 is the same week of each year and three weeks on each side of it.

    The rest of the year is divided into nine levels of equal length.
    """
    distance = (week - weeks) % WEEKS_PER_YEAR
    edge = HALF_WINDOW + 0.5
    other_level = np.floor((distance - edge) / (WEEKS_PER_YEAR - 2 * edge) * (SEASON_LEVELS - 1)).astype(np.int64)
    is_same_week = (distance < edge) | (distance >= WEEKS_PER_YEAR - edge)
    level = np.where(is_same_week, 0, 1 + np.clip(other_level, 0, SEASON_LEVELS - 2))
    return Design((weeks - week) / WEEKS_PER_YEAR, np.eye(SEASON_LEVELS)[level])


def _fit_without_outbreaks(values: Floats, used: Bools, design: Design, has_trend: Bools) -> tuple[Fit, Floats]:
    """The fit with lower weights for past outbreaks, and its dispersion (variance / mean)."""
    plain = fit(values, used.astype(np.float64), design, has_trend)
    scale = dispersion(values, used.astype(np.float64), plain, design, has_trend)
    weights = outbreak_weights(values, used, plain, scale, OUTBREAK_RESIDUAL)
    fitted = fit(values, weights, design, has_trend)
    return fitted, dispersion(values, weights, fitted, design, has_trend)


def _prediction_of(
    fitted: Fit, scale: Floats, is_known: Bools, year: tuple[Floats, Floats], is_long: bool
) -> Prediction:
    """The prediction for time 0 (the current week) and the week before."""
    total = fitted.total + _PRIOR_REPORTS
    mean = np.divide(total, fitted.exposure, out=np.full(len(total), np.nan), where=is_known & (fitted.exposure > 0))
    slope_error = np.divide(fitted.centre**2, fitted.information, out=np.zeros_like(total),
                         where=fitted.information > 1e-12)  # fmt: skip
    error = scale * (1 / total + slope_error)
    before = mean * np.exp(-fitted.slope / WEEKS_PER_YEAR)
    return Prediction(mean, before, scale, error, *year, np.full(len(total), is_long))
