"""A few concerns in, what they repeat out; and one more day of them, by what changed, as if all had come at once."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest
from pyspark.sql import SparkSession

from jobs.pipeline import aggregate_changes, link_duplicates
from jobs.pipeline.link_duplicates import months_around, with_originals
from lake.commits import delete_where, overwrite, upsert
from lake.progress import delta_version
from lake.tables import empty_like

FIRST = datetime(2024, 6, 1, 5, tzinfo=UTC)
POTHOLE = "ถนนหน้าโรงเรียนบ้านทุ่งเป็นหลุมลึกมาก รถล้มไปแล้วสามคัน ขอให้เร่งซ่อม"
CAMPAIGN = (
    "พวกเราชาวตำบลขอคัดค้านการสร้างโรงไฟฟ้าขยะใกล้ชุมชน เพราะไม่มีการรับฟังความคิดเห็นและกระทบต่อแหล่งน้ำดื่ม "
    "ขอให้หน่วยงานที่เกี่ยวข้องระงับโครงการไว้ก่อนจนกว่าจะศึกษาผลกระทบให้ครบถ้วน"
)
LIGHT = "ไฟทางดับ"


def concern(key: str, text: str | None, day: float = 0, district: str | None = "9501", **more: Any) -> dict[str, Any]:
    at = FIRST + timedelta(days=day)
    return {
        "concern_id": key, "source_id": "s", "channel": "complaint_log", "status": "open", "submitted_at": at,
        "submitted_date": at.date(), "submitted_month": f"{at:%Y-%m}", "is_deleted": False, "text": text,
        "province_code": district and district[:2], "district_code": district, **more,
    }  # fmt: skip


CONCERNS = [
    concern("road", POTHOLE),
    concern("road on LINE", "แจ้งอีกครั้งครับ 🙏 " + POTHOLE, 1, channel="social_media"),
    concern("road in own words", "หลุมใหญ่กลางถนนตรงโรงเรียนบ้านทุ่ง มอเตอร์ไซค์ล้มกันหลายคันแล้ว ช่วยซ่อมด้วยค่ะ", 2),
    concern("road of another district", POTHOLE, 3, district="9502"),
    concern("road long after", POTHOLE, 40),
    concern("campaign", CAMPAIGN, 4),
    concern("campaign elsewhere", CAMPAIGN.replace("ระงับ", "หยุด"), 5, district="4001"),
    concern("campaign nowhere", "ฝากด้วยค่ะ " + CAMPAIGN + " #คัดค้าน", 6, district=None),
    concern("campaign of the month after", CAMPAIGN, 35, district="4001"),
    concern("light", LIGHT, 1),
    concern("light again", LIGHT, 1),
    concern("deleted", POTHOLE, -1, is_deleted=True),
    concern("wordless", None),
]
LINKS = {
    ("road on LINE", "road", "road", "same_place"),
    ("campaign elsewhere", "campaign", "campaign", "same_words"),
    ("campaign nowhere", "campaign", "campaign", "same_words"),
    # 31 days after the first, but 30 after one that repeats it.
    ("campaign of the month after", "campaign", "campaign elsewhere", "same_place"),
}


def frame(spark: SparkSession, rows: list[dict[str, Any]]) -> Any:
    schema = empty_like("silver.concerns")
    return spark.createDataFrame([tuple(row.get(name) for name in schema.names) for row in rows], schema)


def links(spark: SparkSession) -> set[tuple[str, ...]]:
    rows = spark.table("silver.concern_links").collect()
    return {(row.concern_id, row.original_id, row.repeated_id, row.link_kind) for row in rows}


def forget(spark: SparkSession) -> None:
    delete_where(spark, "ops.progress", f"consumer = '{link_duplicates.CONSUMER}'")


@pytest.fixture
def lake(spark: SparkSession) -> Iterator[SparkSession]:
    """Other tests share the lake."""
    forget(spark)
    yield spark
    for name in ("silver.concerns", "silver.concern_links", "silver.concern_signatures"):
        spark.sql(f"DELETE FROM {name}")
    forget(spark)


@pytest.mark.spark
def test_a_copy_is_linked_to_the_first_and_one_in_own_words_is_not(lake: SparkSession) -> None:
    overwrite(frame(lake, CONCERNS), "silver.concerns")
    done = {name: delta_version(lake, name) for name in aggregate_changes.SOURCES}
    assert link_duplicates.run(lake)["near_duplicates"] == len(LINKS)
    assert links(lake) == LINKS
    until = {name: delta_version(lake, name) for name in aggregate_changes.SOURCES}
    days = {one["submitted_date"] for one in CONCERNS if one["concern_id"] in {link[0] for link in LINKS}}
    assert set(aggregate_changes.changed_days(lake, done, until) or []) == days, "figures of these days are made anew"
    before = delta_version(lake, "silver.concern_links")
    assert link_duplicates.run(lake) == {"compared": 0, "near_duplicates": 0}
    assert delta_version(lake, "silver.concern_links") == before


@pytest.mark.spark
def test_what_is_changed_erased_or_comes_late_changes_the_links_as_if_all_had_come_at_once(lake: SparkSession) -> None:
    overwrite(frame(lake, CONCERNS), "silver.concerns")
    link_duplicates.run(lake)
    lake.sql("DELETE FROM silver.concerns WHERE concern_id = 'campaign'")
    changed = [
        concern("road on LINE", "ขอแก้เป็นเรื่องน้ำประปาไม่ไหลที่หมู่บ้านฟ้าใสมาสามวันแล้วเดือดร้อนมาก", 1),
        concern("road before", POTHOLE, -3),
        concern("light again", LIGHT, 1, status="resolved"),
    ]
    upsert(lake, frame(lake, changed), "silver.concerns")
    link_duplicates.run(lake)
    found = {
        ("road", "road before", "road before", "same_place"),
        ("campaign nowhere", "campaign elsewhere", "campaign elsewhere", "same_words"),
        ("campaign of the month after", "campaign elsewhere", "campaign elsewhere", "same_place"),
    }
    assert links(lake) == found
    signatures = {row.concern_id for row in lake.table("silver.concern_signatures").collect()}
    assert "campaign" not in signatures and "road before" in signatures
    before = delta_version(lake, "silver.concern_links")
    forget(lake)
    link_duplicates.run(lake)
    assert links(lake) == found
    assert delta_version(lake, "silver.concern_links") in (before, before + 1)


@pytest.mark.spark
def test_what_comes_later_in_any_order_leaves_what_a_run_over_all_of_it_does(lake: SparkSession) -> None:
    rng = random.Random(7)
    texts = [POTHOLE, CAMPAIGN, "น้ำประปาไม่ไหลมาสามวันแล้วทั้งหมู่บ้านเดือดร้อนมากช่วยด้วยครับ"]
    rows = [
        concern(f"{number:03d}", rng.choice(("", "แจ้งอีกครั้ง ", "ด่วน ")) + rng.choice(texts) + " ค่ะ" * rng.randrange(3),
                rng.randrange(90), rng.choice(("9501", "9502", None)))
        for number in range(150)
    ]  # fmt: skip
    rng.shuffle(rows)
    overwrite(frame(lake, rows[:100]), "silver.concerns")
    link_duplicates.run(lake)
    upsert(lake, frame(lake, rows[100:]), "silver.concerns")
    lake.sql(f"DELETE FROM silver.concerns WHERE concern_id IN ('{rows[0]['concern_id']}', '{rows[9]['concern_id']}')")
    link_duplicates.run(lake)
    step_by_step = links(lake)
    forget(lake)
    link_duplicates.run(lake)
    assert links(lake) == step_by_step
    assert len(step_by_step) > 80
    originals = {one[1] for one in step_by_step}
    assert not originals & {one[0] for one in step_by_step}, "an original repeats none itself"


def test_what_repeats_is_followed_back_to_the_first() -> None:
    repeated = {"b": "a", "c": "b", "d": "c", "y": "x", "e": "d"}
    found = pa.table(
        {
            "concern_id": list(repeated),
            "repeated_id": list(repeated.values()),
            "link_kind": ["same_place"] * 5,
            "similarity": [1.0] * 5,
        }
    )
    rows = with_originals(found).to_pylist()
    assert {row["concern_id"]: row["original_id"] for row in rows} == {
        "b": "a", "c": "a", "d": "a", "e": "a", "y": "x",
    }  # fmt: skip
    assert with_originals(found.slice(0, 0)).num_rows == 0


def test_thirty_days_may_reach_over_two_ends_of_months() -> None:
    assert months_around(["2025-02"]) == ["2025-01", "2025-02", "2025-03", "2025-04"]
