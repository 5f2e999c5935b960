"""Exports of one source that are of one time by their names, so that nothing says which of them is the later."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from schemas.contracts import Contract


def same_time_warnings(observed: Iterable[tuple[str, datetime | None]], known: Mapping[str, Contract]) -> list[str]:
    """A sentence for each day of a source with several different exports.

    Args:
        observed: the source of each content and when it was observed, by its name.
        known: the contracts. A source that delivers only what is new has no earlier and later exports.
    """
    counts = Counter((source, time) for source, time in observed if time is not None and source in known)
    lines: list[str] = []
    for (source, time), count in sorted(counts.items()):
        contract = known[source]
        if count > 1 and contract.version_order.by == "file_name" and contract.delivery != "append":
            day = time.astimezone(ZoneInfo(contract.time_zone)).date()
            lines.append(
                f"{source}: {count:,} different exports are of {day} and their names tell no time of day, so that the "
                "number of a record decides which is the later; put the time into the names (2025-07-06 15-27)."
            )
    return lines
