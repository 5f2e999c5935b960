"""Files that came in and are no good, each with its reason: refused, not read, of no use, or dated after they landed.

What is said of one holds no personal data: its path is masked, and of values that reasons quote only statuses stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from jobs.sources import day_order, landing_times
from jobs.sources.future_times import day_of
from lake.ledger import FILE_KEY
from lake.tables import rows
from nlp import dates
from nlp.mask.values import mask_value

QUOTED = r"^(Its (?!status)\w+) «[^»]*»"
"""What a reason quotes of a value. There are few statuses, and one is to be added to its contract."""


@dataclass(frozen=True)
class BadFile:
    """A file that somebody has to look at. ``path`` is masked, ``why`` is a sentence."""

    source_id: str
    path: str
    file_sha256: str
    ingested_at: datetime
    why: str

    def __str__(self) -> str:
        return f"{self.source_id}: {self.path}: {self.why}"


def bad_files(spark: SparkSession) -> list[BadFile]:
    """All files that somebody has to look at."""
    return [*unread(spark), *unused(spark)]


def unread(spark: SparkSession, after_batch: int = -1) -> list[BadFile]:
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
        | landing_times.is_of_future()
    )
    found = rows(
        noted.withColumn("is_of_future", landing_times.is_of_future()).withColumn(
            "landed_on", landing_times.day(landing_times.landed_at())
        )
    )
    return _sorted(BadFile(*_named(row), why) for row in found for why in _whys(row))


def unused(spark: SparkSession, batch_id: int | None = None) -> list[BadFile]:
    """Files of which every record waits in the quarantine, or in which a month stands where the contract has the day.

    Of 06/17 that can be seen; 06/07 beside it waits with it, unless more dates of the file fit the contract.
    ``batch_id``: only what one batch of refine left there.
    """
    waiting = spark.table("silver.quarantine").where("state = 'open'")
    if batch_id is not None:
        waiting = waiting.where(F.col("batch_id") == batch_id)
    reason = F.regexp_replace(F.col("reasons")[0], QUOTED, "$1")
    is_shown = F.exists("reasons", lambda one: F.contains(one, F.lit(dates.DAY_ORDER_HINT)))
    counted = waiting.groupBy(*FILE_KEY).agg(
        F.count("*").alias("open"),
        F.mode(reason, True).alias("reason"),
        F.count_if(is_shown).alias("shown"),
        F.count_if(F.array_contains("reasons", day_order.HELD)).alias("held"),
    )
    ledger = spark.table("bronze.files").where("file_status = 'ingested'")
    is_whole = "open = record_count AND fault_count < record_count"
    found = ledger.join(counted, FILE_KEY).where(f"shown > 0 OR ({is_whole})")
    return _sorted(BadFile(*_named(row), _why_unused(row)) for row in rows(found))


def _why_unused(row: dict[str, Any]) -> str:
    if not row["shown"]:
        return f"none of its {row['record_count']:,} records can be used, most because: {row['reason']}"
    held = f", so {row['held']:,} more wait that may mean two days" if row["held"] else ""
    return (
        f"{row['shown']:,} of its {row['record_count']:,} records have a month where its contract has the day{held}: "
        "look at day_order in the contract."
    )


def usable_files(spark: SparkSession) -> DataFrame:
    """Keys of the files of which at least one record says something of a concern."""
    versions, repeats = spark.table("silver.concern_versions"), spark.table("silver.version_repeats")
    return versions.select(*FILE_KEY).unionByName(repeats.select(*FILE_KEY)).distinct()


def _named(row: dict[str, Any]) -> tuple[str, str, str, datetime]:
    return row["source_id"], mask_value(row["path"] or row["file_sha256"][:12]), row["file_sha256"], row["ingested_at"]


def _whys(row: dict[str, Any]) -> Iterable[str]:
    if row["file_status"] == "refused":
        yield f"it is refused. {row['error'] or ''}".strip()
        return
    if row["faults"]:
        reason = re.sub(QUOTED, r"\1", row["reason"] or "")
        yield f"{row['faults']:,} of its {row['record_count']:,} records cannot be read, the first because: {reason}"
    elif row["decoded_bytes"] == 0:
        yield "it is empty; check that the export was made."
    if row["is_of_future"]:
        yield (
            f"its name says {day_of(row['observed_at'])}, and it landed on "
            f"{row['landed_on']}: it moves no figure to that day; rename it and land it again."
        )


def _sorted(found: Iterable[BadFile]) -> list[BadFile]:
    return sorted(found, key=lambda one: (one.source_id, one.path, one.why))
