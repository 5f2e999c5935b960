"""Months, quarters and Thai fiscal years (1 October to 30 September, named by the Buddhist year in which they end)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from schemas.calendars import BUDDHIST_OFFSET, MONTH_NAMES

PeriodType = Literal["month", "quarter", "fiscal_year"]
MONTHS = {"month": 1, "quarter": 3, "fiscal_year": 12}


@dataclass(frozen=True)
class Period:
    """A period with its first and last day, fiscal year and Thai name."""

    period_type: PeriodType
    period_start: date
    period_end: date
    fiscal_year_be: int
    period_th: str


def fiscal_year_be(day: date) -> int:
    """The Thai fiscal year that contains a day, in the Buddhist Era; it begins on 1 October of the year before."""
    return day.year + BUDDHIST_OFFSET + (day.month >= 10)


def add_months(day: date, months: int) -> date:
    """The first day of the month that is ``months`` months later (earlier if negative)."""
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def start_of(period_type: PeriodType, day: date) -> date:
    """The first day of the period that contains a day."""
    if period_type == "month":
        return day.replace(day=1)
    if period_type == "quarter":
        return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    return date(day.year if day.month >= 10 else day.year - 1, 10, 1)


def period(period_type: PeriodType, start: date) -> Period:
    """The period of a type that begins on ``start``."""
    months = MONTHS[period_type]
    year = fiscal_year_be(start)
    if period_type == "month":
        name = f"{MONTH_NAMES[start.month - 1]} {start.year + BUDDHIST_OFFSET}"
    elif period_type == "quarter":
        name = f"ไตรมาส {(start.month - 10) % 12 // 3 + 1} ปีงบประมาณ พ.ศ. {year}"
    else:
        name = f"ปีงบประมาณ พ.ศ. {year}"
    return Period(
        period_type=period_type,
        period_start=start,
        period_end=add_months(start, months) - timedelta(days=1),
        fiscal_year_be=year,
        period_th=name,
    )


def periods_between(first: date, last: date) -> list[Period]:
    """All periods of every type that contain a day from ``first`` to ``last``."""
    between: list[Period] = []
    for period_type in MONTHS:
        start = start_of(period_type, first)  # pyright: ignore[reportArgumentType]
        while start <= last:
            between.append(period(period_type, start))  # pyright: ignore[reportArgumentType]
            start = add_months(start, MONTHS[period_type])
    return between
