"""Files that came in and are no good, each with its reason: refused, not read, of no use, or dated after they landed.

Nothing that is reported of a file holds personal data: its path is masked, and reasons leave out the values.
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
    """A file that somebody has to look at. ``path`` is masked, ``why`` is a sentence."""

    source_id: str
    path: str
    file_sha256: str
    ingested_at: datetime
    reason: str

    def __str__(self) -> str:
        return f"{self.source_id}: {self.path}: {self.reason}"


def file_problems(spark: SparkSession) -> list[FileProblem]:
    """All files that somebody has to look at."""
    return [*unreadable_files(spark), *unusable_files(spark)]


def unreadable_files(spark: SparkSession, after_batch: int = -1) -> list[FileProblem]:
    """Files that ingest refused, could not read in whole or in part, found empty, or dated after they landed.

    Records that could not be read and were since set aside are left out. ``after_batch``: only files that came
    or were dated anew in later batches than this.
    """
    ledger = spark.table("bronze.files").where(F.greatest("batch_id", "redated_batch_id") > after_batch)
    settled = spark.table("silver.quarantine").where("state != 'open'").select(*FILE_KEY, "record_number")
    faults = (
        spark.table("bronze.records")
        .where("part = 'fault' AND NOT is_erased")
        .where(F.col("batch_id") > after_batch)
        .join(ledger.where("fault_count > 0").select(*FILE_KEY), FILE_KEY, "left_semi")
        .join(settled, [*FILE_KEY, "record_number"], "left_anti")
        .groupBy(*FILE_KEY)
        .agg(F.count("*").alias("faults"), F.min_by("error", "record_number").alias("reason"))
    )
    noted = ledger.join(faults, FILE_KEY, "left").where(
        (F.col("file_status") == "refused")
        | F.col("faults").isNotNull()
        | (F.col("decoded_bytes") == 0)
        | landing_times.is_dated_after_landing()
    )
    found = rows(
        noted.withColumn("is_of_future", landing_times.is_dated_after_landing()).withColumn(
            "landed_on", landing_times.bangkok_date(landing_times.landed_at())
        )
    )
    return _sorted(FileProblem(*_identity(row), why) for row in found for why in _reasons(row))


def unusable_files(spark: SparkSession, batch_id: int | None = None) -> list[FileProblem]:
    """Files of which every record waits in the quarantine, or in which a month stands where the contract has the day.

    Of 06/17 that can be seen; 06/07 beside it waits with it, unless more dates of the file fit the contract.
    ``batch_id``: only what one batch of refine left there.
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
        F.count_if(F.array_contains(codes, str(RejectionCode.AMBIGUOUS_DAY))).alias("held"),
    )
    ledger = spark.table("bronze.files").where("file_status = 'ingested'")
    is_whole = "open = record_count AND fault_count < record_count"
    found = ledger.join(counted, FILE_KEY).where(f"shown > 0 OR ({is_whole})")
    return _sorted(FileProblem(*_identity(row), _reason_unusable(row)) for row in rows(found))


def _reason_unusable(row: dict[str, Any]) -> str:
    if not row["shown"]:
        return f"none of its {row['record_count']:,} records can be used, most because: {sentence_of(row['reason'])}"
    held = f", so {row['held']:,} more wait that may mean two days" if row["held"] else ""
    return (
        f"{row['shown']:,} of its {row['record_count']:,} records have a month where its contract has the day{held}: "
        "look at day_order in the contract."
    )


def usable_files(spark: SparkSession) -> DataFrame:
    """Keys of the files of which at least one record says something of a concern."""
    versions, repeats = spark.table("silver.concern_versions"), spark.table("silver.version_repeats")
    return versions.select(*FILE_KEY).unionByName(repeats.select(*FILE_KEY)).distinct()


def _identity(row: dict[str, Any]) -> tuple[str, str, str, datetime]:
    return row["source_id"], mask_value(row["path"] or row["file_sha256"][:12]), row["file_sha256"], row["ingested_at"]


def _reasons(row: dict[str, Any]) -> Iterable[str]:
    if row["file_status"] == "refused":
        yield f"it is refused. {row['error'] or ''}".strip()
        return
    if row["faults"]:
        read = f"{row['faults']:,} of its {row['record_count']:,} records cannot be read"
        yield f"{read}, the first because: {row['reason'] or ''}"
    elif row["decoded_bytes"] == 0:
        yield "it is empty; check that the export was made."
    if row["is_of_future"]:
        yield (
            f"its name says {bangkok_day(row['observed_at'])}, and it landed on "
            f"{row['landed_on']}: it moves no figure to that day; rename it and land it again."
        )


def _sorted(found: Iterable[FileProblem]) -> list[FileProblem]:
    return sorted(found, key=lambda one: (one.source_id, one.path, one.reason))
