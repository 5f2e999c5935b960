"""Times of landing and of observation; a time of observation is never later than the day of landing."""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F

from jobs.sources.future_times import ZONE


def bangkok_date(column: Column | str) -> Column:
    """The date in Bangkok of a column of times."""
    return F.to_date(F.from_utc_timestamp(column, ZONE))


def landed_at() -> Column:
    """For rows of bronze.files: when the file landed; older rows have only the time of ingestion."""
    return F.coalesce("landed_at", "ingested_at")


def is_dated_after_landing() -> Column:
    """For rows of bronze.files: whether the date in the file's name is after the day on which it landed."""
    return F.col("observed_at").isNotNull() & (bangkok_date("observed_at") > bangkok_date(landed_at()))


def observed_at() -> Column:
    """For rows of bronze.files: the time in the file's name, or the time of landing where the name's date is later."""
    return F.when(is_dated_after_landing(), landed_at()).otherwise(F.col("observed_at"))
