"""gold.daily, the additive cube: area × day × topic × channel × origin, from which trends are made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date

import pyarrow as pa
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from jobs.gold.cube_cells import count_cells
from schemas.tables import columns
from schemas.topics import load_topics

TableReader = Callable[[str], DataFrame]
"""Returns a table by its name: ``spark.table``, or a function that a test provides."""

COUNTED_KINDS = ("complaint", "request", "suggestion", "tip_off")
# A post that is no concern (an advert, small talk) counts with the other kinds, whatever its kind.
IS_COUNTED = f"is_relevant AND kind IN {COUNTED_KINDS}"
WAITING_STATUSES = ("open", "in_progress", "forwarded")
"""Statuses of concerns that wait for a solution; rejected and closed concerns do not wait."""
PLACE_COLUMNS = ("province_code", "district_code", "subdistrict_code")
CUBE_KEY = ("date", "source_id", *PLACE_COLUMNS, "topic_level", "topic_id", "channel", "origin")
# Counts of the concerns that were submitted on the day.
COHORT_COUNTS = (
    "concern_count",
    "unique_count",
    "other_kind_count",
    "resolved_count",
    "stated_count",
    "unresolved_count",
)
# closed_in_period_count is of the concerns that ended on the day.
COUNTS = (*COHORT_COUNTS, "closed_in_period_count")
# Counts of concerns of all kinds, which show how good the data are.
QUALITY_COUNTS = ("unmapped_label_count", "unclassified_count", "unknown_status_count")
MAX_BROADCAST_DAYS = 31
MAX_BROADCAST_CONCERNS = 700_000
MIN_TASKS, CONCERNS_PER_TASK = 2, 100_000
BATCH_ROWS = 20_000
_EVENT_KEY = tuple(name for name in CUBE_KEY if not name.startswith("topic_"))
_CELL_COLUMNS = (*CUBE_KEY, *COUNTS, *QUALITY_COUNTS, "resolve_days")


def counted_concerns(table: TableReader, *labels: str, first: date | None = None) -> DataFrame:
    """Rows of silver.concerns that figures count: not deleted, relevant, and of one of COUNTED_KINDS.

    Args:
        table: gives tables of silver.
        labels: columns of silver.concern_labels to add.
        first: with it, only concerns submitted in its month or later.

    Returns:
        The columns of silver.concerns, ``text_hash`` (the same for equal texts; a concern without a text has a hash
        of its own) and ``labels``.
    """
    kinds = table("silver.concern_labels").where(IS_COUNTED).select("concern_id", *labels)
    # Hashed before the join, so that the join does not move the texts.
    text_hash = F.xxhash64(F.coalesce("text", "concern_id"))
    selected = since_month(table("silver.concerns"), "submitted_month", first)
    concerns = selected.where("not is_deleted").withColumn("text_hash", text_hash)
    return kinds.join(broadcast_if_small(table, first)(concerns), "concern_id").select(*concerns.columns, *labels)


def since_month(rows: DataFrame, month: str, first: date | None) -> DataFrame:
    """The rows whose ``month`` (a column with values such as 2025-10) is that of ``first`` or later; all if None."""
    return rows if first is None else rows.where(F.col(month) >= f"{first:%Y-%m}")


def broadcast_if_small(table: TableReader, first: date | None) -> Callable[[DataFrame], DataFrame]:
    """``F.broadcast`` if few concerns were submitted from the month of ``first`` on, else the identity.

    Apply it to the frame of these concerns before it is joined with a frame of all concerns. A join that moves and
    sorts both frames takes ten times as long.
    """
    concerns = since_month(table("silver.concerns"), "submitted_month", first)
    is_small = first is not None and concerns.count() <= MAX_BROADCAST_CONCERNS
    return F.broadcast if is_small else lambda rows: rows


def cube_rows(spark: SparkSession, days: Sequence[date] | None = None) -> DataFrame:
    """Rows of gold.daily: concerns submitted on a day with their present state, and concerns that ended on it.

    With ``days``, only the rows of these days. Spark joins the data of each concern and groups events by day; the cells
    are counted on arrays, see ``count_cells``.
    """
    events = _events(_concerns(spark, days))
    if days is not None:
        events = events.where(F.col("date").isin(list(days)))
    schema = ", ".join(f"{name} {columns()[name].type}" for name in _CELL_COLUMNS)
    return (
        events.repartition(*_partitioning(spark, days))
        .mapInArrow(_count_batches, schema)
        .withColumn("month", F.date_format("date", "yyyy-MM"))
    )


def _concerns(spark: SparkSession, days: Sequence[date] | None) -> DataFrame:
    """One row per concern: its place, its state, and its topics as the bits of a number.

    With ``days``, only concerns that were submitted or ended on one of them.
    """
    concerns = spark.table("silver.concerns").where("not is_deleted").select(
        "concern_id", "source_id", "channel", "origin", *PLACE_COLUMNS, "status", "time_basis", "submitted_date",
        "closed_date",
    )  # fmt: skip
    if days is not None:
        wanted_days = list(days)
        concerns = concerns.where(F.col("submitted_date").isin(wanted_days) | F.col("closed_date").isin(wanted_days))
    near_duplicates = spark.table("silver.concern_links").select("concern_id", F.lit(True).alias("is_near_duplicate"))
    concerns = concerns.join(near_duplicates, "concern_id", "left").fillna(False, ["is_near_duplicate"])
    if days is not None and len(days) <= MAX_BROADCAST_DAYS:
        # Few concerns: their labels and topics are looked up, not sorted together with those of all others.
        concerns = F.broadcast(concerns)
    labels = spark.table("silver.concern_labels").select(
        "concern_id",
        F.expr(IS_COUNTED).alias("is_counted"),
        (F.col("primary_topic_id") == "other").alias("is_unclassified"),
        (F.size("unmapped_labels") > 0).alias("has_unmapped_label"),
    )
    concern_topics = spark.table("silver.concern_topics")
    if days is not None:
        concern_topics = concern_topics.join(concerns.select("concern_id"), "concern_id", "left_semi")
    return concerns.join(labels, "concern_id").join(topic_masks(concern_topics), "concern_id")


def topic_masks(rows: DataFrame) -> DataFrame:
    """``concern_id`` and ``topics``, its topics as the bits of a number, from rows of silver.concern_topics."""
    bits = topic_bits(rows.sparkSession)
    return rows.join(bits, "topic_id").groupBy("concern_id").agg(F.bit_or("bit").alias("topics"))


def topic_bits(spark: SparkSession) -> DataFrame:
    """``topic_id`` and its ``bit``, in the order of schemas/topics.yaml."""
    bits = [(topic.topic_id, 1 << number) for number, topic in enumerate(load_topics())]
    return F.broadcast(spark.createDataFrame(bits, "topic_id string, bit bigint"))


def _events(concerns: DataFrame) -> DataFrame:
    """One row for the submission of a concern, and one for its end if it is counted: see ``count_cells``."""
    counted = F.col("is_counted")
    stated = counted & (F.col("time_basis") == "stated") & (F.col("status") != "unknown")
    resolved = F.col("status") == "resolved"
    is_submission = F.col("_is_submission")
    conditions = {
        "concern_count": counted,
        "unique_count": counted & ~F.col("is_near_duplicate"),
        "other_kind_count": ~counted,
        "resolved_count": counted & resolved,
        "stated_count": stated,
        "unresolved_count": stated & F.col("status").isin(*WAITING_STATUSES),
        "unmapped_label_count": F.col("has_unmapped_label"),
        "unclassified_count": F.col("is_unclassified"),
        "unknown_status_count": F.col("status") == "unknown",
    }
    submission = F.struct(F.col("submitted_date").alias("date"), F.lit(True).alias("_is_submission"))
    end = F.struct(F.col("closed_date").alias("date"), F.lit(False).alias("_is_submission"))
    events = F.when(F.col("closed_date").isNotNull() & counted, F.array(submission, end)).otherwise(F.array(submission))
    days = F.when(stated & resolved, F.greatest(F.datediff("closed_date", "submitted_date"), F.lit(0)))
    return concerns.select("*", F.inline(events)).select(
        *_EVENT_KEY,
        "topics",
        F.when(is_submission, days).alias("days"),
        *[F.coalesce(is_submission & holds, F.lit(False)).alias(name) for name, holds in conditions.items()],
        (~is_submission).alias("closed_in_period_count"),
    )


def _partitioning(spark: SparkSession, days: Sequence[date] | None) -> tuple[int, Column]:
    """The number of partitions in which events are counted, and the expression that assigns events to them."""
    if days is not None:
        return MIN_TASKS, F.col("date")
    concerns, months = (
        spark.table("silver.concerns").agg(F.count("*"), F.count_distinct("submitted_month")).collect()[0]
    )
    # By months, a partition writes few files; where a month is too large for one task, events are split by days.
    key = F.trunc("date", "month") if concerns < CONCERNS_PER_TASK * months else F.col("date")
    return max(MIN_TASKS, concerns // CONCERNS_PER_TASK), key


def _count_batches(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    events = list(batches)
    if events:
        cells = count_cells(pa.Table.from_batches(events), load_topics(), _EVENT_KEY, (*COUNTS, *QUALITY_COUNTS))
        yield from cells.select(_CELL_COLUMNS).to_batches(max_chunksize=BATCH_ROWS)
