"""The ways to write a table: rows in, rows of the table out; each can be repeated."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from lake.commits import append, delete_rows, delete_where, replace_for, update_rows, update_where, upsert
from lake.progress import NOTHING, Progress, advance, changes, delta_version, latest
from lake.raw_records import RECORD_KEY
from lake.tables import empty_like
from lake.vacuum import vacuum

pytestmark = pytest.mark.spark
TABLE = "silver.quarantine"
SOURCE = "commits_test"


def rows(spark: Any, *numbers_and_states: tuple[int, str]) -> Any:
    schema = empty_like(TABLE)
    found = [
        {
            "source_id": SOURCE,
            "file_sha256": "f",
            "record_number": number,
            "reasons": ["a"],
            "state": state,
            "batch_id": 1,
        }
        for number, state in numbers_and_states
    ]
    return spark.createDataFrame([tuple(row.get(name) for name in schema.names) for row in found], schema)


def keys(spark: Any, *numbers: int) -> Any:
    return spark.createDataFrame(
        [(SOURCE, "f", number) for number in numbers], "source_id string, file_sha256 string, record_number bigint"
    )


def states(spark: Any) -> dict[int, str]:
    mine = spark.table(TABLE).where(f"source_id = '{SOURCE}'").collect()
    return {row.record_number: row.state for row in mine}


@pytest.fixture
def three(spark: Any) -> Any:
    """A table with three open records of this test's own."""
    append(rows(spark, (1, "open"), (2, "open"), (3, "open")), TABLE)
    yield spark
    delete_where(spark, TABLE, f"source_id = '{SOURCE}'")


def test_rows_are_updated_by_key_where_the_condition_holds(three: Any) -> None:
    update_rows(three, keys(three, 1, 9), TABLE, RECORD_KEY, {"state": "'dismissed'"})
    update_rows(three, keys(three, 1, 2), TABLE, RECORD_KEY, {"state": "'replayed'"}, "t.state = 'open'")
    assert states(three) == {1: "dismissed", 2: "replayed", 3: "open"}


def test_a_value_may_come_from_the_row_with_the_key(three: Any) -> None:
    update_rows(
        three, keys(three, 3).selectExpr("*", "'it''s set aside' AS why"), TABLE, RECORD_KEY, {"state": "s.why"}
    )
    assert states(three)[3] == "it's set aside"


def test_rows_are_updated_and_deleted_by_condition_and_deleted_by_key(three: Any) -> None:
    update_where(three, TABLE, {"state": "'replayed'"}, f"source_id = '{SOURCE}' AND record_number > 1")
    delete_rows(three, keys(three, 2, 7), TABLE, RECORD_KEY)
    assert states(three) == {1: "open", 3: "replayed"}
    delete_where(three, TABLE, f"source_id = '{SOURCE}' AND state = 'replayed'")
    assert states(three) == {1: "open"}


def test_an_upsert_adds_rows_and_replaces_those_with_the_same_key(three: Any) -> None:
    upsert(three, rows(three, (3, "dismissed"), (4, "open")), TABLE)
    assert states(three) == {1: "open", 2: "open", 3: "dismissed", 4: "open"}


def test_a_replacement_that_changes_nothing_wakes_no_reader(three: Any) -> None:
    scope = three.createDataFrame([("c1",)], "concern_id string")
    schema = empty_like("silver.concern_laos")
    row = {"concern_id": "c1", "lao_code": "L1", "role": "addressed", "method": "name"}
    links = three.createDataFrame([tuple(row.get(name) for name in schema.names)], schema)
    replace_for(three, links, "silver.concern_laos", scope)
    before = delta_version(three, "silver.concern_laos")
    replace_for(three, links, "silver.concern_laos", scope)
    after = delta_version(three, "silver.concern_laos")
    if after > before:
        fed = changes(three, "silver.concern_laos", before, after)
        assert fed is None or fed.count() == 0
    replace_for(three, links.limit(0), "silver.concern_laos", scope)
    assert three.table("silver.concern_laos").where("concern_id = 'c1'").count() == 0


def test_a_reader_reads_all_rows_where_the_changes_since_its_last_run_were_removed(three: Any) -> None:
    table = "silver.concern_laos"
    link = [("c2", "L1", "addressed", "name")]
    append(three.createDataFrame(link, "concern_id string, lao_code string, role string, method string"), table)
    before = delta_version(three, table)
    update_where(three, table, {"lao_code": "'L2'"}, "concern_id = 'c2'")
    changed = delta_version(three, table)
    feed = changes(three, table, before, changed)
    assert feed is not None and sorted(row.lao_code for row in feed.collect()) == ["L1", "L2"]
    vacuum(three, table, 0)
    assert changes(three, table, before, changed) is None
    unchanged = changes(three, table, changed, changed)
    assert unchanged is not None and unchanged.count() == 0
    delete_where(three, table, "concern_id = 'c2'")


def test_the_last_progress_of_a_consumer_is_the_one_that_counts(three: Any) -> None:
    assert latest(three).get(("commits_test", "a"), Progress()) == Progress(NOTHING, NOTHING)
    advance(three, "commits_test", {"a": 3, "b": 7}, 2)
    advance(three, "commits_test", {"a": 4}, 3)
    advance(three, "commits_test", {}, fingerprints={"rules": 5}, last_days={"as_of": date(2025, 1, 31)})
    found = latest(three)
    assert (found["commits_test", "a"], found["commits_test", "b"]) == (Progress(4, 3), Progress(7, 2))
    assert found["commits_test", "rules"] == Progress(batch_id=0, fingerprint=5)
    assert found["commits_test", "as_of"] == Progress(batch_id=0, last_day=date(2025, 1, 31))
    assert datetime.now(UTC) >= three.table("ops.progress").agg({"committed_at": "max"}).collect()[0][0].astimezone(UTC)
