"""Nothing is recovered from all public tables and versions together, and the attack can tell."""

from __future__ import annotations

import pyarrow.compute as pc
import pytest

from jobs.disclosure.provinces import public_provinces
from schemas.topics import load_topics
from tests.attack.bounds import Bounds
from tests.attack.reader import Reader
from tests.attack.run import CONTROLS, run_attack
from tests.attack.simulate import DAYS, gold, world


@pytest.mark.parametrize("seed", [1, 2])
def test_all_tables_and_versions_together_give_no_hidden_count_back(seed: int) -> None:
    report = run_attack(seed, exact=60)
    assert report.small > 1000
    assert report.versions == 5
    assert (report.recovered, report.late_differences, report.sensitive_totals) == ([], [], [])
    kinds = ("province", "district", "lao")
    assert all(report.shown[kind] > least for kind, least in zip(kinds, (3000, 400, 120), strict=True)), (
        "tables with nothing in them are no use"
    )


@pytest.mark.parametrize("figure", ["resolved", "other", "left"])
def test_parts_of_a_province_s_counts_are_not_given_back_either(figure: str) -> None:
    made = world(1)
    tables, truth = gold(made, DAYS[-1])
    public = public_provinces(tables["province_trends"], load_topics(), DAYS[-1])
    public = public.filter(pc.equal(public["period_type"], "month"))
    shown = {
        "resolved": public["resolved_count"],
        "other": public["other_kind_count"],
        "left": pc.subtract(public["concern_count"], public["resolved_count"]),
    }[figure]
    count_of = {cell[1:]: count for cell, count in truth.items() if cell[0] == "province"}
    if figure == "left":
        truth = {("left", *cell): count - truth["resolved", *cell] for cell, count in count_of.items()}
    behind = {("province", *cell): truth[figure, *cell] for cell in count_of}
    reader = Reader(load_topics(), made.geography, behind)
    reader.read_part(public, shown)
    report = reader.report()
    assert report.small > 100
    assert report.recovered == []


@pytest.mark.parametrize(("instead", "seed"), CONTROLS.items())
def test_without_a_rule_the_attack_does_find_something(instead: str, seed: int) -> None:
    assert not run_attack(seed, instead).is_clean


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
