"""Rows of tables mean the same on every machine, and a table follows its contract."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from pyspark.sql import SparkSession

from jobs.operations import query
from lake.reader import Reader
from lake.tables import create, rows
from schemas.errors import UserError
from schemas.tables import tables

pytestmark = pytest.mark.spark
MIDNIGHT = "SELECT timestamp'2025-01-01 00:00:00' AS at"


@pytest.fixture
def machine_in_bangkok(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TZ", "Asia/Bangkok")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_times_are_those_of_utc_whatever_the_zone_of_the_machine(spark: SparkSession, machine_in_bangkok: None):
    assert rows(spark.sql(MIDNIGHT)) == [{"at": datetime(2025, 1, 1, tzinfo=UTC)}]


def test_an_answer_says_the_zone_of_its_times(reader: Reader, machine_in_bangkok: None):
    columns, found = query.run_query(reader, MIDNIGHT + ", map('a', 1L) AS counts, 'ก' AS at")
    assert query.format_rows(columns, found, "csv").splitlines()[1] == "2025-01-01 00:00:00+00:00,{'a': 1},ก"
    assert query.format_rows(["at", "counts"], [row[:2] for row in found], "json") == (
        '{"at": "2025-01-01 00:00:00+00:00", "counts": {"a": 1}}'
    )


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("DROP TABLE gold.daily", "Only SELECT, SHOW or DESCRIBE is allowed"),
        ("SELECT nothing FROM gold.daily", "Spark cannot run the query"),
        ("SELECT 1 / 0", "Spark cannot run the query"),
    ],
)
def test_what_cannot_be_answered_is_told_in_a_sentence(reader: Reader, sql: str, said: str):
    with pytest.raises(UserError, match=said) as fault:
        query.run_query(reader, sql)
    assert "\n" not in str(fault.value) and "pos " not in str(fault.value)


def test_a_query_may_stand_in_brackets_or_below_a_comment(reader: Reader):
    for sql in ("(SELECT 1 AS one)", "-- how many\nSELECT 1 AS one;", "VALUES (1) AS t(one)"):
        assert query.run_query(reader, sql) == (["one"], [[1]])


def test_an_older_table_gets_new_columns_and_nulls_where_they_are_allowed_now(spark: SparkSession):
    now = replace(tables()["ops.progress"], name="ops.older")
    before = tuple(column for column in now.columns if column.name not in ("fingerprint", "last_day"))
    create(spark, replace(now, columns=before, required=now.required | {"position"}))
    spark.sql("INSERT INTO ops.older VALUES ('link', 'laos', 7, 0, now())")
    create(spark, now)
    spark.sql("INSERT INTO ops.older (consumer, source_table, batch_id, fingerprint) VALUES ('link', 'laos', 1, 5)")
    found = spark.sql("SELECT position, batch_id, fingerprint, last_day FROM ops.older ORDER BY batch_id").collect()
    assert [tuple(row) for row in found] == [(7, 0, None, None), (None, 1, 5, None)]
    spark.sql("DROP TABLE ops.older")
