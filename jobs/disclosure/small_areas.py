"""The public tables of districts and LAOs: counts to the nearest 5, and which rows have to go.

What a reader knows of a row is a range: of one that shows 5 that it is 5 to 7, of one that shows 10 that it is 8 to
12, of one that is not there that it is 0 to 4. Rows add up to figures that he knows otherwise: those of the
province, and the quarters of a district. Were all ranges at their ends, the sum would leave one answer; so rows
go, the smallest first, until it leaves every row that is not there the whole of its range.

He is taken to know also how many concerns of the period are placed in any district or LAO.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
from pyarrow import compute

from jobs.disclosure.complementary_suppression import MAX_SMALL_COUNT
from jobs.disclosure.publishable import is_group_or_all, is_publishable_period, publishable_rows
from jobs.gold import periods
from schemas.area_data import districts as all_districts
from schemas.topics import Topic, public_ids

# Its functions are made when it is imported, so that a type checker does not see them.
pc: Any = compute

ROUNDING_BASE = 5
MIN_RATED_COUNT = 25
"""Gold has rates from 20 concerns on; the lowest count that shows 25 is 23, so that a rate tells nothing more."""

_FIGURES = (
    "topic_level", "topic_id", "topic_th", "topic_en", "rounded_count", "previous_rounded_count",
    "concerns_per_100k", "population_date", "is_provisional", "model_version", "as_of_date",
)  # fmt: skip
_PERIOD = ("period_type", "period_start", "period_th", "fiscal_year_be")
DISTRICT_COLUMNS = (*_PERIOD, "province_code", "province_th", "district_code", "district_th", "district_en", *_FIGURES)
DISTRICT_KEY = ("period_type", "period_start", "district_code", "topic_level", "topic_id")
LAO_COLUMNS = (*_PERIOD, "lao_code", "lao_th", "lao_type", "province_code", "province_th", *_FIGURES)
LAO_KEY = ("period_type", "period_start", "lao_code", "topic_level", "topic_id")

_CELL = ["period_start", "topic_level", "topic_id"]


@dataclass(frozen=True)
class SumBounds:
    """What a reader knows otherwise of sums of rows, by place, start of the period, level and id of the topic.

    ``low`` and ``high`` bound a sum; a sum that is not among them may be anything.
    """

    low: Mapping[tuple[object, ...], int]
    high: Mapping[tuple[object, ...], int]


def round_counts(counts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """To the nearest 5; under 5 to 0."""
    return np.where(counts > MAX_SMALL_COUNT, (counts + ROUNDING_BASE // 2) // ROUNDING_BASE * ROUNDING_BASE, 0)


def count_ranges(shown: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The least and the most that may be behind rounded counts."""
    least = np.where(shown > 0, np.maximum(shown - ROUNDING_BASE // 2, ROUNDING_BASE), 0)
    return least, np.where(shown > 0, shown + ROUNDING_BASE // 2, MAX_SMALL_COUNT)


def public_districts(
    trends: pa.Table, provinces: pa.Table, closed: pa.Table, topics: Sequence[Topic], as_of: date,
    former: pa.Table | None = None,
) -> pa.Table:  # fmt: skip
    """The public table of districts by quarter: DISTRICT_COLUMNS, unique by DISTRICT_KEY and sorted by it.

    Args:
        trends: rows of ``gold.district_trends``.
        provinces: the public table of provinces.
        closed: the one of the version before: what it had then is not made anew.
        topics: those that may have rows.
        as_of: the last day that the data tell of.
        former: the public table of districts of the version before.
    """
    rows = _candidates(trends, "quarter", closed, former, topics, as_of)
    cells, groups = _cells(rows, "district_code"), public_ids(topics).groups
    areas = pd.Series({one.district_code: one.province_code for one in all_districts()})
    cells["is_shown"] &= ~_reveals_sensitive_groups(cells, groups)
    cells["is_shown"] &= _keeps_full_ranges(cells, areas, _bounds_from_months(provinces, "quarter", groups))
    return _table(rows, cells, former, DISTRICT_COLUMNS, DISTRICT_KEY, topics, as_of)


def public_laos(
    trends: pa.Table, served: Mapping[str, frozenset[str]], provinces: pa.Table, districts: pa.Table,
    closed: pa.Table, topics: Sequence[Topic], as_of: date, former: pa.Table | None = None,
) -> pa.Table:  # fmt: skip
    """The public table of LAOs by fiscal year: LAO_COLUMNS, unique by LAO_KEY and sorted by it.

    Args as for ``public_districts``; ``served`` are the subdistricts of each LAO that does not serve a whole
    province, and ``districts`` the public table of districts.
    """
    rows = _candidates(trends, "fiscal_year", closed, former, topics, as_of)
    rows = rows.filter(pc.is_in(rows["lao_code"], pa.array(sorted(served), pa.string())))
    cells, groups = _cells(rows, "lao_code"), public_ids(topics).groups
    places = {lao: {code[:4] for code in codes} for lao, codes in served.items() if codes}
    in_province = pd.Series({lao: min(codes)[:2] for lao, codes in places.items()}, dtype=object)
    in_district = pd.Series({lao: min(codes) for lao, codes in places.items() if len(codes) == 1}, dtype=object)
    cells["is_shown"] &= ~_reveals_sensitive_groups(cells, groups)
    cells["is_shown"] &= _keeps_full_ranges(cells, in_province, _bounds_from_months(provinces, "fiscal_year", groups))
    cells["is_shown"] &= _keeps_full_ranges(cells, in_district, _bounds_from_quarters(districts), knows_placed=False)
    return _table(rows, cells, former, LAO_COLUMNS, LAO_KEY, topics, as_of)


def _candidates(
    trends: pa.Table, period_type: periods.PeriodType, closed: pa.Table, former: pa.Table | None,
    topics: Sequence[Topic], as_of: date,
) -> pa.Table:  # fmt: skip
    """Rows of settled periods that are not closed.

    Closed is what was settled already when rows were last made, of a province that had some month of it then (not
    its last: that may be without data for good).
    """
    keep = pc.and_(pc.equal(trends["channel"], "all"), pc.equal(trends["period_type"], period_type))
    rows = trends.filter(pc.and_(keep, is_group_or_all(trends, public_ids(topics))))
    rows = rows.filter(publishable_rows(rows, as_of))
    months = closed.filter(pc.equal(closed["period_type"], "month"))
    starts = [periods.start_of(period_type, day) for day in months["period_start"].to_pylist()]
    shown = set(zip(months["province_code"].to_pylist(), starts, strict=True))
    cells = zip(rows["province_code"].to_pylist(), rows["period_start"].to_pylist(), strict=True)
    made_on = max(
        (day for table in (closed, former) if table is not None for day in table["as_of_date"].to_pylist()),
        default=None,
    )
    is_open = [
        made_on is None or (province, start) not in shown or not is_publishable_period(period_type, start, made_on)
        for province, start in cells
    ]
    return rows.filter(pa.array(is_open, pa.bool_())).combine_chunks()


def _cells(rows: pa.Table, area: str) -> pd.DataFrame:
    """What is decided upon, one for each row: ``area``, _CELL, ``count``, ``rounded`` and its range."""
    cells = rows.select([area, *_CELL, "concern_count"]).to_pandas()
    cells = cells.rename(columns={area: "area", "concern_count": "count"})
    cells["rounded"] = round_counts(cells["count"].to_numpy(dtype=np.int64))
    cells["least"], cells["most"] = count_ranges(cells["rounded"].to_numpy(dtype=np.int64))
    cells["is_shown"] = cells["rounded"] > 0
    return cells


def _reveals_sensitive_groups(cells: pd.DataFrame, groups: Sequence[str]) -> pd.Series:
    """Totals that the groups which are public may not make up: the rest is of groups with a sensitive topic."""
    of_group = cells[cells["topic_level"] == "group"]
    place = ["area", "period_start"]
    # Beyond what a missing group may hold anyway.
    beyond: Any = (
        of_group.assign(parts=of_group["most"] - MAX_SMALL_COUNT).groupby(place, as_index=False)["parts"].sum()
    )
    found = cells[place].merge(beyond, on=place, how="left")["parts"]
    parts = found.fillna(0).to_numpy() + MAX_SMALL_COUNT * len(groups)
    return (cells["topic_level"] == "all") & (cells["least"] + MAX_SMALL_COUNT > parts)


def _keeps_full_ranges(
    cells: pd.DataFrame, within: pd.Series, known: SumBounds, *, knows_placed: bool = True
) -> pd.Series:
    """Which rows can stay so that no known sum narrows a row that is not there.

    ``within`` says of each area in what it lies; other areas are left as they are. ``knows_placed``: the reader
    knows the exact sum of the rows, and of what the sum is known otherwise only that it is at least this.
    """
    stays: pd.Series = cells.loc[:, "is_shown"].copy()
    place: pd.Series = cells.loc[:, "area"].map(within)
    sizes = within.value_counts()
    for key, group in cells.assign(place=place)[place.notna()].groupby(["place", *_CELL], sort=False):
        key = cast("tuple[object, ...]", key)
        placed = int(group["count"].sum())
        low, high = known.low.get(key, 0), known.high.get(key)
        shown = group.loc[group["is_shown"], :].sort_values(by=["rounded", "area"])
        is_whole = len(shown) == int(sizes[key[0]])
        most = int(group["most"].sum()) + MAX_SMALL_COUNT * (int(sizes[key[0]]) - len(group))
        if not is_whole and (placed if knows_placed else min(low, placed)) + MAX_SMALL_COUNT > most:
            stays[shown.index] = False
            continue
        # What missing rows may hold besides, and what missing months or quarters must hold besides, whose reader may
        # know as well which of the missing rows are 5 at least.
        room = None if is_whole or not knows_placed else placed - MAX_SMALL_COUNT
        known_room = None if high is None or low == high else high - MAX_SMALL_COUNT
        least = sure = int(shown["least"].sum())
        for index, row_least in zip(shown.index, shown["least"], strict=True):
            if (room is None or least <= room) and (known_room is None or sure <= known_room):
                break
            stays[index] = False
            least -= int(row_least)
            sure -= int(row_least) - ROUNDING_BASE
    return stays


def _bounds_from_months(provinces: pa.Table, period_type: str, groups: Sequence[str]) -> SumBounds:
    """Sums of a province's months as they are shown; a hidden month holds at least 1, and at most 4 for sure.

    Where the total of a month is hidden, its groups have no row, and hold 0 to 4.
    """
    rows = provinces.filter(pc.equal(provinces["period_type"], "month"))
    frame = rows.select(["province_code", *_CELL, "concern_count"]).to_pandas()
    frame["period_start"] = [
        periods.start_of(cast("periods.PeriodType", period_type), day) for day in frame["period_start"]
    ]
    shown = frame.assign(low=frame["concern_count"].fillna(1), high=frame["concern_count"].fillna(MAX_SMALL_COUNT))
    untold = shown.loc[(frame["topic_level"] == "all") & frame["concern_count"].isna(), :]
    missing = [untold.assign(topic_level="group", topic_id=group, low=0, high=MAX_SMALL_COUNT) for group in groups]
    every: Any = pd.concat([shown, *missing], ignore_index=True)
    return _sum_bounds(every, "province_code", every["low"], every["high"])


def _bounds_from_quarters(districts: pa.Table) -> SumBounds:
    """Sums of a district's quarters of a fiscal year.

    Where its province has no row of the topic in some quarter, nothing is known of that quarter, nor of the sum.
    """
    frame = districts.select(["district_code", "province_code", *_CELL, "rounded_count"]).to_pandas()
    least, most = count_ranges(frame["rounded_count"].to_numpy(dtype=np.int64))
    year = [periods.start_of("fiscal_year", day) for day in frame["period_start"]]
    of_year = ["province_code", "period_start", "topic_level", "topic_id"]
    quarters = frame.assign(quarter=frame["period_start"], period_start=year)
    known = _sum_bounds(quarters, "district_code", pd.Series(least), pd.Series(most - MAX_SMALL_COUNT))
    told = quarters.groupby(of_year)["quarter"].nunique()
    inside: dict[str, list[str]] = {}
    for one in all_districts():
        inside.setdefault(one.province_code, []).append(one.district_code)
    high: dict[tuple[object, ...], int] = {
        (district, *cell): known.high.get((district, *cell), 0) + 4 * MAX_SMALL_COUNT
        for province, *cell in told[told == 4].index
        for district in inside[province]
    }
    return SumBounds(known.low, high)


def _sum_bounds(frame: pd.DataFrame, place: str, low: pd.Series, high: pd.Series) -> SumBounds:
    sums: Any = frame.assign(low=low, high=high).groupby([place, *_CELL]).agg(low=("low", "sum"), high=("high", "sum"))
    cells = list(sums.index)
    return SumBounds(
        dict(zip(cells, sums["low"].astype(int), strict=True)),
        dict(zip(cells, sums["high"].astype(int), strict=True)),
    )


def _table(
    rows: pa.Table, cells: pd.DataFrame, former: pa.Table | None, columns: Sequence[str], key: Sequence[str],
    topics: Sequence[Topic], as_of: date,
) -> pa.Table:  # fmt: skip
    """The rows that are shown beside those of the version before, with rounded counts."""
    rows = rows.append_column("rounded_count", pa.array(cells["rounded"].to_numpy(dtype=np.int64), pa.int64()))
    rows = rows.append_column("as_of_date", pa.array([as_of] * rows.num_rows, pa.date32()))
    rows = rows.append_column("previous_rounded_count", pa.nulls(rows.num_rows, pa.int64()))
    residents = pc.divide(rows["concern_count"], rows["concerns_per_100k"])
    rate = pc.round(pc.divide(rows["rounded_count"], residents), 2)
    rated = pc.greater_equal(rows["rounded_count"], MIN_RATED_COUNT)
    place = rows.column_names.index("concerns_per_100k")
    rows = rows.set_column(place, "concerns_per_100k", pc.if_else(rated, rate, pa.scalar(None, pa.float64())))
    made = rows.filter(pa.array(cells["is_shown"].to_numpy(dtype=bool))).select(columns)
    if former is not None:
        kept = former.filter(is_group_or_all(former, public_ids(topics))).cast(made.schema)
        made = pa.concat_tables([kept, made])
    made = made.combine_chunks().sort_by([(name, "ascending") for name in key])
    return _with_previous_counts(made, key[2])


def _with_previous_counts(rows: pa.Table, area: str) -> pa.Table:
    """The rows with the rounded count of the period before, where that has a row."""
    cells = [rows[name].to_pylist() for name in ("period_type", "period_start", area, "topic_level", "topic_id")]
    found = dict(zip(zip(*cells, strict=True), rows["rounded_count"].to_pylist(), strict=True))
    before = [
        found.get((period_type, periods.add_months(start, -periods.MONTHS[period_type]), *rest))
        for period_type, start, *rest in zip(*cells, strict=True)
    ]
    name = "previous_rounded_count"
    return rows.set_column(rows.column_names.index(name), name, pa.array(before, pa.int64()))
