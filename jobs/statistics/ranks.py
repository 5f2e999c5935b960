"""The ranks that an area can have, given that rates vary by chance."""

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
    """Ranks from the top, 1 for the highest rate; one value per area.

    Attributes:
        rank: the rank by the observed rates alone; equal rates share the better one.
        lower: the best rank that the area can have.
        upper: the worst rank that it can have.
    """

    rank: Ints
    lower: Ints
    upper: Ints

    @property
    def is_certain(self) -> NDArray[np.bool_]:
        """Whether only one rank is possible."""
        return self.lower == self.upper


def rank_intervals(counts: ArrayLike, populations: ArrayLike, level: float = LEVEL) -> RankIntervals:
    """Bounds that contain the true ranks of all areas at once, with a probability of at least ``level``.

    Each pair of areas is compared by the exact test of two Poisson rates (given their sum, a count is binomial). The
    probability of any wrong comparison is at most 1 - level (S. Holm, 1979). The best rank of an area is one more than
    the number of areas that are significantly above it.

    Counts must be Poisson: remove what makes them vary more (one person who writes often, a campaign) before. Raises
    ValueError where counts and populations do not match, or have impossible values.

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

    # Only the area with the higher rate of a pair can be significantly above, so half of the pairs are tested.
    order = np.argsort(-rate, kind="stable")
    high, low = np.triu_indices(number, k=1)
    p = _pairwise_p_values(events[order], people[order], high, low)
    is_significant = holm(p, number * (number - 1), 1 - level)
    better = np.bincount(low[is_significant], minlength=number)
    worse = np.bincount(high[is_significant], minlength=number)
    lower, upper = np.empty(number, np.int64), np.empty(number, np.int64)
    lower[order], upper[order] = 1 + better, number - worse
    return RankIntervals(1 + above, lower, upper)


def holm(p: Floats, family: int, alpha: float) -> NDArray[np.bool_]:
    """Which hypotheses are rejected, out of a family of ``family``; those not in ``p`` have a p-value of 1.

    Source: S. Holm, A simple sequentially rejective multiple test procedure, 1979.
    """
    rejected = np.zeros(len(p), np.bool_)
    # The largest threshold that any of the p-values is compared with.
    candidates = np.flatnonzero(p <= alpha / max(family - len(p) + 1, 1))
    ordered = candidates[np.argsort(p[candidates], kind="stable")]
    is_kept = p[ordered] > alpha / (family - np.arange(len(ordered)))
    rejected[ordered[: int(np.argmax(is_kept)) if is_kept.any() else len(ordered)]] = True
    return rejected


def _pairwise_p_values(events: Floats, people: Floats, high: Ints, low: Ints) -> Floats:
    """p-values of the hypothesis that the rate of area ``high`` is not above that of area ``low``."""
    first, second = events[high], events[low]
    share = people[high] / (people[high] + people[low])
    return np.where(first > 0, special.betainc(np.maximum(first, 1), second + 1, share), 1.0)
