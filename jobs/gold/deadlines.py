"""The day by which an answer is in time: so many days after submission, or so many working days."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from pyspark.sql import DataFrame, SparkSession

from jobs.reference.sheet import parse_day, read
from lake.faults import Fault
from lake.settings import settings

_COLUMNS = {"date": ("วันที่", "วันหยุด", "วันหยุดราชการ", "holiday")}


def deadlines(spark: SparkSession, first: date, last: date) -> DataFrame:
    """``submitted_date`` and ``deadline_date`` of all days between two, by the settings.

    The day of submission does not count (Administrative Procedure Act B.E. 2539, section 64). Raises Fault where
    the list of holidays is wrong.
    """
    here = settings()
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    if here.response_calendar == "working":
        # The last day before the first working day that is too late.
        late = np.busday_offset(
            np.array(days, "datetime64[D]"), here.response_days + 1, roll="backward", holidays=holidays(here.holidays)
        )
        ends = [(day - np.timedelta64(1, "D")).astype(object) for day in late]
    else:
        ends = [day + timedelta(days=here.response_days) for day in days]
    return spark.createDataFrame(list(zip(days, ends, strict=True)), "submitted_date date, deadline_date date")


def holidays(address: str) -> list[date]:
    """The public holidays of a list (CSV or XLSX); none where there is no list."""
    if not address:
        return []
    found: list[date] = []
    for row in read(address, "SIANG_HOLIDAYS", _COLUMNS, ("date",)):
        day = parse_day(row["date"])
        if day is None:
            raise Fault(
                f"row {row.number} of {address.rsplit('/', 1)[-1]} has no date that can be read",
                "write it like 13/04/2569",
            )
        found.append(day)
    return sorted(set(found))
