"""Order of day and month in a file: where it differs from the contract, records with ambiguous days are rejected.

The date 06/17 shows its order, 06/07 does not, so a file is judged by the dates that show it. A few typing errors
among many dates that fit the contract reject nothing else.
"""

from __future__ import annotations

from collections import Counter
from typing import Literal

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from lake.ledger import FILE_KEY
from nlp import dates
from schemas.contracts import Contract
from schemas.rejections import Rejection, RejectionCode

ShownOrder = Literal["stated", "other", "open"]
AMBIGUOUS_DAY = Rejection(RejectionCode.AMBIGUOUS_DAY, "submitted_at")
"""The rejection of a record whose date can mean two days."""


def shown_order(text: str, contract: Contract) -> ShownOrder | None:
    """The order of day and month that a date shows; None where its month is a word or its year comes first.

    ``stated`` is the order of the contract, ``other`` the opposite one; an ``open`` date can be read in both orders.
    """
    order = dates.day_order(text)
    if order is None or order == "open":
        return order
    return "stated" if order == contract.day_order else "other"


def has_other_order(counts: Counter[str]) -> bool:
    """Whether more dates of a file show the opposite order than that of the contract (counts by ``ShownOrder``)."""
    return counts["other"] > counts["stated"]


def reject_ambiguous_days(parsed: DataFrame) -> DataFrame:
    """Parsed records; those with an ambiguous day are rejected where their file has the opposite order.

    ``parsed`` has ``shown_order``, ``reasons`` and ``rejections``. Persist it first: it is read twice where a date
    shows the opposite order.
    """
    shown = F.col("shown_order")
    if parsed.where(shown == "other").isEmpty():
        return parsed
    doubtful = (
        parsed.groupBy(*FILE_KEY)
        .agg(F.count_if(shown == "other").alias("other"), F.count_if(shown == "stated").alias("stated"))
        .where("other > stated")
        .select(*FILE_KEY, F.lit(True).alias("_is_doubtful"))
    )
    is_ambiguous = F.col("_is_doubtful").isNotNull() & (shown == "open") & (F.size("reasons") == 0)
    no_detail = F.lit(None).cast("map<string,string>")
    rejection = F.struct(
        F.lit(str(AMBIGUOUS_DAY.code)).alias("code"),
        F.lit(AMBIGUOUS_DAY.field).alias("field"),
        no_detail.alias("detail"),
    )
    sentence = F.lit(AMBIGUOUS_DAY.sentence())
    return (
        parsed.join(F.broadcast(doubtful), FILE_KEY, "left")
        .withColumn("rejections", F.when(is_ambiguous, F.array(rejection)).otherwise(F.col("rejections")))
        .withColumn("reasons", F.when(is_ambiguous, F.array(sentence)).otherwise(F.col("reasons")))
        .drop("_is_doubtful")
    )
