"""Trends computed once more by polars, from silver alone, sharing no code with jobs/gold."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import polars as pl

from schemas.contracts import contracts

Read = Callable[[str], pl.DataFrame]
COUNTED = ["complaint", "request", "suggestion", "tip_off"]
MONTHS = {"month": 1, "quarter": 3, "fiscal_year": 12}
AREA_OF = {
    "gold.province_trends": "province_code",
    "gold.district_trends": "district_code",
    "gold.lao_trends": "lao_code",
    "gold.focus_area_trends": "focus_area_id",
}
CELL = ["period_type", "period_start", "area", "topic_level", "topic_id", "channel"]
COMPARED = (
    "concern_count", "other_kind_count", "resolved_count", "closed_in_period_count", "backlog_count",
    "previous_count", "last_year_count", "share",
)  # fmt: skip


def told(read: Read) -> pl.DataFrame:
    """One row a concern, level and channel: what it counts as, and its two days."""
    topics = (
        read("silver.concern_topics")
        .select("concern_id", "topic_id")
        .join(
            read("reference.topics").filter(pl.col("topic_level") == "topic").select("topic_id", "group_id"),
            on="topic_id",
        )
    )
    every = topics.select("concern_id").unique().with_columns(topic_level=pl.lit("all"), topic_id=pl.lit("all"))
    parts = [
        topics.select("concern_id", topic_level=pl.lit("topic"), topic_id="topic_id"),
        topics.select("concern_id", topic_level=pl.lit("group"), topic_id="group_id").unique(),
        every.select("concern_id", "topic_level", "topic_id"),
    ]
    concerns = (
        read("silver.concerns")
        .filter(~pl.col("is_deleted"))
        .join(read("silver.concern_labels").select("concern_id", "kind", "is_relevant"), on="concern_id")
        .with_columns(is_counted=pl.col("kind").is_in(COUNTED) & pl.col("is_relevant"))
    )
    rows = pl.concat(parts).join(concerns, on="concern_id")
    return pl.concat([rows, rows.with_columns(channel=pl.lit("all"))])


def located(rows: pl.DataFrame, read: Read, table: str) -> pl.DataFrame:
    """The rows once for each area of a kind that they belong to, in ``area``, and the province that speaks for it."""
    if table == "gold.province_trends":
        found = rows.with_columns(area=pl.col("province_code"))
    elif table == "gold.district_trends":
        found = rows.with_columns(area=pl.col("district_code"))
    elif table == "gold.focus_area_trends":
        members = read("reference.focus_areas").select("focus_area_id", code="area_code")
        parts = [
            rows.join(members.filter(pl.col("code").str.len_chars() == size), left_on=column, right_on="code")
            for column, size in (("province_code", 2), ("district_code", 4))
        ]
        found = pl.concat(parts).with_columns(area=pl.col("focus_area_id"))
    else:
        # The LAOs that silver says serve the place on the day of submission. What ended later may lie with another
        # LAO by then; a lake with such changes has to be compared by hand.
        laos = read("silver.concern_laos").filter(pl.col("role") == "serves_place").select("concern_id", "lao_code")
        found = rows.join(laos, on="concern_id").with_columns(area=pl.col("lao_code"))
    return found.filter(pl.col("area").is_not_null())


def start(day: pl.Expr, period_type: str) -> pl.Expr:
    """First day of the period of a day; fiscal years begin in October."""
    if period_type == "fiscal_year":
        year = day.dt.year() - (day.dt.month() < 10).cast(pl.Int32)
        return pl.date(year, 10, 1)
    return day.dt.truncate("1mo" if period_type == "month" else "1q")


def counted(rows: pl.DataFrame, period_type: str) -> pl.DataFrame:
    key = [name for name in CELL if name not in ("period_type", "period_start")]
    submitted = rows.group_by(*key, period_start=start(pl.col("submitted_date"), period_type)).agg(
        concern_count=pl.col("is_counted").sum(),
        other_kind_count=(~pl.col("is_counted")).sum(),
        resolved_count=(pl.col("is_counted") & (pl.col("status") == "resolved")).sum(),
    )
    ended = (
        rows.filter(pl.col("is_counted") & pl.col("closed_date").is_not_null())
        .group_by(*key, period_start=start(pl.col("closed_date"), period_type))
        .agg(closed_in_period_count=pl.len())
    )
    both = submitted.join(ended, on=[*key, "period_start"], how="full", coalesce=True)
    return both.with_columns(pl.col("^.*_count$").fill_null(0).cast(pl.Int64), period_type=pl.lit(period_type))


def covered_months(read: Read, table: str) -> pl.DataFrame:
    """``area`` (or the province of one), ``channel``, ``month``: where a source that speaks for it has data."""
    concerns = (
        read("silver.concerns")
        .filter(~pl.col("is_deleted"))
        .with_columns(month=pl.col("submitted_date").dt.truncate("1mo"))
    )
    active = concerns.select("source_id", "channel", "month").unique()
    speaks: list[tuple[str, str, date]] = []
    for source, contract in contracts().items():
        mine = concerns.filter(pl.col("source_id") == source)
        if mine.is_empty():
            continue
        if contract.provinces == "seen":
            seen = (
                mine.filter(pl.col("province_code").is_not_null()).group_by("province_code").agg(pl.col("month").min())
            )
            speaks += [(source, code, first) for code, first in seen.iter_rows()]
        else:
            codes = read("reference.provinces")["province_code"] if contract.provinces == "all" else contract.provinces
            speaks += [(source, code, mine["month"].min()) for code in codes]  # type: ignore[misc]
    reach = pl.DataFrame(speaks, schema=["source_id", "province_code", "first"], orient="row")
    months = active.join(reach, on="source_id").filter(pl.col("month") >= pl.col("first"))
    months = pl.concat([months, months.with_columns(channel=pl.lit("all"))])
    if table == "gold.focus_area_trends":
        parts = read("reference.focus_areas").select(
            cover="focus_area_id", province_code=pl.col("area_code").str.slice(0, 2)
        )
        return months.join(parts.unique(), on="province_code").select("cover", "channel", "month").unique()
    return months.select(pl.col("province_code").alias("cover"), "channel", "month").unique()


def expected(read: Read, table: str, last: date) -> pl.DataFrame:
    """The rows of a table of trends with the figures of COMPARED; ``last`` is the last day with a submission."""
    rows = located(told(read), read, table)
    covers = _cover_of(read, table)
    months = covered_months(read, table)
    found: list[pl.DataFrame] = []
    for period_type, length in MONTHS.items():
        cells = months.select("cover", "channel", period_start=start(pl.col("month"), period_type)).unique()
        counts = counted(rows, period_type).filter(pl.col("period_start") <= last)
        grid = cells.join(covers, on="cover")
        if table == "gold.province_trends":
            levels = read("reference.topics").select("topic_level", "topic_id")
            every = pl.DataFrame({"topic_level": ["all"], "topic_id": ["all"]})
            grid = grid.join(pl.concat([levels, every]), how="cross")
            shown = grid.join(counts.drop("period_type"), on=CELL[1:], how="left")
        else:
            shown = counts.drop("period_type").join(grid, on=["area", "channel", "period_start"])
        shown = shown.with_columns(pl.col("^.*_count$").fill_null(0), period_type=pl.lit(period_type))
        shown = _with_backlog(shown, counts)
        for name, months_back in (("previous_count", length), ("last_year_count", 12)):
            shown = _with_earlier(shown, counts, cells, name, months_back)
        totals = counts.filter(pl.col("topic_level") == "all").select(
            "area", "channel", "period_start", total="concern_count"
        )
        shown = shown.join(totals, on=["area", "channel", "period_start"], how="left").with_columns(
            share=pl.when(pl.col("total") > 0).then(pl.col("concern_count") / pl.col("total"))
        )
        found.append(shown.select(*CELL, *COMPARED))
    return pl.concat(found)


def _cover_of(read: Read, table: str) -> pl.DataFrame:
    if table == "gold.province_trends":
        return read("reference.provinces").select(area="province_code", cover="province_code")
    if table == "gold.district_trends":
        return read("reference.districts").select(area="district_code", cover="province_code")
    if table == "gold.lao_trends":
        return read("reference.laos").select(area="lao_code", cover="province_code")
    return read("reference.focus_areas").select(area="focus_area_id", cover="focus_area_id").unique()


def _with_backlog(shown: pl.DataFrame, counts: pl.DataFrame) -> pl.DataFrame:
    """What had been submitted and not ended by the end of the period, counted from the beginning each time."""
    key = ["area", "topic_level", "topic_id", "channel"]
    moves = (
        counts.sort("period_start")
        .with_columns(moved=(pl.col("concern_count") - pl.col("closed_in_period_count")).cum_sum().over(key))
        .select(*key, "period_start", "moved")
        .sort("period_start")
    )
    joined = shown.sort("period_start").join_asof(moves, on="period_start", by=key, check_sortedness=False)
    return joined.with_columns(backlog_count=pl.max_horizontal(pl.col("moved").fill_null(0), 0).cast(pl.Int64))


def _with_earlier(
    shown: pl.DataFrame, counts: pl.DataFrame, cells: pl.DataFrame, name: str, months: int
) -> pl.DataFrame:
    """The count so many months before: 0 where there are data and nothing was said, null where there are none."""
    moved = cells.with_columns(pl.col("period_start").dt.offset_by(f"{months}mo"), had=pl.lit(True))
    earlier = counts.select(
        "area", "topic_level", "topic_id", "channel",
        pl.col("period_start").dt.offset_by(f"{months}mo"), pl.col("concern_count").alias(name),
    )  # fmt: skip
    joined = shown.join(moved, on=["cover", "channel", "period_start"], how="left").join(
        earlier, on=["area", "topic_level", "topic_id", "channel", "period_start"], how="left"
    )
    value = pl.when(pl.col("had")).then(pl.col(name).fill_null(0))
    return joined.with_columns(value.cast(pl.Int64).alias(name)).drop("had")


def differences(read: Read, table: str) -> list[str]:
    """In what the rows of a table of trends differ from what polars makes of silver; empty where in nothing."""
    gold = read(table).rename({AREA_OF[table]: "area"}).select(*CELL, *COMPARED)
    last: date = read("silver.concerns").filter(~pl.col("is_deleted"))["submitted_date"].max()  # type: ignore[assignment]
    mine = expected(read, table, last)
    both = gold.join(mine, on=CELL, how="full", suffix="_mine", coalesce=False)
    problems = [f"{table}: {gold.height} rows, by polars {mine.height}"] if gold.height != mine.height else []
    for name in COMPARED:
        one, other = pl.col(name), pl.col(f"{name}_mine")
        near = (one - other).abs() < 1e-9 if name == "share" else one == other
        wrong = both.filter(~(near | (one.is_null() & other.is_null())).fill_null(False))
        if wrong.height:
            sample = wrong.select(*CELL, name, f"{name}_mine").row(0)
            problems.append(f"{table}: {name} differs in {wrong.height} of {gold.height} rows, such as {sample}")
    return problems
