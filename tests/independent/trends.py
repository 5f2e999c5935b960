"""Trends computed once more by polars, from silver alone, sharing no code with jobs/gold."""

from __future__ import annotations

from datetime import date

import polars as pl

from schemas.contract_files import contracts
from tests.independent.compared import Read, compared
from tests.independent.durations import MEASURED, durations

COUNTED = ["complaint", "request", "suggestion", "tip_off"]
MONTHS = {"month": 1, "quarter": 3, "fiscal_year": 12}
AREA_OF = {
    "gold.province_trends": "province_code",
    "gold.district_trends": "district_code",
    "gold.lao_trends": "lao_code",
    "gold.focus_area_trends": "focus_area_id",
}
CELL = ["period_type", "period_start", "area", "topic_level", "topic_id", "channel"]
SERIES = CELL[2:]
COUNTS = (
    "concern_count", "unique_count", "other_kind_count", "resolved_count", "closed_in_period_count", "stated_count",
)  # fmt: skip
# What is known of an area, as its table shows it.
NAMES = {
    "gold.province_trends": ["province_th", "province_en", "region"],
    "gold.district_trends": ["district_th", "district_en", "province_code", "province_th"],
    "gold.lao_trends": ["lao_th", "lao_type", "province_code", "province_th"],
    "gold.focus_area_trends": ["focus_area_th", "focus_area_en"],
}
SMALLEST = 20
MONTHS_TH = ["ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค."]


def concern_rows(read: Read) -> pl.DataFrame:
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
        .join(read("silver.concern_links").select("concern_id", "original_id"), on="concern_id", how="left")
    )
    rows = pl.concat(parts).join(concerns, on="concern_id")
    return pl.concat(
        [
            rows.with_columns(is_of_all_channels=pl.lit(False)),
            rows.with_columns(channel=pl.lit("all"), is_of_all_channels=pl.lit(True)),
        ]
    )


def located(rows: pl.DataFrame, read: Read, table: str, *, at_end: bool = False) -> pl.DataFrame:
    """The rows once for each area of a kind that they belong to, in ``area``.

    An LAO has the places that it serves on the day of submission, as silver says; what ended is its own ``at_end``
    where it serves the place on that day, so that it may be another one.
    """
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
    elif at_end:
        found = _served_at_end(rows.filter(pl.col("closed_date").is_not_null()), read)
    else:
        laos = read("silver.concern_laos").filter(pl.col("role") == "serves_place").select("concern_id", "lao_code")
        found = rows.join(laos, on="concern_id").with_columns(area=pl.col("lao_code"))
    return found.filter(pl.col("area").is_not_null())


def _served_at_end(rows: pl.DataFrame, read: Read) -> pl.DataFrame:
    laos = read("reference.laos").filter("is_province_wide").rename({"lao_code": "area"})
    parts = read("reference.lao_subdistricts").rename({"lao_code": "area"})
    days = ["area", "valid_from", "valid_to"]
    both = pl.concat(
        [
            rows.join(laos.select("province_code", *days), on="province_code"),
            rows.join(parts.select("subdistrict_code", *days), on="subdistrict_code").select(*rows.columns, *days),
        ]
    )
    begun = (pl.col("valid_from") <= pl.col("closed_date")).fill_null(True)
    return both.filter(begun & (pl.col("valid_to") >= pl.col("closed_date")).fill_null(True))


def start(day: pl.Expr, period_type: str) -> pl.Expr:
    """First day of the period of a day; fiscal years begin in October."""
    if period_type == "fiscal_year":
        year = day.dt.year() - (day.dt.month() < 10).cast(pl.Int32)
        return pl.date(year, 10, 1)
    return day.dt.truncate("1mo" if period_type == "month" else "1q")


