"""maintain: compacts the tables, and removes data permanently that was erased or replaced long ago."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from pyspark.sql import SparkSession

from lake.settings import settings
from lake.tables import statistics_properties
from lake.vacuum import vacuum
from schemas.tables import tables

log = logging.getLogger(__name__)


def run(
    spark: SparkSession,
    vacuum_hours: int | None = None,
    names: Iterable[str] | None = None,
) -> dict[str, int]:
    """Joins small files, removes files that no version of the last ``vacuum_hours`` needs, sets checkpoint intervals.

    ``names`` None means all tables. Returns counts: tables, files_removed (by joining), files_added.
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
            assignments = ", ".join(f"{key} = '{value}'" for key, value in changed.items())
            spark.sql(f"ALTER TABLE {name} SET TBLPROPERTIES ({assignments})")
        metrics = spark.sql(f"OPTIMIZE {name}").collect()[0].metrics
        vacuum(spark, name, hours)
        counts["tables"] += 1
        counts["files_removed"] += metrics.numFilesRemoved
        counts["files_added"] += metrics.numFilesAdded
        log.info(f"{name}: {metrics.numFilesRemoved} files joined into {metrics.numFilesAdded}")
    return counts
