"""gold.weekly_counts, and the weekly series of every province and topic from comparable sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from numpy.lib.stride_tricks import sliding_window_view
from pyarrow import compute
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.gold.cube import since_month
from jobs.gold.grid import positions
from jobs.statistics.baselines import MIN_WEEKS, TESTED_WEEKS
from jobs.statistics.surges import RECENT_WEEKS, Weeks
from schemas.topics import load_topics

# pyarrow creates the functions of this module at import, so a type checker does not see them.
pc: Any = compute

# A source is included once it has enough history of its own.
MIN_SOURCE_WEEKS = MIN_WEEKS + TESTED_WEEKS
# Including a source shortens the usable history of the others. A source with a small share must be a year old.
SMALL_SHARE = 0.2
MIN_SMALL_SOURCE_WEEKS = 52
_SHARE_WEEKS = 13
# See ``is_reporting``.
_NEARBY_WEEKS = 26
_USUAL_QUANTILE = 0.8
_USUAL_DIVISOR = 10
_WEEK = timedelta(days=7)
_KEY = ("source_id", "province_code", "topic_level", "topic_id")
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


class Cell(NamedTuple):
    """A week (its Monday), a province and a topic."""

    week_start: date
    province_code: str
    topic_id: str


@dataclass(frozen=True)
class WeeklySeries:
    """Weekly counts by source, from the first week with data on.

    Attributes:
        mondays: of the weeks.
        series: province and topic of each series.
        counts: source × series × week, without near-duplicates.
        totals: source × province × week, each concern once.
        begins: source × province, the first whole week; the number of weeks where the source does not cover it.
        is_restated: of each week.
        sums_by_sources: cache of counts summed over sources, by the included sources.
    """

    mondays: list[date]
    series: list[tuple[str, str]]
    counts: Ints
    totals: Ints
    begins: Ints
    is_restated: Bools
    sums_by_sources: dict[bytes, Ints] = field(default_factory=dict[bytes, Ints])

    def series_index(self, cell: Cell) -> int:
        """Index of the series of a cell."""
        return self.series.index((cell.province_code, cell.topic_id))

    def week_index(self, monday: date) -> int:
        """Index of a week; may lie outside of ``mondays``."""
        return (monday - self.mondays[0]).days // 7

    def weeks_up_to(self, week: int, texts: Mapping[int, int]) -> tuple[Weeks, Ints]:
        """The data available at the end of a week, and the number of different texts of each series in four weeks.

        ``texts``: the different texts of some series in the four weeks; in the other series, all texts are taken as
        different.
        """
        included = self._is_included(week)
        topics = len(self.series) // included.shape[1]
        key = included.tobytes()
        if key not in self.sums_by_sources:
            self.sums_by_sources[key] = (self.counts * np.repeat(included, topics, axis=1)[:, :, None]).sum(axis=0)
        counts = self.sums_by_sources[key][:, : week + 1]
        distinct = counts[:, max(week - RECENT_WEEKS + 1, 0) :].sum(axis=1)
        for series, text_count in texts.items():
            distinct[series] = min(distinct[series], text_count)
        begins = np.where(included, self.begins, 0).max(axis=0)
        begins[~included.any(axis=0)] = week + 1
        reporting = is_reporting(self.totals.sum(axis=1)[:, : week + 1])[:, None, :] & included[:, :, None]
        return (
            Weeks(
                counts=counts,
                area=np.repeat(np.arange(included.shape[1]), topics),
                first_week=np.repeat(begins, topics),
                has_data=np.repeat(reporting.any(axis=0), topics, axis=0),
                is_restated=self.is_restated[None, : week + 1],
            ),
            distinct,
        )

    def _is_included(self, week: int) -> Bools:
        """Source × province: whether the counts of a source are used for a week."""
        age = week - self.begins + 1
        recent = self.totals[:, :, max(week - _SHARE_WEEKS + 1, 0) : week + 1].sum(axis=2)
        share = recent / np.maximum(recent.sum(axis=0), 1)
        min_age = np.where(share < SMALL_SHARE, MIN_SMALL_SOURCE_WEEKS, MIN_SOURCE_WEEKS)
        return age >= min_age


def is_reporting(totals: Ints) -> Bools:
    """Source × week: whether the data of a source are complete enough to be used, by its totals of all provinces.

    A week with less than a tenth of the usual total of the half year before and after is not a quiet week: files are
    missing, or the source had just begun. The usual total is the 80 % quantile, since a source with gaps may lack most
    weeks. Weeks after the last one are not known, so that later data do not change the result for a week.
    """
    padding = np.full((totals.shape[0], _NEARBY_WEEKS), np.nan)
    nearby = sliding_window_view(np.concatenate([padding, totals, padding], axis=1), 2 * _NEARBY_WEEKS + 1, axis=1)
    # Sorting puts NaN last.
    ordered, counts = np.sort(nearby, axis=2), (~np.isnan(nearby)).sum(axis=2, keepdims=True)
    usual = np.take_along_axis(ordered, (_USUAL_QUANTILE * (counts - 1)).astype(np.int64), axis=2)[..., 0]
    return (totals > 0) & (_USUAL_DIVISOR * totals >= usual)


def monday(day: date) -> date:
    """The first day of the week of a day."""
    return day - timedelta(days=day.weekday())


def weekly_rows(daily: DataFrame, since: date | None = None) -> DataFrame:
    """Rows of gold.weekly_counts from rows of the cube; with ``since``, of its week and later weeks only.

    Groups of topics are left out: surges are of topics, and totals show in which weeks a source reports.
    """
    if since is not None:
        first = monday(since)
        daily = since_month(daily, "month", first).where(F.col("date") >= F.lit(first))
    return (
        daily.where("topic_level IN ('topic', 'all') AND province_code is not null AND concern_count > 0")
        .groupBy(F.to_date(F.date_trunc("week", F.col("date"))).alias("week_start"), *_KEY)
        .agg(*[F.sum(name).alias(name) for name in ("concern_count", "unique_count")])
    )


def load_weekly_series(
    weekly_counts: DataFrame, source_coverage: DataFrame, restated: set[date], last: date
) -> WeeklySeries:
    """The weeks up to the one that begins on ``last``.

    Args:
        weekly_counts: gold.weekly_counts.
        source_coverage: see ``coverage.source_coverage``.
        restated: Mondays of weeks with files that were read again.
        last: a Monday.
    """
    covered = source_coverage.collect()
    first = monday(min((row.first_date for row in covered), default=last))
    weeks = max((last - first).days // 7 + 1, 0)
    mondays = [first + number * _WEEK for number in range(weeks)]
    sources = sorted({row.source_id for row in covered})
    provinces = sorted({row.province_code for row in covered})
    topics = [topic.topic_id for topic in load_topics() if topic.topic_id != "other"]
    begins = np.full((len(sources), len(provinces)), weeks, np.int64)
    for row in covered:
        # The week in which a source begins is not a whole one.
        week = (monday(row.first_date) - first).days // 7 + 1
        begins[sources.index(row.source_id), provinces.index(row.province_code)] = week
    rows = weekly_counts.where(F.col("week_start").between(F.lit(first), F.lit(last))).toArrow()
    counts, totals = count_arrays(rows, first, weeks, sources, provinces, topics)
    return WeeklySeries(
        mondays=mondays,
        series=[(code, topic) for code in provinces for topic in topics],
        counts=counts,
        totals=totals,
        begins=begins,
        is_restated=np.array([day in restated for day in mondays]),
    )


def count_arrays(
    rows: pa.Table, first: date, weeks: int, sources: list[str], provinces: list[str], topics: list[str]
) -> tuple[Ints, Ints]:
    """``WeeklySeries.counts`` and ``WeeklySeries.totals`` from rows of gold.weekly_counts.

    Rows of other sources, provinces and topics are left out; the weeks of all rows lie in the ``weeks`` weeks from
    ``first``, a Monday, on.
    """
    source = positions(rows["source_id"], sources)
    province = positions(rows["province_code"], provinces)
    topic = positions(rows["topic_id"], topics)
    week = (rows["week_start"].to_numpy() - np.datetime64(first)).astype(np.int64) // 7
    is_wanted = (source >= 0) & (province >= 0)
    is_total = is_wanted & pc.equal(rows["topic_level"], "all").to_numpy()
    is_topic = is_wanted & ~is_total & (topic >= 0)
    counts = np.zeros((len(sources), len(provinces), len(topics), weeks), np.int64)
    totals = np.zeros((len(sources), len(provinces), weeks), np.int64)
    total_cells = (source[is_total], province[is_total], week[is_total])
    np.add.at(totals, total_cells, rows["concern_count"].to_numpy()[is_total])
    topic_cells = (source[is_topic], province[is_topic], topic[is_topic], week[is_topic])
    np.add.at(counts, topic_cells, rows["unique_count"].to_numpy()[is_topic])
    return counts.reshape(len(sources), -1, weeks), totals
