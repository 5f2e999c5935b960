"""Rows put down on their way to a table, so that they are made once, checked, and only then committed."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from pyspark.sql import DataFrame, SparkSession

from lake import files
from lake.settings import settings


@contextmanager
def staged(spark: SparkSession, rows: DataFrame, name: str) -> Generator[DataFrame]:
    """The rows, written below the lake and read from there; gone when they are done with.

    Files rather than a cache: of tens of millions of rows a cache takes longer to fill than they take to compute.
    A run that is killed leaves files that no table knows, and the next one of the same name writes over them.
    """
    address = f"{settings().lake}/_staged/{name}"
    try:
        rows.write.mode("overwrite").parquet(address)
        yield spark.read.schema(rows.schema).parquet(address)
    finally:
        files.remove_folder(address)
