"""Days until a concern is solved, with those still unsolved taken into account."""

from __future__ import annotations

from collections.abc import Mapping


def kaplan_meier_quantile(solved: Mapping[int, int], waiting: Mapping[int, int], quantile: float) -> float | None:
    """The day by which a share of concerns is solved; None where that share is not reached.

    Args:
        solved: number of concerns by whole days until they were solved.
        waiting: number of concerns not solved yet, by whole days that they have waited.
        quantile: the share, 0.5 for the median.

    Source: E. L. Kaplan and P. Meier, Nonparametric estimation from incomplete observations, 1958: those who
    wait count as at risk for as long as they have waited. On one day the solved come before the waiting.
    """
    at_risk = sum(solved.values()) + sum(waiting.values())
    survival = 1.0
    for day in sorted({*solved, *waiting}):
        if solved.get(day):
            survival *= 1 - solved[day] / at_risk
            if survival <= 1 - quantile + 1e-12:
                return float(day)
        at_risk -= solved.get(day, 0) + waiting.get(day, 0)
    return None


def solved_within_share(solved: Mapping[int, int], waiting: Mapping[int, int], days: int) -> float | None:
    """Share solved within so many days, of those of which it is known: solved, or waiting for at least as long."""
    in_time = sum(count for day, count in solved.items() if day <= days)
    known = sum(solved.values()) + sum(count for day, count in waiting.items() if day >= days)
    return in_time / known if known else None
