"""Ten concerns in, the LAOs that they belong to out; and the reference tables that this rests on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from jobs.pipeline import link_laos, reference
from jobs.reference.tables import current_population
from lake.commits import delete_where, overwrite, upsert
from lake.progress import delta_version
from lake.settings import settings
from lake.tables import empty_like
from schemas.area_data import districts, subdistricts
from schemas.errors import UserError
from schemas.laos import SYNTHETIC_LIST

pytestmark = pytest.mark.spark
LIST = """รหัส อปท.,ชื่อ อปท.,จังหวัด,อำเภอ,ตำบล,วันที่มีผล,วันที่สิ้นสุด,หมายเหตุ
c1,เทศบาลนครยะลา,ยะลา,เมืองยะลา,สะเตง,,,ทดสอบ
t1,เทศบาลเมืองสะเตงนอก,ยะลา,เมืองยะลา,สะเตงนอก,,,
s1,อบต.บ้านแหร,ยะลา,ธารโต,บ้านแหร,,31/03/2567,
m1,เทศบาลตำบลบ้านแหร,ยะลา,ธารโต,บ้านแหร,01/04/2567,,
s2,อบต.แม่หวาด,ยะลา,ธารโต,"แม่หวาด,บ้านแหร",,,
"""


def concern(key: str, place: str | None, day: date = date(2024, 6, 1), **values: Any) -> dict[str, Any]:
    """A row of silver.concerns; ``place`` is a code of 2, 4 or 6 digits."""
    codes = {"province_code": 2, "district_code": 4, "subdistrict_code": 6}
    at = datetime(day.year, day.month, day.day, 5, tzinfo=UTC)
    return {
        "concern_id": key, "source_id": "s", "channel": "complaint_log", "status": "open", "submitted_at": at,
        "submitted_date": day, "submitted_month": f"{day:%Y-%m}", "is_deleted": False,
        **{name: place[:length] for name, length in codes.items() if place and len(place) >= length}, **values,
    }  # fmt: skip


CONCERNS = [
    concern("1", "950101", agency="เทศบาลนครยะลา", text="ขยะล้น"),
    concern("2", "950116", agency="แขวงทางหลวงยะลา", text="ทม.สะเตงนอก ไม่มาดู"),
    concern("3", "950402", text="นายก อบต.บ้านแหรไม่ช่วย", day=date(2024, 3, 31)),
    concern("4", "950402", text="ทต.บ้านแหรไม่ช่วย", day=date(2024, 4, 1)),
    concern("5", "100402", agency="กรุงเทพมหานคร", text="น้ำท่วม กทม. 10500"),
    concern("6", "200402", text="น้ำท่วม"),
    concern("7", "95", text="อบต.ท่าช้างไม่มาดู"),
    concern("8", None, agency="อบจ.ยะลา", text="ถนนพัง"),
    concern("9", "9501", text="ใกล้ อบต.เก่า", is_deleted=False),
    concern("10", "950101", agency="เทศบาลนครยะลา", text="ขยะล้น", is_deleted=True),
]
LINKS = {
    ("1", "c1", "responsible", "agency"), ("1", "c1", "serves_place", "subdistrict"),
    ("1", "pao-95", "serves_place", "province"),
    ("2", "t1", "addressed", "text"), ("2", "t1", "serves_place", "subdistrict"),
    ("2", "pao-95", "serves_place", "province"),
    ("3", "s1", "addressed", "text"), ("3", "s1", "serves_place", "subdistrict"),
    ("3", "s2", "serves_place", "subdistrict"), ("3", "pao-95", "serves_place", "province"),
    ("4", "m1", "addressed", "text"), ("4", "m1", "serves_place", "subdistrict"),
    ("4", "s2", "serves_place", "subdistrict"), ("4", "pao-95", "serves_place", "province"),
    ("5", "bangkok", "responsible", "agency"), ("5", "bangkok", "serves_place", "province"),
    ("6", "pattaya", "serves_place", "subdistrict"), ("6", "pao-20", "serves_place", "province"),
    ("7", "pao-95", "serves_place", "province"),
    ("8", "pao-95", "responsible", "agency"),
    ("9", "pao-95", "serves_place", "province"),
}  # fmt: skip


def frame(spark: SparkSession, rows: list[dict[str, Any]]) -> Any:
    schema = empty_like("silver.concerns")
    return spark.createDataFrame([tuple(row.get(name) for name in schema.names) for row in rows], schema)


def links(spark: SparkSession) -> set[tuple[str, ...]]:
    return {tuple(row) for row in spark.table("silver.concern_laos").collect()}


def use(monkeypatch: pytest.MonkeyPatch, **lists: str) -> None:
    for name in ("laos", "population", "plan_programmes"):
        monkeypatch.setenv(f"SIANG_{name.upper()}", lists.get(name, ""))
    settings.cache_clear()


@pytest.fixture
def listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """SIANG_LAOS points at the list of this test."""
    path = tmp_path / "laos.csv"
    path.write_text(LIST, encoding="utf-8")
    use(monkeypatch, laos=str(path))
    yield path
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture(scope="module", autouse=True)
def leave_nothing(spark: SparkSession) -> Iterator[None]:
    """Other tests share the lake."""
    yield
    for name in ("silver.concerns", "silver.concern_laos"):
        spark.sql(f"DELETE FROM {name}")
    spark.sql("DELETE FROM ops.progress WHERE consumer IN ('link', 'reference')")


@pytest.fixture
def linked(spark: SparkSession, listed: Path) -> Path:
    reference.run(spark)
    overwrite(frame(spark, CONCERNS), "silver.concerns")
    link_laos.run(spark)
    return listed


def test_reference_tables_are_written_once_and_again_only_where_they_change(spark, listed, monkeypatch):
    first = reference.run(spark)
    assert first["laos"] == 78 + 5
    again = {name: delta_version(spark, name) for name in reference.reference_rows(reference.load_laos(""))}
    assert reference.run(spark) == {"tables": 0, "laos": 83}
    assert {name: delta_version(spark, name) for name in again} == again
    listed.write_text(LIST.replace("ทดสอบ", "แก้แล้ว"), encoding="utf-8")
    assert reference.run(spark)["tables"] == 1
    notes = [row.note for row in spark.table("reference.laos").where("lao_code = 'c1'").collect()]
    assert notes == ["แก้แล้ว"]


def test_reference_tables_hold_what_is_official(spark, listed):
    reference.run(spark)
    counts = {name: spark.table(f"reference.{name}").count() for name in
              ("provinces", "districts", "subdistricts", "plan_programmes", "population", "focus_areas")}  # fmt: skip
    assert counts == {
        "provinces": 77, "districts": len(districts()), "subdistricts": len(subdistricts()), "plan_programmes": 12,
        "population": 77, "focus_areas": 7,
    }  # fmt: skip
    yala = spark.table("reference.laos").where("lao_code = 'c1'").collect()[0].asDict()
    assert yala == {
        "lao_code": "c1", "lao_type": "city_municipality", "lao_th": "เทศบาลนครยะลา", "lao_en": None, "name_th": "ยะลา",
        "province_code": "95", "district_code": "9501", "is_province_wide": False, "valid_from": None,
        "valid_to": None, "lao_source": "laos.csv", "note": "ทดสอบ",
    }  # fmt: skip
    planned = spark.table("reference.topic_programmes").join(spark.table("reference.plan_programmes"), "programme_id")
    topics = spark.table("reference.topics").where("topic_level = 'topic'")
    # What is about nothing known is planned under none.
    assert planned.join(topics, "topic_id").count() == topics.count() - 1


def test_a_wrong_list_leaves_every_table_as_it_was(spark, listed):
    reference.run(spark)
    before = {name: delta_version(spark, name) for name in ("reference.laos", "reference.population")}
    listed.write_text(LIST + "x,อบต.ไม่มี,เมืองที่ไม่มี,,,,,\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"laos\.csv, row 7: the province «เมืองที่ไม่มี» is not known"):
        reference.run(spark)
    assert {name: delta_version(spark, name) for name in before} == before


def test_the_newest_population_of_an_area_is_the_current_one(spark, listed, tmp_path, monkeypatch):
    people = tmp_path / "people.csv"
    people.write_text("area_code,population,date,source\n95,540000,2024-12-31,DOPA\nc1,60000,2024-12-31,DOPA\n")
    use(monkeypatch, laos=str(listed), population=str(people))
    reference.run(spark)
    current = current_population(spark.table("reference.population")).where("area_code in ('95', 'c1')")
    assert {(row.area_level, row.population) for row in current.collect()} == {("province", 540000), ("lao", 60000)}


def test_each_concern_has_the_laos_that_it_belongs_to(spark, linked):
    assert links(spark) == LINKS


def test_linking_again_reads_nothing_and_writes_nothing(spark, linked):
    before = delta_version(spark, "silver.concern_laos")
    assert link_laos.run(spark) == {"concerns": 0, "links": 0}
    assert delta_version(spark, "silver.concern_laos") == before


def test_only_what_changed_is_linked_and_a_deleted_concern_has_none(spark, linked):
    changed = [
        concern("1", "950101", agency="เทศบาลนครยะลา", text="ขยะล้น", is_deleted=True),
        concern("7", "950402", text="อบต.แม่หวาดไม่มาดู"),
    ]
    upsert(spark, frame(spark, changed), "silver.concerns")
    spark.sql("DELETE FROM silver.concerns WHERE concern_id = '6'")
    assert link_laos.run(spark)["concerns"] == 3
    kept = {one for one in LINKS if one[0] not in ("1", "6", "7")}
    seven = {("7", "s2", "addressed", "text"), ("7", "s2", "serves_place", "subdistrict"),
             ("7", "m1", "serves_place", "subdistrict"), ("7", "pao-95", "serves_place", "province")}  # fmt: skip
    assert links(spark) == kept | seven


def test_another_list_links_every_concern_again(spark, linked):
    linked.write_text(LIST.replace("c1,", "5950101,") + "2950101,อบจ.ยะลา,ยะลา,,,,,\n", encoding="utf-8")
    reference.run(spark)
    assert link_laos.run(spark)["concerns"] == len(CONCERNS)
    codes = {"c1": "5950101", "pao-95": "2950101"}
    assert links(spark) == {(one[0], codes.get(one[1], one[1]), *one[2:]) for one in LINKS}


def test_a_run_that_was_killed_before_it_said_how_far_it_was_does_no_harm(spark, linked):
    delete_where(spark, "ops.progress", f"consumer = '{link_laos.CONSUMER}'")
    before = delta_version(spark, "silver.concern_laos")
    assert link_laos.run(spark)["concerns"] == len(CONCERNS)
    assert links(spark) == LINKS
    unchanged = spark.sql("DESCRIBE HISTORY silver.concern_laos LIMIT 1").collect()[0]
    assert unchanged.version in (before, before + 1)
    assert unchanged.operationMetrics.get("numTargetRowsUpdated", "0") == "0"


def test_the_list_of_the_samples_serves_only_the_landing_folder_of_the_samples(spark, tmp_path, monkeypatch, caplog):
    caplog.set_level("INFO", "jobs")
    home = tmp_path / "home"
    sample = home / "landing" / SYNTHETIC_LIST
    sample.parent.mkdir(parents=True)
    sample.write_text(LIST, encoding="utf-8")
    monkeypatch.setenv("SIANG_HOME", str(home))
    monkeypatch.setenv("SIANG_LAKE", settings().lake)
    use(monkeypatch)
    assert reference.lao_list_address() == str(sample)
    assert "synthetic" in caplog.messages[-1]
    monkeypatch.setenv("SIANG_LANDING", str(tmp_path))
    use(monkeypatch)
    assert reference.lao_list_address() == ""
    monkeypatch.setenv("SIANG_LAOS", "laos.csv")
    settings.cache_clear()
    assert reference.lao_list_address() == str(Path("laos.csv").resolve())
    monkeypatch.undo()
    settings.cache_clear()


def test_36000_concerns_are_linked_in_seconds(spark, linked):
    rows = 36_000
    many = (
        spark.range(rows)
        .withColumn("concern_id", F.concat(F.lit("many-"), F.col("id").cast("string")))
        .withColumn("text", F.when(F.col("id") % 20 == 0, F.lit("แจ้งเทศบาลนครยะลาแล้ว")).otherwise(F.lit("ไฟทางดับ")))
        .select("concern_id", "text", F.lit(None).cast("string").alias("agency"), F.lit("95").alias("province_code"),
                F.lit("9501").alias("district_code"), F.lit("950101").alias("subdistrict_code"),
                F.lit(date(2024, 6, 1)).alias("submitted_date"))
    )  # fmt: skip
    began = datetime.now(UTC)
    found = link_laos.lao_links(spark, many, *link_laos.reference_laos(spark), rows)
    assert {(row.role, row["count"]) for row in found.groupBy("role").count().collect()} == {
        ("serves_place", 2 * rows), ("addressed", rows // 20),
    }  # fmt: skip
    assert datetime.now(UTC) - began < timedelta(seconds=60)
