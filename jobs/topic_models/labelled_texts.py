"""Texts with topics that somebody gave them, and which of them a model may learn from."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from jobs.topic_models.labelling import corrections
from jobs.topic_models.score_areas import BANGKOK, CAPITAL
from jobs.topic_models.text_clusters import clusters
from schemas.area_data import provinces
from schemas.topics import load_labels

MAX_TEXTS = 200_000
TEST_EVERY = 5  # every fifth text

DRAWN, CHOSEN, SOURCES = "analysts_drawn", "analysts_chosen", "sources"
LABEL_SETS = {
    DRAWN: "labels by analysts, of texts drawn at random",
    CHOSEN: "labels by analysts, of texts chosen because a label teaches most there, harder than most",
    SOURCES: "labels of the sources themselves, which are noisy",
}
"""What a model is held against, the best first."""
_Topic = TypeVar("_Topic")


@dataclass(frozen=True, slots=True)
class LabelledText:
    """A text, masked, and its topics, the main one first; where it came from is that of its first concern."""

    text: str
    topics: tuple[str, ...]
    label_set: str
    source_id: str
    channel: str
    region: str
    language: str

    @property
    def text_hash(self) -> int:
        """What a text is known by, for ever: 64 bits of its hash."""
        return text_hash(self.text)

    @property
    def is_held_back(self) -> bool:
        """Whether no training may see it: a fifth of all texts, and those that are drawn to score by."""
        return self.label_set == DRAWN or self.text_hash % TEST_EVERY == 0


def text_hash(text: str) -> int:
    return int.from_bytes(hashlib.md5(text.encode("utf-8", "surrogatepass")).digest()[:8])


def labelled_texts(spark: SparkSession) -> list[LabelledText]:
    """Distinct texts that carry a topic, in an order free of arrival; what analysts say of one outdoes its source.

    Those of analysts come first, so that the most that are read leave none of them out.
    """
    said = (
        spark.table("silver.concerns")
        .where("not is_deleted AND text is not null")
        .join(spark.table("silver.concern_labels").select("concern_id", "language"), "concern_id")
        .join(F.broadcast(corrections.current(spark.table(corrections.TABLE))), "concern_id", "left")
        .where("size(source_labels) > 0 OR topic_ids is not null")
        .groupBy("text")
        .agg(
            F.array_distinct(F.flatten(F.collect_list("source_labels"))).alias("labels"),
            F.max(F.when(F.col("topic_ids").isNotNull(), F.struct("concern_id", "topic_ids"))).alias("by_analyst"),
            F.max(F.size("drawn_from")).alias("draws"),
            F.min(F.struct("concern_id", "source_id", "channel", "province_code", "language")).alias("first"),
        )
        .orderBy(F.col("by_analyst").isNull(), F.md5(F.col("text").cast("binary")), "text")
        .limit(MAX_TEXTS)
        .collect()
    )
    regions = {one.province_code: one.region for one in provinces()} | {CAPITAL: BANGKOK}
    found: list[LabelledText] = []
    for row in said:
        topics = tuple(row.by_analyst.topic_ids) if row.by_analyst else topics_of(row.labels)
        if topics:
            label_set = SOURCES if not row.by_analyst else DRAWN if (row.draws or 0) > 0 else CHOSEN
            place = regions.get(row.first.province_code, "unknown")
            one = (row.text, topics, label_set, row.first.source_id, row.first.channel, place, row.first.language)
            found.append(LabelledText(*one))
    return found


def topics_of(labels: Iterable[str]) -> tuple[str, ...]:
    """The topics that a source's labels mean, sorted; none where they name only a group, a kind or nothing known."""
    known = load_labels()
    return tuple(sorted({meant.topic_id for one in labels if (meant := known.get(one)) and meant.topic_id}))


def judgeable_topics(
    texts: Sequence[LabelledText], said: Sequence[Sequence[_Topic]], name: Callable[[_Topic], str]
) -> list[list[_Topic]]:
    """Of what is said of each text, the topics that its labels can judge; ``name`` gives a topic's id.

    Analysts choose among all topics. A source has labels for some, those that it gives to any of the texts: that a
    text is about another one its labels neither say nor deny.
    """
    known: defaultdict[str, set[str]] = defaultdict(set)
    for one in texts:
        if one.label_set == SOURCES:
            known[one.source_id].update(one.topics)
    return [
        [topic for topic in topics if one.label_set != SOURCES or name(topic) in known[one.source_id]]
        for one, topics in zip(texts, said, strict=True)
    ]


def split(
    texts: Sequence[LabelledText], learned: Collection[int] = ()
) -> tuple[list[LabelledText], list[LabelledText]]:
    """Texts to learn from, and texts to be scored by; no text of one is a near-duplicate of one of the other.

    What is held back stays so, and its near-duplicates are left out of the lesson. Among texts to be scored by the
    first of each cluster stands for all; a cluster that a model has ``learned`` a text of (by its ``mark``) is not
    among them.
    """
    numbers = clusters([one.text for one in texts]).tolist()
    marks = set(learned)
    held = {number for one, number in zip(texts, numbers, strict=True) if one.is_held_back}
    seen = {number for one, number in zip(texts, numbers, strict=True) if one.text_hash in marks}
    lesson = [one for one, number in zip(texts, numbers, strict=True) if number not in held]
    test: list[LabelledText] = []
    for one, number in zip(texts, numbers, strict=True):
        if one.is_held_back and number not in seen:
            seen.add(number)
            test.append(one)
    return lesson, test