def counted(rows: pl.DataFrame, ends: pl.DataFrame, period_type: str) -> pl.DataFrame:
    submitted = rows.group_by(*SERIES, period_start=start(pl.col("submitted_date"), period_type)).agg(
        concern_count=pl.col("is_counted").sum(),
        unique_count=(pl.col("is_counted") & pl.col("original_id").is_null()).sum(),
        other_kind_count=(~pl.col("is_counted")).sum(),
        resolved_count=(pl.col("is_counted") & (pl.col("status") == "resolved")).sum(),
        stated_count=(
            pl.col("is_counted") & (pl.col("time_basis") == "stated") & (pl.col("status") != "unknown")
        ).sum(),
    )
    ended = (
        ends.filter(pl.col("is_counted") & pl.col("closed_date").is_not_null())
        .group_by(*SERIES, period_start=start(pl.col("closed_date"), period_type))
        .agg(closed_in_period_count=pl.len())
    )
    both = submitted.join(ended, on=[*SERIES, "period_start"], how="full", coalesce=True)
    return both.with_columns(pl.col("^.*_count$").fill_null(0).cast(pl.Int64), period_type=pl.lit(period_type))


def source_coverage(read: Read) -> pl.DataFrame:
    """``source_id``, ``channel``, ``province_code``, and the first day on which the source covers it."""
    concerns = read("silver.concerns").filter(~pl.col("is_deleted"))
    found: list[tuple[str, str, str, date]] = []
    for source, contract in contracts().items():
        mine = concerns.filter(pl.col("source_id") == source)
        for channel in sorted(set(mine["channel"])):
            channel_concerns = mine.filter(pl.col("channel") == channel)
            if contract.provinces == "seen":
                seen = channel_concerns.filter(pl.col("province_code").is_not_null()).group_by("province_code")
                found += [
                    (source, channel, code, day) for code, day in seen.agg(pl.col("submitted_date").min()).iter_rows()
                ]
            else:
                codes = (
                    read("reference.provinces")["province_code"] if contract.provinces == "all" else contract.provinces
                )
                found += [(source, channel, code, channel_concerns["submitted_date"].min()) for code in codes]  # type: ignore[misc]
    return pl.DataFrame(found, schema=["source_id", "channel", "province_code", "first"], orient="row")


def covered_months(read: Read, table: str) -> pl.DataFrame:
    """``area`` (or the province of one), ``channel``, ``month``: where a source that covers it has data."""
    active = (
        read("silver.concerns")
        .filter(~pl.col("is_deleted"))
        .select("source_id", "channel", month=pl.col("submitted_date").dt.truncate("1mo"))
        .unique()
    )
    months = active.join(source_coverage(read), on=["source_id", "channel"])
    months = months.filter(pl.col("month") >= pl.col("first").dt.truncate("1mo"))
    months = pl.concat([months, months.with_columns(channel=pl.lit("all"))])
    if table == "gold.focus_area_trends":
        parts = read("reference.focus_areas").select(
            cover="focus_area_id", province_code=pl.col("area_code").str.slice(0, 2)
        )
        return months.join(parts.unique(), on="province_code").select("cover", "channel", "month").unique()
    return months.select(pl.col("province_code").alias("cover"), "channel", "month").unique()


def expected(read: Read, table: str, as_of: date) -> pl.DataFrame:
    """The rows of a table of trends; ``as_of`` is the last day that the data cover."""
    last: date = read("silver.concerns").filter(~pl.col("is_deleted"))["submitted_date"].max()  # type: ignore[assignment]
    rows, ends = (located(concern_rows(read), read, table, at_end=at_end) for at_end in (False, True))
    covers = _cover_of(read, table)
    months = covered_months(read, table)
    people = _people(read, table)
    found: list[pl.DataFrame] = []
    for period_type, length in MONTHS.items():
        cells = months.select("cover", "channel", period_start=start(pl.col("month"), period_type)).unique()
        counts = counted(rows, ends, period_type).filter(pl.col("period_start") <= last)
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
        for name, months_back in (("previous", length), ("last_year", 12)):
            shown = _with_earlier(shown, counts, cells, f"{name}_count", months_back)
        totals = counts.filter(pl.col("topic_level") == "all").select(
            "area", "channel", "period_start", total="concern_count"
        )
        shown = shown.join(totals, on=["area", "channel", "period_start"], how="left").with_columns(
            share=pl.when(pl.col("total") > 0).then(pl.col("concern_count") / pl.col("total")),
            period_end=pl.col("period_start").dt.offset_by(f"{length}mo").dt.offset_by("-1d"),
        )
        shown = shown.with_columns(is_complete=pl.col("period_end") < as_of).with_columns(
            change_pct=_change("previous_count"), last_year_change_pct=_change("last_year_count")
        )
        by_period = start(pl.col("submitted_date"), period_type).alias("period_start")
        shown = shown.join(durations(rows.filter("is_counted"), [*SERIES, by_period], as_of), on=CELL[1:], how="left")
        if table == "gold.province_trends":
            shown = shown.join(_ranks(read, counts, people, length), on=CELL[1:], how="left")
            shown = shown.join(_surging(read, period_type), on=CELL[1:], how="left")
        found.append(shown)
    named = pl.concat(found).join(_named(read, table), on="area").join(_topics(read), on=["topic_level", "topic_id"])
    named = named.join(people, on="area", how="left").with_columns(
        concerns_per_100k=pl.when((table == "gold.province_trends") | (pl.col("concern_count") >= SMALLEST)).then(
            pl.col("concern_count") * 100_000 / pl.col("people")
        ),
        period_th=period_th(),
        fiscal_year_be=fiscal_year("period_start"),
    )
    columns = [
        *CELL, *COUNTS, "period_th", "fiscal_year_be", "topic_th", "topic_en", *NAMES[table], "backlog_count",
        "previous_count", "change_pct", "last_year_count", "last_year_change_pct", "share", *MEASURED, "is_complete",
    ]  # fmt: skip
    if table != "gold.focus_area_trends":
        columns += ["concerns_per_100k", "population_date"]
    if table == "gold.province_trends":
        columns += ["rank", "rank_per_100k", "is_surge"]
    return named.select(columns)


