"""What may be public: the fixed tables, what is hidden in them, and what later versions may say; in this one place.

Nobody may be found by subtraction, so the public tables are few and fixed (a total more is an equation more):

* ``province_trends``: province × month × topic, group and all, of all channels together. A group that holds a
  sensitive topic has no row of its own: less its other topics it would give the sensitive one.
* In it, province × fiscal year × sensitive topic.
* ``district_trends``: district × quarter × group and all; ``lao_trends``: LAO × fiscal year × group and all; counts
  to the nearest 5 and nothing else that rests on exact ones. PAOs and Bangkok have no row: theirs is the
  province, whose rows are exact.
* ``coverage``: which source had data in which month. Without counts: they add up over provinces, and where one
  province's total is hidden they give it back. National totals must stay out for the same reason.

In time:

1. A period is public when it has been over for SETTLED_DAYS. One that fills up in public is a table by days.
2. What was public once stays as it was (``as_of_date`` says as of when): two versions that differ by one late
   concern would say where and of what it was. So a province's period is **closed** by the version that first
   shows it, and all later ones take its rows from the version before. What compares rows (the period before, ranks)
   is made again from the rows that are shown, and tells nothing more than they do.

In rows of provinces (``provinces.py``):

3. A ``concern_count`` of 1 to 4 is hidden, and with it every figure of its row; a 0 stays 0.
4. Companions are hidden so that neither a group nor the total gives a hidden count back (``companions.py``);
   a topic that is the only hidden one of its province and month always gets one.
5. ``resolved_count`` is hidden where it, or what it leaves of ``concern_count``, is 1 to 4; both have their
   companions, since both add up as the counts do. ``other_kind_count`` likewise.
6. Where the total of a month is hidden, it has no other row: were all of them 0, it would be of sensitive topics.
   A fiscal year has no ``share``: it would give the year's total, and less the months that are shown what came late
   or is hidden.
7. Ranks are made from the figures that are shown: a gap in the ranks would place a hidden one between
   its neighbours, and a rate per 100,000 between two close neighbours is a count. Earlier counts likewise.
8. ``within_15_days_share`` is a fraction of persons: shown where both parts hold at least 5, to whole per
   cent. Whether a median is reached says how many are solved, so medians go with ``resolved_count``, save
   where the few left unsolved could not have kept it from being reached.
9. ``closed_in_period_count`` and ``backlog_count`` are left out: backlog = the one before + submitted -
   ended ties every month to the next, and hidden counts come back from the chain. ``stated_count`` is left
   out as a third part of the same persons.

In rows of districts and LAOs (``small_areas.py``):

10. Under 5 there is no row, as there is none for 0.
11. Rows go, the smallest first, until what is added up otherwise (the province's months, its placed concerns, the
    quarters of the district that an LAO lies in) leaves every missing row anything from 0 to 4.
12. A total goes where the groups that are shown could not make it up: the rest would be of the groups that hold a
    sensitive topic.

``python -m tests.attack`` subtracts across all of this.
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

# Its functions are made when it is imported, so that a type checker does not see them.
pc: Any = compute

COVERAGE_COLUMNS = ("source_id", "channel", "period_start", "province_count", "first_date", "last_date")
COVERAGE_KEY = ("source_id", "period_start")

KEYS: dict[str, tuple[str, ...]] = {
    "province_trends": TREND_KEY,
    "district_trends": DISTRICT_KEY,
    "lao_trends": LAO_KEY,
    "coverage": COVERAGE_KEY,
}
"""The public tables and what their rows are unique by, and sorted by."""


def public_tables(
    gold: Mapping[str, pa.Table],
    served: Mapping[str, frozenset[str]],
    topics: Sequence[Topic],
    as_of: date,
    former: Mapping[str, pa.Table] | None = None,
) -> dict[str, pa.Table]:
    """All public tables, by the names of KEYS.

    Args:
        gold: rows of gold by the same names; other channels, periods and topics in it are left out.
        served: the subdistricts that each LAO serves, by its code; LAOs that serve a whole province are not in it.
        topics: a topic that is not among them is left out, also of what was public before.
        as_of: the last day that the data tell of.
        former: the public tables of the version before.
    """
    before = former or {}
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


def public_coverage(coverage: pa.Table, as_of: date, former: pa.Table | None = None) -> pa.Table:
    """The public table of coverage: COVERAGE_COLUMNS, sorted; days of under 5 concerns are hidden."""
    shown = set() if former is None else set(zip(*(former[name].to_pylist() for name in COVERAGE_KEY), strict=True))
    cells = zip(*(coverage[name].to_pylist() for name in COVERAGE_KEY), strict=True)
    keep = [cell not in shown and is_publishable_period("month", cell[1], as_of) for cell in cells]
    coverage = coverage.filter(pa.array(keep, pa.bool_()))
    few = pc.less(coverage["concern_count"], MAX_SMALL_COUNT + 1)
    for name in ("first_date", "last_date"):
        values = pc.if_else(few, pa.scalar(None, coverage[name].type), coverage[name])
        coverage = coverage.set_column(coverage.column_names.index(name), name, values)
    made = coverage.select(COVERAGE_COLUMNS)
    both = made if former is None else pa.concat_tables([former.cast(made.schema), made])
    return both.combine_chunks().sort_by([(name, "ascending") for name in COVERAGE_KEY])
