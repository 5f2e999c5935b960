"""The attack on simulated gold, by the rules and without one of them."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from unittest.mock import patch

import pandas as pd
import pyarrow as pa

from jobs.disclosure import provinces, small_areas
from jobs.disclosure.rules import public_tables
from schemas.topics import load_topics
from tests.attack.reader import Cell, Reader, Report
from tests.attack.simulate import DAYS, gold, world

CONTROLS = {
    "what was public is made anew": 1,
    "months are public while they fill up": 1,
    "totals that tell stay": 3,
    "counts of small areas are exact, and rows stay that leave no room": 1,
    "counts of 1 to 4 are hidden without companions": 1,
}
"""What is done in place of a rule, and the seed of a world in which that tells something."""


def attacked(seed: int, instead: str | None = None, exact: int = 0) -> Report:
    """What is found in the versions of DAYS of a simulated world; ``instead`` is one of CONTROLS."""
    made = world(seed)
    truth: dict[Cell, int] = {}
    reader = Reader(load_topics(), made.geography, truth)
    former = None
    with _without(instead):
        for day in DAYS:
            tables, counts = gold(made, day)
            # What is said for the first time is the count as it is on that day, and stays.
            truth |= {cell: count for cell, count in counts.items() if cell not in reader.said}
            public = public_tables(tables, made.served, load_topics(), day, former)
            reader.read(public)
            former = (
                None if instead in ("what was public is made anew", "months are public while they fill up") else public
            )
    return reader.report(exact)


def _without(instead: str | None) -> AbstractContextManager[object]:
    """A rule is left out as long as this is open."""
    match instead:
        case "months are public while they fill up":
            return patch.object(provinces, "settled", lambda rows, as_of: pa.array([True] * rows.num_rows))
        case "totals that tell stay":
            return patch.object(small_areas, "_total_tells", lambda cells, groups: pd.Series(False, cells.index))
        case "counts of small areas are exact, and rows stay that leave no room":
            return patch.multiple(small_areas, BASE=1, _leaves_room=lambda cells, *_, **__: cells["is_shown"])
        case "counts of 1 to 4 are hidden without companions":
            return patch.object(provinces, "with_companions", lambda values, layout, small, *_: small)
        case _:
            return nullcontext()
