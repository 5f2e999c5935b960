"""Removes files of tables that no version needs any more."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from pyspark.sql import SparkSession

MAX_AT_ONCE = 4  # a small table spends most of the time waiting
SAFE_HOURS = 168  # below it Delta asks for an assurance that no reader or writer is that slow


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
    with ThreadPoolExecutor(max_workers=MAX_AT_ONCE) as pool:
        list(pool.map(lambda name: vacuum(spark, name, 0), names))
