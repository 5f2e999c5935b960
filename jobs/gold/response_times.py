"""gold.response_times: how LAOs answer for what is theirs.

Drafted after indicators 3.1 and 3.2 of the performance assessment of local governments (LPA) of 2562; the form of
another year may count otherwise.
"""

from __future__ import annotations

from datetime import date

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.gold.cube import WAITING, Read, counted_concerns, sought
from jobs.gold.fiscal_years import fiscal_year_of, has_ended
from jobs.gold.measures import measured
from schemas.tables import tables

KEY = ("lao_code", "fiscal_year_be", "origin")
_COUNTED = (
    "concern_count", "unknown_status_count", "stated_count", "resolved_count", "informed_in_time_count",
    "answered_count", "due_count",
)  # fmt: skip


def response_times(table: Read, as_of: date, deadlines: DataFrame, first: date | None = None) -> DataFrame:
    """Rows of gold.response_times: one a responsible LAO, fiscal year and origin.

    A case counts in the year in which it was submitted, for each LAO that the source says is responsible. It is
    answered when it is solved, or when progress was reported to the citizen in time. It is due when it is answered,
    or when the time for that has passed. Only times that a source states are counted as such. Of a case whose status is
    unknown nothing is counted but that there is one.

    Args:
        table: gives tables of silver and reference.
        as_of: the last day that the data tell of.
        deadlines: ``submitted_date`` and ``deadline_date``, the last day in time; see ``jobs.gold.deadlines``.
        first: the first day of the first fiscal year that is wanted; None wants all.
    """
    responsible = table("silver.concern_laos").where("role = 'responsible'").select("concern_id", "lao_code")
    counted = sought(table, first)(counted_concerns(table, first=first))
    cases = counted.join(responsible, "concern_id").join(F.broadcast(deadlines), "submitted_date")
    laos = table("reference.laos").select("lao_code", "lao_th", "lao_type", "province_code")
    known_count = F.col("concern_count") - F.col("unknown_status_count")
    return (
        measured(_by_day(cases, as_of), KEY, "lao_code", _COUNTED)
        .join(F.broadcast(laos), "lao_code")
        .withColumn("answered_share", F.when(known_count > 0, F.col("answered_count") / known_count))
        .withColumn("answered_due_share", F.when(F.col("due_count") > 0, F.col("answered_count") / F.col("due_count")))
        .withColumn("is_complete", has_ended("fiscal_year_be", as_of))
        .select(*tables()["gold.response_times"].column_names)
    )


def _by_day(cases: DataFrame, as_of: date) -> DataFrame:
    """Counts by KEY and ``days``: until solved, or waited so far; null where neither is known."""
    informed_date = F.to_date(F.from_utc_timestamp("informed_at", "Asia/Bangkok"))
    is_known = F.col("status") != "unknown"
    is_solved = F.col("status") == "resolved"
    is_informed = is_known & F.coalesce(informed_date <= F.col("deadline_date"), F.lit(False))
    is_answered = is_solved | is_informed
    is_stated = is_known & (F.col("time_basis") == "stated")
    waits = is_stated & F.col("status").isin(*WAITING)
    until = F.when(is_stated & is_solved, F.col("closed_date")).when(waits, F.lit(as_of))
    return (
        cases.withColumn("fiscal_year_be", fiscal_year_of("submitted_date"))
        .withColumn("days", F.greatest(F.datediff(until, "submitted_date"), F.lit(0)))
        .withColumn("days", F.when(until.isNotNull(), F.col("days")))
        .groupBy(*KEY, "days")
        .agg(
            F.count("*").alias("concern_count"),
            F.count_if(~is_known).alias("unknown_status_count"),
            F.count_if(is_stated).alias("stated_count"),
            F.count_if(is_solved).alias("resolved_count"),
            F.count_if(is_informed).alias("informed_in_time_count"),
            F.count_if(is_answered).alias("answered_count"),
            F.count_if(is_answered | (is_known & (F.col("deadline_date") < F.lit(as_of)))).alias("due_count"),
            F.count_if(is_stated & is_solved).alias("solved"),
            F.count_if(waits).alias("waiting"),
        )
    )
