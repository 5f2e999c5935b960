"""Which of many small p-values to believe: false discoveries over all series, false alerts within each area."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from jobs.statistics.loglinear import Bools, Floats

# No series is believed with a larger p-value, however many others are.
MAX_P = 0.01


def false_discovery(p: Floats, attainable: Floats) -> Floats:
    """q-values: the share of false ones among all that are at least as unusual.

    Most series hardly ever see five reports in four weeks, so they cannot be false alerts, and counting them in
    full, as Benjamini and Hochberg do, hides real surges. Each series counts with the chance that it has of
    falling below p: p itself, or less where even being looked at is rarer.

    Args:
        p: of each series that is tested; 1 where it is not looked at.
        attainable: the chance of each series to be looked at, while nothing is unusual.

    Returns:
        q-values, at most 1; they rise with p. For p up to ``LARGEST_P``.

    Source: S. Döhler, G. Durand, E. Roquain, New FDR bounds for discrete and heterogeneous tests, Electronic
    Journal of Statistics 12, 2018, step-up with the distribution of each p-value under its null hypothesis; their
    divisor 1 - F(τ) is taken at its least, 1 - LARGEST_P. With ``attainable`` 1 it is Benjamini and Hochberg's
    procedure, but for that divisor.
    """
    order = np.argsort(p, kind="stable")
    ranked = p[order]
    # Of equal p-values each has the rank of the last.
    rank = np.searchsorted(ranked, ranked, side="right")
    ratio = expected_below(ranked, attainable) / (1 - MAX_P) / rank
    q = np.empty_like(p)
    q[order] = np.minimum(np.minimum.accumulate(ratio[::-1])[::-1], 1.0)
    return q


def expected_below(p: Floats, attainable: Floats) -> Floats:
    """How many series fall to a p-value or below while nothing is unusual: the sum of min(p, attainable)."""
    ascending = np.sort(attainable)
    sums = np.concatenate([[0.0], np.cumsum(ascending)])
    rarer = np.searchsorted(ascending, p, side="left")
    return sums[rarer] + p * (len(ascending) - rarer)


def within_budget(p: Floats, attainable: Floats, area: NDArray[np.int64], budget: float) -> Bools:
    """Whether alerts at a p-value would stay rare enough in the area of the series.

    Args:
        p: of each series.
        attainable: see ``false_discovery``.
        area: of each series.
        budget: the number of false alerts that an area may have in one evaluation.
    """
    found = np.zeros(len(p), np.bool_)
    candidates = np.flatnonzero(p <= MAX_P)
    for index in np.unique(area[candidates]):
        own = candidates[area[candidates] == index]
        found[own] = expected_below(p[own], attainable[area == index]) <= budget
    return found
