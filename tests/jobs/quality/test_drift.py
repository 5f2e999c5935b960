"""Batches of texts that are like those before, and some that are not."""

from __future__ import annotations

import pandas as pd
import pytest

from jobs.quality import drift
from jobs.quality.drift import Cell, compare, source_metrics, stability_index
from jobs.quality.suites import load_suite
from jobs.quality.validate import validate


def batch(scale: int = 1, **more: int) -> list[Cell]:
    """A batch of 300 texts times ``scale``, six words each; ``more`` adds texts of a topic."""
    usual = {"roads": 150, "water_supply": 90, "drainage": 45, "other": 15}
    found = [
        Cell(
            "desk",
            topic,
            "th",
            count * scale,
            count * scale // 10,
            count * scale * 6,
            count * scale,
            count * scale * 60,
        )
        for topic, count in usual.items()
    ]
    return [*found, *(Cell("desk", topic, "th", n, 0, n * 6, n, n * 60) for topic, n in more.items())]


BEFORE = [source_metrics(batch())["desk"]] * 5


def unmet(cells: list[Cell]) -> list[str]:
    held = compare(source_metrics(cells)["desk"], BEFORE)
    assert held is not None
    frame = pd.DataFrame([{"source_id": "desk", **held}])
    outcomes = validate(frame, load_suite(drift.SUITE), ["source_id"])
    assert all(one.severity == "warning" and one.was_tested for one in outcomes)
    return [one.sentence for one in outcomes if not one.is_met]


def test_what_is_measured_of_a_batch():
    found = source_metrics(
        [Cell("desk", "roads", "th", 3, 1, 20, 5, 90), Cell("desk", "other", "ms-Latn", 1, 0, 0, 0, 10)]
    )
    assert found == {
        "desk": {
            "texts": 4, "other_share": 0.25, "doubtful_share": 0.25, "unknown_share": 0.25, "letters": 25,
            "group:transport": 0.75, "language:th": 0.75, "group:other": 0.25, "language:ms-Latn": 0.25,
        }
    }  # fmt: skip


def test_texts_like_those_before_are_not_told_of():
    assert unmet(batch()) == []
    assert unmet(batch(roads=20, drugs=5)) == []


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        (batch(flooding=900), "«Texts are not about other topics"),
        (batch(other=300), "«Texts are not without a topic"),
        ([*batch(), Cell("desk", "roads", "ms-Latn", 100, 0, 600, 100, 6000)], "«Texts are not in other languages"),
        ([*batch(), Cell("desk", "roads", "th", 300, 300, 1800, 300, 18000)], "«Topics are not in doubt"),
        ([*batch(), Cell("desk", "roads", "th", 10, 0, 6000, 6000, 600)], "«Words are not unknown"),
        ([*batch(), Cell("desk", "roads", "th", 100, 0, 600, 100, 100 * 400)], "«Texts are not of twice or half"),
    ],
)
def test_texts_of_another_kind_are_told_of_by_source(cells, says):
    told = unmet(cells)
    assert any(sentence.startswith(says) and sentence.endswith("(such as desk)") for sentence in told), told


def test_few_texts_say_nothing():
    few = source_metrics([Cell("desk", "flooding", "th", drift.MIN_TEXTS - 1, 0, 1, 0, 1)])["desk"]
    assert compare(few, BEFORE) is None
    assert compare(BEFORE[0], []) is None
    assert compare(BEFORE[0], [few]) is None


def test_the_index_is_nought_where_nothing_changed_and_its_limit_is_wider_for_few_texts():
    same = {"a": 0.5, "b": 0.5}
    assert stability_index(same, same, 1000, 1000) == {"index": 0.0, "limit": drift.MIN_INDEX_LIMIT}
    kinds = {str(number): 0.05 for number in range(20)}
    assert stability_index(kinds, kinds, 200, 200)["limit"] == pytest.approx(43.82 / 100, abs=0.001)
    assert stability_index({"a": 0.8, "b": 0.2}, same, 1000, 1000)["index"] == pytest.approx(0.4159, abs=0.0001)
