"""Labelled texts, and their split into training texts and test texts."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from jobs.topic_models.labelling import corrections
from jobs.topic_models.score_areas import region_of
from jobs.topic_models.text_clusters import clusters
from schemas.topics import load_labels

MAX_TEXTS = 200_000
TEST_EVERY = 5  # every fifth text is a test text

DRAWN, CHOSEN, SOURCES = "analysts_drawn", "analysts_chosen", "sources"
LABEL_SETS = {
    DRAWN: "labels by analysts, of texts drawn at random",
    CHOSEN: "labels by analysts, of texts on which the model is uncertain, which are harder than most",
    SOURCES: "labels of the sources, which are noisy",
}
"""Sets of labels to compare a model with, the most reliable first."""
_Topic = TypeVar("_Topic")


@dataclass(frozen=True, slots=True)
class LabelledText:
    """A masked text and its topics, the main topic first.

    Source, channel, region, language and kind (as labelled now) are those of its first concern. ``corrected_kind`` is
    the kind that an analyst corrected it to, or None.
    """

    text: str
    topics: tuple[str, ...]
    label_set: str
    source_id: str
    channel: str
    region: str
    language: str
    kind: str = ""
    corrected_kind: str | None = None

    @property
    def text_hash(self) -> int:
        """The permanent key of the text: 64 bits of its hash."""
        return text_hash(self.text)

    @property
    def is_held_back(self) -> bool:
        """Whether it is excluded from training: a fifth of all texts, and all random draws."""
        return self.label_set == DRAWN or self.text_hash % TEST_EVERY == 0


def text_hash(text: str) -> int:
    """64 bits of the MD5 hash of a text."""
    return int.from_bytes(hashlib.md5(text.encode("utf-8", "surrogatepass"), usedforsecurity=False).digest()[:8])


def labelled_texts(spark: SparkSession) -> list[LabelledText]:
    """Distinct texts with a topic, in an order that does not depend on arrival.

    Labels of analysts replace those of the source, and their texts come first, so that ``MAX_TEXTS`` cuts none of them.
    """
    rows = (
        spark.table("silver.concerns")
        .where("not is_deleted AND text is not null")
        .join(spark.table("silver.concern_labels").select("concern_id", "language", "kind"), "concern_id")
        .join(F.broadcast(corrections.current(spark.table(corrections.TABLE))), "concern_id", "left")
        .where("size(source_labels) > 0 OR topic_ids is not null")
        .groupBy("text")
        .agg(
            F.array_distinct(F.flatten(F.collect_list("source_labels"))).alias("labels"),
            F.max(F.when(F.col("topic_ids").isNotNull(), F.struct("concern_id", "topic_ids", "corrected_kind"))).alias(
                "by_analyst"
            ),
            F.max(F.size("drawn_from")).alias("draws"),
            F.min(F.struct("concern_id", "source_id", "channel", "province_code", "language", "kind")).alias("first"),
        )
        .orderBy(F.col("by_analyst").isNull(), F.md5(F.col("text").cast("binary")), "text")
        .limit(MAX_TEXTS)
        .collect()
    )
    texts: list[LabelledText] = []
    for row in rows:
        topics = tuple(row.by_analyst.topic_ids) if row.by_analyst else topics_of(row.labels)
        if topics:
            label_set = SOURCES if not row.by_analyst else DRAWN if (row.draws or 0) > 0 else CHOSEN
            first = row.first
            texts.append(
                LabelledText(
                    row.text, topics, label_set, first.source_id, first.channel, region_of(first.province_code),
                    first.language, first.kind, row.by_analyst.corrected_kind if row.by_analyst else None,
                )
            )  # fmt: skip
    return texts


def topics_of(labels: Iterable[str]) -> tuple[str, ...]:
    """The topics of a source's labels, sorted; empty where the labels mean only a group, a kind or are unknown."""
    known = load_labels()
    return tuple(sorted({meaning.topic_id for label in labels if (meaning := known.get(label)) and meaning.topic_id}))


def judgeable_topics(
    texts: Sequence[LabelledText], predicted: Sequence[Sequence[_Topic]], name: Callable[[_Topic], str]
) -> list[list[_Topic]]:
    """The predicted topics of each text that its labels can confirm or reject; ``name`` returns the id of a topic.

    Analysts choose among all topics. A source has labels for some topics only (those of its texts), so its labels
    say nothing about other topics.
    """
    known: defaultdict[str, set[str]] = defaultdict(set)
    for one in texts:
        if one.label_set == SOURCES:
            known[one.source_id].update(one.topics)
    return [
        [topic for topic in topics if one.label_set != SOURCES or name(topic) in known[one.source_id]]
        for one, topics in zip(texts, predicted, strict=True)
    ]


def split(
    texts: Sequence[LabelledText], learned: Collection[int] = ()
) -> tuple[list[LabelledText], list[LabelledText]]:
    """Training texts and test texts; no training text is a near-duplicate of a test text.

    Near-duplicates of held-back texts are left out of the training texts. The test texts have the first text of each
    cluster, without clusters from which a model has ``learned`` a text (by ``text_hash``).
    """
    numbers = clusters([one.text for one in texts]).tolist()
    learned_hashes = set(learned)
    held = {number for one, number in zip(texts, numbers, strict=True) if one.is_held_back}
    seen = {number for one, number in zip(texts, numbers, strict=True) if one.text_hash in learned_hashes}
    training = [one for one, number in zip(texts, numbers, strict=True) if number not in held]
    test: list[LabelledText] = []
    for one, number in zip(texts, numbers, strict=True):
        if one.is_held_back and number not in seen:
            seen.add(number)
            test.append(one)
    return training, test
