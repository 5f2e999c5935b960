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


def measured(rows: DataFrame, key: Sequence[str], parts: str, counts: Sequence[str]) -> DataFrame:
    """The key of each cell, the sums of its ``counts``, and its measures, from its ``days, solved, waiting``.

    Rows without ``days`` are only summed. ``parts`` is the column of the key by which cells are shared out: all rows
    of a value go to one task.
    """
    shape = t.StructType([*[rows.schema[name] for name in (*key, *counts)],
                          *[t.StructField(name, t.DoubleType()) for name in MEASURED]])  # fmt: skip
    wanted = rows.select(*key, *counts, "days", "solved", "waiting")
    return wanted.repartition(parts).mapInArrow(_measurer(list(key), list(counts)), shape)


def _measurer(key: list[str], counts: list[str]) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    def measure(incoming: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        batches = list(incoming)
        if not batches:
            return
        rows = pa.Table.from_batches(batches)
        cell, first = distinct([rows[name] for name in key])
        sums = [
            pa.array(np.bincount(cell, weights=rows[name].to_numpy(), minlength=len(first)).astype(np.int64))
            for name in counts
        ]
        timed = rows["days"].is_valid().to_numpy()
        days = rows["days"].filter(pa.array(timed)).to_numpy().astype(np.int64)
        solved, waiting = (rows[name].to_numpy().astype(np.int64)[timed] for name in ("solved", "waiting"))
        found = durations(cell[timed], days, solved, waiting, len(first), IN_TIME_DAYS)
        figures = [pa.array(one, mask=np.isnan(one)) for one in (found.median, found.p90, found.in_time_share)]
        cells = rows.select(key).take(pa.array(first))
        made = pa.table([*cells.columns, *sums, *figures], names=[*key, *counts, *MEASURED])
        yield from made.combine_chunks().to_batches()

    return measure
