"""The rows of the reference tables, from ``schemas/`` and from the lists that settings name."""

from __future__ import annotations

import logging
from typing import Any

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from jobs.reference.laos import Laos
from jobs.reference.population import load_population
from jobs.reference.programmes import load_topic_programmes
from lake.settings import settings
from schemas import area_data
from schemas.programmes import programmes
from schemas.topics import load_groups, load_topics

log = logging.getLogger(__name__)

CONSUMER = "reference"
LAO_TABLES = ("reference.laos", "reference.lao_subdistricts")
Rows = list[tuple[Any, ...]]


def reference_rows(known: Laos) -> dict[str, Rows]:
    """The rows of every reference table, in the order of its columns. Raises UserError where a list is wrong."""
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
        "reference.topic_programmes": list(load_topic_programmes(here.plan_programmes, lao_codes)),
        "reference.population": [
            (one.area_level, one.area_code, one.population_date, one.population, one.population_source)
            for one in load_population(here.population, lao_codes)
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


def current_population(people: DataFrame) -> DataFrame:
    """Of rows of reference.population, the newest of each area."""
    newest = Window.partitionBy("area_level", "area_code").orderBy(F.desc("population_date"))
    return people.withColumn("_turn", F.row_number().over(newest)).where("_turn = 1").drop("_turn")
