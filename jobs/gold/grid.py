"""Figures of areas by period, on dense arrays (area × topic × channel × month): numpy and pyarrow, no Spark.

Rows of the cube are read as they are: few share a cell, so that summing them in Spark first costs more than it saves.

The months of a grid are whole fiscal years, so that the months of a quarter or year are next to each other.
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

from jobs.gold.cube import COUNTS
from jobs.gold.cube_cells import ALL
from jobs.gold.periods import MONTHS, Period, PeriodType, add_months, period, start_of
from jobs.statistics.durations import durations

# pyarrow creates the functions of this module at import, so a type checker does not see them.
pc: Any = compute

IN_TIME_DAYS = 15
# unresolved_count is read for durations only and is no column of the figures.
FIGURE_COUNTS = tuple(name for name in COUNTS if name != "unresolved_count")
AREA_BATCH_SIZE = 24
_EPOCH_MONTH = 1970 * 12
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Grid:
    """The dimensions of the figures of every area; small enough to be sent to every worker.

    Attributes:
        first_month: number of the first month (see ``month_number``), an October.
        topics: level and id of all topics together, each group and each topic.
        channels: of sources.
        coverage_codes: the provinces and focus areas that have data.
        is_covered: coverage code × channel × month, whether a source of the channel that covers it has data.
        as_of: the last day that the data cover.
        since: the first day of which figures are wanted: periods that end before it have no rows; None means all.
    """

    first_month: int
    topics: tuple[tuple[str, str], ...]
    channels: tuple[str, ...]
    coverage_codes: tuple[str, ...]
    is_covered: Bools
    as_of: date
    since: date | None = None

    @property
    def months(self) -> int:
        """The number of months of the grid."""
        return self.is_covered.shape[2]

    @property
    def read_from(self) -> date | None:
        """The first day of which rows of the cube are read; None means all."""
        return start_of("fiscal_year", self.since) if self.since else None

    def periods(self, period_type: PeriodType) -> list[Period]:
        """Every period of a type, in order."""
        first = first_day(self.first_month)
        return [period(period_type, add_months(first, number)) for number in range(0, self.months, MONTHS[period_type])]

    def by_period(self, values: Bools, period_type: PeriodType) -> Bools:
        """Whether any month of each period is true, along the last axis."""
        return np.asarray(values.reshape(*values.shape[:-1], -1, MONTHS[period_type]).any(axis=-1), np.bool_)


def month_number(day: date) -> int:
    """The number of the month of a day, counted from the year 0."""
    return day.year * 12 + day.month - 1


def first_day(month: int) -> date:
    """The first day of a month by its number."""
    return date(month // 12, month % 12 + 1, 1)


def figures(rows: pa.Table, coverage_code_of: Mapping[str, str], grid: Grid, *, is_dense: bool) -> Iterator[pa.Table]:
    """The figures of areas, a batch of areas at a time: see ``figure_schema``.

    Args:
        rows: of the cube, all rows of an area: ``area_code``, ``date``, ``topic`` and ``channel`` (their positions in
            the grid), FIGURE_COUNTS, ``unresolved_count`` and ``resolve_days``. Days before the grid count for the
            backlog. Rows with a ``period_type`` are instead counts of earlier periods by their first day; periods from
            ``since`` on are compared with them where the cube is read only from the fiscal year of ``since`` on.
        coverage_code_of: the coverage code of each area; an area whose code is not in the grid has no figures.
        grid: see ``Grid``.
        is_dense: whether an area has a row for each topic and channel in each period with data; else only where
            concerns were submitted or ended.
    """
    codes = sorted(
        code for code in rows["area_code"].unique().to_pylist() if coverage_code_of.get(code) in grid.coverage_codes
    )
    for start in range(0, len(codes), AREA_BATCH_SIZE):
        batch = codes[start : start + AREA_BATCH_SIZE]
        inside = rows.filter(pc.is_in(rows["area_code"], pa.array(batch, pa.string())))
        yield _batch_figures(inside, batch, coverage_code_of, grid, is_dense=is_dense)


def figure_schema() -> pa.Schema:
    """Columns that name a cell, counts, and figures computed from them; a share is of ``cell_total``."""
    return pa.schema(
        [
            ("period_type", pa.string()), ("period_start", pa.date32()), ("period_th", pa.string()),
            ("fiscal_year_be", pa.int32()), ("is_complete", pa.bool_()), ("area_code", pa.string()),
            ("topic_level", pa.string()), ("topic_id", pa.string()), ("channel", pa.string()),
            *[(name, pa.int64()) for name in FIGURE_COUNTS], ("cell_total", pa.int64()), ("backlog_count", pa.int64()),
            ("previous_count", pa.int64()), ("last_year_count", pa.int64()),
            ("median_days_to_resolve", pa.float64()), ("p90_days_to_resolve", pa.float64()),
            ("within_15_days_share", pa.float64()),
        ]
    )  # fmt: skip


@dataclass(frozen=True)
class _Resolutions:
    """Durations of concerns, as arrays of one length.

    Attributes:
        row: index of the row of the cube.
        days: until the concerns were solved, or that they have waited.
        solved: how many were solved after ``days``.
        waiting: how many are not solved and have waited for ``days``.
    """

    row: Ints
    days: Ints
    solved: Ints
    waiting: Ints


@dataclass(frozen=True)
class _AreaRows:
    """Rows with their positions: area, topic, channel, and month within the grid (-1: before the grid)."""

    rows: pa.Table
    area: Ints
    topic: Ints
    channel: Ints
    month: Ints
    shape: tuple[int, int, int]

    @classmethod
    def of(cls, rows: pa.Table, codes: list[str], grid: Grid) -> _AreaRows:
        """``rows`` of one period type, or of days."""
        months = rows["date"].to_numpy().astype("datetime64[M]").astype(np.int64) + _EPOCH_MONTH - grid.first_month
        # Concerns that end after the last month of the grid belong to no period yet.
        inside = months < grid.months
        rows, months = rows.filter(pa.array(inside)), months[inside]
        return cls(
            rows=rows,
            area=positions(rows["area_code"], codes),
            topic=_numpy(rows["topic"]),
            channel=_numpy(rows["channel"]),
            month=np.maximum(months, -1),
            shape=(len(codes), len(grid.topics), len(grid.channels)),
        )

    def earlier_counts(self, months: int) -> Ints:
        """Concerns of earlier periods: area × topic × channel (the last is all) × first month of the period."""
        areas, topics, channels = self.shape
        size = (areas, topics, channels + 1, months)
        flat = np.ravel_multi_index((self.area, self.topic, self.channel, self.month), size)
        counts = np.bincount(flat, weights=_numpy(self.rows["concern_count"]), minlength=int(np.prod(size)))
        return counts.astype(np.int64).reshape(size)

    def counts(self, months: int) -> dict[str, Ints]:
        """FIGURE_COUNTS: area × topic × channel (the last is all) × month (the first is all time before the grid)."""
        areas, topics, channels = self.shape
        size = (areas, topics, channels, months + 1)
        flat = np.ravel_multi_index((self.area, self.topic, self.channel, self.month + 1), size)
        by_name: dict[str, Ints] = {}
        for name in FIGURE_COUNTS:
            counts = np.bincount(flat, weights=_numpy(self.rows[name]), minlength=int(np.prod(size)))
            counts = counts.astype(np.int64).reshape(size)
            by_name[name] = np.concatenate([counts, counts.sum(axis=2, keepdims=True)], axis=2)
        return by_name

    def resolutions(self, as_of: date) -> _Resolutions:
        """The histograms of durations, and the concerns that are still open."""
        histograms = self.rows["resolve_days"].combine_chunks()
        entries = histograms.flatten()
        histogram_row = _numpy(pc.list_parent_indices(histograms))
        unresolved = _numpy(self.rows["unresolved_count"])
        open_rows = np.flatnonzero(unresolved)
        waited = (np.datetime64(as_of) - self.rows["date"].to_numpy()[open_rows]).astype(np.int64)
        solved, waiting = _numpy(entries.field("count")), unresolved[open_rows]
        return _Resolutions(
            row=np.concatenate([histogram_row, open_rows]),
            days=np.concatenate([_numpy(entries.field("days")), np.maximum(waited, 0)]),
            solved=np.concatenate([solved, np.zeros_like(waiting)]),
            waiting=np.concatenate([np.zeros_like(solved), waiting]),
        )


@dataclass(frozen=True)
class _MonthlyFigures:
    """The figures of a batch of areas by month, from which those of all period types are made.

    Attributes:
        rows: rows of the cube of days.
        counts: see ``_AreaRows.counts``.
        backlog: area × topic × channel (the last is all) × month, open at the end of the month.
        resolutions: see ``_AreaRows.resolutions``.
        is_covered: area × channel (the last is all) × month.
    """

    rows: _AreaRows
    counts: dict[str, Ints]
    backlog: Ints
    resolutions: _Resolutions
    is_covered: Bools


def _batch_figures(
    rows: pa.Table, codes: list[str], coverage_code_of: Mapping[str, str], grid: Grid, *, is_dense: bool
) -> pa.Table:
    area_rows = _AreaRows.of(rows.filter(pc.is_null(rows["period_type"])), codes, grid)
    counts = area_rows.counts(grid.months)
    net = counts["concern_count"] - counts["closed_in_period_count"]
    coverage = positions(pa.array([coverage_code_of[code] for code in codes]), list(grid.coverage_codes))
    is_covered = grid.is_covered[coverage]
    monthly = _MonthlyFigures(
        rows=area_rows,
        counts=counts,
        # An end that was seen before the submission that its source states would make the backlog negative.
        backlog=np.maximum(net.cumsum(axis=-1), 0)[..., 1:],
        resolutions=area_rows.resolutions(grid.as_of),
        is_covered=np.concatenate([is_covered, is_covered.any(axis=1, keepdims=True)], axis=1),
    )
    tables: list[pa.Table] = []
    for name in MONTHS:
        earlier = _AreaRows.of(rows.filter(pc.equal(rows["period_type"], name)), codes, grid)
        tables.append(
            _period_figures(
                cast(PeriodType, name), monthly, earlier.earlier_counts(grid.months), codes, grid, is_dense=is_dense
            )
        )
    return pa.concat_tables(tables)


def _period_figures(
    period_type: PeriodType,
    monthly: _MonthlyFigures,
    earlier_counts: Ints,
    codes: list[str],
    grid: Grid,
    *,
    is_dense: bool,
) -> pa.Table:
    """The figures of one period type, one row per cell that is shown: see ``figure_schema``."""
    months, all_periods = MONTHS[period_type], grid.periods(period_type)
    counts = {
        name: values[..., 1:].reshape(*values.shape[:-1], -1, months).sum(axis=-1)
        for name, values in monthly.counts.items()
    }
    concerns = counts["concern_count"]
    has_data = grid.by_period(monthly.is_covered, period_type)[:, None]
    is_wanted = np.array([grid.since is None or period.period_end >= grid.since for period in all_periods])
    has_concerns = concerns + counts["other_kind_count"] + counts["closed_in_period_count"] > 0
    shown = np.broadcast_to(has_data & is_wanted, concerns.shape) & (True if is_dense else has_concerns)
    area, topic, channel, number = cell = np.nonzero(shown)
    total = np.broadcast_to(concerns[:, [grid.topics.index((ALL, ALL))]], concerns.shape)
    compared = concerns + earlier_counts[..., ::months]

    def count_before(back: int) -> pa.Array:
        """The count ``back`` periods before; null where that period has no data."""
        before = np.maximum(number - back, 0)
        has_count = (number >= back) & has_data[area, 0, channel, before]
        return pa.array(compared[area, topic, channel, before], mask=~has_count)

    durations_by_name = _durations(period_type, monthly, concerns.shape, is_wanted)
    columns = {
        **_cell_names(period_type, all_periods, codes, grid, cell),
        **{name: pa.array(values[cell]) for name, values in counts.items()},
        "cell_total": pa.array(total[cell]),
        "backlog_count": pa.array(monthly.backlog[..., months - 1 :: months][cell]),
        "previous_count": count_before(1),
        "last_year_count": count_before(12 // months),
        **{name: pa.array(values[cell], mask=np.isnan(values[cell])) for name, values in durations_by_name.items()},
    }
    schema = figure_schema()
    return pa.table([columns[name] for name in schema.names], schema=schema)


def _cell_names(
    period_type: PeriodType, all_periods: list[Period], codes: list[str], grid: Grid, cell: tuple[Any, ...]
) -> dict[str, pa.Array]:
    """The columns that name cells, by their positions: area, topic, channel and number of the period."""
    area, topic, channel, number = (pa.array(position) for position in cell)
    return {
        "period_type": pa.repeat(period_type, len(area)),
        "period_start": pa.array([period.period_start for period in all_periods]).take(number),
        "period_th": pa.array([period.period_th for period in all_periods]).take(number),
        "fiscal_year_be": pa.array([period.fiscal_year_be for period in all_periods], pa.int32()).take(number),
        "is_complete": pa.array([period.period_end < grid.as_of for period in all_periods]).take(number),
        "area_code": pa.array(codes, pa.string()).take(area),
        "topic_level": pa.array([level for level, _ in grid.topics]).take(topic),
        "topic_id": pa.array([topic_id for _, topic_id in grid.topics]).take(topic),
        "channel": pa.array([*grid.channels, ALL]).take(channel),
    }


def _durations(
    period_type: PeriodType, monthly: _MonthlyFigures, shape: tuple[int, ...], is_wanted: Bools
) -> dict[str, Floats]:
    """Medians, 90th percentiles and shares in time: area × topic × channel (the last is all) × period."""
    rows, resolutions = monthly.rows, monthly.resolutions
    number = rows.month[resolutions.row] // MONTHS[period_type]
    selected = np.flatnonzero((rows.month[resolutions.row] >= 0) & is_wanted[np.maximum(number, 0)])
    row, number = resolutions.row[selected], number[selected]
    cells = [
        np.ravel_multi_index((rows.area[row], rows.topic[row], channel, number), shape)
        for channel in (rows.channel[row], np.full(len(row), shape[2] - 1))
    ]
    days, solved, waiting = (
        np.tile(values[selected], 2) for values in (resolutions.days, resolutions.solved, resolutions.waiting)
    )
    by_cell = durations(np.concatenate(cells), days, solved, waiting, int(np.prod(shape)), IN_TIME_DAYS)
    return {
        "median_days_to_resolve": by_cell.median.reshape(shape),
        "p90_days_to_resolve": by_cell.p90.reshape(shape),
        "within_15_days_share": by_cell.in_time_share.reshape(shape),
    }


def positions(values: pa.Array | pa.ChunkedArray, items: list[str]) -> Ints:
    """The index of each value in ``items``; -1 where it is not in it."""
    return _numpy(pc.fill_null(pc.index_in(values, pa.array(items, pa.string())), -1))


def _numpy(values: pa.Array | pa.ChunkedArray) -> Ints:
    integers = values.cast(pa.int64())
    return integers.to_numpy(zero_copy_only=False) if isinstance(integers, pa.Array) else integers.to_numpy()
