"""The public table of provinces: months of topics, fiscal years of sensitive topics, small counts hidden."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
from pyarrow import compute

from jobs.disclosure.complementary_suppression import MAX_SMALL_COUNT, Counts, Layout, Mask, suppress_complementary
from jobs.disclosure.publishable import has_ids, is_group_or_all, publishable_rows
from jobs.gold.comparison import MIN_COMPARED_COUNT
from schemas.topics import Topic, public_ids

# Its functions are made when it is imported, so that a type checker does not see them.
pc: Any = compute

TREND_COLUMNS = (
    "period_type", "period_start", "period_th", "fiscal_year_be", "province_code", "province_th",
    "province_en", "region", "topic_level", "topic_id", "topic_th", "topic_en", "is_hidden", "concern_count",
    "other_kind_count", "share", "concerns_per_100k", "population_date", "rank", "rank_per_100k",
    "previous_count", "change_pct", "last_year_count", "last_year_change_pct", "resolved_count",
    "median_days_to_resolve", "p90_days_to_resolve", "within_15_days_share", "is_provisional",
    "model_version", "as_of_date",
)  # fmt: skip
TREND_KEY = ("period_type", "period_start", "province_code", "topic_level", "topic_id")
CELL = ("period_type", "period_start", "province_code")
"""What is closed as one: a province's period."""

_DECIMALS = {
    "share": 4, "concerns_per_100k": 2, "change_pct": 1, "last_year_change_pct": 1,
    "median_days_to_resolve": 1, "p90_days_to_resolve": 1, "within_15_days_share": 2,
}  # fmt: skip


def public_provinces(
    trends: pa.Table, topics: Sequence[Topic], as_of: date, former: pa.Table | None = None
) -> pa.Table:
    """The public table of provinces: rows of ``gold.province_trends`` that may be shown, small counts hidden.

    Columns are TREND_COLUMNS, rows unique by TREND_KEY and sorted by it. Provinces' periods that stand in
    ``former``, the table as it was published before, are taken from there; a topic that ``topics`` does not know
    is left out.
    """
    rows = _of_all_channels(trends, topics)
    rows = rows.filter(publishable_rows(rows, as_of))
    if former is not None:
        rows = _not_yet_published(rows, former)
    rows = rows.append_column("as_of_date", pa.array([as_of] * rows.num_rows, pa.date32()))
    made = _hide_figures(rows.combine_chunks().sort_by([(name, "ascending") for name in TREND_KEY]), topics)
    if former is not None:
        kept = former.filter(_may_be_public(former, topics)).cast(made.schema)
        made = pa.concat_tables([kept, made]).combine_chunks().sort_by([(name, "ascending") for name in TREND_KEY])
    for count, change, years in (
        ("previous_count", "change_pct", 0),
        ("last_year_count", "last_year_change_pct", 1),
    ):
        made = _with_earlier_count(made, count, change, years)
    for name, decimals in _DECIMALS.items():
        made = _set_column(made, name, pc.round(made[name], decimals))
    # By what is shown: by figures before they are rounded, two that look the same would change places when what was
    # public is ranked again.
    for name, of in (("rank", "concern_count"), ("rank_per_100k", "concerns_per_100k")):
        made = _set_column(made, name, _ranks(made, name, of))
    return made


def _hide_figures(rows: pa.Table, topics: Sequence[Topic]) -> pa.Table:
    """The rows with all that must not be shown set to null."""
    frame = _mask_inputs(rows)
    months = (frame["period_type"] == "month").to_numpy()
    counts, resolved, others = (
        np.ascontiguousarray(frame[name].to_numpy(dtype=np.int64))
        for name in ("concern_count", "resolved_count", "other_kind_count")
    )
    hide_count, hide_resolved, hide_other = (_is_small(counts), _is_small(resolved), _is_small(others))
    hide_resolved |= _is_small(counts - resolved) | hide_count
    if months.any():
        hide_count[months], hide_resolved[months], hide_other[months] = _month_masks(
            frame.loc[months, :], topics, counts[months], resolved[months], others[months]
        )
    stated = frame["stated_count"].to_numpy(dtype=np.int64)
    share_in_15 = frame["within_15_days_share"].to_numpy(dtype=float, na_value=0.0)
    nearly_all = hide_resolved & ~hide_count & _is_small(counts - resolved)
    masks: dict[str, Mask] = {
        "concern_count": hide_count,
        "other_kind_count": hide_other | hide_count,
        "share": hide_count | ~months,
        "concerns_per_100k": hide_count,
        "resolved_count": hide_resolved,
        "median_days_to_resolve": _quantile_mask(hide_count, hide_resolved, nearly_all, stated, 0.5),
        "p90_days_to_resolve": _quantile_mask(hide_count, hide_resolved, nearly_all, stated, 0.9),
        "within_15_days_share": hide_resolved
        | _is_small_number(share_in_15 * stated)
        | _is_small_number((1 - share_in_15) * stated)
        | (stated <= MAX_SMALL_COUNT),
        "rank": hide_count,
        "rank_per_100k": hide_count,
    }
    for name, mask in masks.items():
        rows = _set_column(rows, name, pc.if_else(pa.array(mask), pa.scalar(None, rows[name].type), rows[name]))
    rows = rows.append_column("is_hidden", pa.array(hide_count)).select(TREND_COLUMNS)
    return rows.filter(pa.array(~_has_hidden_total(frame, hide_count)))


