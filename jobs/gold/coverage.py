"""gold.coverage, and which source covers which area in which period; all figures depend on it."""

from __future__ import annotations

from datetime import date
from typing import get_args

import numpy as np
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from jobs.gold import periods
from jobs.gold.comparison import topic_cells
from jobs.gold.grid import Grid, month_number
from jobs.sources import valid_contracts
from schemas.area_data import provinces
from schemas.contracts import Channel


def coverage_rows(daily: DataFrame, as_of: date) -> DataFrame:
    """Rows of gold.coverage from rows of the cube: one per source and month with data."""
    all_kinds = F.col("concern_count") + F.col("other_kind_count")
    return (
        _submission_rows(daily)
        .groupBy("source_id", "channel", F.to_date(F.trunc("date", "month")).alias("period_start"))
        .agg(
            F.sum(all_kinds).alias("concern_count"),
            F.sum(F.when(F.col("province_code").isNotNull(), all_kinds).otherwise(0)).alias("placed_count"),
            F.sum("unmapped_label_count").alias("unmapped_label_count"),
            F.sum("unknown_status_count").alias("unknown_status_count"),
            F.sum("unclassified_count").alias("unclassified_count"),
            F.count_distinct("province_code").cast("int").alias("province_count"),
            F.min("date").alias("first_date"),
            F.max("date").alias("last_date"),
        )
        .withColumn("is_complete", F.last_day("period_start") < F.lit(as_of))
    )


def _submission_rows(daily: DataFrame) -> DataFrame:
    """Rows of the cube with submissions, each concern in one row only (that of all topics)."""
    return daily.where("topic_level = 'all' AND concern_count + other_kind_count > 0")


def materialize(spark: SparkSession, small: DataFrame) -> DataFrame:
    """A small frame as its computed values, so that Spark does not compute it again for each use."""
    return spark.createDataFrame(small.toArrow(), small.schema)


def source_coverage(spark: SparkSession, daily: DataFrame, coverage: DataFrame) -> DataFrame:
    """Which source covers which province, and since when.

    Columns source_id, channel, province_code, first_date, first_month. Provinces that a contract declares are covered
    from the first day of the source; where it declares ``seen``, a province is covered from the first concern that
    came from it.

    Args:
        daily: rows of the cube.
        coverage: gold.coverage.
    """
    all_provinces = [province.province_code for province in provinces()]
    contracts = valid_contracts.last_valid()
    declared = [
        (contract.source_id, code)
        for contract in contracts.values()
        if contract.provinces != "seen"
        for code in (all_provinces if contract.provinces == "all" else contract.provinces)
    ]
    began = coverage.groupBy("source_id", "channel").agg(F.min("first_date").alias("first_date"))
    by_contract = began.join(spark.createDataFrame(declared, "source_id string, province_code string"), "source_id")
    seen_sources = [contract.source_id for contract in contracts.values() if contract.provinces == "seen"]
    by_concerns = (
        _submission_rows(daily)
        .where(F.col("source_id").isin(seen_sources) & F.col("province_code").isNotNull())
        .groupBy("source_id", "channel", "province_code")
        .agg(F.min("date").alias("first_date"))
    )
    both = by_contract.select(*by_concerns.columns).unionByName(by_concerns)
    return materialize(spark, both.withColumn("first_month", F.to_date(F.trunc("first_date", "month"))))


def calendar(spark: SparkSession, coverage: DataFrame, as_of: date) -> DataFrame:
    """``period_type, period_start, period_end`` of all periods from the first to the last day with submissions.

    Args:
        coverage: gold.coverage.
        as_of: the last day that the data cover; later periods are left out.
    """
    first, last = coverage.agg(F.min("first_date"), F.max("last_date")).collect()[0]
    between = periods.periods_between(first or as_of, min(last or as_of, as_of))
    rows = [(period.period_type, period.period_start, period.period_end) for period in between]
    return F.broadcast(spark.createDataFrame(rows, "period_type string, period_start date, period_end date"))


def covered_months(
    spark: SparkSession, coverage: DataFrame, source_coverage: DataFrame, coverage_areas: DataFrame
) -> DataFrame:
    """``coverage_code, channel, month`` (its first day) of the months with data, also those without concerns.

    Args:
        coverage: gold.coverage.
        source_coverage: see ``source_coverage``.
        coverage_areas: see ``areas.coverage_areas``.
    """
    months = (
        coverage.select("source_id", F.col("period_start").alias("month"))
        .join(source_coverage, "source_id")
        .where("month >= first_month")
        .join(F.broadcast(coverage_areas), "province_code")
        .select("coverage_code", "channel", "month")
    )
    return materialize(spark, months.distinct())


def build_grid(covered_months: DataFrame, as_of: date, since: date | None) -> Grid:
    """The coverage codes, channels and months of ``covered_months`` as a grid of arrays.

    It begins with the first fiscal year with data; with ``since``, with the fiscal year before that of ``since``, since
    figures are compared with it.
    """
    rows = covered_months.toArrow().to_pylist()
    codes = sorted({row["coverage_code"] for row in rows})
    channels = get_args(Channel)
    first = min((row["month"] for row in rows), default=as_of)
    first_month = month_number(comparison_start(since) if since else periods.start_of("fiscal_year", first))
    last = max((row["month"] for row in rows), default=as_of)
    months = month_number(periods.start_of("fiscal_year", last)) + 12 - first_month
    is_covered = np.zeros((len(codes), len(channels), max(months, 12)), np.bool_)
    for row in rows:
        month = month_number(row["month"]) - first_month
        if month >= 0:
            is_covered[codes.index(row["coverage_code"]), channels.index(row["channel"]), month] = True
    return Grid(first_month, topic_cells(), channels, tuple(codes), is_covered, as_of, since)


def comparison_start(since: date) -> date:
    """The first day of the fiscal year before that of ``since``: figures from ``since`` on are compared with it."""
    return periods.add_months(periods.start_of("fiscal_year", since), -12)
