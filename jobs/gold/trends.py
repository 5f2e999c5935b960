"""Trends of areas by period, topic and channel: pure functions from frames to frames.

Spark distributes the rows of the cube to areas; months, periods, backlogs, comparisons and durations are computed on
dense arrays, some areas at a time, see ``grid``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pyarrow as pa
from pyspark.sql import Column, DataFrame, SparkSession, Window
from pyspark.sql import functions as F

from jobs.gold.areas import AreaKind, area_column
from jobs.gold.backlog import opening_backlog
from jobs.gold.comparison import MIN_COMPARED_COUNT, SERIES, change_pct, topic_names
from jobs.gold.cube import since_month
from jobs.gold.grid import ALL, FIGURE_COUNTS, Grid, figure_schema, figures, first_day
from jobs.gold.misclassification import with_count_bounds
from jobs.topic_models.evaluation.label_scores import TopicScore
from schemas.tables import columns, tables

TASKS = 16
_CONCERNS = "concern_count"
_HISTOGRAM = columns()["resolve_days"].type


@dataclass(frozen=True)
class TrendInputs:
    """What the figures of all kinds of areas are computed from, besides the cube.

    Attributes:
        calendar: see ``coverage.calendar``.
        grid: see ``coverage.build_grid``.
        coverage: gold.coverage.
        source_coverage: see ``coverage.source_coverage``.
        covered_months: see ``coverage.covered_months``.
        backlog_outside_coverage: see ``backlog.backlog_outside_coverage``, before ``grid.read_from``; None where all
            days are read.
        model_version: the topic model that the labels come from.
        scores: how often its labels are right, see ``misclassification.load_scores``.
    """

    calendar: DataFrame
    grid: Grid
    coverage: DataFrame
    source_coverage: DataFrame
    covered_months: DataFrame
    backlog_outside_coverage: DataFrame | None
    model_version: str
    scores: Sequence[TopicScore] = ()

    @property
    def as_of(self) -> date:
        """The last day that the data cover."""
        return self.grid.as_of

    @property
    def since(self) -> date | None:
        """The first day of which figures are wanted: periods that end before it are not computed."""
        return self.grid.since


def trends(
    spark: SparkSession, kind: AreaKind, daily: DataFrame, inputs: TrendInputs, existing: DataFrame
) -> DataFrame:
    """Rows of the table of trends of a kind of areas.

    Dense kinds have a row for each topic and channel in each period in which a source that covers the area has data,
    with 0 where there are no concerns. Other kinds have rows only where concerns were submitted or ended.

    Args:
        spark: the session.
        kind: the kind of areas.
        daily: rows of the cube; with ``inputs.since``, only those of its fiscal year and later are read.
        inputs: see ``TrendInputs``.
        existing: the table as stored; with ``inputs.since``, earlier years are taken from it.
    """
    rows = _figures(spark, kind, daily, inputs, existing)
    rows = _with_shares_and_changes(with_count_bounds(spark, _with_rates(rows, kind), inputs.scores))
    if kind.is_dense:
        rows = _with_surges(spark, _with_ranks(rows, inputs))
    rows = rows.join(topic_names(spark), ["topic_level", "topic_id"])
    rows = rows.withColumn("model_version", F.lit(inputs.model_version))
    return rows.select(*tables()[kind.table].column_names)


def _figures(
    spark: SparkSession, kind: AreaKind, daily: DataFrame, inputs: TrendInputs, existing: DataFrame
) -> DataFrame:
    grid = inputs.grid
    codes = kind.facts.select("area_code", "coverage_code").collect()
    coverage_code_of = {row.area_code: row.coverage_code for row in codes}
    rows = _area_rows(spark, kind, daily, grid)
    if grid.read_from and inputs.backlog_outside_coverage is not None:
        backlog = opening_backlog(
            existing, kind, inputs.backlog_outside_coverage, inputs.covered_months, grid.read_from
        )  # fmt: skip
        rows = rows.unionByName(_opening_rows(spark, grid, backlog))
        rows = rows.unionByName(_comparison_rows(spark, kind, existing, grid, grid.read_from))
    if kind.is_dense:
        # An area without any concern also has rows, so it needs an empty row here.
        first = first_day(grid.first_month)
        empty = [(code, first, 0, 0, *[0] * (len(FIGURE_COUNTS) + 1), [], None) for code in coverage_code_of]
        rows = rows.unionByName(spark.createDataFrame(empty, rows.schema))
    tasks = max(1, min(TASKS, len(coverage_code_of)))
    return rows.repartition(tasks, "area_code").mapInArrow(
        _batch_function(coverage_code_of, grid, is_dense=kind.is_dense), _spark_schema()
    )


def _opening_rows(spark: SparkSession, grid: Grid, backlog: DataFrame) -> DataFrame:
    """The opening backlog as submissions on the day before the grid: see ``_area_rows``."""
    day = F.lit(first_day(grid.first_month) - timedelta(days=1))
    submitted = backlog.withColumn("date", day).withColumnRenamed("open_count", _CONCERNS)
    return _count_only_rows(spark, grid, submitted)


def _comparison_rows(spark: SparkSession, kind: AreaKind, existing: DataFrame, grid: Grid, first: date) -> DataFrame:
    """The stored periods of the grid before ``first``, which later periods are compared with: see ``_area_rows``."""
    start = F.col("period_start")
    rows = existing.where((start >= F.lit(first_day(grid.first_month))) & (start < F.lit(first)))
    rows = rows.withColumn("area_code", F.col(area_column(kind.table))).withColumn("date", start)
    return _count_only_rows(spark, grid, rows, F.col("period_type"))


def _count_only_rows(spark: SparkSession, grid: Grid, rows: DataFrame, period_type: Column | None = None) -> DataFrame:
    """Rows as of ``_area_rows`` with a count of concerns and no other figure."""
    zeros = [F.lit(0).cast("bigint").alias(name) for name in (*FIGURE_COUNTS, "unresolved_count") if name != _CONCERNS]
    return rows.join(F.broadcast(_topics(spark, grid)), ["topic_level", "topic_id"]).select(
        "area_code", "date", "topic", _channel(grid), _CONCERNS, *zeros,
        F.array().cast(_HISTOGRAM).alias("resolve_days"),
        (F.lit(None).cast("string") if period_type is None else period_type).alias("period_type"),
    )  # fmt: skip


def _area_rows(spark: SparkSession, kind: AreaKind, daily: DataFrame, grid: Grid) -> DataFrame:
    """Rows of the cube, once for each area that they belong to: see ``grid.figures``."""
    daily = since_month(daily, "month", grid.read_from)
    # The join drops topics that are no longer in schemas/topics.yaml.
    rows = kind.assign(daily.join(F.broadcast(_topics(spark, grid)), ["topic_level", "topic_id"]))
    resolve_days = F.coalesce("resolve_days", F.array().cast(_HISTOGRAM)).alias("resolve_days")
    return rows.select(
        "area_code", "date", "topic", _channel(grid), *FIGURE_COUNTS, "unresolved_count", resolve_days,
        F.lit(None).cast("string").alias("period_type"),
    )  # fmt: skip


def _topics(spark: SparkSession, grid: Grid) -> DataFrame:
    """``topic_level, topic_id`` and ``topic``, their position in the grid."""
    topics = [(level, topic, number) for number, (level, topic) in enumerate(grid.topics)]
    return spark.createDataFrame(topics, "topic_level string, topic_id string, topic int")


def _channel(grid: Grid) -> Column:
    """The position of a channel in the grid; ``all`` is the last."""
    channels = F.array(*[F.lit(name) for name in (*grid.channels, ALL)])
    return (F.array_position(channels, F.col("channel")) - 1).cast("int").alias("channel")


def _batch_function(
    coverage_code_of: dict[str, str], grid: Grid, *, is_dense: bool
) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    def compute(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        some = list(batches)
        if some:
            for table in figures(pa.Table.from_batches(some), coverage_code_of, grid, is_dense=is_dense):
                yield from table.combine_chunks().to_batches()

    return compute


def _spark_schema() -> str:
    types = {pa.string(): "string", pa.date32(): "date", pa.int32(): "int", pa.int64(): "bigint",
             pa.float64(): "double", pa.bool_(): "boolean"}  # fmt: skip
    return ", ".join(f"{field.name} {types[field.type]}" for field in figure_schema())


def _with_rates(rows: DataFrame, kind: AreaKind) -> DataFrame:
    per_100k = F.col("concern_count") * 100000.0 / F.col("people")
    # A rate of few concerns in a small area is not reliable; provinces are large enough for any count.
    is_reliable = F.lit(True) if kind.is_dense else F.col("concern_count") >= MIN_COMPARED_COUNT
    facts = F.broadcast(kind.facts.drop("coverage_code"))
    return rows.join(facts, "area_code").withColumn("concerns_per_100k", F.when(is_reliable, per_100k))


def _with_shares_and_changes(rows: DataFrame) -> DataFrame:
    """Adds shares, changes, and ``is_provisional``: the period has not ended, or the topic model was not scored."""
    is_unscored_topic = (F.col("topic_level") != "all") & ~F.col("is_scored")
    return (
        rows.withColumn("share", F.when(F.col("cell_total") > 0, F.col("concern_count") / F.col("cell_total")))
        .withColumn("change_pct", change_pct("previous_count", F.col("is_complete")))
        .withColumn("last_year_change_pct", change_pct("last_year_count", F.col("is_complete")))
        .withColumn("is_provisional", ~F.col("is_complete") | is_unscored_topic)
    )


def _with_surges(spark: SparkSession, rows: DataFrame) -> DataFrame:
    """Adds ``is_surge``: whether a week that ended in the month was a surge of the topic.

    Null where no week that ended in the month has concerns, and for other periods, channels and levels.
    """
    weeks = spark.table("gold.surges").select(
        F.col("province_code").alias("area_code"), "topic_id", "is_surge",
        F.to_date(F.trunc(F.date_add("week_start", 6), "month")).alias("period_start"),
        F.lit("month").alias("period_type"), F.lit("all").alias("channel"), F.lit("topic").alias("topic_level"),
    )  # fmt: skip
    # topic_level is part of the key: a group may have the same id as one of its topics.
    cell = ["period_type", "period_start", "area_code", *SERIES]
    return rows.join(F.broadcast(weeks.groupBy(*cell).agg(F.max("is_surge").alias("is_surge"))), cell, "left")


def _with_ranks(rows: DataFrame, inputs: TrendInputs) -> DataFrame:
    """Adds ``rank`` and ``rank_per_100k``, among the areas with concerns that are comparable in the period.

    An area is comparable where every source of the channel that has begun by then has covered it for a year.
    """
    period = ["period_type", "period_start"]
    by_channel = inputs.source_coverage.withColumnRenamed("province_code", "area_code")
    sources = by_channel.unionByName(by_channel.withColumn("channel", F.lit("all")))
    begins = sources.groupBy("channel", "source_id").agg(F.min("first_month").alias("_begins"))
    needed = (
        begins.join(inputs.calendar, F.col("_begins") <= F.col("period_end"))
        .groupBy(*period, "channel")
        .agg(F.count("*").alias("_needed"))
    )
    # The year that ends with the period.
    a_year_ago = F.add_months(F.date_add("period_end", 1), -12)
    comparable = F.broadcast(
        sources.join(inputs.calendar, F.col("first_month") <= a_year_ago)
        .groupBy(*period, "channel", "area_code")
        .agg(F.count_distinct("source_id").alias("_sources"))
        .join(needed, [*period, "channel"])
        .where("_sources = _needed")
        .select(*period, "channel", "area_code", F.lit(True).alias("_is_comparable"))
    )
    cell = [*period, "topic_level", "topic_id", "channel"]
    is_ranked = F.coalesce("_is_comparable", F.lit(False)) & (F.col("concern_count") > 0)
    among = Window.partitionBy(*cell, "_is_ranked")
    per_head = F.col("concern_count") / F.col("people")

    def rank(by: Column) -> Column:
        return F.when(F.col("_is_ranked"), F.rank().over(among.orderBy(F.desc(by))))

    return (
        rows.join(comparable, [*period, "channel", "area_code"], "left")
        .withColumn("_is_ranked", is_ranked)
        .withColumn("rank", rank(F.col("concern_count")))
        .withColumn("rank_per_100k", rank(per_head))
    )
