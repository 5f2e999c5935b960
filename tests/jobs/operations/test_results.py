"""What a run has brought, as it is printed at the end."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from pyspark.sql import SparkSession
from rich.console import Console

from jobs.operations import results
from jobs.operations.results import Intake, Refusal, Results, Rise, Rises, biggest_rises, render
from jobs.pipeline import aggregate, publish
from lake.commits import append
from lake.progress import advance

LAST_DAY = date(2922, 11, 20)


def printed(content: Results) -> str:
    out = io.StringIO()
    render(content, Console(file=out, width=140, highlight=False))
    return out.getvalue()


SOME = Results(
    intake=[Intake("feed", 12, 1, 35_849, 30_000), Intake("register", 2, 0, 900, 880)],
    refusals=[
        Refusal("feed", "feed/x.json", "it is no GeoJSON"),
        Refusal("register", "7 records", "[no] date"),
    ],
    rises=Rises(date(2022, 10, 1), False, [Rise("Pattani", "Roads", 52, 30)]),
    extracts="/somewhere/public/versions/2022-11-20-00000000/province_trends.xlsx",
)


def row(province: str, topic: str, count: int, previous: int | None) -> dict[str, object]:
    return {"province_en": province, "topic_en": topic, "concern_count": count, "previous_count": previous}


def test_the_biggest_rises_are_those_with_most_concerns_more() -> None:
    rows = [row("A", "x", 30, 25), row("B", "x", 300, 200), row("C", "x", 20, 90), row("D", "x", 80, None)]
    assert [(rise.province, rise.increase) for rise in biggest_rises(rows)] == [("B", 100), ("A", 5)]


def test_equal_rises_stand_by_name_and_ten_are_enough() -> None:
    rows = [row(name, "x", 30, 25) for name in "LKJIHGFEDCBA"]
    assert [rise.province for rise in biggest_rises(rows)] == list("ABCDEFGHIJ")


def test_results_say_what_came_in_what_was_refused_and_where_the_extracts_are() -> None:
    text = printed(SOME)
    for words in ("35,849", "36,749", "it is no GeoJSON", "[no] date", "7 records", "+22", "2022-10", "xlsx"):
        assert words in text


def test_results_off_a_terminal_hold_no_colour() -> None:
    assert "\x1b" not in printed(SOME)


def test_results_of_an_empty_lake_say_so() -> None:
    text = printed(Results([], [], Rises(), None))
    assert "Nothing was refused" in text
    assert "No topic rose" in text
    assert "siang publish" in text


def test_small_rises_are_called_so() -> None:
    small = Results([], [], Rises(date(2022, 10, 1), True, [Rise("Pattani", "Roads", 5, 3)]), None)
    assert "may be chance" in printed(small)


OCTOBER, NOVEMBER = date(2922, 10, 1), date(2922, 11, 1)  # later than anything that other tests leave


@pytest.fixture
def lake(spark: SparkSession) -> Iterator[SparkSession]:
    """A few rows of a source of our own among whatever the lake of the tests holds; removed after."""
    add(
        spark,
        "bronze.files",
        "source_id string, file_sha256 string, path string, record_count bigint, "
        "file_status string, error string, batch_id bigint",
        ("ours", "a", "ours/1.json", 10, "ingested", None, 0),
        ("ours", "b", "ours/2.json", None, "refused", "it is empty", 0),
    )
    add(
        spark,
        "silver.quarantine",
        "source_id string, file_sha256 string, record_number bigint, reasons array<string>, "
        "state string, batch_id bigint",
        ("ours", "a", 1, ["no date", "no text"], "open", 0),
        ("ours", "a", 2, ["no date"], "open", 0),
        ("ours", "a", 3, ["no date"], "dismissed", 0),
    )
    add(
        spark,
        "silver.concerns",
        "concern_id string, source_id string, channel string, status string, "
        "submitted_at timestamp, submitted_month string, is_deleted boolean",
        ("1", "ours", "complaint_log", "open", datetime(2022, 10, 3), "2022-10", False),
        ("2", "ours", "complaint_log", "open", datetime(2022, 10, 3), "2022-10", True),
    )
    add(
        spark,
        "gold.province_trends",
        "period_type string, period_start date, fiscal_year_be int, province_code string, "
        "province_en string, topic_level string, topic_id string, topic_en string, channel string, "
        "concern_count bigint, previous_count bigint, is_complete boolean, is_provisional boolean, "
        "model_version string",
        ("month", OCTOBER, 3466, "94", "Pattani", "topic", "roads", "Roads", "all", 52, 30, True, True, "seed"),
        ("month", OCTOBER, 3466, "94", "Pattani", "topic", "health", "Health", "all", 9, 1, True, True, "seed"),
        ("month", OCTOBER, 3466, "94", "Pattani", "all", "all", "All", "all", 99, 31, True, False, "seed"),
        ("month", NOVEMBER, 3466, "94", "Pattani", "topic", "roads", "Roads", "all", 90, 52, False, True, "seed"),
    )
    add(
        spark,
        "gold.coverage",
        "source_id string, channel string, period_start date, concern_count bigint, last_date date",
        ("ours", "complaint_log", NOVEMBER, 90, date(2922, 11, 19)),
    )
    advance(spark, aggregate.CONSUMER, {}, last_days={aggregate.AS_OF: LAST_DAY})
    try:
        yield spark
    finally:
        for name in ("bronze.files", "silver.quarantine", "silver.concerns", "gold.coverage"):
            spark.sql(f"DELETE FROM {name} WHERE source_id = 'ours'")
        spark.sql("DELETE FROM gold.province_trends WHERE period_start >= DATE'2922-01-01'")
        spark.sql(f"DELETE FROM ops.progress WHERE last_day = DATE'{LAST_DAY}'")


def add(spark: SparkSession, name: str, columns: str, *rows: tuple[object, ...]) -> None:
    append(spark.createDataFrame(list(rows), columns), name)


@pytest.mark.spark
def test_results_are_gathered_and_an_extract_is_published_from_the_lake(lake: SparkSession) -> None:
    found = results.gather(lake)
    assert Intake("ours", 1, 1, 10, 1) in found.intake
    assert [refusal for refusal in found.refusals if refusal.source_id == "ours"] == [
        Refusal("ours", "ours/2.json", "it is refused. it is empty"),
        Refusal("ours", "2 records", "no date"),
        Refusal("ours", "1 record", "no text"),
    ]
    assert found.rises == Rises(OCTOBER, False, [Rise("Pattani", "Roads", 52, 30)])
    assert publish.run(lake)["versions_written"] == 1
    where = results.gather(lake).extracts
    assert where is not None and "2922-11-20-" in where and Path(where.split(" (")[0]).exists()
