"""Times that cannot be: nothing that a file tells of can have happened after the day on which the file landed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from nlp.mask.values import quote_value
from schemas.contracts import TIMES, Contract

ZONE = "Asia/Bangkok"
_ZONE = ZoneInfo(ZONE)


def day_of(time: datetime) -> date:
    """The day in Bangkok of a time."""
    return time.astimezone(_ZONE).date()


def impossible(values: Mapping[str, Any], contract: Contract, landed_at: datetime) -> tuple[list[str], list[str]]:
    """Judges the times of a record by the day on which its file landed.

    Returns sentences on those without which the record cannot be used, and the names of the others, which are to be
    left out: their years are mistyped.
    """
    landed = day_of(landed_at)
    reasons: list[str] = []
    others: list[str] = []
    for target in sorted(TIMES & values.keys()):
        day = day_of(values[target])
        if day <= landed:
            continue
        if contract.needs_time(target):
            said = quote_value(str(day))
            reasons.append(
                f"Its {target} {said} is after {landed}, the day on which its file landed; look at its year."
            )
        else:
            others.append(target)
    return reasons, others
