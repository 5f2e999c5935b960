"""Measures how well daily counts tell the days on which a source did not report.

python -m benchmarks.reporting_days [--seeds 3]

Sources of different size, weekdays and growth are simulated with gaps of 1 to 60 days, in which 0 or 3 % of the
records still arrive. Printed are the share of the days of gaps that are found, by length, and the share of the other
days that are wrongly called silent, also without any gap.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

import numpy as np

from jobs.statistics.reporting_days import Bools, Floats, Ints, reporting_days

DAYS = 1100
SOURCES = 60
LENGTHS = (1, 3, 7, 14, 30, 60)
_WEEKEND = np.array([1, 1, 1, 1, 1, 0.05, 0.02])
_CITY = np.array([1.1, 1.1, 1, 1, 1, 0.8, 0.7])
_EVERY_DAY = np.ones(7)


def _flat(days: Ints) -> Floats:
    return np.ones(len(days))


def _growing(days: Ints) -> Floats:
    return np.exp(3.5 * days / DAYS - 1.75)


def _seasonal(days: Ints) -> Floats:
    return np.exp(1.2 * np.sin(2 * np.pi * days / 365))


Shape = Callable[[Ints], Floats]
REGIMES: dict[str, tuple[float, Floats, Shape, float]] = {
    "400 a day": (400, _CITY, _flat, 8),
    "400 a day, growing 33 times": (400, _CITY, _growing, 8),
    "40 a day, seasonal": (40, _EVERY_DAY, _seasonal, 5),
    "10 a day": (10, _EVERY_DAY, _flat, 5),
    "10 a working day": (10, _WEEKEND, _flat, 3),
    "2 a day, seasonal": (2, _EVERY_DAY, _seasonal, 3),
    "2 a working day": (2, _WEEKEND, _flat, 3),
    "3 a week": (3 / 7, _EVERY_DAY, _flat, 3),
    "1 a week": (1 / 7, _EVERY_DAY, _flat, 3),
}


def simulate(regime: str, late_share: float, gaps: int, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Counts (source × day), and the length of the gap in which each day lies (0: in none)."""
    rate, week, shape, size = REGIMES[regime]
    days = np.arange(DAYS)
    mean = np.tile(rate * shape(days) * week[days % 7], (SOURCES, 1))
    counts = rng.poisson(mean * rng.gamma(size, 1 / size, mean.shape))
    length_of = np.zeros(counts.shape, np.int64)
    for source in range(SOURCES):
        for length in rng.permutation(LENGTHS)[:gaps]:
            start = int(rng.integers(60, DAYS - length - 60))
            inside = slice(start, start + length)
            if length_of[source, max(start - 30, 0) : start + length + 30].any():
                continue
            length_of[source, inside] = length
            counts[source, inside] = rng.binomial(counts[source, inside], late_share)
    return counts, length_of


def share(values: Bools) -> str:
    return f"{values.mean():6.1%}" if values.size else "     -"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seeds", type=int, default=3)
    seeds = range(2570, 2570 + parser.parse_args().seeds)
    print(f"{'':30}{'late':>6}" + "".join(f"{f'{length} d':>7}" for length in LENGTHS) + "   wrong  wrong without gaps")
    for regime in REGIMES:
        for late_share in (0.0, 0.03):
            found: dict[int, list[Bools]] = {length: [] for length in (0, *LENGTHS)}
            wrong: list[Bools] = []
            for seed in seeds:
                rng = np.random.default_rng(seed)
                counts, length_of = simulate(regime, late_share, 4, rng)
                states = reporting_days(counts, 0).is_reporting
                begun = np.cumsum(counts > 0, axis=1) > 0
                for length, silent in found.items():
                    silent.append(~states[begun & (length_of == length)])
                whole, _ = simulate(regime, late_share, 0, rng)
                begun = np.cumsum(whole > 0, axis=1) > 0
                wrong.append(~reporting_days(whole, 0).is_reporting[begun])
            shares = {length: share(np.concatenate(silent)) for length, silent in found.items()}
            print(f"{regime:30}{late_share:6.0%}" + "".join(f" {shares[length]}" for length in LENGTHS)
                  + f"  {shares[0]}  {share(np.concatenate(wrong))}")  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
