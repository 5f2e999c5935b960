"""gold.rising_terms: the terms in the concerns of a province in a month, compared with the month before.

Terms are those of nlp.terms. A row needs enough concerns (not one person only) and enough texts (not one copied text).
For analysts only: a term consists of a citizen's own words.
"""

from __future__ import annotations

from datetime import date

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from jobs.gold.cube import TableReader, counted_concerns
from jobs.gold.periods import add_months
from schemas.tables import tables

MIN_CONCERNS = 5
MIN_TEXTS = 3
# A term is left out where a longer term contains it and is in at least this share of its concerns.
PART_SHARE = 0.9
_CELL = ("period_start", "province_code")
_ALL_CONCERNS = ""


def first_month(since: date) -> date:
    """The first month whose rows may change where concerns submitted from ``since`` on changed."""
    return since.replace(day=1)


def rising_terms(table: TableReader, as_of: date, since: date | None = None) -> DataFrame:
    """Rows of gold.rising_terms: one per month, province and term.

    ``rise_score`` is the log-likelihood ratio of the term's shares in the two months (Rayson and Garside, 2000),
    negative where the share fell; null where the month before has no concerns.

    Args:
        table: gives tables of silver and reference.
        as_of: the last day that the data cover.
        since: months that ended before this day are left out; None computes all.
    """
    month = F.trunc("submitted_date", "month")
    # The month before is needed for the comparison.
    first = add_months(first_month(since), -1) if since else None
    concerns = counted_concerns(table, "terms", first=first).where("province_code is not null")
    concerns = concerns.withColumn("period_start", month).select(*_CELL, "terms", "text_hash")
    # An artificial term in every concern gives the totals.
    terms = F.array_union(F.array(F.lit(_ALL_CONCERNS)), F.coalesce("terms", F.array().cast("array<string>")))
    counts = (
        concerns.select(*_CELL, "text_hash", F.explode(terms).alias("term"))
        .groupBy(*_CELL, "term")
        .agg(F.count("*").alias("concern_count"), F.count_distinct("text_hash").alias("text_count"))
    )
    enough = (F.col("concern_count") >= MIN_CONCERNS) & (F.col("text_count") >= MIN_TEXTS)
    rows = (
        _without_parts(_with_previous_month(counts).where(enough & (F.col("term") != _ALL_CONCERNS)))
        .join(F.broadcast(table("reference.provinces").select("province_code", "province_th", "province_en")), _CELL[1])
        .withColumn("previous_count", F.when(F.col("previous_total") > 0, F.coalesce("previous_count", F.lit(0))))
        .withColumn("share", F.col("concern_count") / F.col("total"))
        .withColumn("previous_share", F.col("previous_count") / F.col("previous_total"))
        .withColumn("rise_score", _rise_score())
        .withColumn("is_complete", F.last_day("period_start") < F.lit(as_of))
    )
    if since is not None:
        rows = rows.where(F.col("period_start") >= F.lit(first_month(since)))
    return rows.select(*tables()["gold.rising_terms"].column_names)


def _with_previous_month(counts: DataFrame) -> DataFrame:
    """Adds ``total``, ``previous_count`` and ``previous_total``; null where the month before has no such rows."""
    of_term = Window.partitionBy("province_code", "term").orderBy("period_start")
    of_cell = Window.partitionBy("province_code", "period_start")

    def of_all_concerns(count: str) -> Column:
        return F.max(F.when(F.col("term") == _ALL_CONCERNS, F.col(count))).over(of_cell)

    follows = F.lag("period_start").over(of_term) == F.add_months("period_start", -1)
    return (
        counts.withColumn("previous_count", F.when(follows, F.lag("concern_count").over(of_term)))
        .withColumn("total", of_all_concerns("concern_count"))
        .withColumn("previous_total", of_all_concerns("previous_count"))
    )


def _without_parts(rows: DataFrame) -> DataFrame:
    """Leaves out terms that occur almost only as the beginning or the end of a longer term."""
    lengths = F.sequence(F.lit(2), F.length("term") - 1)
    parts = F.concat(
        F.transform(lengths, lambda length: F.substring("term", F.lit(1), length)),
        F.transform(lengths, lambda length: F.right("term", length)),
    )
    longer = (
        rows.where(F.length("term") > 2)
        .select(*_CELL, F.explode(F.array_distinct(parts)).alias("term"), F.col("concern_count").alias("longer_count"))
        .groupBy(*_CELL, "term")
        .agg(F.collect_set("longer_count").alias("longer_counts"))
    )
    # A longer term cannot have more concerns than its parts. น้ำประปา is kept only where it also occurs outside
    # น้ำประปาไม่ไหล.
    own = F.col("concern_count")
    is_part = F.exists("longer_counts", lambda count: (count >= PART_SHARE * own) & (count <= own))
    rows = rows.join(longer, [*_CELL, "term"], "left")
    return rows.where(~F.coalesce(is_part, F.lit(False))).drop("longer_counts")


def _rise_score() -> Column:
    now, before = F.col("concern_count"), F.col("previous_count")
    both = (now + before) / (F.col("total") + F.col("previous_total"))
    term_now = now * F.log(now / (F.col("total") * both))
    term_before = F.when(before > 0, before * F.log(before / (F.col("previous_total") * both))).otherwise(0.0)
    # For equal shares, rounding can make the ratio slightly negative.
    ratio = F.greatest(2 * (term_now + term_before), F.lit(0.0))
    return F.when(F.col("share") < F.col("previous_share"), -ratio).otherwise(F.when(before.isNotNull(), ratio))
