"""Which place an area can have, given that rates vary by chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from jobs.statistics.intervals import LEVEL

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class RankIntervals:
    """Places from the top, 1 for the highest rate; one value an area.

    Attributes:
        rank: the place by the observed rates alone; equal rates share the better one.
        lower: the best place that the area can have.
        upper: the worst.
    """

    rank: Ints
    lower: Ints
    upper: Ints

    @property
    def is_certain(self) -> NDArray[np.bool_]:
        """Whether only one place is left, so that a rank may be told."""
        return self.lower == self.upper


def rank_intervals(counts: ArrayLike, populations: ArrayLike, level: float = LEVEL) -> RankIntervals:
    """Bounds that hold all true places at once, with a probability of at least ``level``.

    Each two areas are compared by the exact test of two Poisson rates (given their sum, a count is binomial); all
    comparisons together are wrong anywhere with a probability of at most 1 - level (S. Holm, 1979). An area's best
    place is one more than the number of areas that are surely above it.

    Counts are taken for Poisson: what makes them vary more than that (one person who writes often, a campaign) must
    be taken out before.

    Source: M. Mogstad, J. Romano, A. Shaikh, D. Wilhelm, Inference for ranks, Review of Economic Studies 91, 2024;
    M. Klein, T. Wright, J. Wieczorek, A joint confidence region for an overall ranking of populations, 2020.
    """
    events, people = np.asarray(counts, np.float64), np.asarray(populations, np.float64)
    if events.ndim != 1 or events.shape != people.shape:
        raise ValueError("There must be one population for each count.")
    if (events < 0).any() or (people <= 0).any():
        raise ValueError("A count is below 0, or a population is not above 0.")
    number = len(events)
    if number < 2:
        one = np.ones(number, np.int64)
        return RankIntervals(one, one, one)
    rate = events / people
    ascending = np.sort(rate)
    above = number - np.searchsorted(ascending, rate, side="right")

    # Of two areas only the one with the higher rate can surely be above, so half of the pairs are tested.
    order = np.argsort(-rate, kind="stable")
    high, low = np.triu_indices(number, k=1)
    p = _pairwise_p_values(events[order], people[order], high, low)
    is_sure = holm(p, number * (number - 1), 1 - level)
    better = np.bincount(low[is_sure], minlength=number)
    worse = np.bincount(high[is_sure], minlength=number)
    lower, upper = np.empty(number, np.int64), np.empty(number, np.int64)
    lower[order], upper[order] = 1 + better, number - worse
    return RankIntervals(1 + above, lower, upper)


def holm(p: Floats, family: int, alpha: float) -> NDArray[np.bool_]:
    """Which hypotheses of a family are rejected; those of the family that are not given have p-values of 1.

    Source: S. Holm, A simple sequentially rejective multiple test procedure, 1979.
    """
    rejected = np.zeros(len(p), np.bool_)
    # Nothing beyond this can be rejected: the last of the given ones is compared with it.
    candidates = np.flatnonzero(p <= alpha / max(family - len(p) + 1, 1))
    ordered = candidates[np.argsort(p[candidates], kind="stable")]
    holds = p[ordered] > alpha / (family - np.arange(len(ordered)))
    rejected[ordered[: int(np.argmax(holds)) if holds.any() else len(ordered)]] = True
    return rejected


def _pairwise_p_values(events: Floats, people: Floats, high: Ints, low: Ints) -> Floats:
    """p-values of "the first area's rate is not above the second's"."""
    first, second = events[high], events[low]
    share = people[high] / (people[high] + people[low])
    return np.where(first > 0, special.betainc(np.maximum(first, 1), second + 1, share), 1.0)
