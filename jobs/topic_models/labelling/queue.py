"""Which texts an analyst is asked for: those where a label would teach most, or a fair draw by which to score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from pyspark.sql import Column, DataFrame, SparkSession, Window
from pyspark.sql import functions as F

from jobs.topic_models.labelling.corrections import TABLE
from jobs.topic_models.score_areas import BANGKOK, CAPITAL, OUTSIDE, areas
from jobs.topic_models.text_clusters import clusters
from schemas.errors import UserError

# Enough to choose from, and few enough to compare with each other here.
_MAX_OF_A_KIND = 30
_MAX_CANDIDATES = 20_000


@dataclass(frozen=True, slots=True)
class TextToLabel:
    """A text to label, masked; ``doubt`` is 1 where the model is at its threshold, 0 where it is sure."""

    concern_id: str
    text: str
    language: str
    province_code: str | None
    topic_id: str
    doubt: float


def texts_to_label(spark: SparkSession, count: int, drawn_from: str | None) -> list[TextToLabel]:
    """The texts to ask for; none that was labelled already, nor a near-duplicate of one or of another of them.

    Without ``drawn_from`` those that teach most; with it a random draw of that area, the same one each time until
    its texts are labelled. Raises UserError where there is no such area, or no text to ask for.
    """
    if drawn_from is not None and drawn_from not in areas():
        raise UserError(
            f"there is no area {drawn_from} to draw texts from",
            f"write {BANGKOK}, {OUTSIDE}, or the two digits of a province's code, such as 95 for Yala",
        )
    known = (
        spark.table("silver.concerns")
        .where("not is_deleted AND text is not null")
        .select("concern_id", "text", "province_code")
        .join(spark.table("silver.concern_labels").select("concern_id", "language", "primary_topic_id"), "concern_id")
    )
    labelled = spark.table(TABLE).select("concern_id").distinct()
    asked = known.join(F.broadcast(labelled), "concern_id", "left_anti")
    candidates = most_uncertain(spark, asked) if drawn_from is None else random_draw(asked, drawn_from)
    found = [
        TextToLabel(row.concern_id, row.text, row.language, row.province_code, row.primary_topic_id, row.doubt)
        for row in candidates.limit(_MAX_CANDIDATES).collect()
    ]
    if not found:
        raise UserError(
            f"there is no text {f'of {drawn_from} ' if drawn_from else ''}left to label", "run the pipeline first"
        )
    former = [row.text for row in known.join(F.broadcast(labelled), "concern_id", "left_semi").collect()]
    fresh = without_duplicates(found, former)
    return fresh[:count] if drawn_from is not None else choose_diverse(fresh, count)


def most_uncertain(spark: SparkSession, asked: DataFrame) -> DataFrame:
    """Candidates by doubt, at most 30 of a topic, province and language; what the source labelled is not in doubt.

    Doubt is nearness to the threshold (a confidence of one half) of the topic that is nearest to it; of ``other`` the
    confidence is that in no topic, so that it measures the same.
    """
    by_machine = spark.table("silver.concern_topics").where("method IN ('model', 'keywords')")
    doubt = by_machine.groupBy("concern_id").agg(F.max(1 - 2 * F.abs(F.col("confidence") - 0.5)).alias("doubt"))
    order = (F.desc("doubt"), _shuffled())
    kinds = Window.partitionBy("primary_topic_id", "province_code", "language").orderBy(*order)
    return (
        asked.join(doubt, "concern_id")
        .withColumn("_turn", F.row_number().over(kinds))
        .where(F.col("_turn") <= _MAX_OF_A_KIND)
        .drop("_turn")
        .orderBy(*order)
    )


def random_draw(asked: DataFrame, area: str) -> DataFrame:
    """Concerns of an area in an order that says nothing of them."""
    code = F.col("province_code")
    inside = {BANGKOK: code == CAPITAL, OUTSIDE: code != CAPITAL}.get(area, code == area)
    return asked.where(inside).withColumn("doubt", F.lit(0.0)).orderBy(_shuffled())


def _shuffled() -> Column:
    return F.md5(F.concat(F.lit("label"), F.col("concern_id")).cast("binary"))


def without_duplicates(asked: Sequence[TextToLabel], former: Sequence[str]) -> list[TextToLabel]:
    """The first of each cluster of near-duplicates, none of those that hold a former text."""
    numbers = clusters([*former, *(one.text for one in asked)]).tolist()
    seen = set(numbers[: len(former)])
    found: list[TextToLabel] = []
    for one, number in zip(asked, numbers[len(former) :], strict=True):
        if number not in seen:
            seen.add(number)
            found.append(one)
    return found


def choose_diverse(asked: Sequence[TextToLabel], count: int) -> list[TextToLabel]:
    """So many texts, one after the other that of most doubt, which weighs less the more of its kind are chosen.

    A text's doubt is divided by the root of how many of its topic, of its province and of its language there are.
    """
    doubts = np.array([one.doubt for one in asked])
    is_left = np.ones(len(asked), dtype=bool)
    sides = [
        [one.topic_id for one in asked],
        [str(one.province_code) for one in asked],
        [one.language for one in asked],
    ]
    numbers = [np.unique(side, return_inverse=True)[1] for side in sides]
    crowds = [np.ones(len(set(side))) for side in sides]
    chosen: list[TextToLabel] = []
    for _ in range(min(count, len(asked))):
        weight = np.prod([crowd[number] for crowd, number in zip(crowds, numbers, strict=True)], axis=0)
        best = int(np.argmax(np.where(is_left, doubts / np.sqrt(weight), -1)))
        is_left[best] = False
        chosen.append(asked[best])
        for crowd, number in zip(crowds, numbers, strict=True):
            crowd[number[best]] += 1
    return chosen
