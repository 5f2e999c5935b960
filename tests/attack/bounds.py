"""Whole numbers between bounds, narrowed by sums until nothing moves."""

from __future__ import annotations

from collections.abc import Hashable, Iterable

import numpy as np
from scipy.optimize import Bounds as Box
from scipy.optimize import LinearConstraint, milp
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

ENDLESS = np.inf
_ROUNDS = 60
_SECONDS = 5


class Bounds:
    """Unknown whole numbers of which a least and a most are known, and inequalities between sums of them."""

    def __init__(self) -> None:
        self.place: dict[Hashable, int] = {}
        self.low: list[float] = []
        self.high: list[float] = []
        self._terms: list[tuple[int, int, int]] = []  # inequality, number, sign
        self._limits: list[float] = []
        self._seen: set[tuple[frozenset[tuple[int, int]], float]] = set()

    def number(self, name: Hashable, low: float = 0, high: float = ENDLESS) -> int:
        """The place of a number, which is made where it is new and narrowed where it is known."""
        if name not in self.place:
            self.place[name] = len(self.place)
            self.low.append(low)
            self.high.append(high)
            return self.place[name]
        self.limit(self.place[name], low, high)
        return self.place[name]

    def limit(self, at: int, low: float, high: float) -> None:
        """What is known besides of a number."""
        self.low[at], self.high[at] = max(self.low[at], low), min(self.high[at], high)

    def at_most(self, parts: Iterable[int], whole: Iterable[int], more: float = 0) -> None:
        """The sum of ``parts`` is at most that of ``whole`` and ``more`` besides."""
        terms = frozenset([*((at, 1) for at in parts), *((at, -1) for at in whole)])
        if (terms, more) in self._seen:
            return
        self._seen.add((terms, more))
        self._terms += [(len(self._limits), at, sign) for at, sign in terms]
        self._limits.append(more)

    def equal(self, parts: Iterable[int], whole: Iterable[int]) -> None:
        parts, whole = list(parts), list(whole)
        self.at_most(parts, whole)
        self.at_most(whole, parts)

    @property
    def inequalities(self) -> int:
        return len(self._limits)

    def narrow(self) -> None:
        """Narrows all bounds as far as each inequality alone can, again and again.

        An inequality that cannot hold rests on what the reader wrongly took for granted, and is left out.
        """
        low, high = np.array(self.low, dtype=float), np.array(self.high, dtype=float)
        row, at, sign = np.array(self._terms, dtype=np.int64).reshape(-1, 3).T
        limits = np.array(self._limits, dtype=float)
        for _ in range(_ROUNDS):
            least = np.where(sign > 0, low[at], -high[at])  # what a term adds to its sum at least
            is_open = ~np.isfinite(least)
            sums = np.bincount(row, np.where(is_open, 0, least), minlength=len(limits))
            opens = np.bincount(row, is_open, minlength=len(limits))
            is_false = (opens == 0) & (sums > limits)
            others_open = opens[row] - is_open > 0
            room = limits[row] - (sums[row] - np.where(is_open, 0, least))
            use = ~others_open & ~is_false[row]
            new_low, new_high = low.copy(), high.copy()
            up = use & (sign > 0)
            np.minimum.at(new_high, at[up], np.floor(room[up]))
            down = use & (sign < 0)
            np.maximum.at(new_low, at[down], np.ceil(-room[down]))
            crossed = new_low > new_high
            new_low[crossed], new_high[crossed] = low[crossed], high[crossed]
            if np.array_equal(new_low, low) and np.array_equal(new_high, high):
                break
            low, high = new_low, new_high
        self.low, self.high = low.tolist(), high.tolist()

    def exact(self, wanted: Iterable[int]) -> dict[int, tuple[float, float]]:
        """The least and the most of numbers under all inequalities at once (mixed-integer programs, HiGHS).

        To be called after ``narrow``, whose bounds it starts from; where a program has no answer in time, or what the
        reader took for granted cannot hold, they are what it returns.
        """
        low, high = np.array(self.low), np.array(self.high)
        row, at, sign = np.array(self._terms, dtype=np.int64).reshape(-1, 3).T
        is_open = low[at] < high[at]
        fixed = np.bincount(row, np.where(is_open, 0, sign * low[at]), minlength=len(self._limits))
        limits = np.array(self._limits, dtype=float) - fixed
        row, at, sign = row[is_open], at[is_open], sign[is_open]
        size = len(low)
        graph = coo_array((np.ones(len(at)), (at, size + row)), shape=(size + len(limits),) * 2)
        part = connected_components(graph, directed=False)[1]
        found: dict[int, tuple[float, float]] = {}
        together: dict[int, list[int]] = {}
        for number in wanted:
            together.setdefault(int(part[number]), []).append(number)
        for label, numbers in together.items():
            inside = np.flatnonzero(part[at] == label)
            members, column = np.unique(at[inside], return_inverse=True)
            rows, line = np.unique(row[inside], return_inverse=True)
            if members.size == 0:  # no inequality contains it, or all are used
                found |= {number: (low[number], high[number]) for number in numbers}
                continue
            matrix = coo_array((sign[inside], (line, column)), shape=(len(rows), len(members))).tocsr()
            for number in numbers:
                found[number] = _extremes(
                    int(np.searchsorted(members, number)), matrix, limits[rows], low[members], high[members]
                )
        return found


def _extremes(place: int, matrix: object, limits: np.ndarray, low: np.ndarray, high: np.ndarray) -> tuple[float, float]:
    ends: list[float] = []
    for direction in (1, -1):
        cost = np.zeros(len(low))
        cost[place] = direction
        solved = milp(
            cost, integrality=np.ones(len(low)), bounds=Box(low, high), options={"time_limit": _SECONDS},
            constraints=LinearConstraint(matrix, -np.inf, limits),
        )  # fmt: skip
        # Status 0: solved to the end.
        ends.append(round(direction * solved.fun) if solved.status == 0 else (low if direction > 0 else high)[place])
    return ends[0], ends[1]
