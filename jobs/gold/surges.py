"""gold.surges: topics of which a province has more concerns in a week than expected.

The statistics are in jobs.statistics.surges; this module prepares the counts and makes rows of the results.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from jobs.gold.comparison import top_n, topic_names
from jobs.gold.coverage import materialize
from jobs.gold.cube import counted_concerns
from jobs.gold.weekly import Cell, WeeklySeries, load_weekly_series, monday
from jobs.statistics.baselines import TESTED_WEEKS, Prediction, predict
from jobs.statistics.surges import RECENT_WEEKS, Surge, surges
from schemas.tables import columns, tables

TERM_COUNT = 3
MIN_TEXTS_OF_TERM = 3
CELL = ["week_start", "province_code", "topic_id"]
_WEEK = timedelta(days=7)
_EVALUATION_COLUMNS = (
    *CELL, "window_weeks", "observed_count", "expected_count", "expected_lower", "expected_upper", "p_value",
    "q_value", "surge_method", "is_short_history", "is_surge", "surge_status", "surge_reason",
)  # fmt: skip


def surge_rows(
    spark: SparkSession,
    weekly_counts: DataFrame,
    source_coverage: DataFrame,
    as_of: date,
    model_version: str,
    since: date | None,
) -> DataFrame:
    """Rows of gold.surges: one per whole week, province and topic with concerns in the week.

    A week is evaluated with the counts up to that week, so that later counts do not change the result.

    Args:
        spark: the session.
        weekly_counts: gold.weekly_counts.
        source_coverage: see ``coverage.source_coverage``.
        as_of: the last day that the data cover.
        model_version: the topic model that the labels come from.
        since: the first day that a change affects: weeks that end before it are not evaluated again.
    """
    weekly = load_weekly_series(weekly_counts, source_coverage, _reread_weeks(spark), monday(as_of) - _WEEK)
    # The first weeks have no history to compare with.
    first = max(weekly.week_index(monday(since)) if since else 0, TESTED_WEEKS + 1)
    # The counts are without near-duplicates, but texts too short to count as copies can still all be the same. Texts
    # are compared only for suspected surges: most series are no surge whatever their texts are.
    evaluations: dict[int, list[tuple[Cell, Surge]]] = {}
    predictions: dict[int, Prediction] = {}
    suspected: list[Cell] = []
    for week in range(first, len(weekly.mondays)):
        prediction = _predict_week(weekly, week)
        evaluations[week] = list(_evaluate_week(weekly, week, {}, prediction))
        if cells := [cell for cell, surge in evaluations[week] if surge.is_surge]:
            suspected += cells
            predictions[week] = prediction
    texts = _distinct_texts(spark, suspected)
    evaluations |= {
        week: list(_evaluate_week(weekly, week, texts, prediction)) for week, prediction in predictions.items()
    }
    rows = [_row(cell, surge) for of_week in evaluations.values() for cell, surge in of_week]
    schema = ", ".join(f"{name} {columns()[name].type}" for name in _EVALUATION_COLUMNS)
    evaluated = spark.createDataFrame(rows, schema)
    topics = topic_names(spark).where("topic_level = 'topic'").drop("topic_level")
    terms = _surge_terms(spark, evaluated.where("is_surge"), since and since - TESTED_WEEKS * _WEEK)
    return (
        evaluated.join(topics, "topic_id")
        .join(F.broadcast(spark.table("reference.provinces")), "province_code")
        .join(F.broadcast(terms), CELL, "left")
        .withColumn("model_version", F.lit(model_version))
        .select(*tables()["gold.surges"].column_names)
    )


def _predict_week(weekly: WeeklySeries, week: int) -> Prediction:
    weeks, _ = weekly.weeks_up_to(week, {})
    return predict(weeks.counts, weeks.history(), week)


def _evaluate_week(
    weekly: WeeklySeries, week: int, texts: dict[Cell, int], prediction: Prediction
) -> Iterable[tuple[Cell, Surge]]:
    """The series with concerns in a week, and whether each is a surge.

    ``texts``: of suspected series, the number of different texts in the four weeks up to the week; in the other series,
    all texts are taken as different.
    """
    start = weekly.mondays[week]
    texts_of_series = {weekly.series_index(cell): count for cell, count in texts.items() if cell.week_start == start}
    weeks, distinct = weekly.weeks_up_to(week, texts_of_series)
    for surge in surges(weeks, week, distinct, prediction):
        if weeks.counts[surge.series, week]:
            yield Cell(start, *weekly.series[surge.series]), surge


def _row(cell: Cell, surge: Surge) -> tuple[object, ...]:
    def null_if_nan(value: float) -> float | None:
        return None if value != value else float(value)

    return (
        *cell, surge.window_weeks, surge.observed, null_if_nan(surge.expected), null_if_nan(surge.lower),
        null_if_nan(surge.upper), null_if_nan(surge.p_value), null_if_nan(surge.q_value), str(surge.method),
        surge.is_short_history, surge.is_surge, str(surge.status), str(surge.reason),
    )  # fmt: skip


def _reread_weeks(spark: SparkSession) -> set[date]:
    """Mondays of the weeks of files that were read again with another contract: their counts changed afterwards."""
    files = spark.table("bronze.files").where("reread_batch_id is not null AND observed_at is not null")
    return {monday(row.observed_at.date()) for row in files.select("observed_at").distinct().collect()}


def _distinct_texts(spark: SparkSession, cells: list[Cell]) -> dict[Cell, int]:
    """The number of different texts of each cell in the four weeks that end with its week."""
    if not cells:
        return {}
    frame = spark.createDataFrame(cells, "week_start date, province_code string, topic_id string")
    first = min(cell.week_start for cell in cells) - RECENT_WEEKS * _WEEK
    concerns = _concerns_of_cells(spark, frame, _window_start(F.lit(RECENT_WEEKS)), first)
    counts = concerns.groupBy(*CELL).agg(F.count_distinct("text_hash").alias("texts"))
    return {Cell(row.week_start, row.province_code, row.topic_id): row.texts for row in counts.collect()}


def _window_start(weeks: Column) -> Column:
    """The first day of a window of ``weeks`` weeks that ends with the week of the cell."""
    return F.date_add("week_start", 7 - 7 * weeks)


def _concerns_of_cells(spark: SparkSession, cells: DataFrame, since: Column, first: date | None) -> DataFrame:
    """The concerns counted in each cell from the day ``since`` to the end of its week: cell, ``text_hash, terms``.

    ``first``: concerns before this day are not needed; None where that is not known.
    """
    near_duplicates = spark.table("silver.concern_links").select("concern_id")
    concerns = counted_concerns(spark.table, "terms", first=first).where("province_code is not null")
    in_window = (F.col("submitted_date") >= since) & (F.col("submitted_date") < F.date_add("week_start", 7))
    of_province = concerns.join(F.broadcast(cells), "province_code").where(in_window)
    return (
        of_province.select("concern_id", *cells.columns, "terms", "text_hash")
        .join(near_duplicates, "concern_id", "left_anti")
        .join(spark.table("silver.concern_topics").select("concern_id", "topic_id"), ["concern_id", "topic_id"])
    )


def _surge_terms(spark: SparkSession, cells: DataFrame, first: date | None) -> DataFrame:
    """The terms that distinguish a surge: frequent in its concerns, rare elsewhere, and in several different texts.

    ``first``: see ``_concerns_of_cells``.
    """
    in_surge = (
        _concerns_of_cells(spark, cells.select(*CELL, "window_weeks"), _window_start(F.col("window_weeks")), first)
        .select(*CELL, "text_hash", F.explode(F.array_distinct("terms")).alias("term"))
        .groupBy(*CELL, "term")
        .agg(F.count_distinct("text_hash").alias("_in_surge"))
        .where(F.col("_in_surge") >= MIN_TEXTS_OF_TERM)
    )
    in_surge = materialize(spark, in_surge)
    all_terms = spark.table("silver.concern_labels").select(F.explode("terms").alias("term"))
    everywhere = (
        all_terms.join(F.broadcast(in_surge.select("term").distinct()), "term")
        .groupBy("term")
        .agg(F.count("*").alias("_everywhere"))
    )
    order = [F.desc(F.col("_in_surge") / F.sqrt("_everywhere")), F.col("term")]
    terms = top_n(in_surge.join(everywhere, "term"), CELL, order, "term", TERM_COUNT)
    return terms.withColumnRenamed("term", "terms")
