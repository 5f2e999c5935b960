"""Scores of topics against labels: counts and chance, no statistics beyond that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

LEAST_LABELLED = 20
ROUNDS = 1000
SEED = 2566
Topics = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Tally:
    """Of a topic: texts that were rightly said to be of it, wrongly said to be, and missed."""

    right: int
    wrong: int
    missed: int

    @property
    def labelled(self) -> int:
        return self.right + self.missed


@dataclass(frozen=True, slots=True)
class Bin:
    """Texts whose first topic has a confidence in a range: how many, how sure on average, how many right."""

    lower: float
    upper: float
    texts: int
    confidence: float
    right: int


def tallies(predicted: Topics, actual: Topics) -> dict[str, Tally]:
    """How each topic fared that was said or labelled, by topic id.

    Args:
        predicted: topic ids of each text, the surest first.
        actual: topic ids that each text carries.
    """
    right: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for guesses, labels in zip(predicted, actual, strict=True):
        right.update(set(guesses) & set(labels))
        wrong.update(set(guesses) - set(labels))
        missed.update(set(labels) - set(guesses))
    return {topic: Tally(right[topic], wrong[topic], missed[topic]) for topic in sorted({*right, *wrong, *missed})}


def first_right(predicted: Topics, actual: Topics) -> int:
    """Of how many texts the first topic is one that they carry."""
    pairs = zip(predicted, actual, strict=True)
    return sum(bool(guesses) and guesses[0] in labels for guesses, labels in pairs)


def scores(predicted: Topics, actual: Topics) -> dict[str, float]:
    """micro_f1, macro_f1 (of topics with 20 labels, where there are some) and first_topic_right; see ``tallies``."""
    of_topics = tallies(predicted, actual)
    common = [one for one in of_topics.values() if one.labelled >= LEAST_LABELLED]
    return {
        "micro_f1": f1(
            Tally(
                sum(one.right for one in of_topics.values()),
                sum(one.wrong for one in of_topics.values()),
                sum(one.missed for one in of_topics.values()),
            )
        ),
        **({"macro_f1": sum(f1(one) for one in common) / len(common)} if common else {}),
        "first_topic_right": first_right(predicted, actual) / len(actual) if actual else 0.0,
    }


def f1(tally: Tally) -> float:
    """The harmonic mean of precision and recall; 0 where nothing is right."""
    return 2 * tally.right / (2 * tally.right + tally.wrong + tally.missed) if tally.right else 0.0


def micro_f1_interval(
    predicted: Topics, actual: Topics, *, rounds: int = ROUNDS, seed: int = SEED
) -> tuple[float, float]:
    """Bounds of micro-F1, 95 %, by a bootstrap over texts (percentiles); 0 and 1 where there are none."""
    if not actual:
        return 0.0, 1.0
    (found,) = _resampled_f1([predicted], actual, rounds, seed)
    lower, upper = np.quantile(found, [0.025, 0.975])
    return float(lower), float(upper)


def confusion(predicted: Topics, actual: Topics) -> dict[tuple[str, str], int]:
    """How many texts of each topic (its first label) were first called what: (label, said) and their number.

    A first topic that is any of a text's labels is right, and counts as that label. Texts of which nothing was said
    are left out.
    """
    found: Counter[tuple[str, str]] = Counter()
    for guesses, labels in zip(predicted, actual, strict=True):
        if guesses:
            found[guesses[0] if guesses[0] in labels else labels[0], guesses[0]] += 1
    return dict(found)


def reliability(confidences: Sequence[float], is_right: Sequence[bool], bins: int = 10) -> list[Bin]:
    """How often first topics are right where the model is so sure of them; ranges of equal width, empty ones left out.

    Source: A. Niculescu-Mizil and R. Caruana, Predicting good probabilities with supervised learning, 2005.
    """
    sure = np.asarray(confidences, np.float64)
    right = np.asarray(is_right, bool)
    place = np.minimum((sure * bins).astype(int), bins - 1)
    return [
        Bin(at / bins, (at + 1) / bins, int(here.sum()), float(sure[here].mean()), int(right[here].sum()))
        for at in range(bins)
        if (here := place == at).any()
    ]


def calibration_error(bins: Sequence[Bin]) -> float:
    """Expected calibration error: how far confidence and share of right ones lie apart, weighted by texts."""
    texts = sum(one.texts for one in bins)
    return sum(abs(one.texts * one.confidence - one.right) for one in bins) / texts if texts else 0.0


def is_better(new: Topics, old: Topics, actual: Topics, *, rounds: int = ROUNDS, seed: int = SEED) -> bool:
    """Whether new predictions beat old ones in micro-F1 beyond chance: in 97.5 % of resampled sets of texts.

    A paired bootstrap over texts (Koehn 2004, Statistical significance tests for machine translation evaluation).
    """
    if not actual:
        return False
    gained, lost = _resampled_f1([new, old], actual, rounds, seed)
    return float(np.quantile(gained - lost, 0.025)) > 0


def _resampled_f1(models: Sequence[Topics], actual: Topics, rounds: int, seed: int) -> list[Any]:
    """Micro-F1 of each model on the same resampled sets of texts, one a round.

    Texts on which all models have the same numbers right and wrong are of one kind; how many of each kind are drawn
    is drawn, which is the same and costs less.
    """
    counts = np.array(
        [
            [number for said in texts for number in (len(set(said) & set(labels)), len(set(said) ^ set(labels)))]
            for labels, *texts in zip(actual, *models, strict=True)
        ]
    )
    kinds, texts = np.unique(counts, axis=0, return_counts=True)
    draws = np.random.default_rng(seed).multinomial(len(actual), texts / len(actual), size=rounds)
    sums = draws @ kinds
    right, wrong = sums[:, ::2], sums[:, 1::2]
    return list((2 * right / np.maximum(2 * right + wrong, 1)).T)
