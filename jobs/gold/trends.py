"""Trends of areas by period, topic and channel: pure functions from frames to frames.

Spark brings the rows of the cube to their areas; months, periods, backlogs, comparisons and durations are computed
area by area on dense arrays, see ``grid``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pyarrow as pa
from pyspark.sql import Column, DataFrame, SparkSession, Window
from pyspark.sql import functions as F

from jobs.gold.areas import Areas, area_column
from jobs.gold.backlog import before
from jobs.gold.comparison import SERIES, SMALLEST_COMPARED, change_pct, topic_names
from jobs.gold.cube import since_month
from jobs.gold.grid import ALL, SUMMED, Grid, figure_schema, figures, first_day
from jobs.gold.misclassified import with_misclassified
from jobs.topic_models.evaluation.label_scores import TopicScore
from schemas.tables import columns, tables

TASKS = 16
_SUBMITTED = "concern_count"
_HISTOGRAM = columns()["resolve_days"].type


@dataclass(frozen=True)
class Ground:
    """What figures of all areas rest on.

    Attributes:
        calendar: see ``coverage.calendar``.
        grid: see ``coverage.grid``.
        covered: gold.coverage.
        reached: see ``coverage.reach``.
        spoken: see ``coverage.spoken``.
        unshown: see ``backlog.unshown``; of days before ``grid.read_from``, None where all are read.
        model_version: the topic model that the labels come from.
        scores: how often its labels are right, see ``misclassified.scores_of``.
    """

    calendar: DataFrame
    grid: Grid
    covered: DataFrame
    reached: DataFrame
    spoken: DataFrame
    unshown: DataFrame | None
    model_version: str
    scores: Sequence[TopicScore] = ()

    @property
    def as_of(self) -> date:
        """The last day that the data tell of."""
        return self.grid.as_of

    @property
    def since(self) -> date | None:
        """The first day of which figures are wanted: periods that end before it are not computed."""
        return self.grid.since


def trends(spark: SparkSession, areas: Areas, daily: DataFrame, ground: Ground, made: DataFrame) -> DataFrame:
    """Rows of the areas' table of trends.

    Dense kinds have a row for each period in which a source that speaks for the area has data, each topic and
    channel, and 0 where nothing was said; the others only where something was said or ended.

    Args:
        daily: rows of the cube; with ``ground.since`` those of its fiscal year and later are read, and what lies before
            is taken from ``made``.
        made: the table as it is.
    """
    rows = _figures(spark, areas, daily, ground, made)
    shown = _with_standing(with_misclassified(spark, _with_rates(rows, areas), ground.scores))
    if areas.is_dense:
        shown = _with_surges(spark, _with_ranks(shown, ground))
    named = shown.join(topic_names(spark), ["topic_level", "topic_id"]).withColumn(
        "model_version", F.lit(ground.model_version)
    )
    return named.select(*tables()[areas.table].column_names)


def _figures(spark: SparkSession, areas: Areas, daily: DataFrame, ground: Ground, made: DataFrame) -> DataFrame:
    grid = ground.grid
    cover_of = {row.area_code: row.cover_code for row in areas.facts.select("area_code", "cover_code").collect()}
    rows = _of_areas(spark, areas, daily, grid)
    if grid.read_from and ground.unshown is not None:
        rows = rows.unionByName(_left_open(spark, areas, ground.unshown, ground, made, grid.read_from))
        rows = rows.unionByName(_compared(spark, areas, made, grid, grid.read_from))
    if areas.is_dense:
        # Of an area of which nothing was ever said there is a row, too.
        first = first_day(grid.first_month)
        nothing = [(code, first, 0, 0, *[0] * (len(SUMMED) + 1), [], None) for code in cover_of]
        rows = rows.unionByName(spark.createDataFrame(nothing, rows.schema))
    tasks = max(1, min(TASKS, len(cover_of)))
    return rows.repartition(tasks, "area_code").mapInArrow(
        _computer(cover_of, grid, is_dense=areas.is_dense), _spark_schema()
    )


def _left_open(
    spark: SparkSession, areas: Areas, rest: DataFrame, ground: Ground, made: DataFrame, first: date
) -> DataFrame:
    """What is open when the years that are read begin, as rows of a day before the grid: see ``_of_areas``."""
    left = before(made, areas, rest, ground.spoken, first)
    day = F.lit(first_day(ground.grid.first_month) - timedelta(days=1))
    return _counted(spark, ground.grid, left.withColumn("date", day).withColumnRenamed("opened", _SUBMITTED))


def _compared(spark: SparkSession, areas: Areas, made: DataFrame, grid: Grid, first: date) -> DataFrame:
    """The periods before the years that are read with which theirs are compared: see ``_of_areas``."""
    start = F.col("period_start")
    rows = made.where((start >= F.lit(first_day(grid.first_month))) & (start < F.lit(first)))
    named = rows.withColumn("area_code", F.col(area_column(areas.table))).withColumn("date", start)
    return _counted(spark, grid, named, F.col("period_type"))


def _counted(spark: SparkSession, grid: Grid, rows: DataFrame, period_type: Column | None = None) -> DataFrame:
    """Rows of nothing but a count of concerns: see ``_of_areas``."""
    nothing = [F.lit(0).cast("bigint").alias(name) for name in (*SUMMED, "unresolved_count") if name != _SUBMITTED]
    return rows.join(F.broadcast(_topics(spark, grid)), ["topic_level", "topic_id"]).select(
        "area_code", "date", "topic", _channel(grid), _SUBMITTED, *nothing,
        F.array().cast(_HISTOGRAM).alias("resolve_days"),
        (F.lit(None).cast("string") if period_type is None else period_type).alias("period_type"),
    )  # fmt: skip


def _of_areas(spark: SparkSession, areas: Areas, daily: DataFrame, grid: Grid) -> DataFrame:
    """Rows of the cube, each once for every area that it belongs to: see ``grid.figures``."""
    daily = since_month(daily, "month", grid.read_from)
    # There is no place for a topic that schemas/topics.yaml has lost.
    placed = areas.placed(daily.join(F.broadcast(_topics(spark, grid)), ["topic_level", "topic_id"]))
    timed = F.coalesce("resolve_days", F.array().cast(_HISTOGRAM)).alias("resolve_days")
    return placed.select(
        "area_code", "date", "topic", _channel(grid), *SUMMED, "unresolved_count", timed,
        F.lit(None).cast("string").alias("period_type"),
    )  # fmt: skip


def _topics(spark: SparkSession, grid: Grid) -> DataFrame:
    """``topic_level, topic_id`` and ``topic``, their place in the grid."""
    topics = [(level, topic, number) for number, (level, topic) in enumerate(grid.topics)]
    return spark.createDataFrame(topics, "topic_level string, topic_id string, topic int")


def _channel(grid: Grid) -> Column:
    """The place of a channel in the grid; ``all`` comes last."""
    known = F.array(*[F.lit(name) for name in (*grid.channels, ALL)])
    return (F.array_position(known, F.col("channel")) - 1).cast("int").alias("channel")


def _computer(
    cover_of: dict[str, str], grid: Grid, *, is_dense: bool
) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    def compute(incoming: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        batches = list(incoming)
        if batches:
            for found in figures(pa.Table.from_batches(batches), cover_of, grid, is_dense=is_dense):
                yield from found.combine_chunks().to_batches()

    return compute


def _spark_schema() -> str:
    types = {pa.string(): "string", pa.date32(): "date", pa.int32(): "int", pa.int64(): "bigint",
             pa.float64(): "double", pa.bool_(): "boolean"}  # fmt: skip
    return ", ".join(f"{field.name} {types[field.type]}" for field in figure_schema())


def _with_rates(rows: DataFrame, areas: Areas) -> DataFrame:
    per_100k = F.col("concern_count") * 100000.0 / F.col("people")
    # A rate of few concerns in a small area says nothing; provinces are large.
    enough = F.lit(True) if areas.is_dense else F.col("concern_count") >= SMALLEST_COMPARED
    known = F.broadcast(areas.facts.drop("cover_code"))
    return rows.join(known, "area_code").withColumn("concerns_per_100k", F.when(enough, per_100k))


def _with_standing(rows: DataFrame) -> DataFrame:
    """Shares, changes, and whether the figures may still change."""
    rests_on_unscored = (F.col("topic_level") != "all") & ~F.col("is_scored")
    return (
        rows.withColumn("share", F.when(F.col("cell_total") > 0, F.col("concern_count") / F.col("cell_total")))
        .withColumn("change_pct", change_pct("previous_count", F.col("is_complete")))
        .withColumn("last_year_change_pct", change_pct("last_year_count", F.col("is_complete")))
        .withColumn("is_provisional", ~F.col("is_complete") | rests_on_unscored)
    )


def _with_surges(spark: SparkSession, rows: DataFrame) -> DataFrame:
    """Whether a week that ended in the month was a surge of the topic; null where nothing was said in any."""
    weeks = spark.table("gold.surges").select(
        F.col("province_code").alias("area_code"), "topic_id", "is_surge",
        F.to_date(F.trunc(F.date_add("week_start", 6), "month")).alias("period_start"),
        F.lit("month").alias("period_type"), F.lit("all").alias("channel"), F.lit("topic").alias("topic_level"),
    )  # fmt: skip
    # A group may bear the name of one of its topics.
    cell = ["period_type", "period_start", "area_code", *SERIES]
    return rows.join(F.broadcast(weeks.groupBy(*cell).agg(F.max("is_surge").alias("is_surge"))), cell, "left")


def _with_ranks(rows: DataFrame, ground: Ground) -> DataFrame:
    """Ranks among areas that all sources of the channel, as far as it has begun, have spoken for through a year."""
    period = ["period_type", "period_start"]
    reached = ground.reached.withColumnRenamed("province_code", "area_code")
    together = reached.unionByName(reached.withColumn("channel", F.lit("all")))
    begins = together.groupBy("channel", "source_id").agg(F.min("first_month").alias("_begins"))
    needed = (
        begins.join(ground.calendar, F.col("_begins") <= F.col("period_end"))
        .groupBy(*period, "channel")
        .agg(F.count("*").alias("_needed"))
    )
    # A year of the same sources lies behind the end of the period.
    a_year_ago = F.add_months(F.date_add("period_end", 1), -12)
    ranked = F.broadcast(
        together.join(ground.calendar, F.col("first_month") <= a_year_ago)
        .groupBy(*period, "channel", "area_code")
        .agg(F.count_distinct("source_id").alias("_sources"))
        .join(needed, [*period, "channel"])
        .where("_sources = _needed")
        .select(*period, "channel", "area_code", F.lit(True).alias("_is_ranked"))
    )
    cell = [*period, "topic_level", "topic_id", "channel"]
    takes_part = F.coalesce("_is_ranked", F.lit(False)) & (F.col("concern_count") > 0)
    among = Window.partitionBy(*cell, "_takes_part")
    per_head = F.col("concern_count") / F.col("people")

    def rank(by: Column) -> Column:
        return F.when(F.col("_takes_part"), F.rank().over(among.orderBy(F.desc(by))))

    return (
        rows.join(ranked, [*period, "channel", "area_code"], "left")
        .withColumn("_takes_part", takes_part)
        .withColumn("rank", rank(F.col("concern_count")))
        .withColumn("rank_per_100k", rank(per_head))
    )
