"""gold.daily, the additive cube: area × day × topic × channel × origin, from which trends are made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date

import pyarrow as pa
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from jobs.gold.cells import cells
from schemas.tables import columns
from schemas.topics import load_topics

Read = Callable[[str], DataFrame]
"""Gives a table by its name: ``spark.table``, or what a test has made."""

COUNTED_KINDS = ("complaint", "request", "suggestion", "tip_off")
# A post that is no concern (an advert, chatter) counts with the other kinds, whatever its kind.
IS_COUNTED = f"is_relevant AND kind IN {COUNTED_KINDS}"
WAITING = ("open", "in_progress", "forwarded")
"""Statuses of concerns that wait for a solution: rejected and closed ones do so no longer."""
PLACE = ("province_code", "district_code", "subdistrict_code")
CUBE_KEY = ("date", "source_id", *PLACE, "topic_level", "topic_id", "channel", "origin")
# Of the concerns submitted on a day; what ended on it is counted beside them.
COHORT_COUNTS = (
    "concern_count",
    "unique_count",
    "other_kind_count",
    "resolved_count",
    "stated_count",
    "unresolved_count",
)
COUNTS = (*COHORT_COUNTS, "closed_in_period_count")
# Of all kinds together: the ground that figures stand on.
GROUND_COUNTS = ("unmapped_label_count", "unclassified_count", "unknown_status_count")
FEW_DAYS = 31
MOST_SOUGHT = 700_000
FEWEST_TASKS, CONCERNS_PER_TASK = 2, 100_000
ROWS_AT_ONCE = 20_000
_CELL_PLACE = tuple(name for name in CUBE_KEY if not name.startswith("topic_"))
_FOUND = (*CUBE_KEY, *COUNTS, *GROUND_COUNTS, "resolve_days")


def counted_concerns(table: Read, *labels: str, first: date | None = None) -> DataFrame:
    """Rows of silver.concerns that figures count: not deleted, a concern at all, and of a kind that counts.

    With the columns of silver.concern_labels that ``labels`` names, and ``text_hash``, by which texts are told apart;
    a concern without one is like no other. With ``first`` only those that were submitted in its month or later.
    """
    kinds = table("silver.concern_labels").where(IS_COUNTED).select("concern_id", *labels)
    # Here and not after the join, to which texts would be brought.
    text_hash = F.xxhash64(F.coalesce("text", "concern_id"))
    wanted = since_month(table("silver.concerns"), "submitted_month", first)
    concerns = wanted.where("not is_deleted").withColumn("text_hash", text_hash)
    return kinds.join(sought(table, first)(concerns), "concern_id").select(*concerns.columns, *labels)


def since_month(rows: DataFrame, month: str, first: date | None) -> DataFrame:
    """The rows whose ``month`` (a column, such as 2025-10) is that of a day or later; all where it is None."""
    return rows if first is None else rows.where(F.col(month) >= f"{first:%Y-%m}")


def sought(table: Read, first: date | None) -> Callable[[DataFrame], DataFrame]:
    """How rows of the concerns from a month on are joined with what is known of all: a few are brought to its rows.

    To bring the rows of all to where those of the few are, and to sort both, takes ten times as long.
    """
    wanted = since_month(table("silver.concerns"), "submitted_month", first)
    few = first is not None and wanted.count() <= MOST_SOUGHT
    return F.broadcast if few else lambda rows: rows


def cube(spark: SparkSession, days: Sequence[date] | None = None) -> DataFrame:
    """Rows of gold.daily: what was submitted on a day (with what became of it) and what ended on it.

    With ``days`` only the rows of these. Spark brings together what is known of each concern and what belongs to a
    day; cells are then counted on arrays, see ``cells``.
    """
    moments = _moments(_known(spark, days))
    if days is not None:
        moments = moments.where(F.col("date").isin(list(days)))
    shape = ", ".join(f"{name} {columns()[name].type}" for name in _FOUND)
    return (
        moments.repartition(*_pieces(spark, days))
        .mapInArrow(_count, shape)
        .withColumn("month", F.date_format("date", "yyyy-MM"))
    )


def _known(spark: SparkSession, days: Sequence[date] | None) -> DataFrame:
    """One row a concern: where it belongs, what became of it, and its topics as the bits of a number.

    With ``days`` only concerns that were submitted or ended on one of them.
    """
    concerns = spark.table("silver.concerns").where("not is_deleted").select(
        "concern_id", "source_id", "channel", "origin", *PLACE, "status", "time_basis", "submitted_date",
        "closed_date",
    )  # fmt: skip
    if days is not None:
        listed = list(days)
        concerns = concerns.where(F.col("submitted_date").isin(listed) | F.col("closed_date").isin(listed))
    repeats = spark.table("silver.concern_links").select("concern_id", F.lit(True).alias("is_repeat"))
    concerns = concerns.join(repeats, "concern_id", "left").fillna(False, ["is_repeat"])
    if days is not None and len(days) <= FEW_DAYS:
        # Their labels and topics are looked up, not sorted together with all others.
        concerns = F.broadcast(concerns)
    labels = spark.table("silver.concern_labels").select(
        "concern_id",
        F.expr(IS_COUNTED).alias("is_counted"),
        (F.col("primary_topic_id") == "other").alias("is_unclassified"),
        (F.size("unmapped_labels") > 0).alias("has_unmapped_label"),
    )
    of_concerns = spark.table("silver.concern_topics")
    if days is not None:
        of_concerns = of_concerns.join(concerns.select("concern_id"), "concern_id", "left_semi")
    return concerns.join(labels, "concern_id").join(topics_of(of_concerns), "concern_id")


def topics_of(rows: DataFrame) -> DataFrame:
    """``concern_id`` and its ``topics`` as the bits of a number, from rows of silver.concern_topics."""
    bits = topic_bits(rows.sparkSession)
    return rows.join(bits, "topic_id").groupBy("concern_id").agg(F.bit_or("bit").alias("topics"))


def topic_bits(spark: SparkSession) -> DataFrame:
    """``topic_id`` and its ``bit``, in the order of schemas/topics.yaml."""
    bits = [(topic.topic_id, 1 << number) for number, topic in enumerate(load_topics())]
    return F.broadcast(spark.createDataFrame(bits, "topic_id string, bit bigint"))


def _moments(concerns: DataFrame) -> DataFrame:
    """One row for each day on which something became of a concern: see ``cells``."""
    counted = F.col("is_counted")
    stated = counted & (F.col("time_basis") == "stated") & (F.col("status") != "unknown")
    resolved = F.col("status") == "resolved"
    is_submission = F.col("_is_submission")
    what = {
        "concern_count": counted,
        "unique_count": counted & ~F.col("is_repeat"),
        "other_kind_count": ~counted,
        "resolved_count": counted & resolved,
        "stated_count": stated,
        "unresolved_count": stated & F.col("status").isin(*WAITING),
        "unmapped_label_count": F.col("has_unmapped_label"),
        "unclassified_count": F.col("is_unclassified"),
        "unknown_status_count": F.col("status") == "unknown",
    }
    submitted = F.struct(F.col("submitted_date").alias("date"), F.lit(True).alias("_is_submission"))
    ended = F.struct(F.col("closed_date").alias("date"), F.lit(False).alias("_is_submission"))
    moments = F.when(F.col("closed_date").isNotNull() & counted, F.array(submitted, ended)).otherwise(
        F.array(submitted)
    )
    days = F.when(stated & resolved, F.greatest(F.datediff("closed_date", "submitted_date"), F.lit(0)))
    return concerns.select("*", F.inline(moments)).select(
        *_CELL_PLACE,
        "topics",
        F.when(is_submission, days).alias("days"),
        *[F.coalesce(is_submission & is_one, F.lit(False)).alias(name) for name, is_one in what.items()],
        (~is_submission).alias("closed_in_period_count"),
    )


def _pieces(spark: SparkSession, days: Sequence[date] | None) -> tuple[int, Column]:
    """In how many pieces moments are counted, and what those of a piece have in common."""
    if days is not None:
        return FEWEST_TASKS, F.col("date")
    concerns, months = (
        spark.table("silver.concerns").agg(F.count("*"), F.count_distinct("submitted_month")).collect()[0]
    )
    # By months a piece writes few files; a month that is too much for one is parted by its days.
    by = F.trunc("date", "month") if concerns < CONCERNS_PER_TASK * months else F.col("date")
    return max(FEWEST_TASKS, concerns // CONCERNS_PER_TASK), by


def _count(incoming: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    batches = list(incoming)
    if batches:
        found = cells(pa.Table.from_batches(batches), load_topics(), _CELL_PLACE, (*COUNTS, *GROUND_COUNTS))
        yield from found.select(_FOUND).to_batches(max_chunksize=ROWS_AT_ONCE)
