"""gold.daily and gold.coverage computed once more by polars, from silver alone."""

from __future__ import annotations

from datetime import date

import polars as pl

from tests.independent.compared import Read, compared
from tests.independent.durations import WAITING
from tests.independent.trends import concern_rows

PLACE = ["province_code", "district_code", "subdistrict_code"]
CUBE = ["date", "source_id", *PLACE, "topic_level", "topic_id", "channel", "origin"]


def daily(read: Read) -> list[str]:
    """In what gold.daily differs."""
    labels = read("silver.concern_labels").select(
        "concern_id", "primary_topic_id", has_unmapped=pl.col("unmapped_labels").list.len().fill_null(0) > 0
    )
    rows = concern_rows(read).filter(~pl.col("is_of_all_channels")).join(labels, on="concern_id")
    is_known = pl.col("status") != "unknown"
    is_stated = pl.col("is_counted") & (pl.col("time_basis") == "stated") & is_known
    is_resolved = pl.col("status") == "resolved"
    days = pl.max_horizontal((pl.col("closed_date") - pl.col("submitted_date")).dt.total_days(), 0)
    submitted = rows.group_by(pl.col("submitted_date").alias("date"), *CUBE[1:]).agg(
        concern_count=pl.col("is_counted").sum(),
        unique_count=(pl.col("is_counted") & pl.col("original_id").is_null()).sum(),
        other_kind_count=(~pl.col("is_counted")).sum(),
        resolved_count=(pl.col("is_counted") & is_resolved).sum(),
        stated_count=is_stated.sum(),
        unresolved_count=(is_stated & pl.col("status").is_in(WAITING)).sum(),
        unmapped_label_count=pl.col("has_unmapped").sum(),
        unclassified_count=(pl.col("primary_topic_id") == "other").sum(),
        unknown_status_count=(~is_known).sum(),
        resolve_days=days.filter(is_stated & is_resolved).sort(),
    )
    ended = (
        rows.filter(pl.col("is_counted") & pl.col("closed_date").is_not_null())
        .group_by(pl.col("closed_date").alias("date"), *CUBE[1:])
        .agg(closed_in_period_count=pl.len())
    )
    mine = submitted.join(ended, on=CUBE, how="full", coalesce=True, nulls_equal=True).with_columns(
        pl.col("^.*_count$").fill_null(0),
        resolve_days=pl.col("resolve_days").cast(pl.List(pl.String)).list.join(",").fill_null(""),
        month=pl.col("date").dt.strftime("%Y-%m"),
    )
    # The histogram spelt out again, one value a concern.
    spelt = (
        read("gold.daily")
        .with_row_index("_row")
        .select("_row", pl.col("resolve_days"))
        .explode("resolve_days")
        .drop_nulls()
        .unnest("resolve_days")
        .select("_row", pl.col("days").repeat_by("count"))
        .explode("days")
        .group_by("_row")
        .agg(pl.col("days").sort())
        .with_columns(resolve_days=pl.col("days").cast(pl.List(pl.String)).list.join(","))
        .select("_row", "resolve_days")
    )
    gold = read("gold.daily").with_row_index("_row").drop("resolve_days").join(spelt, on="_row", how="left")
    gold = gold.drop("_row").with_columns(pl.col("resolve_days").fill_null(""))
    return compared(gold, mine, "gold.daily", CUBE)


def coverage(read: Read, as_of: date) -> list[str]:
    """In what gold.coverage differs."""
    labels = read("silver.concern_labels").select(
        "concern_id", "primary_topic_id", has_unmapped=pl.col("unmapped_labels").list.len().fill_null(0) > 0
    )
    month = pl.col("submitted_date").dt.truncate("1mo")
    mine = (
        read("silver.concerns")
        .filter(~pl.col("is_deleted"))
        .join(labels, on="concern_id")
        .group_by("source_id", "channel", period_start=month)
        .agg(
            concern_count=pl.len(),
            placed_count=pl.col("province_code").is_not_null().sum(),
            unmapped_label_count=pl.col("has_unmapped").sum(),
            unknown_status_count=(pl.col("status") == "unknown").sum(),
            unclassified_count=(pl.col("primary_topic_id") == "other").sum(),
            province_count=pl.col("province_code").drop_nulls().n_unique(),
            first_date=pl.col("submitted_date").min(),
            last_date=pl.col("submitted_date").max(),
        )
        .with_columns(is_complete=pl.col("period_start").dt.month_end() < as_of)
    )
    return compared(read("gold.coverage"), mine, "gold.coverage", ["source_id", "channel", "period_start"])
