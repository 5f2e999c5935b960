"""How a rate by population is named: registered residents of a month, which leaves ประชากรแฝง out."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from schemas.calendars import BUDDHIST_OFFSET, MONTH_NAMES

_ENGLISH_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RateLabel:
    """The same words in Thai and English."""

    th: str
    en: str


def rate_label(population_date: dt.date) -> RateLabel:
    """What stands beside a rate that rests on a population of this day.

    >>> rate_label(dt.date(2021, 6, 30)).th
    'ต่อประชากรตามทะเบียนราษฎรแสนคน (มิ.ย. 2564) ไม่รวมประชากรแฝง'
    """
    month = f"{MONTH_NAMES[population_date.month - 1]} {population_date.year + BUDDHIST_OFFSET}"
    return RateLabel(
        th=f"ต่อประชากรตามทะเบียนราษฎรแสนคน ({month}) ไม่รวมประชากรแฝง",
        en=f"per 100,000 registered residents ({_ENGLISH_MONTHS[population_date.month - 1]} {population_date.year}), "
        "without unregistered residents (ประชากรแฝง)",
    )
