"""retain: removes raw texts, archived files and old extracts at the end of their retention time."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from jobs.extracts import pointer
from lake import archive
from lake.commits import update_rows
from lake.ledger import FILE_KEY
from lake.settings import settings

log = logging.getLogger(__name__)


def run(spark: SparkSession, now: datetime | None = None) -> dict[str, int]:
    """Applies SIANG_RETENTION_DAYS to raw records and SIANG_EXTRACT_VERSIONS to public extracts; 0 keeps all.

    Raw texts are removed; their positions, masked versions, concerns and figures are kept. Open records in the
    quarantine are dismissed, because they cannot be replayed. Returns counts: files (raw), versions (of extracts).
    """
    counts = {"files": 0, "versions": 0}
    if settings().retention_days:
        before = (now or datetime.now(UTC)) - timedelta(days=settings().retention_days)
        counts["files"] = _expire(spark, before)
        log.info(f"{counts['files']} files from before {before:%Y-%m-%d} removed")
    if settings().extract_versions:
        counts["versions"] = pointer.prune(f"{settings().extracts}/public", settings().extract_versions)
        log.info(f"{counts['versions']} old versions of extracts removed")
    return counts


def _expire(spark: SparkSession, before: datetime) -> int:
    old = _expired(spark, before)
    keys = [(row.source_id, row.file_sha256) for row in old.collect()]
    # Files are removed first, so that after a kill in between the next run finds their records again.
    for source_id, file_sha256 in keys:
        archive.erase(source_id, file_sha256)
    if keys:
        frame = spark.createDataFrame(keys, "source_id string, file_sha256 string")
        dismissed = {"state": "'dismissed'", "dismissed_why": "'The retention time of its raw record has ended.'"}
        update_rows(spark, frame, "silver.quarantine", FILE_KEY, dismissed, "t.state = 'open'")
        update_rows(spark, frame, "bronze.records", FILE_KEY, {"raw": "NULL"})
    return len(keys)


def _expired(spark: SparkSession, before: datetime) -> DataFrame:
    """Ingested files from before the retention time that still have text."""
    ledger = spark.table("bronze.files").where("file_status = 'ingested'").where(F.col("ingested_at") < F.lit(before))
    with_text = spark.table("bronze.records").where("raw IS NOT NULL").select(*FILE_KEY)
    return ledger.select(*FILE_KEY).join(with_text, FILE_KEY, "left_semi")
