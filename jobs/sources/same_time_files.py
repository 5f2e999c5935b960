"""Exports of one source whose names have the same time, so that their order is not known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from schemas.contracts import Contract


def same_time_warnings(observed: Iterable[tuple[str, datetime | None]], by_source: Mapping[str, Contract]) -> list[str]:
    """A sentence for each source and day with several different exports.

    Args:
        observed: for each file, its source and the time in its name.
        by_source: the contracts. A source that delivers only new records is left out: order does not matter.
    """
    counts = Counter((source, time) for source, time in observed if time is not None and source in by_source)
    lines: list[str] = []
    for (source, time), count in sorted(counts.items()):
        contract = by_source[source]
        if count > 1 and contract.version_order.by == "file_name" and contract.delivery != "append":
            day = time.astimezone(ZoneInfo(contract.time_zone)).date()
            lines.append(
                f"{source}: {count:,} different exports are of {day} and their names have no time of day, so the "
                "record number decides which version is later; put the time into the names (2025-07-06 15-27)."
            )
    return lines
