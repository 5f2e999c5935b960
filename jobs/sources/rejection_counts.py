"""Keys that group rejected records by reason, regardless of the values that a reason quotes."""

from __future__ import annotations

import json

from pyspark.sql import Column
from pyspark.sql import functions as F

from schemas.rejections import Rejection, RejectionCode


def reason_key(rejection: Column, sentence: Column) -> Column:
    """A key that is the same for all records with the same reason: the reason without its value, as JSON.

    Args:
        rejection: an element of ``rejections`` of silver.quarantine; null in rows that were written before the column
            existed.
        sentence: the element of ``reasons`` at the same position.
    """
    detail = F.map_filter(rejection["detail"], lambda name, _: name != "value")
    key = F.to_json(
        F.struct(rejection["code"].alias("code"), rejection["field"].alias("field"), detail.alias("detail"))
    )
    code = F.lit(str(RejectionCode.UNREADABLE)).alias("code")
    as_written = F.create_map(F.lit("problem"), sentence).alias("detail")
    return F.when(rejection.isNotNull(), key).otherwise(F.to_json(F.struct(code, F.lit("").alias("field"), as_written)))


def sentence_of(key: str) -> str:
    """The sentence of a key of ``reason_key``."""
    row = {"detail": {}, **json.loads(key)}
    return Rejection.from_row(row).sentence(with_value=False)
