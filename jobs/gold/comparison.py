"""How figures of all tables are compared, ordered and named."""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame, SparkSession, Window
from pyspark.sql import functions as F

from schemas.topics import load_groups, load_topics

SMALLEST_COMPARED = 20
SERIES = ("topic_level", "topic_id", "channel")
"""What an area has one figure a period for."""


def change_pct(earlier: str, has_ended: Column) -> Column:
    """The change of ``concern_count`` in per cent of an earlier count; null where either is too small.

    And where the period has not ended: three months against a whole year would be a fall of three quarters.
    """
    enough = has_ended & (F.col("concern_count") >= SMALLEST_COMPARED) & (F.col(earlier) >= SMALLEST_COMPARED)
    return F.when(enough, 100.0 * (F.col("concern_count") - F.col(earlier)) / F.col(earlier))


def foremost(rows: DataFrame, cell: list[str], order: Sequence[Column], name: str, most: int) -> DataFrame:
    """Of each cell the first values of a column in an order, at most so many, as an array of the same name."""
    turn = Window.partitionBy(*cell).orderBy(*order)
    ranked = rows.withColumn("_turn", F.row_number().over(turn)).where(F.col("_turn") <= most)
    listed = F.array_sort(F.collect_list(F.struct("_turn", F.col(name).alias("_value"))))
    return ranked.groupBy(*cell).agg(F.transform(listed, lambda one: one["_value"]).alias(name))


def topic_cells() -> tuple[tuple[str, str], ...]:
    """Level and id of every topic, group, and of all together, which come first."""
    return tuple((level, topic) for level, topic, _, _ in _named())


def topic_names(spark: SparkSession) -> DataFrame:
    """``topic_level, topic_id, topic_th, topic_en`` of every topic, group, and all together."""
    return F.broadcast(
        spark.createDataFrame(_named(), "topic_level string, topic_id string, topic_th string, topic_en string")
    )


def _named() -> list[tuple[str, str, str, str]]:
    words = [("all", "all", "ทุกหัวข้อ", "All topics")]
    words += [("group", one.group_id, one.th, one.en) for one in load_groups()]
    return words + [("topic", one.topic_id, one.th, one.en) for one in load_topics()]
