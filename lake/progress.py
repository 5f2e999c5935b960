"""What each step has read: the last commit of its work, so that it can be run again at any time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from lake import files
from lake.commits import append
from lake.tables import address, empty_like
from schemas.tables import tables

NOTHING = -1
_COMMIT = re.compile(r"(?P<version>\d{20})\.json")


@dataclass(frozen=True)
class Progress:
    """The last position that a consumer has read, and the last batch that it committed."""

    position: int = NOTHING
    batch_id: int = NOTHING


def latest(spark: SparkSession) -> dict[tuple[str, str], Progress]:
    """The last progress of every consumer, by consumer and source table."""
    found: dict[tuple[str, str], Progress] = {}
    # A handful of rows a run: quicker to read whole than to group on the server.
    rows = spark.table("ops.progress").collect()
    for row in sorted(rows, key=lambda row: (row.committed_at, row.batch_id)):
        found[row.consumer, row.source_table] = Progress(row.position, row.batch_id)
    return found


def advance(spark: SparkSession, consumer: str, positions: dict[str, int], batch_id: int = 0) -> None:
    """Commits that a consumer has read its source tables up to these positions. The last write of a step."""
    now = datetime.now(UTC)
    rows = [(consumer, table, position, batch_id, now) for table, position in positions.items()]
    append(spark.createDataFrame(rows, empty_like("ops.progress")), "ops.progress")


def delta_version(spark: SparkSession, table: str) -> int:
    """The newest version of a Delta table: its log is a list of numbered files, quicker to list than to ask Spark of.

    Raises KeyError where schemas/tables has none of that name.
    """
    log = f"{address(tables()[table])}/_delta_log"
    commits = [found["version"] for one in files.list_files(log) if (found := _COMMIT.fullmatch(one.path))]
    return int(max(commits)) if commits else _asked(spark, table)


def _asked(spark: SparkSession, table: str) -> int:
    """The version as Spark says it: of a table whose log holds nothing but checkpoints."""
    return int(spark.sql(f"DESCRIBE HISTORY {table} LIMIT 1").collect()[0].version)


def changes(spark: SparkSession, table: str, after: int, until: int) -> DataFrame | None:
    """Rows of a table's change feed after one version and up to another, pre-images included.

    None means all rows are new to the reader: it has read nothing yet.
    """
    if after == NOTHING:
        return None
    if after >= until:
        return spark.table(table).limit(0).withColumn("_change_type", F.lit(""))
    return (
        spark.read.option("readChangeFeed", "true")
        .option("startingVersion", after + 1)
        .option("endingVersion", until)
        .table(table)
        .drop("_commit_version", "_commit_timestamp")
    )
