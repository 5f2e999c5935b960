"""aggregate: silver → gold. Computes the cube again for the days that changed, then the tables made from it.

Tables of trends are computed again from the first period that a change affects; earlier periods are kept.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from jobs.gold import periods
from jobs.gold.areas import AreaKind, area_kinds, coverage_areas
from jobs.gold.backlog import backlog_outside_coverage
from jobs.gold.coverage import build_grid, calendar, coverage_rows, covered_months, source_coverage
from jobs.gold.cube import cube_rows, since_month
from jobs.gold.deadlines import deadlines
from jobs.gold.misclassification import load_scores
from jobs.gold.peers import peer_rows
from jobs.gold.plan_evidence import concerns_by_lao_programme, plan_evidence
from jobs.gold.response_times import response_times
from jobs.gold.restatements import restatements
from jobs.gold.rising_terms import first_month, rising_terms
from jobs.gold.surges import surge_rows
from jobs.gold.trends import TrendInputs, trends
from jobs.gold.weekly import monday, weekly_rows
from jobs.pipeline.aggregate_changes import AS_OF, CONSUMER, CUBE, RESPONSES, SOURCES, as_of, find_changes
from jobs.quality import validate_or_raise
from jobs.topic_models.evaluation.label_scores import TopicScore
from lake.commits import append, is_empty, overwrite
from lake.progress import NOTHING, advance, delta_version, latest
from lake.settings import settings
from lake.staging import staged

log = logging.getLogger(__name__)

MAX_CHANGED_DAYS = 400
PLANS, WEEKS = "gold.plan_evidence", "gold.weekly_counts"
RESTATED_TABLE = "gold.province_trends"
MAX_PARALLEL_TABLES = 3
CONCERNS_PER_PARTITION = 200_000
_SHUFFLE_PARTITIONS = "spark.sql.shuffle.partitions"
Counts = dict[str, int]


def run(spark: SparkSession) -> Counts:
    """Computes the days that changed since the last run, and the tables made from them.

    Counts: days (computed again), trend_rows (of gold.province_trends, written), restated (periods that were
    complete before).
    """
    nothing = {"days": 0, "trend_rows": 0, "restated": 0}
    progress = latest(spark)
    versions = {name: delta_version(spark, name) for name in SOURCES}
    last_day = as_of(spark)
    if last_day is None:
        return nothing
    model_version = spark.table("silver.concern_labels").agg(F.max("model_version")).collect()[0][0]
    scores = load_scores(spark, model_version)
    changes = find_changes(spark, progress, versions, scores, last_day)
    if changes.is_empty:
        if versions != changes.seen_versions:
            advance(spark, CONSUMER, versions)
        return nothing
    _set_shuffle_partitions(spark)
    _write_cube(spark, changes.days)
    daily = spark.table(CUBE)
    _write_coverage(daily, last_day, changes.since)
    with _trend_inputs(spark, daily, last_day, changes.since, model_version, scores) as inputs:
        written = _write_tables(spark, daily, inputs)
    advance(spark, CONSUMER, versions, fingerprints=changes.fingerprints, last_days={AS_OF: last_day})
    sums = {name: sum(counts.get(name, 0) for counts in written) for name in nothing}
    return sums | {"days": len(changes.days or [])}


def _set_shuffle_partitions(spark: SparkSession) -> None:
    """Sets partitions that fit the memory of a worker: sorting in memory takes half the time of sorting on disk."""
    partitions = spark.table("silver.concerns").count() // CONCERNS_PER_PARTITION
    if partitions > int(spark.conf.get(_SHUFFLE_PARTITIONS) or 0):
        spark.conf.set(_SHUFFLE_PARTITIONS, str(partitions))


def _write_cube(spark: SparkSession, days: list[date] | None) -> None:
    if days is None or len(days) > MAX_CHANGED_DAYS:
        log.info(f"{CUBE}: computing all days")
        _replace_cube_rows(spark, cube_rows(spark), None)
    elif days:
        log.info(f"{CUBE}: computing {len(days)} days")
        _replace_cube_rows(spark, cube_rows(spark, days), _days_condition(days))


def _replace_cube_rows(spark: SparkSession, rows: DataFrame, where: str | None) -> None:
    """Checks the rows, then writes them in place of all rows of the cube, or of those that meet a condition."""
    with staged(spark, rows, CUBE) as checked:
        validate_or_raise(spark, checked, CUBE, ("date", "province_code", "topic_id", "channel"))
        overwrite(checked, CUBE, where)


def _write_coverage(daily: DataFrame, last_day: date, since: date | None) -> None:
    where = _since_condition("period_start", since.replace(day=1)) if since else None
    overwrite(coverage_rows(since_month(daily, "month", since), last_day), "gold.coverage", where)


@contextmanager
def _trend_inputs(
    spark: SparkSession,
    daily: DataFrame,
    last_day: date,
    since: date | None,
    model_version: str,
    scores: list[TopicScore],
) -> Generator[TrendInputs]:
    coverage = spark.table("gold.coverage")
    by_source = source_coverage(spark, daily, coverage)
    months = covered_months(spark, coverage, by_source, coverage_areas(spark.table))
    grid = build_grid(months, last_day, since)
    inputs = TrendInputs(
        calendar=calendar(spark, coverage, last_day),
        grid=grid,
        coverage=coverage,
        source_coverage=by_source,
        covered_months=months,
        backlog_outside_coverage=None,
        model_version=model_version,
        scores=scores,
    )
    if not grid.read_from:
        yield inputs
        return
    with _persisted(backlog_outside_coverage(daily, months, grid.read_from)) as backlog:
        yield replace(inputs, backlog_outside_coverage=backlog)


def _write_tables(spark: SparkSession, daily: DataFrame, inputs: TrendInputs) -> list[Counts]:
    """Writes all tables made from the cube, several at a time.

    Planning a small table takes Spark longer than computing it, so one table is computed while another is planned.
    """
    kinds = area_kinds(spark.table)
    laos = next(kind for kind in kinds if kind.table == "gold.lao_trends")
    first_day = inputs.coverage.agg(F.min("first_date")).collect()[0][0]
    deadline_days = deadlines(spark, first_day or inputs.as_of, inputs.as_of)
    with ThreadPoolExecutor(max_workers=MAX_PARALLEL_TABLES) as pool:
        # Surges take longest, mostly in this process, which leaves Spark free for the other tables.
        surges = pool.submit(_write_surges, spark, daily, inputs)
        writers: list[Callable[[], Counts]] = [
            partial(_write_trends, spark, kind, daily, inputs) for kind in kinds if not kind.is_dense
        ]
        writers += [
            partial(_write_responses, spark, deadline_days, inputs),
            partial(_write_plans, spark, laos, inputs),
            lambda: _write_table(peer_rows(spark, daily, laos, inputs), "gold.peer_comparison"),
            partial(_write_terms, spark, inputs),
        ]
        # Trends of provinces read gold.surges.
        writers += [
            lambda kind=kind: surges.result() | _write_trends(spark, kind, daily, inputs)
            for kind in kinds
            if kind.is_dense
        ]
        return [future.result() for future in [pool.submit(write) for write in writers]]


def _write_table(rows: DataFrame, name: str, where: str | None = None) -> Counts:
    overwrite(rows, name, where)
    log.info(f"{name}: written")
    return {}


def _write_surges(spark: SparkSession, daily: DataFrame, inputs: TrendInputs) -> Counts:
    where = _since_condition("week_start", monday(inputs.since)) if inputs.since else None
    overwrite(weekly_rows(daily, inputs.since), WEEKS, where)
    rows = surge_rows(
        spark, spark.table(WEEKS), inputs.source_coverage, inputs.as_of, inputs.model_version, inputs.since
    )  # fmt: skip
    return _write_table(rows, "gold.surges", where)


def _write_responses(spark: SparkSession, deadline_days: DataFrame, inputs: TrendInputs) -> Counts:
    first = _first_response_year(inputs)
    rows = response_times(spark.table, inputs.as_of, deadline_days, first)
    return _write_table(rows, RESPONSES, _years_condition(first))


def _first_response_year(inputs: TrendInputs) -> date | None:
    """The first day of the first fiscal year whose response times may have changed; None means all years.

    Cases that were not due at the end of the last run may be due now, so it can be before ``inputs.since``.
    """
    # As many calendar days as the working days can take, with the longest holidays in between.
    longest = timedelta(days=3 * settings().response_days)
    return periods.start_of("fiscal_year", inputs.since - longest) if inputs.since else None


def _write_plans(spark: SparkSession, laos: AreaKind, inputs: TrendInputs) -> Counts:
    first = inputs.grid.read_from
    with _persisted(concerns_by_lao_programme(spark.table, first)) as concerns:
        rows = plan_evidence(spark.table, concerns, laos, inputs.covered_months, inputs.as_of, first)
        return _write_table(rows, PLANS, _years_condition(first))


def _write_terms(spark: SparkSession, inputs: TrendInputs) -> Counts:
    where = _since_condition("period_start", first_month(inputs.since)) if inputs.since else None
    return _write_table(rising_terms(spark.table, inputs.as_of, inputs.since), "gold.rising_terms", where)


def _write_trends(spark: SparkSession, kind: AreaKind, daily: DataFrame, inputs: TrendInputs) -> Counts:
    where = _periods_condition(inputs.since) if inputs.since else None
    is_new = kind.table == RESTATED_TABLE and is_empty(spark, kind.table)
    version = delta_version(spark, kind.table) if kind.table == RESTATED_TABLE else NOTHING
    overwrite(trends(spark, kind, daily, inputs, spark.table(kind.table)), kind.table, where)
    log.info(f"{kind.table}: written{f' from {inputs.since}' if inputs.since else ''}")
    if kind.table != RESTATED_TABLE:
        return {}
    changes = restatements(spark, kind.table, version, where)
    rows = [] if is_new else changes.collect()
    if rows:
        append(spark.createDataFrame(rows, changes.schema), "ops.restatements")
        log.info(f"{kind.table}: figures of {len(rows)} complete periods changed, see ops.restatements")
    return {"trend_rows": spark.table(kind.table).where(where or "true").count(), "restated": len(rows)}


@contextmanager
def _persisted(rows: DataFrame) -> Generator[DataFrame]:
    """Caches rows that are read several times, and releases them at the end: the Spark server outlives the run."""
    persisted = rows.persist()
    try:
        yield persisted
    finally:
        persisted.unpersist()


def _days_condition(days: list[date]) -> str:
    """The SQL condition of the rows of the cube of some days; the months let Delta skip the files of other months."""
    months = sorted({f"'{day:%Y-%m}'" for day in days})
    dates = ", ".join(f"DATE'{day.isoformat()}'" for day in days)
    return f"month IN ({', '.join(months)}) AND date IN ({dates})"


def _since_condition(column: str, first: date) -> str:
    return f"{column} >= DATE'{first.isoformat()}'"


def _years_condition(first: date | None) -> str | None:
    return f"fiscal_year_be >= {periods.fiscal_year_be(first)}" if first else None


def _periods_condition(since: date) -> str:
    """The SQL condition of the periods that contain a day or come after it."""
    starts = {name: periods.start_of(name, since) for name in periods.MONTHS}  # pyright: ignore[reportArgumentType]
    return " OR ".join(
        f"(period_type = '{name}' AND {_since_condition('period_start', start)})" for name, start in starts.items()
    )
