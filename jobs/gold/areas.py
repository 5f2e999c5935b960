"""The kinds of areas that have trends: how rows of the cube become theirs, and what is known of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.gold.cube import Read
from jobs.reference.serving import serving
from jobs.reference.tables import current_population
from schemas.tables import tables


@dataclass(frozen=True)
class Areas:
    """A kind of area.

    Attributes:
        table: its table of trends.
        facts: one row an area: ``area_code``, ``cover_code`` (see ``covers``), ``people`` and
            ``population_date`` (null where not known), and the columns of ``table`` that name it.
        place: the columns by which rows of the cube are placed; with ``date`` where that changes from day to day.
        placed: rows that have these columns, each once for every area that it belongs to, with its ``area_code``.
        is_dense: whether an area has a row for each topic in each period with data, 0 where nothing was said.
    """

    table: str
    facts: DataFrame
    place: tuple[str, ...]
    placed: Callable[[DataFrame], DataFrame]
    is_dense: bool = False


def area_column(table: str) -> str:
    """The column of a table of trends that holds the code of the area."""
    _, _, code, *_ = tables()[table].key
    return code


def all_areas(table: Read) -> list[Areas]:
    """Every kind, from the tables of reference."""
    return [_provinces(table), _districts(table), _laos(table), _focus_areas(table)]


def _by(code: str) -> Callable[[DataFrame], DataFrame]:
    return lambda rows: rows.where(F.col(code).isNotNull()).withColumn("area_code", F.col(code))


def _people(table: Read, level: str) -> DataFrame:
    """``area_code``, ``people`` and ``population_date`` of the areas of a level that have a figure."""
    newest = current_population(table("reference.population").where(F.col("area_level") == level))
    return F.broadcast(newest.select("area_code", F.col("population").alias("people"), "population_date"))


def covers(table: Read) -> DataFrame:
    """``cover_code`` of areas, and each ``province_code`` for which sources have to speak.

    Provinces speak for themselves and for what lies in them; a focus area for all that it has a part of.
    """
    provinces = table("reference.provinces").select(F.col("province_code").alias("cover_code"), "province_code")
    parts = table("reference.focus_areas").select(
        F.col("focus_area_id").alias("cover_code"), F.col("area_code").substr(1, 2).alias("province_code")
    )
    return provinces.unionByName(parts.distinct())


def _provinces(table: Read) -> Areas:
    names = table("reference.provinces").select(
        "*", F.col("province_code").alias("area_code"), F.col("province_code").alias("cover_code")
    )
    return Areas(
        "gold.province_trends",
        names.join(_people(table, "province"), "area_code", "left"),
        ("province_code",),
        _by("province_code"),
        is_dense=True,
    )


def _districts(table: Read) -> Areas:
    above = table("reference.provinces").select("province_code", "province_th")
    names = (
        table("reference.districts")
        .join(F.broadcast(above), "province_code")
        .select("*", F.col("district_code").alias("area_code"), F.col("province_code").alias("cover_code"))
    )
    return Areas(
        "gold.district_trends",
        names.join(_people(table, "district"), "area_code", "left"),
        ("district_code",),
        _by("district_code"),
    )


def _laos(table: Read) -> Areas:
    """LAOs by the places that they serve. They overlap, so that they do not add up.

    What ends counts for the LAO that serves the place on that day. Where a place went over to another LAO, what was
    open then stays in the backlog of the former one and is missing in that of its successor.
    """
    laos = table("reference.laos")
    wide = laos.where("is_province_wide").select("lao_code", "province_code", "valid_from", "valid_to")
    above = table("reference.provinces").select("province_code", "province_th")
    names = laos.join(F.broadcast(above), "province_code").select(
        "lao_code", "lao_th", "lao_type", "province_code", "province_th", "is_province_wide",
        F.col("lao_code").alias("area_code"), F.col("province_code").alias("cover_code"),
    )  # fmt: skip
    own = _people(table, "lao")
    # Whom a PAO serves is counted with its province.
    province = _people(table, "province").select(
        F.col("area_code").alias("province_code"), F.lit(True).alias("is_province_wide"),
        F.col("people").alias("_people"), F.col("population_date").alias("_date"),
    )  # fmt: skip
    facts = (
        names.join(own, "area_code", "left")
        .join(F.broadcast(province), ["province_code", "is_province_wide"], "left")
        .withColumn("population_date", F.coalesce("population_date", "_date"))
        .withColumn("people", F.coalesce("people", "_people"))
        .drop("_people", "_date", "is_province_wide")
    )
    served = table("reference.lao_subdistricts")
    return Areas(
        "gold.lao_trends",
        facts,
        ("date", "province_code", "subdistrict_code"),
        lambda rows: serving(rows, wide, served, "date").withColumnRenamed("lao_code", "area_code"),
    )


def _focus_areas(table: Read) -> Areas:
    listed = table("reference.focus_areas")
    members = listed.select(F.col("focus_area_id").alias("area_code"), F.col("area_code").alias("_code"))
    # A focus area holds whole provinces and single districts.
    levels = [
        (code, F.broadcast(members.where(f"length(_code) = {digits}")))
        for code, digits in (("province_code", 2), ("district_code", 4))
    ]

    def placed(rows: DataFrame) -> DataFrame:
        parts = [rows.join(inside, F.col("_code") == F.col(code)) for code, inside in levels]
        return parts[0].unionByName(parts[1]).drop("_code")

    facts = listed.select(
        "focus_area_id", "focus_area_th", "focus_area_en",
        F.col("focus_area_id").alias("area_code"), F.col("focus_area_id").alias("cover_code"),
        F.lit(None).cast("bigint").alias("people"), F.lit(None).cast("date").alias("population_date"),
    ).distinct()  # fmt: skip
    return Areas("gold.focus_area_trends", facts, ("province_code", "district_code"), placed)
