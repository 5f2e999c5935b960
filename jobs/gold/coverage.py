"""gold.coverage, and which source speaks for which area in which period: the ground of every figure."""

from __future__ import annotations

from datetime import date

from pyspark.sql import Column, DataFrame, SparkSession, Window
from pyspark.sql import functions as F

from jobs.gold import periods
from schemas.area_data import provinces
from schemas.contracts import contracts


def coverage(daily: DataFrame, as_of: date) -> DataFrame:
    """Rows of gold.coverage from those of the cube."""
    said = F.col("concern_count") + F.col("other_kind_count")
    return (
        _said(daily)
        .groupBy("source_id", "channel", F.to_date(F.trunc("date", "month")).alias("period_start"))
        .agg(
            F.sum(said).alias("concern_count"),
            F.sum(F.when(F.col("province_code").isNotNull(), said).otherwise(0)).alias("placed_count"),
            F.sum("unmapped_label_count").alias("unmapped_label_count"),
            F.sum("unclassified_count").alias("unclassified_count"),
            F.count_distinct("province_code").cast("int").alias("province_count"),
            F.min("date").alias("first_date"),
            F.max("date").alias("last_date"),
        )
        .withColumn("is_complete", F.last_day("period_start") < F.lit(as_of))
    )


def _said(daily: DataFrame) -> DataFrame:
    """Rows of days on which something was submitted, each concern once."""
    return daily.where("topic_level = 'all' AND concern_count + other_kind_count > 0")


def local(spark: SparkSession, small: DataFrame) -> DataFrame:
    """A small frame by its values: what is built on it several times is not planned again from the beginning."""
    return spark.createDataFrame(small.toArrow(), small.schema)


def reach(spark: SparkSession, daily: DataFrame) -> DataFrame:
    """Which source speaks for which province, and since which month.

    Columns source_id, channel, province_code, first_date, first_month. What a contract declares holds from the
    source's first day; where it says ``seen``, a province is spoken for from the first concern that came from it.
    """
    concerns = _said(daily)
    first = F.min("date").alias("first_date")
    codes = [one.province_code for one in provinces()]
    declared = [
        (contract.source_id, code)
        for contract in contracts().values()
        if contract.provinces != "seen"
        for code in (codes if contract.provinces == "all" else contract.provinces)
    ]
    began = concerns.groupBy("source_id", "channel").agg(first)
    stated = began.join(spark.createDataFrame(declared, "source_id string, province_code string"), "source_id")
    by_sight = [contract.source_id for contract in contracts().values() if contract.provinces == "seen"]
    seen = (
        concerns.where(F.col("source_id").isin(by_sight) & F.col("province_code").isNotNull())
        .groupBy("source_id", "channel", "province_code")
        .agg(first)
    )
    both = stated.select(*seen.columns).unionByName(seen)
    return local(spark, both.withColumn("first_month", F.to_date(F.trunc("first_date", "month"))))


def calendar(spark: SparkSession, daily: DataFrame, as_of: date) -> DataFrame:
    """One row a period: its days, fiscal year, name, number of months, and ``month``, which counts months."""
    first, last = daily.where("concern_count + other_kind_count > 0").agg(F.min("date"), F.max("date")).collect()[0]
    found = periods.periods_between(first or as_of, min(last or as_of, as_of))
    schema = "period_type string, period_start date, period_end date, fiscal_year_be int, period_th string"
    rows = [tuple(one.__dict__.values()) for one in found]
    return F.broadcast(
        spark.createDataFrame(rows, schema)
        .withColumn("months", months_in_period())
        .withColumn("month", month_number("period_start"))
    )


def months_in_period() -> Column:
    """How many months the period of a row has."""
    return F.coalesce(*[F.when(F.col("period_type") == name, F.lit(n)) for name, n in periods.MONTHS.items()])


def month_number(day: str) -> Column:
    """Months of all time, counted."""
    return F.year(day) * 12 + F.month(day)


def cells(
    spark: SparkSession, covered: DataFrame, reached: DataFrame, calendar: DataFrame, covers: DataFrame
) -> DataFrame:
    """Periods, areas and channels (and all channels) for which there are data, whether anything was said or not.

    Adds to the columns of the calendar ``has_previous`` and ``has_last_year``: whether there are data of the
    period before, and of the same one a year before.

    Args:
        covered: gold.coverage.
        reached: see ``reach``.
        covers: ``cover_code`` of an area, and each ``province_code`` that it has to do with.
    """
    months = (
        covered.select("source_id", F.col("period_start").alias("_month"))
        .join(reached, "source_id")
        .where("_month >= first_month")
        .join(F.broadcast(covers), "province_code")
        .select("cover_code", "channel", "_month")
        .distinct()
    )
    in_period = F.col("_month").between(F.col("period_start"), F.col("period_end"))
    found = months.join(calendar, in_period).drop("_month")
    found = found.unionByName(found.withColumn("channel", F.lit("all"))).distinct()
    series = Window.partitionBy("period_type", "cover_code", "channel").orderBy("month")
    with_others = found.withColumn(
        "has_previous", F.coalesce(F.lag("month").over(series) == F.col("month") - F.col("months"), F.lit(False))
    ).withColumn("has_last_year", F.max("month").over(series.rangeBetween(-12, -12)).isNotNull())
    return local(spark, with_others)
