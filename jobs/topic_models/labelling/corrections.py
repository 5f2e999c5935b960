"""What analysts say of concerns, and how it settles what the machine says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from nlp.analyse import Analysis
from nlp.kind import COMPLAINT
from nlp.kind import OTHER as NO_KIND
from nlp.topics import OTHER, TopicScore
from schemas.topics import load_topics

TABLE = "ops.corrections"
METHOD = "analyst"


def current(corrections: DataFrame) -> DataFrame:
    """The corrections that count, one a concern: ``concern_id, topic_ids, corrected_kind, drawn_from``.

    The last one says topics and kind. ``drawn_from`` holds all areas that the text was drawn from, whichever
    correction says so: a second look does not take a text out of the sample. Topics that schemas/topics.yaml knows
    no longer are left out, and with them a correction that has no others.
    """
    known = F.array(*[F.lit(topic.topic_id) for topic in load_topics()])
    last = F.max_by(F.struct("topic_ids", "kind"), F.struct("corrected_at", "row_number"))
    return (
        corrections.groupBy("concern_id")
        .agg(last.alias("_last"), F.array_sort(F.collect_set("drawn_from")).alias("drawn_from"))
        .select(
            "concern_id",
            F.array_intersect("_last.topic_ids", known).alias("topic_ids"),
            F.col("_last.kind").alias("corrected_kind"),
            "drawn_from",
        )
        .where(F.size("topic_ids") > 0)
    )


def apply_correction(analysis: Analysis, topic_ids: Sequence[str] | None, kind: str | None) -> Analysis:
    """An analysis as its correction has it; the same, where there is none."""
    if not topic_ids:
        return analysis
    topics = tuple(TopicScore(topic, 1.0, METHOD) for topic in topic_ids)
    # As nlp.kind has it: a text about a topic is never of no kind.
    is_about = topics[0].topic_id != OTHER
    settled_kind = kind or (COMPLAINT if is_about and analysis.kind == NO_KIND else analysis.kind)
    return replace(analysis, topics=topics, kind=settled_kind)
