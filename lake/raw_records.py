"""Raw records, bronze.records: their key, and the permanent erasure of their text."""

from __future__ import annotations

from pyspark.sql import DataFrame, SparkSession

from lake import archive
from lake.commits import update_rows
from lake.ledger import FILE_KEY

RECORD_KEY = [*FILE_KEY, "record_number"]
"""Key of a raw record, in bronze and in all tables with data from it."""


def erase_archived(spark: SparkSession, keys: DataFrame) -> int:
    """Removes the files of raw records from the archive and empties the records. Returns the number of files.

    Files are removed first, so that after a kill in between the next run finds the records again and finishes.
    """
    records = keys.select(*RECORD_KEY).distinct().collect()
    affected_files = sorted({(row.source_id, row.file_sha256) for row in records})
    for source_id, file_sha256 in affected_files:
        archive.erase(source_id, file_sha256)
    redact_records(spark, spark.createDataFrame(records))
    return len(affected_files)


def redact_records(spark: SparkSession, keys: DataFrame) -> None:
    """Removes the text of raw records permanently; their positions in the file are kept."""
    redacted = {"raw": "NULL", "error": "NULL", "is_erased": "true"}
    update_rows(spark, keys.select(*RECORD_KEY).distinct(), "bronze.records", RECORD_KEY, redacted)
