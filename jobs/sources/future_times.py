"""Times after the landing of a file: nothing that a file reports can have happened after the day on which it landed."""

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
    """The date in Bangkok of a time (aware)."""
    return time.astimezone(_ZONE).date()


def reject_future_times(
    values: Mapping[str, Any], contract: Contract, landed_at: datetime
) -> tuple[list[Rejection], list[str]]:
    """Times of a record after the day on which its file landed.

    Returns rejections for the times that the record needs, and the columns of the other ones. The caller drops the
    latter: their years are typing errors.
    """
    landed = bangkok_day(landed_at)
    rejections: list[Rejection] = []
    optional: list[str] = []
    for target in sorted(TIMES & values.keys()):
        day = bangkok_day(values[target])
        if day <= landed:
            continue
        if contract.needs_time(target):
            detail = {"value": quote_value(str(day)), "landed_on": str(landed)}
            rejections.append(Rejection(RejectionCode.FUTURE_TIME, target, detail))
        else:
            optional.append(target)
    return rejections, optional
