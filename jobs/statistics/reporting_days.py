"""Whether a source reported on each day, judged by its daily counts.

A day without records is a quiet day, or files of it are missing. Where no file says which days it covers, only the
counts tell: a run of days with none or few records is missing if it is improbable at the source's own rate.

The test is a hidden Markov model with two states (L. R. Rabiner, A tutorial on hidden Markov models, Proceedings of
the IEEE 77, 1989). A source that reports has negative binomial counts around its usual count of the weekday, a silent
one geometric counts around at most a tenth of it, since records of missing days can still arrive with later files. The
most probable sequence of states is found by the Viterbi algorithm. The usual counts are estimated from the days on
which the source reports, and both steps are repeated until nothing changes.

Silence begins on one of GAP_EVERY_DAYS days and lasts GAP_DAYS days on average. So a run is silent if its counts are
at least GAP_EVERY_DAYS × GAP_DAYS = 2,520 times as probable for a silent source as for one that reports.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln

from jobs.statistics.baselines import Ints
from jobs.statistics.loglinear import Bools, Floats

GAP_EVERY_DAYS = 180
GAP_DAYS = 14
# The most records of a silent day that arrive late, as a share of the usual count.
MAX_LATE_SHARE = 0.1
# Rates change over the year and as a source grows: half of the weight of a day is lost in these days.
HALF_LIFE_DAYS = 30.0
_MAX_ROUNDS = 12
# A silent day of a small source may still have a record.
_MIN_LATE = 0.002
_MIN_SIZE, _MAX_SIZE = 0.5, 100.0
# The weight of one usual week in the estimate of weekdays.
_PRIOR_DAYS = 1.0
# The first guesses of the silent days: those with less than a share of a high count, which is a quantile of the days
# with records; a share of 0 takes all days as reported. The guess with the most probable result is used.
_FIRST_GUESSES = ((0.0, 1.0), (0.2, 0.9), (0.5, 0.9), (0.2, 0.99))


@dataclass(frozen=True, slots=True)
class ReportingDays:
    """The states of sources.

    Attributes:
        is_reporting: source × day, whether the source reported; false before its first record.
        silent_days: source, the number of days at the end of the series in which it is silent.
        usual: source × day, the count that is usual for a day on which it reports.
    """

    is_reporting: Bools
    silent_days: Ints
    usual: Floats


def reporting_days(counts: Ints, weekday: int, stated: Bools | None = None) -> ReportingDays:
    """The days on which each source reported.

    Args:
        counts: source × day, records by the day of which they tell; the series ends on the day up to which data have
            arrived.
        weekday: of the first day, 0 to 6.
        stated: source × day, days that a file says to cover: these are reported, even without a record.
    """
    sources, days = counts.shape
    stated = np.zeros(counts.shape, np.bool_) if stated is None else stated
    if not days:
        return ReportingDays(np.zeros(counts.shape, np.bool_), np.zeros(sources, np.int64), np.zeros(counts.shape))
    has_begun = np.cumsum((counts > 0) | stated, axis=1) > 0
    of_week = (weekday + np.arange(days)) % 7
    best = _Fit(has_begun.copy(), np.full(sources, -np.inf), np.zeros(counts.shape))
    for share, quantile in _FIRST_GUESSES:
        guess = has_begun & ((counts >= share * _high_counts(counts, quantile)[:, None]) | stated)
        found = _fit(counts, of_week, has_begun, stated, guess)
        better = found.score > best.score + 1e-9
        best = _Fit(
            np.where(better[:, None], found.is_reporting, best.is_reporting),
            np.where(better, found.score, best.score),
            np.where(better[:, None], found.usual, best.usual),
        )
    silent = np.cumprod(~best.is_reporting[:, ::-1] & has_begun[:, ::-1], axis=1).sum(axis=1)
    return ReportingDays(best.is_reporting, silent, best.usual)


@dataclass(frozen=True, slots=True)
class _Fit:
    """States (source × day), their log-probability (source), and the usual counts (source × day)."""

    is_reporting: Bools
    score: Floats
    usual: Floats


def _high_counts(counts: Ints, quantile: float) -> Floats:
    """A quantile of the days with records of each source; 0 where there are none."""
    return np.array([np.quantile(row[row > 0], quantile) if (row > 0).any() else 0.0 for row in counts])


def _fit(counts: Ints, of_week: Ints, has_begun: Bools, stated: Bools, states: Bools) -> _Fit:
    """Estimates of usual counts and states in turn, until the states stay the same."""
    usual, score = np.zeros(counts.shape), np.zeros(len(counts))
    for _ in range(_MAX_ROUNDS):
        usual = _usual_counts(counts, of_week, states)
        late = np.maximum(_late_shares(counts, usual, has_begun & ~states)[:, None] * usual, _MIN_LATE)
        reported = _log_probability(counts, usual, _sizes(counts, usual, states)[:, None])
        silent = _log_probability(counts, late, np.ones((len(counts), 1)))
        former = states
        states, score = _most_probable(reported, np.where(stated, -np.inf, silent), has_begun)
        if np.array_equal(states, former):
            break
    return _Fit(states, score, usual)


def _usual_counts(counts: Ints, of_week: Ints, states: Bools) -> Floats:
    """The usual count of each day: the level of the days around it × the factor of its weekday (source × day)."""
    reported = np.where(states, counts, 0).astype(np.float64)
    mean = reported.sum(axis=1) / np.maximum(states.sum(axis=1), 1)
    factors = np.ones(counts.shape)
    for day in range(7):
        on_day = of_week == day
        total, base = reported[:, on_day].sum(axis=1), states[:, on_day].sum(axis=1) * mean
        prior = _PRIOR_DAYS * mean
        factor = np.divide(total + prior, base + prior, out=np.ones(len(counts)), where=base + prior > 0)
        factors[:, on_day] = factor[:, None]
    weight = np.where(states, factors, 0.0)
    level = _decayed(reported) / np.maximum(_decayed(weight), 1e-300)
    return np.maximum(level, 1e-6) * factors


def _decayed(values: Floats) -> Floats:
    """The sum of all days, each weighted by its distance in half-lives (source × day)."""
    decay = 0.5 ** (1 / HALF_LIFE_DAYS)
    before, after = np.zeros(values.shape), np.zeros(values.shape)
    running = np.zeros(len(values))
    for day in range(values.shape[1]):
        running = running * decay + values[:, day]
        before[:, day] = running
    running = np.zeros(len(values))
    for day in reversed(range(values.shape[1])):
        after[:, day] = running
        running = (running + values[:, day]) * decay
    return before + after


def _sizes(counts: Ints, usual: Floats, states: Bools) -> Floats:
    """The size of the negative binomial distribution by moments: variance = mean + mean² / size (source)."""
    excess = np.where(states, (counts - usual) ** 2 - usual, 0.0).sum(axis=1)
    squares = np.where(states, usual**2, 0.0).sum(axis=1)
    return np.clip(
        np.divide(squares, excess, out=np.full(len(counts), _MAX_SIZE), where=excess > 0), _MIN_SIZE, _MAX_SIZE
    )


def _late_shares(counts: Ints, usual: Floats, is_silent: Bools) -> Floats:
    """The records of silent days that have arrived, as a share of the usual counts (source)."""
    # One usual day of which half of the most late records arrived stands for sources without silent days.
    one_day = usual.mean(axis=1)
    late = np.where(is_silent, counts, 0).sum(axis=1) + MAX_LATE_SHARE / 2 * one_day
    expected = np.where(is_silent, usual, 0.0).sum(axis=1) + one_day
    return np.minimum(np.divide(late, expected, out=np.zeros(len(counts)), where=expected > 0), MAX_LATE_SHARE)


def _log_probability(counts: Ints, mean: Floats, size: Floats) -> Floats:
    """The logarithm of the negative binomial probability of counts."""
    return (
        gammaln(counts + size) - gammaln(size) - gammaln(counts + 1)
        + size * np.log(size / (size + mean)) + counts * np.log(mean / (size + mean))
    )  # fmt: skip


def _most_probable(reported: Floats, silent: Floats, has_begun: Bools) -> tuple[Bools, Floats]:
    """The most probable states (source × day) and the logarithm of their probability, by the Viterbi algorithm.

    Args:
        reported: source × day, log-probability of the count if the source reports.
        silent: the same if it is silent.
        has_begun: source × day; a source reports on the day on which it begins, and earlier days do not count.
    """
    stay, begin = np.log1p(-1 / GAP_EVERY_DAYS), -np.log(GAP_EVERY_DAYS)
    go_on, end = np.log1p(-1 / GAP_DAYS), -np.log(GAP_DAYS)
    sources, days = reported.shape
    came_from_silence, stayed_silent = np.zeros((sources, days), np.bool_), np.zeros((sources, days), np.bool_)
    on, off = np.zeros(sources), np.full(sources, -np.inf)
    for day in range(days):
        begun = has_begun[:, day]
        is_first = begun & (~has_begun[:, day - 1] if day else True)
        to_on, to_off = np.maximum(on + stay, off + end), np.maximum(on + begin, off + go_on)
        came_from_silence[:, day] = off + end > on + stay
        stayed_silent[:, day] = off + go_on >= on + begin
        on = np.where(begun, np.where(is_first, 0.0, to_on) + reported[:, day], on)
        off = np.where(begun, np.where(is_first, -np.inf, to_off + silent[:, day]), off)
    states = np.zeros((sources, days), np.bool_)
    is_on = on >= off
    for day in reversed(range(days)):
        states[:, day] = is_on & has_begun[:, day]
        is_on = np.where(is_on, ~came_from_silence[:, day], ~stayed_silent[:, day])
    return states, np.maximum(on, off)
