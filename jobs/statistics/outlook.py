"""How many concerns the next three months may bring: monthly counts of many series (area × topics) in, rows out.

The expected count is a recent level × a season × a fading trend (levels.py, seasons.py). The interval is as wide as the
errors of the same method in earlier months were (outlook_errors.py). Both are of a month that is wholly covered, and of
usual times: a campaign that nobody announced is not expected.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from jobs.statistics.baselines import Ints
from jobs.statistics.levels import HORIZONS, Forecast, forecast
from jobs.statistics.loglinear import Bools, Floats
from jobs.statistics.outlook_errors import half_life_weights, mean_forecast, past_forecasts, ranges
from jobs.statistics.seasons import YEAR, History

# Older months say little of a season that changes; and time and memory stay bounded.
MAX_MONTHS = 72
# A year for the season, and half a year in which forecasts were right or wrong.
LEAST_MONTHS = 18
# Whether the newest months are covered, and whether concerns are enough, is asked of so many months.
RECENT_MONTHS = 6
CONCERN_MONTHS = 24
# A month is compared with its forecast if so much of it was covered.
MIN_COMPARED = 0.9
# What changes the expected count by less than 15 % is not called its driver.
MIN_EFFECT = 0.15


class Status(StrEnum):
    """Whether a series has enough data for a forecast."""

    OK = "ok"
    INSUFFICIENT_DATA = "insufficient_data"


class Driver(StrEnum):
    """What moves the expected count most."""

    SEASON = "season"  # away from the mean of a year
    LEVEL_CHANGE = "level_change"  # away from the level before a lasting change within the last year
    TREND = "trend"  # away from the level of a year before
    LEVEL = "level"  # nothing moves it by much: it is the recent level


class Reason(StrEnum):
    """Why a series has no forecast."""

    TOO_FEW_MONTHS = "too_few_months"  # the sources have not reported for long enough
    GAPS = "gaps"  # they have, but too many months, or too many of the newest, were not covered
    TOO_FEW_CONCERNS = "too_few_concerns"


class Hit(StrEnum):
    """Where an observed count lies."""

    INSIDE = "inside"
    BELOW = "below"
    ABOVE = "above"
    NOT_COVERED = "not_covered"  # the sources did not cover enough of the month


@dataclass(frozen=True, slots=True)
class Parameters:
    """When data are enough, and the level of the interval.

    Attributes:
        level: probability with which a count lies in the interval.
        min_exposure: share of its days that must be covered for a month to be history.
        min_months: months of history; with two years, each calendar month was seen twice.
        min_recent: of the newest six months, so many must be history.
        min_concerns: in the newest 24 months together.
    """

    level: float = 0.8
    min_exposure: float = 0.5
    min_months: int = 24
    min_recent: int = 3
    min_concerns: int = 12

    def __post_init__(self) -> None:
        if not 0 < self.level < 1:
            raise ValueError(f"The level {self.level} is not between 0 and 1.")
        if not 0 < self.min_exposure <= 1:
            raise ValueError(f"The least exposure {self.min_exposure} is not above 0 and at most 1.")
        if self.min_months < LEAST_MONTHS:
            raise ValueError(f"Season and errors need {LEAST_MONTHS} months at least, not {self.min_months}.")


DEFAULT = Parameters()


@dataclass(frozen=True, slots=True)
class Months:
    """Counts of complete months.

    Attributes:
        counts: series × months.
        exposure: (series or 1) × months, share of the days that the sources covered; 0 or NaN where they did not.
        month: months, ascending, as year × 12 + month - 1. A month that is left out is one that was not covered.
        group: series; series of a group have similar seasons, such as those of a topic group in one climate.
        next_month: the first month to forecast, as ``month``.

    Raises ValueError where shapes do not match, a count is below 0 or an exposure is not between 0 and 1.
    """

    counts: Ints
    exposure: Floats
    month: Ints
    group: Ints
    next_month: int

    def __post_init__(self) -> None:
        series, months = self.counts.shape
        if self.exposure.shape not in ((series, months), (1, months)):
            raise ValueError(f"exposure is {self.exposure.shape}, and counts are {self.counts.shape}.")
        if self.month.shape != (months,) or self.group.shape != (series,):
            raise ValueError(f"month and group must have {months} and {series} values.")
        if (self.counts < 0).any():
            raise ValueError("A count is below 0.")
        if (self.exposure < 0).any() or (self.exposure > 1).any():
            raise ValueError("An exposure is not between 0 and 1.")
        if (np.diff(self.month) <= 0).any() or (months and self.month[-1] >= self.next_month):
            raise ValueError("Months must ascend and end before next_month.")


@dataclass(frozen=True, slots=True)
class Outlook:
    """The forecast of one series for one month; figures and driver are None where there is a ``reason``.

    ``expected``, ``low`` and ``high`` are of a month that is wholly covered. A count is from ``low`` to ``high``, both
    included, with the probability of the parameters.
    """

    series: int
    month: int
    horizon: int
    expected: float | None
    low: int | None
    high: int | None
    driver: Driver | None
    reason: Reason | None

    @property
    def status(self) -> Status:
        """Whether there is a forecast."""
        return Status.OK if self.reason is None else Status.INSUFFICIENT_DATA


def outlooks(months: Months, parameters: Parameters = DEFAULT) -> list[Outlook]:
    """The forecasts of all series for the next three months, by series and month.

    A series without enough data has no part in the forecasts of others.
    """
    counts, exposure = _dense(months, parameters.min_exposure)
    reasons = _reasons(counts, exposure, parameters)
    known = np.array([number for number, reason in enumerate(reasons) if reason is None], np.int64)
    rows = {number: _unknown(number, months.next_month, reason) for number, reason in enumerate(reasons) if reason}
    if known.size:
        _, group = np.unique(months.group[known], return_inverse=True)
        is_used = (exposure[known] > 0).any(axis=0)
        first = max(int(is_used.argmax()), counts.shape[1] - MAX_MONTHS)
        calendar = np.arange(months.next_month - counts.shape[1] + first, months.next_month) % YEAR
        history = History(counts[known, first:], exposure[known, first:], calendar, group, np.zeros_like(known))
        rows |= _known(history, known, months.next_month, parameters.level)
    return [row for number in range(len(counts)) for row in rows[number]]


def hit(low: int, high: int, observed: int, exposure: float) -> Hit:
    """Whether an observed count is inside the interval that was forecast; unknown where the month was not covered."""
    if not exposure >= MIN_COMPARED:
        return Hit.NOT_COVERED
    if observed < low:
        return Hit.BELOW
    return Hit.ABOVE if observed > high else Hit.INSIDE


def _dense(months: Months, min_exposure: float) -> tuple[Floats, Floats]:
    """Counts and exposure of every month up to the next; 0 where a month is left out or too little of it is covered."""
    series = len(months.counts)
    first = int(months.month[0]) if months.month.size else months.next_month
    counts = np.zeros((series, months.next_month - first))
    exposure = np.zeros_like(counts)
    exposure[:, months.month - first] = np.nan_to_num(months.exposure)
    exposure[exposure < min_exposure] = 0.0
    counts[:, months.month - first] = months.counts
    return counts * (exposure > 0), exposure


def _reasons(counts: Floats, exposure: Floats, parameters: Parameters) -> list[Reason | None]:
    is_used: Bools = exposure > 0
    used = is_used.sum(axis=1)
    length = counts.shape[1] - is_used.argmax(axis=1) if counts.shape[1] else used
    is_long = (length >= parameters.min_months) & (used > 0)
    recent = is_used[:, -RECENT_MONTHS:].sum(axis=1)
    has_gaps = (used < parameters.min_months) | (recent < parameters.min_recent)
    is_small = counts[:, -CONCERN_MONTHS:].sum(axis=1) < parameters.min_concerns
    conditions = (
        (~is_long, Reason.TOO_FEW_MONTHS),
        (has_gaps, Reason.GAPS),
        (is_small, Reason.TOO_FEW_CONCERNS),
    )
    # The first condition that holds gives the reason.
    code = np.select([holds for holds, _ in conditions], list(range(len(conditions))), len(conditions))
    reasons = [*(reason for _, reason in conditions), None]
    return [reasons[number] for number in code]


def _unknown(series: int, next_month: int, reason: Reason) -> list[Outlook]:
    return [Outlook(series, next_month + ahead, ahead + 1, None, None, None, None, reason) for ahead in range(HORIZONS)]


def _known(history: History, series: Ints, next_month: int, level: float) -> dict[int, list[Outlook]]:
    newest = forecast(history)
    past = past_forecasts(history)
    weights = half_life_weights(past, newest.overdispersion)
    means = mean_forecast(newest.means, weights)
    low, high = ranges(past, mean_forecast(past.means, weights), newest.overdispersion, level).bounds(means)
    drivers = _drivers(newest)
    return {
        int(one): [
            Outlook(
                series=int(one),
                month=next_month + ahead,
                horizon=ahead + 1,
                expected=float(means[number, ahead]),
                low=int(low[number, ahead]),
                high=int(high[number, ahead]),
                driver=drivers[number][ahead],
                reason=None,
            )
            for ahead in range(HORIZONS)
        ]
        for number, one in enumerate(series)
    }


def _drivers(newest: Forecast) -> list[list[Driver]]:
    effects = np.abs(
        np.stack([newest.season, np.broadcast_to(newest.change[:, None], newest.season.shape), newest.trend])
    )
    codes = np.where(effects.max(axis=0) >= np.log1p(MIN_EFFECT), effects.argmax(axis=0), len(effects))
    names = (Driver.SEASON, Driver.LEVEL_CHANGE, Driver.TREND, Driver.LEVEL)
    return [[names[code] for code in row] for row in codes]
