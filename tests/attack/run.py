"""The attack on simulated gold, with all rules and without one of them."""

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
    "published rows are computed again": 1,
    "months are published while they fill up": 1,
    "totals that reveal sensitive groups stay": 3,
    "counts of small areas are exact, and no further rows are removed": 1,
    "counts of 1 to 4 are hidden without complementary suppression": 1,
}
"""What is done instead of a rule, and the seed of a world in which the attack then finds something."""


def run_attack(seed: int, instead: str | None = None, exact: int = 0) -> Report:
    """The report on the versions of DAYS of a simulated world; ``instead`` is one of CONTROLS."""
    made = world(seed)
    truth: dict[Cell, int] = {}
    reader = Reader(load_topics(), made.geography, truth)
    previous = None
    with _without(instead):
        for day in DAYS:
            tables, counts = gold(made, day)
            # A figure that is published for the first time is the count of that day, and is not changed later.
            truth |= {cell: count for cell, count in counts.items() if cell not in reader.published}
            public = public_tables(tables, made.served, load_topics(), day, previous)
            reader.read(public)
            previous = (
                None
                if instead in ("published rows are computed again", "months are published while they fill up")
                else public
            )
    return reader.report(exact)


def _without(instead: str | None) -> AbstractContextManager[object]:
    """A context in which a rule is left out."""
    match instead:
        case "months are published while they fill up":
            return patch.object(provinces, "publishable_rows", lambda rows, as_of: pa.array([True] * rows.num_rows))
        case "totals that reveal sensitive groups stay":
            return patch.object(
                small_areas, "_reveals_sensitive_groups", lambda cells, groups: pd.Series(False, cells.index)
            )
        case "counts of small areas are exact, and no further rows are removed":
            return patch.multiple(small_areas, ROUNDING_BASE=1, _can_stay=lambda cells, *_, **__: cells["is_shown"])
        case "counts of 1 to 4 are hidden without complementary suppression":
            return patch.object(provinces, "suppress_complementary", lambda values, layout, small, *_: small)
        case _:
            return nullcontext()
