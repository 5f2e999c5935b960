"""Intervals for counts that the topic model may have got wrong, and whether the model was scored for an area."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

import numpy as np
import pandas as pd
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from jobs.statistics.intervals import MeasuredShare, misclassification_interval
from jobs.topic_models.evaluation.label_scores import ENOUGH_TEXTS, TABLE, TopicScore
from jobs.topic_models.score_areas import BANGKOK, CAPITAL, OUTSIDE

BOUND_COLUMNS = ("count_lower", "count_upper")
_BOUNDS_SCHEMA = "count_lower double, count_upper double"


def load_scores(spark: SparkSession, model_version: str | None) -> list[TopicScore]:
    """The scores of a topic model, in a fixed order."""
    names = [field.name for field in fields(TopicScore)]
    rows = spark.table(TABLE).where(F.col("model_version") == model_version).select(*names)
    return [TopicScore(*row) for row in rows.orderBy(*names[:3]).collect()]


def with_count_bounds(spark: SparkSession, rows: DataFrame, scores: Sequence[TopicScore]) -> DataFrame:
    """Adds ``count_lower``, ``count_upper`` and ``is_scored`` (whether enough texts of the score area were scored).

    The score area is the province of the area if it has scores, since language and concerns differ between provinces;
    else Bangkok, or everything outside Bangkok. An area that is not in one single province is outside Bangkok. The
    bounds are null where the score area or the topic has no scores, and for all topics together.

    Args:
        rows: ``topic_level``, ``topic_id``, ``concern_count`` and ``cell_total`` (concerns of all topics);
            ``province_code`` where the areas have one.
        scores: see ``load_scores``.
    """
    if not scores:
        no_bounds = [F.lit(None).cast("double").alias(name) for name in BOUND_COLUMNS]
        return rows.select("*", *no_bounds, F.lit(False).alias("is_scored"))
    province = F.col("province_code") if "province_code" in rows.columns else F.lit(None).cast("string")
    scored_provinces = sorted({score.score_area for score in scores} - {BANGKOK, OUTSIDE})
    region = F.when(province == CAPITAL, BANGKOK).otherwise(OUTSIDE)
    area = F.when(province.isin(scored_provinces), province).otherwise(region) if scored_provinces else region
    score_rows = spark.createDataFrame(
        [
            (score.score_area, score.topic_level, score.topic_id, score.scored_text_count, score.positive_count,
             score.recall, score.false_positive_rate)
            for score in scores
        ],
        "_area string, topic_level string, topic_id string, _texts bigint, _positive bigint, _recall double, "
        "_false_positive_rate double",
    )  # fmt: skip
    bounds = F.pandas_udf(_bounds, _BOUNDS_SCHEMA)  # pyright: ignore[reportArgumentType, reportCallIssue]
    score_columns = ("_texts", "_positive", "_recall", "_false_positive_rate")
    return (
        rows.withColumn("_area", area)
        .join(F.broadcast(score_rows), ["_area", "topic_level", "topic_id"], "left")
        .withColumn("_bounds", bounds("concern_count", "cell_total", *score_columns))
        .select(
            *rows.columns,
            *[F.col(f"_bounds.{name}").alias(name) for name in BOUND_COLUMNS],
            F.coalesce(F.col("_texts") >= ENOUGH_TEXTS, F.lit(False)).alias("is_scored"),
        )
    )


def _bounds(
    count: pd.Series,
    total: pd.Series,
    texts: pd.Series,
    positive: pd.Series,
    recall: pd.Series,
    false_positive_rate: pd.Series,
) -> pd.DataFrame:
    columns = [
        np.asarray(series, np.float64) for series in (count, total, texts, positive, recall, false_positive_rate)
    ]
    rows = np.flatnonzero(~np.isnan(columns[4]) & ~np.isnan(columns[5]))
    counts, totals, sizes, positives, recalls, false_rates = (column[rows] for column in columns)
    interval = misclassification_interval(
        counts, totals, MeasuredShare(recalls, positives), MeasuredShare(false_rates, sizes - positives)
    )
    ends = np.full((len(columns[0]), 2), np.nan)
    ends[rows] = np.column_stack([interval.lower, interval.upper])
    # NaN where the labels are no better than chance: there are no bounds, as where there are no scores.
    return pd.DataFrame({name: pd.array(ends[:, at], dtype="Float64") for at, name in enumerate(BOUND_COLUMNS)})
