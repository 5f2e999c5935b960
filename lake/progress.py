"""The progress of each step: what it has read, stored in the last commit of the step, so that it can be repeated."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from urllib.parse import unquote

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
    """What a consumer has made of one input.

    Attributes:
        position: the last Delta version that it has read; of a table that is read by batches, the last batch.
        batch_id: the last batch that it has written.
        fingerprint: of the rules or the content that its tables rest on; see ``lake.staleness``.
        last_day: the day up to which figures were computed.
    """

    position: int = NOTHING
    batch_id: int = NOTHING
    fingerprint: int | None = None
    last_day: date | None = None


def latest(spark: SparkSession) -> dict[tuple[str, str], Progress]:
    """The last progress of every consumer, by consumer and source table."""
    progress: dict[tuple[str, str], Progress] = {}
    # Each run adds a few rows; reading all of them is faster than grouping on the server.
    rows = spark.table("ops.progress").collect()
    for row in sorted(rows, key=lambda row: (row.committed_at, row.batch_id)):
        position = NOTHING if row.position is None else row.position
        progress[row.consumer, row.source_table] = Progress(position, row.batch_id, row.fingerprint, row.last_day)
    return progress


def advance(
    spark: SparkSession,
    consumer: str,
    positions: Mapping[str, int],
    batch_id: int = 0,
    *,
    fingerprints: Mapping[str, int] | None = None,
    last_days: Mapping[str, date] | None = None,
) -> None:
    """Commits what a consumer has made of its inputs, by their names. It is the last write of a step."""
    now = datetime.now(UTC)
    rows = [
        *((consumer, name, position, batch_id, None, None, now) for name, position in positions.items()),
        *((consumer, name, None, batch_id, value, None, now) for name, value in (fingerprints or {}).items()),
        *((consumer, name, None, batch_id, None, day, now) for name, day in (last_days or {}).items()),
    ]
    append(spark.createDataFrame(rows, empty_like("ops.progress")), "ops.progress")


def delta_version(spark: SparkSession, table: str) -> int:
    """The newest version of a Delta table, from the file names of its log, which is faster than a query.

    Raises KeyError where schemas/tables has no table of that name.
    """
    log = f"{address(tables()[table])}/_delta_log"
    commits = [match["version"] for file in files.list_files(log) if (match := _COMMIT.fullmatch(file.path))]
    return int(max(commits)) if commits else _version_from_history(spark, table)


def _version_from_history(spark: SparkSession, table: str) -> int:
    """The version from a query, for a table whose log has only checkpoints."""
    return int(spark.sql(f"DESCRIBE HISTORY {table} LIMIT 1").collect()[0].version)


def changes(spark: SparkSession, table: str, after: int, until: int) -> DataFrame | None:
    """Rows of the change feed of a table after one version and up to another, with pre-images.

    None where the reader has to read all rows: it has read nothing yet, or files of the feed were removed in the
    meantime, as VACUUM does with old ones.
    """
    if after == NOTHING or not _has_all_changes(table, after, until):
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


def _has_all_changes(table: str, after: int, until: int) -> bool:
    """Whether the commits after one version and up to another, and the files with their changes, are all there."""
    root = address(tables()[table])
    for version in range(after + 1, until + 1):
        commit = f"{root}/_delta_log/{version:020}.json"
        if not files.exists(commit):
            return False
        actions = [json.loads(line) for line in files.read_bytes(commit).splitlines()]
        # A commit without files of changes has whole files added or removed.
        changed = [action["cdc"] for action in actions if "cdc" in action] or [
            action[kind] for action in actions for kind in ("add", "remove") if action.get(kind, {}).get("dataChange")
        ]
        if not all(files.exists(f"{root}/{unquote(file['path'])}") for file in changed):
            return False
    return True
