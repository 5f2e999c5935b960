"""Whether the newest week is unusual: weekly counts of many series (area × topic) in, one result per series out.

Weeks are from Monday to Sunday in Asia/Bangkok, without a gap; in this module they are indices.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from jobs.statistics.baselines import TESTED_WEEKS, WEEKS_PER_YEAR, Ints, Prediction, predict
from jobs.statistics.discovery import MAX_P, false_discovery, within_budget
from jobs.statistics.loglinear import Bools, Floats

RECENT_WEEKS = 4
MIN_REPORTS = 5
MIN_TEXTS = 3
# The false discovery rate: four of five surges that are shown should be real.
MAX_FALSE_SHARE = 0.2
# Aim: at most one false alert per area and year. Half of it is reserved for errors of the model of the counts.
FALSE_ALERTS_PER_YEAR = 0.5
INTERVAL_LEVEL = 0.95


class Method(StrEnum):
    """The method that computed the baseline of a series."""

    EARS = "ears"
    FARRINGTON = "farrington"
    NONE = "none"


class Status(StrEnum):
    """Whether a series has enough data to be tested."""

    OK = "ok"
    INSUFFICIENT_DATA = "insufficient_data"


class Reason(StrEnum):
    """Why a series is or is not a surge."""

    IS_SURGE = "is_surge"
    NO_DATA = "no_data"  # no source reported in this week
    SHORT_HISTORY = "insufficient_history"  # too few weeks since the sources began
    MODEL_CHANGED = "model_changed"  # too few weeks since the topic model changed
    RESTATED = "restated"  # a backfill changed this week
    FEW_REPORTS = "too_few_reports"
    FEW_TEXTS = "too_few_texts"
    NOT_UNUSUAL = "not_unusual"
    OVER_BUDGET = "over_alert_budget"  # unusual among all series, not rare enough for its area


@dataclass(frozen=True, slots=True)
class Weeks:
    """The data available at the end of a week.

    Attributes:
        counts: series × weeks, reports without near-duplicates, so that copied texts of a campaign count once.
        area: of each series, for the budget of false alerts.
        first_week: of each series, the first week with all sources that it has now.
        has_data: (series or 1) × weeks, whether any source reported; a week without data is not a zero.
        is_restated: (series or 1) × weeks, whether a backfill changed the week afterwards.
        model_week: the first week that was labelled by the present topic model; 0 if all were, or were labelled again.

    Raises ValueError where shapes do not match or a count is below 0.
    """

    counts: Ints
    area: Ints
    first_week: Ints
    has_data: Bools
    is_restated: Bools
    model_week: int = 0

    def __post_init__(self) -> None:
        series, weeks = self.counts.shape
        if self.area.shape != (series,) or self.first_week.shape != (series,):
            raise ValueError(f"area and first_week must have one value for each of {series} series.")
        for name, matrix in (("has_data", self.has_data), ("is_restated", self.is_restated)):
            if matrix.shape not in ((series, weeks), (1, weeks)):
                raise ValueError(f"{name} is {matrix.shape}, and counts are {self.counts.shape}.")
        if (self.counts < 0).any():
            raise ValueError("A count is below 0.")

    def history(self) -> Bools:
        """Series × weeks: whether a week can be used as history."""
        start = np.maximum(self.first_week, self.model_week)
        return self.has_data & (np.arange(self.counts.shape[1]) >= start[:, None])


@dataclass(frozen=True, slots=True)
class Surge:
    """The result of one series; ``lower`` and ``upper`` are the prediction interval.

    ``window_weeks`` says whether observed, expected, lower and upper are of the newest week (1) or of the newest two
    weeks together (2), whichever is more unusual. Figures are NaN where ``status`` is not ok.
    """

    series: int
    week: int
    window_weeks: int
    observed: int
    expected: float
    lower: float
    upper: float
    p_value: float
    q_value: float
    method: Method
    is_short_history: bool
    is_surge: bool
    status: Status
    reason: Reason


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The results of all series as arrays, without the prediction intervals; see ``Surge``."""

    window_weeks: Ints
    observed: Ints
    expected: Floats
    p_value: Floats
    q_value: Floats
    is_known: Bools
    is_surge: Bools
    reason: list[Reason]


def surges(weeks: Weeks, week: int, distinct_texts: Ints, prediction: Prediction | None = None) -> list[Surge]:
    """Whether a week is unusual, for each series.

    Args:
        weeks: the data available at the end of the week.
        week: index of the newest week, which is complete.
        distinct_texts: number of different texts of each series in the four weeks up to it.
        prediction: of the same week, if it was computed before.
    """
    if prediction is None:
        prediction = predict(weeks.counts, weeks.history(), week)
    evaluation = evaluate(weeks, week, distinct_texts, prediction)
    mean = np.where(evaluation.window_weeks == 2, prediction.mean + prediction.mean_before, prediction.mean)
    lower = prediction.quantile((1 - INTERVAL_LEVEL) / 2, mean)
    upper = prediction.quantile((1 + INTERVAL_LEVEL) / 2, mean)
    unknown = ~evaluation.is_known
    lower[unknown] = upper[unknown] = np.nan
    return [
        Surge(
            series=series,
            week=week,
            window_weeks=int(evaluation.window_weeks[series]),
            observed=int(evaluation.observed[series]),
            expected=float(evaluation.expected[series]),
            lower=float(lower[series]),
            upper=float(upper[series]),
            p_value=float(evaluation.p_value[series]),
            q_value=float(evaluation.q_value[series]),
            method=_method(bool(evaluation.is_known[series]), bool(prediction.is_long[series])),
            is_short_history=bool(evaluation.is_known[series] and not prediction.is_long[series]),
            is_surge=bool(evaluation.is_surge[series]),
            status=Status.OK if evaluation.is_known[series] else Status.INSUFFICIENT_DATA,
            reason=evaluation.reason[series],
        )
        for series in range(len(weeks.counts))
    ]


