"""ops.restatements: periods that were complete and whose figures changed afterwards."""

from __future__ import annotations

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

KEY = ("period_type", "period_start", "province_code", "topic_level", "topic_id")


def restatements(spark: SparkSession, table: str, version: int, where: str | None) -> DataFrame:
    """Rows of ops.restatements for a table of trends, compared with an earlier version of it.

    Args:
        spark: the session.
        table: the name of the table.
        version: the earlier Delta version.
        where: a condition for the rows to compare; None compares all.
    """
    cells = f"channel = 'all' AND ({where or 'true'})"
    before = spark.read.option("versionAsOf", version).table(table).where(cells)
    rows = changed_periods(before, spark.table(table).where(cells))
    return rows.withColumn("table_name", F.lit(table)).withColumn("restated_at", F.current_timestamp())


def changed_periods(before: DataFrame, after: DataFrame) -> DataFrame:
    """One row per period that was complete before and has other counts now.

    The reason is ``new_model`` where the labels come from another topic model, else ``late_data``: files that came
    late, were read again, or were erased.

    Args:
        before: KEY, ``concern_count``, ``model_version`` and ``is_complete``, unique by KEY.
        after: the same columns.

    Returns:
        ``period_type, period_start, changed_count`` (cells with another count), ``concern_count_before`` and
        ``concern_count_after`` (of all topics together), ``model_version`` (the former where nothing is left) and
        ``reason``.
    """
    complete = before.where("is_complete").select(
        *KEY, F.col("concern_count").alias("_count_before"), F.col("model_version").alias("_model_before")
    )
    periods = complete.select("period_type", "period_start").distinct()
    current = after.select(*KEY, "concern_count", "model_version")
    both = current.join(F.broadcast(periods), ["period_type", "period_start"]).join(complete, [*KEY], "full")
    count_before, count_after = F.coalesce("_count_before", F.lit(0)), F.coalesce("concern_count", F.lit(0))
    is_total = F.col("topic_level") == "all"
    is_new_model = F.col("model_version") != F.col("_model_before")
    return (
        both.groupBy("period_type", "period_start")
        .agg(
            F.count_if(count_before != count_after).alias("changed_count"),
            F.sum(F.when(is_total, count_before).otherwise(0)).alias("concern_count_before"),
            F.sum(F.when(is_total, count_after).otherwise(0)).alias("concern_count_after"),
            F.max("_model_before").alias("_model_before"),
            F.max("model_version").alias("_model_after"),
        )
        .withColumn("model_version", F.coalesce("_model_after", "_model_before"))
        .where("changed_count > 0")
        .withColumn("reason", F.when(is_new_model, F.lit("new_model")).otherwise(F.lit("late_data")))
        .drop("_model_before", "_model_after")
    )
