"""gold.response_times and gold.plan_evidence computed once more by polars, from silver and reference."""

from __future__ import annotations

from datetime import date

import polars as pl

from tests.independent.compared import Read, compared
from tests.independent.durations import durations
from tests.independent.trends import COUNTED, SMALLEST, covered_months, fiscal_year, lao_people

ENDED = ["resolved", "closed", "rejected"]


def _counted(read: Read, role: str) -> pl.DataFrame:
    """Concerns that count, once for each LAO of a role."""
    laos = read("silver.concern_laos").filter(pl.col("role") == role).select("concern_id", "lao_code")
    kinds = read("silver.concern_labels").filter(pl.col("kind").is_in(COUNTED), "is_relevant").select("concern_id")
    concerns = read("silver.concerns").filter(~pl.col("is_deleted")).join(kinds, on="concern_id", how="semi")
    return concerns.join(laos, on="concern_id").with_columns(fiscal_year_be=fiscal_year("submitted_date"))


def _has_ended(as_of: date) -> pl.Expr:
    return pl.date(pl.col("fiscal_year_be") - 543, 9, 30) < as_of


def responses(read: Read, as_of: date) -> list[str]:
    """In what gold.response_times differs, with 15 days of the calendar."""
    key = ["lao_code", "fiscal_year_be", "origin"]
    late = pl.col("submitted_date") + pl.duration(days=15)
    informed = pl.col("informed_at").dt.convert_time_zone("Asia/Bangkok").dt.date()
    rows = _counted(read, "responsible").with_columns(
        is_known=pl.col("status") != "unknown",
        is_informed=(informed <= late).fill_null(False),
        is_solved=pl.col("status") == "resolved",
    )
    rows = rows.with_columns(
        is_informed=pl.col("is_informed") & pl.col("is_known"),
        is_answered=pl.col("is_known") & (pl.col("is_informed") | pl.col("is_solved")),
    )
    known = pl.col("concern_count") - pl.col("unknown_status_count")
    answered, due = pl.col("answered_count"), pl.col("due_count")
    laos = read("reference.laos").select("lao_code", "lao_th", "lao_type", "province_code")
    mine = (
        rows.group_by(key)
        .agg(
            concern_count=pl.len(),
            unknown_status_count=(~pl.col("is_known")).sum(),
            stated_count=(pl.col("is_known") & (pl.col("time_basis") == "stated")).sum(),
            resolved_count=pl.col("is_solved").sum(),
            informed_in_time_count=pl.col("is_informed").sum(),
            answered_count=pl.col("is_answered").sum(),
            due_count=(pl.col("is_answered") | (pl.col("is_known") & (late < as_of))).sum(),
        )
        .join(durations(rows, key, as_of), on=key, how="left", nulls_equal=True)
        .join(laos, on="lao_code")
        .with_columns(
            answered_share=pl.when(known > 0).then(answered / known),
            answered_due_share=pl.when(due > 0).then(answered / due),
            is_complete=_has_ended(as_of),
        )
    )
    return compared(read("gold.response_times"), mine, "gold.response_times", key)


def plans(read: Read, as_of: date) -> list[str]:
    """In what gold.plan_evidence differs."""
    key = ["lao_code", "fiscal_year_be", "programme_id"]
    rules = read("reference.topic_programmes")
    general = rules.filter(pl.col("lao_code") == "all").select("topic_id", general="programme_id")
    roads = pl.col("road_owner").is_in(["rural_roads", "highways"]) | (
        (pl.col("road_owner") == "pao") & (pl.col("lao_type") != "pao")
    )
    laos = read("reference.laos").select("lao_code", "lao_th", "lao_type", "province_code")
    provinces = read("reference.provinces").select("province_code", "province_th")
    by_topic = (
        _counted(read, "serves_place")
        .drop("province_code")
        .join(laos.join(provinces, on="province_code"), on="lao_code")
        .join(read("silver.concern_topics").select("concern_id", "topic_id"), on="concern_id")
        .join(rules, on=["lao_code", "topic_id"], how="left")
        .join(general, on="topic_id", how="left")
        .with_columns(
            programme_id=pl.coalesce("programme_id", "general"),
            is_other=roads.fill_null(False) | (pl.col("status") == "forwarded"),
        )
        .filter(pl.col("programme_id").is_not_null())
    )
    by_programme = by_topic.unique(["concern_id", "lao_code", "programme_id"])
    villages = (
        by_programme.filter(pl.col("subdistrict_code").is_not_null() & pl.col("village_no").is_not_null())
        .group_by(*key, "subdistrict_code", "village_no")
        .len()
        .filter(pl.col("len") >= 2)
        .group_by(key)
        .agg(repeat_village_count=pl.len())
    )
    topics = (
        by_topic.group_by(*key, "topic_id")
        .len()
        .join(read("reference.topics").filter(pl.col("topic_level") == "topic"), on="topic_id")
        .sort("len", "topic_id", descending=[True, False])
        .group_by(key, maintain_order=True)
        .agg(main_topics=pl.col("topic_th").head(3))
    )
    counts = by_programme.group_by(key).agg(
        pl.col("lao_th", "lao_type", "province_code", "province_th").first(),
        concern_count=pl.len(),
        resolved_count=(pl.col("status") == "resolved").sum(),
        backlog_count=(~pl.col("status").is_in(ENDED)).sum(),
        other_body_count=pl.col("is_other").sum(),
    )
    before = counts.select(
        "lao_code", "programme_id", fiscal_year_be=pl.col("fiscal_year_be") + 1, previous_count="concern_count"
    )
    had = (
        covered_months(read, "gold.lao_trends")
        .filter(pl.col("channel") == "all")
        .select(province_code="cover", fiscal_year_be=fiscal_year("month") + 1, had=pl.lit(True))
        .unique()
    )
    enough = _has_ended(as_of) & (pl.col("concern_count") >= SMALLEST) & (pl.col("previous_count") >= SMALLEST)
    mine = (
        counts.join(villages, on=key, how="left")
        .join(topics, on=key, how="left")
        .join(before, on=key, how="left")
        .join(had, on=["province_code", "fiscal_year_be"], how="left")
        .join(read("reference.plan_programmes").drop("programme_en", "plan_area_en"), on="programme_id")
        .join(lao_people(read).rename({"area": "lao_code"}), on="lao_code", how="left")
        # 0 where the year before has data and no concerns.
        .with_columns(
            pl.col("repeat_village_count").fill_null(0),
            previous_count=pl.when("had").then(pl.col("previous_count").fill_null(0)),
        )
        .with_columns(
            change_pct=pl.when(enough).then((pl.col("concern_count") / pl.col("previous_count") - 1) * 100),
            concerns_per_100k=pl.when(pl.col("concern_count") >= SMALLEST).then(
                pl.col("concern_count") * 100_000 / pl.col("people")
            ),
            is_complete=_has_ended(as_of),
        )
        .drop("had", "people")
    )
    return compared(read("gold.plan_evidence"), mine, "gold.plan_evidence", key)