def _method(is_known: bool, is_long: bool) -> Method:
    if not is_known:
        return Method.NONE
    return Method.FARRINGTON if is_long else Method.EARS


def evaluate(weeks: Weeks, week: int, distinct_texts: Ints, prediction: Prediction) -> Evaluation:
    """As ``surges``, as arrays, with a given prediction. Raises ValueError where arguments do not match."""
    if not 0 <= week < weeks.counts.shape[1]:
        raise ValueError(f"Week {week} is not among the {weeks.counts.shape[1]} weeks.")
    if distinct_texts.shape != weeks.area.shape:
        raise ValueError(f"distinct_texts must have one value for each of {len(weeks.area)} series.")
    has_data = _column(weeks.has_data, week, weeks)
    is_known = prediction.is_known & has_data
    restated = _column(weeks.is_restated, week, weeks)
    recent = slice(max(week - RECENT_WEEKS + 1, 0), week + 1)
    reports = (weeks.counts[:, recent] * weeks.has_data[:, recent]).sum(axis=1)
    is_candidate = is_known & ~restated & (reports >= MIN_REPORTS) & (distinct_texts >= MIN_TEXTS)

    p, window = _p_values(weeks, week, prediction)
    # A series with a restated week gives no alert, but still counts in the multiple testing.
    attainable = prediction.probability_of(MIN_REPORTS, RECENT_WEEKS)
    tested = np.flatnonzero(is_known)
    tested_p = np.where(is_candidate, p, 1.0)[tested]
    q = np.full(len(p), np.nan)
    q[tested] = false_discovery(tested_p, attainable[tested])
    is_rare = np.zeros(len(p), np.bool_)
    budget = FALSE_ALERTS_PER_YEAR / WEEKS_PER_YEAR
    is_rare[tested] = within_budget(tested_p, attainable[tested], weeks.area[tested], budget)
    is_unusual = is_candidate & (p <= MAX_P) & (q <= MAX_FALSE_SHARE)

    is_model_newer = weeks.model_week > weeks.first_week
    # The first condition that holds gives the reason.
    conditions = (
        (~has_data, Reason.NO_DATA),
        (~is_known & is_model_newer, Reason.MODEL_CHANGED),
        (~is_known, Reason.SHORT_HISTORY),
        (restated, Reason.RESTATED),
        (reports < MIN_REPORTS, Reason.FEW_REPORTS),
        (distinct_texts < MIN_TEXTS, Reason.FEW_TEXTS),
        (~is_unusual, Reason.NOT_UNUSUAL),
        (~is_rare, Reason.OVER_BUDGET),
    )
    code = np.select([holds for holds, _ in conditions], list(range(len(conditions))), len(conditions))
    reasons = [*(reason for _, reason in conditions), Reason.IS_SURGE]
    newest = weeks.counts[:, week]
    before = weeks.counts[:, max(week - 1, 0)]
    both = window == TESTED_WEEKS
    return Evaluation(
        window_weeks=window,
        observed=np.where(both, newest + before, newest),
        expected=np.where(is_known, np.where(both, prediction.mean + prediction.mean_before, prediction.mean), np.nan),
        p_value=np.where(is_known, p, np.nan),
        q_value=q,
        is_known=is_known,
        is_surge=is_unusual & is_rare,
        reason=[reasons[number] for number in code],
    )


def _column(matrix: Bools, week: int, weeks: Weeks) -> Bools:
    return np.broadcast_to(matrix[:, week], weeks.area.shape)


def _p_values(weeks: Weeks, week: int, prediction: Prediction) -> tuple[Floats, Ints]:
    """p-values, and whether the newest week (1) or the newest two weeks together (2) are more unusual.

    Where both can be tested, the smaller of the two p-values is doubled (Bonferroni). The week before is not used where
    it has no data, is before the history or was restated.
    """
    newest = weeks.counts[:, week].astype(np.float64)
    alone = prediction.tail(newest, prediction.mean)
    ones = np.ones(len(newest), np.int64)
    if week == 0:
        return alone, ones
    usable = weeks.history()[:, week - 1] & ~_column(weeks.is_restated, week - 1, weeks)
    both = prediction.tail(newest + weeks.counts[:, week - 1], prediction.mean + prediction.mean_before)
    p = np.where(usable, np.minimum(2 * np.minimum(alone, both), 1.0), alone)
    return p, np.where(usable & (both < alone), 2 * ones, ones)
