"""Evaluation of predicted topics against labels: counts, F1, bootstrap intervals and calibration."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

MIN_LABELLED = 20
RESAMPLES = 1000
SEED = 2566
Topics = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class TopicCounts:
    """For one topic, the number of texts predicted correctly, predicted wrongly, and not predicted."""

    true_positives: int
    false_positives: int
    false_negatives: int

    @property
    def labelled(self) -> int:
        """The number of texts that are labelled with the topic."""
        return self.true_positives + self.false_negatives


@dataclass(frozen=True, slots=True)
class Bin:
    """Texts whose first topic has a confidence in one range.

    ``texts`` is their number, ``confidence`` their mean confidence, ``correct`` the number of correct first topics.
    """

    lower: float
    upper: float
    texts: int
    confidence: float
    correct: int


def count_by_topic(predicted: Topics, actual: Topics) -> dict[str, TopicCounts]:
    """The counts of each topic that was predicted or labelled, by topic id.

    Args:
        predicted: topic ids of each text, highest confidence first.
        actual: topic ids of the labels of each text.
    """
    true_positives: Counter[str] = Counter()
    false_positives: Counter[str] = Counter()
    false_negatives: Counter[str] = Counter()
    for guesses, labels in zip(predicted, actual, strict=True):
        true_positives.update(set(guesses) & set(labels))
        false_positives.update(set(guesses) - set(labels))
        false_negatives.update(set(labels) - set(guesses))
    return {
        topic: TopicCounts(true_positives[topic], false_positives[topic], false_negatives[topic])
        for topic in sorted({*true_positives, *false_positives, *false_negatives})
    }


def count_correct_first(predicted: Topics, actual: Topics) -> int:
    """The number of texts whose first predicted topic is one of their labels."""
    pairs = zip(predicted, actual, strict=True)
    return sum(bool(guesses) and guesses[0] in labels for guesses, labels in pairs)


def scores(predicted: Topics, actual: Topics) -> dict[str, float]:
    """``micro_f1``, ``macro_f1`` and ``first_topic_right``; arguments as in ``count_by_topic``.

    ``macro_f1`` is over topics with at least MIN_LABELLED labels, and is left out if there are none.
    """
    counts = count_by_topic(predicted, actual)
    frequent = [topic for topic in counts.values() if topic.labelled >= MIN_LABELLED]
    return {
        "micro_f1": f1(
            TopicCounts(
                sum(topic.true_positives for topic in counts.values()),
                sum(topic.false_positives for topic in counts.values()),
                sum(topic.false_negatives for topic in counts.values()),
            )
        ),
        **({"macro_f1": sum(f1(topic) for topic in frequent) / len(frequent)} if frequent else {}),
        "first_topic_right": count_correct_first(predicted, actual) / len(actual) if actual else 0.0,
    }


def f1(counts: TopicCounts) -> float:
    """The harmonic mean of precision and recall; 0 if there is no true positive."""
    if not counts.true_positives:
        return 0.0
    return 2 * counts.true_positives / (2 * counts.true_positives + counts.false_positives + counts.false_negatives)


def micro_f1_interval(
    predicted: Topics, actual: Topics, *, rounds: int = RESAMPLES, seed: int = SEED
) -> tuple[float, float]:
    """The 95 % confidence interval of micro-F1 by a percentile bootstrap over texts; (0, 1) if there are no texts."""
    if not actual:
        return 0.0, 1.0
    (resampled,) = _bootstrap_micro_f1([predicted], actual, rounds, seed)
    lower, upper = np.quantile(resampled, [0.025, 0.975])
    return float(lower), float(upper)


def confusion(predicted: Topics, actual: Topics) -> dict[tuple[str, str], int]:
    """The number of texts by (label, first predicted topic).

    The label is the first label of a text. If the first predicted topic is any of the labels, it is counted as
    correct for that label. Texts without a predicted topic are left out.
    """
    counts: Counter[tuple[str, str]] = Counter()
    for guesses, labels in zip(predicted, actual, strict=True):
        if guesses:
            counts[guesses[0] if guesses[0] in labels else labels[0], guesses[0]] += 1
    return dict(counts)


def reliability(confidences: Sequence[float], is_right: Sequence[bool], bins: int = 10) -> list[Bin]:
    """Bins of equal width over the confidence of first topics, with the number of correct ones; no empty bins.

    Source: A. Niculescu-Mizil and R. Caruana, Predicting good probabilities with supervised learning, 2005.
    """
    confidence = np.asarray(confidences, np.float64)
    correct = np.asarray(is_right, bool)
    bin_numbers = np.minimum((confidence * bins).astype(int), bins - 1)
    return [
        Bin(
            number / bins,
            (number + 1) / bins,
            int(in_bin.sum()),
            float(confidence[in_bin].mean()),
            int(correct[in_bin].sum()),
        )
        for number in range(bins)
        if (in_bin := bin_numbers == number).any()
    ]


def calibration_error(bins: Sequence[Bin]) -> float:
    """Expected calibration error: the mean difference of confidence and share of correct topics, weighted by texts."""
    texts = sum(row.texts for row in bins)
    return sum(abs(row.texts * row.confidence - row.correct) for row in bins) / texts if texts else 0.0


def is_better(new: Topics, old: Topics, actual: Topics, *, rounds: int = RESAMPLES, seed: int = SEED) -> bool:
    """Whether the micro-F1 of new predictions is significantly higher: in 97.5 % of the resampled sets of texts.

    A paired bootstrap over texts (Koehn 2004, Statistical significance tests for machine translation evaluation).
    """
    if not actual:
        return False
    new_f1, old_f1 = _bootstrap_micro_f1([new, old], actual, rounds, seed)
    return float(np.quantile(new_f1 - old_f1, 0.025)) > 0


def _bootstrap_micro_f1(models: Sequence[Topics], actual: Topics, rounds: int, seed: int) -> list[Any]:
    """Micro-F1 of each model on the same resampled sets of texts (one array of length ``rounds`` per model).

    Texts for which all models have the same counts are grouped. The number of texts of each group is drawn from a
    multinomial distribution, which gives the same result as drawing texts and needs less time.
    """
    counts = np.array(
        [
            [count for topics in texts for count in (len(set(topics) & set(labels)), len(set(topics) ^ set(labels)))]
            for labels, *texts in zip(actual, *models, strict=True)
        ]
    )
    groups, sizes = np.unique(counts, axis=0, return_counts=True)
    draws = np.random.default_rng(seed).multinomial(len(actual), sizes / len(actual), size=rounds)
    sums = draws @ groups
    correct, wrong = sums[:, ::2], sums[:, 1::2]
    return list((2 * correct / np.maximum(2 * correct + wrong, 1)).T)
