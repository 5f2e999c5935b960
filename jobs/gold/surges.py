"""gold.surges: topics of which a province raises more than is to be expected, by weeks.

The statistics are those of jobs.statistics.surges; here counts are brought to it, and what it says is written down.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession, Window
from pyspark.sql import functions as F

from jobs.gold.coverage import local
from jobs.statistics.surges import RECENT_WEEKS, Reason, Surge, Weeks, surges
from lake.tables import empty_like
from schemas.tables import tables
from schemas.topics import load_topics

LOOKED_AT_WEEKS = 13
"""Weeks that are judged anew by each run; what was said of weeks before stays."""
HISTORY_WEEKS = 5 * 53
TERMS = 3
FEWEST_OF_A_TERM = 3
CELL = ("week_start", "province_code", "topic_id")
_WEEK = timedelta(days=7)


def monday(day: date) -> date:
    """The first day of the week of a day."""
    return day - timedelta(days=day.weekday())


def first_looked_at(as_of: date) -> date:
    """The first of the weeks that are judged; the last is the last that had ended on a day."""
    return monday(as_of) - LOOKED_AT_WEEKS * _WEEK


def surge_rows(
    spark: SparkSession, facts: DataFrame, daily: DataFrame, reached: DataFrame, as_of: date, model_version: str
) -> DataFrame:
    """Rows of gold.surges: the weeks that are judged, and of each the series of which enough was said to judge.

    Args:
        facts: see ``cube.concern_facts``.
        daily: rows of the cube.
        reached: see ``coverage.reach``.
        as_of: the last day that the data tell of.
        model_version: the topic model that the labels come from.
    """
    last = monday(as_of) - _WEEK
    first = last - (HISTORY_WEEKS - 1) * _WEEK
    mondays = [first + number * _WEEK for number in range(HISTORY_WEEKS)]
    topics = [topic.topic_id for topic in load_topics() if topic.topic_id != "other"]
    codes = sorted({row.province_code for row in reached.select("province_code").distinct().collect()})
    series = [(code, topic) for code in codes for topic in topics]
    place = {one: number for number, one in enumerate(series)}
    recent = _recent_texts(facts, first_looked_at(as_of) - RECENT_WEEKS * _WEEK, last)
    counts = np.zeros((len(series), len(mondays)), np.int64)
    _fill(counts, place, first, _weekly(daily, first, last).toArrow())
    # In the weeks that are judged what was copied counts once.
    _fill(counts, place, first, recent.where("window = 1").toArrow())
    distinct = np.zeros_like(counts)
    _fill(distinct, place, first, recent.where(f"window = {RECENT_WEEKS}").toArrow())
    begins, speaks = _sources(facts, reached, codes, mondays)
    weeks = Weeks(
        counts=counts,
        area=np.repeat(np.arange(len(codes)), len(topics)),
        first_week=np.repeat(begins, len(topics)),
        has_data=np.repeat(speaks, len(topics), axis=0),
        is_restated=_read_again(spark, mondays),
    )
    rows: list[tuple[object, ...]] = []
    for week in range(len(mondays) - LOOKED_AT_WEEKS, len(mondays)):
        for found in surges(weeks, week, distinct[:, week]):
            if found.is_surge or counts[found.series, week]:
                rows.append(_row(found, mondays[week], *series[found.series]))
    schema = empty_like("gold.surges")
    judged = spark.createDataFrame(rows, ",".join(f"{name} {schema[name].dataType.simpleString()}" for name in _JUDGED))
    named = judged.join(F.broadcast(_names(spark)), "topic_id").join(
        F.broadcast(spark.table("reference.provinces")), "province_code"
    )
    return (
        named.join(_terms(spark, facts, judged.where("is_surge")), list(CELL), "left")
        .withColumn("model_version", F.lit(model_version))
        .select(*tables()["gold.surges"].column_names)
    )


_JUDGED = (
    *CELL, "window_weeks", "observed_count", "expected_count", "expected_lower", "expected_upper", "p_value",
    "q_value", "surge_method", "is_short_history", "is_surge", "surge_status", "surge_reason",
)  # fmt: skip


def _row(found: Surge, week_start: date, province_code: str, topic_id: str) -> tuple[object, ...]:
    def known(value: float) -> float | None:
        return None if np.isnan(value) else float(value)

    return (
        week_start, province_code, topic_id, found.window_weeks, found.observed, known(found.expected),
        known(found.lower), known(found.upper), known(found.p_value), known(found.q_value), str(found.method),
        found.is_short_history, found.is_surge, str(found.status), str(found.reason),
    )  # fmt: skip


def reasons() -> Sequence[str]:
    """What surge_reason may say."""
    return [str(reason) for reason in Reason]


def _week_of(day: str):
    return F.to_date(F.date_trunc("week", F.col(day)))


def _weekly(daily: DataFrame, first: date, last: date) -> DataFrame:
    """``province_code, topic_id, week_start, count``."""
    return (
        daily.where("topic_level = 'topic' AND province_code is not null")
        .where(F.col("date").between(F.lit(first), F.lit(last + timedelta(days=6))))
        .groupBy("province_code", "topic_id", _week_of("date").alias("week_start"))
        .agg(F.sum("concern_count").alias("count"))
    )


def _recent_texts(facts: DataFrame, first: date, last: date) -> DataFrame:
    """As ``_weekly``, of different texts: in each week, and in the four that end with it (``window`` 1 and 4)."""
    told = facts.where("topic_level = 'topic' AND is_counted AND province_code is not null").where(
        F.col("submitted_date").between(F.lit(first), F.lit(last + timedelta(days=6)))
    )
    week = _week_of("submitted_date")
    later = F.transform(F.sequence(F.lit(0), F.lit(RECENT_WEEKS - 1)), lambda n: F.date_add(week, n * 7))
    windows = told.select(
        "province_code", "topic_id", "text_hash", week.alias("_week"), F.explode(later).alias("week_start")
    )
    of_four = windows.groupBy("province_code", "topic_id", "week_start").agg(
        F.count_distinct("text_hash").alias("count"), F.lit(RECENT_WEEKS).alias("window")
    )
    of_one = (
        windows.where("_week = week_start")
        .groupBy("province_code", "topic_id", "week_start")
        .agg(F.count_distinct("text_hash").alias("count"), F.lit(1).alias("window"))
    )
    return of_four.unionByName(of_one).where(F.col("week_start") <= F.lit(last))


def _fill(matrix: np.ndarray, place: dict[tuple[str, str], int], first: date, rows: pa.Table) -> None:
    for row in rows.to_pylist():
        number = place.get((row["province_code"], row["topic_id"]))
        if number is not None:
            matrix[number, (row["week_start"] - first).days // 7] = row["count"]


def _sources(
    facts: DataFrame, reached: DataFrame, codes: list[str], mondays: list[date]
) -> tuple[np.ndarray, np.ndarray]:
    """Of each province, the first whole week of its youngest source, and the weeks in which any of them spoke."""
    first = mondays[0]
    active: dict[str, set[int]] = {}
    said = facts.where("topic_level = 'all'").select("source_id", _week_of("submitted_date").alias("week")).distinct()
    for row in said.collect():
        active.setdefault(row.source_id, set()).add((row.week - first).days // 7)
    begins = np.zeros(len(codes), np.int64)
    speaks = np.zeros((len(codes), len(mondays)), np.bool_)
    row_of = {code: number for number, code in enumerate(codes)}
    for row in reached.collect():
        number = row_of[row.province_code]
        # The week in which a source begins is not whole.
        begins[number] = max(begins[number], (monday(row.first_date) - first).days // 7 + 1)
        heard = [week for week in active.get(row.source_id, ()) if 0 <= week < len(mondays)]
        speaks[number, heard] = True
    return np.clip(begins, 0, len(mondays)), speaks


def _read_again(spark: SparkSession, mondays: list[date]) -> np.ndarray:
    """Weeks of files that were read again by another contract: what they tell came after its time."""
    days = (
        spark.table("bronze.files")
        .where("reread_batch_id is not null AND observed_at is not null")
        .select(_week_of("observed_at").alias("week"))
        .distinct()
    )
    found = {row.week for row in days.collect()}
    return np.array([[week in found for week in mondays]])


def _names(spark: SparkSession) -> DataFrame:
    topics = spark.table("reference.topics").where("topic_level = 'topic'")
    return topics.select("topic_id", "topic_th", "topic_en")


def _terms(spark: SparkSession, facts: DataFrame, cells: DataFrame) -> DataFrame:
    """The terms that set a surge apart: often in its concerns, seldom elsewhere; of masked texts, and of several."""
    cells = local(spark, cells.select(*CELL, "window_weeks"))
    terms = spark.table("silver.concern_labels").select("concern_id", F.explode("terms").alias("term")).distinct()
    seldom = terms.groupBy("term").agg(F.count("*").alias("_everywhere"))
    in_window = (F.col("submitted_date") < F.date_add("week_start", 7)) & (
        F.col("submitted_date") >= F.date_add("week_start", 7 - 7 * F.col("window_weeks"))
    )
    told = facts.where("topic_level = 'topic' AND is_counted").select(
        "concern_id", "province_code", "topic_id", "submitted_date", "text_hash"
    )
    here = (
        told.join(F.broadcast(cells), ["province_code", "topic_id"])
        .where(in_window)
        .join(terms, "concern_id")
        .groupBy(*CELL, "term")
        .agg(F.count_distinct("text_hash").alias("_here"))
        .where(F.col("_here") >= FEWEST_OF_A_TERM)
        .join(seldom, "term")
        .withColumn("_weight", F.col("_here") / F.sqrt("_everywhere"))
    )
    turn = Window.partitionBy(*CELL).orderBy(F.desc("_weight"), "term")
    best = here.withColumn("_turn", F.row_number().over(turn)).where(F.col("_turn") <= TERMS)
    listed = F.array_sort(F.collect_list(F.struct("_turn", "term")))
    return best.groupBy(*CELL).agg(F.transform(listed, lambda one: one.term).alias("terms"))
