"""Figures of areas by period, computed on dense arrays: area × topic × channel × month. numpy and pyarrow, no Spark.

Rows of the cube come as they are: to sum them first, in Spark, costs more than it saves, as few share a cell.

The months of a grid are whole fiscal years, so that those of a quarter or year lie side by side.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import compute

from jobs.gold.cells import ALL
from jobs.gold.cube import COUNTS
from jobs.gold.periods import MONTHS, Period, PeriodType, add_months, period, start_of
from jobs.statistics.durations import durations

# Its functions are made when it is imported, so that a type checker does not see them.
pc: Any = compute

IN_TIME_DAYS = 15
# Those that are only there for durations have no column of their own.
SUMMED = tuple(name for name in COUNTS if name != "unresolved_count")
AREAS_AT_ONCE = 24
_EPOCH = 1970 * 12
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Grid:
    """What the figures of every area rest on; small enough to go to every worker.

    Attributes:
        first_month: number of the first month (see ``month_number``), an October.
        topics: level and id of each topic, group, and all of them.
        channels: of sources.
        covers: the provinces and focus areas for which there are data.
        is_covered: cover × channel × month, whether a source of the channel that speaks for it has data.
        as_of: the last day that the data tell of.
        since: the first day of which figures are wanted: periods that end before it have no rows; None wants all.
    """

    first_month: int
    topics: tuple[tuple[str, str], ...]
    channels: tuple[str, ...]
    covers: tuple[str, ...]
    is_covered: Bools
    as_of: date
    since: date | None = None

    @property
    def months(self) -> int:
        return self.is_covered.shape[2]

    @property
    def read_from(self) -> date | None:
        """The first day of which rows of the cube are read; None reads all."""
        return start_of("fiscal_year", self.since) if self.since else None

    def periods(self, period_type: PeriodType) -> list[Period]:
        """Every period of a type, in order."""
        first = first_day(self.first_month)
        return [period(period_type, add_months(first, number)) for number in range(0, self.months, MONTHS[period_type])]

    def by_period(self, values: Bools, period_type: PeriodType) -> Bools:
        """Whether any month of each period is true, along the last axis."""
        return np.asarray(values.reshape(*values.shape[:-1], -1, MONTHS[period_type]).any(axis=-1), np.bool_)


def month_number(day: date) -> int:
    """Months of all time, counted."""
    return day.year * 12 + day.month - 1


def first_day(month: int) -> date:
    """The first day of a month by its number."""
    return date(month // 12, month % 12 + 1, 1)


def figures(rows: pa.Table, cover_of: Mapping[str, str], grid: Grid, *, is_dense: bool) -> Iterator[pa.Table]:
    """The figures of areas, some areas at a time: see ``figure_schema``.

    Args:
        rows: of the cube: ``area_code``, ``date``, ``topic`` and ``channel`` (their places in the grid), SUMMED,
            ``unresolved_count`` and ``resolve_days``. Days before the grid count for the backlog. All rows of an
            area are here. Rows with a ``period_type`` are counts of earlier periods instead, by their first day:
            what those from ``since`` on are compared with, where the cube is read from its fiscal year on only.
        cover_of: of each area what speaks for it; of areas that nothing speaks for there are no figures.
        grid: see ``Grid``.
        is_dense: whether each area has a row for each topic and channel in each period with data; else only where
            something was said or ended.
    """
    codes = sorted(code for code in rows["area_code"].unique().to_pylist() if cover_of.get(code) in grid.covers)
    for start in range(0, len(codes), AREAS_AT_ONCE):
        some = codes[start : start + AREAS_AT_ONCE]
        inside = rows.filter(pc.is_in(rows["area_code"], pa.array(some, pa.string())))
        yield _figures(inside, some, cover_of, grid, is_dense=is_dense)


def figure_schema() -> pa.Schema:
    """Columns that name a cell, counts, and what is made of them; ``cell_total`` is what a share is of."""
    return pa.schema(
        [
            ("period_type", pa.string()), ("period_start", pa.date32()), ("period_th", pa.string()),
            ("fiscal_year_be", pa.int32()), ("is_complete", pa.bool_()), ("area_code", pa.string()),
            ("topic_level", pa.string()), ("topic_id", pa.string()), ("channel", pa.string()),
            *[(name, pa.int64()) for name in SUMMED], ("cell_total", pa.int64()), ("backlog_count", pa.int64()),
            ("previous_count", pa.int64()), ("last_year_count", pa.int64()),
            ("median_days_to_resolve", pa.float64()), ("p90_days_to_resolve", pa.float64()),
            ("within_15_days_share", pa.float64()),
        ]
    )  # fmt: skip


@dataclass(frozen=True)
class _Cells:
    """Where each row belongs: its area, topic and channel, its month within the grid (-1: before it)."""

    rows: pa.Table
    area: Ints
    topic: Ints
    channel: Ints
    month: Ints
    shape: tuple[int, int, int]

    @classmethod
    def of(cls, rows: pa.Table, codes: list[str], grid: Grid) -> _Cells:
        """``rows`` of one period type, or of days."""
        months = rows["date"].to_numpy().astype("datetime64[M]").astype(np.int64) + _EPOCH - grid.first_month
        # What ends after the last submission belongs to no period yet.
        inside = months < grid.months
        rows, months = rows.filter(pa.array(inside)), months[inside]
        return cls(
            rows=rows,
            area=place(rows["area_code"], codes),
            topic=_numpy(rows["topic"]),
            channel=_numpy(rows["channel"]),
            month=np.maximum(months, -1),
            shape=(len(codes), len(grid.topics), len(grid.channels)),
        )

    def compared(self, months: int) -> Ints:
        """Concerns of earlier periods: area × topic × channel (the last is all) × month in which they begin."""
        areas, topics, channels = self.shape
        size = (areas, topics, channels + 1, months)
        flat = np.ravel_multi_index((self.area, self.topic, self.channel, self.month), size)
        found = np.bincount(flat, weights=_numpy(self.rows["concern_count"]), minlength=int(np.prod(size)))
        return found.astype(np.int64).reshape(size)

    def counts(self, months: int) -> dict[str, Ints]:
        """Of each of SUMMED: area × topic × channel (the last is all) × month (the first is all before the grid)."""
        areas, topics, channels = self.shape
        size = (areas, topics, channels, months + 1)
        flat = np.ravel_multi_index((self.area, self.topic, self.channel, self.month + 1), size)
        counted: dict[str, Ints] = {}
        for name in SUMMED:
            found = np.bincount(flat, weights=_numpy(self.rows[name]), minlength=int(np.prod(size)))
            found = found.astype(np.int64).reshape(size)
            counted[name] = np.concatenate([found, found.sum(axis=2, keepdims=True)], axis=2)
        return counted

    def durations(self, as_of: date) -> tuple[Ints, Ints, Ints, Ints]:
        """Row, days, and how many were solved after them or wait since: the histograms, and what is still open."""
        histograms = self.rows["resolve_days"].combine_chunks()
        entries = histograms.flatten()
        of_row = _numpy(pc.list_parent_indices(histograms))
        unresolved = _numpy(self.rows["unresolved_count"])
        open_rows = np.flatnonzero(unresolved)
        waited = (np.datetime64(as_of) - self.rows["date"].to_numpy()[open_rows]).astype(np.int64)
        solved, waiting = _numpy(entries.field("count")), unresolved[open_rows]
        return (
            np.concatenate([of_row, open_rows]),
            np.concatenate([_numpy(entries.field("days")), np.maximum(waited, 0)]),
            np.concatenate([solved, np.zeros_like(waiting)]),
            np.concatenate([np.zeros_like(solved), waiting]),
        )


def _figures(rows: pa.Table, codes: list[str], cover_of: Mapping[str, str], grid: Grid, *, is_dense: bool) -> pa.Table:
    cells = _Cells.of(rows.filter(pc.is_null(rows["period_type"])), codes, grid)
    monthly, took = cells.counts(grid.months), cells.durations(grid.as_of)
    moved = monthly["concern_count"] - monthly["closed_in_period_count"]
    # An ending seen before the submission that its source states would make it negative.
    backlog = np.maximum(moved.cumsum(axis=-1), 0)[..., 1:]
    cover = place(pa.array([cover_of[code] for code in codes]), list(grid.covers))
    covered = grid.is_covered[cover]
    covered = np.concatenate([covered, covered.any(axis=1, keepdims=True)], axis=1)
    tables: list[pa.Table] = []
    for name in MONTHS:
        earlier = _Cells.of(rows.filter(pc.equal(rows["period_type"], name)), codes, grid).compared(grid.months)
        tables.append(
            _of_periods(
                cast(PeriodType, name), cells, monthly, backlog, took, covered, earlier, codes, grid, is_dense=is_dense
            )
        )
    return pa.concat_tables(tables)


def _of_periods(
    period_type: PeriodType,
    cells: _Cells,
    monthly: Mapping[str, Ints],
    backlog: Ints,
    took: tuple[Ints, Ints, Ints, Ints],
    covered: Bools,
    compared: Ints,
    codes: list[str],
    grid: Grid,
    *,
    is_dense: bool,
) -> pa.Table:
    months, every = MONTHS[period_type], grid.periods(period_type)
    counts = {
        name: values[..., 1:].reshape(*values.shape[:-1], -1, months).sum(axis=-1) for name, values in monthly.items()
    }
    has_data = grid.by_period(covered, period_type)[:, None]
    is_wanted = np.array([grid.since is None or one.period_end >= grid.since for one in every])
    said = counts["concern_count"] + counts["other_kind_count"] + counts["closed_in_period_count"] > 0
    shown = np.broadcast_to(has_data & is_wanted, said.shape) & (True if is_dense else said)
    area, topic, channel, number = at = np.nonzero(shown)
    total = np.broadcast_to(counts["concern_count"][:, [grid.topics.index((ALL, ALL))]], counts["concern_count"].shape)

    known = counts["concern_count"] + compared[..., ::months]

    def earlier(back: int) -> pa.Array:
        """The count so many periods before; null where there are no data of it."""
        before = np.maximum(number - back, 0)
        is_known = (number >= back) & has_data[area, 0, channel, before]
        return pa.array(known[area, topic, channel, before], mask=~is_known)

    measured = _durations(period_type, cells, took, counts["concern_count"].shape, is_wanted)
    names = [*grid.channels, ALL]
    columns = {
        "period_type": pa.repeat(period_type, len(area)),
        "period_start": pa.array([one.period_start for one in every]).take(pa.array(number)),
        "period_th": pa.array([one.period_th for one in every]).take(pa.array(number)),
        "fiscal_year_be": pa.array([one.fiscal_year_be for one in every], pa.int32()).take(pa.array(number)),
        "is_complete": pa.array([one.period_end < grid.as_of for one in every]).take(pa.array(number)),
        "area_code": pa.array(codes, pa.string()).take(pa.array(area)),
        "topic_level": pa.array([level for level, _ in grid.topics]).take(pa.array(topic)),
        "topic_id": pa.array([one for _, one in grid.topics]).take(pa.array(topic)),
        "channel": pa.array(names).take(pa.array(channel)),
        **{name: pa.array(values[at]) for name, values in counts.items()},
        "cell_total": pa.array(total[at]),
        "backlog_count": pa.array(backlog[..., months - 1 :: months][at]),
        "previous_count": earlier(1),
        "last_year_count": earlier(12 // months),
        **{name: pa.array(values[at], mask=np.isnan(values[at])) for name, values in measured.items()},
    }
    schema = figure_schema()
    return pa.table([columns[name] for name in schema.names], schema=schema)


def _durations(
    period_type: PeriodType,
    cells: _Cells,
    took: tuple[Ints, Ints, Ints, Ints],
    shape: tuple[int, ...],
    is_wanted: Bools,
) -> dict[str, Floats]:
    """Medians, 90th percentiles and shares in time: area × topic × channel × period."""
    row, *lengths = took
    number = cells.month[row] // MONTHS[period_type]
    mine = np.flatnonzero((cells.month[row] >= 0) & is_wanted[np.maximum(number, 0)])
    row, number = row[mine], number[mine]
    flat = [
        np.ravel_multi_index((cells.area[row], cells.topic[row], channel, number), shape)
        for channel in (cells.channel[row], np.full(len(row), shape[2] - 1))
    ]
    days, solved, waiting = (np.tile(one[mine], 2) for one in lengths)
    found = durations(np.concatenate(flat), days, solved, waiting, int(np.prod(shape)), IN_TIME_DAYS)
    return {
        "median_days_to_resolve": found.median.reshape(shape),
        "p90_days_to_resolve": found.p90.reshape(shape),
        "within_15_days_share": found.in_time_share.reshape(shape),
    }


def place(values: pa.Array | pa.ChunkedArray, known: list[str]) -> Ints:
    """The place of each value in a list; -1 where it is not in it."""
    return _numpy(pc.fill_null(pc.index_in(values, pa.array(known, pa.string())), -1))


def _numpy(values: pa.Array | pa.ChunkedArray) -> Ints:
    return values.cast(pa.int64()).to_numpy(zero_copy_only=False) if isinstance(values, pa.Array) else (
        values.cast(pa.int64()).to_numpy()
    )  # fmt: skip
