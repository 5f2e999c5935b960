"""Concerns that were open before the years that are computed, taken from the tables of trends and not from the cube."""

from __future__ import annotations

from datetime import date

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.gold.areas import AreaKind, area_column
from jobs.gold.comparison import SERIES
from jobs.gold.coverage import materialize
from jobs.gold.fiscal_years import fiscal_year_of
from jobs.gold.periods import fiscal_year_be

_NET_COUNT = "concern_count - closed_in_period_count"


def backlog_outside_coverage(daily: DataFrame, covered_months: DataFrame, first: date) -> DataFrame:
    """Rows of the cube before ``first`` whose province, channel and fiscal year have no figures in trends.

    There are few or none: concerns that ended after a source stopped, or from a place that no source covers.

    Args:
        daily: rows of the cube.
        covered_months: see ``coverage.covered_months``.
        first: the first day of a fiscal year.
    """
    earlier = daily.where((F.col("month") < f"{first:%Y-%m}") & F.col("province_code").isNotNull())
    rows = earlier.withColumn("fiscal_year_be", fiscal_year_of("date"))
    covered = _covered_years(covered_months).withColumnRenamed("coverage_code", "province_code")
    years_with_rows = rows.where("topic_level = 'all'").select(covered.columns).distinct()
    # Computed before the rows are read: where this frame is empty, Spark reads none of them.
    years = materialize(
        daily.sparkSession, years_with_rows.join(F.broadcast(covered), covered.columns, "left_anti")
    )  # fmt: skip
    return rows.where(f"{_NET_COUNT} <> 0").join(F.broadcast(years), covered.columns)


def opening_backlog(
    table: DataFrame, kind: AreaKind, outside: DataFrame, covered_months: DataFrame, first: date
) -> DataFrame:
    """Concerns open on the first day of a fiscal year: ``area_code, topic_level, topic_id, channel, open_count``.

    Args:
        table: the trends of the areas as stored; the years before ``first`` in it are still valid.
        kind: the kind of areas.
        outside: see ``backlog_outside_coverage``.
        covered_months: see ``coverage.covered_months``.
        first: the first day of a fiscal year.
    """
    earlier = F.col("fiscal_year_be") < fiscal_year_be(first)
    years = table.where(earlier & (F.col("period_type") == "fiscal_year") & (F.col("channel") != "all"))
    in_table = years.select(
        F.col(area_column(kind.table)).alias("area_code"), *SERIES, F.expr(_NET_COUNT).alias("open_count")
    )
    coverage_codes = F.broadcast(kind.facts.select("area_code", "coverage_code"))
    # A year without figures in a province may have figures in a focus area that has parts of several provinces.
    not_in_table = (
        kind.assign(outside)
        .join(coverage_codes, "area_code")
        .join(F.broadcast(_covered_years(covered_months)), ["coverage_code", "channel", "fiscal_year_be"], "left_anti")
        .select("area_code", *SERIES, F.expr(_NET_COUNT).alias("open_count"))
    )
    both = in_table.unionByName(not_in_table)
    return both.groupBy("area_code", *SERIES).agg(F.sum("open_count").alias("open_count"))


def _covered_years(covered_months: DataFrame) -> DataFrame:
    return covered_months.select(
        "coverage_code", "channel", fiscal_year_of("month").alias("fiscal_year_be")
    ).distinct()  # fmt: skip
