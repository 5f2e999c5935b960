"""What errors of the classifier may have made of a count: an interval beside it, and whether it was scored at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

import numpy as np
import pandas as pd
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from jobs.statistics.intervals import Measured, misclassified_interval
from jobs.topic_models.evaluation.label_scores import ENOUGH_TEXTS, TABLE, TopicScore
from jobs.topic_models.score_areas import BANGKOK, CAPITAL, OUTSIDE

COLUMNS = ("count_lower", "count_upper")
_BOUNDS = "count_lower double, count_upper double"


def scores_of(spark: SparkSession, model_version: str | None) -> list[TopicScore]:
    """The scores of a model, in a fixed order."""
    names = [field.name for field in fields(TopicScore)]
    mine = spark.table(TABLE).where(F.col("model_version") == model_version).select(*names)
    return [TopicScore(*row) for row in mine.orderBy(*names[:3]).collect()]


def with_misclassified(spark: SparkSession, rows: DataFrame, scores: Sequence[TopicScore]) -> DataFrame:
    """Adds ``count_lower``, ``count_upper`` and ``is_scored`` (whether enough local texts were).

    An area is judged by its province, where enough texts of that were scored, since speech and concerns differ from
    place to place; else by Bangkok or by all outside it. One that is of no single province lies outside. Bounds are
    null where nothing was scored, where a topic stood in no scored text, and of all topics together.

    Args:
        rows: ``topic_level``, ``topic_id``, ``concern_count`` and ``cell_total`` (concerns of all topics);
            ``province_code`` where its areas have one.
    """
    if not scores:
        nothing = [F.lit(None).cast("double").alias(name) for name in COLUMNS]
        return rows.select("*", *nothing, F.lit(False).alias("is_scored"))
    province = F.col("province_code") if "province_code" in rows.columns else F.lit(None).cast("string")
    own = sorted({one.score_area for one in scores} - {BANGKOK, OUTSIDE})
    region = F.when(province == CAPITAL, BANGKOK).otherwise(OUTSIDE)
    area = F.when(province.isin(own), province).otherwise(region) if own else region
    known = spark.createDataFrame(
        [
            (one.score_area, one.topic_level, one.topic_id, one.scored_text_count, one.positive_count, one.recall,
             one.false_positive_rate)
            for one in scores
        ],
        "_area string, topic_level string, topic_id string, _texts bigint, _positive bigint, _recall double, "
        "_wrong double",
    )  # fmt: skip
    bounds = F.pandas_udf(_bounds, _BOUNDS)  # type: ignore[call-overload]
    measured = ("_texts", "_positive", "_recall", "_wrong")
    return (
        rows.withColumn("_area", area)
        .join(F.broadcast(known), ["_area", "topic_level", "topic_id"], "left")
        .withColumn("_bounds", bounds("concern_count", "cell_total", *measured))
        .select(
            *rows.columns,
            *[F.col(f"_bounds.{name}").alias(name) for name in COLUMNS],
            F.coalesce(F.col("_texts") >= ENOUGH_TEXTS, F.lit(False)).alias("is_scored"),
        )
    )


def _bounds(
    count: pd.Series, total: pd.Series, texts: pd.Series, positive: pd.Series, recall: pd.Series, wrong: pd.Series
) -> pd.DataFrame:
    given = [np.asarray(one, np.float64) for one in (count, total, texts, positive, recall, wrong)]
    rows = np.flatnonzero(~np.isnan(given[4]) & ~np.isnan(given[5]))
    said, whole, size, of_it, found, false = (one[rows] for one in given)
    interval = misclassified_interval(said, whole, Measured(found, of_it), Measured(false, size - of_it))
    ends = np.full((len(given[0]), 2), np.nan)
    ends[rows] = np.column_stack([interval.lower, interval.upper])
    # Not a number is where labels are no better than chance: nothing is known then, as where nothing was scored.
    return pd.DataFrame({name: pd.array(ends[:, at], dtype="Float64") for at, name in enumerate(COLUMNS)})
