"""The part of `siang status` about concerns with values that could not be read."""

from __future__ import annotations

from pyspark.sql import SparkSession
from pyspark.sql import functions as F
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from jobs.sources.same_time_files import same_time_warnings
from lake.tables import rows
from nlp.mask.values import quote_value
from schemas.contract_files import contracts

_MOST = 20


def show(spark: SparkSession, out: Console) -> None:
    """Prints unknown statuses by label, flagged concerns, and exports of the same day, if there are any."""
    statuses = _statuses(spark)
    for table in (statuses, _flags(spark)):
        if table.row_count:
            out.print(table)
    if statuses.row_count:
        out.print("Add these under statuses in the contract, then parse the files again: siang backfill, siang run.")
    files = spark.table("bronze.files").where("file_status = 'ingested'").select("source_id", "observed_at")
    for line in same_time_warnings([(row["source_id"], row["observed_at"]) for row in rows(files)], contracts()):
        out.print(line, markup=False, soft_wrap=True)


def _statuses(spark: SparkSession) -> Table:
    table = Table("source", "concerns", "status of the source", title="Statuses that are not in the contract")
    unknown = spark.table("silver.concerns").where(F.array_contains("quality_flags", "unknown_status"))
    counted = unknown.groupBy("source_id", "status_label").count()
    for row in rows(counted.orderBy(F.desc("count"), "source_id", "status_label").limit(_MOST)):
        table.add_row(row["source_id"], f"{row['count']:,}", escape(quote_value(row["status_label"] or "")))
    return table


def _flags(spark: SparkSession) -> Table:
    table = Table("source", "concerns", "flag", title="Concerns with flags")
    flags = spark.table("silver.concerns").select("source_id", F.explode("quality_flags").alias("flag"))
    for row in rows(flags.groupBy("source_id", "flag").count().orderBy("source_id", F.desc("count"), "flag")):
        table.add_row(row["source_id"], f"{row['count']:,}", row["flag"])
    return table
