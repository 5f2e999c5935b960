"""The public table of provinces: topics by month, sensitive topics by fiscal year, with small counts hidden."""

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

# pyarrow creates the functions of this module at import, so a type checker does not see them.
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
"""A province's period: its rows are published together and not changed later."""

_DECIMALS = {
    "share": 4, "concerns_per_100k": 2, "change_pct": 1, "last_year_change_pct": 1,
    "median_days_to_resolve": 1, "p90_days_to_resolve": 1, "within_15_days_share": 2,
}  # fmt: skip


def public_provinces(
    trends: pa.Table, topics: Sequence[Topic], as_of: date, previous: pa.Table | None = None
) -> pa.Table:
    """The public table of provinces: publishable rows of ``gold.province_trends`` with small counts hidden.

    Columns are TREND_COLUMNS; rows are unique by TREND_KEY and sorted by it.

    Args:
        trends: rows of ``gold.province_trends``.
        topics: rows of other topics are left out.
        as_of: the last day that the data cover.
        previous: the table of the current version, from which the provinces' periods in it are copied.
    """
    order = [(name, "ascending") for name in TREND_KEY]
    rows = _of_all_channels(trends, topics)
    rows = rows.filter(publishable_rows(rows, as_of))
    if previous is not None:
        rows = _not_yet_published(rows, previous)
    rows = rows.append_column("as_of_date", pa.array([as_of] * rows.num_rows, pa.date32()))
    public = _hide_figures(rows.combine_chunks().sort_by(order), topics)
    if previous is not None:
        published = previous.filter(_may_be_public(previous, topics)).cast(public.schema)
        public = pa.concat_tables([published, public]).combine_chunks().sort_by(order)
    for count, change, years in (
        ("previous_count", "change_pct", 0),
        ("last_year_count", "last_year_change_pct", 1),
    ):
        public = _with_earlier_count(public, count, change, years)
    for name, decimals in _DECIMALS.items():
        public = _set_column(public, name, pc.round(public[name], decimals))
    # Ranked by rounded figures: published rows have no others, so that their ranks would else change when they are
    # ranked again.
    for name, figure in (("rank", "concern_count"), ("rank_per_100k", "concerns_per_100k")):
        public = _set_column(public, name, _ranks(public, name, figure))
    return public


def _hide_figures(rows: pa.Table, topics: Sequence[Topic]) -> pa.Table:
    """The rows with all figures that must not be shown set to null."""
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


def _not_yet_published(rows: pa.Table, previous: pa.Table) -> pa.Table:
    """The rows of provinces' periods that are not in the previous table."""
    closed = previous.select(CELL).group_by(list(CELL)).aggregate([])
    return rows.join(closed, list(CELL), join_type="left anti")


def _mask_inputs(rows: pa.Table) -> pd.DataFrame:
    """The columns that the masks are computed from; ``month`` counts months from the year 0."""
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
    """The masks of concern_count, resolved_count and other_kind_count: one entry per row of ``frame``."""
    layout, column_of = _layout(topics)
    row = frame.groupby(["province_code", "month"], sort=False).ngroup().to_numpy()
    column = np.array(
        [column_of[key] for key in zip(frame["topic_level"], frame["topic_id"], strict=True)], dtype=np.int64
    )
    shape = (int(row.max()) + 1, len(column_of))

    def matrix(values: Counts) -> Counts:
        cells = np.zeros(shape, dtype=np.int64)
        cells[row, column] = values
        return cells

    all_counts, all_resolved, all_others = matrix(counts), matrix(resolved), matrix(others)
    small = _is_small(all_counts)
    hidden = suppress_complementary(all_counts, layout, small)
    hidden_resolved = _resolved_mask(all_counts, all_resolved, layout, small, hidden)
    hidden_others = suppress_complementary(all_others, layout, _is_small(all_others))
    return hidden[row, column], hidden_resolved[row, column], hidden_others[row, column]


def _resolved_mask(counts: Counts, resolved: Counts, layout: Layout, small: Mask, hidden: Mask) -> Mask:
    """The mask of resolved_count; where the count is shown, resolved_count also gives the unresolved count."""
    unresolved = counts - resolved
    suppressed = hidden | _is_small(resolved) | _is_small(unresolved)
    while True:
        before = suppressed
        for part, other in ((resolved, unresolved), (unresolved, resolved)):
            protected = small | (~hidden & _is_small(part))
            bound = np.where(_is_small(other), counts - 1, counts)
            suppressed = suppressed | suppress_complementary(part, layout, protected, suppressed, bound)
        if (suppressed == before).all():
            return suppressed


