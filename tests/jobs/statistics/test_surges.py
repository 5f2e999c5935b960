"""Whether the newest week is unusual: surges, and the reasons of series that are none."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from jobs.statistics.baselines import predict
from jobs.statistics.surges import Method, Reason, Status, Surge, Weeks, surges

FIVE_YEARS = 261


def weeks_of(counts: np.ndarray, **over: object) -> Weeks:
    series, weeks = counts.shape
    usual = Weeks(
        counts=counts,
        area=np.zeros(series, np.int64),
        first_week=np.zeros(series, np.int64),
        has_data=np.ones((1, weeks), np.bool_),
        is_restated=np.zeros((1, weeks), np.bool_),
    )
    return dataclasses.replace(usual, **over)


def newest(counts: np.ndarray, texts: int = 50, **over: object) -> list[Surge]:
    weeks = weeks_of(counts, **over)
    return surges(weeks, counts.shape[1] - 1, np.full(len(counts), texts))


def steady(level: float, weeks: int, series: int = 1, seed: int = 7) -> np.ndarray:
    return np.random.default_rng(seed).poisson(level, (series, weeks))


def with_newest(counts: np.ndarray, *last: int) -> np.ndarray:
    changed = counts.copy()
    changed[0, -len(last) :] = last
    return changed


def test_a_short_history_is_the_mean_of_twelve_weeks_with_the_tail_of_its_posterior():
    # Twelve weeks of 5 make a gamma posterior of 60.5 reports in 12 weeks; what a week holds is then negative
    # binomial. The smaller of two p-values is doubled.
    counts = np.full((1, 14), 5)
    counts[0, -1] = 20
    row = newest(counts)[0]
    alone = stats.nbinom.sf(19, 60.5, 12 / 13)
    both = stats.nbinom.sf(24, 60.5, 12 / 14)
    assert row.expected == pytest.approx(60.5 / 12)
    assert (row.window_weeks, row.observed) == (1, 20)
    assert row.p_value == pytest.approx(2 * min(alone, both))
    assert (row.lower, row.upper) == tuple(stats.nbinom.ppf([0.025, 0.975], 60.5, 12 / 13))
    assert row.method is Method.EARS
    assert row.is_short_history
    assert row.is_surge


@pytest.mark.parametrize(("weeks", "method"), [(150, Method.EARS), (170, Method.FARRINGTON)])
def test_from_three_years_on_the_same_weeks_of_earlier_years_are_used(weeks, method):
    row = newest(steady(6, weeks))[0]
    assert (row.method, row.is_short_history) == (method, method is Method.EARS)
    assert row.expected == pytest.approx(6 * row.window_weeks, rel=0.3)


def test_a_long_history_gives_the_season():
    year = np.arange(FIVE_YEARS) / 52.1775
    flooding = np.round(20 * np.exp(1.2 * np.cos(2 * np.pi * year))).astype(np.int64)[None]
    row = newest(flooding)[0]
    assert row.expected / row.window_weeks == pytest.approx(20 * np.exp(1.2), rel=0.1)
    assert not row.is_surge


def test_a_past_outbreak_does_not_hide_a_new_one():
    calm = steady(6, FIVE_YEARS)
    sick = calm.copy()
    sick[0, 156:159] = 90  # around the same week two years before
    assert newest(sick)[0].expected < 1.2 * newest(calm)[0].expected
    assert newest(with_newest(sick, 18, 18))[0].is_surge


@pytest.mark.parametrize("weeks", [40, FIVE_YEARS])
def test_two_weeks_together_can_be_a_surge_where_one_is_not(weeks):
    calm = steady(5, weeks, series=20)
    one, two = newest(with_newest(calm, 5, 12))[0], newest(with_newest(calm, 14, 14))[0]
    assert (one.is_surge, one.reason) == (False, Reason.NOT_UNUSUAL)
    assert two.is_surge
    assert (two.window_weeks, two.observed) == (2, 28)


def test_few_reports_and_few_texts_are_no_surge():
    nothing = np.zeros((1, 60), np.int64)
    assert newest(with_newest(nothing, 4))[0].reason is Reason.FEW_REPORTS
    assert newest(with_newest(nothing, 5))[0].is_surge
    assert newest(with_newest(nothing, 50), texts=2)[0].reason is Reason.FEW_TEXTS
    assert newest(with_newest(nothing, 50), texts=3)[0].is_surge


def test_the_start_of_a_source_is_no_surge():
    counts = np.concatenate([steady(2, 40, 5), steady(9, 12, 5)], axis=1)
    started = np.full(5, 40)
    assert any(row.is_surge for row in newest(counts[:, :42]))
    assert {row.reason for row in newest(counts[:, :42], first_week=started)} == {Reason.SHORT_HISTORY}
    assert not any(row.is_surge for row in newest(counts, first_week=started))


def test_a_history_needs_eight_weeks_before_the_two_under_test():
    statuses = [newest(steady(5, weeks))[0].status for weeks in (9, 10)]
    assert statuses == [Status.INSUFFICIENT_DATA, Status.OK]
    row = newest(steady(5, 9))[0]
    assert np.isnan([row.expected, row.lower, row.upper, row.p_value, row.q_value]).all()
    assert row.method is Method.NONE


def test_a_new_model_starts_a_new_history_unless_all_was_labelled_again():
    counts = np.concatenate([steady(2, 40), steady(9, 3)], axis=1)
    assert newest(counts, model_week=40)[0].reason is Reason.MODEL_CHANGED
    assert newest(counts, model_week=0)[0].is_surge


def test_a_restated_week_gives_no_alert_and_is_not_used_for_the_next_week():
    calm = steady(5, 60)
    restated = np.zeros((1, 60), np.bool_)
    restated[0, -1] = True
    assert newest(with_newest(calm, 50), is_restated=restated)[0].reason is Reason.RESTATED
    restated = np.roll(restated, -1)
    assert not newest(with_newest(calm, 50, 5), is_restated=restated)[0].is_surge
    assert newest(with_newest(calm, 50, 5))[0].is_surge


@pytest.mark.parametrize("weeks", [60, FIVE_YEARS])
def test_a_week_without_data_is_not_a_zero(weeks):
    calm = steady(6, weeks)
    silent = np.ones((1, weeks), np.bool_)
    # The last weeks and the same weeks of former years.
    for gone in (6, 7, 53, 105, 157):
        silent[0, -gone:][:1] = gone >= weeks
    lost = calm * silent
    assert newest(lost, has_data=silent)[0].expected == pytest.approx(newest(calm)[0].expected, rel=0.12)
    assert newest(lost)[0].expected < 0.95 * newest(lost, has_data=silent)[0].expected


def test_a_week_without_data_is_not_evaluated():
    silent = np.ones((1, 60), np.bool_)
    silent[0, -1] = False
    row = newest(steady(6, 60), has_data=silent)[0]
    assert (row.status, row.reason) == (Status.INSUFFICIENT_DATA, Reason.NO_DATA)


def test_reports_of_a_week_without_data_are_not_counted():
    counts = with_newest(np.zeros((1, 60), np.int64), 3, 3)
    silent = np.ones((1, 60), np.bool_)
    silent[0, -2] = False
    assert newest(counts)[0].is_surge
    assert newest(counts, has_data=silent)[0].reason is Reason.FEW_REPORTS


def test_thousands_of_series_without_reports_do_not_hide_a_surge():
    counts = np.concatenate([with_newest(steady(5, 60), 15, 15), np.zeros((4_000, 60), np.int64)])
    row = newest(counts)[0]
    assert row.p_value * 4_000 > 0.2
    assert row.is_surge


def test_a_continued_rise_is_expected():
    rising = np.round(10 * np.exp(0.1 * np.arange(30))).astype(np.int64)[None]
    row = newest(rising)[0]
    assert row.expected / row.window_weeks == pytest.approx(rising[0, -1], rel=0.15)
    assert not row.is_surge


def test_an_area_where_all_series_rise_a_little_has_few_alerts():
    # Each is unusual among all series, and together they are more than one area may show by chance in a year.
    counts = np.tile(steady(10, 60), (400, 1))
    counts[:, -2:] = [10, 22]
    rows = newest(counts)
    assert {row.reason for row in rows} == {Reason.OVER_BUDGET}
    apart = newest(counts, area=np.arange(400))
    assert all(row.is_surge for row in apart)


def test_arguments_that_do_not_match_raise_an_error():
    with pytest.raises(ValueError, match="first_week must have one value"):
        weeks_of(steady(5, 20), first_week=np.zeros(2, np.int64))
    with pytest.raises(ValueError, match="has_data is"):
        weeks_of(steady(5, 20), has_data=np.ones((1, 19), np.bool_))
    with pytest.raises(ValueError, match="below 0"):
        weeks_of(-np.ones((1, 20), np.int64))
    with pytest.raises(ValueError, match="Week 20 is not among"):
        surges(weeks_of(steady(5, 20)), 20, np.full(1, 9))


levels = st.sampled_from([0.1, 1.0, 4.0, 12.0])
lengths = st.sampled_from([8, 30, 170])


@settings(max_examples=60)
@given(st.integers(0, 10_000), levels, lengths, st.integers(0, 40), st.integers(1, 20), st.booleans())
def test_more_reports_never_end_a_surge(seed, level, weeks, count, more, in_newest):
    counts = steady(level, weeks, series=8, seed=seed)
    counts[0, -1 if in_newest else -2] = count
    higher = counts.copy()
    higher[0, -1 if in_newest else -2] += more
    before, after = newest(counts), newest(higher)
    assert after[0].is_surge >= before[0].is_surge
    # Others are not hidden by it either.
    assert all(late.is_surge >= early.is_surge for early, late in zip(before[1:], after[1:], strict=True))


@settings(max_examples=40)
@given(st.integers(0, 10_000), levels, lengths, st.permutations(range(9)))
def test_the_order_of_series_does_not_matter(seed, level, weeks, order):
    counts = steady(level, weeks, series=9, seed=seed)
    counts[:4, -1] += 3 * np.arange(4)
    area = np.arange(9) % 2
    rows = newest(counts, area=area)
    mixed = newest(counts[order], area=area[order])
    for place, series in enumerate(order):
        expected, found = rows[series], mixed[place]
        assert (found.is_surge, found.reason, found.observed) == (expected.is_surge, expected.reason, expected.observed)
        for name in ("expected", "lower", "upper", "p_value", "q_value"):
            assert getattr(found, name) == pytest.approx(getattr(expected, name), rel=1e-6, nan_ok=True)


@settings(max_examples=40)
@given(st.integers(0, 10_000), levels, st.sampled_from([30, 170]))
def test_a_prediction_does_not_use_the_two_weeks_under_test(seed, level, weeks):
    counts = steady(level, weeks, series=3, seed=seed)
    used = np.ones(counts.shape, np.bool_)
    changed = counts.copy()
    changed[:, -2:] = 1000
    before, after = predict(counts, used, weeks - 1), predict(changed, used, weeks - 1)
    assert np.array_equal(before.mean, after.mean)
    assert np.array_equal(before.scale, after.scale)


@settings(max_examples=40)
@given(st.integers(0, 10_000), levels, st.sampled_from([30, 170]))
def test_the_interval_contains_the_expected_count(seed, level, weeks):
    for row in newest(steady(level, weeks, series=4, seed=seed)):
        assert row.lower <= row.expected < row.upper + 1
        assert 0 <= row.p_value <= 1
        assert 0 <= row.q_value <= 1
