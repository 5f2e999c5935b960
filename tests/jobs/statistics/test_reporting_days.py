"""Daily counts in, the days on which a source reported out."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.reporting_days import LENGTHS, simulate
from jobs.statistics.reporting_days import reporting_days

MONDAY, WEDNESDAY = 0, 2


def states(counts: list[int], weekday: int = MONDAY, stated: list[int] | None = None) -> str:
    """The states of one source, a letter a day: r (reporting) or - (silent, or not begun)."""
    said = None if stated is None else np.isin(np.arange(len(counts)), stated)[None]
    found = reporting_days(np.array([counts]), weekday, said)
    return "".join("r" if one else "-" for one in found.is_reporting[0])


def test_a_steady_source_reports_on_all_days():
    assert states([20, 18, 25, 22, 19, 21, 20] * 10) == "r" * 70


def test_days_before_the_first_record_do_not_count():
    assert states([0, 0, 0, 5, 4, 6, 5, 5]) == "---rrrrr"


def test_a_gap_of_a_busy_source_is_silent_also_where_a_few_records_come_late():
    week = [400, 420, 380, 410, 390, 300, 280]
    assert states([*week * 6, 0, 9, 14, 3, *week * 6]) == "r" * 42 + "----" + "r" * 42


def test_a_few_days_of_a_year_with_files_are_the_only_ones_reported():
    counts = [6] * 300
    for day in (0, 1, 2, 100, 101, 200, 299):
        counts[day] = 400
    assert {day for day, state in enumerate(states(counts)) if state == "r"} == {0, 1, 2, 100, 101, 200, 299}


def test_weekends_of_an_office_are_quiet_days():
    assert states([10, 12, 9, 11, 10, 0, 0] * 12) == "r" * 84


def test_quiet_days_of_a_small_source_are_no_gap():
    assert states([1, 0, 0, 2, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0] * 12) == "r" * 168


def test_a_day_that_a_file_states_to_cover_is_quiet_and_not_silent():
    week = [50, 60, 55, 52, 58, 51, 54]
    counts = [*week * 4, 0, 0, 0, 0, *week * 4]
    assert states(counts)[28:32] == "----"
    assert states(counts, stated=[28, 29, 30, 31])[28:32] == "rrrr"
    assert states([0, 0, *week * 4], stated=[0, 1])[:2] == "rr"


def test_a_source_that_ended_is_silent_from_the_day_after_its_last_record():
    found = reporting_days(np.array([[30, 28, 33, 31] * 20 + [0] * 40, [30, 28, 33, 31] * 30]), MONDAY)
    assert found.silent_days.tolist() == [40, 0]


def test_the_usual_count_follows_the_weekday_and_growth():
    counts = np.array([[10, 10, 10, 10, 10, 2, 2] * 30 + [100, 100, 100, 100, 100, 20, 20] * 30])
    usual = reporting_days(counts, MONDAY).usual[0]
    assert usual[0] == pytest.approx(10, rel=0.1) and usual[5] == pytest.approx(2, rel=0.2)
    assert usual[413] == pytest.approx(100, rel=0.1) and usual[418] == pytest.approx(20, rel=0.1)


def test_the_first_weekday_only_shifts_the_calendar():
    counts = [10, 12, 9, 11, 10, 0, 0] * 12
    assert states(counts[2:], WEDNESDAY) == states(counts)[2:] == "r" * 82


def test_sources_are_judged_each_by_itself():
    rows = np.array([[400, 0, 0, 380] * 20, [1, 0, 0, 0] * 20, [0] * 80])
    together = reporting_days(rows, MONDAY)
    for row, counts in enumerate(rows):
        alone = reporting_days(counts[None], MONDAY)
        assert np.array_equal(together.is_reporting[row], alone.is_reporting[0])
    assert not together.is_reporting[2].any() and together.silent_days[2] == 0


def test_no_days_and_no_sources():
    assert reporting_days(np.zeros((2, 0), np.int64), MONDAY).is_reporting.shape == (2, 0)
    assert reporting_days(np.zeros((0, 5), np.int64), MONDAY).is_reporting.shape == (0, 5)


@pytest.mark.parametrize("regime", ["400 a day", "40 a day, seasonal", "10 a working day"])
def test_simulated_gaps_of_a_week_and_more_are_found_and_few_other_days(regime: str):
    counts, length_of = simulate(regime, 0.03, 4, np.random.default_rng(1))
    silent = ~reporting_days(counts, MONDAY).is_reporting
    assert silent[np.isin(length_of, [length for length in LENGTHS if length >= 7])].mean() > 0.97
    assert silent[length_of == 0].mean() < 0.01
