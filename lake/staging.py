"""Temporary files of rows, so that rows are computed once, checked, and then committed to a table."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from pyspark.sql import DataFrame, SparkSession

from lake import files
from lake.settings import settings


@contextmanager
def staged(spark: SparkSession, rows: DataFrame, name: str) -> Generator[DataFrame]:
    """The rows, written to files below the lake and read from there; the files are removed at the end of the block.

    Files are used because for tens of millions of rows, filling a cache takes longer than computing them. A killed run
    leaves its files, which belong to no table; the next run with the same name overwrites them.
    """
    address = f"{settings().lake}/_staged/{name}"
    try:
        rows.write.mode("overwrite").parquet(address)
        yield spark.read.schema(rows.schema).parquet(address)
    finally:
        files.remove_folder(address)
