"""How far a batch may differ from those before it."""

from __future__ import annotations

import pandas as pd
import pytest

from jobs.quality import batch_profile
from jobs.quality.suites import load_suite
from jobs.quality.validate import validate


def unmet(refused: float, former: list[float]) -> list[str]:
    others = {f"{name}_share": 0.0 for name in batch_profile.SHARES}
    row = {"source_id": "desk"} | others | {"refused_share": refused}
    frame = pd.DataFrame([row | batch_profile.limits({"refused_share": former})])
    outcomes = validate(frame, load_suite("batches"), ["source_id"])
    assert all(one.severity == "warning" for one in outcomes)
    return [one.sentence for one in outcomes if not one.is_met]


@pytest.mark.parametrize(
    ("refused", "former", "is_told"),
    [
        (0.1, [], False),
        (0.3, [], True),
        (0.3, [0.2, 0.15, 0.2], False),
        (0.7, [0.2, 0.15, 0.2], True),
        (0.19, [0.0] * 30, False),
    ],
)
def test_a_batch_is_told_of_when_three_times_as_much_is_refused_as_usual(refused, former, is_told):
    assert bool(unmet(refused, former)) == is_told


def test_any_status_that_no_batch_before_had_unknown_is_told():
    assert batch_profile.limits({})["unknown_status_limit"] == 0
    assert batch_profile.limits({"unknown_status_share": [0.1, 0.1]})["unknown_status_limit"] == pytest.approx(0.3)


def test_the_source_is_named():
    assert unmet(0.9, []) == [
        "«Records are not refused much more often than in the batches before.» fails on 1 row (such as desk)"
    ]


def test_only_the_last_batches_count():
    long_ago = [0.9] * 30
    assert (
        batch_profile.limits({"refused_share": [*long_ago, *[0.0] * batch_profile.HISTORY_BATCHES]})["refused_limit"]
        == 0.2
    )
