"""gold.surges: topics of which a province raises more than is to be expected, by weeks.

The statistics are those of jobs.statistics.surges; here counts are brought to it, and what it says is written down.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from jobs.gold.comparison import foremost, topic_names
from jobs.gold.coverage import local
from jobs.gold.cube import counted_concerns
from jobs.gold.weekly import Cell, Weekly, monday, weekly_series
from jobs.statistics.baselines import TESTED_WEEKS, Prediction, predict
from jobs.statistics.surges import RECENT_WEEKS, Surge, surges
from schemas.tables import columns, tables

TERMS = 3
FEWEST_OF_A_TERM = 3
CELL = ["week_start", "province_code", "topic_id"]
_WEEK = timedelta(days=7)
_JUDGED = (
    *CELL, "window_weeks", "observed_count", "expected_count", "expected_lower", "expected_upper", "p_value",
    "q_value", "surge_method", "is_short_history", "is_surge", "surge_status", "surge_reason",
)  # fmt: skip


def surge_rows(
    spark: SparkSession, counted: DataFrame, reached: DataFrame, as_of: date, model_version: str, since: date | None
) -> DataFrame:
    """Rows of gold.surges: whole weeks, and of each the topics of which a province said anything.

    A week is judged by what had been submitted up to it, so that what comes later does not change it.

    Args:
        counted: gold.weekly_counts.
        reached: see ``coverage.reach``.
        as_of: the last day that the data tell of.
        model_version: the topic model that the labels come from.
        since: the first day that a change touches: weeks that end before it are not judged anew.
    """
    weekly = weekly_series(counted, reached, _read_again(spark), monday(as_of) - _WEEK)
    # The first weeks have none before them that they could be compared with.
    first = max(weekly.week(monday(since)) if since else 0, TESTED_WEEKS + 1)
    # Near-duplicates are not counted, but words too few to be called a copy may still all be the same. Most series
    # are no surge whatever their texts are; only of the others it is asked.
    found: dict[int, list[tuple[Cell, Surge]]] = {}
    predictions: dict[int, Prediction] = {}
    suspected: list[Cell] = []
    for week in range(first, len(weekly.mondays)):
        prediction = _predicted(weekly, week)
        found[week] = list(_judged(weekly, week, {}, prediction))
        if cells := [cell for cell, one in found[week] if one.is_surge]:
            suspected += cells
            predictions[week] = prediction
    texts = _different_texts(spark, suspected)
    found |= {week: list(_judged(weekly, week, texts, prediction)) for week, prediction in predictions.items()}
    rows = [_row(cell, one) for judged in found.values() for cell, one in judged]
    schema = ", ".join(f"{name} {columns()[name].type}" for name in _JUDGED)
    judged = spark.createDataFrame(rows, schema)
    topics = topic_names(spark).where("topic_level = 'topic'").drop("topic_level")
    terms = _terms(spark, judged.where("is_surge"), since and since - TESTED_WEEKS * _WEEK)
    return (
        judged.join(topics, "topic_id")
        .join(F.broadcast(spark.table("reference.provinces")), "province_code")
        .join(F.broadcast(terms), CELL, "left")
        .withColumn("model_version", F.lit(model_version))
        .select(*tables()["gold.surges"].column_names)
    )


def _predicted(weekly: Weekly, week: int) -> Prediction:
    weeks, _ = weekly.up_to(week, {})
    return predict(weeks.counts, weeks.history(), week)


def _judged(weekly: Weekly, week: int, texts: dict[Cell, int], prediction: Prediction) -> Iterable[tuple[Cell, Surge]]:
    """The series of a week in which something was said, and what is to be said of each.

    ``texts``: of series that are suspected, how many different texts there are in the four weeks up to it; of the
    others all are taken to be different.
    """
    start = weekly.mondays[week]
    known = {weekly.place(cell): found for cell, found in texts.items() if cell.week_start == start}
    weeks, distinct = weekly.up_to(week, known)
    for found in surges(weeks, week, distinct, prediction):
        if weeks.counts[found.series, week]:
            yield Cell(start, *weekly.series[found.series]), found


def _row(cell: Cell, found: Surge) -> tuple[object, ...]:
    def known(value: float) -> float | None:
        return None if value != value else float(value)

    return (
        *cell, found.window_weeks, found.observed, known(found.expected), known(found.lower), known(found.upper),
        known(found.p_value), known(found.q_value), str(found.method), found.is_short_history, found.is_surge,
        str(found.status), str(found.reason),
    )  # fmt: skip


def _read_again(spark: SparkSession) -> set[date]:
    """Mondays of the weeks of files that were read again by another contract: what they tell came after its time."""
    found = spark.table("bronze.files").where("reread_batch_id is not null AND observed_at is not null")
    return {monday(row.observed_at.date()) for row in found.select("observed_at").distinct().collect()}


def _different_texts(spark: SparkSession, cells: list[Cell]) -> dict[Cell, int]:
    """Of each cell, the number of different texts in the four weeks that end with it."""
    if not cells:
        return {}
    frame = spark.createDataFrame(cells, "week_start date, province_code string, topic_id string")
    told = _told(spark, frame, _ago(F.lit(RECENT_WEEKS)), min(cell.week_start for cell in cells) - RECENT_WEEKS * _WEEK)
    found = told.groupBy(*CELL).agg(F.count_distinct("text_hash").alias("texts"))
    return {Cell(row.week_start, row.province_code, row.topic_id): row.texts for row in found.collect()}


def _ago(weeks: Column) -> Column:
    """The first day of so many weeks that end with that of a cell."""
    return F.date_add("week_start", 7 - 7 * weeks)


def _told(spark: SparkSession, cells: DataFrame, since: Column, first: date | None) -> DataFrame:
    """The concerns that a cell's counts are of, from a day on: the cell, ``text_hash, terms``.

    ``first``: a day before which there are none of them; None where that is not known.
    """
    repeats = spark.table("silver.concern_links").select("concern_id")
    concerns = counted_concerns(spark.table, "terms", first=first).where("province_code is not null")
    in_window = (F.col("submitted_date") >= since) & (F.col("submitted_date") < F.date_add("week_start", 7))
    near = concerns.join(F.broadcast(cells), "province_code").where(in_window)
    return (
        near.select("concern_id", *cells.columns, "terms", "text_hash")
        .join(repeats, "concern_id", "left_anti")
        .join(spark.table("silver.concern_topics").select("concern_id", "topic_id"), ["concern_id", "topic_id"])
    )


def _terms(spark: SparkSession, cells: DataFrame, first: date | None) -> DataFrame:
    """The terms that set a surge apart: often in its concerns, seldom elsewhere; of masked texts, and of several.

    ``first``: see ``_told``.
    """
    here = (
        _told(spark, cells.select(*CELL, "window_weeks"), _ago(F.col("window_weeks")), first)
        .select(*CELL, "text_hash", F.explode(F.array_distinct("terms")).alias("term"))
        .groupBy(*CELL, "term")
        .agg(F.count_distinct("text_hash").alias("_here"))
        .where(F.col("_here") >= FEWEST_OF_A_TERM)
    )
    here = local(spark, here)
    named = spark.table("silver.concern_labels").select(F.explode("terms").alias("term"))
    everywhere = (
        named.join(F.broadcast(here.select("term").distinct()), "term")
        .groupBy("term")
        .agg(F.count("*").alias("_everywhere"))
    )
    order = [F.desc(F.col("_here") / F.sqrt("_everywhere")), F.col("term")]
    return foremost(here.join(everywhere, "term"), CELL, order, "term", TERMS).withColumnRenamed("term", "terms")
