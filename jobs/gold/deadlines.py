"""The last day on which an answer is in time: a number of days, or of working days, after submission."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from pyspark.sql import DataFrame, SparkSession

from jobs.reference.sheet import Row, parse_day, parse_rows
from jobs.statistics.working_days import last_in_time
from lake.settings import settings

_COLUMNS = {"date": ("วันที่", "วันหยุด", "วันหยุดราชการ", "holiday")}


def deadlines(spark: SparkSession, first: date, last: date) -> DataFrame:
    """``submitted_date`` and ``deadline_date`` of every day from ``first`` to ``last``, by the settings.

    The day of submission does not count (Administrative Procedure Act B.E. 2539, section 64). Raises UserError where
    the list of holidays has a wrong row.
    """
    config = settings()
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    days_off = holidays(config.holidays) if config.response_calendar == "working" else None
    ends = last_in_time(np.array(days, "datetime64[D]"), config.response_days, days_off).astype(object)
    return spark.createDataFrame(list(zip(days, ends, strict=True)), "submitted_date date, deadline_date date")


def holidays(address: str) -> list[date]:
    """The public holidays in a list (CSV or XLSX), sorted; empty where ``address`` is "".

    Raises UserError with file and row where a row is wrong.
    """
    if not address:
        return []
    days: set[date] = set()

    def take(row: Row) -> None:
        if (day := parse_day(row["date"])) is not None:
            days.add(day)

    parse_rows(address, "SIANG_HOLIDAYS", _COLUMNS, ("date",), take)
    return sorted(days)
