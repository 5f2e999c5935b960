"""backfill: marks files in bronze to be parsed again with the current contract."""

from __future__ import annotations

import logging
from datetime import date

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from jobs.sources.valid_contracts import contracts_of
from lake.commits import update_rows
from lake.ledger import BATCH_COLUMNS, FILE_KEY

log = logging.getLogger(__name__)


def run(
    spark: SparkSession,
    source_id: str,
    since: date | None = None,
    until: date | None = None,
) -> dict[str, int]:
    """Marks files of a source to be parsed again: those observed (else ingested) from ``since`` to ``until``.

    Makes one commit in the ledger; the next run of the pipeline parses the files. Returns counts: files.
    Raises UserError where there is no such source.
    """
    contracts_of(source_id)
    day = F.to_date(F.from_utc_timestamp(F.coalesce("observed_at", "ingested_at"), "Asia/Bangkok"))
    wanted = (F.col("source_id") == source_id) & (F.col("file_status") == "ingested")
    if since is not None:
        wanted &= day >= F.lit(since)
    if until is not None:
        wanted &= day <= F.lit(until)
    ledger = spark.table("bronze.files")
    newest = ledger.agg(F.max(F.greatest(*BATCH_COLUMNS))).collect()[0][0]
    files = _with_repeats(spark, ledger.where(wanted).select(*FILE_KEY))
    if files:
        keys = spark.createDataFrame(sorted(files), "source_id string, file_sha256 string")
        update_rows(spark, keys, "bronze.files", FILE_KEY, {"reread_batch_id": str(newest + 1)})
    log.info(f"the next run parses {len(files)} files of {source_id} again")
    return {"files": len(files)}


def _with_repeats(spark: SparkSession, wanted: DataFrame) -> set[tuple[str, str]]:
    """The wanted files that still have text, and all files with repeats of their records.

    The repeats may differ when their file is parsed again.
    """
    with_text = spark.table("bronze.records").where("raw IS NOT NULL").select(*FILE_KEY).distinct()
    files = {tuple(row) for row in wanted.join(with_text, FILE_KEY, "left_semi").collect()}
    while files:
        current = spark.createDataFrame(sorted(files), "source_id string, file_sha256 string")
        concerns = spark.table("silver.concern_versions").join(current, FILE_KEY, "left_semi").select("concern_id")
        repeated = spark.table("silver.version_repeats").join(concerns, "concern_id", "left_semi").select(*FILE_KEY)
        more = {tuple(row) for row in repeated.distinct().join(with_text, FILE_KEY, "left_semi").collect()}
        if more <= files:
            break
        files |= more
    return files
