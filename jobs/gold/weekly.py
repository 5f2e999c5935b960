"""gold.weekly_counts; and of every province and topic the weeks of the sources that can be compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view
from pyarrow import compute
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.gold.cube import since_month
from jobs.gold.grid import place
from jobs.statistics.baselines import FEWEST_WEEKS, TESTED_WEEKS
from jobs.statistics.surges import RECENT_WEEKS, Weeks
from schemas.topics import load_topics

# Its functions are made when it is imported, so that a type checker does not see them.
pc: Any = compute

# A source is heard once it has a history of its own.
YOUNGEST_WEEKS = FEWEST_WEEKS + TESTED_WEEKS
# For one that brings little, the history of the others is not given up before a year.
LITTLE_SHARE = 0.2
YOUNGEST_OF_LITTLE_WEEKS = 52
_SHARE_WEEKS = 13
# See ``was_there``.
_AROUND_WEEKS = 26
_USUAL = 0.8
_WHOLE_PART = 10  # one in so many
_WEEK = timedelta(days=7)
_KEY = ("source_id", "province_code", "topic_level", "topic_id")
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


class Cell(NamedTuple):
    """A week, by its Monday, of a topic in a province."""

    week_start: date
    province_code: str
    topic_id: str


@dataclass(frozen=True)
class Weekly:
    """Counts of the weeks since anything was said, by source.

    Attributes:
        mondays: of the weeks.
        series: province and topic of each series.
        counts: source × series × week, without near-duplicates.
        totals: source × province × week, each concern once.
        begins: source × province, the first whole week; beyond the last where the source does not speak.
        is_restated: of each week.
        summed: by which sources are heard where, the counts of these together; filled as it is asked for.
    """

    mondays: list[date]
    series: list[tuple[str, str]]
    counts: Ints
    totals: Ints
    begins: Ints
    is_restated: Bools
    summed: dict[bytes, Ints] = field(default_factory=dict[bytes, Ints])

    def place(self, cell: Cell) -> int:
        """Index of the series of a cell."""
        return self.series.index((cell.province_code, cell.topic_id))

    def week(self, monday: date) -> int:
        return (monday - self.mondays[0]).days // 7

    def up_to(self, week: int, texts: Mapping[int, int]) -> tuple[Weeks, Ints]:
        """What is known in a week, and the different texts of each series in four weeks.

        ``texts``: of some series, the different texts in the four weeks; those of the others are taken to differ.
        """
        heard = self._heard(week)
        topics = len(self.series) // heard.shape[1]
        mark = heard.tobytes()
        if mark not in self.summed:
            self.summed[mark] = (self.counts * np.repeat(heard, topics, axis=1)[:, :, None]).sum(axis=0)
        counts = self.summed[mark][:, : week + 1]
        distinct = counts[:, max(week - RECENT_WEEKS + 1, 0) :].sum(axis=1)
        for series, recent in texts.items():
            distinct[series] = min(distinct[series], recent)
        begins = np.where(heard, self.begins, 0).max(axis=0)
        begins[~heard.any(axis=0)] = week + 1
        speaks = was_there(self.totals.sum(axis=1)[:, : week + 1])[:, None, :] & heard[:, :, None]
        return (
            Weeks(
                counts=counts,
                area=np.repeat(np.arange(heard.shape[1]), topics),
                first_week=np.repeat(begins, topics),
                has_data=np.repeat(speaks.any(axis=0), topics, axis=0),
                is_restated=self.is_restated[None, : week + 1],
            ),
            distinct,
        )

    def _heard(self, week: int) -> Bools:
        """Source × province: whether a source is taken into account."""
        age = week - self.begins + 1
        recent = self.totals[:, :, max(week - _SHARE_WEEKS + 1, 0) : week + 1].sum(axis=2)
        share = recent / np.maximum(recent.sum(axis=0), 1)
        needed = np.where(share < LITTLE_SHARE, YOUNGEST_OF_LITTLE_WEEKS, YOUNGEST_WEEKS)
        return age >= needed


def was_there(totals: Ints) -> Bools:
    """Source × week: whether a source was there as a whole, by what it brought from everywhere in each week.

    A week with a tenth of what is usual half a year around it is no quiet one: files are missing, or the source had
    hardly begun. Usual is what four weeks of five do not exceed, since of a source with gaps most weeks may be missing.
    Nothing after the last week is known, so that what comes later does not change what was said of a week.
    """
    padding = np.full((totals.shape[0], _AROUND_WEEKS), np.nan)
    around = sliding_window_view(np.concatenate([padding, totals, padding], axis=1), 2 * _AROUND_WEEKS + 1, axis=1)
    # What is not known comes last.
    ordered, known = np.sort(around, axis=2), (~np.isnan(around)).sum(axis=2, keepdims=True)
    usual = np.take_along_axis(ordered, (_USUAL * (known - 1)).astype(np.int64), axis=2)[..., 0]
    return (totals > 0) & (_WHOLE_PART * totals >= usual)


def monday(day: date) -> date:
    """The first day of the week of a day."""
    return day - timedelta(days=day.weekday())


def weekly_rows(daily: DataFrame, since: date | None = None) -> DataFrame:
    """Rows of gold.weekly_counts from those of the cube; with ``since`` of the week of a day and later ones.

    Groups of topics have none: surges are of topics, and the week in which a source speaks of all together.
    """
    if since is not None:
        first = monday(since)
        daily = since_month(daily, "month", first).where(F.col("date") >= F.lit(first))
    return (
        daily.where("topic_level IN ('topic', 'all') AND province_code is not null AND concern_count > 0")
        .groupBy(F.to_date(F.date_trunc("week", F.col("date"))).alias("week_start"), *_KEY)
        .agg(*[F.sum(name).alias(name) for name in ("concern_count", "unique_count")])
    )


def weekly_series(counted: DataFrame, reached: DataFrame, restated: set[date], last: date) -> Weekly:
    """The weeks up to the one that begins on ``last``.

    Args:
        counted: gold.weekly_counts.
        reached: see ``coverage.reach``.
        restated: Mondays of weeks of which something was read again.
        last: a Monday.
    """
    speaking = reached.collect()
    first = monday(min((row.first_date for row in speaking), default=last))
    weeks = max((last - first).days // 7 + 1, 0)
    mondays = [first + number * _WEEK for number in range(weeks)]
    sources = {name: at for at, name in enumerate(sorted({row.source_id for row in speaking}))}
    provinces = {code: at for at, code in enumerate(sorted({row.province_code for row in speaking}))}
    topics = {one.topic_id: at for at, one in enumerate(one for one in load_topics() if one.topic_id != "other")}
    begins = np.full((len(sources), len(provinces)), weeks, np.int64)
    for row in speaking:
        # The week in which a source begins is not whole.
        week = (monday(row.first_date) - first).days // 7 + 1
        begins[sources[row.source_id], provinces[row.province_code]] = week
    found = counted.where(F.col("week_start").between(F.lit(first), F.lit(last))).toArrow()
    source = place(found["source_id"], list(sources))
    province = place(found["province_code"], list(provinces))
    topic = place(found["topic_id"], list(topics))
    week = (found["week_start"].to_numpy() - np.datetime64(first)).astype(np.int64) // 7
    is_heard = (source >= 0) & (province >= 0)
    is_all = is_heard & pc.equal(found["topic_level"], "all").to_numpy()
    is_topic = is_heard & ~is_all & (topic >= 0)

    def number(name: str) -> Ints:
        return found[name].to_numpy()

    counts = np.zeros((len(sources), len(provinces), len(topics), weeks), np.int64)
    totals = np.zeros((len(sources), len(provinces), weeks), np.int64)
    np.add.at(totals, (source[is_all], province[is_all], week[is_all]), number("concern_count")[is_all])
    of_topic = (source[is_topic], province[is_topic], topic[is_topic], week[is_topic])
    np.add.at(counts, of_topic, number("unique_count")[is_topic])
    return Weekly(
        mondays=mondays,
        series=[(code, topic) for code in provinces for topic in topics],
        counts=counts.reshape(len(sources), -1, weeks),
        totals=totals,
        begins=begins,
        is_restated=np.array([day in restated for day in mondays]),
    )
