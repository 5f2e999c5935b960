"""Rows of tables mean the same on every machine."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from pyspark.sql import SparkSession

from jobs import query
from lake.tables import rows

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


def test_an_answer_says_the_zone_of_its_times(spark: SparkSession, machine_in_bangkok: None):
    columns, found = query.ask(spark, MIDNIGHT + ", map('a', 1L) AS counts, 'ก' AS at")
    assert query.shown(columns, found, "csv").splitlines()[1] == "2025-01-01 00:00:00+00:00,{'a': 1},ก"
    assert query.shown(["at", "counts"], [row[:2] for row in found], "json") == (
        '{"at": "2025-01-01 00:00:00+00:00", "counts": {"a": 1}}'
    )
