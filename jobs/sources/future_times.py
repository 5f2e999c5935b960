"""Times that cannot be: nothing that a file tells of can have happened after the day on which the file landed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from nlp.mask.values import quote_value
from schemas.contracts import TIMES, Contract
from schemas.rejections import Rejection, RejectionCode

ZONE = "Asia/Bangkok"
_ZONE = ZoneInfo(ZONE)


def bangkok_day(time: datetime) -> date:
    """The day in Bangkok of a time."""
    return time.astimezone(_ZONE).date()


def reject_future_times(
    values: Mapping[str, Any], contract: Contract, landed_at: datetime
) -> tuple[list[Rejection], list[str]]:
    """Judges the times of a record by the day on which its file landed.

    Returns the reasons for those without which the record cannot be used, and the names of the others, which are to be
    left out: their years are mistyped.
    """
    landed = bangkok_day(landed_at)
    rejections: list[Rejection] = []
    others: list[str] = []
    for target in sorted(TIMES & values.keys()):
        day = bangkok_day(values[target])
        if day <= landed:
            continue
        if contract.needs_time(target):
            detail = {"value": quote_value(str(day)), "landed_on": str(landed)}
            rejections.append(Rejection(RejectionCode.FUTURE_TIME, target, detail))
        else:
            others.append(target)
    return rejections, others
