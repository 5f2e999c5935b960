"""Days until a concern is solved, with unsolved concerns taken into account (Kaplan-Meier), for many cells at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Rounding error of products of fractions that still counts as equal.
_TOLERANCE = 1e-12


@dataclass(frozen=True, slots=True)
class Durations:
    """One value per cell; NaN where there are no data, and for a quantile that is not reached.

    Attributes:
        median: the day by which half of the concerns are solved.
        p90: the day by which nine tenths are solved.
        in_time_share: share solved in time, of the concerns whose time is over: solved, or waiting at least as long.
    """

    median: Floats
    p90: Floats
    in_time_share: Floats


def durations(cell: Ints, days: Ints, solved: Ints, waiting: Ints, cells: int, in_time_days: int) -> Durations:
    """Quantiles of durations and shares in time of each cell, from counts by whole days.

    Args:
        cell: of each row, 0 to ``cells`` - 1; a cell and day can have several rows.
        days: of each row, from 0: until solved, or waited so far.
        solved: concerns solved after ``days`` days.
        waiting: concerns not solved yet that have waited for ``days`` days.
        cells: the number of cells.
        in_time_days: the largest number of days that is in time.

    Source: E. L. Kaplan and P. Meier, Nonparametric estimation from incomplete observations, 1958: waiting concerns
    are at risk for as long as they have waited. On the same day, solved concerns come before waiting ones.
    """
    cell, days, solved, waiting = _sum_by_cell_and_day(cell, days, solved, waiting)
    leaving = solved + waiting
    total = np.bincount(cell, weights=leaving, minlength=cells)
    before = np.cumsum(leaving) - leaving
    first = np.searchsorted(cell, cell)  # where the cell of each row begins
    at_risk = total[cell] - (before - before[first]) if cell.size else total[:0]
    has_solved = solved > 0
    remaining = 1 - solved[has_solved] / at_risk[has_solved]
    median, p90 = _quantiles(cell[has_solved], days[has_solved], remaining, cells, (0.5, 0.9))

    in_time = np.bincount(cell, weights=np.where(days <= in_time_days, solved, 0), minlength=cells)
    decided = np.bincount(cell, weights=solved + np.where(days >= in_time_days, waiting, 0), minlength=cells)
    share = np.divide(in_time, decided, out=np.full(cells, np.nan), where=decided > 0)
    return Durations(median, p90, share)


def _sum_by_cell_and_day(cell: Ints, days: Ints, solved: Ints, waiting: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """One row per cell and day, sorted by both."""
    if not cell.size:
        return cell, days, solved, waiting
    span = int(days.max()) + 1
    key = cell * span + days
    order = np.argsort(key)
    key = key[order]
    starts = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]]))
    keys = key[starts]
    return keys // span, keys % span, np.add.reduceat(solved[order], starts), np.add.reduceat(waiting[order], starts)


def _quantiles(cell: Ints, days: Ints, remaining: Floats, cells: int, shares: tuple[float, ...]) -> list[Floats]:
    """The first day of each cell on which the unsolved share falls to 1 - share, for each of ``shares``.

    ``remaining`` is the factor by which each row reduces the unsolved share. The first rows of all cells are computed
    together, then the second rows, and so on, for as many steps as the largest cell has rows.
    """
    quantiles = [np.full(cells, np.nan) for _ in shares]
    if not cell.size:
        return quantiles
    starts = np.flatnonzero(np.concatenate([[True], cell[1:] != cell[:-1]]))
    lengths = np.diff(np.append(starts, cell.size))
    order = np.argsort(-lengths, kind="stable")
    starts, lengths = starts[order], lengths[order]
    unsolved = np.ones(len(starts))
    for step in range(int(lengths[0])):
        active = int(np.searchsorted(-lengths, -step))  # the number of cells with more than ``step`` rows
        rows = starts[:active] + step
        unsolved[:active] *= remaining[rows]
        for share, quantile in zip(shares, quantiles, strict=True):
            reached = rows[(unsolved[:active] <= 1 - share + _TOLERANCE) & np.isnan(quantile[cell[rows]])]
            quantile[cell[reached]] = days[reached]
    return quantiles
