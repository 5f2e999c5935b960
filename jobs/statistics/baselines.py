"""What a week would hold if nothing were unusual: EARS for short histories, Farrington Flexible for long ones.

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
# The weeks under test, which no baseline may know: a surge would hide itself.
TESTED_WEEKS = 2

# EARS has seven values in its baseline. Eight weeks before the two under test keep the error of the mean to an
# eighth of a week's own variance; with fewer it is the baseline that is unusual, and the first weeks of a source,
# in which people come to know of it, would be all there is.
MIN_WEEKS = 8
# A quarter of a year: longer follows the rains too late, shorter knows the mean too badly.
EARS_WEEKS = 12
# A rise is taken to go on if it is this sure (one-sided 1 %): the rainy season is no surge in each of its weeks.
EARS_TREND_SIGNIFICANCE = 2.326
# Variance against mean is learnt from a year, and drawn to what series of that level have, as if that were known
# from so many weeks.
YEAR_WEEKS = 52
PRIOR_WEEKS = 12.0

FARRINGTON_YEARS = 3
MAX_YEARS = 5
# Noufaily et al.: weeks on each side of the same week of former years; levels of the year; weeks left out before
# the current one, since an outbreak may be among them; residual from which a week is an outbreak.
HALF_WINDOW = 3
SEASON_LEVELS = 10
EXCLUDED_WEEKS = 26
OUTBREAK_RESIDUAL = 2.58
# Two-sided 5 %, of a normal distribution: over a hundred weeks stand behind it.
TREND_SIGNIFICANCE = 1.96

_PRIOR_REPORTS = 0.5  # Jeffreys' prior: half a report, so that a baseline of zeros does not promise zero for ever


@dataclass(frozen=True, slots=True)
class Prediction:
    """What is expected, one value a series; NaN where there is too little history.

    Attributes:
        mean: expected reports in the current week.
        mean_before: in the week before it.
        scale: variance of a week by its mean, at least 1.
        error: variance of the logarithm of the expected number.
        year_mean: reports a week over the last year.
        year_error: variance of its logarithm.
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
        return ~np.isnan(self.mean)

    def tail(self, observed: Floats, mean: Floats) -> Floats:
        """Chance of at least so many reports where ``mean`` are expected."""
        return _tail(observed, *self._shape(mean, self.error))

    def probability_of(self, reports: int, weeks: int) -> Floats:
        """Chance of at least so many reports in so many weeks while nothing is unusual.

        By the prediction or by the whole year, whichever says more. That a series was silent for twelve weeks does
        not say how silent it is, and the year does: the error of the prediction is left out here.
        """
        observed = np.full(len(self.mean), float(reports))
        now = _tail(observed, *self._shape(self.mean * weeks, np.zeros_like(self.mean)))
        return np.maximum(now, _tail(observed, *self._shape(self.year_mean * weeks, self.year_error)))

    def quantile(self, level: float, mean: Floats) -> Floats:
        """Number of reports that is not exceeded with a probability of ``level``."""
        size, share = self._shape(mean, self.error)
        return np.asarray(stats.nbinom.ppf(level, size, 1 - share), np.float64)

    def _shape(self, mean: Floats, error: Floats) -> tuple[Floats, Floats]:
        """A negative binomial with this mean, whose variance holds that of the weeks and that of the estimate."""
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
        week: index of the week; of it and the week before nothing is read.
    """
    counts, is_used = counts[:, : week - TESTED_WEEKS + 1], is_used[:, : week - TESTED_WEEKS + 1]
    short = _ears(counts, is_used, week)
    reach = np.where(is_used.any(axis=1), week - is_used.argmax(axis=1), 0)
    chosen = np.flatnonzero(reach >= FARRINGTON_YEARS * WEEKS_PER_YEAR)
    if not chosen.size:
        return short
    long = _farrington(counts[chosen], is_used[chosen], week)
    held = chosen[long.is_known]
    merged = {name: getattr(short, name).copy() for name in ("mean", "mean_before", "scale", "error", "is_long")}
    for name, values in merged.items():
        values[held] = getattr(long, name)[long.is_known]
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
    """Mean of a week over the last year, and the error of its logarithm."""
    first = max(counts.shape[1] - YEAR_WEEKS, 0)
    total = (counts[:, first:] * is_used[:, first:]).sum(axis=1) + _PRIOR_REPORTS
    return total / np.maximum(is_used[:, first:].sum(axis=1), 1), 1 / total


def _pooled_dispersion(counts: Ints, is_used: Bools, level: Floats) -> Floats:
    """Variance of a week by its mean, at least 1, from differences of weeks that follow each other.

    Differences know nothing of level, season and trend (J. von Neumann, Distribution of the ratio of the mean
    square successive difference to the variance, 1941). Each series is drawn to what is common to all, a variance
    of mean + c × mean² (G. K. Smyth, Linear models and empirical Bayes methods, 2004, does so with variances).
    """
    pairs = is_used[:, 1:] & is_used[:, :-1]
    squares = (np.diff(counts, axis=1) ** 2 * pairs).sum(axis=1).astype(np.float64)
    sums = ((counts[:, 1:] + counts[:, :-1]) * pairs).sum(axis=1).astype(np.float64)
    number = pairs.sum(axis=1)
    own = np.divide(squares, sums, out=np.ones(len(counts)), where=sums > 0)
    mean = np.divide(sums, 2 * number, out=np.zeros(len(counts)), where=number > 0)
    common = max(float((number * (own - 1)).sum() / max((number * mean).sum(), 1e-9)), 0.0)
    drawn = (PRIOR_WEEKS * (1 + common * level) + number * own) / (PRIOR_WEEKS + number)
    return np.maximum(drawn, 1.0)


def _farrington(counts: Ints, is_used: Bools, week: int) -> Prediction:
    first = max(week - round(MAX_YEARS * WEEKS_PER_YEAR) - HALF_WINDOW, 0)
    last = min(counts.shape[1], week - EXCLUDED_WEEKS)
    values, used = counts[:, first:last].astype(np.float64), is_used[:, first:last]
    design = seasonal_design(np.arange(first, last), week)

    always = np.ones(len(values), np.bool_)
    year = _year_mean(counts, is_used)
    trending, scale = _fit_without_outbreaks(values, used, design, always)
    is_sure = np.abs(trending.slope) * np.sqrt(trending.information / scale) > TREND_SIGNIFICANCE
    # A trend that would lead out of all that was ever seen is not believed.
    highest = np.where(used, values, 0).max(axis=1, initial=0)
    has_trend = is_sure & (_prediction_of(trending, scale, always, year, True).mean <= highest)
    fitted, scale = _fit_without_outbreaks(values, used, design, has_trend)
    is_known = (used @ design.levels[:, 0]) >= MIN_WEEKS
    return _prediction_of(fitted, scale, is_known, year, True)


def seasonal_design(weeks: Ints, week: int) -> Design:
    """Levels of the year as seen from a week: the three weeks around it in each year, and nine more of like length."""
    since = (week - weeks) % WEEKS_PER_YEAR
    edge = HALF_WINDOW + 0.5
    rest = np.floor((since - edge) / (WEEKS_PER_YEAR - 2 * edge) * (SEASON_LEVELS - 1)).astype(np.int64)
    is_near = (since < edge) | (since >= WEEKS_PER_YEAR - edge)
    level = np.where(is_near, 0, 1 + np.clip(rest, 0, SEASON_LEVELS - 2))
    return Design((weeks - week) / WEEKS_PER_YEAR, np.eye(SEASON_LEVELS)[level])


def _fit_without_outbreaks(values: Floats, used: Bools, design: Design, has_trend: Bools) -> tuple[Fit, Floats]:
    """The fit after past outbreaks have been weighted down, and variance by mean under it."""
    plain = fit(values, used.astype(np.float64), design, has_trend)
    scale = dispersion(values, used.astype(np.float64), plain, design, has_trend)
    weights = outbreak_weights(values, used, plain, scale, OUTBREAK_RESIDUAL)
    fitted = fit(values, weights, design, has_trend)
    return fitted, dispersion(values, weights, fitted, design, has_trend)


def _prediction_of(
    fitted: Fit, scale: Floats, is_known: Bools, year: tuple[Floats, Floats], is_long: bool
) -> Prediction:
    """The prediction for time 0 and the week before."""
    total = fitted.total + _PRIOR_REPORTS
    mean = np.divide(total, fitted.exposure, out=np.full(len(total), np.nan), where=is_known & (fitted.exposure > 0))
    of_slope = np.divide(fitted.centre**2, fitted.information, out=np.zeros_like(total),
                         where=fitted.information > 1e-12)  # fmt: skip
    error = scale * (1 / total + of_slope)
    before = mean * np.exp(-fitted.slope / WEEKS_PER_YEAR)
    return Prediction(mean, before, scale, error, *year, np.full(len(total), is_long))
