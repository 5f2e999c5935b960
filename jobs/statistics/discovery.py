"""Multiple testing: the false discovery rate over all series, and the number of false alerts in each area."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from jobs.statistics.loglinear import Bools, Floats

# A series with a larger p-value is no alert, whatever the other series are.
MAX_P = 0.01


def false_discovery(p: Floats, attainable: Floats) -> Floats:
    """q-values: the share of false discoveries among all series that are at least as unusual.

    Most series rarely have five reports in four weeks, so they can hardly be false alerts. Counting each of them in
    full, as Benjamini and Hochberg do, hides real surges. So each series counts with its probability of a p-value below
    p: p itself, or less where being a candidate at all is rarer.

    Args:
        p: p-value of each tested series; 1 where it is no candidate.
        attainable: probability of each series to be a candidate while nothing is unusual.

    Returns:
        q-values, at most 1, increasing with p; valid for p up to ``MAX_P``.

    Source: S. Döhler, G. Durand, E. Roquain, New FDR bounds for discrete and heterogeneous tests, Electronic
    Journal of Statistics 12, 2018, step-up with the distribution of each p-value under its null hypothesis; for their
    divisor 1 - F(τ), its lower bound 1 - MAX_P is used. With ``attainable`` 1 it is the procedure of Benjamini and
    Hochberg except for that divisor.
    """
    order = np.argsort(p, kind="stable")
    ranked = p[order]
    # Equal p-values all have the rank of the last of them.
    rank = np.searchsorted(ranked, ranked, side="right")
    ratio = expected_below(ranked, attainable) / (1 - MAX_P) / rank
    q = np.empty_like(p)
    q[order] = np.minimum(np.minimum.accumulate(ratio[::-1])[::-1], 1.0)
    return q


def expected_below(p: Floats, attainable: Floats) -> Floats:
    """The expected number of series with a p-value of at most ``p`` while nothing is unusual: Σ min(p, attainable)."""
    ascending = np.sort(attainable)
    sums = np.concatenate([[0.0], np.cumsum(ascending)])
    rarer = np.searchsorted(ascending, p, side="left")
    return sums[rarer] + p * (len(ascending) - rarer)


def within_budget(p: Floats, attainable: Floats, area: NDArray[np.int64], budget: float) -> Bools:
    """Whether false alerts at the p-value of a series are rare enough in its area.

    Args:
        p: of each series.
        attainable: see ``false_discovery``.
        area: of each series.
        budget: the expected number of false alerts that an area may have in one evaluation.
    """
    is_rare = np.zeros(len(p), np.bool_)
    candidates = np.flatnonzero(p <= MAX_P)
    for index in np.unique(area[candidates]):
        own = candidates[area[candidates] == index]
        is_rare[own] = expected_below(p[own], attainable[area == index]) <= budget
    return is_rare
