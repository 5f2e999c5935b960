"""Days until solved, with the unsolved taken into account."""

from __future__ import annotations

from jobs.statistics.durations import kaplan_meier_quantile, solved_within_share


def test_without_waiting_ones_it_is_the_ordinary_median():
    assert kaplan_meier_quantile({1: 1, 2: 1, 3: 1, 10: 1, 50: 1}, {}, 0.5) == 3


def test_the_waiting_push_the_median_up():
    assert kaplan_meier_quantile({1: 2, 5: 1, 9: 2}, {30: 4}, 0.5) == 9


def test_a_median_that_is_not_reached_is_not_invented():
    assert kaplan_meier_quantile({1: 2}, {30: 8}, 0.5) is None


def test_those_who_have_waited_less_only_count_until_then():
    # survival after day 2: 1 - 1/3; the two that waited one day are no longer at risk
    assert kaplan_meier_quantile({2: 1, 4: 1}, {1: 2, 9: 1}, 0.5) == 4


def test_the_share_in_time_leaves_out_those_of_whom_it_is_not_known_yet():
    assert solved_within_share({3: 6, 20: 2}, {5: 10, 15: 2}, 15) == 6 / 10


def test_without_anything_known_there_is_no_share():
    assert solved_within_share({}, {3: 5}, 15) is None
