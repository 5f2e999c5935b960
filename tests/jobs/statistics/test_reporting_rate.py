"""Windows of incidents, and reporting rates against another route and on simulated incidents."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from jobs.statistics.reporting_rate import (
    MIN_DUPLICATES,
    MIN_INCIDENTS,
    PER_DAYS,
    Duplicates,
    Incidents,
    Periods,
    Reason,
    Windows,
    reporting_rates,
    windows,
)

NO_ACTION = np.nan
WHOLE = [(0, 0.0, 1000.0)]


def windows_of(
    incidents: list[tuple[float, float]], reports: list[tuple[int, float]], periods=WHOLE, data_end=500.0, **options
) -> Windows:
    """From rows: (first report, first action), (incident, time) and (coverage, start, end)."""
    first, action = np.array(incidents, np.float64).reshape(-1, 2).T
    of, time = [one[0] for one in reports], [one[1] for one in reports]
    coverage, start, end = zip(*periods, strict=True) if periods else ((), (), ())
    return windows(
        Incidents(first, action, np.zeros(len(first), np.int64)),
        Duplicates(np.array(of, np.int64), np.array(time, np.float64)),
        Periods(np.array(coverage, np.int64), np.array(start, np.float64), np.array(end, np.float64)),
        data_end,
        **options,
    )


@pytest.mark.parametrize(
    ("incident", "times", "duplicates", "days"),
    [
        pytest.param((10, NO_ACTION), [10.5, 20, 39.9], 3, 30, id="for 30 days if nothing ends it"),
        pytest.param((10, NO_ACTION), [10, 9], 0, 30, id="the first report and what came before do not count"),
        pytest.param((10, NO_ACTION), [40, 40.1], 1, 30, id="a report at the end counts, a later one does not"),
        pytest.param((10, 12.5), [12, 12.5, 13], 2, 2.5, id="until the agency acts"),
        pytest.param((10, 90), [39, 80], 1, 30, id="an action after 30 days changes nothing"),
        pytest.param((490, NO_ACTION), [495, 500, 501], 2, 10, id="until the data end"),
        pytest.param((10, 8), [11], 0, 0, id="none where the agency had acted before"),
        pytest.param((10, 10), [10, 11], 0, 0, id="none where the agency acted at once"),
        pytest.param((600, NO_ACTION), [601], 0, 0, id="none after the end of data"),
    ],
)
def test_a_window_lasts(incident, times, duplicates, days):
    found = windows_of([incident], [(0, time) for time in times])
    assert (found.duplicates.tolist(), found.days.tolist()) == ([duplicates], [days])


@pytest.mark.parametrize(
    ("periods", "duplicates", "days"),
    [
        pytest.param([(0, 0, 15), (0, 20, 1000)], 2, 25, id="a gap within"),
        pytest.param([(0, 20, 1000)], 1, 20, id="a gap at the first report"),
        pytest.param([(0, 0, 15)], 1, 5, id="nothing after"),
        pytest.param([(0, 12, 13), (0, 17, 18)], 2, 2, id="two days"),
        pytest.param([(0, 50, 60)], 0, 0, id="only later"),
        pytest.param([(0, 0, 17)], 1, 7, id="a report at the end of a period"),
        pytest.param([], 0, 0, id="never"),
        pytest.param([(1, 0, 1000)], 0, 0, id="only elsewhere"),
        pytest.param([(0, 12, 18), (0, 13, 14), (0, 16, 20)], 2, 8, id="periods that overlap"),
    ],
)
def test_uncovered_days_and_their_reports_do_not_count(periods, duplicates, days):
    found = windows_of([(10, NO_ACTION)], [(0, 12), (0, 17), (0, 25)], periods)
    assert (found.duplicates.tolist(), found.days.tolist()) == ([duplicates], [days])


times = st.integers(0, 60)
spans = st.tuples(times, st.integers(0, 20)).map(lambda span: (0, float(span[0]), float(span[0] + span[1])))
cases = st.fixed_dictionaries(
    {
        "incidents": st.lists(st.tuples(times, st.one_of(st.just(NO_ACTION), times)), min_size=1, max_size=6),
        "periods": st.lists(spans, max_size=5),
        "data_end": times,
        "max_days": st.integers(1, 40),
    }
)


@given(cases, st.data())
def test_windows_are_those_counted_day_by_day(case, data):
    reports = data.draw(st.lists(st.tuples(st.integers(0, len(case["incidents"]) - 1), times), max_size=12))
    found = windows_of(reports=reports, **case)
    covered = {day for _, start, end in case["periods"] for day in range(int(start), int(end))}
    for number, (first, action) in enumerate(case["incidents"]):
        ends = [first + case["max_days"], case["data_end"], *([] if np.isnan(action) else [action])]
        assert found.days[number] == sum(day in covered for day in range(first, min(ends)))
        inside = [time for of, time in reports if of == number and first < time <= min(ends) and time in covered]
        assert found.duplicates[number] == len(inside)


@given(cases, st.integers(1, 39))
def test_the_days_of_two_parts_of_a_window_are_those_of_the_whole(case, part):
    part = min(part, case["max_days"])
    whole, early = windows_of(reports=[], **case), windows_of(reports=[], **{**case, "max_days": part})
    later = [(first + part, action) for first, action in case["incidents"]]
    rest = windows_of(reports=[], **{**case, "incidents": later, "max_days": case["max_days"] - part or 1e-9})
    assert early.days + rest.days == pytest.approx(whole.days, abs=1e-6)


def test_each_incident_has_the_periods_of_its_coverage():
    found = windows(
        Incidents(np.array([10.0, 10.0]), np.full(2, np.nan), np.array([0, 1])),
        Duplicates(np.array([0, 1, 1]), np.array([13.0, 13.0, 30.0])),
        Periods(np.array([1, 0]), np.array([20.0, 0.0]), np.array([1000.0, 15.0])),
        500.0,
    )
    assert (found.days.tolist(), found.duplicates.tolist()) == ([5, 20], [1, 1])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"max_days": 0}, "max_days"),
        ({"data_end": np.nan}, "data_end"),
        ({"reports": [(1, 12)]}, "none of the 1 incidents"),
        ({"reports": [(-1, 12)]}, "none of the 1 incidents"),
        ({"reports": [(0, np.nan)]}, "no time"),
        ({"periods": [(0, 5, 4)]}, "ends before it starts"),
        ({"incidents": [(np.nan, 3)]}, "first report has no time"),
    ],
)
def test_wrong_rows_of_windows_are_refused(change, message):
    with pytest.raises(ValueError, match=message):
        windows_of(**({"incidents": [(10, NO_ACTION)], "reports": []} | change))


def rates_of(duplicates, days, cell=None, cells=1):
    counts = np.asarray(duplicates, np.int64)
    cell = np.zeros(len(counts), np.int64) if cell is None else cell
    return reporting_rates(cell, counts, np.broadcast_to(np.asarray(days, np.float64), counts.shape), cells)


def drawn(seed: int, size: int = 60) -> tuple[np.ndarray, np.ndarray]:
    """Duplicates and days of incidents that differ, with windows of many lengths."""
    rng = np.random.default_rng(seed)
    days = np.minimum(rng.exponential(20, size), 30)
    return rng.poisson(rng.gamma(0.8, 0.05, size) * days), days


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_bounds_are_where_the_likelihood_of_scipys_negative_binomial_has_fallen(seed):
    duplicates, days = drawn(seed)

    def loss(mean: float, log_dispersion: float) -> float:
        size = np.exp(-log_dispersion)
        return -stats.nbinom.logpmf(duplicates, size, size / (size + mean / PER_DAYS * days)).sum()

    def profiled(mean: float) -> float:
        return optimize.minimize_scalar(lambda x: loss(mean, x), bounds=(-8, 4), method="bounded").fun

    best = optimize.minimize_scalar(profiled, bounds=(0.2, 4), method="bounded", options={"xatol": 1e-7})
    rise = stats.t.ppf(0.975, len(days) - 1) ** 2 / 2
    bounds = [optimize.brentq(lambda mean: profiled(mean) - best.fun - rise, *ends) for ends in
              ((best.x / 9, best.x), (best.x, best.x * 9))]  # fmt: skip
    found = rates_of(duplicates, days)
    assert [found.rate[0], found.lower[0], found.upper[0]] == pytest.approx([best.x, *bounds], rel=2e-3)


def test_where_incidents_are_alike_the_bounds_are_those_of_a_poisson_count():
    # 25 duplicates in 1000 days, spread more evenly than by chance.
    found = rates_of([1, 0] * 25, 20)
    rise = stats.f.ppf(0.95, 1, 49) / 2

    def fall(mean: float) -> float:
        return 25 * np.log(25 / mean) - 25 + mean - rise

    bounds = [optimize.brentq(fall, *ends) for ends in ((5, 25), (25, 60))]
    assert found.rate[0] == pytest.approx(25 / 1000 * 30, rel=1e-4)
    assert [found.lower[0], found.upper[0]] == pytest.approx(np.array(bounds) / 1000 * 30, rel=2e-3)
    assert found.dispersion[0] < 1e-3


def test_the_interval_is_wider_where_the_same_duplicates_are_of_fewer_incidents():
    alike, unlike = rates_of([1, 0] * 25, 20), rates_of(([5] + [0] * 9) * 5, 20)
    assert unlike.rate == pytest.approx(alike.rate, rel=1e-3)
    assert unlike.upper / unlike.lower > 1.5 * alike.upper / alike.lower
    assert unlike.dispersion > 1


@pytest.mark.parametrize(
    ("duplicates", "days", "reason"),
    [
        ([1] * MIN_DUPLICATES + [0] * (MIN_INCIDENTS - MIN_DUPLICATES), 20, Reason.OK),
        ([1] * (MIN_INCIDENTS - 1), 20, Reason.FEW_INCIDENTS),
        ([], 20, Reason.FEW_INCIDENTS),
        ([1] * MIN_INCIDENTS, 29 / MIN_INCIDENTS, Reason.SHORT_EXPOSURE),
        ([1] * MIN_INCIDENTS, 30 / MIN_INCIDENTS, Reason.OK),
        ([1] * (MIN_DUPLICATES - 1) + [0] * 300, 20, Reason.FEW_DUPLICATES),
        ([50, 50, 50, 50] + [0] * 300, 20, Reason.FEW_REPEATED),
    ],
)
def test_a_rate_is_given_only_where_it_can_be_said(duplicates, days, reason):
    found = rates_of(duplicates, days)
    assert found.reason == [reason]
    for figure in (found.rate, found.lower, found.upper, found.dispersion):
        assert np.isnan(figure[0]) == (reason != Reason.OK)
    assert found.duplicate_count.tolist() == [sum(duplicates)]
    assert found.incident_count.tolist() == [len(duplicates)]


def test_incidents_without_a_window_are_not_counted():
    duplicates, days = drawn(4)
    found, without = rates_of(np.append(duplicates, [0, 0]), np.append(days, [0, 0])), rates_of(duplicates, days)
    assert found.incident_count.tolist() == [60]
    assert [found.rate[0], found.lower[0], found.upper[0]] == [without.rate[0], without.lower[0], without.upper[0]]


# Other work on the machine must not fail it.
@settings(max_examples=20)
@given(st.integers(0, 10_000))
def test_the_order_of_incidents_does_not_matter_and_cells_do_not_touch(seed):
    (first, first_days), (second, second_days) = drawn(seed), drawn(seed + 1, 90)
    cell = np.repeat([2, 0], [60, 90])
    order = np.random.default_rng(seed).permutation(150)
    duplicates, days = np.append(first, second), np.append(first_days, second_days)
    found = rates_of(duplicates[order], days[order], cell[order], 4)
    for number, alone in ((2, rates_of(first, first_days)), (0, rates_of(second, second_days))):
        for name in ("rate", "lower", "upper"):
            assert getattr(found, name)[number] == pytest.approx(getattr(alone, name)[0], rel=1e-5, nan_ok=True)
        assert found.exposure_days[number] == pytest.approx(alone.exposure_days[0])
        assert found.reason[number] == alone.reason[0]
    assert found.reason[1] == found.reason[3] == Reason.FEW_INCIDENTS
    if found.reason[2] == Reason.OK:
        assert 0 < found.lower[2] < found.rate[2] < found.upper[2] < np.inf


def test_a_rate_is_per_day_so_windows_of_half_the_length_double_it():
    duplicates, days = drawn(5, 200)
    once, twice = rates_of(duplicates, days), rates_of(duplicates, days / 2)
    assert [twice.rate[0], twice.lower[0], twice.upper[0]] == pytest.approx(
        [2 * once.rate[0], 2 * once.lower[0], 2 * once.upper[0]], rel=1e-3
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"cell": np.array([0, 3])}, "not among the 3"),
        ({"cell": np.array([0, -1])}, "not among the 3"),
        ({"cell": np.array([0])}, "differ in length"),
        ({"days": np.array([1.0, -1.0])}, "not 0 or more"),
        ({"days": np.array([1.0, np.nan])}, "not 0 or more"),
        ({"duplicates": np.array([1, -1])}, "not 0 or more"),
        ({"days": np.array([0.0, 1.0])}, "has no days"),
    ],
)
def test_wrong_rows_of_rates_are_refused(change, message):
    rows = {"cell": np.array([0, 1]), "duplicates": np.array([1, 0]), "days": np.array([1.0, 1.0])} | change
    with pytest.raises(ValueError, match=message):
        reporting_rates(**rows, cells=3)


def test_intervals_hold_the_true_rate_where_the_agency_acts_on_the_second_report():
    # The hardest case: each window ends at its first duplicate, so the busiest incidents have the shortest windows.
    rng, cells, each, mean = np.random.default_rng(2570), 400, 150, 1.5
    cell = np.repeat(np.arange(cells), each)
    second = rng.exponential(PER_DAYS / rng.gamma(1.0, mean, cells * each))
    other_end = np.minimum(rng.exponential(40, cells * each), 30)
    found = reporting_rates(cell, (second <= other_end).astype(np.int64), np.minimum(second, other_end), cells)
    assert set(found.reason) == {Reason.OK}
    holds = ((found.lower <= mean) & (mean <= found.upper)).mean()
    assert 0.92 <= holds <= 0.98
    assert np.median(found.rate) == pytest.approx(mean, rel=0.05)
    ratio = found.duplicate_count / found.exposure_days * PER_DAYS
    assert np.median(ratio) < 0.8 * mean
