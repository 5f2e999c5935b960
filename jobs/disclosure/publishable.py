"""Which periods and which topics may be public, for every public table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any, cast

import pyarrow as pa
from pyarrow import compute

from jobs.gold import periods
from schemas.topics import PublicIds

# pyarrow creates the functions of this module at import, so a type checker does not see them.
pc: Any = compute

PUBLICATION_DELAY_DAYS = 30
"""After these days most late data are in, and every concern of the period has had 15 days to be solved."""


@cache
def is_publishable_period(period_type: str, start: date, as_of: date) -> bool:
    """Whether a period ended at least PUBLICATION_DELAY_DAYS before ``as_of``, the last day that the data cover."""
    period = periods.period(cast("periods.PeriodType", period_type), start)
    return period.period_end + timedelta(PUBLICATION_DELAY_DAYS) <= as_of


def publishable_rows(rows: pa.Table, as_of: date) -> pa.Array:
    """Which rows are of a publishable period, by ``period_type`` and ``period_start``."""
    cells = zip(rows["period_type"].to_pylist(), rows["period_start"].to_pylist(), strict=True)
    return pa.array([is_publishable_period(period_type, start, as_of) for period_type, start in cells], pa.bool_())


def has_ids(rows: pa.Table, level: str, ids: Sequence[str]) -> pa.ChunkedArray:
    """Which rows are of a level (``topic``, ``group`` or ``all``) and have one of ``ids``."""
    return pc.and_(pc.equal(rows["topic_level"], level), pc.is_in(rows["topic_id"], pa.array(list(ids), pa.string())))


def is_group_or_all(rows: pa.Table, ids: PublicIds) -> pa.ChunkedArray:
    """Which rows are of a group that may be public, or of all topics together."""
    return pc.or_(has_ids(rows, "all", ["all"]), has_ids(rows, "group", ids.groups))
