"""Medians and shares of durations, in the place of histograms of days."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
from pyarrow import compute
from pyspark.sql import DataFrame
from pyspark.sql import types as t

from jobs.statistics import durations

# Its functions are made when it is imported, so that a type checker does not see them.
pc: Any = compute

IN_TIME_DAYS = 15
_MEASURED = ("median_days_to_resolve", "p90_days_to_resolve", "within_15_days_share")
_HISTOGRAMS = ("_solved", "_waiting")


def with_durations(rows: DataFrame, as_of: date) -> DataFrame:
    """Puts the measures in the place of ``_solved`` (days, count) and ``_waiting`` (date, count)."""
    kept = [name for name in rows.columns if name not in _HISTOGRAMS]
    schema = t.StructType(
        [rows.schema[name] for name in kept] + [t.StructField(name, t.DoubleType()) for name in _MEASURED]
    )
    return rows.mapInArrow(_measure(as_of), schema)


def _measure(as_of: date) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    def measure(incoming: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in incoming:
            found: list[tuple[float | None, float | None, float | None]] = [(None, None, None)] * batch.num_rows
            for place in _overdue(batch.column("_waiting"), as_of):
                found[place] = (None, None, 0.0)
            # Of most cells nothing is solved, and to make Python's objects of them is what costs.
            filled = pc.indices_nonzero(pc.greater(pc.list_value_length(batch.column("_solved")), 0))
            rows = batch.select(list(_HISTOGRAMS)).take(filled).to_pylist()
            for place, row in zip(filled.to_pylist(), rows, strict=True):
                solved = histogram(row["_solved"])
                waiting = histogram(
                    {"days": max((as_of - one["date"]).days, 0), "count": one["count"]} for one in row["_waiting"]
                )
                found[place] = (
                    durations.kaplan_meier_quantile(solved, waiting, 0.5),
                    durations.kaplan_meier_quantile(solved, waiting, 0.9),
                    durations.solved_within_share(solved, waiting, IN_TIME_DAYS),
                )
            columns = batch.drop_columns(list(_HISTOGRAMS))
            figures = [pa.array([one[i] for one in found], pa.float64()) for i in range(3)]
            yield pa.RecordBatch.from_arrays([*columns.columns, *figures], names=[*columns.schema.names, *_MEASURED])

    return measure


def _overdue(waiting: pa.Array, as_of: date) -> list[int]:
    """The rows in which something has waited for as long as is in time: where nothing is solved, their share is 0."""
    late = pc.less_equal(pc.struct_field(pc.list_flatten(waiting), "date"), as_of - timedelta(days=IN_TIME_DAYS))
    return pc.unique(pc.list_parent_indices(waiting).filter(late)).to_pylist()


def histogram(pairs: Iterable[dict[str, int]]) -> dict[int, int]:
    """Sums pairs of days and count."""
    found: dict[int, int] = {}
    for pair in pairs:
        found[pair["days"]] = found.get(pair["days"], 0) + pair["count"]
    return found
