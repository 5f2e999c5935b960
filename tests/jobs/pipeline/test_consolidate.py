"""Versions in, concerns and events out: whatever the order in which they arrive."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime

import pytest
from pyspark.sql import functions as F

from jobs.pipeline import consolidate
from lake.tables import empty_like

pytestmark = pytest.mark.spark
DAY = {n: datetime(2025, 1, n, tzinfo=UTC) for n in range(1, 29)}


def version(content: str, day: int, number: int, **values):
    base = {
        "source_id": "s", "file_sha256": f"f{day}", "record_number": number, "concern_id": "c", "content_hash": content,
        "source_record_id": "1", "observed_at": DAY[day], "version_at": DAY[day], "version_number": number,
        "channel": "complaint_log", "origin": "o", "submitted_at": DAY[1].replace(hour=20), "batch_id": 1,
    }  # fmt: skip
    return base | values


HISTORY = [
    version("a", 1, 0, status="open", text="ถนนพัง", agency="เทศบาล", quality_flags=["no_place"]),
    version("a", 2, 5, status="open", text="ถนนพัง", agency="เทศบาล", quality_flags=["no_place"]),
    version("b", 3, 1, status="in_progress", text="ถนนพัง", province_code="95", district_code="9501"),
    version("c", 4, 1, status="resolved", text="ถนนพัง"),
    version("b", 5, 9, status="in_progress", text="ถนนพัง", province_code="95", district_code="9501"),
    version("d", 6, 2, status="resolved", rating=4.0),
]


def consolidated(spark, rows):
    """Consolidates rows that arrive in this order: the first with a content is a version, the others repeats."""
    seen: dict[str, dict] = {}
    versions, repeats = [], []
    for row in rows:
        (repeats if row["content_hash"] in seen else versions).append(row)
        seen.setdefault(row["content_hash"], row)

    def frame(name, some):
        schema = empty_like(name)
        return spark.createDataFrame([tuple(row.get(column) for column in schema.names) for row in some], schema)

    all_versions = consolidate.versions_with_repeats(
        frame("silver.concern_versions", versions), frame("silver.version_repeats", repeats)
    )
    history = consolidate.drop_unchanged_versions(all_versions)
    events = [tuple(row) for row in consolidate.concern_events(history).orderBy("event_at", "status").collect()]
    concerns = [row.asDict() for row in consolidate.concerns(history).collect()]
    return concerns, events


@pytest.fixture(scope="module")
def in_order(spark):
    return consolidated(spark, HISTORY)


def test_a_concern_stands_as_its_last_versions_say(in_order):
    (concern,), _ = in_order
    assert concern["status"] == "resolved"
    assert concern["text"] == "ถนนพัง", "a field that a version does not carry never empties a known one"
    assert (concern["province_code"], concern["district_code"]) == ("95", "9501")
    assert (concern["agency"], concern["rating"]) == ("เทศบาล", 4.0)
    assert concern["submitted_date"] == date(2025, 1, 2), "20:00 UTC is the next day in Bangkok"
    assert concern["submitted_month"] == "2025-01"
    assert concern["quality_flags"] == []


def test_each_change_of_state_is_an_event(in_order):
    _, events = in_order
    assert [(row[2], row[3]) for row in events] == [
        ("open", None), ("in_progress", "open"), ("resolved", "in_progress"), ("in_progress", "resolved"),
        ("resolved", "in_progress"),
    ]  # fmt: skip


def test_what_was_only_seen_is_marked_observed_and_counts_as_reopened(in_order):
    (concern,), events = in_order
    assert [row[5] for row in events] == ["stated", "observed", "observed", "observed", "observed"]
    assert concern["time_basis"] == "observed"
    assert concern["reopen_count"] == 1


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_arrival_changes_nothing(spark, in_order, seed):
    shuffled = HISTORY[:]
    random.Random(seed).shuffle(shuffled)
    assert consolidated(spark, shuffled) == in_order


def test_stated_times_are_taken_from_the_source(spark):
    rows = [
        version("a", 1, 0, status="open", updated_at=DAY[2]),
        version("b", 2, 0, status="resolved", updated_at=DAY[9], resolved_at=DAY[8]),
    ]
    (concern,), events = consolidated(spark, rows)
    assert concern["time_basis"] == "stated"
    assert concern["resolved_at"] == concern["closed_at"] == events[-1][1]
    assert concern["closed_date"] == date(2025, 1, 8)


def test_runs_of_the_same_content_are_kept_once(spark):
    schema = empty_like("silver.concern_versions")
    rows = [tuple(row.get(column) for column in schema.names) for row in HISTORY]
    history = consolidate.drop_unchanged_versions(spark.createDataFrame(rows, schema).drop("batch_id"))
    assert [row.content_hash for row in history.orderBy("_order").collect()] == ["a", "b", "c", "b", "d"]
    assert history.where(F.col("version_number") == 5).count() == 0


def test_an_unknown_status_opens_nothing_and_ends_nothing(spark):
    later = {"status": "unknown", "status_label": "ประเมินแล้ว", "quality_flags": ["unknown_status"]}
    waiting = [version("a", 1, 0, status="open"), version("b", 2, 0, **later)]
    (concern,), events = consolidated(spark, waiting)
    assert (concern["status"], concern["status_label"], concern["closed_at"]) == ("unknown", "ประเมินแล้ว", None)
    assert [row[2] for row in events] == ["open"], "what nobody understands is no change of state"
    again = version("c", 3, 0, status="open", rating=1.0)
    (concern,), events = consolidated(spark, [*waiting, again])
    assert (concern["status"], concern["reopen_count"], len(events)) == ("open", 0, 1)


def test_what_has_ended_stays_so_under_an_unknown_status_until_a_version_opens_it(spark):
    solved = version("a", 1, 0, status="resolved", resolved_at=DAY[5])
    rated = version("b", 2, 0, status="unknown", status_label="ประเมินแล้ว", quality_flags=["unknown_status"])
    (concern,), _ = consolidated(spark, [solved, rated])
    assert (concern["status"], concern["resolved_at"].day, concern["reopen_count"]) == ("resolved", 5, 0)
    assert (concern["status_label"], concern["quality_flags"]) == ("ประเมินแล้ว", ["unknown_status"])
    (concern,), _ = consolidated(spark, [solved, rated, version("c", 3, 0, status="open")])
    assert (concern["status"], concern["resolved_at"], concern["reopen_count"]) == ("open", None, 1)


def test_a_concern_that_nobody_understood_is_unknown_and_one_without_any_status_open(spark):
    (concern,), events = consolidated(spark, [version("a", 1, 0, status="unknown", status_label="x")])
    assert (concern["status"], events) == ("unknown", [])
    (concern,), _ = consolidated(spark, [version("a", 1, 0)])
    assert concern["status"] == "open"


@pytest.mark.parametrize(
    ("second", "is_flagged"),
    [
        ({"text": "ไฟทางดับทั้งซอยมาสามคืน", "submitted_at": DAY[3]}, True),
        ({"text": "ไฟทางดับทั้งซอยมาสามคืน"}, False),
        ({"text": "ถนนหน้าโรงเรียนเป็นหลุมลึก รถล้มแล้ว", "submitted_at": DAY[3]}, False),
        ({"submitted_at": DAY[3]}, False),
    ],
    ids=["neither", "the same time", "the same words", "no words"],
)
def test_versions_of_one_id_that_share_neither_words_nor_time_are_flagged(spark, second, is_flagged):
    first = version("a", 1, 0, text="ถนนหน้าโรงเรียนเป็นหลุม", quality_flags=["no_place"])
    (concern,), _ = consolidated(spark, [first, version("b", 2, 0, quality_flags=["no_place"], **second)])
    assert concern["quality_flags"] == (["no_place", "unlike_versions"] if is_flagged else ["no_place"])
