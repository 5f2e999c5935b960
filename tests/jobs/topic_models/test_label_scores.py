"""Scored texts in, scores of topics out; counts get intervals from them, and stop being provisional."""

from __future__ import annotations

from typing import Any

import pytest

from jobs.gold.misclassification import with_count_bounds
from jobs.statistics.intervals import MeasuredShare, misclassification_interval
from jobs.topic_models.evaluation.label_scores import ENOUGH_TEXTS, ScoredText, topic_scores


def text(said: str, truth: str, province: str = "95", *drawn_from: str) -> ScoredText:
    return ScoredText(province, drawn_from or ("outside",), frozenset(said.split()), frozenset(truth.split()))


TEN = [
    text("roads", "roads"),
    text("roads traffic", "roads"),
    text("other", "roads"),
    text("roads", "drainage"),
    *[text("drainage", "drainage", "90")] * 4,
    text("roads", "roads", "10", "bangkok"),
    text("other", "roads", "95", "95"),
]


def score(texts: list[ScoredText], area: str, topic: str) -> tuple[int, int, float | None, float | None]:
    (found,) = [one for one in topic_scores(texts) if (one.score_area, one.topic_id) == (area, topic)]
    return found.scored_text_count, found.positive_count, found.recall, found.false_positive_rate


def test_recall_and_false_positives_of_topics_and_groups_where_texts_were_drawn():
    assert score(TEN, "outside", "roads") == (8, 3, 2 / 3, 1 / 5)
    assert score(TEN, "outside", "traffic") == (8, 0, None, 1 / 8), (
        "no text is of it, so nothing says how many are found"
    )
    assert score(TEN, "outside", "transport") == (8, 3, 2 / 3, 1 / 5)
    assert score(TEN, "bangkok", "roads") == (1, 1, 1.0, None), "every text is of it"


def test_texts_drawn_from_one_province_say_nothing_of_the_others_and_few_nothing_at_all():
    assert {one.score_area for one in topic_scores(TEN)} == {"outside", "bangkok"}
    many = [text("roads", "roads", "95", "95")] * (ENOUGH_TEXTS - 4)
    assert {one.score_area for one in topic_scores([*TEN, *many])} == {"outside", "bangkok", "95"}
    assert score([*TEN, *many], "95", "roads")[0] == ENOUGH_TEXTS + 1, "those drawn from all outside Bangkok count too"
    assert score([*TEN, *many], "outside", "roads")[0] == 8


def test_texts_that_were_chosen_score_nothing():
    assert topic_scores([ScoredText("95", (), frozenset({"roads"}), frozenset({"drainage"}))] * 300) == []


@pytest.mark.spark
def test_counts_have_intervals_by_the_scores_of_their_area(spark: Any) -> None:
    scores = topic_scores(
        [*[text("roads", "roads")] * 90, *[text("other", "roads")] * 10, *[text("roads", "drainage")] * 2,
         *[text("drainage", "drainage")] * 98, *[text("roads", "roads", "10", "bangkok")] * 3,
         *[text("drainage", "drainage", "10", "bangkok")] * 3]
    )  # fmt: skip
    rows = [
        ("yala", "95", "topic", "roads", 50, 200),
        ("yala", "95", "topic", "roads", 0, 200),
        ("yala", "95", "topic", "roads", 0, 0),
        ("yala", "95", "topic", "drugs", 5, 200),
        ("yala", "95", "all", "all", 200, 200),
        ("phra nakhon", "10", "topic", "roads", 50, 200),
    ]
    frame = spark.createDataFrame(
        rows,
        "area string, province_code string, topic_level string, topic_id string, concern_count bigint, "
        "cell_total bigint",
    )
    found = [row.asDict() for row in with_count_bounds(spark, frame, scores).collect()]
    by_row = {(row["area"], row["topic_id"], row["concern_count"], row["cell_total"]): row for row in found}
    yala, none, empty, drugs, all_, bangkok = (by_row[area, topic, n, t] for area, _, _, topic, n, t in rows)
    expected = misclassification_interval(50, 200, MeasuredShare(0.9, 100), MeasuredShare(0.02, 100))
    assert (yala["count_lower"], yala["count_upper"]) == pytest.approx((float(expected.lower), float(expected.upper)))
    assert yala["count_lower"] < 50 < yala["count_upper"] < 100
    assert none["count_lower"] == 0 < none["count_upper"] < 20
    assert (empty["count_lower"], empty["count_upper"]) == (0, 0)
    assert (drugs["count_lower"], drugs["count_upper"]) == (None, None), "no scored text was of it"
    assert (all_["count_lower"], all_["is_scored"]) == (None, False)
    assert [one["is_scored"] for one in (yala, none, drugs, bangkok)] == [True, True, True, False]
    assert bangkok["count_upper"] - bangkok["count_lower"] > 2 * (yala["count_upper"] - yala["count_lower"])


@pytest.mark.spark
def test_where_nothing_was_scored_counts_have_no_interval(spark: Any) -> None:
    frame = spark.createDataFrame([("roads", 5)], "topic_id string, concern_count bigint")
    assert with_count_bounds(spark, frame, []).collect()[0].asDict() == {
        "topic_id": "roads", "concern_count": 5, "count_lower": None, "count_upper": None, "is_scored": False
    }  # fmt: skip
