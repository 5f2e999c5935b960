"""What was open before the years that are computed: read from the tables of trends, not summed again from the cube."""

from __future__ import annotations

from datetime import date

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.gold.areas import Areas, area_column
from jobs.gold.comparison import SERIES
from jobs.gold.coverage import local
from jobs.gold.fiscal_years import fiscal_year_of
from jobs.gold.periods import fiscal_year_be

_NET = "concern_count - closed_in_period_count"


def unshown(daily: DataFrame, spoken: DataFrame, first: date) -> DataFrame:
    """Rows of the cube before a day that lie in a province, channel and fiscal year of which there are no figures.

    Few, mostly none: what ended after a source fell silent, or was said of a place that no source speaks for.

    Args:
        daily: rows of the cube.
        spoken: see ``coverage.spoken``.
        first: the first day of a fiscal year.
    """
    earlier = daily.where((F.col("month") < f"{first:%Y-%m}") & F.col("province_code").isNotNull())
    rows = earlier.withColumn("fiscal_year_be", fiscal_year_of("date"))
    shown = _years(spoken).withColumnRenamed("cover_code", "province_code")
    found = rows.where("topic_level = 'all'").select(shown.columns).distinct()
    # Known before the rows are read: where there are none, nothing is.
    years = local(daily.sparkSession, found.join(F.broadcast(shown), shown.columns, "left_anti"))
    return rows.where(f"{_NET} <> 0").join(F.broadcast(years), shown.columns)


def before(table: DataFrame, areas: Areas, rest: DataFrame, spoken: DataFrame, first: date) -> DataFrame:
    """``area_code, topic_level, topic_id, channel, opened``: what is open on the first day of a fiscal year.

    Args:
        table: the areas' trends as they are, of which the years before that day still hold.
        rest: see ``unshown``.
    """
    earlier = F.col("fiscal_year_be") < fiscal_year_be(first)
    years = table.where(earlier & (F.col("period_type") == "fiscal_year") & (F.col("channel") != "all"))
    told = years.select(F.col(area_column(areas.table)).alias("area_code"), *SERIES, F.expr(_NET).alias("opened"))
    covers = F.broadcast(areas.facts.select("area_code", "cover_code"))
    # What has no figures by its province may have some in a focus area that lies in several.
    untold = (
        areas.placed(rest)
        .join(covers, "area_code")
        .join(F.broadcast(_years(spoken)), ["cover_code", "channel", "fiscal_year_be"], "left_anti")
        .select("area_code", *SERIES, F.expr(_NET).alias("opened"))
    )
    return told.unionByName(untold).groupBy("area_code", *SERIES).agg(F.sum("opened").alias("opened"))


def _years(spoken: DataFrame) -> DataFrame:
    return spoken.select("cover_code", "channel", fiscal_year_of("month").alias("fiscal_year_be")).distinct()
