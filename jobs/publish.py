"""publish: gold.province_trends, gold.coverage → extracts/public, a version that ``current`` points to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pyarrow as pa
from pyspark.sql import SparkSession

from jobs import aggregate
from jobs.checks import check, guard
from jobs.extracts import pointer
from jobs.extracts.disclosure import TREND_KEY, public_coverage, public_trends
from jobs.extracts.package import version
from lake.faults import Fault
from lake.progress import Progress, latest
from lake.settings import settings
from lake.tables import read
from schemas.topics import load_topics

SUITE = "province_trends"


def run(spark: SparkSession, say: Callable[[str], None]) -> dict[str, int]:
    """Publishes what gold says now; nothing is written where that version is there already.

    Counts: public_rows, hidden_rows, versions_written. Raises Fault where gold is empty or
    the public table breaks a suite of expectations; the version before then stays the current one.
    """
    gold = read(spark, "gold.province_trends").where("channel = 'all' AND period_type IN ('month', 'fiscal_year')")
    last_day = latest(spark).get((aggregate.CONSUMER, aggregate.AS_OF), Progress()).position
    as_of = date.fromordinal(max(last_day, 1))
    return publish(
        gold.toArrow(),
        read(spark, "gold.coverage").toArrow(),
        as_of,
        say,
        lambda public: guard(spark, public, SUITE, TREND_KEY, say),
    )


def publish(
    trends: pa.Table,
    coverage: pa.Table,
    as_of: date,
    say: Callable[[str], None],
    checked: Callable[[pa.Table], object] = lambda public: check(public, SUITE, TREND_KEY),
) -> dict[str, int]:
    """As ``run``, from rows of gold.province_trends and gold.coverage; ``as_of`` is the last day they tell of."""
    if trends.num_rows == 0 or coverage.num_rows == 0:
        raise Fault(
            "there is nothing to publish, since gold.province_trends or gold.coverage is empty",
            "run 'siang run', or see 'siang ledger' for files that were refused",
        )
    public = public_trends(trends, load_topics())
    checked(public)
    made = version(public, public_coverage(coverage), as_of=as_of)
    root = f"{settings().extracts}/public"
    written = pointer.write(root, made)
    pointer.switch(root, made.name)
    hidden = public["is_hidden"].to_pylist().count(True)
    say(f"version {made.name} {'written' if written else 'was there already'}: {public.num_rows} rows")
    return {"public_rows": public.num_rows, "hidden_rows": hidden, "versions_written": int(written)}
