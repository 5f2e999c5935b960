"""Medians and shares of durations of cells, from counts by days."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import types as t

from jobs.gold.cube_cells import group_rows
from jobs.gold.grid import IN_TIME_DAYS
from jobs.statistics.durations import durations

DURATION_COLUMNS = ("median_days_to_resolve", "p90_days_to_resolve", "within_15_days_share")


def with_durations(rows: DataFrame, key: Sequence[str], partition_by: str, counts: Sequence[str]) -> DataFrame:
    """One row per cell: ``key``, the sums of ``counts``, and DURATION_COLUMNS.

    Args:
        rows: ``key``, ``counts``, and ``days``, ``solved`` and ``waiting``, see ``statistics.durations``. Rows without
            ``days`` are summed only.
        key: the columns that name a cell.
        partition_by: the column of ``key`` by which rows are distributed: all rows of a value go to one task.
        counts: the columns to sum.
    """
    schema = t.StructType([*[rows.schema[name] for name in (*key, *counts)],
                           *[t.StructField(name, t.DoubleType()) for name in DURATION_COLUMNS]])  # fmt: skip
    selected = rows.select(*key, *counts, "days", "solved", "waiting")
    return selected.repartition(partition_by).mapInArrow(_batch_function(list(key), list(counts)), schema)


def _batch_function(
    key: list[str], counts: list[str]
) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    def measure(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        some = list(batches)
        if some:
            yield from measure_cells(pa.Table.from_batches(some), key, counts).combine_chunks().to_batches()

    return measure


def measure_cells(rows: pa.Table, key: list[str], counts: list[str]) -> pa.Table:
    """As ``with_durations``, for rows in memory."""
    cell, first = group_rows([rows[name] for name in key])
    sums = [
        pa.array(np.bincount(cell, weights=rows[name].to_numpy(), minlength=len(first)).astype(np.int64))
        for name in counts
    ]
    has_days = rows["days"].is_valid().to_numpy()
    days = rows["days"].filter(pa.array(has_days)).to_numpy().astype(np.int64)
    solved, waiting = (rows[name].to_numpy().astype(np.int64)[has_days] for name in ("solved", "waiting"))
    by_cell = durations(cell[has_days], days, solved, waiting, len(first), IN_TIME_DAYS)
    measures = [
        pa.array(values, mask=np.isnan(values)) for values in (by_cell.median, by_cell.p90, by_cell.in_time_share)
    ]
    keys = rows.select(key).take(pa.array(first))
    return pa.table([*keys.columns, *sums, *measures], names=[*key, *counts, *DURATION_COLUMNS])
