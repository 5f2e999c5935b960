"""The public tables of districts and LAOs: counts rounded to the nearest 5, and which rows must be removed.

A reader knows a range for each row: a shown 5 is 5 to 7, a shown 10 is 8 to 12, a missing row is 0 to 4. Sums of rows
are also known from elsewhere: from the province, and from the quarters of a district. Where such a sum would narrow the
range of a missing row, further rows are removed, the smallest first, until every missing row can be 0 to 4.

The reader is also assumed to know how many concerns of the period are placed in any district or LAO of the province.
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

# pyarrow creates the functions of this module at import, so a type checker does not see them.
pc: Any = compute

ROUNDING_BASE = 5
MIN_RATED_COUNT = 25
"""Gold has rates from 20 concerns on; 23 is the lowest count shown as 25, so a missing rate gives no information."""

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
    """Bounds that a reader knows for sums of rows, by place, start of the period, level and id of the topic.

    A sum without an entry in ``low`` is at least 0; without an entry in ``high`` it has no upper bound.
    """

    low: Mapping[tuple[object, ...], int]
    high: Mapping[tuple[object, ...], int]


def round_counts(counts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Counts rounded to the nearest 5; 0 where the count is under 5."""
    return np.where(counts > MAX_SMALL_COUNT, (counts + ROUNDING_BASE // 2) // ROUNDING_BASE * ROUNDING_BASE, 0)


def count_ranges(rounded: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The lowest and the highest count with each rounded count."""
    least = np.where(rounded > 0, np.maximum(rounded - ROUNDING_BASE // 2, ROUNDING_BASE), 0)
    return least, np.where(rounded > 0, rounded + ROUNDING_BASE // 2, MAX_SMALL_COUNT)


def public_districts(
    trends: pa.Table, provinces: pa.Table, closed: pa.Table, topics: Sequence[Topic], as_of: date,
    previous: pa.Table | None = None,
) -> pa.Table:  # fmt: skip
    """The public table of districts by quarter: DISTRICT_COLUMNS, unique by DISTRICT_KEY and sorted by it.

    Args:
        trends: rows of ``gold.district_trends``.
        provinces: the public table of provinces of this version.
        closed: the public table of provinces of the current version; see ``_open_rows``.
        topics: rows of other topics are left out.
        as_of: the last day that the data cover.
        previous: the public table of districts of the current version.
    """
    rows = _open_rows(trends, "quarter", closed, previous, topics, as_of)
    cells, groups = _cells(rows, "district_code"), public_ids(topics).groups
    province_of = pd.Series({district.district_code: district.province_code for district in all_districts()})
    cells["is_shown"] &= ~_reveals_sensitive_groups(cells, groups)
    cells["is_shown"] &= _can_stay(cells, province_of, _bounds_from_months(provinces, "quarter", groups))
    return _public_table(rows, cells, previous, DISTRICT_COLUMNS, DISTRICT_KEY, topics, as_of)


def public_laos(
    trends: pa.Table, served: Mapping[str, frozenset[str]], provinces: pa.Table, districts: pa.Table,
    closed: pa.Table, topics: Sequence[Topic], as_of: date, previous: pa.Table | None = None,
) -> pa.Table:  # fmt: skip
    """The public table of LAOs by fiscal year: LAO_COLUMNS, unique by LAO_KEY and sorted by it.

    Args:
        trends: rows of ``gold.lao_trends``.
        served: the subdistricts that each LAO serves, without LAOs that serve a whole province.
        provinces: the public table of provinces of this version.
        districts: the public table of districts of this version.
        closed: the public table of provinces of the current version; see ``_open_rows``.
        topics: rows of other topics are left out.
        as_of: the last day that the data cover.
        previous: the public table of LAOs of the current version.
    """
    rows = _open_rows(trends, "fiscal_year", closed, previous, topics, as_of)
    rows = rows.filter(pc.is_in(rows["lao_code"], pa.array(sorted(served), pa.string())))
    cells, groups = _cells(rows, "lao_code"), public_ids(topics).groups
    districts_of = {lao: {code[:4] for code in codes} for lao, codes in served.items() if codes}
    province_of = pd.Series({lao: min(codes)[:2] for lao, codes in districts_of.items()}, dtype=object)
    district_of = pd.Series({lao: min(codes) for lao, codes in districts_of.items() if len(codes) == 1}, dtype=object)
    cells["is_shown"] &= ~_reveals_sensitive_groups(cells, groups)
    cells["is_shown"] &= _can_stay(cells, province_of, _bounds_from_months(provinces, "fiscal_year", groups))
    cells["is_shown"] &= _can_stay(cells, district_of, _bounds_from_quarters(districts), knows_placed=False)
    return _public_table(rows, cells, previous, LAO_COLUMNS, LAO_KEY, topics, as_of)


def _open_rows(
    trends: pa.Table, period_type: periods.PeriodType, closed: pa.Table, previous: pa.Table | None,
    topics: Sequence[Topic], as_of: date,
) -> pa.Table:  # fmt: skip
    """Rows of publishable periods that are not closed.

    A period of a province is closed where it was publishable in the current version, and the current version shows a
    month of it. The last month is not required, since it may never have data.
    """
    is_wanted = pc.and_(pc.equal(trends["channel"], "all"), pc.equal(trends["period_type"], period_type))
    rows = trends.filter(pc.and_(is_wanted, is_group_or_all(trends, public_ids(topics))))
    rows = rows.filter(publishable_rows(rows, as_of))
    months = closed.filter(pc.equal(closed["period_type"], "month"))
    starts = [periods.start_of(period_type, day) for day in months["period_start"].to_pylist()]
    shown = set(zip(months["province_code"].to_pylist(), starts, strict=True))
    cells = zip(rows["province_code"].to_pylist(), rows["period_start"].to_pylist(), strict=True)
    previous_as_of = max(
        (day for table in (closed, previous) if table is not None for day in table["as_of_date"].to_pylist()),
        default=None,
    )
    is_open = [
        previous_as_of is None
        or (province, start) not in shown
        or not is_publishable_period(period_type, start, previous_as_of)
        for province, start in cells
    ]
    return rows.filter(pa.array(is_open, pa.bool_())).combine_chunks()


def _cells(rows: pa.Table, area: str) -> pd.DataFrame:
    """One row per row of ``rows``: ``area``, _CELL, ``count``, ``rounded``, its range and ``is_shown``."""
    cells = rows.select([area, *_CELL, "concern_count"]).to_pandas()
    cells = cells.rename(columns={area: "area", "concern_count": "count"})
    cells["rounded"] = round_counts(cells["count"].to_numpy(dtype=np.int64))
    cells["least"], cells["most"] = count_ranges(cells["rounded"].to_numpy(dtype=np.int64))
    cells["is_shown"] = cells["rounded"] > 0
    return cells


def _reveals_sensitive_groups(cells: pd.DataFrame, groups: Sequence[str]) -> pd.Series:
    """Totals that the public groups may not add up to: the remainder would be of groups with a sensitive topic."""
    group_cells = cells[cells["topic_level"] == "group"]
    place = ["area", "period_start"]
    # What a shown group can hold more than a missing one.
    excess: Any = (
        group_cells.assign(excess=group_cells["most"] - MAX_SMALL_COUNT).groupby(place, as_index=False)["excess"].sum()
    )
    of_place = cells[place].merge(excess, on=place, how="left")["excess"]
    largest_sum = of_place.fillna(0).to_numpy() + MAX_SMALL_COUNT * len(groups)
    return (cells["topic_level"] == "all") & (cells["least"] + MAX_SMALL_COUNT > largest_sum)


def _can_stay(cells: pd.DataFrame, place_of: pd.Series, bounds: SumBounds, *, knows_placed: bool = True) -> pd.Series:
    """Which rows can stay so that no sum that a reader knows narrows the range of a missing row.

    Args:
        cells: see ``_cells``.
        place_of: the place that contains each area; areas without one are not changed.
        bounds: what a reader knows of the sum of the areas of a place.
        knows_placed: whether the reader also knows the exact sum of the rows of a place.
    """
    stays: pd.Series = cells.loc[:, "is_shown"].copy()
    place: pd.Series = cells.loc[:, "area"].map(place_of)
    area_counts = place_of.value_counts()
    for key, group in cells.assign(place=place)[place.notna()].groupby(["place", *_CELL], sort=False):
        key = cast("tuple[object, ...]", key)
        placed = int(group["count"].sum())
        low, high = bounds.low.get(key, 0), bounds.high.get(key)
        shown = group.loc[group["is_shown"], :].sort_values(by=["rounded", "area"])
        all_shown = len(shown) == int(area_counts[key[0]])
        most = int(group["most"].sum()) + MAX_SMALL_COUNT * (int(area_counts[key[0]]) - len(group))
        if not all_shown and (placed if knows_placed else min(low, placed)) + MAX_SMALL_COUNT > most:
            stays[shown.index] = False
            continue
        # The largest sum of the shown rows that leaves 4 for one missing row: by the placed concerns, and by the known
        # upper bound. For the latter, a reader may also know which of the missing rows are 5 at least.
        room = None if all_shown or not knows_placed else placed - MAX_SMALL_COUNT
        known_room = None if high is None or low == high else high - MAX_SMALL_COUNT
        least = known_least = int(shown["least"].sum())
        for index, row_least in zip(shown.index, shown["least"], strict=True):
            if (room is None or least <= room) and (known_room is None or known_least <= known_room):
                break
            stays[index] = False
            least -= int(row_least)
            known_least -= int(row_least) - ROUNDING_BASE
    return stays


def _bounds_from_months(provinces: pa.Table, period_type: str, groups: Sequence[str]) -> SumBounds:
    """Bounds from the months of a province as they are shown; a hidden month is 1 to 4 (the upper bound is certain).

    Where the total of a month is hidden, its groups have no row and are 0 to 4.
    """
    rows = provinces.filter(pc.equal(provinces["period_type"], "month"))
    months = rows.select(["province_code", *_CELL, "concern_count"]).to_pandas()
    months["period_start"] = [
        periods.start_of(cast("periods.PeriodType", period_type), day) for day in months["period_start"]
    ]
    shown = months.assign(low=months["concern_count"].fillna(1), high=months["concern_count"].fillna(MAX_SMALL_COUNT))
    hidden_totals = shown.loc[(months["topic_level"] == "all") & months["concern_count"].isna(), :]
    missing = [
        hidden_totals.assign(topic_level="group", topic_id=group, low=0, high=MAX_SMALL_COUNT) for group in groups
    ]
    all_months: Any = pd.concat([shown, *missing], ignore_index=True)
    return _sum_bounds(all_months, "province_code", all_months["low"], all_months["high"])


def _bounds_from_quarters(districts: pa.Table) -> SumBounds:
    """Bounds from the quarters of a district in a fiscal year.

    Where the province of the district has no row of the topic in one of the quarters, the sum has no upper bound.
    """
    frame = districts.select(["district_code", "province_code", *_CELL, "rounded_count"]).to_pandas()
    least, most = count_ranges(frame["rounded_count"].to_numpy(dtype=np.int64))
    year = [periods.start_of("fiscal_year", day) for day in frame["period_start"]]
    quarters = frame.assign(quarter=frame["period_start"], period_start=year)
    of_shown = _sum_bounds(quarters, "district_code", pd.Series(least), pd.Series(most - MAX_SMALL_COUNT))
    year_cell = ["province_code", "period_start", "topic_level", "topic_id"]
    quarter_counts = quarters.groupby(year_cell)["quarter"].nunique()
    districts_of: dict[str, list[str]] = {}
    for district in all_districts():
        districts_of.setdefault(district.province_code, []).append(district.district_code)
    high: dict[tuple[object, ...], int] = {
        (district, *cell): of_shown.high.get((district, *cell), 0) + 4 * MAX_SMALL_COUNT
        for province, *cell in quarter_counts[quarter_counts == 4].index
        for district in districts_of[province]
    }
    return SumBounds(of_shown.low, high)


def _sum_bounds(frame: pd.DataFrame, place: str, low: pd.Series, high: pd.Series) -> SumBounds:
    sums: Any = frame.assign(low=low, high=high).groupby([place, *_CELL]).agg(low=("low", "sum"), high=("high", "sum"))
    cells = list(sums.index)
    return SumBounds(
        dict(zip(cells, sums["low"].astype(int), strict=True)),
        dict(zip(cells, sums["high"].astype(int), strict=True)),
    )


def _public_table(
    rows: pa.Table, cells: pd.DataFrame, previous: pa.Table | None, columns: Sequence[str], key: Sequence[str],
    topics: Sequence[Topic], as_of: date,
) -> pa.Table:  # fmt: skip
    """The shown rows with rounded counts, and the rows of the previous table."""
    rows = rows.append_column("rounded_count", pa.array(cells["rounded"].to_numpy(dtype=np.int64), pa.int64()))
    rows = rows.append_column("as_of_date", pa.array([as_of] * rows.num_rows, pa.date32()))
    rows = rows.append_column("previous_rounded_count", pa.nulls(rows.num_rows, pa.int64()))
    residents = pc.divide(rows["concern_count"], rows["concerns_per_100k"])
    rate = pc.round(pc.divide(rows["rounded_count"], residents), 2)
    is_rated = pc.greater_equal(rows["rounded_count"], MIN_RATED_COUNT)
    position = rows.column_names.index("concerns_per_100k")
    rows = rows.set_column(position, "concerns_per_100k", pc.if_else(is_rated, rate, pa.scalar(None, pa.float64())))
    public = rows.filter(pa.array(cells["is_shown"].to_numpy(dtype=bool))).select(columns)
    if previous is not None:
        published = previous.filter(is_group_or_all(previous, public_ids(topics))).cast(public.schema)
        public = pa.concat_tables([published, public])
    public = public.combine_chunks().sort_by([(name, "ascending") for name in key])
    return _with_previous_counts(public, key[2])


def _with_previous_counts(rows: pa.Table, area: str) -> pa.Table:
    """Sets ``previous_rounded_count``, the rounded count of the period before; null where that has no row."""
    cells = [rows[name].to_pylist() for name in ("period_type", "period_start", area, "topic_level", "topic_id")]
    counts = dict(zip(zip(*cells, strict=True), rows["rounded_count"].to_pylist(), strict=True))
    before = [
        counts.get((period_type, periods.add_months(start, -periods.MONTHS[period_type]), *others))
        for period_type, start, *others in zip(*cells, strict=True)
    ]
    name = "previous_rounded_count"
    return rows.set_column(rows.column_names.index(name), name, pa.array(before, pa.int64()))
