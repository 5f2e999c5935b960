"""publish: gold trends and coverage → extracts/public, a version that ``current`` points to."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import SparkSession

from jobs.disclosure.publishable import PUBLICATION_DELAY_DAYS
from jobs.disclosure.rules import KEYS, public_tables
from jobs.extracts import pointer
from jobs.extracts.package import version
from jobs.pipeline import aggregate
from jobs.quality import check, validate_or_raise
from jobs.sources.landing_folder import holds_samples
from lake import files
from lake.progress import Progress, latest
from lake.settings import settings
from lake.tables import read, rows
from schemas.errors import UserError
from schemas.topics import load_topics

log = logging.getLogger(__name__)

Check = Callable[[str, pa.Table], object]
PERIODS = {
    "province_trends": "channel = 'all' AND period_type IN ('month', 'fiscal_year')",
    "district_trends": "channel = 'all' AND period_type = 'quarter'",
    "lao_trends": "channel = 'all' AND period_type = 'fiscal_year'",
    "coverage": "true",
}
"""The rows of gold that public tables are made from."""


def run(spark: SparkSession) -> dict[str, int]:
    """Publishes what gold says now; nothing is written where that version is there already.

    Counts: public_rows, hidden_rows (of provinces), versions_written. Raises UserError where gold is empty or a public
    table breaks a suite of expectations; the version before then stays the current one.
    """
    last_day = latest(spark).get((aggregate.CONSUMER, aggregate.AS_OF), Progress()).position
    served: dict[str, set[str]] = {}
    for row in rows(spark.table("reference.lao_subdistricts").select("lao_code", "subdistrict_code")):
        served.setdefault(row["lao_code"], set()).add(row["subdistrict_code"])
    return publish(
        {name: read(spark, f"gold.{name}").where(where).toArrow() for name, where in PERIODS.items()},
        {lao: frozenset(codes) for lao, codes in served.items()},
        date.fromordinal(max(last_day, 1)),
        lambda name, table: validate_or_raise(spark, table, name, KEYS[name]),
        of_samples=holds_samples(),
    )


def publish(
    gold: Mapping[str, pa.Table],
    served: Mapping[str, frozenset[str]],
    as_of: date,
    checked: Check = lambda name, table: check(table, name, KEYS[name]),
    *,
    of_samples: bool = False,
) -> dict[str, int]:
    """As ``run``, from rows of gold by the names of KEYS; ``as_of`` is the last day they tell of.

    ``served`` are the subdistricts of each LAO; ``of_samples`` says that concerns are invented. What the current
    version shows stays as it is there.
    """
    if gold["province_trends"].num_rows == 0 or gold["coverage"].num_rows == 0:
        raise UserError(
            "there is nothing to publish, since gold.province_trends or gold.coverage is empty",
            "run 'siang run', or see 'siang ledger' for files that were refused",
        )
    root = f"{settings().extracts}/public"
    public = public_tables(gold, served, load_topics(), as_of, former(root))
    for name in ("province_trends", "district_trends", "lao_trends"):
        if public[name].num_rows:
            checked(name, public[name])
    if not public["province_trends"].num_rows:
        log.info(f"nothing is public yet: no month has been over for {PUBLICATION_DELAY_DAYS} days on {as_of}")
    made = version(public, as_of, of_samples=of_samples)
    written = pointer.write(root, made)
    pointer.switch(root, made.name)
    hidden = public["province_trends"]["is_hidden"].to_pylist().count(True)
    count = sum(table.num_rows for table in public.values())
    log.info(f"version {made.name} {'written' if written else 'was there already'}: {count} rows")
    return {"public_rows": count, "hidden_rows": hidden, "versions_written": int(written)}


def former(root: str) -> dict[str, pa.Table] | None:
    """The tables of the current version, None before the first. Raises UserError where a table is not there."""
    name = pointer.current(root)
    if name is None:
        return None
    folder = f"{root}/versions/{name}"
    missing = [table for table in KEYS if not files.exists(f"{folder}/{table}.parquet")]
    if missing:
        raise UserError(
            f"{folder} has no {missing[0]}.parquet, so that what was public before cannot be kept as it was",
            f"lay the file back, or move {root} away to begin anew: whoever kept the old files can then subtract",
        )
    return {table: pq.read_table(pa.BufferReader(files.read_bytes(f"{folder}/{table}.parquet"))) for table in KEYS}
