"""The model card: what a topic model is, what it is worth by figures, and what it is not for. Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from jobs.topic_models.evaluation.figures import IN_USE, LabelSetScores, Overall, Share, TopicScores, share
from jobs.topic_models.labelled_texts import LABEL_SETS, SOURCES
from nlp.evaluate import MIN_LABELLED

_NOT_FOR = (
    "deciding on a single concern, citizen, official or place: a topic of one text may be wrong, and only sums over "
    "many are meant to be read, with their intervals",
    "measuring how many problems there are: it sees what was reported through channels that there are data of",
    "comparing provinces, channels or languages in which it was not scored: see the tables below for which these are",
    "Malay in any script: it learns from Thai alone; Malay is judged by a small lexicon that nobody has reviewed",
    "emergencies, policing, or judging how true or urgent a concern is: it says what a text is about and no more",
    "texts that are no citizens' concerns, such as news or advertising: it was not taught to tell them apart",
)
_CONFUSED = 15


def card(
    version: str, metadata: Mapping[str, Any], found: Mapping[str, LabelSetScores], names: Mapping[str, str]
) -> str:
    """The card of a model.

    Args:
        metadata: of the model (``TopicModel.metadata``).
        found: figures by label_set.
        names: the versions of the models that were compared, by what they are called in the figures.
    """
    parts = [
        f"# Topic model {version}",
        "Made from the figures beside it (`figures.json`) by `siang evaluate`; nothing here is written by hand.",
        "## What it is",
        _about(metadata),
        "## What it is for",
        "Saying what Thai citizens' concerns are about (one to four topics of `schemas/topics.yaml` each, with a "
        "confidence), so that they can be counted by topic, area and period.",
        "## What it is not for",
        _listed(_NOT_FOR),
        "## How it was tested",
        "Texts were clustered by near-duplicates (MinHash); no text that is tested, nor one nearly like it, was "
        "learned from by a model that is compared here, and of each cluster one text is tested. Intervals are 95 %: "
        "Wilson's for shares (of F1 by the share of right ones among right, wrong and missed), a bootstrap over texts "
        f"for micro-F1. Macro-F1 is over topics with at least {MIN_LABELLED} labels.",
        _table(("called", "version"), [(name, f"`{one}`") for name, one in names.items()]),
        *(part for name, one in found.items() for part in _label_set(name, one)),
        "## Limits",
        _listed(_limits(found)),
    ]
    return "\n\n".join(parts) + "\n"


def _about(metadata: Mapping[str, Any]) -> str:
    learnt = metadata.get("learnt", {})
    taught = (
        f"It learned {len(learnt)} topics from {metadata.get('texts', 0):,} labelled texts (one that an analyst "
        "labelled is counted as often as it weighs), and the others"
        if learnt
        else "It learned from no labelled text: all its topics come"
    )
    rest = f"from keywords and {metadata.get('examples', 0)} examples of `schemas/topics.yaml`"
    kind = "One linear model over words, pairs of words and keywords (hashed, TF-IDF); see `nlp/topics`."
    return f"{kind} {taught} {rest}."


def _label_set(name: str, found: LabelSetScores) -> Iterable[str]:
    yield f"## Against {LABEL_SETS[name]}"
    yield f"{found.texts:,} texts. Plots: `topics_{name}.png`, `confusion_{name}.png`, `calibration_{name}.png`."
    if name == SOURCES:
        yield (
            "A source has labels for some topics only. That a text is about another one, its labels neither say nor "
            "deny: what models say of such topics is left out here."
        )
    headings = ("model", "texts", "micro-F1", "macro-F1", "first topic right", "beaten by the one in use beyond chance")
    rows = [(model, *_overall(one), _beaten(model, found)) for model, one in found.models.items()]
    yield _table(headings, rows)
    yield "### By topic"
    yield _table(
        ("topic", "labelled", "said", "precision", "recall", "F1", *(f"F1, {model}" for model in _others(found))),
        [_topic(topic, one, found) for topic, one in found.topics[IN_USE].items()],
    )
    yield "### What is taken for what"
    wrong = sorted(
        ((count, *pair) for pair, count in found.confusion.items() if pair[0] != pair[1]),
        key=lambda one: (-one[0], one[1:]),
    )
    shown = [(label, said, str(count)) for count, label, said in wrong[:_CONFUSED]]
    yield _table(("label", "first topic said", "texts"), shown)
    yield "### How sure, and how right"
    yield f"Expected calibration error of the first topic: {found.calibration_error:.3f}."
    sure = [
        (
            f"{one.lower:.1f} to {one.upper:.1f}",
            f"{one.texts:,}",
            f"{one.confidence:.3f}",
            _share(share(one.correct, one.texts)),
        )
        for one in found.bins
    ]
    yield _table(("confidence", "texts", "mean confidence", "right"), sure)
    for slice_, of_values in found.slices.items():
        yield f"### By {slice_}"
        yield _table(
            (slice_, "texts", "micro-F1", "macro-F1", "first topic right"),
            [(value, *_overall(one)) for value, one in of_values.items()],
        )


def _limits(found: Mapping[str, LabelSetScores]) -> Iterable[str]:
    if list(found) == [SOURCES]:
        yield (
            "no analyst has labelled a text that it could be tested by: `siang label export --draw` asks for some; "
            "labels of sources are no label_set of truth, and a model that learned from them repeats their habits"
        )
    for name, one in found.items():
        few = [topic for topic, row in one.topics[IN_USE].items() if 0 < row.labelled < MIN_LABELLED]
        if few:
            yield f"{LABEL_SETS[name]}: fewer than {MIN_LABELLED} texts are of {', '.join(few)}"
        regions = ", ".join(f"{region} ({row.texts:,})" for region, row in one.slices["region"].items())
        yield f"{LABEL_SETS[name]}: texts by region are of {regions}"


def _others(found: LabelSetScores) -> list[str]:
    return [name for name in found.models if name != IN_USE]


def _beaten(model: str, found: LabelSetScores) -> str:
    return "" if model == IN_USE else "yes" if found.better_than[model] else "no"


def _topic(topic: str, one: TopicScores, found: LabelSetScores) -> tuple[str, ...]:
    others = [found.topics[model].get(topic) for model in _others(found)]
    cells = (topic, f"{one.labelled:,}", f"{one.said:,}", _share(one.precision), _share(one.recall), _share(one.f1))
    return (*cells, *(_share(other.f1) if other else "" for other in others))


def _overall(one: Overall) -> tuple[str, ...]:
    return (f"{one.texts:,}", _share(one.micro_f1), _point(one.macro_f1), _share(one.first_topic_right))


def _point(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _share(one: Share) -> str:
    return "" if one.point is None else f"{one.point:.3f} ({one.lower:.2f}–{one.upper:.2f})"


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _listed(sentences: Iterable[str]) -> str:
    return "\n".join(f"- {sentence}." for sentence in sentences)
