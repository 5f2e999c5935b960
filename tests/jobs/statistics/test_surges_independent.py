"""Surges computed for all series at once are those that tests.independent computes one series after the other."""

from __future__ import annotations

import numpy as np
import pytest

from jobs.statistics.surges import Weeks, surges
from tests.independent.surges import SeriesData, evaluate

WEEKS = 222  # over four years
SERIES = 40


def series_data(seed: int, first_week: int) -> SeriesData:
    """Series of five areas with seasons, trends, outbreaks, weeks without data and one that was restated."""
    random = np.random.default_rng(seed)
    time = np.arange(WEEKS)
    level = random.choice([0.05, 0.5, 3, 12], SERIES)[:, None]
    slope = random.choice([0, 0, -0.4, 0.5], SERIES)[:, None]
    season = 1 + random.choice([0, 0.6], SERIES)[:, None] * np.sin(2 * np.pi * time / 52.18)
    mean = level * season * np.exp(slope * (time - WEEKS) / 52.18)
    counts = random.negative_binomial(mean / 0.4, 1 / 1.4)
    counts[:10, -1] += random.poisson(3 * mean[:10, -1] + 3)
    counts[10:15, -2:] += random.poisson(2 * mean[10:15, -2:] + 2)
    counts[3:9, 100:104] *= 6
    has_data = np.ones((1, WEEKS), np.bool_)
    has_data[0, [30, 31, 150]] = False
    restated = np.zeros((1, WEEKS), np.bool_)
    restated[0, 180] = True
    return SeriesData(
        counts=counts * has_data, area=np.repeat(np.arange(5), SERIES // 5), first_week=np.full(SERIES, first_week),
        has_data=np.repeat(has_data, SERIES, axis=0), is_restated=restated,
    )  # fmt: skip


@pytest.mark.parametrize(("first_week", "method"), [(0, "farrington"), (WEEKS - 40, "ears"), (WEEKS - 8, "none")])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_results_of_all_series_at_once_are_those_of_each_alone(seed: int, first_week: int, method: str) -> None:
    mine = series_data(seed, first_week)
    week, distinct = WEEKS - 1, mine.counts[:, -4:].sum(axis=1)
    distinct[0] = 2
    found = surges(Weeks(**vars(mine)), week, distinct)
    assert {one.method for one in found} == {method}
    assert any(one.is_surge for one in found) or method == "none"
    for one, other in zip(found, evaluate(mine, week, distinct), strict=True):
        assert (one.method, one.reason, one.is_surge, one.window_weeks, one.observed) == (
            other.method, other.reason, other.is_surge, other.window_weeks, other.observed
        )  # fmt: skip
        if other.expected is None:
            assert np.isnan([one.expected, one.lower, one.p_value, one.q_value]).all()
        else:
            figures = (one.expected, one.p_value, one.q_value)
            assert figures == pytest.approx((other.expected, other.p, other.q), rel=1e-6)
            if mine.counts[one.series, week]:
                assert (one.lower, one.upper) == (other.lower, other.upper)
