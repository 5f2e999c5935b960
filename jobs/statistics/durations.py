"""Days until a concern is solved, with those still unsolved taken into account; many cells at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# A share is reached even where products of fractions come out a hair beside it.
_TOLERANCE = 1e-12


@dataclass(frozen=True, slots=True)
class Durations:
    """One value a cell; NaN where nothing is known, and of a quantile where it is not reached.

    Attributes:
        median: the day by which half are solved.
        p90: the day by which nine tenths are.
        in_time_share: share solved in time, of those of which it is known: solved, or waiting for at least as long.
    """

    median: Floats
    p90: Floats
    in_time_share: Floats


def durations(cell: Ints, days: Ints, solved: Ints, waiting: Ints, cells: int, in_time_days: int) -> Durations:
    """How long it takes in each cell, from counts by whole days; a cell and day may stand on several rows.

    Args:
        cell: of each row, 0 to ``cells`` - 1.
        days: of each row, from 0: until solved, or waited so far.
        solved: concerns solved on that day.
        waiting: concerns not solved yet that have waited for so many days.
        cells: how many cells there are.
        in_time_days: what ``in_time_share`` counts as in time.

    Source: E. L. Kaplan and P. Meier, Nonparametric estimation from incomplete observations, 1958: those who
    wait count as at risk for as long as they have waited. On one day the solved come before the waiting.
    """
    cell, days, solved, waiting = _sum_by_cell_and_day(cell, days, solved, waiting)
    together = solved + waiting
    total = np.bincount(cell, weights=together, minlength=cells)
    before = np.cumsum(together) - together
    first = np.searchsorted(cell, cell)  # where the cell of each row begins
    at_risk = total[cell] - (before - before[first]) if cell.size else total[:0]
    ends = solved > 0
    median, p90 = _quantiles(cell[ends], days[ends], 1 - solved[ends] / at_risk[ends], cells, (0.5, 0.9))

    in_time = np.bincount(cell, weights=np.where(days <= in_time_days, solved, 0), minlength=cells)
    known = np.bincount(cell, weights=solved + np.where(days >= in_time_days, waiting, 0), minlength=cells)
    share = np.divide(in_time, known, out=np.full(cells, np.nan), where=known > 0)
    return Durations(median, p90, share)


def _sum_by_cell_and_day(cell: Ints, days: Ints, solved: Ints, waiting: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """One row a cell and day, in that order."""
    if not cell.size:
        return cell, days, solved, waiting
    span = int(days.max()) + 1
    key = cell * span + days
    order = np.argsort(key)
    key = key[order]
    starts = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]]))
    kept = key[starts]
    return kept // span, kept % span, np.add.reduceat(solved[order], starts), np.add.reduceat(waiting[order], starts)


def _quantiles(cell: Ints, days: Ints, stays: Floats, cells: int, shares: tuple[float, ...]) -> list[Floats]:
    """The first day of each cell on which what is left falls to 1 - share; ``stays`` is the part left by each row.

    The first rows of all cells are taken together, then the second ones, and so on: as many turns as the cell with
    the most rows has.
    """
    found = [np.full(cells, np.nan) for _ in shares]
    if not cell.size:
        return found
    starts = np.flatnonzero(np.concatenate([[True], cell[1:] != cell[:-1]]))
    lengths = np.diff(np.append(starts, cell.size))
    order = np.argsort(-lengths, kind="stable")
    starts, lengths = starts[order], lengths[order]
    left = np.ones(len(starts))
    for turn in range(int(lengths[0])):
        active = int(np.searchsorted(-lengths, -turn))  # those with more rows than this
        rows = starts[:active] + turn
        left[:active] *= stays[rows]
        for share, reached in zip(shares, found, strict=True):
            now = rows[(left[:active] <= 1 - share + _TOLERANCE) & np.isnan(reached[cell[rows]])]
            reached[cell[now]] = days[now]
    return found
