"""Mean rates of Poisson counts whose rates vary from unit to unit as a gamma distribution, for many cells at once.

A unit has a count over an exposure that may end at a stopping time: its end may depend on the counts before it. The
likelihood of such a unit is the same as if the exposure had been fixed in advance (J. Berger and R. Wolpert, The
likelihood principle, 1988), while a ratio of sums is not the mean rate then. Over the rates of units it is negative
binomial (M. Greenwood and G. U. Yule, 1920).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Of the logarithm of the dispersion: from one that is Poisson for all purposes to a few units with all of the counts.
_LOWEST, _HIGHEST = np.log(1e-4), np.log(100.0)
_COARSE = 11
_GOLDEN = (np.sqrt(5) - 1) / 2
_SEARCH_STEPS = 14
_MAX_STEPS = 40
_MAX_STEP = 2.0
_ENOUGH = 1e-7


@dataclass(frozen=True, slots=True)
class Means:
    """One value per cell.

    Attributes:
        mean: of the rates of units, by maximum likelihood.
        lower: bound by profile likelihood.
        upper: likewise.
        dispersion: squared coefficient of variation of the rates.
    """

    mean: Floats
    lower: Floats
    upper: Floats
    dispersion: Floats


def fit_means(cell: Ints, counts: Ints, exposure: Floats, cells: int, level: float) -> Means:
    """The mean rate of each cell per unit of exposure, with its interval.

    The bounds are where the likelihood, at the dispersion that suits the bound best, has fallen by half the quantile of
    F with 1 and units - 1 degrees of freedom; that of chi-square would be too small for few units.

    Args:
        cell: of each unit, 0 to ``cells`` - 1.
        counts: of each unit, from 0; each cell has at least one count above 0 and two units.
        exposure: of each unit, above 0.
        cells: the number of cells.
        level: confidence level.

    Source: D. J. Venzon and S. H. Moolgavkar, A method for computing profile-likelihood-based confidence intervals,
    1988, for the bounds. They are found another way: at a given dispersion the likelihood is concave in the logarithm
    of the mean, so the bounds at it are simple roots, and the outermost of them over all dispersions is taken.
    """
    if not cells:
        return Means(*(np.zeros(0) for _ in range(4)))
    likelihood = _Likelihood(cell, counts, exposure, cells)
    log_dispersion, best = _maximise(lambda x: likelihood.highest(x)[1], cells)
    centre, _ = likelihood.highest(log_dispersion)
    units = np.bincount(cell, minlength=cells)
    floor = best - stats.f.ppf(level, 1, units - 1) / 2
    _, upper = _maximise(lambda x: likelihood.outermost(x, floor, 1), cells, log_dispersion)
    _, lower = _maximise(lambda x: likelihood.outermost(x, floor, -1), cells, log_dispersion)
    return Means(np.exp(centre), np.exp(-lower), np.exp(upper), np.exp(log_dispersion))


class _Likelihood:
    """The logarithm of the likelihood of each cell at a log mean and a log dispersion, without constants."""

    def __init__(self, cell: Ints, counts: Ints, exposure: Floats, cells: int) -> None:
        self.cell, self.counts, self.exposure, self.cells = cell, counts.astype(np.float64), exposure, cells
        self.total = self._sum(self.counts)
        self.start = np.log(self.total / self._sum(exposure))
        # The count of a unit has the factors 1 + dispersion × j for j from 0 to count - 1; equal ones are put together.
        steps = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        keys, self.times = np.unique(np.repeat(cell, counts) + cells * steps, return_counts=True)
        self.step, self.step_cell = keys // cells, keys % cells

    def _sum(self, values: Floats) -> Floats:
        return np.bincount(self.cell, weights=values, minlength=self.cells).astype(np.float64)

    def at(self, log_mean: Floats, dispersion: Floats) -> tuple[Floats, Floats, Floats]:
        """Value, first derivative by the log mean, and second derivative with its sign changed."""
        shape = dispersion[self.cell]
        spread = shape * np.exp(log_mean)[self.cell] * self.exposure
        weight = self.counts + 1 / shape
        share = spread / (1 + spread)
        value = self.total * log_mean - self._sum(weight * np.log1p(spread))
        return value, self.total - self._sum(weight * share), self._sum(weight * share * (1 - share))

    def _constant(self, dispersion: Floats) -> Floats:
        factors = self.times * np.log1p(dispersion[self.step_cell] * self.step)
        return np.bincount(self.step_cell, weights=factors, minlength=self.cells).astype(np.float64)

    def highest(self, log_dispersion: Floats) -> tuple[Floats, Floats]:
        """The log mean with the highest likelihood at a dispersion, by Newton's method, and that likelihood."""
        dispersion, log_mean = np.exp(log_dispersion), self.start
        for _ in range(_MAX_STEPS):
            _, slope, curvature = self.at(log_mean, dispersion)
            step = np.clip(slope / curvature, -_MAX_STEP, _MAX_STEP)
            log_mean = log_mean + step
            if np.abs(step).max() < _ENOUGH:
                break
        return log_mean, self.at(log_mean, dispersion)[0] + self._constant(dispersion)

    def outermost(self, log_dispersion: Floats, floor: Floats, side: int) -> Floats:
        """``side`` × the log mean on that side at which the likelihood falls to ``floor``.

        Where it is lower everywhere at this dispersion, a large negative number that grows towards better dispersions.
        Newton's method on a concave function comes to the root from outside, and never passes it.
        """
        centre, best = self.highest(log_dispersion)
        dispersion, constant = np.exp(log_dispersion), self._constant(np.exp(log_dispersion))
        drop = best - floor
        is_reached = drop > 0
        curvature = self.at(centre, dispersion)[2]
        log_mean = centre + side * np.sqrt(2 * np.maximum(drop, 0) / curvature)
        for _ in range(_MAX_STEPS):
            value, slope, _ = self.at(log_mean, dispersion)
            moves = is_reached & (slope != 0)
            step = np.divide(floor - constant - value, slope, out=np.zeros(self.cells), where=moves)
            step = np.clip(step, -_MAX_STEP, _MAX_STEP)
            log_mean = log_mean + step
            if np.abs(step).max() < _ENOUGH:
                break
        return np.where(is_reached, side * log_mean, drop - 1e6)


