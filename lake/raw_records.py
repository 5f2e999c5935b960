"""Raw records, bronze.records: their key, and how their words are erased for good."""

from __future__ import annotations

from pyspark.sql import DataFrame, SparkSession

from lake import archive
from lake.ledger import FILE_KEY

RECORD_KEY = [*FILE_KEY, "record_number"]
"""Columns that name a raw record, in bronze and in all that was made from it."""


def erase_archived(spark: SparkSession, keys: DataFrame) -> int:
    """Removes the files of raw records from the archive and empties the records; returns how many files.

    The files go first: a run that is killed in between finds the records again and ends the work.
    """
    found = keys.select(*RECORD_KEY).distinct().collect()
    touched = sorted({(row.source_id, row.file_sha256) for row in found})
    for source_id, file_sha256 in touched:
        archive.erase(source_id, file_sha256)
    redact_records(spark, spark.createDataFrame(found))
    return len(touched)


def redact_records(spark: SparkSession, keys: DataFrame) -> None:
    """Empties the words of raw records, for good; where they stood stays known."""
    keys.select(*RECORD_KEY).distinct().createOrReplaceTempView("_blank")
    same = " AND ".join(f"t.{column} = s.{column}" for column in RECORD_KEY)
    spark.sql(
        f"MERGE INTO bronze.records t USING _blank s ON {same} "
        "WHEN MATCHED THEN UPDATE SET raw = NULL, error = NULL, is_erased = true"
    )
