"""backfill: reads files that are in bronze again, by the contract as it is now."""

from __future__ import annotations

import logging
from datetime import date

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from jobs.sources.valid_contracts import contracts_of
from lake.commits import same_key
from lake.ledger import BATCH_COLUMNS, FILE_KEY

log = logging.getLogger(__name__)


def run(
    spark: SparkSession,
    source_id: str,
    since: date | None = None,
    until: date | None = None,
) -> dict[str, int]:
    """Marks files of a source, observed (or else ingested) within the days given, to be read again.

    One commit in the ledger; refine, fold and all that follows do the rest. Counts: files.
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
    found = _with_their_repeats(spark, ledger.where(wanted).select(*FILE_KEY))
    if found:
        spark.createDataFrame(sorted(found), "source_id string, file_sha256 string").createOrReplaceTempView("_reread")
        spark.sql(
            f"MERGE INTO bronze.files t USING _reread s ON {same_key(FILE_KEY)} "
            f"WHEN MATCHED THEN UPDATE SET reread_batch_id = {newest + 1}"
        )
    log.info(f"{len(found)} files of {source_id} are read again with the next run")
    return {"files": len(found)}


def _with_their_repeats(spark: SparkSession, wanted: DataFrame) -> set[tuple[str, str]]:
    """The files that still have words, and all that repeat what is said in them: read anew, it may not be the same."""
    worded = spark.table("bronze.records").where("raw IS NOT NULL").select(*FILE_KEY).distinct()
    found = {tuple(row) for row in wanted.join(worded, FILE_KEY, "left_semi").collect()}
    while found:
        now = spark.createDataFrame(sorted(found), "source_id string, file_sha256 string")
        told = spark.table("silver.concern_versions").join(now, FILE_KEY, "left_semi").select("concern_id")
        repeated = spark.table("silver.version_repeats").join(told, "concern_id", "left_semi").select(*FILE_KEY)
        more = {tuple(row) for row in repeated.distinct().join(worded, FILE_KEY, "left_semi").collect()}
        if more <= found:
            break
        found |= more
    return found
