"""Changes between periods, first values in an order, and names of topics: common to several tables."""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame, SparkSession, Window
from pyspark.sql import functions as F

from schemas.topics import load_groups, load_topics

MIN_COMPARED_COUNT = 20
SERIES = ("topic_level", "topic_id", "channel")
"""The columns by which an area has one figure per period."""


def change_pct(earlier: str, has_ended: Column) -> Column:
    """The change of ``concern_count`` against an earlier count, in per cent.

    Null where one of the counts is under MIN_COMPARED_COUNT, and where the period has not ended: three months against
    a whole year would look like a fall of three quarters.
    """
    is_comparable = has_ended & (F.col("concern_count") >= MIN_COMPARED_COUNT) & (F.col(earlier) >= MIN_COMPARED_COUNT)
    return F.when(is_comparable, 100.0 * (F.col("concern_count") - F.col(earlier)) / F.col(earlier))


def top_n(rows: DataFrame, cell: list[str], order: Sequence[Column], name: str, n: int) -> DataFrame:
    """The first ``n`` values of the column ``name`` in each cell, in an order, as an array of the same name."""
    in_order = Window.partitionBy(*cell).orderBy(*order)
    ranked = rows.withColumn("_rank", F.row_number().over(in_order)).where(F.col("_rank") <= n)
    values = F.array_sort(F.collect_list(F.struct("_rank", F.col(name).alias("_value"))))
    return ranked.groupBy(*cell).agg(F.transform(values, lambda entry: entry["_value"]).alias(name))


def topic_cells() -> tuple[tuple[str, str], ...]:
    """Level and id of all topics together (first), every group and every topic."""
    return tuple((level, topic) for level, topic, _, _ in _topic_rows())


def topic_names(spark: SparkSession) -> DataFrame:
    """``topic_level, topic_id, topic_th, topic_en`` of all topics together, every group and every topic."""
    return F.broadcast(
        spark.createDataFrame(_topic_rows(), "topic_level string, topic_id string, topic_th string, topic_en string")
    )


def _topic_rows() -> list[tuple[str, str, str, str]]:
    rows = [("all", "all", "ทุกหัวข้อ", "All topics")]
    rows += [("group", group.group_id, group.th, group.en) for group in load_groups()]
    return rows + [("topic", topic.topic_id, topic.th, topic.en) for topic in load_topics()]
