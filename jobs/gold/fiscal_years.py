"""Fiscal years as Spark expressions; ``periods`` has them for single days."""

from __future__ import annotations

from datetime import date

from pyspark.sql import Column
from pyspark.sql import functions as F

from schemas.calendars import BUDDHIST_OFFSET


def fiscal_year_of(day: str) -> Column:
    """The fiscal year of a day, as the Buddhist year in which it ends."""
    return F.year(day) + BUDDHIST_OFFSET + F.when(F.month(day) >= 10, 1).otherwise(0)


def has_ended(fiscal_year_be: str, as_of: date) -> Column:
    """Whether a fiscal year ended before ``as_of``, the last day that the data cover."""
    return F.make_date(F.col(fiscal_year_be) - BUDDHIST_OFFSET, F.lit(9), F.lit(30)) < F.lit(as_of)
