"""Files with problems, each with its reason: refused, unreadable, without usable records, or dated after landing.

Reports on files never hold personal data: paths are masked, and reasons leave out the values of records.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from jobs.sources import landing_times
from jobs.sources.future_times import bangkok_day
from jobs.sources.rejection_counts import reason_key, sentence_of
from lake.ledger import FILE_KEY
from lake.tables import rows
from nlp.mask.values import mask_value
from schemas.rejections import RejectionCode


@dataclass(frozen=True)
class FileProblem:
    """A file that needs attention. ``path`` is masked, ``reason`` is a sentence."""

    source_id: str
    path: str
    file_sha256: str
    ingested_at: datetime
    reason: str

    def __str__(self) -> str:
        return f"{self.source_id}: {self.path}: {self.reason}"


def file_problems(spark: SparkSession) -> list[FileProblem]:
    """All files that need attention."""
    return [*unreadable_files(spark), *unusable_files(spark)]


def unreadable_files(spark: SparkSession, after_batch: int = -1) -> list[FileProblem]:
    """Files that ``ingest`` refused, could not read completely, or found empty, or whose name has a future date.

    Unreadable records that are no longer open in the quarantine are not counted. With ``after_batch``, only files that
    were ingested or redated in later batches.
    """
    ledger = spark.table("bronze.files").where(F.greatest("batch_id", "redated_batch_id") > after_batch)
    closed = spark.table("silver.quarantine").where("state != 'open'").select(*FILE_KEY, "record_number")
    faults = (
        spark.table("bronze.records")
        .where("part = 'fault' AND NOT is_erased")
        .where(F.col("batch_id") > after_batch)
        .join(ledger.where("fault_count > 0").select(*FILE_KEY), FILE_KEY, "left_semi")
        .join(closed, [*FILE_KEY, "record_number"], "left_anti")
        .groupBy(*FILE_KEY)
        .agg(F.count("*").alias("faults"), F.min_by("error", "record_number").alias("reason"))
    )
    problematic = ledger.join(faults, FILE_KEY, "left").where(
        (F.col("file_status") == "refused")
        | F.col("faults").isNotNull()
        | (F.col("decoded_bytes") == 0)
        | landing_times.is_dated_after_landing()
    )
    dated = problematic.withColumn("is_of_future", landing_times.is_dated_after_landing()).withColumn(
        "landed_on", landing_times.bangkok_date(landing_times.landed_at())
    )
    return _sorted(
        FileProblem(*_file_columns(row), reason) for row in rows(dated) for reason in _unreadable_reasons(row)
    )


def unusable_files(spark: SparkSession, batch_id: int | None = None) -> list[FileProblem]:
    """Files whose records are all open in the quarantine, or that have a month where the contract has the day.

    The date 06/17 shows such an order; ambiguous dates (06/07) of the same file are rejected too, unless more of its
    dates fit the contract. With ``batch_id``, only records that this batch of ``parse`` rejected.
    """
    waiting = spark.table("silver.quarantine").where("state = 'open'")
    if batch_id is not None:
        waiting = waiting.where(F.col("batch_id") == batch_id)
    reason = reason_key(F.col("rejections")[0], F.col("reasons")[0])
    codes = F.col("rejections.code")
    counted = waiting.groupBy(*FILE_KEY).agg(
        F.count("*").alias("open"),
        F.mode(reason, True).alias("reason"),
        F.count_if(F.array_contains(codes, str(RejectionCode.OTHER_DAY_ORDER))).alias("shown"),
        F.count_if(F.array_contains(codes, str(RejectionCode.AMBIGUOUS_DAY))).alias("ambiguous"),
    )
    ledger = spark.table("bronze.files").where("file_status = 'ingested'")
    is_whole = "open = record_count AND fault_count < record_count"
    unusable = ledger.join(counted, FILE_KEY).where(f"shown > 0 OR ({is_whole})")
    return _sorted(FileProblem(*_file_columns(row), _unusable_reason(row)) for row in rows(unusable))


def _unusable_reason(row: dict[str, Any]) -> str:
    if not row["shown"]:
        reason = sentence_of(row["reason"])
        return f"none of its {row['record_count']:,} records can be used, the most frequent reason is: {reason}"
    more = f", so {row['ambiguous']:,} more that may mean two days are rejected too" if row["ambiguous"] else ""
    return (
        f"{row['shown']:,} of its {row['record_count']:,} records have a month where its contract has the day{more}: "
        "check day_order in the contract."
    )


def usable_files(spark: SparkSession) -> DataFrame:
    """Keys of the files that have at least one usable record."""
    versions, repeats = spark.table("silver.concern_versions"), spark.table("silver.version_repeats")
    return versions.select(*FILE_KEY).unionByName(repeats.select(*FILE_KEY)).distinct()


def _file_columns(row: dict[str, Any]) -> tuple[str, str, str, datetime]:
    return row["source_id"], mask_value(row["path"] or row["file_sha256"][:12]), row["file_sha256"], row["ingested_at"]


def _unreadable_reasons(row: dict[str, Any]) -> Iterable[str]:
    if row["file_status"] == "refused":
        yield f"it is refused. {row['error'] or ''}".strip()
        return
    if row["faults"]:
        count = f"{row['faults']:,} of its {row['record_count']:,} records cannot be read"
        yield f"{count}, the first because: {row['reason'] or ''}"
    elif row["decoded_bytes"] == 0:
        yield "it is empty; check that the export was made."
    if row["is_of_future"]:
        yield (
            f"its name has the date {bangkok_day(row['observed_at'])}, but it landed on {row['landed_on']}: the later "
            "date is not used; rename the file and land it again."
        )


def _sorted(problems: Iterable[FileProblem]) -> list[FileProblem]:
    return sorted(problems, key=lambda one: (one.source_id, one.path, one.reason))
