"""When files landed, and what their names may say of it: nothing is observed after the day on which it landed."""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F

from jobs.sources.future_times import ZONE


def bangkok_date(column: Column | str) -> Column:
    """The day in Bangkok of a column of times."""
    return F.to_date(F.from_utc_timestamp(column, ZONE))


def landed_at() -> Column:
    """Of a row of bronze.files, when it landed; ledgers of before knew only when it was ingested."""
    return F.coalesce("landed_at", "ingested_at")


def is_dated_after_landing() -> Column:
    """Of a row of bronze.files, whether its name says a later day than that on which it landed."""
    return F.col("observed_at").isNotNull() & (bangkok_date("observed_at") > bangkok_date(landed_at()))


def observed_at() -> Column:
    """Of a row of bronze.files, when its source was observed: where its name says a day to come, when it landed."""
    return F.when(is_dated_after_landing(), landed_at()).otherwise(F.col("observed_at"))
