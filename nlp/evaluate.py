"""Scores of topics against labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

LEAST_LABELLED = 20


def scores(predicted: Sequence[Sequence[str]], actual: Sequence[Sequence[str]]) -> dict[str, float]:
    """micro_f1, macro_f1 (topics with at least 20 labels) and first_topic_right, each 0 to 1.

    Args:
        predicted: topic ids of each text, the surest first.
        actual: topic ids that each text carries.
    """
    right: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    first = 0
    for guesses, labels in zip(predicted, actual, strict=True):
        right.update(set(guesses) & set(labels))
        wrong.update(set(guesses) - set(labels))
        missed.update(set(labels) - set(guesses))
        first += bool(guesses) and guesses[0] in labels
    common = [topic for topic in {*right, *missed} if right[topic] + missed[topic] >= LEAST_LABELLED]
    return {
        "micro_f1": _f1(right.total(), wrong.total(), missed.total()),
        "macro_f1": sum(_f1(right[t], wrong[t], missed[t]) for t in common) / len(common) if common else 0.0,
        "first_topic_right": first / len(actual) if actual else 0.0,
    }


def is_better(
    new: Sequence[Sequence[str]],
    old: Sequence[Sequence[str]],
    actual: Sequence[Sequence[str]],
    *,
    rounds: int = 1000,
    seed: int = 2566,
) -> bool:
    """Whether new predictions beat old ones in micro-F1 beyond chance: in 97.5 % of resampled sets of texts.

    A paired bootstrap over texts (Koehn 2004, Statistical significance tests for machine translation evaluation).
    """
    if not actual:
        return False
    draws = np.random.default_rng(seed).multinomial(len(actual), np.full(len(actual), 1 / len(actual)), size=rounds)
    gains = _resampled_f1(draws, new, actual) - _resampled_f1(draws, old, actual)
    return float(np.quantile(gains, 0.025)) > 0


def _resampled_f1(draws: Any, predicted: Sequence[Sequence[str]], actual: Sequence[Sequence[str]]) -> Any:
    pairs = [(set(guesses), set(labels)) for guesses, labels in zip(predicted, actual, strict=True)]
    right = draws @ np.array([len(guesses & labels) for guesses, labels in pairs])
    wrong = draws @ np.array([len(guesses ^ labels) for guesses, labels in pairs])
    return 2 * right / np.maximum(2 * right + wrong, 1)


def _f1(right: int, wrong: int, missed: int) -> float:
    return 2 * right / (2 * right + wrong + missed) if right else 0.0
