"""Trends of areas by period, topic and channel: pure functions from frames to frames."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pyspark.sql import Column, DataFrame, SparkSession, Window
from pyspark.sql import functions as F

from jobs.evaluation.scored import TopicScore
from jobs.gold import periods
from jobs.gold.areas import Areas
from jobs.gold.compared import SMALLEST_COMPARED, change_pct, topic_names
from jobs.gold.coverage import month_number, months_in_period
from jobs.gold.cube import COUNTS
from jobs.gold.measures import with_durations
from jobs.gold.misclassified import with_misclassified
from schemas.tables import tables

SERIES = ["area_code", "topic_level", "topic_id", "channel"]
PERIOD = ["period_type", "period_start"]


@dataclass(frozen=True)
class Ground:
    """What figures of all areas rest on.

    Attributes:
        calendar: see ``coverage.calendar``.
        cells: see ``coverage.cells``.
        covered: gold.coverage.
        reached: see ``coverage.reach``.
        as_of: the last day that the data tell of.
        model_version: the topic model that the labels come from.
        since: the first day of which figures are wanted: periods that end before it are not computed.
        scores: how often its labels are right, see ``misclassified.scores_of``.
    """

    calendar: DataFrame
    cells: DataFrame
    covered: DataFrame
    reached: DataFrame
    as_of: date
    model_version: str
    since: date | None = None
    scores: Sequence[TopicScore] = ()

    @property
    def looks_back_to(self) -> date | None:
        """The first day of the periods that figures are compared with."""
        return periods.add_months(periods.start_of("fiscal_year", self.since), -12) if self.since else None


def trends(spark: SparkSession, areas: Areas, counted: DataFrame, ground: Ground) -> DataFrame:
    """Rows of the areas' table of trends; ``counted`` is what ``counts`` gives for them, read several times.

    Dense kinds have a row for each period in which a source that speaks for the area has data, each topic and
    channel, and 0 where nothing was said; the others only where something was said or ended.
    """
    shown = _on_grid(spark, areas, counted, ground)
    compared = _with_backlog(shown, areas.daily, ground)
    figures = _with_shares(spark, _with_rates(compared, areas), counted, ground)
    if areas.is_dense:
        figures = _with_surges(spark, _with_ranks(figures, counted, areas, ground))
    named = figures.join(topic_names(spark), ["topic_level", "topic_id"]).withColumn(
        "model_version", F.lit(ground.model_version)
    )
    return named.select(*tables()[areas.table].column_names)


def counts(daily: DataFrame, ground: Ground) -> DataFrame:
    """What was counted in each period, area, topic and channel (and all channels), where anything was.

    These cells are few beside the grid: totals and ranks are taken from them.
    """
    calendar = ground.calendar
    if ground.looks_back_to:
        daily = daily.where(F.col("date") >= F.lit(ground.looks_back_to))
        calendar = calendar.where(F.col("period_start") >= F.lit(ground.looks_back_to))
    # Of periods that are only compared with no durations are wanted.
    wanted = F.col("period_end") >= F.lit(ground.since) if ground.since else F.lit(True)
    waiting = F.when(
        wanted & (F.col("unresolved_count") > 0), F.struct("date", F.col("unresolved_count").alias("count"))
    )
    in_period = F.col("date").between(F.col("period_start"), F.col("period_end"))
    by_channel = (
        daily.join(F.broadcast(calendar.select(*PERIOD, "period_end")), in_period)
        .groupBy(*PERIOD, *SERIES)
        .agg(
            *[F.sum(name).alias(name) for name in COUNTS],
            F.flatten(F.collect_list(F.when(wanted, F.col("resolve_days")))).alias("_solved"),
            F.collect_list(waiting).alias("_waiting"),
        )
    )
    together = (
        by_channel.groupBy(*PERIOD, *[name for name in SERIES if name != "channel"])
        .agg(
            *[F.sum(name).alias(name) for name in COUNTS],
            F.flatten(F.collect_list("_solved")).alias("_solved"),
            F.flatten(F.collect_list("_waiting")).alias("_waiting"),
        )
        .withColumn("channel", F.lit("all"))
    )
    return with_durations(by_channel.unionByName(together), ground.as_of)


def _on_grid(spark: SparkSession, areas: Areas, counted: DataFrame, ground: Ground) -> DataFrame:
    """Every cell that has a row, with 0 where nothing was counted, and what is known of its period and area.

    Counts outside (concerns that ended in a month without data) stay, marked by ``is_covered`` being null: the
    backlog needs them.
    """
    covered = ground.cells
    if ground.looks_back_to:
        covered = covered.where(F.col("period_start") >= F.lit(ground.looks_back_to))
    known = covered.withColumn("is_covered", F.lit(True)).drop("months")
    codes = F.broadcast(areas.facts.select("area_code", "cover_code"))
    if areas.is_dense:
        levels = topic_names(spark).select("topic_level", "topic_id")
        grid = known.join(codes, "cover_code").crossJoin(levels)
        rows = grid.join(counted, [*PERIOD, *SERIES], "full")
    else:
        rows = counted.join(codes, "area_code").join(F.broadcast(known), [*PERIOD, "cover_code", "channel"], "left")
    # Outside the grid the number of the month is not known from it.
    return rows.withColumn("month", month_number("period_start")).drop("cover_code").fillna(0, list(COUNTS))


def _with_backlog(rows: DataFrame, daily: DataFrame, ground: Ground) -> DataFrame:
    """The backlog at the end of a period, and the counts of the period before and of the year before."""
    # One order for all of them, so that every series is sorted once.
    series = Window.partitionBy("period_type", *SERIES).orderBy("month")
    said = F.when(F.col("is_covered"), F.col("concern_count"))
    moved = F.col("concern_count") - F.col("closed_in_period_count")
    so_far = series.rowsBetween(Window.unboundedPreceding, Window.currentRow)
    follows = F.lag("month").over(series) == F.col("month") - months_in_period()
    backlog = F.sum(moved).over(so_far)
    if ground.looks_back_to:
        rows = rows.join(_moved_before(daily, ground.looks_back_to), SERIES, "left")
        backlog = backlog + F.coalesce("_moved_before", F.lit(0))

    def or_none(found: Column, has_data: str) -> Column:
        """Where nothing was said in a period with data there may be no row: 0."""
        return F.coalesce(found, F.when(F.col(has_data), F.lit(0)))

    compared = (
        # An ending seen before the submission that its source states would make it negative.
        rows.withColumn("backlog_count", F.greatest(backlog, F.lit(0)))
        .withColumn("previous_count", or_none(F.when(follows, F.lag(said).over(series)), "has_previous"))
        .withColumn("last_year_count", or_none(F.max(said).over(series.rangeBetween(-12, -12)), "has_last_year"))
        .where("is_covered")
        .withColumn("change_pct", change_pct("previous_count"))
        .withColumn("last_year_change_pct", change_pct("last_year_count"))
    )
    return compared.where(F.col("period_end") >= F.lit(ground.since)) if ground.since else compared


def _moved_before(daily: DataFrame, day: date) -> DataFrame:
    """Of each series, how many more were submitted than ended before a day."""
    earlier = daily.where(F.col("date") < F.lit(day)).select(
        *SERIES, (F.col("concern_count") - F.col("closed_in_period_count")).alias("_moved")
    )
    both = earlier.unionByName(earlier.withColumn("channel", F.lit("all")))
    return both.groupBy(*SERIES).agg(F.sum("_moved").alias("_moved_before"))


def _with_rates(rows: DataFrame, areas: Areas) -> DataFrame:
    per_100k = F.col("concern_count") * 100000.0 / F.col("people")
    # A rate of few concerns in a small area says nothing; provinces are large.
    enough = F.lit(True) if areas.is_dense else F.col("concern_count") >= SMALLEST_COMPARED
    known = F.broadcast(areas.facts.drop("cover_code"))
    return rows.join(known, "area_code").withColumn("concerns_per_100k", F.when(enough, per_100k))


def _with_shares(spark: SparkSession, rows: DataFrame, counted: DataFrame, ground: Ground) -> DataFrame:
    same = [*PERIOD, "area_code", "channel"]
    totals = counted.where("topic_level = 'all'").select(*same, F.col("concern_count").alias("_total"))
    judged = with_misclassified(spark, rows.join(F.broadcast(totals), same, "left"), ground.scores)
    rests_on_unscored = (F.col("topic_level") != "all") & ~F.col("is_scored")
    return (
        judged.withColumn("share", F.when(F.col("_total") > 0, F.col("concern_count") / F.col("_total")))
        .withColumn("is_complete", F.col("period_end") < F.lit(ground.as_of))
        .withColumn("is_provisional", ~F.col("is_complete") | rests_on_unscored)
    )


def _with_surges(spark: SparkSession, rows: DataFrame) -> DataFrame:
    """Whether a week that ended in the month was a surge of the topic; null where nothing was said in any."""
    weeks = spark.table("gold.surges").select(
        F.col("province_code").alias("area_code"), "topic_id", "is_surge",
        F.to_date(F.trunc(F.date_add("week_start", 6), "month")).alias("period_start"),
        F.lit("month").alias("period_type"), F.lit("all").alias("channel"),
    )  # fmt: skip
    cell = ["period_type", "period_start", "area_code", "topic_id", "channel"]
    return rows.join(F.broadcast(weeks.groupBy(*cell).agg(F.max("is_surge").alias("is_surge"))), cell, "left")


def _with_ranks(rows: DataFrame, counted: DataFrame, areas: Areas, ground: Ground) -> DataFrame:
    """Ranks among areas that all sources of the channel, as far as it has begun, have spoken for through a year."""
    reached = ground.reached.withColumnRenamed("province_code", "area_code")
    together = reached.unionByName(reached.withColumn("channel", F.lit("all")))
    begins = together.groupBy("channel", "source_id").agg(F.min("first_month").alias("_begins"))
    needed = (
        begins.join(ground.calendar, F.col("_begins") <= F.col("period_end"))
        .groupBy(*PERIOD, "channel")
        .agg(F.count("*").alias("_needed"))
    )
    # A year of the same sources lies behind the end of the period.
    a_year_ago = F.add_months(F.date_add("period_end", 1), -12)
    ranked = F.broadcast(
        together.join(ground.calendar, F.col("first_month") <= a_year_ago)
        .groupBy(*PERIOD, "channel", "area_code")
        .agg(F.count_distinct("source_id").alias("_sources"))
        .join(needed, [*PERIOD, "channel"])
        .where("_sources = _needed")
        .select(*PERIOD, "channel", "area_code")
    )
    cell = [*PERIOD, "topic_level", "topic_id", "channel"]
    among = Window.partitionBy(*cell)
    people = F.broadcast(areas.facts.select("area_code", "people"))
    per_head = F.col("concern_count") / F.col("people")
    ranks = (
        counted.where("concern_count > 0")
        .join(ranked, [*PERIOD, "channel", "area_code"])
        .join(people, "area_code")
        .withColumn("rank", F.rank().over(among.orderBy(F.desc("concern_count"))))
        .withColumn("rank_per_100k", F.rank().over(among.orderBy(F.desc(per_head))))
        .select(*cell, "area_code", "rank", "rank_per_100k")
    )
    return rows.join(F.broadcast(ranks), [*cell, "area_code"], "left")
