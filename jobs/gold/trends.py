"""Trends of areas by period, topic and channel: pure functions from frames to frames.

The cube is summed to months by Spark; what follows from months (periods, backlogs, comparisons, durations) is
computed area by area on dense arrays, see ``grid``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
from pyspark.sql import Column, DataFrame, SparkSession, Window
from pyspark.sql import functions as F

from jobs.evaluation.scored import TopicScore
from jobs.gold import periods
from jobs.gold.areas import Areas
from jobs.gold.compared import SMALLEST_COMPARED, change_pct, topic_names
from jobs.gold.grid import SUMMED, Grid, figure_schema, figures, first_day
from jobs.gold.misclassified import with_misclassified
from schemas.tables import tables

SERIES = ("topic_level", "topic_id", "channel")
TASKS = 16
_COUNTED = (*SUMMED, "solved", "waiting")


@dataclass(frozen=True)
class Ground:
    """What figures of all areas rest on.

    Attributes:
        calendar: see ``coverage.calendar``.
        grid: see ``coverage.grid``.
        covered: gold.coverage.
        reached: see ``coverage.reach``.
        spoken: see ``coverage.spoken``.
        model_version: the topic model that the labels come from.
        scores: how often its labels are right, see ``misclassified.scores_of``.
    """

    calendar: DataFrame
    grid: Grid
    covered: DataFrame
    reached: DataFrame
    spoken: DataFrame
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


def by_month(daily: DataFrame, place: tuple[str, ...], grid: Grid) -> DataFrame:
    """Rows of the cube summed to months: see ``grid.figures``, with the columns of ``place`` for ``area_code``.

    All that lies before the grid is one month. A histogram's days have rows of their own, besides that of the counts.
    """
    # Of periods that are only compared with no durations are wanted.
    timed_from = periods.start_of("fiscal_year", grid.since) if grid.since else first_day(grid.first_month)
    waited = F.greatest(F.datediff(F.lit(grid.as_of), F.col("date")), F.lit(0))
    entry = "struct<days:int,solved:bigint,waiting:bigint>"
    nothing = F.lit(0).cast("bigint")
    solved = F.transform(
        F.col("resolve_days"), lambda one: F.struct(one["days"].alias("days"), one["count"].alias("solved"), nothing)
    ).cast(f"array<{entry}>")
    waiting = F.array(F.struct(waited, nothing, F.col("unresolved_count"))).cast(f"array<{entry}>")
    counts = F.array(F.struct(F.lit(None).cast("int"), nothing, nothing)).cast(f"array<{entry}>")
    none = F.array().cast(f"array<{entry}>")
    timed = F.when(
        F.col("date") >= F.lit(timed_from),
        F.concat(solved, F.when(F.col("unresolved_count") > 0, waiting).otherwise(none)),
    )
    month = F.greatest(F.year("date") * 12 + F.month("date") - 1, F.lit(grid.first_month - 1))
    is_count = F.col("days").isNull()
    return (
        daily.withColumn("month", month)
        .select(*place, "month", *SERIES, *SUMMED, F.inline(F.concat(counts, F.coalesce(timed, none))))
        .groupBy(*place, "month", *SERIES, "days")
        .agg(
            *[F.sum(F.when(is_count, F.col(name)).otherwise(0)).alias(name) for name in SUMMED],
            F.sum("solved").alias("solved"),
            F.sum("waiting").alias("waiting"),
        )
    )


def trends(spark: SparkSession, areas: Areas, months: DataFrame, ground: Ground) -> DataFrame:
    """Rows of the areas' table of trends.

    Dense kinds have a row for each period in which a source that speaks for the area has data, each topic and
    channel, and 0 where nothing was said; the others only where something was said or ended.

    Args:
        months: see ``by_month``; each row with the ``area_code`` that it belongs to.
    """
    rows = _figures(spark, areas, months, ground.grid)
    shown = _with_standing(with_misclassified(spark, _with_rates(rows, areas), ground.scores))
    if areas.is_dense:
        shown = _with_surges(spark, _with_ranks(shown, ground))
    named = shown.join(topic_names(spark), ["topic_level", "topic_id"]).withColumn(
        "model_version", F.lit(ground.model_version)
    )
    return named.select(*tables()[areas.table].column_names)


def _figures(spark: SparkSession, areas: Areas, months: DataFrame, grid: Grid) -> DataFrame:
    cover_of = {row.area_code: row.cover_code for row in areas.facts.select("area_code", "cover_code").collect()}
    keys = ("area_code", "month", *SERIES, "days")
    rows = months.groupBy(*keys).agg(*[F.sum(name).alias(name) for name in _COUNTED])
    if areas.is_dense:
        # Of an area of which nothing was ever said there is a row, too.
        level, topic = grid.topics[0]
        nothing = [(code, grid.first_month, level, topic, grid.channels[0], None, *[0] * len(_COUNTED))
                   for code in cover_of]  # fmt: skip
        rows = rows.unionByName(spark.createDataFrame(nothing, rows.schema))
    tasks = max(1, min(TASKS, len(cover_of)))
    return rows.repartition(tasks, "area_code").mapInArrow(
        _computer(cover_of, grid, is_dense=areas.is_dense), _spark_schema()
    )


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
