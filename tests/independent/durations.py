"""Medians of days by Kaplan and Meier, in polars: the sorted days of each group, one row a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

WAITING = ["open", "in_progress", "forwarded"]
IN_TIME = 15
MEASURED = ["median_days_to_resolve", "p90_days_to_resolve", "within_15_days_share"]


def durations(rows: pl.DataFrame, groups: Sequence[str | pl.Expr], as_of: date) -> pl.DataFrame:
    """MEASURED of each group, from single concerns: solved, or waiting since so many days."""
    is_solved, waits = pl.col("status") == "resolved", pl.col("status").is_in(WAITING)
    until = pl.when(is_solved).then(pl.col("closed_date")).otherwise(pl.lit(as_of))
    timed = rows.filter((pl.col("time_basis") == "stated") & (is_solved | waits)).with_columns(
        days=pl.max_horizontal((until - pl.col("submitted_date")).dt.total_days(), 0)
    )
    a_day = timed.group_by(*groups, "days").agg(solved=is_solved.sum().cast(pl.Int64), all=pl.len().cast(pl.Int64))
    group = [name for name in a_day.columns if name not in ("days", "solved", "all")]
    a_day = (
        a_day.sort(*group, "days")
        .with_columns(at_risk=pl.col("all").sum().over(group) - pl.col("all").cum_sum().over(group) + pl.col("all"))
        .with_columns(left=(1 - pl.col("solved") / pl.col("at_risk")).cum_prod().over(group))
    )

    def reached(share: float) -> pl.Expr:
        return pl.col("days").filter(pl.col("left") <= 1 - share + 1e-12).min().cast(pl.Float64)

    late = pl.col("days") >= IN_TIME
    known = pl.col("solved").sum() + (pl.col("all") - pl.col("solved")).filter(late).sum()
    return a_day.group_by(group).agg(
        median_days_to_resolve=reached(0.5),
        p90_days_to_resolve=reached(0.9),
        within_15_days_share=pl.when(known > 0).then(pl.col("solved").filter(pl.col("days") <= IN_TIME).sum() / known),
    )
