"""Levels of monthly counts without their season: what they are now, whether they changed, whether they grow.

Sources: R. G. Brown, Statistical forecasting for inventory control, 1959 (exponential weights); A. Harvey and
C. Fernandes, Time series models for count or qualitative observations, Journal of Business and Economic Statistics 7,
1989 (for counts: weighted concerns divided by weighted exposure); E. Gardner and E. McKenzie, Forecasting trends in
time series, Management Science 31, 1985 (a trend that fades).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from jobs.statistics.baselines import Ints
from jobs.statistics.loglinear import Design, Floats, fit
from jobs.statistics.seasons import YEAR, History, Season, seasons, usual_level

HORIZONS = 3
# Months in which the weight of a month halves. Forecasts of all of them are averaged, by their earlier errors.
HALF_LIVES = (2.5, 5.0, 10.0, 20.0)

# A change of the level: with at least three months on each side, in the last two years, by at least a quarter. The
# largest z-value of some forty correlated tests of each series is judged, so its limit is above that of one test.
MIN_SIDE = 3
MAX_AGE = 24
CHANGE_Z = 3.5
CHANGE_RATIO = 1.25
# A trend is estimated from about two years. It fades by a tenth each month ahead.
TREND_HALF_LIFE = 12.0
TREND_MONTHS = 18
DAMPING = 0.9
MAX_SLOPE = 1.0
# A slope of less than two standard errors is none.
_NO_TREND = 4.0
_TINY = 1e-9


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is expected after an origin, for a month that is wholly covered.

    Attributes:
        means: half-lives × series × horizons.
        season: series × horizons, logarithm of the seasonal factor of the month.
        trend: series × horizons, logarithm of what the trend adds in a year up to the month.
        change: series, logarithm of the ratio of the levels after and before a change within the last year; 0
            where there is none.
        overdispersion: series, of the months of the history around their fitted means.
    """

    means: Floats
    season: Floats
    trend: Floats
    change: Floats
    overdispersion: Floats


def forecast(history: History) -> Forecast:
    """The expected counts of the three months after the history.

    Args:
        history: whose ``start`` is not read; changes of the level are found here.
    """
    history = replace(history, start=np.zeros_like(history.start))
    season = seasons(history)
    start, change = _changes(history, season)
    if start.any():
        history = replace(history, start=start)
        season = seasons(history)

    months = history.counts.shape[1]
    ahead = (history.calendar[-1] + 1 + np.arange(HORIZONS)) % YEAR
    exposure = history.exposure * season.factors[:, history.calendar]
    slope = _slopes(history, season, exposure)
    # Exponents in months: the lag of a level that looks back, and what is ahead.
    future = np.cumsum(DAMPING ** np.arange(1, HORIZONS + 1))
    age = months - 1 - np.arange(months)
    # The present level is read from its own months, on a line through the level of the last month.
    precision = _precision(history, season, exposure) * history.is_present
    # Relative, so that a large series, whose months are known to a few per cent, outweighs its usual level.
    precision /= np.maximum(precision.max(axis=1, keepdims=True), _TINY)
    trended = exposure * np.exp(-slope[:, None] * age)
    usual = usual_level(precision * history.counts, precision * trended)
    means = np.empty((len(HALF_LIVES), len(history.counts), HORIZONS))
    for number, half_life in enumerate(HALF_LIVES):
        recent = precision * 0.5 ** (age / half_life)
        # A quarter of a month of the usual level keeps the level above 0.
        concerns = (recent * history.counts).sum(axis=1) + 0.25 * usual
        level = concerns / ((recent * trended).sum(axis=1) + 0.25)
        means[number] = level[:, None] * np.exp(slope[:, None] * future)
    factors = season.factors[:, ahead]
    trend = slope[:, None] * (YEAR - 1 - np.arange(HORIZONS) + future)
    change = np.where(start >= months - YEAR, change, 0.0)
    return Forecast(means * factors, np.log(factors), trend, change, season.overdispersion)


def _precision(history: History, season: Season, exposure: Floats) -> Floats:
    """Weights of months: full months of a quiet season say more of the level than those in which counts vary most."""
    usual = usual_level(season.weights * history.counts, season.weights * exposure)
    return season.weights / (1 + season.overdispersion[:, None] * usual[:, None] * exposure)


