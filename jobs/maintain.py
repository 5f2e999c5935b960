"""maintain: keeps the tables quick and small, and removes for good what was erased or replaced long ago."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pyspark.sql import SparkSession

from lake.settings import settings
from schemas.tables import tables

SAFE_HOURS = 168  # below it Delta asks to be told that no reader or writer is that slow


def run(
    spark: SparkSession,
    say: Callable[[str], None],
    vacuum_hours: int | None = None,
    names: Iterable[str] | None = None,
) -> dict[str, int]:
    """Joins small files, removes those that no version younger than ``vacuum_hours`` needs, spaces checkpoints.

    Of all tables, unless some are named. Counts: tables, files_removed (by joining), files_added.
    """
    hours = settings().vacuum_hours if vacuum_hours is None else vacuum_hours
    if hours < SAFE_HOURS:
        # The lake has one writer, which is this one, so no commit is under way.
        spark.conf.set("spark.databricks.delta.retentionDurationCheck.enabled", "false")
    counts = {"tables": 0, "files_removed": 0, "files_added": 0}
    interval = str(settings().checkpoint_interval)
    for name in names or tables():
        properties = {row.key: row.value for row in spark.sql(f"SHOW TBLPROPERTIES {name}").collect()}
        if properties.get("delta.checkpointInterval", "10") != interval:
            spark.sql(f"ALTER TABLE {name} SET TBLPROPERTIES (delta.checkpointInterval = '{interval}')")
        metrics = spark.sql(f"OPTIMIZE {name}").collect()[0].metrics
        spark.sql(f"VACUUM {name} RETAIN {hours} HOURS")
        counts["tables"] += 1
        counts["files_removed"] += metrics.numFilesRemoved
        counts["files_added"] += metrics.numFilesAdded
        say(f"{name}: {metrics.numFilesRemoved} files joined into {metrics.numFilesAdded}")
    return counts
