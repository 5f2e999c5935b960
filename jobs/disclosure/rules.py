"""The rules of the public tables: which tables there are, what is hidden in them, and what later versions may change.

No hidden count may be found by subtraction, so the public tables are few and fixed (each further total is one more
equation for a reader):

* ``province_trends``: province × month × topic, group and all topics, of all channels together. A group that contains
  a sensitive topic has no row: the group less its other topics would give the sensitive topic.
* In the same table, province × fiscal year × sensitive topic.
* ``district_trends``: district × quarter × group and all topics; ``lao_trends``: LAO × fiscal year × group and all
  topics. Counts are rounded to the nearest 5, and no other figure depends on exact counts. PAOs and Bangkok have no
  row: they are the whole province, whose rows are exact.
* ``coverage``: which source had data in which month, without counts. Counts of sources are sums over provinces and
  would give the hidden total of a single province. National totals are not published for the same reason.

Versions over time:

1. A period is public when it has been over for PUBLICATION_DELAY_DAYS. A period that is published while it fills up
   would be a table by days.
2. Published rows are never changed (``as_of_date`` is their date): two versions that differ by one late concern
   would show its place and topic. A province's period is **closed** by the version that first shows it, and all later
   versions copy its rows. Figures that compare rows (the period before, ranks) are computed again from published rows
   and contain no further information.

In rows of provinces (``provinces.py``):

3. A ``concern_count`` of 1 to 4 is hidden, with every figure of its row; a 0 is shown.
4. Complementary suppression hides further counts, so that neither a group nor the total gives a hidden count
   (``complementary_suppression.py``). A topic that is the only hidden one of its province and month always has one.
5. ``resolved_count`` is hidden where it, or ``concern_count`` less it, is 1 to 4. Both parts have complementary
   suppressions, since both add up as the counts do. ``other_kind_count`` likewise.
6. Where the total of a month is hidden, the month has no other row: if all of them were 0, the total would consist of
   sensitive topics. A fiscal year has no ``share``: it would give the total of the year, and that total less the months
   that are shown would give what came late or is hidden.
7. Ranks are computed from the figures that are shown: a gap in the ranks would put a hidden figure between its
   neighbours, and a rate per 100,000 between two close neighbours is a count. Earlier counts likewise.
8. ``within_15_days_share`` is a fraction of concerns: it is shown where both parts are at least 5, to whole per cent.
   Whether a median is reached depends on how many concerns are solved, so medians are hidden with
   ``resolved_count``, except where the few unsolved concerns could not have changed whether it is reached.
9. ``closed_in_period_count`` and ``backlog_count`` are not published: backlog = backlog before + submitted - ended is
   an equation between each month and the next, from which hidden counts can be computed. ``stated_count`` is not
   published since it is a third part of the same concerns.

In rows of districts and LAOs (``small_areas.py``):

10. A count under 5 has no row, and neither has 0.
11. Further rows are removed, the smallest first, until the sums that a reader knows (the months of the province, its
    placed concerns, the quarters of the district of an LAO) allow 0 to 4 for every missing row.
12. A total has no row where the groups that are shown could not add up to it: the remainder would be of groups that
    contain a sensitive topic.

``python -m tests.attack`` attacks all of this by subtraction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pyarrow as pa
from pyarrow import compute

from jobs.disclosure.complementary_suppression import MAX_SMALL_COUNT
from jobs.disclosure.provinces import TREND_KEY, public_provinces
from jobs.disclosure.publishable import is_publishable_period
from jobs.disclosure.small_areas import DISTRICT_KEY, LAO_KEY, public_districts, public_laos
from schemas.topics import Topic

# pyarrow creates the functions of this module at import, so a type checker does not see them.
pc: Any = compute

COVERAGE_COLUMNS = ("source_id", "channel", "period_start", "province_count", "first_date", "last_date")
COVERAGE_KEY = ("source_id", "period_start")

KEYS: dict[str, tuple[str, ...]] = {
    "province_trends": TREND_KEY,
    "district_trends": DISTRICT_KEY,
    "lao_trends": LAO_KEY,
    "coverage": COVERAGE_KEY,
}
"""The public tables, and the columns by which their rows are unique and sorted."""


def public_tables(
    gold: Mapping[str, pa.Table],
    served: Mapping[str, frozenset[str]],
    topics: Sequence[Topic],
    as_of: date,
    previous: Mapping[str, pa.Table] | None = None,
) -> dict[str, pa.Table]:
    """All public tables, by the names of KEYS.

    Args:
        gold: rows of gold by the same names; other channels, periods and topics in them are left out.
        served: the subdistricts that each LAO serves, by its code, without LAOs that serve a whole province.
        topics: other topics are left out, also from rows that were published before.
        as_of: the last day that the data cover.
        previous: the public tables of the current version; None before the first version.
    """
    before = previous or {}
    provinces = public_provinces(gold["province_trends"], topics, as_of, before.get("province_trends"))
    closed = before.get("province_trends", provinces.slice(0, 0))
    districts = public_districts(
        gold["district_trends"], provinces, closed, topics, as_of, before.get("district_trends")
    )
    laos = public_laos(
        gold["lao_trends"], served, provinces, districts, closed, topics, as_of, before.get("lao_trends")
    )
    coverage = public_coverage(gold["coverage"], as_of, before.get("coverage"))
    return {"province_trends": provinces, "district_trends": districts, "lao_trends": laos, "coverage": coverage}


def public_coverage(coverage: pa.Table, as_of: date, previous: pa.Table | None = None) -> pa.Table:
    """The public table of coverage: COVERAGE_COLUMNS, sorted; the days of months under 5 concerns are hidden."""
    published = set()
    if previous is not None:
        published = set(zip(*(previous[name].to_pylist() for name in COVERAGE_KEY), strict=True))
    cells = zip(*(coverage[name].to_pylist() for name in COVERAGE_KEY), strict=True)
    is_new = [cell not in published and is_publishable_period("month", cell[1], as_of) for cell in cells]
    coverage = coverage.filter(pa.array(is_new, pa.bool_()))
    is_small = pc.less(coverage["concern_count"], MAX_SMALL_COUNT + 1)
    for name in ("first_date", "last_date"):
        values = pc.if_else(is_small, pa.scalar(None, coverage[name].type), coverage[name])
        coverage = coverage.set_column(coverage.column_names.index(name), name, values)
    rows = coverage.select(COVERAGE_COLUMNS)
    both = rows if previous is None else pa.concat_tables([previous.cast(rows.schema), rows])
    return both.combine_chunks().sort_by([(name, "ascending") for name in COVERAGE_KEY])