def _slopes(history: History, season: Season, exposure: Floats) -> Floats:
    """Growth of the logarithm of the level per month, the nearer to 0 the less certain it is.

    A slope is reduced by the positive part of W. James, C. Stein, Estimation with quadratic loss, 1961.
    """
    months = history.counts.shape[1]
    time = (np.arange(months) - (months - 1)) / YEAR
    recent = 0.5 ** (-time * YEAR / TREND_HALF_LIFE) * history.is_present
    weights = _precision(history, season, exposure) * recent * exposure
    # Counts per exposure with the exposure as weight have the likelihood of counts with an offset.
    per_exposure = np.divide(history.counts, exposure, out=np.zeros_like(exposure), where=exposure > 0)
    used = (weights > 0).sum(axis=1)
    has_trend = used >= TREND_MONTHS
    fitted = fit(per_exposure, weights, Design(time, np.ones((months, 1))), has_trend)
    # A weighted sum of squares over the information, because exponential weights are no numbers of observations.
    squares = (weights * recent * fitted.means * (time - fitted.centre[:, None]) ** 2).sum(axis=1)
    variance = np.divide(squares, fitted.information**2, out=np.ones_like(squares), where=fitted.information > _TINY)
    kept = np.maximum(1 - _NO_TREND * variance / np.maximum(fitted.slope**2, _TINY), 0.0)
    return np.clip(fitted.slope, -MAX_SLOPE, MAX_SLOPE) * kept * has_trend / YEAR


def _changes(history: History, season: Season) -> tuple[Ints, Floats]:
    """First month of the present level, 0 where it never changed, and the logarithm of the ratio of the levels.

    For each month of the last two years, the level from it on is compared with that of the year before it. The month
    that speaks most for the change is left out on the side after, so that one campaign is no change.
    """
    series, months = history.counts.shape
    firsts = np.arange(max(months - MAX_AGE, MIN_SIDE), months - MIN_SIDE + 1)
    if not firsts.size:
        return np.zeros(series, np.int64), np.zeros(series)
    exposure = history.exposure * season.factors[:, history.calendar]
    earlier = _before(history.counts, exposure, firsts)
    best, start, ratio = np.full(series, CHANGE_Z), np.zeros(series, np.int64), np.zeros(series)
    for sign in (1.0, -1.0):
        later = _after(history.counts, exposure, firsts, sign)
        log_ratio = np.log(later.level / earlier.level)
        z = sign * log_ratio / np.sqrt(later.variance(season) + earlier.variance(season))
        is_enough = (later.months >= MIN_SIDE - 1) & (earlier.months >= MIN_SIDE)
        z = np.where(is_enough & (sign * log_ratio > np.log(CHANGE_RATIO)), z, 0.0)
        most = z.argmax(axis=1)
        z, log_ratio = (np.take_along_axis(one, most[:, None], 1)[:, 0] for one in (z, log_ratio))
        is_better = z > best
        best, start, ratio = (np.where(is_better, new, old)
                              for new, old in ((z, best), (firsts[most], start), (log_ratio, ratio)))  # fmt: skip
    return start, ratio


@dataclass(frozen=True, slots=True)
class _Side:
    """The concerns, the exposure and the number of covered months on one side of months, series × months each."""

    concerns: Floats
    exposure: Floats
    months: Floats

    @property
    def level(self) -> Floats:
        return (self.concerns + 0.5) / (self.exposure + 0.01)

    def variance(self, season: Season) -> Floats:
        """Of the logarithm of the level."""
        return 1 / (self.concerns + 0.5) + season.overdispersion[:, None] / np.maximum(self.months, 1)


def _before(counts: Floats, exposure: Floats, firsts: Ints) -> _Side:
    """The year before each month."""
    earliest = np.maximum(firsts - YEAR, 0)

    def sums(values: Floats) -> Floats:
        sums = np.zeros((len(values), values.shape[1] + 1))
        np.cumsum(values, axis=1, out=sums[:, 1:])
        return sums[:, firsts] - sums[:, earliest]

    return _Side(sums(counts), sums(exposure), sums((exposure > 0).astype(np.float64)))


def _after(counts: Floats, exposure: Floats, firsts: Ints, sign: float) -> _Side:
    """The months from each month on, without the highest of them (``sign`` 1) or the lowest (-1)."""
    # From the last month backwards, up to the earliest of the months.
    counts, exposure = counts[:, : firsts[0] - 1 : -1], exposure[:, : firsts[0] - 1 : -1]
    is_used = exposure > 0
    rate = np.divide(sign * counts, exposure, out=np.full(exposure.shape, -np.inf), where=is_used)
    highest = np.maximum.accumulate(rate, axis=1)
    is_new = np.ones(rate.shape, np.bool_)
    is_new[:, 1:] = rate[:, 1:] > highest[:, :-1]
    extreme = np.maximum.accumulate(np.where(is_new, np.arange(rate.shape[1]), 0), axis=1)

    def sums(values: Floats) -> Floats:
        kept = np.cumsum(values, axis=1) - np.take_along_axis(values, extreme, 1)
        return kept[:, counts.shape[1] - 1 - (firsts - firsts[0])]

    return _Side(sums(counts), sums(exposure), sums(is_used.astype(np.float64)))