def _of_all_channels(trends: pa.Table, topics: Sequence[Topic]) -> pa.Table:
    return trends.filter(pc.and_(pc.equal(trends["channel"], "all"), _may_be_public(trends, topics)))


def _may_be_public(rows: pa.Table, topics: Sequence[Topic]) -> pa.ChunkedArray:
    ids, period = public_ids(topics), rows["period_type"]
    monthly = pc.or_(is_group_or_all(rows, ids), has_ids(rows, "topic", ids.topics))
    yearly = has_ids(rows, "topic", ids.sensitive)
    return pc.or_(pc.and_(pc.equal(period, "month"), monthly), pc.and_(pc.equal(period, "fiscal_year"), yearly))


def _not_yet_published(rows: pa.Table, former: pa.Table) -> pa.Table:
    """The rows of provinces' periods that the former table does not have."""
    closed = former.select(CELL).group_by(list(CELL)).aggregate([])
    return rows.join(closed, list(CELL), join_type="left anti")


def _mask_inputs(rows: pa.Table) -> pd.DataFrame:
    """What the masks are made from; ``month`` numbers the months of all time."""
    names = [*TREND_KEY, "concern_count", "resolved_count", "other_kind_count", "stated_count"]
    frame = rows.select([*names, "within_15_days_share"]).to_pandas()
    for name in names[len(TREND_KEY) :]:
        frame[name] = frame[name].fillna(0).astype("int64")
    starts = rows["period_start"]
    frame["month"] = pc.add(pc.multiply(pc.year(starts), 12), pc.month(starts)).to_numpy()
    return frame


def _month_masks(
    frame: pd.DataFrame, topics: Sequence[Topic], counts: Counts, resolved: Counts, others: Counts
) -> tuple[Mask, Mask, Mask]:
    """What to hide of concern_count, resolved_count and other_kind_count: one entry for each row."""
    layout, column_of = _layout(topics)
    row = frame.groupby(["province_code", "month"], sort=False).ngroup().to_numpy()
    column = np.array(
        [column_of[key] for key in zip(frame["topic_level"], frame["topic_id"], strict=True)], dtype=np.int64
    )
    shape = (int(row.max()) + 1, len(column_of))

    def matrix(values: Counts) -> Counts:
        made = np.zeros(shape, dtype=np.int64)
        made[row, column] = values
        return made

    all_counts, all_resolved, all_others = matrix(counts), matrix(resolved), matrix(others)
    small = _is_small(all_counts)
    hidden = suppress_complementary(all_counts, layout, small)
    hidden_resolved = _resolved_mask(all_counts, all_resolved, layout, small, hidden)
    hidden_others = suppress_complementary(all_others, layout, _is_small(all_others))
    return hidden[row, column], hidden_resolved[row, column], hidden_others[row, column]


def _resolved_mask(counts: Counts, resolved: Counts, layout: Layout, small: Mask, hidden: Mask) -> Mask:
    """Where resolved_count goes: it and what it leaves of the count are one figure to a reader."""
    left = counts - resolved
    concealed = hidden | _is_small(resolved) | _is_small(left)
    while True:
        before = concealed
        for part, other in ((resolved, left), (left, resolved)):
            guarded = small | (~hidden & _is_small(part))
            bound = np.where(_is_small(other), counts - 1, counts)
            concealed = concealed | suppress_complementary(part, layout, guarded, concealed, bound)
        if (concealed == before).all():
            return concealed


