"""Ten concerns in, figures out: trends, response times, evidence for plans, and weekly series."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pyspark.sql import DataFrame

from jobs.gold.areas import area_kinds, coverage_areas
from jobs.gold.backlog import backlog_outside_coverage
from jobs.gold.coverage import build_grid, calendar, coverage_rows, covered_months, source_coverage
from jobs.gold.cube import CUBE_KEY
from jobs.gold.deadlines import deadlines
from jobs.gold.plan_evidence import concerns_by_lao_programme, plan_evidence
from jobs.gold.response_times import response_times
from jobs.gold.trends import TrendInputs, trends
from jobs.gold.weekly import WeeklySeries, is_reporting, monday
from jobs.reference import tables as reference
from jobs.reference.laos import load_laos
from jobs.topic_models.evaluation.label_scores import ScoredText, topic_scores
from lake.settings import settings
from lake.tables import empty_like
from schemas.errors import UserError
from schemas.tables import tables

AS_OF = date(2026, 1, 20)


@pytest.fixture(scope="module")
def reference_tables(spark: Any) -> Callable[[str], DataFrame]:
    """The reference tables without any imported list, and one LAO that serves one tambon."""
    contents = reference.reference_rows(load_laos(""))
    lao = ("s1", "sao", "อบต.ตาเนาะแมเราะ", None, "ตาเนาะแมเราะ", "95", "9502", False, None, None, "test", None)
    contents["reference.laos"] = [*contents["reference.laos"], lao]
    contents["reference.lao_subdistricts"] = [("s1", "950203", None, None)]
    contents["reference.population"] = [
        *contents["reference.population"], ("lao", "s1", date(2021, 6, 30), 5000, "test")
    ]  # fmt: skip
    frames = {name: spark.createDataFrame(rows, empty_like(name)) for name, rows in contents.items()}
    return lambda name: frames[name]


def day_of_cube(day: date, place: str = "950203", count: int = 1, **more: Any) -> list[dict[str, Any]]:
    """Rows of the cube of concerns about roads: of the topic, its group, and all topics."""
    row = {
        "date": day, "source_id": "social_posts", "province_code": place[:2], "district_code": place[:4] or None,
        "subdistrict_code": place if len(place) > 4 else None, "channel": "social_media", "origin": "x",
        "concern_count": count, "unique_count": count, "other_kind_count": 0, "resolved_count": 0, "stated_count": 0,
        "unresolved_count": 0, "closed_in_period_count": 0, "unmapped_label_count": 0, "unclassified_count": 0,
        "unknown_status_count": 0, "resolve_days": [], "month": f"{day:%Y-%m}", **more,
    }  # fmt: skip
    levels = (("topic", "roads"), ("group", "transport"), ("all", "all"))
    return [row | {"topic_level": level, "topic_id": topic} for level, topic in levels]


CUBE = [
    *day_of_cube(date(2023, 11, 6), count=8, closed_in_period_count=1),
    # The hotline has no data any more, but its concerns ended a year later.
    *day_of_cube(date(2023, 2, 1), count=2, channel="hotline", source_id="hotline_cases"),
    *day_of_cube(date(2023, 11, 7), count=0, closed_in_period_count=2, channel="hotline", source_id="hotline_cases"),
    *day_of_cube(date(2024, 12, 3), count=30),
    *day_of_cube(date(2025, 9, 30), count=2, closed_in_period_count=1),
    *day_of_cube(date(2025, 11, 3), count=40, resolved_count=10, stated_count=10,
                 resolve_days=[{"days": 3, "count": 6}, {"days": 20, "count": 4}]),
    *day_of_cube(date(2025, 12, 4), count=45, closed_in_period_count=50),
    *day_of_cube(date(2025, 12, 5), place="900601", count=4),
    *day_of_cube(date(2025, 12, 6), place="400101", count=3, stated_count=3, unresolved_count=3),
    *day_of_cube(date(2026, 1, 19), count=5),
]  # fmt: skip


SCORES = topic_scores(
    [
        *(
            ScoredText("40", ("outside",), frozenset({predicted}), frozenset({"roads"}))
            for predicted in ["roads"] * 180 + ["other"] * 20
        ),
        *[ScoredText("40", ("outside",), frozenset({"other"}), frozenset({"drainage"}))] * 50,
    ]
)
"""Outside Bangkok, recall of roads is 0.9 on 200 texts, and no other text was labelled with it."""


def trend_inputs(
    spark: Any, reference_tables: Callable[[str], DataFrame], since: date | None = None, scores: Any = ()
) -> tuple[DataFrame, TrendInputs]:
    """The rows of the cube, and the other inputs of figures."""
    daily = spark.createDataFrame(
        [tuple(row[name] for name in tables()["gold.daily"].column_names) for row in CUBE], empty_like("gold.daily")
    )
    coverage = coverage_rows(daily, AS_OF)
    by_source = source_coverage(spark, daily, coverage)
    months = covered_months(spark, coverage, by_source, coverage_areas(reference_tables))
    grid = build_grid(months, AS_OF, since)
    backlog = backlog_outside_coverage(daily, months, grid.read_from) if grid.read_from else None
    inputs = TrendInputs(
        calendar=calendar(spark, coverage, AS_OF), grid=grid, coverage=coverage, source_coverage=by_source,
        covered_months=months, backlog_outside_coverage=backlog, model_version="m", scores=scores,
    )  # fmt: skip
    return daily, inputs


def trend_rows(
    spark: Any, reference_tables: Callable[[str], DataFrame], table: str, since: date | None = None, scores: Any = ()
) -> list[dict[str, Any]]:
    daily, inputs = trend_inputs(spark, reference_tables, since, scores)
    kind = next(kind for kind in area_kinds(reference_tables) if kind.table == table)
    # The table as the run before has left it.
    existing = empty_like(table)
    if since:
        existing = spark.createDataFrame(trend_rows(spark, reference_tables, table), empty_like(table))
    frame = trends(spark, kind, daily, inputs, existing)
    key = list(tables()[table].key)
    return frame.orderBy(*key).toArrow().to_pylist()


def cell(rows: list[dict[str, Any]], period_type: str, start: date, **where: Any) -> dict[str, Any]:
    wanted = {"period_type": period_type, "period_start": start, "topic_id": "roads", "channel": "all", **where}
    (found,) = [row for row in rows if all(row[name] == value for name, value in wanted.items())]
    return found


@pytest.mark.spark
def test_a_month_of_a_province_is_compared_with_the_month_and_the_year_before(
    spark: Any, reference_tables: Any
) -> None:
    rows = trend_rows(spark, reference_tables, "gold.province_trends", scores=SCORES)
    december = cell(rows, "month", date(2025, 12, 1), province_code="95")
    assert (december["concern_count"], december["previous_count"], december["last_year_count"]) == (45, 40, 30)
    assert (december["change_pct"], december["last_year_change_pct"]) == (12.5, 50.0)
    # 8 - 1 + 30 + 2 - 1 + 40 + 45 - 50; all concerns of the hotline have ended.
    assert december["backlog_count"] == 73
    assert december["count_lower"] < 45 <= december["count_upper"] <= 45, "no text of another topic is labelled roads"
    assert not december["is_provisional"], "enough texts from outside Bangkok were scored"
    assert cell(rows, "month", date(2026, 1, 1), province_code="95")["is_provisional"], "it has not ended"
    assert december["is_complete"] and not cell(rows, "month", date(2026, 1, 1), province_code="95")["is_complete"]
    november = cell(rows, "month", date(2025, 11, 1), province_code="95")
    assert (november["median_days_to_resolve"], november["within_15_days_share"]) == (3.0, 0.6)
    # In Khon Kaen nothing is solved: no median, and a share within 15 days of 0 once these are over.
    unsolved = cell(rows, "month", date(2025, 12, 1), province_code="40")
    assert (unsolved["median_days_to_resolve"], unsolved["within_15_days_share"]) == (None, 0.0)
    # A month with data but without concerns of the topic counts 0; October has no data.
    assert cell(rows, "month", date(2026, 1, 1), province_code="95", topic_id="drugs")["concern_count"] == 0
    assert not [row for row in rows if row["period_start"] == date(2025, 10, 1) and row["period_type"] == "month"]
    year = cell(rows, "fiscal_year", date(2025, 10, 1), province_code="95")
    assert (year["fiscal_year_be"], year["concern_count"], year["previous_count"]) == (2569, 90, 32)
    assert year["change_pct"] is None, "the year has not ended"


@pytest.mark.spark
def test_districts_laos_and_focus_areas_have_the_concerns_of_their_places(spark: Any, reference_tables: Any) -> None:
    december = date(2025, 12, 1)
    district = cell(
        trend_rows(spark, reference_tables, "gold.district_trends"), "month", december, district_code="9502"
    )
    assert district["is_provisional"] and district["count_lower"] is None, "there are no scores"
    assert (district["district_th"], district["concern_count"], district["backlog_count"]) == ("เบตง", 45, 73)
    laos = trend_rows(spark, reference_tables, "gold.lao_trends")
    sao, pao = (cell(laos, "month", december, lao_code=code) for code in ("s1", "pao-95"))
    assert (sao["concern_count"], pao["concern_count"]) == (45, 45)
    assert sao["concerns_per_100k"] == 900
    assert cell(laos, "month", december, lao_code="pao-40")["concerns_per_100k"] is None, "no rate of three concerns"
    # The Deep South is Yala and the district Saba Yoi of Songkhla, but not Khon Kaen.
    south = cell(
        trend_rows(spark, reference_tables, "gold.focus_area_trends"), "month", december, focus_area_id="deep_south"
    )
    assert south["concern_count"] == 49


@pytest.mark.spark
@pytest.mark.parametrize("table", ["gold.province_trends", "gold.district_trends", "gold.lao_trends"])
@pytest.mark.parametrize("since", [date(2025, 12, 5), date(2025, 11, 30)])
def test_figures_computed_from_a_day_on_are_those_of_a_whole_computation(
    spark: Any, reference_tables: Any, table: str, since: date
) -> None:
    ends = {"month": 1, "quarter": 3, "fiscal_year": 12}

    def ends_after_since(row: dict[str, Any]) -> bool:
        start: date = row["period_start"]
        month = start.year * 12 + start.month - 1 + ends[row["period_type"]]
        return date(month // 12, month % 12 + 1, 1) > since

    whole = [row for row in trend_rows(spark, reference_tables, table) if ends_after_since(row)]
    assert whole and trend_rows(spark, reference_tables, table, since) == whole


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 5, tzinfo=UTC)


def concern(key: str, day: date, **said: Any) -> dict[str, Any]:
    return {
        "concern_id": key, "source_id": "s", "channel": "complaint_log", "origin": "line", "status": "open",
        "submitted_at": at(day), "submitted_date": day, "submitted_month": f"{day:%Y-%m}", "is_deleted": False,
        "province_code": "95", "district_code": "9502", "subdistrict_code": "950203", "time_basis": "stated",
        "road_owner": "unknown", **said,
    }  # fmt: skip


JANUARY = date(2026, 1, 2)
CONCERNS = [
    concern("1", JANUARY, status="resolved", closed_date=JANUARY + timedelta(days=4), village_no="3"),
    concern("2", JANUARY, informed_at=at(JANUARY + timedelta(days=15)), village_no="3"),
    concern("3", JANUARY, informed_at=at(JANUARY + timedelta(days=16)), village_no="4"),
    concern("4", JANUARY, status="forwarded"),
    concern("5", JANUARY, road_owner="highways", origin="walk_in"),
    concern("6", AS_OF),
    concern("7", date(2025, 9, 30), status="closed", closed_date=date(2025, 10, 9)),
    concern("8", JANUARY, is_deleted=True),
    concern("9", JANUARY),
    concern("10", JANUARY, road_owner="pao"),
    concern("11", JANUARY, channel="social_media", status="resolved"),
]


@pytest.fixture(scope="module")
def silver(spark: Any, reference_tables: Callable[[str], DataFrame]) -> Callable[[str], DataFrame]:
    def frame(name: str, rows: list[dict[str, Any]]) -> DataFrame:
        columns = tables()[name].column_names
        return spark.createDataFrame([tuple(row.get(one) for one in columns) for row in rows], empty_like(name))

    keys = [one["concern_id"] for one in CONCERNS]
    roles = [(key, "s1", role) for key in keys for role in ("responsible", "serves_place")]
    roles += [(key, "pao-95", "serves_place") for key in keys]
    topics = [(key, "roads") for key in keys] + [("1", "street_lighting"), ("2", "health")]
    frames = {
        "silver.concerns": frame("silver.concerns", CONCERNS),
        "silver.concern_labels": frame(
            "silver.concern_labels",
            [
                {"concern_id": key, "kind": "praise" if key == "9" else "complaint", "is_relevant": key != "11"}
                for key in keys
            ],
        ),
        "silver.concern_laos": frame(
            "silver.concern_laos", [dict(zip(("concern_id", "lao_code", "role"), one, strict=True)) for one in roles]
        ),
        "silver.concern_topics": frame(
            "silver.concern_topics", [dict(zip(("concern_id", "topic_id"), one, strict=True)) for one in topics]
        ),
    }
    return lambda name: frames[name] if name in frames else reference_tables(name)


@pytest.mark.spark
def test_a_concern_is_answered_when_it_is_solved_or_progress_was_reported_in_time(spark: Any, silver: Any) -> None:
    found = response_times(silver, AS_OF, deadlines(spark, date(2025, 9, 1), AS_OF)).toArrow().to_pylist()
    rows = {(row["fiscal_year_be"], row["origin"]): row for row in found}
    line = rows[2569, "line"]
    # Of 1 to 4, 6 and 10: 1 is solved, 2 informed in time, 6 not due yet. 8 is deleted, 9 praise, 11 not relevant.
    assert (line["concern_count"], line["due_count"]) == (6, 5)
    assert (line["resolved_count"], line["informed_in_time_count"], line["answered_count"]) == (1, 1, 2)
    assert (line["answered_share"], line["answered_due_share"]) == (2 / 6, 2 / 5)
    assert rows[2569, "walk_in"]["concern_count"] == 1 and not rows[2569, "line"]["is_complete"]
    # A concern that ended without being solved is not answered.
    assert (rows[2568, "line"]["answered_count"], rows[2568, "line"]["due_count"]) == (0, 1)
    assert rows[2568, "line"]["is_complete"]
    since = response_times(silver, AS_OF, deadlines(spark, date(2025, 9, 1), AS_OF), date(2025, 10, 1))
    assert {(row["fiscal_year_be"], row["origin"]): row for row in since.toArrow().to_pylist()} == {
        key: row for key, row in rows.items() if key[0] == 2569
    }


@pytest.fixture
def configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    path = tmp_path / "holidays.csv"
    for name, value in (("DAYS", "5"), ("CALENDAR", "working")):
        monkeypatch.setenv(f"SIANG_RESPONSE_{name}", value)
    monkeypatch.setenv("SIANG_HOLIDAYS", str(path))
    settings.cache_clear()
    yield path
    monkeypatch.undo()
    settings.cache_clear()


@pytest.mark.spark
def test_the_response_days_can_be_working_days(spark: Any, configured: Path) -> None:
    configured.write_text("วันที่,ชื่อ\n13/04/2569,สงกรานต์\n14 เม.ย. 2569,สงกรานต์\n2026-04-15,สงกรานต์\n", encoding="utf-8")
    found = deadlines(spark, date(2026, 4, 9), date(2026, 4, 11)).orderBy("submitted_date").collect()
    # Thursday the 9th: Friday 10, Thursday 16, Friday 17, Monday 20, Tuesday 21. Saturday the 11th: up to the 22nd.
    assert [row.deadline_date for row in found] == [date(2026, 4, 21), date(2026, 4, 22), date(2026, 4, 22)]
    configured.write_text("วันที่\nสงกรานต์\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"holidays\.csv, row 2: «สงกรานต์» is not a date"):
        deadlines(spark, date(2026, 4, 9), date(2026, 4, 11))


@pytest.mark.spark
def test_a_programme_counts_a_concern_once_and_counts_concerns_for_other_bodies(spark: Any, silver: Any) -> None:
    _, inputs = trend_inputs(spark, silver)
    laos = next(one for one in area_kinds(silver) if one.table == "gold.lao_trends")
    evidence = plan_evidence(silver, concerns_by_lao_programme(silver), laos, inputs.covered_months, AS_OF)
    rows = evidence.where("fiscal_year_be = 2569").toArrow().to_pylist()
    roads = silver("reference.topic_programmes").where("lao_code = 'all' AND topic_id = 'roads'").collect()[0]
    health = silver("reference.topic_programmes").where("lao_code = 'all' AND topic_id = 'health'").collect()[0]
    of_sao = {row["programme_id"]: row for row in rows if row["lao_code"] == "s1"}
    mine = of_sao[roads.programme_id]
    assert (mine["concern_count"], mine["backlog_count"], mine["repeat_village_count"]) == (7, 6, 1)
    assert mine["other_body_count"] == 3, "forwarded, on a highway, or on a road of the PAO"
    assert mine["main_topics"][0] == "ถนน" and mine["concerns_per_100k"] is None
    assert of_sao[health.programme_id]["concern_count"] == 1
    # The year before has data, but no concerns about health.
    assert (mine["previous_count"], of_sao[health.programme_id]["previous_count"]) == (1, 0)
    (of_pao,) = [row for row in rows if row["lao_code"] == "pao-95" and row["programme_id"] == roads.programme_id]
    assert of_pao["other_body_count"] == 2, "a road of the PAO is its own"
    # One year computed alone has the same rows; the counts of the year before are read from the table.
    first = date(2025, 10, 1)
    stored = spark.createDataFrame(evidence.toArrow(), empty_like("gold.plan_evidence"))

    def with_table(name: str) -> DataFrame:
        return stored if name == "gold.plan_evidence" else silver(name)

    alone = (
        plan_evidence(with_table, concerns_by_lao_programme(silver, first), laos, inputs.covered_months, AS_OF, first)
        .toArrow()
        .to_pylist()
    )
    key = itemgetter(*tables()["gold.plan_evidence"].key)
    assert sorted(alone, key=key) == sorted(rows, key=key)


def test_the_key_of_the_cube_is_that_of_its_table() -> None:
    assert tables()["gold.daily"].key == CUBE_KEY


HISTORY_WEEKS = 160


def weekly(begins: list[int], counted: list[int]) -> WeeklySeries:
    """One province and topic; the week in which each source begins, and its concerns in each week since."""
    first = monday(AS_OF) - timedelta(weeks=HISTORY_WEEKS)
    weeks = np.arange(HISTORY_WEEKS)
    counts = np.array([np.where(weeks >= start, count, 0) for start, count in zip(begins, counted, strict=True)])
    return WeeklySeries(
        mondays=[first + timedelta(weeks=int(week)) for week in weeks],
        series=[("95", "roads")],
        counts=counts[:, None, :],
        totals=counts[:, None, :],
        begins=np.array(begins)[:, None],
        is_restated=np.zeros(HISTORY_WEEKS, bool),
    )


LAST = HISTORY_WEEKS - 1


def test_a_source_that_has_just_begun_is_left_out_and_does_not_shorten_the_history() -> None:
    weeks, _ = weekly([0, LAST - 3], [10, 10]).weeks_up_to(LAST, {})
    assert (weeks.counts[0, LAST], weeks.first_week[0]) == (10, 0)


def test_a_source_with_a_large_share_is_included_after_ten_weeks_and_the_history_begins_with_it() -> None:
    begins = LAST - 12
    weeks, _ = weekly([0, begins], [10, 10]).weeks_up_to(LAST, {})
    assert (weeks.counts[0, LAST], weeks.first_week[0]) == (20, begins)


def test_a_source_with_a_small_share_does_not_shorten_the_history() -> None:
    weeks, _ = weekly([0, LAST - 12], [100, 1]).weeks_up_to(LAST, {})
    assert (weeks.counts[0, LAST], weeks.first_week[0]) == (100, 0)


def test_weeks_with_missing_files_are_not_quiet_weeks() -> None:
    totals = np.array([[1] * 8 + [100] * 10 + [4] * 6 + [10, 100, 100]])
    # The first weeks with few concerns, and the gap.
    assert np.flatnonzero(~is_reporting(totals)[0]).tolist() == [*range(8), *range(18, 24)]
    assert is_reporting(totals[:, :8]).all(), "later weeks are not known"
    assert is_reporting(np.array([[2, 1, 3, 0, 2]])).tolist() == [[True, True, True, False, True]]


def test_the_number_of_different_texts_is_that_of_the_texts_where_it_is_given() -> None:
    weeks, distinct = weekly([0], [10]).weeks_up_to(LAST, {0: 3})
    assert (weeks.counts[0, LAST], distinct[0]) == (10, 3)
    assert weekly([0], [10]).weeks_up_to(LAST, {})[1][0] == 40


def test_without_any_source_there_is_no_history() -> None:
    weeks, _ = weekly([LAST], [10]).weeks_up_to(LAST, {})
    assert not weeks.history().any()
