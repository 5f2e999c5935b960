"""Which LAOs serve a place on a day."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F


def serving(rows: DataFrame, wide: DataFrame, served: DataFrame, day: str) -> DataFrame:
    """The rows once for each LAO that serves their place on a day: with ``lao_code``, and ``method``, how it is known.

    Args:
        rows: have ``province_code``, ``subdistrict_code`` and the column that ``day`` names.
        wide: LAOs that serve a whole province: ``lao_code, province_code, valid_from, valid_to``.
        served: rows of reference.lao_subdistricts.
        day: the column with the day.
    """
    begun = F.col("valid_from").isNull() | (F.col("valid_from") <= F.col(day))
    holds = begun & (F.col("valid_to").isNull() | (F.col(day) <= F.col("valid_to")))
    parts = [
        rows.join(F.broadcast(laos), f"{level}_code").where(holds).drop("valid_from", "valid_to")
        .withColumn("method", F.lit(level))
        for level, laos in (("province", wide), ("subdistrict", served))
    ]  # fmt: skip
    return parts[0].unionByName(parts[1])