def fiscal_year(day: str) -> pl.Expr:
    """The Buddhist year in which the fiscal year of a day ends."""
    return start(pl.col(day), "fiscal_year").dt.year() + 544


def period_th() -> pl.Expr:
    month = pl.col("period_start").dt.month()
    short = month.replace_strict(list(range(1, 13)), MONTHS_TH)
    year = pl.format("ปีงบประมาณ พ.ศ. {}", fiscal_year("period_start"))
    quarter = month.replace_strict([10, 1, 4, 7], [1, 2, 3, 4], default=None)
    return (
        pl.when(pl.col("period_type") == "month")
        .then(pl.format("{} {}", short, pl.col("period_start").dt.year() + 543))
        .when(pl.col("period_type") == "quarter")
        .then(pl.format("ไตรมาส {} {}", quarter, year))
        .otherwise(year)
    )


def _change(earlier: str) -> pl.Expr:
    enough = pl.col("is_complete") & (pl.col("concern_count") >= SMALLEST) & (pl.col(earlier) >= SMALLEST)
    return pl.when(enough).then((pl.col("concern_count") / pl.col(earlier) - 1) * 100)


def lao_people(read: Read) -> pl.DataFrame:
    """``area``, ``people`` and ``population_date`` of LAOs: their own, else those of the province that they serve."""
    newest = read("reference.population").sort("population_date").unique(["area_level", "area_code"], keep="last")
    own = newest.filter(pl.col("area_level") == "lao").select("area_code", "population", "population_date")
    province = newest.filter(pl.col("area_level") == "province").select("area_code", "population", "population_date")
    laos = read("reference.laos").select("lao_code", "province_code", "is_province_wide")
    rest = laos.filter("is_province_wide").join(own, left_on="lao_code", right_on="area_code", how="anti")
    wide = rest.join(province, left_on="province_code", right_on="area_code").select(
        "lao_code", "population", "population_date"
    )
    return pl.concat([own.rename({"area_code": "lao_code"}), wide]).rename({"lao_code": "area", "population": "people"})


def _people(read: Read, table: str) -> pl.DataFrame:
    if table == "gold.lao_trends":
        return lao_people(read)
    level = table.removeprefix("gold.").removesuffix("_trends")
    newest = read("reference.population").sort("population_date").unique(["area_level", "area_code"], keep="last")
    return newest.filter(pl.col("area_level") == level).select("population_date", area="area_code", people="population")


def _named(read: Read, table: str) -> pl.DataFrame:
    provinces = read("reference.provinces")
    if table == "gold.province_trends":
        found = provinces.with_columns(area=pl.col("province_code"))
    elif table == "gold.district_trends":
        above = provinces.select("province_code", "province_th")
        found = read("reference.districts").join(above, on="province_code").with_columns(area=pl.col("district_code"))
    elif table == "gold.lao_trends":
        above = provinces.select("province_code", "province_th")
        found = read("reference.laos").join(above, on="province_code").with_columns(area=pl.col("lao_code"))
    else:
        found = read("reference.focus_areas").with_columns(area=pl.col("focus_area_id"))
    return found.select("area", *NAMES[table]).unique()


