"""What earlier forecasts of the same series got wrong: which half-life suits a series, and how wide an interval is.

Sources: L. Tashman, Out-of-sample tests of forecasting accuracy, International Journal of Forecasting 16, 2000 (rolling
origin); C. Czado, T. Gneiting, L. Held, Predictive model assessment for count data, Biometrics 65, 2009 (probability
integral transform of counts); V. Kuleshov, N. Fenner, S. Ermon, Accurate uncertainties for deep learning using
calibrated regression, ICML 2018 (levels of quantiles from the transforms of earlier forecasts).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from jobs.statistics.levels import HALF_LIVES, HORIZONS, forecast
from jobs.statistics.loglinear import Bools, Floats
from jobs.statistics.seasons import YEAR, History

# Forecasts are repeated from each of the last 24 months, but not with less than a year before them, of which the series
# has three quarters.
ORIGINS = 24
MIN_ORIGIN = YEAR
_MIN_HISTORY = 9
# A past month is compared if most of it was covered.
MIN_COMPARED = 0.5

# The loss of all series counts as that of so many forecasts of the series itself.
_PRIOR_FORECASTS = 24.0
# An error further from its mean in standard deviations is a burst, and says nothing of half-lives.
_MAX_LOSS = 3.0
# A half-life with a loss that is 1 % above that of the best has three quarters of its weight.
_SHARPNESS = 30.0
# The spread of a series is estimated from its errors, and that of all series counts as so many of them. Larger errors
# than this, in standard deviations of the history, count as this.
_PRIOR_ERRORS = 18.0
_MAX_ERROR = 5.0
# No series is known to be exactly Poisson.
_MIN_OVERDISPERSION, _MAX_OVERDISPERSION = 0.005, 2.0
# Levels of quantiles are found for series of a similar size: expected concerns a month.
_SIZES = (2.0, 6.0, 20.0, 80.0)
# So many made-up forecasts that are right lead the levels towards the nominal ones.
_RIGHT_FORECASTS = 200
_TINY = 1e-9


@dataclass(frozen=True, slots=True)
class Past:
    """Forecasts from earlier origins; the first axis is the origin, from old to new.

    Attributes:
        means: origins × half-lives × series × horizons, for the exposure that the month then had.
        observed: origins × series × horizons.
        is_compared: origins × series × horizons, whether enough of the month was covered.
    """

    means: Floats
    observed: Floats
    is_compared: Bools


def past_forecasts(history: History) -> Past:
    """What this method would have expected from the origins of the last two years, without what came after them."""
    months = history.counts.shape[1]
    origins = range(max(MIN_ORIGIN, months - ORIGINS), months)
    series = len(history.counts)
    means = np.ones((len(origins), len(HALF_LIVES), series, HORIZONS))
    observed = np.zeros((len(origins), series, HORIZONS))
    exposure = np.zeros((len(origins), series, HORIZONS))
    for number, origin in enumerate(origins):
        ahead = min(HORIZONS, months - origin)
        observed[number, :, :ahead] = history.counts[:, origin : origin + ahead]
        exposure[number, :, :ahead] = history.exposure[:, origin : origin + ahead]
        has_history = (history.exposure[:, :origin] > 0).sum(axis=1) >= _MIN_HISTORY
        exposure[number, ~has_history] = 0.0
        means[number] = forecast(history.until(origin)).means * exposure[number]
    return Past(means, observed, exposure >= MIN_COMPARED)


def half_life_weights(past: Past, overdispersion: Floats) -> Floats:
    """Half-lives × series: weights of the forecasts in their mean, from the errors of the series and of all series."""
    scale = np.sqrt(past.means + overdispersion[None, None, :, None] * past.means**2 + 0.1)
    losses = np.minimum(np.abs(past.observed[:, None] - past.means) / scale, _MAX_LOSS)
    number = past.is_compared.sum(axis=(0, 2))
    own = (losses * past.is_compared[:, None]).sum(axis=(0, 3))
    common = own.sum(axis=1, keepdims=True) / max(number.sum(), 1)
    mean = (own + _PRIOR_FORECASTS * common) / (number + _PRIOR_FORECASTS) + _TINY
    excess = mean / mean.min(axis=0)
    weights = excess**-_SHARPNESS
    return weights / weights.sum(axis=0)


def mean_forecast(means: Floats, weights: Floats) -> Floats:
    """... × series × horizons, from ... × half-lives × series × horizons and half-lives × series."""
    return (means * weights[:, :, None]).sum(axis=-3)


@dataclass(frozen=True, slots=True)
class Ranges:
    """Spread of observed counts around expected ones.

    Attributes:
        overdispersion: series × horizons; the variance is mean + overdispersion × mean².
        lower, upper: horizons × sizes, levels of the quantiles that bound an interval.
    """

    overdispersion: Floats
    lower: Floats
    upper: Floats

    def bounds(self, means: Floats) -> tuple[Floats, Floats]:
        """Lowest and highest count of the interval, series × horizons, for given means.

        It always holds the mean, rounded: an interval of a rare topic has few whole numbers to end at.
        """
        size = np.digitize(means, _SIZES)
        horizon = np.arange(HORIZONS)
        lowest = _first_reaching(self.lower[horizon, size], means, self.overdispersion)
        highest = _first_reaching(self.upper[horizon, size], means, self.overdispersion) - 1
        usual = np.round(means)
        return np.minimum(lowest, usual), np.maximum(highest, usual)


def ranges(past: Past, means: Floats, fitted: Floats, level: float) -> Ranges:
    """From the errors of earlier forecasts.

    Args:
        past: earlier forecasts.
        means: origins × series × horizons, the mean of the forecasts of all half-lives.
        fitted: series, overdispersion of the history.
        level: probability of an interval.
    """
    spread = _spread(past, means, fitted)
    size = np.digitize(means, _SIZES)
    transform = _middle(past.observed, means, np.broadcast_to(spread, means.shape))
    shape = (HORIZONS, len(_SIZES) + 1)
    lower, upper = np.empty(shape), np.empty(shape)
    right = (np.arange(_RIGHT_FORECASTS) + 0.5) / _RIGHT_FORECASTS
    for horizon in range(HORIZONS):
        for one in range(shape[1]):
            is_of_size = past.is_compared[:, :, horizon] & (size[:, :, horizon] == one)
            known = np.concatenate([transform[:, :, horizon][is_of_size], right])
            lower[horizon, one], upper[horizon, one] = np.quantile(known, [(1 - level) / 2, (1 + level) / 2])
    return Ranges(spread, lower, upper)


def _spread(past: Past, means: Floats, fitted: Floats) -> Floats:
    """Overdispersion of observed counts around forecasts, series × horizons.

    By moments: that of all series for each horizon, times what a series has more or less of it at all horizons.
    """
    limit = _MAX_ERROR**2 * (means + fitted[:, None] * means**2)
    excess = past.is_compared * (np.minimum((past.observed - means) ** 2, limit) - means) / (1 + means)
    information = past.is_compared * means**2 / (1 + means)
    of_all = excess.sum(axis=(0, 1)) / np.maximum(information.sum(axis=(0, 1)), _TINY)
    common = np.clip(of_all, _MIN_OVERDISPERSION, _MAX_OVERDISPERSION)
    own, usual = excess.sum(axis=(0, 2)), (information * common).sum(axis=(0, 2))
    prior = usual / np.maximum(past.is_compared.sum(axis=(0, 2)), 1) * _PRIOR_ERRORS + _TINY
    return np.clip(common * ((prior + own) / (prior + usual))[:, None], _MIN_OVERDISPERSION, _MAX_OVERDISPERSION)


def _middle(counts: Floats, means: Floats, overdispersion: Floats) -> Floats:
    """Probability of fewer concerns, and half of that of as many: the transform of a count."""
    return (_at_most(counts - 1, means, overdispersion) + _at_most(counts, means, overdispersion)) / 2


def _at_most(counts: Floats, means: Floats, overdispersion: Floats) -> Floats:
    """Distribution function of the negative binomial."""
    size = 1 / overdispersion
    share = 1 / (1 + overdispersion * np.maximum(means, _TINY))
    return np.where(counts < 0, 0.0, special.betainc(size, np.maximum(counts, 0) + 1, share))


def _first_reaching(level: Floats, means: Floats, overdispersion: Floats) -> Floats:
    """The lowest count whose transform is at least ``level``, by bisection."""
    low = np.full(means.shape, -1.0)
    high = np.ceil(means + 20 * np.sqrt(means + overdispersion * means**2) + 10)
    while (high - low > 1).any():
        middle = np.floor((low + high) / 2)
        reaches = _middle(middle, means, overdispersion) >= level
        low, high = np.where(reaches, low, middle), np.where(reaches, middle, high)
    return high
