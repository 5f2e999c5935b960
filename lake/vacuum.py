"""Removes old files of tables."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from pyspark.sql import SparkSession

MAX_AT_ONCE = 4  # for a small table most of the time is waiting
SAFE_HOURS = 168  # with fewer hours Delta asks for a confirmation that no reader or writer is that slow


def vacuum(spark: SparkSession, name: str, hours: int) -> None:
    """Removes the files of a table that no version of the last ``hours`` hours needs."""
    if hours < SAFE_HOURS:
        # This process is the only writer of the lake, so no other commit is in progress.
        spark.conf.set("spark.databricks.delta.retentionDurationCheck.enabled", "false")
    spark.sql(f"VACUUM {name} RETAIN {hours} HOURS")


def remove_old_files(spark: SparkSession, names: Iterable[str]) -> None:
    """Removes all files of tables except those of the newest versions, so that erased data is removed now.

    A query that reads an older version at this moment fails and must be repeated.
    """
    with ThreadPoolExecutor(max_workers=MAX_AT_ONCE) as pool:
        list(pool.map(lambda name: vacuum(spark, name, 0), names))
