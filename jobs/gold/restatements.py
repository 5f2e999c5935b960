"""ops.restatements: figures of periods that were complete and say something else now."""

from __future__ import annotations

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

KEY = ("period_type", "period_start", "province_code", "topic_level", "topic_id")


def restatements(spark: SparkSession, table: str, before: int, where: str | None) -> DataFrame:
    """One row a period of a table of trends that was complete at a version and has other counts since.

    The reason is ``new_model`` where the labels come from another model or other meanings of labels, else
    ``late_data``: files that came late, were read again, or were erased.
    """
    cells = f"channel = 'all' AND ({where or 'true'})"
    now = spark.table(table).where(cells).select(*KEY, "concern_count", "model_version")
    then = (
        spark.read.option("versionAsOf", before)
        .table(table)
        .where(f"is_complete AND {cells}")
        .select(*KEY, F.col("concern_count").alias("_before"), F.col("model_version").alias("_model_before"))
    )
    ended = then.select("period_type", "period_start").distinct()
    both = now.join(F.broadcast(ended), ["period_type", "period_start"]).join(then, [*KEY], "full")
    was, became = F.coalesce("_before", F.lit(0)), F.coalesce("concern_count", F.lit(0))
    is_total = F.col("topic_level") == "all"
    return (
        both.groupBy("period_type", "period_start")
        .agg(
            F.count_if(was != became).alias("changed_count"),
            F.sum(F.when(is_total, was).otherwise(0)).alias("concern_count_before"),
            F.sum(F.when(is_total, became).otherwise(0)).alias("concern_count_after"),
            F.max("_model_before").alias("_model_before"),
            F.max("model_version").alias("model_version"),
        )
        .where("changed_count > 0")
        .withColumn("table_name", F.lit(table))
        .withColumn("restated_at", F.current_timestamp())
        .withColumn(
            "reason",
            F.when(F.col("model_version") != F.col("_model_before"), F.lit("new_model")).otherwise(F.lit("late_data")),
        )
        .drop("_model_before")
    )
