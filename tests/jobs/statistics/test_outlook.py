"""Forecasts of monthly counts: known answers, refusals, what changes nothing, and a small simulation."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.outlook import REGIMES, SEEDS, Judged, errors, judge, scattered_days, simulate
from jobs.statistics.outlook import Driver, Hit, Months, Outlook, Parameters, Reason, Status, hit, outlooks
from jobs.statistics.outlook_errors import past_forecasts
from jobs.statistics.seasons import History, seasons

FIRST = 2022 * 12  # January 2022


def months_of(counts: np.ndarray, exposure: np.ndarray | None = None, **over: object) -> Months:
    series, length = counts.shape
    usual = Months(
        counts=counts.astype(np.int64),
        exposure=np.ones((1, length)) if exposure is None else exposure,
        month=FIRST + np.arange(length),
        group=np.zeros(series, np.int64),
        next_month=FIRST + length,
    )
    return dataclasses.replace(usual, **over)


def only(rows: list[Outlook]) -> tuple[Outlook, Outlook, Outlook]:
    first, second, third = rows
    return first, second, third


def constant(level: int = 20, length: int = 36) -> np.ndarray:
    return np.full((1, length), level, np.int64)


def seasonal(length: int, series: int = 1, level: float = 50.0) -> np.ndarray:
    """Three times as many at the end of September as in March."""
    year = 2 * np.pi * (np.arange(length) - 8.5) / 12
    return np.tile(np.round(level * 3 ** (np.cos(year) / 2)).astype(np.int64), (series, 1))


def noisy(seed: int, series: int, length: int, level: float = 12.0) -> np.ndarray:
    return np.random.default_rng(seed).negative_binomial(10, 10 / (10 + level), (series, length))


def test_a_constant_series_is_continued_with_its_level_as_driver():
    rows = only(outlooks(months_of(constant())))
    assert [row.month for row in rows] == [FIRST + 36, FIRST + 37, FIRST + 38]
    assert [row.horizon for row in rows] == [1, 2, 3]
    for row in rows:
        assert row.expected == pytest.approx(20, rel=0.01)
        assert row.low < 20 < row.high
        assert (row.driver, row.reason, row.status) == (Driver.LEVEL, None, Status.OK)


@pytest.mark.parametrize("length", [48, 52, 56])
def test_a_pure_season_is_repeated(length):
    truth = seasonal(length + 3)
    rows = only(outlooks(months_of(truth[:, :length])))
    assert [row.expected for row in rows] == pytest.approx(list(truth[0, length:]), rel=0.1)


def test_the_season_is_the_driver_where_it_is_strong():
    rows = only(outlooks(months_of(seasonal(48 + 7))))  # August to October
    assert {row.driver for row in rows} == {Driver.SEASON}


def test_a_series_with_a_season_of_its_own_keeps_it_and_a_sparse_one_takes_that_of_its_group():
    length = 60
    like_all = seasonal(length, series=12)
    opposite = np.roll(seasonal(length), 6, axis=1)
    sparse = np.random.default_rng(1).poisson(seasonal(length, level=1.5))
    factors = seasons(
        History(
            counts=np.concatenate([like_all, opposite, sparse]).astype(float),
            exposure=np.ones((14, length)),
            calendar=np.arange(length) % 12,
            group=np.zeros(14, np.int64),
            start=np.zeros(14, np.int64),
        )
    ).factors
    truth = 3 ** (np.cos(2 * np.pi * (np.arange(12) - 8.5) / 12) / 2)
    assert factors[0] == pytest.approx(truth, rel=0.1)
    assert factors[12] == pytest.approx(np.roll(truth, 6), rel=0.3)
    assert np.corrcoef(factors[13], truth)[0, 1] > 0.9
    assert np.log(factors).mean(axis=1) == pytest.approx(0, abs=1e-9)


def test_uncovered_months_are_no_zeros():
    counts, exposure = constant(), np.ones((1, 36))
    for month in (5, 6, 20, 34):
        counts[0, month], exposure[0, month] = 0, np.nan if month == 20 else 0.0
    assert only(outlooks(months_of(counts, exposure)))[0].expected == pytest.approx(20, rel=0.01)


def test_a_partly_covered_month_counts_by_its_share():
    counts, exposure = constant(), np.ones((1, 36))
    counts[0, 33:], exposure[0, 33:] = 12, 0.6
    assert only(outlooks(months_of(counts, exposure)))[0].expected == pytest.approx(20, rel=0.01)


def test_what_was_counted_in_a_hardly_covered_month_is_not_read():
    counts, exposure = constant(), np.ones((1, 36))
    exposure[0, 30] = 0.2
    quiet = outlooks(months_of(counts, exposure))
    counts[0, 30] = 500
    assert outlooks(months_of(counts, exposure)) == quiet


def reasons_of(counts: np.ndarray, exposure: np.ndarray | None = None, **over: object) -> set[Reason | None]:
    rows = outlooks(months_of(counts, exposure), Parameters(**over))
    for row in rows:
        assert (row.status is Status.INSUFFICIENT_DATA) == (row.reason is not None)
        assert {row.expected is None, row.low is None, row.high is None, row.driver is None} == {row.reason is not None}
    return {row.reason for row in rows}


def test_from_two_years_on_there_is_a_forecast():
    assert reasons_of(constant(length=23)) == {Reason.TOO_FEW_MONTHS}
    assert reasons_of(constant(length=24)) == {None}
    assert reasons_of(constant(length=18), min_months=18) == {None}


@pytest.mark.parametrize("uncovered", [slice(10, 24), slice(32, 36)], ids=["many", "newest"])
def test_too_many_uncovered_months_are_gaps(uncovered):
    exposure = np.ones((1, 36))
    exposure[0, uncovered] = 0.0
    assert reasons_of(constant(), exposure) == {Reason.GAPS}


def test_a_few_concerns_in_two_years_are_too_few():
    counts = np.zeros((1, 48), np.int64)
    counts[0, 5] = 100
    counts[0, 30:41] = 1
    assert reasons_of(counts) == {Reason.TOO_FEW_CONCERNS}
    counts[0, 41] = 1
    assert reasons_of(counts) == {None}


def test_no_month_and_no_series_are_answered():
    assert reasons_of(np.zeros((2, 0), np.int64)) == {Reason.TOO_FEW_MONTHS}
    assert outlooks(months_of(np.zeros((0, 40), np.int64))) == []


def test_days_that_are_scattered_over_a_year_are_too_few_months():
    world = scattered_days(3)
    assert world.counts.sum() > 1000
    months = Months(world.counts, world.exposure, FIRST + np.arange(12), world.group, FIRST + 50)
    assert {row.reason for row in outlooks(months)} == {Reason.TOO_FEW_MONTHS}


@pytest.mark.parametrize(("after", "length"), [(60, 40), (60, 44), (6, 40), (0, 44)])
def test_after_a_lasting_change_the_new_level_is_expected(after, length):
    counts = constant(length=length)
    counts[0, 35:] = after
    rows = only(outlooks(months_of(counts)))
    assert [row.expected for row in rows] == pytest.approx([after] * 3, rel=0.15, abs=0.5)
    assert {row.driver for row in rows} == {Driver.LEVEL_CHANGE}


@pytest.mark.parametrize("month", [10, 28, 34, 35])
def test_one_campaign_is_neither_a_level_nor_a_season(month):
    counts = constant()
    counts[0, month] = 120
    for row in outlooks(months_of(counts)):
        assert row.expected == pytest.approx(20, rel=0.15)
        assert row.driver is Driver.LEVEL


def test_a_campaign_of_a_large_series_does_not_hide_its_level():
    counts = noisy(3, 8, 29, level=900.0)
    counts[0, 10:16] = (13_650, 17_744, 11_503, 8_641, 5_654, 3_943)
    for row in outlooks(months_of(counts))[:3]:
        assert 600 < row.expected < 1350


def test_growth_is_continued():
    growing = np.round(40 * 1.03 ** np.arange(51)).astype(np.int64)[None]
    rows = only(outlooks(months_of(growing[:, :48])))
    assert {row.driver for row in rows} == {Driver.TREND}
    assert [row.expected for row in rows] == pytest.approx(list(growing[0, 48:]), rel=0.1)


def test_a_higher_level_gives_a_wider_interval():
    months = months_of(noisy(5, 30, 40))
    wide = outlooks(months, Parameters(level=0.95))
    narrow = outlooks(months, Parameters(level=0.5))
    assert [row.expected for row in wide] == [row.expected for row in narrow]
    assert np.mean([row.high - row.low for row in wide]) > 2 * np.mean([row.high - row.low for row in narrow])


@pytest.mark.parametrize(
    ("observed", "exposure", "seen"),
    [(4, 1.0, Hit.BELOW), (5, 1.0, Hit.INSIDE), (9, 0.95, Hit.INSIDE), (10, 1.0, Hit.ABOVE), (7, 0.5, Hit.NOT_COVERED),
     (7, np.nan, Hit.NOT_COVERED)],
)  # fmt: skip
def test_a_count_is_inside_with_both_bounds(observed, exposure, seen):
    assert hit(5, 9, observed, exposure) is seen


@pytest.mark.parametrize(
    "over",
    [
        {"exposure": np.full((1, 36), 1.2)},
        {"exposure": np.ones((2, 36))},
        {"month": FIRST + np.arange(35)},
        {"month": np.full(36, FIRST)},
        {"group": np.zeros(2, np.int64)},
        {"next_month": FIRST + 35},
    ],
)
def test_data_that_do_not_match_are_an_error(over):
    with pytest.raises(ValueError, match=r"exposure|count|month|Months"):
        months_of(constant(), **over)


def test_a_negative_count_is_an_error():
    with pytest.raises(ValueError, match="A count is below 0"):
        months_of(-constant())


@pytest.mark.parametrize("over", [{"level": 1.0}, {"min_exposure": 0.0}, {"min_months": 17}])
def test_impossible_parameters_are_an_error(over):
    with pytest.raises(ValueError, match=r"level|exposure|Season"):
        Parameters(**over)


@settings(max_examples=15)
@given(seed=st.integers(0, 2**16))
def test_the_order_of_series_does_not_matter(seed):
    world = simulate(seed, months=30, areas=2)
    months = months_of(world.counts, world.exposure, group=world.group)
    order = np.random.default_rng(seed).permutation(len(world.counts))
    shuffled = dataclasses.replace(
        months, counts=world.counts[order], exposure=world.exposure[order], group=world.group[order]
    )
    rows = outlooks(months)
    for number, row in enumerate(outlooks(shuffled)):
        same = rows[3 * order[number // 3] + number % 3]
        assert (row.month, row.low, row.high, row.driver, row.reason) == (
            same.month, same.low, same.high, same.driver, same.reason
        )  # fmt: skip
        assert row.expected == (same.expected if same.expected is None else pytest.approx(same.expected))


@settings(max_examples=15)
@given(seed=st.integers(0, 2**16), place=st.sampled_from([0, 17, 33]))
def test_an_uncovered_month_changes_nothing(seed, place):
    """Before all others, between them, or the newest."""
    counts, month = noisy(seed, 6, 33), FIRST + 1 + np.arange(33) + (np.arange(33) >= place)
    exposure = np.ones((1, 33))
    less = months_of(counts, exposure, month=month, next_month=FIRST + 35)
    added = FIRST + 1 + place if place else FIRST
    more = months_of(
        np.insert(counts, place, seed % 7, axis=1),
        np.insert(exposure, place, 0.0, axis=1),
        month=np.insert(month, place, added),
        next_month=FIRST + 35,
    )
    assert outlooks(more) == outlooks(less)


def test_a_series_without_a_forecast_has_no_part_in_others():
    counts = noisy(8, 5, 36)
    alone = outlooks(months_of(counts))
    exposure = np.ones((6, 36))
    exposure[5, :20] = 0.0
    beside = outlooks(months_of(np.concatenate([counts, 50 * counts[:1]]), exposure))
    assert beside[:15] == alone
    assert beside[15].reason is Reason.TOO_FEW_MONTHS


def test_an_earlier_origin_does_not_see_what_came_later():
    counts = noisy(4, 8, 40).astype(float)
    history = History(counts, np.ones_like(counts), np.arange(40) % 12, np.arange(8) % 2, np.zeros(8, np.int64))
    later = counts.copy()
    later[:, 36:] *= 7
    before, after = past_forecasts(history), past_forecasts(dataclasses.replace(history, counts=later))
    # Origins are 16 to 39: month 36 is known from the origin 37 on.
    assert (before.means[:21] == after.means[:21]).all()
    assert (before.means[21:] != after.means[21:]).any()
    assert (before.observed[17:] != after.observed[17:]).any()


@pytest.fixture(scope="module")
def simulated() -> list[tuple[Judged, np.ndarray]]:
    """A quarter of the provinces; strong and weak rains are common to many series, so there are three worlds."""
    return [judge(simulate(seed, areas=20), range(27, 46, 6)) for seed in SEEDS[:3]]


def share_inside(worlds: list[tuple[Judged, np.ndarray]], where: Callable[[Judged], np.ndarray]) -> float:
    inside = np.concatenate([judged.is_seen(Hit.INSIDE)[where(judged)] for judged, _ in worlds])
    assert len(inside) > 300
    return float(inside.mean())


def test_four_fifths_of_simulated_counts_are_inside(simulated):
    assert 0.77 <= share_inside(simulated, lambda judged: judged.horizon > 0) <= 0.83
    for horizon in (1, 2, 3):
        assert 0.76 <= share_inside(simulated, lambda judged, one=horizon: judged.horizon == one) <= 0.84
    for number, name in enumerate(REGIMES):
        assert 0.7 <= share_inside(simulated, lambda judged, one=number: judged.regime == one) <= 0.88, name


def test_errors_on_simulated_counts_are_smaller_than_those_of_the_same_month_last_year(simulated):
    gains = np.array([errors(judged, judged.horizon > 0)[2:] for judged, _ in simulated])
    assert (gains.mean(axis=0) > 0.15).all()
    for _, refused in simulated:
        assert refused[REGIMES.index("gaps")] > 10 * refused[REGIMES.index("quiet")]
