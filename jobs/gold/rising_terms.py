"""gold.rising_terms: what the concerns of a province say in a month, beside the month before.

Terms are those of nlp.terms. A row needs concerns enough to be no single voice, and texts enough to be no copied one.
For analysts: a term is of a citizen's own words.
"""

from __future__ import annotations

from datetime import date

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from jobs.gold.cube import Read, counted_concerns
from jobs.gold.periods import add_months
from schemas.tables import tables

FEWEST_CONCERNS = 5
FEWEST_TEXTS = 3
# A term that is part of a longer one, which stands in so many of its concerns, says nothing of its own.
SAME_SHARE = 0.9
_CELL = ("period_start", "province_code")
_ALL = ""


def first_month(since: date) -> date:
    """The month from which rows may change where what was said from a day on did."""
    return since.replace(day=1)


def rising_terms(table: Read, as_of: date, since: date | None = None) -> DataFrame:
    """Rows of gold.rising_terms: one a month, province and term.

    ``rise_score`` is the log-likelihood ratio of the term's shares in the two months (Rayson and Garside, 2000),
    negative where the share fell; without concerns in the month before there is nothing to compare.

    Args:
        table: gives tables of silver and reference.
        as_of: the last day that the data tell of.
        since: a day; months that ended before it are left out.
    """
    month = F.trunc("submitted_date", "month")
    # The month before is compared with.
    first = add_months(first_month(since), -1) if since else None
    concerns = counted_concerns(table, "terms", first=first).where("province_code is not null")
    concerns = concerns.withColumn("period_start", month).select(*_CELL, "terms", "text_hash")
    # One term that all have counts them all.
    told = F.array_union(F.array(F.lit(_ALL)), F.coalesce("terms", F.array().cast("array<string>")))
    counted = (
        concerns.select(*_CELL, "text_hash", F.explode(told).alias("term"))
        .groupBy(*_CELL, "term")
        .agg(F.count("*").alias("concern_count"), F.count_distinct("text_hash").alias("text_count"))
    )
    enough = (F.col("concern_count") >= FEWEST_CONCERNS) & (F.col("text_count") >= FEWEST_TEXTS)
    rows = (
        _without_parts(_beside_month_before(counted).where(enough & (F.col("term") != _ALL)))
        .join(F.broadcast(table("reference.provinces").select("province_code", "province_th", "province_en")), _CELL[1])
        .withColumn("previous_count", F.when(F.col("previous_total") > 0, F.coalesce("previous_count", F.lit(0))))
        .withColumn("share", F.col("concern_count") / F.col("total"))
        .withColumn("previous_share", F.col("previous_count") / F.col("previous_total"))
        .withColumn("rise_score", _rise())
        .withColumn("is_complete", F.last_day("period_start") < F.lit(as_of))
    )
    if since is not None:
        rows = rows.where(F.col("period_start") >= F.lit(first_month(since)))
    return rows.select(*tables()["gold.rising_terms"].column_names)


def _beside_month_before(counted: DataFrame) -> DataFrame:
    """With ``total``, ``previous_count`` and ``previous_total``; null where the month before has nothing of it."""
    of_term = Window.partitionBy("province_code", "term").orderBy("period_start")
    of_cell = Window.partitionBy("province_code", "period_start")

    def of_all(count: str) -> Column:
        return F.max(F.when(F.col("term") == _ALL, F.col(count))).over(of_cell)

    follows = F.lag("period_start").over(of_term) == F.add_months("period_start", -1)
    return (
        counted.withColumn("previous_count", F.when(follows, F.lag("concern_count").over(of_term)))
        .withColumn("total", of_all("concern_count"))
        .withColumn("previous_total", of_all("previous_count"))
    )


def _without_parts(rows: DataFrame) -> DataFrame:
    """Without the terms that stand almost only as the beginning or end of a longer one."""
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
    # What holds a term cannot be said more often: น้ำประปาไม่ไหล is a term, and น้ำประปา one only where it is alone.
    own = F.col("concern_count")
    is_part = F.exists("longer_counts", lambda count: (count >= SAME_SHARE * own) & (count <= own))
    rows = rows.join(longer, [*_CELL, "term"], "left")
    return rows.where(~F.coalesce(is_part, F.lit(False))).drop("longer_counts")


def _rise() -> Column:
    here, before = F.col("concern_count"), F.col("previous_count")
    both = (here + before) / (F.col("total") + F.col("previous_total"))
    of_here = here * F.log(here / (F.col("total") * both))
    of_before = F.when(before > 0, before * F.log(before / (F.col("previous_total") * both))).otherwise(0.0)
    # What is left of two equal shares is the rounding of a double.
    ratio = F.greatest(2 * (of_here + of_before), F.lit(0.0))
    return F.when(F.col("share") < F.col("previous_share"), -ratio).otherwise(F.when(before.isNotNull(), ratio))
