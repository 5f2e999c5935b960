"""Surges once more, by the formulas of the papers, one series after the other: plain, slow, no code of jobs.

Short histories: EARS, a baseline of twelve weeks with a gap of two (Hutwagner et al. 2003), here a quasi-Poisson mean
that may rise. Long ones: Farrington Flexible (Noufaily et al. 2013). Both are regressions by iteratively reweighted
least squares. False discoveries: Döhler, Durand, Roquain 2018.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

YEAR = 365.2425 / 7  # weeks
Vector = np.ndarray[Any, np.dtype[np.float64]]


@dataclass
class SeriesData:
    """The data of all series up to a week, ``counts`` and ``is_used`` series × weeks."""

    counts: Any
    area: Any
    first_week: Any
    has_data: Any
    is_restated: Any


@dataclass
class Expected:
    """What a series is expected to hold: this week, the week before, variance by mean, error of the logarithm."""

    mean: float
    before: float
    scale: float
    error: float
    year_mean: float
    year_error: float
    is_long: bool


def regress(counts: Vector, weights: Vector, design: Vector) -> tuple[Vector, Vector, Vector]:
    """Coefficients, fitted means and covariance (for a dispersion of 1) of a weighted Poisson regression."""
    means = counts + 0.1
    linear = np.log(means)
    coefficients = np.zeros(design.shape[1])
    for _ in range(200):
        work = linear + (counts - means) / means
        weighted = design * (weights * means)[:, None]
        former, coefficients = coefficients, np.linalg.solve(weighted.T @ design, weighted.T @ work)
        linear = np.clip(design @ coefficients, -30, 30)
        means = np.exp(linear)
        if np.abs(coefficients - former).max() < 1e-11:
            break
    information = (design * (weights * means)[:, None]).T @ design
    return coefficients, means, np.linalg.inv(information)


def predict(data: SeriesData, week: int) -> list[Expected | None]:
    """What each series is expected to hold; None where its history is too short."""
    until = week - 1  # the two weeks under test are not known
    counts = np.asarray(data.counts, float)[:, :until]
    used = (data.has_data & (np.arange(data.counts.shape[1]) >= data.first_week[:, None]))[:, :until]
    scales = _scales(counts, used)
    return [_predict(counts[one], used[one], scales[one], week) for one in range(len(counts))]


def _predict(counts: Vector, used: Any, scale: float, week: int) -> Expected | None:
    recent = used[-52:]
    total = float(counts[-52:][recent].sum()) + 0.5
    year = total / max(recent.sum(), 1), 1 / total
    if used.any() and week - int(used.argmax()) >= 3 * YEAR:
        found = _farrington(counts, used, week, year)
        if found is not None:
            return found
    return _ears(counts[-12:], used[-12:], scale, week, year)


def _ears(counts: Vector, used: Any, scale: float, week: int, year: tuple[float, float]) -> Expected | None:
    if used.sum() < 8:
        return None
    last = week - 2
    time = (np.arange(last - len(counts) + 1, last + 1) - week) / YEAR
    time, counts = time[used], counts[used]
    slope, of_slope, exposure, centre = 0.0, 0.0, float(len(counts)), 0.0
    if counts.sum() > 0:
        trend, _, covariance = regress(counts, np.ones(len(counts)), np.column_stack([np.ones(len(time)), time]))
        # No trend is taken to be steeper than e⁶ a year.
        slope, variance = float(trend[1]), float(covariance[1, 1])
        if slope > 6:
            slope, variance = 6.0, 1 / float(counts.sum() * _spread(time, np.exp(6 * time)))
        if slope > 0 and slope / np.sqrt(scale * variance) > 2.326:
            raised = np.exp(slope * time)
            exposure, centre = float(raised.sum()), float((raised * time).sum() / raised.sum())
            of_slope = centre**2 * variance
        else:
            slope = 0.0
    total = float(counts.sum()) + 0.5
    mean = total / exposure
    return Expected(mean, mean * np.exp(-slope / YEAR), scale, scale * (1 / total + of_slope), *year, False)


def _spread(values: Vector, weights: Vector) -> float:
    """Weighted variance."""
    middle = np.average(values, weights=weights)
    return float(np.average((values - middle) ** 2, weights=weights))


def _scales(counts: Vector, used: Any) -> list[float]:
    """Variance by mean of each series, from its differences, drawn to what is common to all."""
    own: list[tuple[float, float, int]] = []
    for series, known in zip(counts[:, -52:], used[:, -52:], strict=True):
        pairs = known[1:] & known[:-1]
        before, after = series[:-1][pairs], series[1:][pairs]
        sums = float((before + after).sum())
        ratio = float(((after - before) ** 2).sum()) / sums if sums else 1.0
        own.append((ratio, sums / (2 * len(before)) if len(before) else 0.0, len(before)))
    above = sum(number * (ratio - 1) for ratio, _, number in own)
    common = max(above / max(sum(number * mean for _, mean, number in own), 1e-9), 0.0)
    found: list[float] = []
    for (ratio, _, number), series, known in zip(own, counts[:, -12:], used[:, -12:], strict=True):
        level = float(series[known].mean()) if known.any() else 0.0
        found.append(max((12 * (1 + common * level) + number * ratio) / (12 + number), 1.0))
    return found


def _farrington(counts: Vector, used: Any, week: int, year: tuple[float, float]) -> Expected | None:
    first = max(week - round(5 * YEAR) - 3, 0)
    weeks = np.arange(first, min(len(counts), week - 26))
    level = np.array([_level(week - one) for one in weeks])
    known = used[weeks]
    if (known & (level == 0)).sum() < 8:
        return None
    weeks, level, values = weeks[known], level[known], counts[weeks][known]
    time = (weeks - week) / YEAR

    def fitted(has_trend: bool) -> tuple[float, float, float, float, float]:
        """Expected number, slope, its standard error with the scale in it, scale, error of the logarithm."""
        weights, scale = np.ones(len(values)), 1.0
        for turn in range(2):
            # A level without a report is fitted exactly by 0 and has no part in the regression.
            told_of = [one for one in range(10) if (weights * values)[level == one].sum() > 0]
            inside = np.isin(level, told_of)
            design = np.column_stack([*(1.0 * (level == one) for one in told_of), *([time] if has_trend else [])])
            design = design[inside]
            if not told_of:
                coefficients, means, covariance = np.zeros(design.shape[1]), np.zeros(0), np.zeros((0, 0))
                scale = 1.0
                break
            coefficients, means, covariance = regress(values[inside], weights[inside], design)
            freedom = int(inside.sum()) - design.shape[1]
            squares = weights[inside] * (values[inside] - means) ** 2 / means
            scale = max(float(squares.sum()) / freedom, 1.0) if freedom > 0 else 1.0
            if turn:
                break
            leverage = np.einsum("ij,jk,ik->i", design, covariance, design) * means * weights[inside]
            raw = 1.5 * (values[inside] ** (2 / 3) * means ** (-1 / 6) - np.sqrt(means))
            residual = np.zeros(len(values))
            residual[inside] = raw / np.sqrt(scale * np.clip(1 - leverage, 1e-6, None))
            weights = np.where(residual > 2.58, np.maximum(residual, 1) ** -2.0, 1.0)
            weights *= len(values) / weights.sum()
        slope = float(coefficients[-1]) if has_trend and told_of else 0.0
        of_slope = float(covariance[-1, -1]) if has_trend and told_of else 0.0
        now = level == 0
        raised = weights[now] * np.exp(slope * time[now])
        total = float((weights * values)[now].sum()) + 0.5
        centre = float((raised * time[now]).sum() / raised.sum())
        error = scale * (1 / total + centre**2 * of_slope)
        return total / float(raised.sum()), slope, float(np.sqrt(scale * of_slope)), scale, error

    mean, slope, deviation, scale, error = fitted(True)
    if not (deviation > 0 and abs(slope) / deviation > 1.96 and mean <= values.max()):
        mean, slope, _, scale, error = fitted(False)
    return Expected(mean, mean * np.exp(-slope / YEAR), scale, error, *year, True)


def _level(weeks_before: int) -> int:
    """Of the year as seen from now: 0 for three weeks on either side of this one, then nine of like length."""
    since = weeks_before % YEAR
    if since < 3.5 or since >= YEAR - 3.5:
        return 0
    return 1 + min(int((since - 3.5) / ((YEAR - 7) / 9)), 8)


@dataclass
class Verdict:
    """The result of a series, as in gold.surges; figures are None where there is too little history."""

    window_weeks: int
    observed: int
    expected: float | None
    lower: float | None
    upper: float | None
    p: float | None
    q: float | None
    method: str
    is_surge: bool
    reason: str


def evaluate(data: SeriesData, week: int, distinct: Any) -> list[Verdict]:
    """A verdict for each series; ``distinct`` are the different texts of each in four weeks."""
    expected = predict(data, week)
    number = len(expected)
    reporting = np.broadcast_to(data.has_data[:, week], number)
    restated = np.broadcast_to(data.is_restated[:, week], number)
    before_restated = np.broadcast_to(data.is_restated[:, week - 1], number)
    had = np.broadcast_to(data.has_data[:, week - 1], number) & (week - 1 >= data.first_week)
    first = max(week - 3, 0)
    reports = (data.counts[:, first : week + 1] * data.has_data[:, first : week + 1]).sum(axis=1)
    mean, before, scale, error, year_mean, year_error = (
        np.array([np.nan if found is None else getattr(found, name) for found in expected])
        for name in ("mean", "before", "scale", "error", "year_mean", "year_error")
    )
    alone = _chance(data.counts[:, week], mean, scale, error)
    together = _chance(data.counts[:, week - 1 : week + 1].sum(axis=1), mean + before, scale, error)
    looks_back = had & ~before_restated
    window = np.where(looks_back & (together < alone), 2, 1)
    p = np.where(looks_back, np.minimum(2 * np.minimum(alone, together), 1), alone)
    attainable = np.maximum(_chance(5, 4 * mean, scale, 0.0), _chance(5, 4 * year_mean, scale, year_error))
    known = np.array([found is not None for found in expected]) & reporting
    candidate = known & ~restated & (reports >= 5) & (distinct >= 3)
    tried = np.where(candidate, p, 1.0)
    chances = attainable[known]
    # Only of p-values that are looked at, and of the greatest, is there anything to compute.
    levels = {p_value: _false_share(p_value, tried[known], chances) for p_value in set(tried[known])}
    smallest, q_of = 1.0, {}
    for p_value in sorted(levels, reverse=True):
        smallest = min(smallest, levels[p_value])
        q_of[p_value] = smallest
    verdicts: list[Verdict] = []
    for one, found in enumerate(expected):
        q = q_of[tried[one]] if known[one] else None
        unusual = bool(candidate[one] and p[one] <= 0.01 and q is not None and q <= 0.2)
        mine = known & (data.area == data.area[one])
        rare = unusual and float(np.minimum(p[one], attainable[mine]).sum()) <= 0.5 / YEAR
        reason = next(
            why for is_so, why in (
                (not reporting[one], "no_data"),
                (found is None, "insufficient_history"),
                (restated[one], "restated"),
                (reports[one] < 5, "too_few_reports"),
                (distinct[one] < 3, "too_few_texts"),
                (not unusual, "not_unusual"),
                (not rare, "over_alert_budget"),
                (True, "is_surge"),
            ) if is_so
        )  # fmt: skip
        size = int(window[one])
        observed = int(data.counts[one, week - size + 1 : week + 1].sum())
        if not known[one] or found is None:
            verdicts.append(Verdict(size, observed, None, None, None, None, None, "none", False, reason))
            continue
        middle = found.mean + (found.before if size == 2 else 0.0)
        law = _law(middle, found.scale, found.error)
        method = "farrington" if found.is_long else "ears"
        # Series without concerns in the week are not shown.
        lower, upper = (float(stats.nbinom.ppf(at, *law)) if data.counts[one, week] else 0.0 for at in (0.025, 0.975))
        verdicts.append(Verdict(size, observed, middle, lower, upper, float(p[one]), q, method, rare, reason))
    return verdicts


def _law(mean: Any, scale: Any, error: Any) -> tuple[Any, Any]:
    """Size and share of the negative binomial law of reports where ``mean`` are expected, and that is not sure."""
    size = mean / np.maximum(scale - 1 + mean * error, 1e-9)
    return size, size / (size + mean)


def _chance(reports: Any, mean: Any, scale: Any, error: Any) -> Any:
    """Chance of at least so many reports."""
    return np.where(np.isnan(mean), np.nan, stats.nbinom.sf(np.asarray(reports) - 1, *_law(mean, scale, error)))


def _false_share(p: float, tried: Vector, attainable: Vector) -> float:
    """How many series would be as unusual by chance, of those that are."""
    return float(np.minimum(p, attainable).sum()) / 0.99 / int((tried <= p).sum())
