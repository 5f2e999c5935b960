"""reference: areas, LAOs, population, topics and planning programmes → reference.*, where they have changed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from pyspark.sql import DataFrame, SparkSession, Window
from pyspark.sql import functions as F

from jobs.land import reads_samples
from jobs.reference.laos import Laos, known_laos
from jobs.reference.people import known_population
from jobs.reference.plans import known_topic_programmes
from lake.commits import overwrite
from lake.progress import Progress, advance, latest
from lake.settings import settings
from lake.tables import empty_like
from schemas import area_data
from schemas.laos import SYNTHETIC_LIST
from schemas.programmes import programmes
from schemas.tables import tables
from schemas.topics import load_groups, load_topics

CONSUMER = "reference"
LAO_TABLES = ("reference.laos", "reference.lao_subdistricts")
Rows = list[tuple[Any, ...]]


def run(spark: SparkSession, say: Callable[[str], None]) -> dict[str, int]:
    """Writes the reference tables whose content differs from what was written last.

    Counts: tables (written), laos (known). Raises Fault where a configured list is wrong; then none is written.
    """
    address = lao_list(say)
    known = known_laos(address)
    done = latest(spark)
    content = contents(known)
    marks = {name: fingerprint(name, rows) for name, rows in content.items()}
    written = {
        name: mark for name, mark in marks.items() if done.get((CONSUMER, name), Progress()).position != mark
    }  # fmt: skip
    with ThreadPoolExecutor(max_workers=4) as pool:
        list(pool.map(lambda name: _write(spark, name, content[name]), written))
    if written:
        say(f"written: {', '.join(written)}")
        if address and LAO_TABLES[0] in written:
            _say_unplaced(known, say)
        advance(spark, CONSUMER, written)
    return {"tables": len(written), "laos": len(known.laos)}


def _write(spark: SparkSession, name: str, rows: Rows) -> None:
    overwrite(spark.createDataFrame(rows, empty_like(name)), name)


def lao_list(say: Callable[[str], None]) -> str:
    """The list of LAOs: that of ``SIANG_LAOS``; else, of a landing folder of samples, the synthetic one; or ""."""
    here = settings()
    if here.laos:
        return here.laos
    if reads_samples():
        say(
            "LAOs of the samples are synthetic; SIANG_LAOS points at the list of the Department of Local Administration"
        )
        return f"{here.landing}/{SYNTHETIC_LIST}"
    return ""


def contents(known: Laos) -> dict[str, Rows]:
    """The rows of every reference table, in the order of its columns. Raises Fault where a list is wrong."""
    here = settings()
    lao_codes = {lao.lao_code for lao in known.laos}
    groups = [("group", one.group_id, one.group_id, one.th, one.en, False) for one in load_groups()]
    topics = [("topic", one.topic_id, one.group_id, one.th, one.en, one.is_sensitive) for one in load_topics()]
    return {
        "reference.provinces": [
            (one.province_code, one.province_th, one.province_en, one.region) for one in area_data.provinces()
        ],
        "reference.districts": [
            (one.district_code, one.district_th, one.district_en, one.province_code) for one in area_data.districts()
        ],
        "reference.subdistricts": [
            (one.subdistrict_code, one.subdistrict_th, one.subdistrict_en, one.district_code, one.province_code,
             list(one.postal_codes))
            for one in area_data.subdistricts()
        ],
        "reference.focus_areas": [
            (one.focus_area_id, one.area_code, one.th, one.en) for one in area_data.focus_areas()
        ],
        "reference.topics": [*groups, *topics],
        "reference.plan_programmes": [
            (one.programme_id, one.programme_th, one.programme_en, one.plan_area_th, one.plan_area_en)
            for one in programmes()
        ],
        "reference.topic_programmes": list(known_topic_programmes(here.plan_programmes, lao_codes)),
        "reference.population": [
            (one.area_level, one.area_code, one.population_date, one.population, one.population_source)
            for one in known_population(here.population, lao_codes)
        ],
        "reference.lao_subdistricts": [
            (one.lao_code, one.subdistrict_code, one.valid_from, one.valid_to) for one in known.subdistricts
        ],
        "reference.laos": [
            (one.lao_code, one.lao_type, one.lao_th, one.lao_en, one.name_th, one.province_code, one.district_code,
             one.is_province_wide, one.valid_from, one.valid_to, one.lao_source, one.note)
            for one in known.laos
        ],
    }  # fmt: skip


def fingerprint(name: str, rows: Rows) -> int:
    """A number that changes whenever the rows or the columns of a table do; 63 bits, never negative."""
    said = repr((tables()[name].column_names, rows))
    return int.from_bytes(hashlib.sha256(said.encode()).digest()[:8]) >> 1


def current_population(people: DataFrame) -> DataFrame:
    """Of rows of reference.population, the newest of each area."""
    newest = Window.partitionBy("area_level", "area_code").orderBy(F.desc("population_date"))
    return people.withColumn("_turn", F.row_number().over(newest)).where("_turn = 1").drop("_turn")


def _say_unplaced(known: Laos, say: Callable[[str], None]) -> None:
    served = {one.lao_code for one in known.subdistricts}
    lost = sum(not lao.is_province_wide and lao.lao_code not in served for lao in known.laos)
    if lost:
        say(f"{lost} LAOs of the list have no tambons, so no concern reaches them by its place")
