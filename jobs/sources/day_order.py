"""Files that show the other order of day and month than their contract states: what can mean two days there is held.

Of 06/17 the order can be seen and of 06/07 it cannot, so a file is judged by those of its dates that show it. One slip
among many dates that fit the contract holds nothing back.
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
"""Why a record waits whose day may be two."""


def shown_order(text: str, contract: Contract) -> ShownOrder | None:
    """What a date says of the order in which its file has day and month; None where it has words or the year first."""
    order = dates.day_order(text)
    if order is None or order == "open":
        return order
    return "stated" if order == contract.day_order else "other"


def has_other_order(counted: Counter[str]) -> bool:
    """Whether a file, by the dates in it that show an order, has the other one."""
    return counted["other"] > counted["stated"]


def hold_ambiguous_days(parsed: DataFrame) -> DataFrame:
    """Parsed records, those held back that can mean two days in a file of the other order.

    ``parsed`` has ``shown_order``, ``reasons`` and ``rejections``. Persist it first: it is read twice where a file is
    in doubt.
    """
    is_shown = F.col("shown_order")
    if parsed.where(is_shown == "other").isEmpty():
        return parsed
    doubtful = (
        parsed.groupBy(*FILE_KEY)
        .agg(F.count_if(is_shown == "other").alias("other"), F.count_if(is_shown == "stated").alias("stated"))
        .where("other > stated")
        .select(*FILE_KEY, F.lit(True).alias("_is_doubtful"))
    )
    is_held = F.col("_is_doubtful").isNotNull() & (is_shown == "open") & (F.size("reasons") == 0)
    no_detail = F.lit(None).cast("map<string,string>")
    held = F.struct(
        F.lit(str(AMBIGUOUS_DAY.code)).alias("code"),
        F.lit(AMBIGUOUS_DAY.field).alias("field"),
        no_detail.alias("detail"),
    )
    return (
        parsed.join(F.broadcast(doubtful), FILE_KEY, "left")
        .withColumn("rejections", F.when(is_held, F.array(held)).otherwise(F.col("rejections")))
        .withColumn("reasons", F.when(is_held, F.array(F.lit(AMBIGUOUS_DAY.sentence()))).otherwise(F.col("reasons")))
        .drop("_is_doubtful")
    )
