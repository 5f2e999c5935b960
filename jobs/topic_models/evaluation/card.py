"""The model card: what a topic model is for, how it was tested, and how right it was. Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from jobs.topic_models.evaluation.figures import IN_USE, LabelSetScores, Overall, Share, TopicScores, share
from jobs.topic_models.labelled_texts import LABEL_SETS, SOURCES
from nlp.evaluate import MIN_LABELLED

_NOT_FOR = (
    "deciding on a single concern, citizen, official or place: the topic of one text may be wrong. Read sums over "
    "many concerns, with their intervals",
    "measuring how many problems there are: it sees only what people reported through channels with data",
    "comparing regions, channels or languages in which it was not tested: see the tables below",
    "relying on Malay: no speaker has reviewed the Malay texts from which it learnt",
    "emergencies, policing, or judging how true or urgent a concern is: it states only what a text is about",
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
        "`siang evaluate` makes this card from the figures in `figures.json`. Nothing in it is written by hand.",
        "## What it is",
        _about(metadata),
        "## What it is for",
        "Finding what citizens' concerns are about, so that they can be counted by topic, area and period. Each "
        "concern has one to four topics of `schemas/topics.yaml` with a confidence.",
        "## What it is not for",
        _listed(_NOT_FOR),
        "## How it was tested",
        "Near-duplicates were put into clusters (MinHash), and one text of each cluster is tested. No model of this "
        "card learnt from a tested text or from a near-duplicate of it. Intervals are 95 %: Wilson's for shares, a "
        "bootstrap over texts for micro-F1. The interval of F1 follows from that of the share of correct topics among "
        f"correct, wrong and missed ones. Macro-F1 is over topics with at least {MIN_LABELLED} labels.",
        _table(("name", "version"), [(name, f"`{one}`") for name, one in names.items()]),
        *(part for name, one in found.items() for part in _label_set(name, one)),
        "## Limits",
        _listed(_limits(found)),
    ]
    return "\n\n".join(parts) + "\n"


def _about(metadata: Mapping[str, Any]) -> str:
    learnt = metadata.get("learnt", {})
    own = (
        f"{metadata.get('examples', 0):,} texts of the project (`nlp/corpus` and the examples of `schemas/topics.yaml`)"
    )
    kind = (
        "A linear model over words, pairs of words, sequences of characters and keywords (hashed, TF-IDF); see "
        "`nlp/topics`."
    )
    if not learnt:
        return f"{kind} It learnt from {own} and from no labelled concern."
    return (
        f"{kind} It learnt from {own} and from {metadata.get('texts', 0):,} labelled concerns, in which a concern that "
        f"an analyst labelled counts as often as its weight. The labelled concerns decide {len(learnt)} topics."
    )


def _label_set(name: str, found: LabelSetScores) -> Iterable[str]:
    yield f"## Against {LABEL_SETS[name]}"
    yield f"{found.texts:,} texts. Plots: `topics_{name}.png`, `confusion_{name}.png`, `calibration_{name}.png`."
    if name == SOURCES:
        yield (
            "A source has labels for some topics only. They neither confirm nor reject the other topics, so these are "
            "left out here."
        )
    headings = (
        "model",
        "texts",
        "micro-F1",
        "macro-F1",
        "first topic correct",
        "significantly worse than the model in use",
    )
    rows = [(model, *_overall(one), _beaten(model, found)) for model, one in found.models.items()]
    yield _table(headings, rows)
    yield "### By topic"
    yield _table(
        ("topic", "labelled", "predicted", "precision", "recall", "F1", *(f"F1, {model}" for model in _others(found))),
        [_topic(topic, one, found) for topic, one in found.topics[IN_USE].items()],
    )
    yield "### Which topics are confused"
    wrong = sorted(
        ((count, *pair) for pair, count in found.confusion.items() if pair[0] != pair[1]),
        key=lambda one: (-one[0], one[1:]),
    )
    shown = [(label, said, str(count)) for count, label, said in wrong[:_CONFUSED]]
    yield _table(("label", "first predicted topic", "texts"), shown)
    yield "### Calibration"
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
    yield _table(("confidence", "texts", "mean confidence", "correct"), sure)
    for slice_, of_values in found.slices.items():
        yield f"### By {slice_}"
        yield _table(
            (slice_, "texts", "micro-F1", "macro-F1", "first topic correct"),
            [(value, *_overall(one)) for value, one in of_values.items()],
        )


def _limits(found: Mapping[str, LabelSetScores]) -> Iterable[str]:
    if list(found) == [SOURCES]:
        yield (
            "no analyst has labelled a test text; `siang label export --draw` makes a form for that. Labels of "
            "sources are not reliable, and a model that learnt from them repeats their errors"
        )
    for name, one in found.items():
        few = [topic for topic, row in one.topics[IN_USE].items() if 0 < row.labelled < MIN_LABELLED]
        if few:
            yield f"{LABEL_SETS[name]}: fewer than {MIN_LABELLED} texts have the topics {', '.join(few)}"
        regions = ", ".join(f"{region} ({row.texts:,})" for region, row in one.slices["region"].items())
        yield f"{LABEL_SETS[name]}: the texts are from {regions}"


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
