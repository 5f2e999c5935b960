"""gold.coverage, and which source speaks for which area in which period: the ground of every figure."""

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
            F.sum("unknown_status_count").alias("unknown_status_count"),
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


def reach(spark: SparkSession, daily: DataFrame, covered: DataFrame) -> DataFrame:
    """Which source speaks for which province, and since which month.

    Columns source_id, channel, province_code, first_date, first_month. What a contract declares holds from the
    source's first day; where it says ``seen``, a province is spoken for from the first concern that came from it.

    Args:
        daily: rows of the cube.
        covered: gold.coverage.
    """
    concerns = _said(daily)
    first = F.min("date").alias("first_date")
    codes = [one.province_code for one in provinces()]
    contracts = valid_contracts.last_valid()
    declared = [
        (contract.source_id, code)
        for contract in contracts.values()
        if contract.provinces != "seen"
        for code in (codes if contract.provinces == "all" else contract.provinces)
    ]
    began = covered.groupBy("source_id", "channel").agg(F.min("first_date").alias("first_date"))
    stated = began.join(spark.createDataFrame(declared, "source_id string, province_code string"), "source_id")
    by_sight = [contract.source_id for contract in contracts.values() if contract.provinces == "seen"]
    seen = (
        concerns.where(F.col("source_id").isin(by_sight) & F.col("province_code").isNotNull())
        .groupBy("source_id", "channel", "province_code")
        .agg(first)
    )
    both = stated.select(*seen.columns).unionByName(seen)
    return local(spark, both.withColumn("first_month", F.to_date(F.trunc("first_date", "month"))))


def calendar(spark: SparkSession, covered: DataFrame, as_of: date) -> DataFrame:
    """One row a period in which anything was submitted, or that lies between two such: its type and its days.

    ``covered`` are rows of gold.coverage.
    """
    first, last = covered.agg(F.min("first_date"), F.max("last_date")).collect()[0]
    found = periods.periods_between(first or as_of, min(last or as_of, as_of))
    rows = [(one.period_type, one.period_start, one.period_end) for one in found]
    return F.broadcast(spark.createDataFrame(rows, "period_type string, period_start date, period_end date"))


def spoken(spark: SparkSession, covered: DataFrame, reached: DataFrame, covers: DataFrame) -> DataFrame:
    """``cover_code, channel, month`` (its first day) for which there are data, whether anything was said or not.

    Args:
        covered: gold.coverage.
        reached: see ``reach``.
        covers: ``cover_code`` of an area, and each ``province_code`` that it has to do with.
    """
    found = (
        covered.select("source_id", F.col("period_start").alias("month"))
        .join(reached, "source_id")
        .where("month >= first_month")
        .join(F.broadcast(covers), "province_code")
        .select("cover_code", "channel", "month")
    )
    return local(spark, found.distinct())


def grid(spoken: DataFrame, as_of: date, since: date | None) -> Grid:
    """The areas, channels and months of ``spoken``, as the arrays that figures are computed on.

    From the first fiscal year with data, or with ``since`` from the year before its own, with which it is compared.
    """
    found = spoken.toArrow().to_pylist()
    codes = sorted({row["cover_code"] for row in found})
    channels = get_args(Channel)
    first = min((row["month"] for row in found), default=as_of)
    begins = month_number(looks_back_to(since) if since else periods.start_of("fiscal_year", first))
    last = max((row["month"] for row in found), default=as_of)
    months = month_number(periods.start_of("fiscal_year", last)) + 12 - begins
    is_covered = np.zeros((len(codes), len(channels), max(months, 12)), np.bool_)
    for row in found:
        number = month_number(row["month"]) - begins
        if number >= 0:
            is_covered[codes.index(row["cover_code"]), channels.index(row["channel"]), number] = True
    return Grid(begins, topic_cells(), channels, tuple(codes), is_covered, as_of, since)


def looks_back_to(since: date) -> date:
    """The first day of the periods that figures are compared with: the fiscal year before that of a day."""
    return periods.add_months(periods.start_of("fiscal_year", since), -12)