def _maximise(function: Callable[[Floats], Floats], cells: int, near: Floats | None = None) -> tuple[Floats, Floats]:
    """Argument in the range of log dispersions and value of the maximum of each cell.

    A coarse grid, and ``near`` if it is given, finds the peak; a golden-section search refines it.
    """
    grid = [np.full(cells, point) for point in np.linspace(_LOWEST, _HIGHEST, _COARSE)]
    points = np.sort(np.stack(grid + ([near] if near is not None else [])), axis=0)
    values = np.stack([function(point) for point in points])
    peak = values.argmax(axis=0)
    column = np.arange(cells)
    low = points[np.maximum(peak - 1, 0), column]
    high = points[np.minimum(peak + 1, len(points) - 1), column]
    best, argument = values[peak, column], points[peak, column]
    left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    at_left, at_right = function(left), function(right)
    for _ in range(_SEARCH_STEPS):
        goes_left = at_left > at_right
        low, high = np.where(goes_left, low, left), np.where(goes_left, right, high)
        new = np.where(goes_left, high - _GOLDEN * (high - low), low + _GOLDEN * (high - low))
        at_new = function(new)
        left, right, at_left, at_right = (
            np.where(goes_left, new, right), np.where(goes_left, left, new),
            np.where(goes_left, at_new, at_right), np.where(goes_left, at_left, at_new),
        )  # fmt: skip
    for point, value in ((left, at_left), (right, at_right)):
        argument, best = np.where(value > best, point, argument), np.maximum(value, best)
    return argument, best
