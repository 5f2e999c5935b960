"""gold.response_times: how fast LAOs answer the concerns that they are responsible for.

Follows indicators 3.1 and 3.2 of the performance assessment of local governments (LPA) of B.E. 2562; the forms of other
years may count in another way.
"""

from __future__ import annotations

from datetime import date

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.gold.cube import WAITING_STATUSES, TableReader, broadcast_if_small, counted_concerns
from jobs.gold.duration_measures import with_durations
from jobs.gold.fiscal_years import fiscal_year_of, has_ended
from schemas.tables import tables

KEY = ("lao_code", "fiscal_year_be", "origin")
_COUNTS = (
    "concern_count", "unknown_status_count", "stated_count", "resolved_count", "informed_in_time_count",
    "answered_count", "due_count",
)  # fmt: skip


def response_times(table: TableReader, as_of: date, deadlines: DataFrame, first: date | None = None) -> DataFrame:
    """Rows of gold.response_times: one per responsible LAO, fiscal year and origin.

    A case counts in the year of its submission, for each LAO that the source names as responsible. It is answered when
    it is solved, or when progress was reported to the citizen in time. It is due when it is answered, or when its
    deadline has passed. Durations use only times that the source states. A case with an unknown status is counted as a
    case and in unknown_status_count only.

    Args:
        table: gives tables of silver and reference.
        as_of: the last day that the data cover.
        deadlines: ``submitted_date`` and ``deadline_date``, the last day in time; see ``jobs.gold.deadlines``.
        first: the first day of the first fiscal year to compute; None computes all.
    """
    responsible = table("silver.concern_laos").where("role = 'responsible'").select("concern_id", "lao_code")
    concerns = broadcast_if_small(table, first)(counted_concerns(table, first=first))
    cases = concerns.join(responsible, "concern_id").join(F.broadcast(deadlines), "submitted_date")
    laos = table("reference.laos").select("lao_code", "lao_th", "lao_type", "province_code")
    known_count = F.col("concern_count") - F.col("unknown_status_count")
    return (
        with_durations(_counts_by_days(cases, as_of), KEY, "lao_code", _COUNTS)
        .join(F.broadcast(laos), "lao_code")
        .withColumn("answered_share", F.when(known_count > 0, F.col("answered_count") / known_count))
        .withColumn("answered_due_share", F.when(F.col("due_count") > 0, F.col("answered_count") / F.col("due_count")))
        .withColumn("is_complete", has_ended("fiscal_year_be", as_of))
        .select(*tables()["gold.response_times"].column_names)
    )


def _counts_by_days(cases: DataFrame, as_of: date) -> DataFrame:
    """Counts by KEY and ``days``: until solved, or waited up to ``as_of``; null where neither is known."""
    informed_date = F.to_date(F.from_utc_timestamp("informed_at", "Asia/Bangkok"))
    is_known = F.col("status") != "unknown"
    is_solved = F.col("status") == "resolved"
    is_informed = is_known & F.coalesce(informed_date <= F.col("deadline_date"), F.lit(False))
    is_answered = is_solved | is_informed
    is_stated = is_known & (F.col("time_basis") == "stated")
    waits = is_stated & F.col("status").isin(*WAITING_STATUSES)
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
