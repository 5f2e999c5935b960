"""Figures of gold computed once more by polars, from silver alone, sharing no code with jobs/gold.

``python -m tests.independent.figures`` compares those of the lake that the environment names.
"""

from __future__ import annotations

import sys
from datetime import date

import polars as pl

from tests.independent.trends import AREA_OF, CELL, COUNTED, MONTHS, Read, differences, located, start, told


def durations(read: Read, as_of: date) -> list[str]:
    """Medians, 90th percentiles and shares in time of provinces, from single concerns."""
    rows = located(told(read), read, "gold.province_trends").filter(
        pl.col("is_counted") & (pl.col("time_basis") == "stated")
    )
    is_solved = pl.col("status") == "resolved"
    waits = pl.col("status").is_in(["open", "in_progress", "forwarded"])
    days = (
        pl.when(is_solved)
        .then(pl.col("closed_date") - pl.col("submitted_date"))
        .otherwise(pl.lit(as_of) - pl.col("submitted_date"))
    )
    timed = rows.filter(is_solved | waits).with_columns(
        days=pl.max_horizontal(days.dt.total_days(), 0), is_solved=is_solved
    )
    measured = ("median_days_to_resolve", "p90_days_to_resolve", "within_15_days_share")
    gold = read("gold.province_trends").rename({"province_code": "area"}).select(*CELL, *measured)
    wrong = checked = 0
    for period_type in MONTHS:
        groups = timed.group_by(
            "area", "topic_level", "topic_id", "channel", period_start=start(pl.col("submitted_date"), period_type)
        ).agg("days", "is_solved")
        mine = gold.filter(pl.col("period_type") == period_type)
        for row in groups.join(mine, on=CELL[1:]).iter_rows(named=True):
            pairs = list(zip(row["days"], row["is_solved"], strict=True))
            checked += 1
            wrong += tuple(row[name] for name in measured) != _survival(pairs)
    filled = gold.filter(pl.any_horizontal(pl.col(measured).is_not_null())).height
    if wrong or filled > checked:  # a source that states no times has none
        return [f"gold.province_trends: durations differ in {wrong} of {checked} rows, {filled} have some"]
    return []


def _survival(pairs: list[tuple[int, bool]]) -> tuple[float | None, float | None, float | None]:
    """The median, the 90th percentile and the share within 15 days, of days and whether they ended in a solution."""
    solved = sorted(day for day, is_solved in pairs if is_solved)
    if not solved:
        return None, None, None
    quantiles: dict[float, float | None] = {0.5: None, 0.9: None}
    left = 1.0
    for day in sorted(set(solved)):
        left *= 1 - solved.count(day) / sum(one >= day for one, _ in pairs)
        for share, found in quantiles.items():
            if found is None and left <= 1 - share + 1e-12:
                quantiles[share] = float(day)
    known = len(solved) + sum(day >= 15 for day, is_solved in pairs if not is_solved)
    return quantiles[0.5], quantiles[0.9], sum(day <= 15 for day in solved) / known


def responses(read: Read, as_of: date) -> list[str]:
    """gold.response_times with 15 days of the calendar."""
    mine = (
        read("silver.concerns")
        .filter(~pl.col("is_deleted"))
        .join(
            read("silver.concern_labels").filter(pl.col("kind").is_in(COUNTED), "is_relevant"),
            on="concern_id",
            how="semi",
        )
        .join(read("silver.concern_laos").filter(pl.col("role") == "responsible"), on="concern_id")
        .with_columns(
            fiscal_year_be=start(pl.col("submitted_date"), "fiscal_year").dt.year() + 544,
            late=pl.col("submitted_date") + pl.duration(days=15),
            informed=pl.col("informed_at").dt.convert_time_zone("Asia/Bangkok").dt.date(),
        )
        .with_columns(
            is_informed=(pl.col("informed") <= pl.col("late")).fill_null(False),
            is_solved=pl.col("status") == "resolved",
        )
        .with_columns(is_answered=pl.col("is_informed") | pl.col("is_solved"))
        .group_by("lao_code", "fiscal_year_be", "origin")
        .agg(
            concern_count=pl.len(),
            resolved_count=pl.col("is_solved").sum(),
            informed_in_time_count=pl.col("is_informed").sum(),
            answered_count=pl.col("is_answered").sum(),
            due_count=(pl.col("is_answered") | (pl.col("late") < as_of)).sum(),
        )
    )
    return _compared(read("gold.response_times"), mine, "gold.response_times", 3)


