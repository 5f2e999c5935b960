"""quarantine: the records that could not be used, listed and dismissed. Replaying is refine's."""

from __future__ import annotations

from pyspark.sql import Row, SparkSession
from pyspark.sql import functions as F

from jobs.refine import BRONZE_KEY
from lake.faults import Fault


def open_records(spark: SparkSession, source_id: str | None, limit: int) -> list[Row]:
    """Open records with the path of their file: source_id, path, file_sha256, record_number, reasons."""
    waiting = spark.table("silver.quarantine").where("state = 'open'")
    if source_id is not None:
        waiting = waiting.where(F.col("source_id") == source_id)
    paths = spark.table("bronze.files").select("source_id", "file_sha256", "path")
    found = waiting.join(paths, ["source_id", "file_sha256"]).select(*BRONZE_KEY, "path", "reasons")
    return found.orderBy("source_id", "path", "record_number").limit(limit).collect()


def dismiss(spark: SparkSession, source_id: str, file_sha256: str, record_number: int, why: str) -> None:
    """Sets an open record aside for good. Raises Fault where there is none of that key, or more than one."""
    mine = (
        (F.col("source_id") == source_id)
        & F.col("file_sha256").startswith(file_sha256)
        & (F.col("record_number") == record_number)
        & (F.col("state") == "open")
    )
    found = spark.table("silver.quarantine").where(mine).select(*BRONZE_KEY).limit(2).collect()
    if len(found) != 1:
        count = "no" if not found else "more than one"
        raise Fault(f"there is {count} such open record", "take source, file and record from 'siang quarantine'")
    key = found[0]
    spark.createDataFrame([(why,)], "why string").createOrReplaceTempView("_why")
    spark.sql(
        "MERGE INTO silver.quarantine t USING _why s "
        f"ON t.source_id = '{key.source_id}' AND t.file_sha256 = '{key.file_sha256}' "
        f"AND t.record_number = {key.record_number} "
        "WHEN MATCHED THEN UPDATE SET state = 'dismissed', dismissed_why = s.why"
    )
