"""Medians and shares of durations, of cells that have histograms of days."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import types as t

from jobs.gold.cells import distinct
from jobs.gold.grid import IN_TIME_DAYS
from jobs.statistics.durations import durations

MEASURED = ("median_days_to_resolve", "p90_days_to_resolve", "within_15_days_share")


def measured(rows: DataFrame, key: Sequence[str], parts: str) -> DataFrame:
    """The key of each cell and its measures, from its ``days, solved, waiting``.

    ``parts`` is the column of the key by which cells are shared out: all rows of a value go to one task.
    """
    schema = t.StructType([*[rows.schema[name] for name in key], *[t.StructField(m, t.DoubleType()) for m in MEASURED]])
    return rows.select(*key, "days", "solved", "waiting").repartition(parts).mapInArrow(_measurer(list(key)), schema)


def _measurer(key: list[str]) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    def measure(incoming: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        batches = list(incoming)
        if not batches:
            return
        rows = pa.Table.from_batches(batches)
        cell, first = distinct([rows[name] for name in key])
        days, solved, waiting = (rows[name].to_numpy().astype(np.int64) for name in ("days", "solved", "waiting"))
        found = durations(cell, days, solved, waiting, len(first), IN_TIME_DAYS)
        cells = rows.select(key).take(pa.array(first))
        figures = [pa.array(one, mask=np.isnan(one)) for one in (found.median, found.p90, found.in_time_share)]
        made = pa.table([*cells.columns, *figures], names=[*key, *MEASURED])
        yield from made.combine_chunks().to_batches()

    return measure
