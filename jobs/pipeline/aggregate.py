"""aggregate: silver → gold. The cube first, computed again for the days that changed; then what rests on it.

Tables of trends are computed again from the first period that a change touches; what lies before stays.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import astuple, replace
from datetime import date, timedelta
from functools import partial

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from jobs.gold import periods
from jobs.gold.areas import Areas, all_areas, covers
from jobs.gold.backlog import unshown
from jobs.gold.coverage import calendar, coverage, grid, reach, spoken
from jobs.gold.cube import cube, since_month
from jobs.gold.deadlines import deadlines, holidays
from jobs.gold.grid import IN_TIME_DAYS
from jobs.gold.misclassified import scores_of
from jobs.gold.peers import peer_rows
from jobs.gold.plan_evidence import plan_evidence, told_to
from jobs.gold.response_times import response_times
from jobs.gold.restatements import restatements
from jobs.gold.rising_terms import first_month, rising_terms
from jobs.gold.surges import surge_rows
from jobs.gold.trends import Ground, trends
from jobs.gold.weekly import monday, weekly_rows
from jobs.quality import validate_or_raise
from jobs.reference.tables import CONSUMER as REFERENCE_STEP
from jobs.reference.tables import LAO_TABLES
from jobs.sources import landing_times
from jobs.sources.file_problems import usable_files
from jobs.topic_models.evaluation.label_scores import TABLE as SCORES
from jobs.topic_models.evaluation.label_scores import TopicScore
from lake.commits import append, is_empty, overwrite
from lake.ledger import FILE_KEY
from lake.progress import NOTHING, Progress, advance, changes, delta_version, latest
from lake.settings import PROJECT, settings
from lake.staging import staged
from lake.staleness import files_fingerprint, fingerprint
from schemas.errors import UserError
from schemas.tables import tables

log = logging.getLogger(__name__)

CONSUMER = "aggregate"
SOURCES = ("silver.concerns", "silver.concern_labels", "silver.concern_links")
MANY_DAYS = 400
AS_OF = "as_of"
CUBE, RESPONSES, PLANS = "gold.daily", "gold.response_times", "gold.plan_evidence"
WEEKS = "gold.weekly_counts"
REFERENCE, RULES = "reference", "rules"
RULE_FOLDERS = (PROJECT / "jobs" / "gold", PROJECT / "jobs" / "statistics")
"""Folders whose code says how figures are made: where it changes, all of them are made anew."""
REFERENCE_TABLES = (
    "reference.provinces", "reference.districts", "reference.focus_areas", "reference.population",
    "reference.topic_programmes", *LAO_TABLES,
)  # fmt: skip
RESTATED = "gold.province_trends"
SIDE_BY_SIDE = 3
CONCERNS_PER_PART = 200_000
_PARTS = "spark.sql.shuffle.partitions"
Counts = dict[str, int]


def run(spark: SparkSession) -> dict[str, int]:
    """Computes the days that changed since the last run, and what rests on them.

    Counts: days (computed again), trend_rows (of gold.province_trends, written), restated (periods that were
    complete before).
    """
    nothing = {"days": 0, "trend_rows": 0, "restated": 0}
    progress = latest(spark)
    until = {name: delta_version(spark, name) for name in SOURCES}
    done = {name: progress.get((CONSUMER, name), Progress()).position for name in SOURCES}
    last_day = as_of(spark)
    if last_day is None:
        return nothing
    # A file that changes no concern still moves the day up to which periods are complete.
    last_until = progress.get((CONSUMER, AS_OF), Progress()).position
    model_version = spark.table("silver.concern_labels").agg(F.max("model_version")).collect()[0][0]
    scores = scores_of(spark, model_version)
    marks = _marks(progress, scores)
    same = {name for name, mark in marks.items() if progress.get((CONSUMER, name), Progress()).position == mark}
    is_known, is_same_shape = same >= {REFERENCE, RULES, SCORES, RESPONSES}, CUBE in same
    days = changed_days(spark, done, until) if is_same_shape else None
    if days == [] and last_until == last_day.toordinal() and is_known:
        if until != done:
            advance(spark, CONSUMER, until)
        return nothing
    _fit_shuffles(spark)
    _write_cube(spark, days)
    daily = spark.table(CUBE)
    # The last day may lie before that of the run before, where what told of it is of no use any more.
    since = _since(days, min(last_until, last_day.toordinal())) if is_known else None
    _write_coverage(daily, last_day, since)
    with _ground(spark, daily, last_day, since, model_version, scores) as ground:
        written = _write_tables(spark, daily, ground)
    advance(spark, CONSUMER, until | marks | {AS_OF: last_day.toordinal()})
    return {name: sum(counts.get(name, 0) for counts in written) for name in nothing} | {"days": len(days or [])}


def _fit_shuffles(spark: SparkSession) -> None:
    """Parts that fit the memory of a worker: sorted in it, they take half the time that they take on disk."""
    fitting = spark.table("silver.concerns").count() // CONCERNS_PER_PART
    if fitting > int(spark.conf.get(_PARTS) or 0):
        spark.conf.set(_PARTS, str(fitting))


def _write_cube(spark: SparkSession, days: list[date] | None) -> None:
    if days is None or len(days) > MANY_DAYS:
        log.info("the cube: all days")
        _commit_cube(spark, cube(spark), None)
    elif days:
        log.info(f"the cube: {len(days)} days")
        _commit_cube(spark, cube(spark, days), _of_days(days))


def _write_coverage(daily: DataFrame, last_day: date, since: date | None) -> None:
    months = f"period_start >= DATE'{since.replace(day=1).isoformat()}'" if since else None
    overwrite(coverage(since_month(daily, "month", since), last_day), "gold.coverage", months)


@contextmanager
def _ground(
    spark: SparkSession,
    daily: DataFrame,
    last_day: date,
    since: date | None,
    model_version: str,
    scores: list[TopicScore],
) -> Generator[Ground]:
    covered = spark.table("gold.coverage")
    reached = reach(spark, daily, covered)
    told = spoken(spark, covered, reached, covers(spark.table))
    cells = grid(told, last_day, since)
    ground = Ground(
        calendar=calendar(spark, covered, last_day),
        grid=cells,
        covered=covered,
        reached=reached,
        spoken=told,
        unshown=None,
        model_version=model_version,
        scores=scores,
    )
    if not cells.read_from:
        yield ground
        return
    with _kept(unshown(daily, told, cells.read_from)) as rest:
        yield replace(ground, unshown=rest)


def _write_tables(spark: SparkSession, daily: DataFrame, ground: Ground) -> list[Counts]:
    """All that rests on the cube. Each table is small beside what it costs to plan it, so that while one is planned
    another is computed."""
    kinds = all_areas(spark.table)
    laos = next(areas for areas in kinds if areas.table == "gold.lao_trends")
    first_day = ground.covered.agg(F.min("first_date")).collect()[0][0]
    in_time = deadlines(spark, first_day or ground.as_of, ground.as_of)
    with ThreadPoolExecutor(max_workers=SIDE_BY_SIDE) as pool:
        # The longest first: while it computes here, Spark is free for the others.
        surges = pool.submit(_write_surges, spark, daily, ground)
        works: list[Callable[[], Counts]] = [
            partial(_write_trends, spark, areas, daily, ground) for areas in kinds if not areas.is_dense
        ]
        works += [
            partial(_write_responses, spark, in_time, ground),
            partial(_write_plans, spark, laos, ground),
            lambda: _write(peer_rows(spark, daily, laos, ground), "gold.peer_comparison"),
            partial(_write_terms, spark, ground),
        ]
        # Trends of provinces say which months have a surge.
        works += [
            lambda areas=areas: surges.result() | _write_trends(spark, areas, daily, ground)
            for areas in kinds
            if areas.is_dense
        ]
        return [future.result() for future in [pool.submit(work) for work in works]]


def _write(rows: DataFrame, name: str, where: str | None = None) -> Counts:
    overwrite(rows, name, where)
    log.info(name)
    return {}


def _write_surges(spark: SparkSession, daily: DataFrame, ground: Ground) -> Counts:
    weeks = f"week_start >= DATE'{monday(ground.since).isoformat()}'" if ground.since else None
    overwrite(weekly_rows(daily, ground.since), WEEKS, weeks)
    counted = spark.table(WEEKS)
    judged = surge_rows(spark, counted, ground.reached, ground.as_of, ground.model_version, ground.since)
    return _write(judged, "gold.surges", weeks)


def _write_responses(spark: SparkSession, in_time: DataFrame, ground: Ground) -> Counts:
    first = _first_year(ground)
    rows = response_times(spark.table, ground.as_of, in_time, first)
    return _write(rows, RESPONSES, _of_years(first))


def _write_plans(spark: SparkSession, laos: Areas, ground: Ground) -> Counts:
    first = ground.grid.read_from
    with _kept(told_to(spark.table, first)) as told:
        rows = plan_evidence(spark.table, told, laos, ground.spoken, ground.as_of, first)
        return _write(rows, PLANS, _of_years(first))


def _first_year(ground: Ground) -> date | None:
    """The first day of the fiscal years whose cases may have changed: those that were not due by then among them."""
    # So many working days, with the longest holidays in them.
    longest = timedelta(days=3 * settings().response_days)
    return periods.start_of("fiscal_year", ground.since - longest) if ground.since else None


def _of_years(first: date | None) -> str | None:
    return f"fiscal_year_be >= {periods.fiscal_year_be(first)}" if first else None


def _write_terms(spark: SparkSession, ground: Ground) -> Counts:
    where = f"period_start >= DATE'{first_month(ground.since).isoformat()}'" if ground.since else None
    return _write(rising_terms(spark.table, ground.as_of, ground.since), "gold.rising_terms", where)


@contextmanager
def _kept(rows: DataFrame) -> Generator[DataFrame]:
    """Rows that are read several times; the server outlives the run, so it is told when they are done with."""
    kept = rows.persist()
    try:
        yield kept
    finally:
        kept.unpersist()


def _marks(progress: dict[tuple[str, str], Progress], scores: list[TopicScore]) -> dict[str, int]:
    """Numbers that change with what figures rest on besides concerns.

    Raises UserError where tables of reference are empty. A change of these tables, of a model's scores (which give
    counts their intervals) or of the time in which to answer touches figures of any day; a change of gold's columns
    touches its rows of any day.
    """
    known = [progress.get((REFERENCE_STEP, name), Progress()).position for name in REFERENCE_TABLES]
    if NOTHING in known:
        raise UserError("the tables of reference are empty, and figures need areas and LAOs", "run 'siang reference'")
    here = settings()
    in_time = (here.response_calendar, here.response_days, *holidays(here.holidays))
    shape = [tuple(table.column_names) for name, table in tables().items() if name.startswith("gold.")]
    return {
        REFERENCE: fingerprint(known),
        SCORES: fingerprint([astuple(one) for one in scores]),
        RESPONSES: fingerprint(in_time),
        RULES: files_fingerprint(path for folder in RULE_FOLDERS for path in folder.glob("*.py")),
        CUBE: fingerprint(shape),
    }


def _since(days: list[date] | None, last_until: int) -> date | None:
    """The first day of which figures may have changed; None where that is every day."""
    if days is None or last_until == NOTHING:
        return None
    # Periods that had not ended when the data were last looked at may have by now, and of those that had just ended
    # it was not known yet what would be solved in time.
    return min([*days, date.fromordinal(last_until - IN_TIME_DAYS)])


def _of_days(days: list[date]) -> str:
    """The condition of rows of the cube of some days; by their months, too, its other files are left alone."""
    months = sorted({f"'{day:%Y-%m}'" for day in days})
    listed = ", ".join(f"DATE'{day.isoformat()}'" for day in days)
    return f"month IN ({', '.join(months)}) AND date IN ({listed})"


def _write_trends(spark: SparkSession, areas: Areas, daily: DataFrame, ground: Ground) -> Counts:
    where = _from(ground.since) if ground.since else None
    is_new = areas.table == RESTATED and is_empty(spark, areas.table)
    before = delta_version(spark, areas.table) if areas.table == RESTATED else NOTHING
    overwrite(trends(spark, areas, daily, ground, spark.table(areas.table)), areas.table, where)
    log.info(f"{areas.table}{f' from {ground.since}' if ground.since else ''}")
    if areas.table != RESTATED:
        return {}
    found = [] if is_new else restatements(spark, areas.table, before, where).collect()
    if found:
        append(spark.createDataFrame(found), "ops.restatements")
        log.info(f"{len(found)} complete periods are restated, see ops.restatements")
    return {"trend_rows": spark.table(areas.table).where(where or "true").count(), "restated": len(found)}


def _from(since: date) -> str:
    """The condition of the periods that hold a day or come after it."""
    starts = {name: periods.start_of(name, since) for name in periods.MONTHS}  # type: ignore[arg-type]
    return " OR ".join(
        f"(period_type = '{name}' AND period_start >= DATE'{start.isoformat()}')" for name, start in starts.items()
    )


def _commit_cube(spark: SparkSession, rows: DataFrame, where: str | None) -> None:
    """Checks the rows of the cube, then puts them in the place of all, or of those that a condition names."""
    with staged(spark, rows, CUBE) as found:
        validate_or_raise(spark, found, CUBE, ("date", "province_code", "topic_id", "channel"))
        overwrite(found, CUBE, where)


def changed_days(spark: SparkSession, done: dict[str, int], until: dict[str, int]) -> list[date] | None:
    """Days on which a concern that changed was or is submitted or ended; None means all."""
    concerns, labels, links = (changes(spark, name, done[name], until[name]) for name in SOURCES)
    if concerns is None or labels is None or links is None:
        return None
    judged = labels.select("concern_id").unionByName(links.select("concern_id")).distinct()
    rejudged = spark.table("silver.concerns").join(judged, "concern_id", "left_semi")
    touched = concerns.select("submitted_date", "closed_date").unionByName(
        rejudged.select("submitted_date", "closed_date")
    )
    days = touched.select(F.explode(F.array("submitted_date", "closed_date")).alias("day"))
    return sorted(row.day for row in days.where("day is not null").distinct().collect())


def as_of(spark: SparkSession) -> date | None:
    """The last day that usable data tell of: figures never depend on the day on which they are computed.

    A file of which nothing can be used tells of no day, nor does the name of one that says a day after it landed.
    Nothing is told of a day on which no usable file had landed yet.
    """
    files = spark.table("bronze.files").join(usable_files(spark), FILE_KEY, "left_semi")
    observed, arrived = files.agg(
        F.max(F.when(~landing_times.is_of_future(), landing_times.day("observed_at"))),
        F.max(landing_times.day(landing_times.landed_at())),
    ).collect()[0]
    stated = (
        spark.table("silver.concerns")
        .agg(F.max(landing_times.day(F.greatest("submitted_at", "updated_at"))))
        .collect()[0][0]
    )
    last = max((one for one in (observed, stated) if one is not None), default=None)
    return last if last is None or arrived is None else min(last, arrived)
