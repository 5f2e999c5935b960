"""Nothing is recovered from all public tables and versions together, and the attack can tell."""

from __future__ import annotations

import pytest

from tests.attack.bounds import Bounds
from tests.attack.run import CONTROLS, attacked


@pytest.mark.parametrize("seed", [1, 2])
def test_all_tables_and_versions_together_give_no_hidden_count_back(seed: int) -> None:
    report = attacked(seed, exact=60)
    assert report.small > 1000
    assert report.versions == 5
    assert (report.recovered, report.told_late, report.told_sensitive) == ([], [], [])
    assert report.shown["district"] > 500 and report.shown["lao"] > 150, "tables with nothing in them are no use"


@pytest.mark.parametrize(("instead", "seed"), CONTROLS.items())
def test_without_a_rule_the_attack_does_find_something(instead: str, seed: int) -> None:
    assert not attacked(seed, instead).is_clean


def test_bounds_are_narrowed_by_what_sums_leave() -> None:
    bounds = Bounds()
    first, second, whole = bounds.number("a", 0, 4), bounds.number("b", 5, 7), bounds.number("c", 11, 11)
    bounds.equal([first, second], [whole])
    bounds.narrow()
    assert (bounds.low[first], bounds.high[first]) == (4, 4)
    assert (bounds.low[second], bounds.high[second]) == (7, 7)


def test_inequalities_together_say_more_than_one_after_the_other() -> None:
    bounds = Bounds()
    a, b, c = (bounds.number(name, 0, 4) for name in "abc")
    for pair, most in (((a, b), 3), ((b, c), 3), ((a, c), 3)):
        bounds.at_most(pair, [], most)
    bounds.at_most([], [a, b, c], -4)  # a + b + c are 4 at least
    bounds.narrow()
    assert bounds.low[a] == 0
    assert bounds.exact([a])[a] == (1, 2)


def test_what_cannot_hold_is_left_out() -> None:
    bounds = Bounds()
    part, whole = bounds.number("part", 5, 7), bounds.number("whole", 3, 3)
    bounds.equal([part], [whole])
    bounds.narrow()
    assert (bounds.low[part], bounds.high[part]) == (5, 7)
