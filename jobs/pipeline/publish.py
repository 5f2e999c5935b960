"""publish: gold trends and coverage → a version in extracts/public, which becomes the current one."""

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

TableCheck = Callable[[str, pa.Table], object]
SOURCE_ROWS = {
    "province_trends": "channel = 'all' AND period_type IN ('month', 'fiscal_year')",
    "district_trends": "channel = 'all' AND period_type = 'quarter'",
    "lao_trends": "channel = 'all' AND period_type = 'fiscal_year'",
    "coverage": "true",
}
"""Conditions of the rows of gold that public tables are made from."""


def run(spark: SparkSession) -> dict[str, int]:
    """Publishes the present rows of gold; writes nothing if the same version exists already.

    Counts: public_rows, hidden_rows (of provinces), versions_written. Raises UserError where gold is empty or a public
    table does not meet its expectations; the current version is then not changed.
    """
    last_day = latest(spark).get((aggregate.CONSUMER, aggregate.AS_OF), Progress()).last_day
    served: dict[str, set[str]] = {}
    for row in rows(spark.table("reference.lao_subdistricts").select("lao_code", "subdistrict_code")):
        served.setdefault(row["lao_code"], set()).add(row["subdistrict_code"])
    return publish(
        {name: read(spark, f"gold.{name}").where(where).toArrow() for name, where in SOURCE_ROWS.items()},
        {lao: frozenset(codes) for lao, codes in served.items()},
        last_day or date.min,
        lambda name, table: validate_or_raise(spark, table, name, KEYS[name]),
        of_samples=holds_samples(),
    )


def publish(
    gold: Mapping[str, pa.Table],
    served: Mapping[str, frozenset[str]],
    as_of: date,
    check_table: TableCheck = lambda name, table: check(table, name, KEYS[name]),
    *,
    of_samples: bool = False,
) -> dict[str, int]:
    """As ``run``, from rows in memory. Rows that the current version shows are not changed.

    Args:
        gold: rows of gold by the names of KEYS.
        served: the subdistricts that each LAO serves.
        as_of: the last day that the rows cover.
        check_table: raises UserError where a table does not meet its expectations.
        of_samples: whether the concerns are invented.
    """
    if gold["province_trends"].num_rows == 0 or gold["coverage"].num_rows == 0:
        raise UserError(
            "there is nothing to publish, since gold.province_trends or gold.coverage is empty",
            "run 'siang run', or see 'siang ledger' for files that were refused",
        )
    root = f"{settings().extracts}/public"
    public = public_tables(gold, served, load_topics(), as_of, published_tables(root))
    for name in ("province_trends", "district_trends", "lao_trends"):
        if public[name].num_rows:
            check_table(name, public[name])
    if not public["province_trends"].num_rows:
        log.info(f"nothing is public yet: no month has been over for {PUBLICATION_DELAY_DAYS} days on {as_of}")
    new = version(public, as_of, of_samples=of_samples)
    is_written = pointer.write(root, new)
    pointer.switch(root, new.name)
    hidden = public["province_trends"]["is_hidden"].to_pylist().count(True)
    count = sum(table.num_rows for table in public.values())
    log.info(f"version {new.name} {'written' if is_written else 'exists already'}: {count} rows")
    return {"public_rows": count, "hidden_rows": hidden, "versions_written": int(is_written)}


def published_tables(root: str) -> dict[str, pa.Table] | None:
    """The tables of the current version; None before the first version. Raises UserError where one is missing."""
    name = pointer.current(root)
    if name is None:
        return None
    folder = f"{root}/versions/{name}"
    missing = [table for table in KEYS if not files.exists(f"{folder}/{table}.parquet")]
    if missing:
        raise UserError(
            f"{folder} has no {missing[0]}.parquet, so the rows that were published before cannot be kept",
            f"restore the file, or move {root} away to start again; readers who kept the old files could then compute "
            "hidden counts by subtraction",
        )
    return {table: pq.read_table(pa.BufferReader(files.read_bytes(f"{folder}/{table}.parquet"))) for table in KEYS}