def _layout(topics: Sequence[Topic]) -> tuple[Layout, dict[tuple[str, str], int]]:
    """The columns of the matrices of counts, and the column of each topic_level and topic_id."""
    sensitive_groups = {topic.group_id for topic in topics if topic.is_sensitive}
    column_of: dict[tuple[str, str], int] = {("all", "all"): 0}
    members: dict[str, list[int]] = {}
    ungrouped: list[int] = []
    for topic in topics:
        if topic.is_sensitive:
            continue
        column = column_of.setdefault(("topic", topic.topic_id), len(column_of))
        (ungrouped if topic.group_id in sensitive_groups else members.setdefault(topic.group_id, [])).append(column)
    groups = tuple(
        (column_of.setdefault(("group", group), len(column_of)), tuple(columns)) for group, columns in members.items()
    )
    return Layout(total=0, groups=groups, ungrouped=tuple(ungrouped)), column_of


def _is_small(counts: Counts) -> Mask:
    return (counts > 0) & (counts <= MAX_SMALL_COUNT)


def _is_small_number(numbers: npt.NDArray[np.float64]) -> Mask:
    """Whether a number of concerns, computed from a rounded share, is under 5 and not 0."""
    return (numbers > 1e-6) & (numbers < MAX_SMALL_COUNT + 0.5)


def _quantile_mask(hide_count: Mask, hide_resolved: Mask, nearly_all: Mask, stated: Counts, quantile: float) -> Mask:
    """The mask of a quantile of durations.

    Where up to 4 concerns are unsolved and the tail of the quantile has 5 or more, the quantile is reached in any case,
    so it gives no information on the number of solved concerns.
    """
    is_reached_anyway = nearly_all & (stated * (1 - quantile) > MAX_SMALL_COUNT + 0.5)
    return hide_count | (stated <= MAX_SMALL_COUNT) | (hide_resolved & ~is_reached_anyway)


def _has_hidden_total(frame: pd.DataFrame, hidden: Mask) -> Mask:
    """Which rows are of topics and groups of a month whose total is hidden: see rule 6 in ``rules``."""
    is_total = (frame["topic_level"] == "all").to_numpy()
    total = pd.Series(hidden & is_total, index=frame.index)
    cell = [frame["period_type"], frame["province_code"], frame["month"]]
    return total.groupby(cell).transform("max").to_numpy(dtype=bool) & ~is_total


def _with_earlier_count(rows: pa.Table, count: str, change: str, years: int) -> pa.Table:
    """Sets ``count``, the count of an earlier period as it is shown there, and ``change``, the change in per cent.

    The earlier period is the one ``years`` years before, or the period before where ``years`` is 0. As in gold, the
    change is null where one of the counts is under MIN_COMPARED_COUNT.
    """
    key = ["province_code", "topic_level", "topic_id", "period_type", "month"]
    frame = rows.select([*TREND_KEY, "concern_count"]).to_pandas()
    starts = rows["period_start"]
    frame["month"] = pc.add(pc.multiply(pc.year(starts), 12), pc.month(starts)).to_numpy()
    back = 12 if years else np.where(frame["period_type"] == "month", 1, 12)
    earlier = frame[key].assign(month=frame["month"] - back)
    counts = frame[[*key, "concern_count"]]
    merged = earlier.merge(counts, on=key, how="left", validate="one_to_one")["concern_count"]
    now, then = (column.to_numpy(dtype=float, na_value=np.nan) for column in (frame["concern_count"], merged))
    then = np.where(np.isnan(now), np.nan, then)
    is_comparable = (now >= MIN_COMPARED_COUNT) & (then >= MIN_COMPARED_COUNT)
    changes = np.where(is_comparable, 100 * (now - then) / np.where(is_comparable, then, 1), np.nan)
    rows = _set_column(rows, count, pa.array(then, from_pandas=True).cast(cast("pa.DataType", rows[count].type)))
    return _set_column(rows, change, pa.array(changes, from_pandas=True))


def _ranks(rows: pa.Table, name: str, figure: str) -> pa.Array:
    """Ranks by ``figure`` of the rows that have a rank in gold and show the figure: 1 is most, equals share a rank."""
    keys = ["period_type", "period_start", "topic_level", "topic_id"]
    frame = rows.select([*keys, name, figure]).to_pandas()
    figures = frame[figure].astype(float).where(frame[name].notna())
    ranks = figures.groupby([frame[key] for key in keys]).rank(method="min", ascending=False)
    return pa.array(ranks.to_numpy(), from_pandas=True).cast(cast("pa.DataType", rows[name].type))


def _set_column(table: pa.Table, name: str, values: pa.Array | pa.ChunkedArray) -> pa.Table:
    return table.set_column(table.column_names.index(name), name, values)
