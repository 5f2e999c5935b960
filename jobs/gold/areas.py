"""The kinds of areas that have trends: how rows of the cube become theirs, and what is known of them."""

from __future__ import annotations

from dataclasses import dataclass

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from schemas.area_data import districts, focus_areas, population, provinces


@dataclass(frozen=True)
class Areas:
    """A kind of area.

    Attributes:
        table: its table of trends.
        facts: one row an area: ``area_code``, ``cover_code`` (see ``covers``), ``people`` and
            ``population_date`` (null where not known), and the columns of ``table`` that name it.
        daily: rows of the cube, each with the ``area_code`` that it belongs to, once for each.
        covers: ``cover_code`` and the provinces for which sources have to speak.
        is_dense: whether an area has a row for each topic in each period with data, 0 where nothing was said.
    """

    table: str
    facts: DataFrame
    daily: DataFrame
    covers: DataFrame
    is_dense: bool = False


def all_areas(spark: SparkSession, daily: DataFrame) -> list[Areas]:
    """Every kind, from the rows of the cube."""
    return [_provinces(spark, daily), _districts(spark, daily), _focus_areas(spark, daily)]


def _people(spark: SparkSession) -> DataFrame:
    rows = [(one.province_code, one.population, one.population_date) for one in population()]
    return spark.createDataFrame(rows, "area_code string, people bigint, population_date date")


def _covers(spark: SparkSession) -> DataFrame:
    """Provinces speak for themselves and for what lies in them."""
    return spark.createDataFrame(
        [(one.province_code, one.province_code) for one in provinces()], "cover_code string, province_code string"
    )


def _provinces(spark: SparkSession, daily: DataFrame) -> Areas:
    rows = [(one.province_code, one.province_th, one.province_en, one.region) for one in provinces()]
    names = spark.createDataFrame(
        rows, "province_code string, province_th string, province_en string, region string"
    ).select("*", F.col("province_code").alias("area_code"), F.col("province_code").alias("cover_code"))
    return Areas(
        "gold.province_trends",
        names.join(F.broadcast(_people(spark)), "area_code", "left"),
        daily.where("province_code is not null").withColumn("area_code", F.col("province_code")),
        _covers(spark),
        is_dense=True,
    )


def _districts(spark: SparkSession, daily: DataFrame) -> Areas:
    above = {one.province_code: one for one in provinces()}
    rows = [
        (one.district_code, one.district_th, one.district_en, one.province_code, above[one.province_code].province_th)
        for one in districts()
    ]
    names = spark.createDataFrame(
        rows,
        "district_code string, district_th string, district_en string, province_code string, province_th string",
    ).select("*", F.col("district_code").alias("area_code"), F.col("province_code").alias("cover_code"))
    return Areas(
        "gold.district_trends",
        names.join(F.broadcast(_people(spark)), "area_code", "left"),
        daily.where("district_code is not null").withColumn("area_code", F.col("district_code")),
        _covers(spark),
    )


def _focus_areas(spark: SparkSession, daily: DataFrame) -> Areas:
    listed = focus_areas()
    members = spark.createDataFrame(
        [(one.focus_area_id, one.area_code) for one in listed], "area_code string, _code string"
    )
    inside = daily.join(F.broadcast(members), F.col("_code").isin(F.col("province_code"), F.col("district_code"))).drop(
        "_code"
    )
    names = {(one.focus_area_id, one.th, one.en) for one in listed}
    facts = spark.createDataFrame(
        sorted(names), "focus_area_id string, focus_area_th string, focus_area_en string"
    ).select(
        "*",
        F.col("focus_area_id").alias("area_code"),
        F.col("focus_area_id").alias("cover_code"),
        F.lit(None).cast("bigint").alias("people"),
        F.lit(None).cast("date").alias("population_date"),
    )
    covers = {(one.focus_area_id, one.area_code[:2]) for one in listed}
    return Areas(
        "gold.focus_area_trends",
        facts,
        inside,
        spark.createDataFrame(sorted(covers), "cover_code string, province_code string"),
    )
