"""Seasonal factors of many series of monthly counts, shrunk to the season of their group.

Sources: the factors are ratios to a moving level (J. Shiskin, A. Young, J. Musgrave, The X-11 variant of the Census
Method II, 1967). They are shrunk twice, those of a series to those of its group and those of a group to none, as
D. Miller and D. Williams, Shrinkage estimators of time series seasonal factors and their effect on forecasting
accuracy, International Journal of Forecasting 19, 2003. Weights of outliers: as in loglinear.py.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jobs.statistics.baselines import Ints
from jobs.statistics.loglinear import Bools, Floats

YEAR = 12

# The level of a month is that of six months on each side; those at both ends count half, so that each calendar month
# has the same weight.
_HALF_YEAR = 6
# Level, season and weights depend on each other. On simulated series six rounds forecast no better than three.
_ROUNDS = 3
# A month that is further from its mean in standard deviations has the weight (limit / distance)².
_OUTLIER = 2.5
# Where spread is estimated, so many standard deviations are the largest distance.
_LARGEST = 3.0
# Years differ in their season. Until there are years to compare, a factor is taken to vary by 25 % from year to year,
# with the weight of as many months.
_YEAR_VARIANCE = 0.06
_YEAR_MONTHS = 24.0
# Variance of the logarithms of the factors of a series around those of its group.
_MIN_SPREAD, _MAX_SPREAD = 0.002, 1.0
# That of the group counts as much as so many times that of the series.
_GROUP_SPREAD = 3.0
_MAX_OVERDISPERSION = 2.0
# Half a concern a month, with the weight of a hundredth of a month: keeps levels above 0 and moves none.
_PRIOR = 0.01
_TINY = 1e-9


@dataclass(frozen=True, slots=True)
class History:
    """Monthly counts up to an origin, without a month left out.

    Attributes:
        counts: series × months; 0 where the exposure is 0.
        exposure: series × months, share of the days that were covered; 0 for months that are not used.
        calendar: months, from 0 (January) to 11.
        group: series, from 0; series of a group have similar seasons.
        start: series, index of the first month of the present level, 0 where the level never changed.
    """

    counts: Floats
    exposure: Floats
    calendar: Ints
    group: Ints
    start: Ints

    def until(self, origin: int) -> History:
        """The months before ``origin``."""
        return History(
            self.counts[:, :origin], self.exposure[:, :origin], self.calendar[:origin], self.group, self.start
        )

    def sums_of_groups(self, values: Floats) -> Floats:
        """Groups × ...: sums of the values of the series of each group."""
        order = np.argsort(self.group, kind="stable")
        first = np.searchsorted(self.group[order], np.arange(int(self.group.max()) + 1))
        return np.add.reduceat(values[order], first, axis=0)

    @property
    def is_present(self) -> Bools:
        """Series × months: whether a month is at or after the last change of the level."""
        return np.arange(self.counts.shape[1]) >= self.start[:, None]


@dataclass(frozen=True, slots=True)
class Season:
    """Seasonal factors, and what the same fit says of the months.

    Attributes:
        factors: series × 12; their logarithms are 0 on average.
        weights: series × months, below 1 for outliers; 0 for months that are not used.
        overdispersion: series; the variance of a month is mean + overdispersion × mean².
    """

    factors: Floats
    weights: Floats
    overdispersion: Floats


def seasons(history: History) -> Season:
    """The seasonal factors of each series."""
    is_used = history.exposure > 0
    factors = np.ones((len(history.counts), YEAR))
    weights = is_used.astype(np.float64)
    overdispersion = np.full(len(history.counts), 0.1)
    for _ in range(_ROUNDS):
        level = _level(history, factors, weights)
        flat = history.exposure * level
        precision = weights / (1 + overdispersion[:, None] * flat)
        factors = _factors(history, flat, precision)
        means = flat * factors[:, history.calendar]
        overdispersion = _overdispersion(history, means, overdispersion)
        weights = _outlier_weights(history.counts, means, overdispersion) * is_used
    return Season(factors, weights, overdispersion)


def _level(history: History, factors: Floats, weights: Floats) -> Floats:
    """Series × months: concerns per covered month, without season; before and after a change of level apart."""
    concerns = weights * history.counts
    exposure = weights * history.exposure * factors[:, history.calendar]
    usual = usual_level(concerns, exposure)
    level = _smooth(concerns, exposure, usual)
    changed = np.flatnonzero(history.start)
    concerns, exposure, usual = concerns[changed], exposure[changed], usual[changed]
    present = history.is_present[changed]
    after = _smooth(concerns * present, exposure * present, usual)
    level[changed] = np.where(present, after, _smooth(concerns * ~present, exposure * ~present, usual))
    return level


def usual_level(concerns: Floats, exposure: Floats) -> Floats:
    """Concerns per exposure of each series, above 0."""
    return (concerns.sum(axis=1) + 0.5 * _PRIOR) / (exposure.sum(axis=1) + _PRIOR)


def _smooth(concerns: Floats, exposure: Floats, usual: Floats) -> Floats:
    """Concerns per exposure in the year around each month; one month of the usual level keeps it above 0."""
    return (_around(concerns) + usual[:, None]) / (_around(exposure) + 1.0)


def _around(values: Floats) -> Floats:
    """Sums over six months on each side, of which the outermost count half."""
    series, months = values.shape
    sums = np.zeros((series, months + 2 * _HALF_YEAR + 1))
    np.cumsum(values, axis=1, out=sums[:, _HALF_YEAR + 1 : _HALF_YEAR + 1 + months])
    sums[:, _HALF_YEAR + 1 + months :] = sums[:, _HALF_YEAR + months, None]
    wide = sums[:, 2 * _HALF_YEAR + 1 :] - sums[:, :months]
    narrow = sums[:, 2 * _HALF_YEAR : -1] - sums[:, 1 : months + 1]
    return np.maximum((wide + narrow) / 2, 0.0)


def _factors(history: History, flat: Floats, precision: Floats) -> Floats:
    observed, expected = precision * history.counts, precision * flat
    sums_of_groups = history.sums_of_groups
    common = np.exp(_group_season(sums_of_groups(observed), sums_of_groups(expected), history.calendar))
    own = by_month(observed, history.calendar)
    by_group = by_month(expected, history.calendar) * common[history.group]
    # Moments: the squared difference is the information plus its square times the variance of the logarithms.
    squares, information = ((own - by_group) ** 2 - by_group).sum(axis=1), (by_group**2).sum(axis=1)
    of_group = (sums_of_groups(squares) / np.maximum(sums_of_groups(information), _TINY))[history.group]
    of_series = squares / np.maximum(information, _TINY)
    # A series that differs more from its group than others do keeps more of its own season.
    spread = (_GROUP_SPREAD * np.clip(of_group, _MIN_SPREAD, _MAX_SPREAD) + of_series) / (_GROUP_SPREAD + 1)
    prior = 1 / np.clip(spread, _MIN_SPREAD, _MAX_SPREAD)[:, None]
    factors = common[history.group] * (prior + own) / (prior + by_group)
    logs = np.log(factors)
    return np.exp(logs - logs.mean(axis=1, keepdims=True))


def by_month(values: Floats, calendar: Ints) -> Floats:
    """Rows × 12: sums of the same calendar month of all years; ``calendar`` has no gap."""
    rows, months = values.shape
    first = int(calendar[0])
    years = -(-(first + months) // YEAR)
    padded = np.zeros((rows, years * YEAR))
    padded[:, first : first + months] = values
    return padded.reshape(rows, years, YEAR).sum(axis=1)


def _group_season(observed: Floats, expected: Floats, calendar: Ints) -> Floats:
    """Groups × 12: logarithms of the factors, the smaller the more they differ from year to year."""
    # Half a concern on each side: a calendar month that was never covered has the factor 1.
    logs = np.log((by_month(observed, calendar) + 0.5) / (by_month(expected, calendar) + 0.5))
    logs -= logs.mean(axis=1, keepdims=True)
    has_data = expected > 0
    ratio = np.log((observed + 0.5) / (expected + 0.5))
    deviations = np.where(has_data, ratio - logs[:, calendar], 0.0)
    years = by_month(has_data.astype(np.float64), calendar)
    freedom = np.maximum(years - 1, 0).sum(axis=1)
    variance = ((deviations**2).sum(axis=1) + _YEAR_VARIANCE * _YEAR_MONTHS) / (freedom + _YEAR_MONTHS)
    error = variance[:, None] / np.maximum(years, 0.5)
    signal = np.maximum((logs**2 - error).mean(axis=1, keepdims=True), 0.0)
    return logs * signal / (signal + error)


def _overdispersion(history: History, means: Floats, before: Floats) -> Floats:
    """By moments for each group and series; that of a series is shrunk to that of its group.

    Outliers count as moderate ones, by the overdispersion of the round before. With the weights of outliers instead, a
    series with a wrong mean would seem to vary little, more of its months would be outliers, and so on.
    """
    is_used = history.exposure > 0
    limit = _LARGEST**2 * (means + before[:, None] * means**2)
    excess = is_used * (np.minimum((history.counts - means) ** 2, limit) - means) / (1 + means)
    own, information = excess.sum(axis=1), (is_used * means**2 / (1 + means)).sum(axis=1)
    of_group = history.sums_of_groups(own) / np.maximum(history.sums_of_groups(information), _TINY)
    common = np.clip(of_group, 0.0, _MAX_OVERDISPERSION)
    # The group has the weight of a year of the series.
    prior = information / np.maximum(is_used.sum(axis=1), 1) * YEAR + _TINY
    return np.clip((prior * common[history.group] + own) / (prior + information), 0.0, _MAX_OVERDISPERSION)


def _outlier_weights(counts: Floats, means: Floats, overdispersion: Floats) -> Floats:
    """Weights of outliers, by square roots, which make the variance of counts nearly constant.

    Source: F. Anscombe, The transformation of Poisson, binomial and negative-binomial data, Biometrika 35, 1948.
    """
    distance = 2 * np.abs(np.sqrt(counts + 0.375) - np.sqrt(means + 0.375))
    distance /= np.sqrt(1 + overdispersion[:, None] * means)
    return np.minimum(_OUTLIER / np.maximum(distance, _OUTLIER), 1.0) ** 2
