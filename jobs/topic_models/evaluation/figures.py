"""Figures of an evaluation: the topics that each model predicts for the same texts, scored with intervals. No Spark."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from operator import attrgetter
from typing import Any

import numpy as np

from jobs.statistics.intervals import share_interval
from jobs.topic_models.labelled_texts import LABEL_SETS, LabelledText, judgeable_topics
from nlp import evaluate
from nlp.topics import TopicScore

Predictions = Sequence[Sequence[TopicScore]]
"""Topics of each text, the surest first."""
Topics = Sequence[Sequence[str]]
IN_USE, FORMER, KEYWORDS = "in use", "former", "keywords alone"
# Texts of different lengths, by the number of characters from which each begins.
_LENGTHS = {200: "200 and more", 80: "80 to 199", 30: "30 to 79", 0: "under 30"}
SLICES: dict[str, Callable[[LabelledText], str]] = {
    "source": lambda one: one.source_id,
    "channel": lambda one: one.channel,
    "region": lambda one: one.region,
    "language": lambda one: one.language,
    "kind": lambda one: one.kind,
    "characters": lambda one: next(name for start, name in _LENGTHS.items() if len(one.text) >= start),
}


@dataclass(frozen=True, slots=True)
class Share:
    """A share with the bounds of its 95 % interval; of nothing it is None."""

    point: float | None
    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class TopicScores:
    """A topic's scores; intervals are Wilson's.

    That of F1 is Wilson's of the share of right ones among right, wrong and missed ones (p), from which F1 follows as
    2p / (1 + p).
    """

    labelled: int
    said: int
    precision: Share
    recall: Share
    f1: Share


@dataclass(frozen=True, slots=True)
class Overall:
    """Scores over all topics of some texts. The interval of micro-F1 is a bootstrap's, the other Wilson's.

    Macro-F1 is None where no topic has enough labels.
    """

    texts: int
    micro_f1: Share
    macro_f1: float | None
    first_topic_right: Share


@dataclass(frozen=True, slots=True)
class LabelSetScores:
    """The scores of all models on one kind of labels.

    ``better_than`` says for each other model whether the model in use is significantly better (a paired bootstrap over
    texts).
    """

    texts: int
    models: Mapping[str, Overall]
    better_than: Mapping[str, bool]
    topics: Mapping[str, Mapping[str, TopicScores]]
    confusion: Mapping[tuple[str, str], int]
    bins: Sequence[evaluate.Bin]
    calibration_error: float
    slices: Mapping[str, Mapping[str, Overall]]


def figures(texts: Sequence[LabelledText], predictions: Mapping[str, Predictions]) -> dict[str, LabelSetScores]:
    """Figures by label_set, those that have texts, the best first.

    ``predictions`` holds the topics that each model gives the texts, in their order; one model is ``IN_USE``.
    """
    found: dict[str, LabelSetScores] = {}
    for label_set in LABEL_SETS:
        rows = [row for row, one in enumerate(texts) if one.label_set == label_set]
        if rows:
            mine = {name: [by_model[row] for row in rows] for name, by_model in predictions.items()}
            found[label_set] = _label_set_scores([texts[row] for row in rows], mine)
    return found


def _label_set_scores(texts: Sequence[LabelledText], predictions: Mapping[str, Predictions]) -> LabelSetScores:
    truth = [one.topics for one in texts]
    judged = {name: judgeable_topics(texts, by_model, attrgetter("topic_id")) for name, by_model in predictions.items()}
    named = {name: [[topic.topic_id for topic in topics] for topics in by_model] for name, by_model in judged.items()}
    own = named[IN_USE]
    called = [(topics, labels) for topics, labels in zip(judged[IN_USE], truth, strict=True) if topics]
    bins = evaluate.reliability(
        [topics[0].confidence for topics, _ in called], [topics[0].topic_id in labels for topics, labels in called]
    )
    return LabelSetScores(
        texts=len(texts),
        models={name: overall(guesses, truth) for name, guesses in named.items()},
        better_than={
            name: evaluate.is_better(own, guesses, truth) for name, guesses in named.items() if name != IN_USE
        },
        topics={name: topic_scores(guesses, truth) for name, guesses in named.items()},
        confusion=evaluate.confusion(own, truth),
        bins=bins,
        calibration_error=evaluate.calibration_error(bins),
        slices={name: _sliced(texts, own, of) for name, of in SLICES.items()},
    )


def overall(predicted: Topics, actual: Topics) -> Overall:
    """Scores of some texts, over all topics."""
    scores = evaluate.scores(predicted, actual)
    bounds = evaluate.micro_f1_interval(predicted, actual)
    return Overall(
        texts=len(actual),
        micro_f1=Share(scores["micro_f1"], *bounds),
        macro_f1=scores.get("macro_f1"),
        first_topic_right=share(evaluate.count_correct_first(predicted, actual), len(actual)),
    )


def topic_scores(predicted: Topics, actual: Topics) -> dict[str, TopicScores]:
    """Scores of each topic that was predicted or labelled, those with most labels first."""
    counted = evaluate.count_by_topic(predicted, actual)
    order = sorted(counted, key=lambda topic: (-counted[topic].labelled, topic))
    return {topic: _topic_scores(counted[topic]) for topic in order}


def _topic_scores(tally: evaluate.TopicCounts) -> TopicScores:
    overlap = share(tally.true_positives, tally.true_positives + tally.false_positives + tally.false_negatives)
    return TopicScores(
        labelled=tally.labelled,
        said=tally.true_positives + tally.false_positives,
        precision=share(tally.true_positives, tally.true_positives + tally.false_positives),
        recall=share(tally.true_positives, tally.labelled),
        f1=Share(evaluate.f1(tally), *(2 * p / (1 + p) for p in (overlap.lower, overlap.upper))),
    )


def share(count: int, total: int) -> Share:
    """A share with Wilson's interval."""
    found = share_interval(count, total)
    point = float(found.point)
    return Share(None if np.isnan(point) else point, float(found.lower), float(found.upper))


def _sliced(
    texts: Sequence[LabelledText], predictions: Topics, of: Callable[[LabelledText], str]
) -> dict[str, Overall]:
    rows: dict[str, list[int]] = {}
    for row, one in enumerate(texts):
        rows.setdefault(of(one), []).append(row)
    return {
        name: overall([predictions[row] for row in mine], [texts[row].topics for row in mine])
        for name, mine in sorted(rows.items(), key=lambda item: (-len(item[1]), item[0]))
    }


def as_data(found: Any) -> Any:
    """Figures as JSON has them; a pair in the place of a name is written as ``label > said``."""
    if is_dataclass(found):
        return {one.name: as_data(getattr(found, one.name)) for one in fields(found)}
    if isinstance(found, Mapping):
        return {" > ".join(name) if isinstance(name, tuple) else name: as_data(one) for name, one in found.items()}
    if isinstance(found, list | tuple):
        return [as_data(one) for one in found]
    return round(found, 4) if isinstance(found, float) else found
