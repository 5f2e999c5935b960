"""The day by which an answer is in time: so many days after submission, or so many working days."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from pyspark.sql import DataFrame, SparkSession

from jobs.reference.sheet import Row, parse_day, parse_rows
from jobs.statistics.working_days import last_in_time
from lake.settings import settings

_COLUMNS = {"date": ("วันที่", "วันหยุด", "วันหยุดราชการ", "holiday")}


def deadlines(spark: SparkSession, first: date, last: date) -> DataFrame:
    """``submitted_date`` and ``deadline_date`` of all days between two, by the settings.

    The day of submission does not count (Administrative Procedure Act B.E. 2539, section 64). Raises UserError where
    the list of holidays is wrong.
    """
    here = settings()
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    free = holidays(here.holidays) if here.response_calendar == "working" else None
    ends = last_in_time(np.array(days, "datetime64[D]"), here.response_days, free).astype(object)
    return spark.createDataFrame(list(zip(days, ends, strict=True)), "submitted_date date, deadline_date date")


def holidays(address: str) -> list[date]:
    """The public holidays of a list (CSV or XLSX); none where there is no list. Raises UserError with file and row."""
    if not address:
        return []
    found: set[date] = set()

    def take(row: Row) -> None:
        if (day := parse_day(row["date"])) is not None:
            found.add(day)

    parse_rows(address, "SIANG_HOLIDAYS", _COLUMNS, ("date",), take)
    return sorted(found)
