"""The kinds of areas that have trends: which rows of the cube belong to an area, and what describes the area."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.gold.cube import TableReader
from jobs.reference.serving import serving
from jobs.reference.tables import current_population
from schemas.tables import tables


@dataclass(frozen=True)
class AreaKind:
    """A kind of area: provinces, districts, LAOs or focus areas.

    Attributes:
        table: the name of its table of trends.
        facts: one row per area: ``area_code``, ``coverage_code`` (see ``coverage_areas``), ``people`` and
            ``population_date`` (null where there is no figure), and the columns of ``table`` that name the area.
        place_columns: the columns of the cube that decide the area; includes ``date`` where that can change.
        assign: adds ``area_code`` to rows that have these columns; a row is repeated for each area it belongs to.
        is_dense: whether an area has a row for each topic in each period with data, with 0 where there are no
            concerns.
    """

    table: str
    facts: DataFrame
    place_columns: tuple[str, ...]
    assign: Callable[[DataFrame], DataFrame]
    is_dense: bool = False


def area_column(table: str) -> str:
    """The column of a table of trends that holds the code of the area."""
    _, _, code, *_ = tables()[table].key
    return code


def area_kinds(table: TableReader) -> list[AreaKind]:
    """All kinds of areas, from the reference tables."""
    return [_provinces(table), _districts(table), _laos(table), _focus_areas(table)]


def _by_column(code: str) -> Callable[[DataFrame], DataFrame]:
    return lambda rows: rows.where(F.col(code).isNotNull()).withColumn("area_code", F.col(code))


def _populations(table: TableReader, level: str) -> DataFrame:
    """``area_code``, ``people`` and ``population_date`` of the areas of a level that have a population figure."""
    newest = current_population(table("reference.population").where(F.col("area_level") == level))
    return F.broadcast(newest.select("area_code", F.col("population").alias("people"), "population_date"))


def coverage_areas(table: TableReader) -> DataFrame:
    """``coverage_code`` and ``province_code``: a source covers a code if it covers one of its provinces.

    The coverage code of a province, and of every area inside it, is the province's code. A focus area has a code of
    its own, which stands for all provinces that it has a part of.
    """
    provinces = table("reference.provinces").select(F.col("province_code").alias("coverage_code"), "province_code")
    parts = table("reference.focus_areas").select(
        F.col("focus_area_id").alias("coverage_code"), F.col("area_code").substr(1, 2).alias("province_code")
    )
    return provinces.unionByName(parts.distinct())


def _provinces(table: TableReader) -> AreaKind:
    names = table("reference.provinces").select(
        "*", F.col("province_code").alias("area_code"), F.col("province_code").alias("coverage_code")
    )
    return AreaKind(
        "gold.province_trends",
        names.join(_populations(table, "province"), "area_code", "left"),
        ("province_code",),
        _by_column("province_code"),
        is_dense=True,
    )


def _districts(table: TableReader) -> AreaKind:
    provinces = table("reference.provinces").select("province_code", "province_th")
    names = (
        table("reference.districts")
        .join(F.broadcast(provinces), "province_code")
        .select("*", F.col("district_code").alias("area_code"), F.col("province_code").alias("coverage_code"))
    )
    return AreaKind(
        "gold.district_trends",
        names.join(_populations(table, "district"), "area_code", "left"),
        ("district_code",),
        _by_column("district_code"),
    )


def _laos(table: TableReader) -> AreaKind:
    """LAOs by the places that they serve. LAOs overlap, so their figures do not add up.

    A concern that ends counts for the LAO that serves the place on the day of its end. Where a place moved to another
    LAO, concerns that were open on that day stay in the backlog of the former LAO and are not in that of the new one.
    """
    laos = table("reference.laos")
    province_wide = laos.where("is_province_wide").select("lao_code", "province_code", "valid_from", "valid_to")
    provinces = table("reference.provinces").select("province_code", "province_th")
    names = laos.join(F.broadcast(provinces), "province_code").select(
        "lao_code", "lao_th", "lao_type", "province_code", "province_th", "is_province_wide",
        F.col("lao_code").alias("area_code"), F.col("province_code").alias("coverage_code"),
    )  # fmt: skip
    own_population = _populations(table, "lao")
    # A PAO serves all people of its province.
    province_population = _populations(table, "province").select(
        F.col("area_code").alias("province_code"), F.lit(True).alias("is_province_wide"),
        F.col("people").alias("_people"), F.col("population_date").alias("_date"),
    )  # fmt: skip
    facts = (
        names.join(own_population, "area_code", "left")
        .join(F.broadcast(province_population), ["province_code", "is_province_wide"], "left")
        .withColumn("population_date", F.coalesce("population_date", "_date"))
        .withColumn("people", F.coalesce("people", "_people"))
        .drop("_people", "_date", "is_province_wide")
    )
    served = table("reference.lao_subdistricts")
    return AreaKind(
        "gold.lao_trends",
        facts,
        ("date", "province_code", "subdistrict_code"),
        lambda rows: serving(rows, province_wide, served, "date").withColumnRenamed("lao_code", "area_code"),
    )


def _focus_areas(table: TableReader) -> AreaKind:
    listed = table("reference.focus_areas")
    members = listed.select(F.col("focus_area_id").alias("area_code"), F.col("area_code").alias("_code"))
    # A focus area consists of whole provinces and single districts.
    levels = [
        (code, F.broadcast(members.where(f"length(_code) = {digits}")))
        for code, digits in (("province_code", 2), ("district_code", 4))
    ]

    def assign(rows: DataFrame) -> DataFrame:
        parts = [rows.join(inside, F.col("_code") == F.col(code)) for code, inside in levels]
        return parts[0].unionByName(parts[1]).drop("_code")

    facts = listed.select(
        "focus_area_id", "focus_area_th", "focus_area_en",
        F.col("focus_area_id").alias("area_code"), F.col("focus_area_id").alias("coverage_code"),
        F.lit(None).cast("bigint").alias("people"), F.lit(None).cast("date").alias("population_date"),
    ).distinct()  # fmt: skip
    return AreaKind("gold.focus_area_trends", facts, ("province_code", "district_code"), assign)