def _topics(read: Read) -> pl.DataFrame:
    every = pl.DataFrame(
        {"topic_level": ["all"], "topic_id": ["all"], "topic_th": ["ทุกหัวข้อ"], "topic_en": ["All topics"]}
    )
    return pl.concat([read("reference.topics").select(every.columns), every])


def _ranks(read: Read, counts: pl.DataFrame, people: pl.DataFrame, length: int) -> pl.DataFrame:
    """Ranks among provinces that every source of the channel that has begun has covered for a year."""
    by_source = source_coverage(read).with_columns(first=pl.col("first").dt.truncate("1mo"))
    by_source = pl.concat([by_source, by_source.with_columns(channel=pl.lit("all"))])
    with_concerns = counts.filter(pl.col("concern_count") > 0).join(people, on="area")
    parts: list[pl.DataFrame] = []
    for (period_start, channel), rows in with_concerns.group_by("period_start", "channel"):
        end = pl.Series([period_start]).dt.offset_by(f"{length}mo")[0]
        a_year_before = pl.Series([end]).dt.offset_by("-12mo")[0]
        of_channel = by_source.filter((pl.col("channel") == channel) & (pl.col("first") < end))
        whole = of_channel.filter(pl.col("first") <= a_year_before)
        fits = [
            code for code, sources in whole.group_by("province_code").agg("source_id").iter_rows()
            if set(sources) == set(of_channel["source_id"])
        ]  # fmt: skip
        parts.append(rows.filter(pl.col("area").is_in(fits)))
    among = ["period_start", "channel", "topic_level", "topic_id"]
    per_head = pl.col("concern_count") / pl.col("people")
    return pl.concat(parts).select(
        *CELL[1:],
        rank=pl.col("concern_count").rank("min", descending=True).over(among),
        rank_per_100k=per_head.rank("min", descending=True).over(among),
    )


def _surging(read: Read, period_type: str) -> pl.DataFrame:
    """Whether a week that ended in the month was a surge of the topic."""
    weeks = read("gold.surges").filter(pl.lit(period_type == "month"))
    return (
        weeks.group_by(
            "topic_id", area="province_code", period_start=pl.col("week_start").dt.offset_by("6d").dt.truncate("1mo")
        )
        .agg(pl.col("is_surge").any())
        .with_columns(topic_level=pl.lit("topic"), channel=pl.lit("all"))
    )


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
    moves = (
        counts.sort("period_start")
        .with_columns(moved=(pl.col("concern_count") - pl.col("closed_in_period_count")).cum_sum().over(SERIES))
        .select(*SERIES, "period_start", "moved")
        .sort("period_start")
    )
    joined = shown.sort("period_start").join_asof(moves, on="period_start", by=SERIES, check_sortedness=False)
    return joined.with_columns(backlog_count=pl.max_horizontal(pl.col("moved").fill_null(0), 0).cast(pl.Int64))


def _with_earlier(
    shown: pl.DataFrame, counts: pl.DataFrame, cells: pl.DataFrame, name: str, months: int
) -> pl.DataFrame:
    """The count ``months`` months before: 0 where there are data but no concerns, null where there are none."""
    moved = cells.with_columns(pl.col("period_start").dt.offset_by(f"{months}mo"), had=pl.lit(True))
    earlier = counts.select(
        *SERIES,
        pl.col("period_start").dt.offset_by(f"{months}mo"), pl.col("concern_count").alias(name),
    )  # fmt: skip
    joined = shown.join(moved, on=["cover", "channel", "period_start"], how="left").join(
        earlier, on=CELL[1:], how="left"
    )
    value = pl.when(pl.col("had")).then(pl.col(name).fill_null(0))
    return joined.with_columns(value.cast(pl.Int64).alias(name)).drop("had")


def differences(read: Read, table: str, as_of: date) -> list[str]:
    """In what the rows of a table of trends differ from what polars makes of silver; empty where in nothing."""
    return compared(read(table).rename({AREA_OF[table]: "area"}), expected(read, table, as_of), table, CELL)
