"""maintain: keeps the tables quick and small, and removes for good what was erased or replaced long ago."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

from pyspark.sql import SparkSession

from lake.settings import settings
from lake.tables import statistics_properties
from schemas.tables import tables

AT_ONCE = 4  # of many small tables each is mostly waited for
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
    known = tables()
    counts = {"tables": 0, "files_removed": 0, "files_added": 0}
    interval = str(settings().checkpoint_interval)
    for name in names or known:
        properties = {row.key: row.value for row in spark.sql(f"SHOW TBLPROPERTIES {name}").collect()}
        wanted = {"delta.checkpointInterval": interval} | statistics_properties(known[name])
        present = {"delta.checkpointInterval": "10"} | properties
        if changed := {key: value for key, value in wanted.items() if present.get(key) != value}:
            said = ", ".join(f"{key} = '{value}'" for key, value in changed.items())
            spark.sql(f"ALTER TABLE {name} SET TBLPROPERTIES ({said})")
        metrics = spark.sql(f"OPTIMIZE {name}").collect()[0].metrics
        vacuum(spark, name, hours)
        counts["tables"] += 1
        counts["files_removed"] += metrics.numFilesRemoved
        counts["files_added"] += metrics.numFilesAdded
        say(f"{name}: {metrics.numFilesRemoved} files joined into {metrics.numFilesAdded}")
    return counts


def vacuum(spark: SparkSession, name: str, hours: int) -> None:
    """Removes the files of a table that no version younger than ``hours`` needs."""
    if hours < SAFE_HOURS:
        # The lake has one writer, which is this one, so no commit is under way.
        spark.conf.set("spark.databricks.delta.retentionDurationCheck.enabled", "false")
    spark.sql(f"VACUUM {name} RETAIN {hours} HOURS")


def remove_old_files(spark: SparkSession, names: Iterable[str]) -> None:
    """Removes all files of tables but those of their newest versions, so that what was erased is gone now.

    Whoever reads an older version at this moment fails, and reads again.
    """
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        list(pool.map(lambda name: vacuum(spark, name, 0), names))
