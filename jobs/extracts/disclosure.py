"""What may be public: the fixed tables and the hiding of small counts, in this one place.

Nobody may be found by subtraction, so the public tables are few and fixed (a total more is an equation more):

* province × month × topic, group and all, of all channels together. A group that holds a sensitive topic has
  no row of its own: less its other topics it would give the sensitive one.
* province × fiscal year × sensitive topic, for years that have ended: one that is published again each day
  of the year would be a daily table.
* which source had data in which month. Without counts: they add up over provinces, and where one province's
  total is hidden they give it back. National totals must stay out for the same reason.

Within them:

1. A ``concern_count`` of 1 to 4 is hidden, and with it every figure of its row; a 0 stays 0.
2. Companions are hidden so that neither a group nor the total gives a hidden count back (``companions.py``);
   a topic that is the only hidden one of its province and month always gets one.
3. ``resolved_count`` is hidden where it, or what it leaves of ``concern_count``, is 1 to 4; both have their
   companions, since both add up as the counts do. ``other_kind_count`` likewise.
4. The same count stands in other periods as ``previous_count`` and ``last_year_count``: hidden there too,
   with the changes that rest on it.
5. ``share`` times the total is the count, so shares go where the total is hidden; the share of a fiscal year
   gives the year's total, so it goes where a month's total is hidden.
6. Ranks are made again from the figures that are shown: a gap in the ranks would place a hidden one between
   its neighbours, and a rate per 100,000 between two close neighbours is a count.
7. ``within_15_days_share`` is a fraction of persons: shown where both parts hold at least 5, to whole per
   cent. Whether a median is reached says how many are solved, so medians go with ``resolved_count``, save
   where the few left unsolved could not have kept it from being reached.
8. ``closed_in_period_count`` and ``backlog_count`` are left out: backlog = the one before + submitted -
   ended ties every month to the next, and hidden counts come back from the chain. ``stated_count`` is left
   out as a third part of the same persons.

Not yet dealt with: what can be learned from two versions of a month that is still filling up.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
from pyarrow import compute

from jobs.extracts.companions import LARGEST_SMALL, Counts, Layout, Mask, with_companions
from schemas.topics import Topic

# Its functions are made when it is imported, so that a type checker does not see them.
pc: Any = compute

TREND_COLUMNS = (
    "period_type", "period_start", "period_th", "fiscal_year_be", "province_code", "province_th",
    "province_en", "region", "topic_level", "topic_id", "topic_th", "topic_en", "is_hidden", "concern_count",
    "other_kind_count", "share", "concerns_per_100k", "population_date", "rank", "rank_per_100k",
    "previous_count", "change_pct", "last_year_count", "last_year_change_pct", "resolved_count",
    "median_days_to_resolve", "p90_days_to_resolve", "within_15_days_share", "is_complete", "is_provisional",
    "model_version",
)  # fmt: skip
TREND_KEY = ("period_type", "period_start", "province_code", "topic_level", "topic_id")
COVERAGE_COLUMNS = (
    "source_id", "channel", "period_start", "province_count", "first_date", "last_date", "is_complete"
)  # fmt: skip
COVERAGE_KEY = ("source_id", "period_start")

_DECIMALS = {
    "share": 4, "concerns_per_100k": 2, "change_pct": 1, "last_year_change_pct": 1,
    "median_days_to_resolve": 1, "p90_days_to_resolve": 1, "within_15_days_share": 2,
}  # fmt: skip
_LEVELS = ["all", "group", "topic"]


def public_trends(trends: pa.Table, topics: Sequence[Topic]) -> pa.Table:
    """The public table of trends: rows of ``gold.province_trends`` that may be shown, small counts hidden.

    Columns are TREND_COLUMNS, rows unique by TREND_KEY and sorted by it. A topic that ``topics`` does not
    know is left out.
    """
    rows = _public_rows(trends, topics)
    frame = _frame(rows)
    months = (frame["period_type"] == "month").to_numpy()
    counts, resolved, others = (
        np.ascontiguousarray(frame[name].to_numpy(dtype=np.int64))
        for name in ("concern_count", "resolved_count", "other_kind_count")
    )
    hide_count, hide_resolved, hide_other = (_small(counts), _small(resolved), _small(others))
    hide_resolved |= _small(counts - resolved) | hide_count
    if months.any():
        hide_count[months], hide_resolved[months], hide_other[months] = _hidden_in_months(
            frame.loc[months, :], topics, counts[months], resolved[months], others[months]
        )
    hide_share = hide_count | _total_is_hidden(frame, hide_count)
    stated = frame["stated_count"].to_numpy(dtype=np.int64)
    share_in_15 = frame["within_15_days_share"].to_numpy(dtype=float, na_value=0.0)
    nearly_all = hide_resolved & ~hide_count & _small(counts - resolved)
    masks: dict[str, Mask] = {
        "concern_count": hide_count,
        "other_kind_count": hide_other | hide_count,
        "share": hide_share,
        "concerns_per_100k": hide_count,
        "resolved_count": hide_resolved,
        "median_days_to_resolve": _hide_quantile(hide_count, hide_resolved, nearly_all, stated, 0.5),
        "p90_days_to_resolve": _hide_quantile(hide_count, hide_resolved, nearly_all, stated, 0.9),
        "within_15_days_share": hide_resolved
        | _few(share_in_15 * stated)
        | _few((1 - share_in_15) * stated)
        | (stated <= LARGEST_SMALL),
    }
    for name, change, years in (
        ("previous_count", "change_pct", 0),
        ("last_year_count", "last_year_change_pct", 1),
    ):
        masks[name] = masks[change] = hide_count | _refers_to_hidden(frame, hide_count, years)
    for name in ("rank", "rank_per_100k"):
        masks[name] = hide_count
    for name, mask in masks.items():
        rows = _set(rows, name, pc.if_else(pa.array(mask), pa.scalar(None, rows[name].type), rows[name]))
    for name, of in (("rank", "concern_count"), ("rank_per_100k", "concerns_per_100k")):
        rows = _set(rows, name, _ranked(rows, name, of))
    for name, decimals in _DECIMALS.items():
        rows = _set(rows, name, pc.round(rows[name], decimals))
    return rows.append_column("is_hidden", pa.array(hide_count)).select(TREND_COLUMNS)


def public_coverage(coverage: pa.Table) -> pa.Table:
    """The public table of coverage: COVERAGE_COLUMNS, sorted; days of under 5 concerns are hidden."""
    few = pc.less(coverage["concern_count"], LARGEST_SMALL + 1)
    for name in ("first_date", "last_date"):
        coverage = _set(coverage, name, pc.if_else(few, pa.scalar(None, coverage[name].type), coverage[name]))
    return coverage.select(COVERAGE_COLUMNS).sort_by([(name, "ascending") for name in COVERAGE_KEY])


def _public_rows(trends: pa.Table, topics: Sequence[Topic]) -> pa.Table:
    sensitive = [topic.topic_id for topic in topics if topic.is_sensitive]
    shut = {topic.group_id for topic in topics if topic.is_sensitive}
    open_groups = sorted({topic.group_id for topic in topics} - shut)
    open_topics = [topic.topic_id for topic in topics if not topic.is_sensitive]
    level, topic_id, period = trends["topic_level"], trends["topic_id"], trends["period_type"]

    def of(name: str, ids: list[str]) -> pa.ChunkedArray:
        return pc.and_(pc.equal(level, name), pc.is_in(topic_id, pa.array(ids, pa.string())))

    monthly = pc.or_(pc.or_(of("all", ["all"]), of("group", open_groups)), of("topic", open_topics))
    yearly = pc.and_(of("topic", sensitive), pc.fill_null(trends["is_complete"], False))
    keep = pc.and_(
        pc.equal(trends["channel"], "all"),
        pc.or_(pc.and_(pc.equal(period, "month"), monthly), pc.and_(pc.equal(period, "fiscal_year"), yearly)),
    )
    return trends.filter(keep).combine_chunks().sort_by([(name, "ascending") for name in TREND_KEY])


def _frame(rows: pa.Table) -> pd.DataFrame:
    """What the masks are made from; ``month`` numbers the months of all time."""
    names = [*TREND_KEY, "concern_count", "resolved_count", "other_kind_count", "stated_count"]
    frame = rows.select([*names, "within_15_days_share"]).to_pandas()
    for name in names[len(TREND_KEY) :]:
        frame[name] = frame[name].fillna(0).astype("int64")
    starts = rows["period_start"]
    frame["month"] = pc.add(pc.multiply(pc.year(starts), 12), pc.month(starts)).to_numpy()
    return frame


def _hidden_in_months(
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
    small = _small(all_counts)
    hidden = with_companions(all_counts, layout, small)
    hidden_resolved = _hide_parts(all_counts, all_resolved, layout, small, hidden)
    hidden_others = with_companions(all_others, layout, _small(all_others))
    return hidden[row, column], hidden_resolved[row, column], hidden_others[row, column]


def _hide_parts(counts: Counts, resolved: Counts, layout: Layout, small: Mask, hidden: Mask) -> Mask:
    """Where resolved_count goes: it and what it leaves of the count are one figure to a reader."""
    left = counts - resolved
    concealed = hidden | _small(resolved) | _small(left)
    while True:
        before = concealed
        for part, other in ((resolved, left), (left, resolved)):
            guarded = small | (~hidden & _small(part))
            bound = np.where(_small(other), counts - 1, counts)
            concealed = concealed | with_companions(part, layout, guarded, concealed, bound)
        if (concealed == before).all():
            return concealed


def _layout(topics: Sequence[Topic]) -> tuple[Layout, dict[tuple[str, str], int]]:
    shut = {topic.group_id for topic in topics if topic.is_sensitive}
    column_of: dict[tuple[str, str], int] = {("all", "all"): 0}
    members: dict[str, list[int]] = {}
    loose: list[int] = []
    for topic in topics:
        if topic.is_sensitive:
            continue
        column = column_of.setdefault(("topic", topic.topic_id), len(column_of))
        (loose if topic.group_id in shut else members.setdefault(topic.group_id, [])).append(column)
    groups = tuple(
        (column_of.setdefault(("group", group), len(column_of)), tuple(columns)) for group, columns in members.items()
    )
    return Layout(total=0, groups=groups, loose=tuple(loose)), column_of


def _small(counts: Counts) -> Mask:
    return (counts > 0) & (counts <= LARGEST_SMALL)


def _few(persons: npt.NDArray[np.float64]) -> Mask:
    """Whether a number of persons, computed from a rounded share, is under 5 and not 0."""
    return (persons > 1e-6) & (persons < LARGEST_SMALL + 0.5)


def _hide_quantile(hide_count: Mask, hide_resolved: Mask, nearly_all: Mask, stated: Counts, quantile: float) -> Mask:
    """Up to 4 unsolved cannot keep a quantile from being reached where its tail holds 5."""
    reached_anyway = nearly_all & (stated * (1 - quantile) > LARGEST_SMALL + 0.5)
    return hide_count | (stated <= LARGEST_SMALL) | (hide_resolved & ~reached_anyway)


def _total_is_hidden(frame: pd.DataFrame, hidden: Mask) -> Mask:
    """Rows whose share would give a hidden total back: that of the month, or of a month of the year."""
    total = hidden & (frame["topic_level"] == "all").to_numpy()
    of_month = set(zip(frame["province_code"][total], frame["month"][total], strict=True))
    # A fiscal year begins in October, month 10.
    of_year = {(province, (month - 10) // 12) for province, month in of_month}
    is_month = frame["period_type"] == "month"
    return np.array(
        [
            ((province, month) in of_month) if monthly else ((province, (month - 10) // 12) in of_year)
            for province, month, monthly in zip(frame["province_code"], frame["month"], is_month, strict=True)
        ],
        dtype=bool,
    )


def _refers_to_hidden(frame: pd.DataFrame, hidden: Mask, years: int) -> Mask:
    """Rows whose earlier period (the one before, or a year before) is hidden or not in the table."""
    key = ["period_type", "province_code", "topic_level", "topic_id", "month"]
    back = 12 if years else np.where(frame["period_type"] == "month", 1, 12)
    earlier = frame.loc[:, key].assign(month=frame["month"] - back)
    shown = frame.loc[~hidden, key].assign(is_shown=True)
    found = earlier.merge(shown, on=key, how="left", validate="one_to_one")["is_shown"]
    return found.isna().to_numpy()


def _ranked(rows: pa.Table, name: str, of: str) -> pa.Array:
    """Ranks among the rows that had one and show their figure: 1 is most, equals share a rank."""
    keys = ["period_type", "period_start", "topic_level", "topic_id"]
    frame = rows.select([*keys, name, of]).to_pandas()
    figures = frame[of].astype(float).where(frame[name].notna())
    ranks = figures.groupby([frame[key] for key in keys]).rank(method="min", ascending=False)
    return pa.array(ranks.to_numpy(), from_pandas=True).cast(cast("pa.DataType", rows[name].type))


def _set(table: pa.Table, name: str, values: pa.Array | pa.ChunkedArray) -> pa.Table:
    return table.set_column(table.column_names.index(name), name, values)