def _layout(topics: Sequence[Topic]) -> tuple[Layout, dict[tuple[str, str], int]]:
    shut = {topic.group_id for topic in topics if topic.is_sensitive}
    column_of: dict[tuple[str, str], int] = {("all", "all"): 0}
    members: dict[str, list[int]] = {}
    ungrouped: list[int] = []
    for topic in topics:
        if topic.is_sensitive:
            continue
        column = column_of.setdefault(("topic", topic.topic_id), len(column_of))
        (ungrouped if topic.group_id in shut else members.setdefault(topic.group_id, [])).append(column)
    groups = tuple(
        (column_of.setdefault(("group", group), len(column_of)), tuple(columns)) for group, columns in members.items()
    )
    return Layout(total=0, groups=groups, ungrouped=tuple(ungrouped)), column_of


def _is_small(counts: Counts) -> Mask:
    return (counts > 0) & (counts <= MAX_SMALL_COUNT)


def _is_small_number(persons: npt.NDArray[np.float64]) -> Mask:
    """Whether a number of persons, computed from a rounded share, is under 5 and not 0."""
    return (persons > 1e-6) & (persons < MAX_SMALL_COUNT + 0.5)


def _quantile_mask(hide_count: Mask, hide_resolved: Mask, nearly_all: Mask, stated: Counts, quantile: float) -> Mask:
    """Up to 4 unsolved cannot keep a quantile from being reached where its tail holds 5."""
    reached_anyway = nearly_all & (stated * (1 - quantile) > MAX_SMALL_COUNT + 0.5)
    return hide_count | (stated <= MAX_SMALL_COUNT) | (hide_resolved & ~reached_anyway)


def _has_hidden_total(frame: pd.DataFrame, hidden: Mask) -> Mask:
    """Rows of topics and groups of a month whose total is hidden: were all of them 0, it would be of sensitive ones."""
    is_total = (frame["topic_level"] == "all").to_numpy()
    total = pd.Series(hidden & is_total, index=frame.index)
    cell = [frame["period_type"], frame["province_code"], frame["month"]]
    return total.groupby(cell).transform("max").to_numpy(dtype=bool) & ~is_total


def _with_earlier_count(rows: pa.Table, count: str, change: str, years: int) -> pa.Table:
    """The rows with the count of an earlier period (the one before, or a year before) as it is shown there.

    Change in per cent as gold has it: where both hold at least 20.
    """
    key = ["province_code", "topic_level", "topic_id", "period_type", "month"]
    frame = rows.select([*TREND_KEY, "concern_count"]).to_pandas()
    starts = rows["period_start"]
    frame["month"] = pc.add(pc.multiply(pc.year(starts), 12), pc.month(starts)).to_numpy()
    back = 12 if years else np.where(frame["period_type"] == "month", 1, 12)
    earlier = frame[key].assign(month=frame["month"] - back)
    found = earlier.merge(frame[[*key, "concern_count"]], on=key, how="left", validate="one_to_one")["concern_count"]
    now, then = (column.to_numpy(dtype=float, na_value=np.nan) for column in (frame["concern_count"], found))
    then = np.where(np.isnan(now), np.nan, then)
    is_large = (now >= MIN_COMPARED_COUNT) & (then >= MIN_COMPARED_COUNT)
    moved = np.where(is_large, 100 * (now - then) / np.where(is_large, then, 1), np.nan)
    rows = _set_column(rows, count, pa.array(then, from_pandas=True).cast(cast("pa.DataType", rows[count].type)))
    return _set_column(rows, change, pa.array(moved, from_pandas=True))


def _ranks(rows: pa.Table, name: str, of: str) -> pa.Array:
    """Ranks among the rows that had one and show their figure: 1 is most, equals share a rank."""
    keys = ["period_type", "period_start", "topic_level", "topic_id"]
    frame = rows.select([*keys, name, of]).to_pandas()
    figures = frame[of].astype(float).where(frame[name].notna())
    ranks = figures.groupby([frame[key] for key in keys]).rank(method="min", ascending=False)
    return pa.array(ranks.to_numpy(), from_pandas=True).cast(cast("pa.DataType", rows[name].type))


def _set_column(table: pa.Table, name: str, values: pa.Array | pa.ChunkedArray) -> pa.Table:
    return table.set_column(table.column_names.index(name), name, values)
