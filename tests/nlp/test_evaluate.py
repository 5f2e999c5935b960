"""Scores of predictions, and whether a difference between two sets of predictions is significant."""

from __future__ import annotations

import random

import pytest

from nlp.evaluate import (
    TopicCounts,
    calibration_error,
    confusion,
    count_by_topic,
    is_better,
    micro_f1_interval,
    reliability,
    scores,
)  # fmt: skip

ACTUAL = [["roads"] if n % 2 else ["drainage", "flooding"] for n in range(300)]


def blurred(share: float, seed: int) -> list[list[str]]:
    rng = random.Random(seed)
    return [["noise"] if rng.random() < share else list(labels) for labels in ACTUAL]


def test_scores_count_correct_and_wrong_topics():
    assert scores(ACTUAL, ACTUAL) == {"micro_f1": 1.0, "macro_f1": 1.0, "first_topic_right": 1.0}
    assert scores([["noise"]], [["roads"]]) == {"micro_f1": 0.0, "first_topic_right": 0.0}, "too few for a macro-F1"
    assert scores([["noise"]] * 300, ACTUAL) == {"micro_f1": 0.0, "macro_f1": 0.0, "first_topic_right": 0.0}


def test_a_clear_improvement_is_better_and_a_clear_loss_is_not():
    assert is_better(blurred(0.1, 1), blurred(0.4, 2), ACTUAL)
    assert not is_better(blurred(0.4, 2), blurred(0.1, 1), ACTUAL)


def test_a_random_difference_is_not_better():
    assert not is_better(blurred(0.3, 3), blurred(0.3, 4), ACTUAL)
    assert not is_better(ACTUAL, ACTUAL, ACTUAL)
    assert not is_better([], [], [])


def test_confusion_counts_labels_by_predicted_topic():
    predicted = [["roads", "signs"], ["roads"], ["other"]]
    actual = [["signs", "roads"], ["drainage"], ["drainage", "flooding"]]
    assert count_by_topic(predicted, actual)["roads"] == TopicCounts(
        true_positives=1, false_positives=1, false_negatives=0
    )
    assert confusion(predicted, actual) == {("roads", "roads"): 1, ("drainage", "roads"): 1, ("drainage", "other"): 1}


def test_reliability_bins_compare_confidence_with_the_share_of_correct_topics():
    bins = reliability([0.95, 0.99, 1.0, 0.25], [True, True, False, False])
    assert [(one.lower, one.texts, one.correct) for one in bins] == [(0.2, 1, 0), (0.9, 3, 2)]
    assert calibration_error(bins) == pytest.approx((abs(0.25 - 0) + abs(2.94 - 2)) / 4)
    assert calibration_error([]) == 0


def test_an_interval_contains_its_estimate_and_is_narrower_with_more_texts():
    said = blurred(0.3, 5)
    point = scores(said, ACTUAL)["micro_f1"]
    lower, upper = micro_f1_interval(said, ACTUAL)
    few = micro_f1_interval(said[:30], ACTUAL[:30])
    assert lower < point < upper
    assert few[1] - few[0] > 2 * (upper - lower)
    assert micro_f1_interval([], []) == (0, 1)