def plans(read: Read) -> list[str]:
    """Counts of gold.plan_evidence."""
    rules = read("reference.topic_programmes")
    general = rules.filter(pl.col("lao_code") == "all").select("topic_id", general="programme_id")
    roads = pl.col("road_owner").is_in(["rural_roads", "highways"]) | (
        (pl.col("road_owner") == "pao") & (pl.col("lao_type") != "pao")
    )
    told_once = (
        read("silver.concerns")
        .filter(~pl.col("is_deleted"))
        .join(
            read("silver.concern_labels").filter(pl.col("kind").is_in(COUNTED), "is_relevant"),
            on="concern_id",
            how="semi",
        )
        .join(
            read("silver.concern_laos").filter(pl.col("role") == "serves_place").select("concern_id", "lao_code"),
            on="concern_id",
        )
        .join(read("reference.laos").select("lao_code", "lao_type"), on="lao_code")
        .join(read("silver.concern_topics").select("concern_id", "topic_id"), on="concern_id")
        .join(rules, on=["lao_code", "topic_id"], how="left")
        .join(general, on="topic_id", how="left")
        .with_columns(
            programme_id=pl.coalesce("programme_id", "general"),
            fiscal_year_be=start(pl.col("submitted_date"), "fiscal_year").dt.year() + 544,
            is_other=roads | (pl.col("status") == "forwarded"),
        )
        .unique(["concern_id", "lao_code", "programme_id"])
    )
    key = ["lao_code", "fiscal_year_be", "programme_id"]
    villages = (
        told_once.filter(pl.col("subdistrict_code").is_not_null() & pl.col("village_no").is_not_null())
        .group_by(*key, "subdistrict_code", "village_no")
        .len()
        .filter(pl.col("len") >= 2)
        .group_by(key)
        .agg(repeat_village_count=pl.len())
    )
    mine = (
        told_once.group_by(key)
        .agg(
            concern_count=pl.len(),
            resolved_count=(pl.col("status") == "resolved").sum(),
            backlog_count=(~pl.col("status").is_in(["resolved", "closed", "rejected"])).sum(),
            other_body_count=pl.col("is_other").sum(),
        )
        .join(villages, on=key, how="left")
        .with_columns(pl.col("repeat_village_count").fill_null(0))
    )
    return _compared(read("gold.plan_evidence"), mine, "gold.plan_evidence", 3)


def _compared(gold: pl.DataFrame, mine: pl.DataFrame, table: str, keys: int) -> list[str]:
    columns, key = mine.columns, mine.columns[:keys]
    one = gold.select(columns).with_columns(pl.col(columns[keys:]).cast(pl.Int64)).sort(key)
    other = mine.with_columns(pl.col(columns[keys:]).cast(pl.Int64)).cast(
        {"fiscal_year_be": one["fiscal_year_be"].dtype}
    )
    if one.equals(other.sort(key)):
        return []
    wrong = one.join(other, on=columns, how="anti")
    first = wrong.row(0) if wrong.height else ""
    return [f"{table}: {one.height} rows, by polars {other.height}; {wrong.height} differ, such as {first}"]


def main() -> int:
    from lake.session import open_session

    with open_session() as spark:
        kept: dict[str, pl.DataFrame] = {}

        def read(name: str) -> pl.DataFrame:
            if name not in kept:
                kept[name] = pl.DataFrame(pl.from_arrow(spark.table(name).toArrow()))
            return kept[name]

        problems: list[str] = []
        for table in AREA_OF:
            found = differences(read, table)
            print(f"{table}: {read(table).height:,} rows, {len(found) or 'no'} difference{'s' * (len(found) > 1)}")
            problems += found
        until = read("ops.progress").filter((pl.col("consumer") == "aggregate") & (pl.col("source_table") == "as_of"))
        as_of = date.fromordinal(until.sort("committed_at")["position"][-1])
        for name, found in (
            ("durations of provinces", durations(read, as_of)),
            ("gold.response_times", responses(read, as_of)),
            ("gold.plan_evidence", plans(read)),
        ):
            print(f"{name}: {len(found) or 'no'} difference{'s' * (len(found) > 1)}")
            problems += found
    for problem in problems:
        print(problem)
    return int(bool(problems))


if __name__ == "__main__":
    sys.exit(main())
