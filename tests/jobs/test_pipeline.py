"""From a landing folder to gold: what a run leaves, what a second one does, what an erasure removes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from jobs import aggregate, classify, erase, fold, ingest, land, quarantine, reconcile, refine
from lake import archive
from lake.commits import append
from lake.faults import Fault
from lake.settings import settings

pytestmark = pytest.mark.spark
SEEN: list[str] = []


def say(line: str) -> None:
    SEEN.append(line)


def post(key: str, text: str, day: str = "2025-01-05", place: str = "เมือง, ยะลา") -> str:
    data = {"id": key, "text": text, "created_at": f"{day}T05:00:00.000Z"}
    content = {"data": data, "includes": {"places": [{"full_name": place}]}}
    return json.dumps(content, ensure_ascii=False) + "\n"


def deliver(name: str, *lines: str) -> None:
    path = Path(settings().landing) / "social_posts" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(lines), encoding="utf-8")


def run_all(spark) -> dict[str, dict[str, int]]:
    counts = {"land": land.run(say)}
    for step in (ingest, refine, fold, classify, aggregate):
        counts[step.__name__.split(".")[1]] = step.run(spark, say)
    return counts


@pytest.fixture(scope="module")
def first(spark):
    deliver(
        "2025-01-31.jsonl",
        post("1", "ถนนหน้าโรงเรียนเป็นหลุมลึก รถล้มบ่อยมาก"),
        post("2", "น้ำประปาไม่ไหลมาสามวันแล้ว"),
        post("3", "ไฟส่องสว่างริมทางดับทั้งซอย โทร 0812345678"),
        post("2", "น้ำประปาไม่ไหลมาสามวันแล้ว"),
        '{"data": {"id": "4"\n',
        post("5", ""),
        post("6", "น้ำท่วมบ้าน", day="2025-02-30"),
    )
    return run_all(spark)


def one(spark, sql: str):
    return tuple(spark.sql(sql).collect()[0])


def test_every_record_ends_somewhere(spark, first):
    assert first["ingest"]["records"] == 7
    counts = first["refine"]
    assert (counts["versions"], counts["repeats"], counts["quarantined"], counts["erased"]) == (3, 1, 3, 0)
    proof = reconcile.reconcile(spark)
    assert proof.is_exact, proof.problems


def test_the_quarantine_says_why_in_sentences(spark, first):
    reasons = [row.reasons for row in quarantine.open_records(spark, "social_posts", 10)]
    assert reasons == [
        ["The line is no JSON object; it may be cut off."],
        [
            "It has no text (field data.text).",
            "It has neither words nor a label, so nothing says what it is about.",
        ],
        ["Its submitted_at «2025-02-30T05:00:00.000Z» is no date of the gregorian calendar (field data.created_at)."],
    ]


def test_concerns_have_topics_and_masked_words(spark, first):
    rows = spark.sql(
        "SELECT source_record_id, primary_topic_id, text FROM silver.concerns JOIN silver.concern_labels "
        "USING (concern_id) ORDER BY 1"
    ).collect()
    assert [row.primary_topic_id for row in rows] == ["roads", "water_supply", "street_lighting"]
    assert rows[2].text == "ไฟส่องสว่างริมทางดับทั้งซอย โทร [PHONE]"


def test_trends_are_dense_where_there_are_data_and_silent_where_there_are_none(spark, first):
    month = "period_type = 'month' AND channel = 'all'"
    assert one(
        spark, f"SELECT concern_count, share FROM gold.province_trends WHERE {month} AND topic_id = 'roads'"
    ) == (1, 1 / 3)
    assert one(spark, f"SELECT concern_count FROM gold.province_trends WHERE {month} AND topic_id = 'drugs'") == (0,)
    assert one(spark, "SELECT count(DISTINCT province_code), count(DISTINCT period_start) FROM gold.province_trends "
               "WHERE period_type = 'month'") == (1, 1)  # fmt: skip


def versions(spark) -> dict[str, int]:
    from lake.progress import delta_version
    from schemas.tables import tables

    return {name: delta_version(spark, name) for name in tables()}


def test_a_second_run_writes_nothing(spark, first):
    before = versions(spark)
    run_all(spark)
    assert versions(spark) == before


def test_rows_of_a_killed_run_are_removed(spark, first):
    stray = spark.table("silver.concern_versions").limit(1).selectExpr("* EXCEPT (batch_id)", "99 AS batch_id")
    append(stray, "silver.concern_versions")
    assert not reconcile.reconcile(spark).is_exact
    run_all(spark)
    assert reconcile.reconcile(spark).is_exact


def test_a_file_that_comes_again_under_an_earlier_name_is_not_read_twice_but_dated_anew(spark, first):
    content = (Path(settings().landing) / "social_posts" / "2025-01-31.jsonl").read_text(encoding="utf-8")
    deliver("2025-01-30.jsonl", content)
    counts = run_all(spark)
    assert (counts["ingest"]["files"], counts["ingest"]["redated"]) == (0, 1)
    assert one(spark, "SELECT count(DISTINCT observed_at), max(observed_at) FROM silver.concern_versions")[0] == 1
    assert one(spark, "SELECT string(max(observed_at)) FROM silver.version_repeats") == ("2025-01-30 00:00:00",)
    assert reconcile.reconcile(spark).is_exact


def test_a_file_whose_name_has_no_date_is_refused_until_it_comes_with_one(spark, first):
    deliver("undated.jsonl", post("7", "ขยะล้นถัง"))
    assert run_all(spark)["ingest"]["refused"] == 1
    assert one(spark, "SELECT count(*) FROM silver.concerns") == (3,)
    deliver("2025-02-28.jsonl", post("7", "ขยะล้นถัง"))
    assert run_all(spark)["ingest"]["files"] == 1
    assert one(spark, "SELECT count(*) FROM silver.concerns") == (4,)
    assert reconcile.reconcile(spark).is_exact


def test_replay_leaves_what_is_still_unusable_open(spark, first):
    assert refine.replay(spark, say) == {"tried": 3, "replayed": 0, "open": 3}
    assert reconcile.reconcile(spark).is_exact


def test_a_dismissed_record_is_still_accounted_for(spark, first):
    row = quarantine.open_records(spark, "social_posts", 1)[0]
    quarantine.dismiss(spark, "social_posts", row.file_sha256[:10], row.record_number, "cut off at the source")
    assert len(quarantine.open_records(spark, None, 10)) == 2
    assert reconcile.reconcile(spark).is_exact
    with pytest.raises(Fault, match="there is no such open record"):
        quarantine.dismiss(spark, "social_posts", row.file_sha256, row.record_number, "again")


def test_an_erased_concern_leaves_every_table_and_does_not_come_back(spark, first):
    erase.run(spark, say, "social_posts", "3", "asked for by the citizen")
    deliver("2025-03-31.jsonl", post("3", "ไฟส่องสว่างริมทางดับทั้งซอย โทร 0812345678"), post("8", "ต้นไม้ล้มขวางทาง"))
    counts = run_all(spark)
    assert counts["refine"]["erased"] == 1
    assert one(spark, "SELECT count(*) FROM silver.concerns WHERE source_record_id = '3'") == (0,)
    for table in ("silver.concern_events", "silver.concern_labels", "silver.concern_topics"):
        assert one(
            spark,
            f"SELECT count(*) FROM {table} WHERE concern_id NOT IN (SELECT concern_id FROM silver.concerns)",
        ) == (0,)
    assert one(spark, "SELECT count(*) FROM bronze.records WHERE raw LIKE '%0812345678%'") == (0,)
    kept = [archive.data_address(row.source_id, row.file_sha256) for row in spark.table("bronze.files").collect()]
    assert not any(b"0812345678" in Path(path).read_bytes() for path in kept if Path(path).exists())
    assert reconcile.reconcile(spark).is_exact
