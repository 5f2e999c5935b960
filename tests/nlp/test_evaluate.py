"""When one set of predictions is better than another, and when that may be chance."""

from __future__ import annotations

import random

from nlp.evaluate import is_better, scores

ACTUAL = [["roads"] if n % 2 else ["drainage", "flooding"] for n in range(300)]


def blurred(share: float, seed: int) -> list[list[str]]:
    rng = random.Random(seed)
    return [["noise"] if rng.random() < share else list(labels) for labels in ACTUAL]


def test_scores_of_what_is_right_and_of_what_is_wrong():
    assert scores(ACTUAL, ACTUAL) == {"micro_f1": 1.0, "macro_f1": 1.0, "first_topic_right": 1.0}
    assert scores([["noise"]] * 300, ACTUAL) == {"micro_f1": 0.0, "macro_f1": 0.0, "first_topic_right": 0.0}


def test_a_clear_gain_is_better_and_its_contrary_is_not():
    assert is_better(blurred(0.1, 1), blurred(0.4, 2), ACTUAL)
    assert not is_better(blurred(0.4, 2), blurred(0.1, 1), ACTUAL)


def test_a_difference_within_chance_is_not_better():
    assert not is_better(blurred(0.3, 3), blurred(0.3, 4), ACTUAL)
    assert not is_better(ACTUAL, ACTUAL, ACTUAL)
    assert not is_better([], [], [])
