"""gold.province_trends and gold.coverage: pure functions from frames to frames."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date

import pyarrow as pa
from pyspark.sql import Column, DataFrame, SparkSession, Window
from pyspark.sql import functions as F
from pyspark.sql import types as t

from jobs import periods
from jobs.statistics import durations
from schemas.area_data import population, provinces
from schemas.contracts import contracts
from schemas.tables import tables
from schemas.topics import load_groups, load_topics

SMALLEST_COMPARED = 20
IN_TIME_DAYS = 15
SERIES = ["province_code", "topic_level", "topic_id", "channel"]
COUNTS = (
    "concern_count", "other_kind_count", "resolved_count", "closed_in_period_count", "stated_count",
    "unresolved_count",
)  # fmt: skip


def coverage(facts: DataFrame, as_of: date) -> DataFrame:
    """Rows of gold.coverage from the facts of concerns (one row a concern and topic level)."""
    month = F.to_date(F.trunc("submitted_date", "month")).alias("period_start")
    return (
        facts.where("topic_level = 'all'")
        .groupBy("source_id", "channel", month)
        .agg(
            F.count("*").alias("concern_count"),
            F.count("province_code").alias("placed_count"),
            F.count_if("has_unmapped_label").alias("unmapped_label_count"),
            F.count_if(F.col("primary_topic_id") == "other").alias("unclassified_count"),
            F.count_distinct("province_code").cast("int").alias("province_count"),
            F.min("submitted_date").alias("first_date"),
            F.max("submitted_date").alias("last_date"),
        )
        .withColumn("is_complete", F.last_day("period_start") < F.lit(as_of))
    )


def reach(spark: SparkSession, facts: DataFrame) -> DataFrame:
    """Which source speaks for which province, and since which month.

    Columns source_id, channel, province_code, first_month. What a contract declares holds from the source's
    first month; where it says ``seen``, a province is spoken for from the first concern that came from it.
    """
    concerns = facts.where("topic_level = 'all'").select(
        "source_id", "channel", "province_code", F.to_date(F.trunc("submitted_date", "month")).alias("month")
    )
    codes = [one.province_code for one in provinces()]
    declared = [
        (contract.source_id, code)
        for contract in contracts().values()
        if contract.provinces != "seen"
        for code in (codes if contract.provinces == "all" else contract.provinces)
    ]
    began = concerns.groupBy("source_id", "channel").agg(F.min("month").alias("first_month"))
    stated = began.join(spark.createDataFrame(declared, "source_id string, province_code string"), "source_id")
    by_sight = [contract.source_id for contract in contracts().values() if contract.provinces == "seen"]
    seen = (
        concerns.where(F.col("source_id").isin(by_sight) & F.col("province_code").isNotNull())
        .groupBy("source_id", "channel", "province_code")
        .agg(F.min("month").alias("first_month"))
    )
    return stated.select(*seen.columns).unionByName(seen)


def counts(daily: DataFrame, calendar: DataFrame, as_of: date) -> DataFrame:
    """What was counted in each period, province, topic and channel (and all channels), where anything was."""
    placed = daily.where("province_code is not null")
    return _with_durations(_with_all_channels(_by_period(placed, calendar)), as_of)


def province_trends(
    spark: SparkSession,
    counted: DataFrame,
    calendar: DataFrame,
    covered: DataFrame,
    reached: DataFrame,
    as_of: date,
    model_version: str,
) -> DataFrame:
    """Rows of gold.province_trends.

    Dense: every province that a source speaks for has a row for each period in which such a source has data,
    each topic and channel, and 0 where nothing was said.

    Args:
        counted: see ``counts``; read several times.
        calendar: see ``calendar``.
        covered: gold.coverage.
        reached: see ``reach``.
        as_of: the last day that the data tell of.
        model_version: the topic model that the labels come from.
    """
    # The cells in which something was said are few beside the grid: totals and ranks are taken from them.
    dense = _on_grid(_grid(spark, covered, reached, calendar), counted)
    figures = _with_shares(_with_rates(spark, _with_other_periods(dense)), counted, as_of)
    named = _with_names(spark, _with_ranks(spark, figures, counted, reached))
    return named.withColumn("model_version", F.lit(model_version)).select(
        *tables()["gold.province_trends"].column_names
    )


def calendar(spark: SparkSession, daily: DataFrame, as_of: date) -> DataFrame:
    """One row a period: its days, fiscal year and name."""
    first, last = daily.where("concern_count + other_kind_count > 0").agg(F.min("date"), F.max("date")).collect()[0]
    found = periods.periods_between(first or as_of, min(last or as_of, as_of))
    schema = "period_type string, period_start date, period_end date, fiscal_year_be int, period_th string"
    rows = [tuple(one.__dict__.values()) for one in found]
    return F.broadcast(spark.createDataFrame(rows, schema))


def _months_in_period() -> Column:
    """How many months the period of a row has."""
    return F.coalesce(*[F.when(F.col("period_type") == name, F.lit(n)) for name, n in periods.MONTHS.items()])


def _by_period(daily: DataFrame, calendar: DataFrame) -> DataFrame:
    in_period = F.col("date").between(F.col("period_start"), F.col("period_end"))
    waiting = F.when(F.col("unresolved_count") > 0, F.struct("date", F.col("unresolved_count").alias("count")))
    return (
        daily.join(calendar.select("period_type", "period_start", "period_end"), in_period)
        .groupBy("period_type", "period_start", *SERIES)
        .agg(
            *[F.sum(name).alias(name) for name in COUNTS],
            F.flatten(F.collect_list("resolve_days")).alias("_solved"),
            F.collect_list(waiting).alias("_waiting"),
        )
    )


def _with_all_channels(rows: DataFrame) -> DataFrame:
    together = (
        rows.groupBy("period_type", "period_start", *[name for name in SERIES if name != "channel"])
        .agg(
            *[F.sum(name).alias(name) for name in COUNTS],
            F.flatten(F.collect_list("_solved")).alias("_solved"),
            F.flatten(F.collect_list("_waiting")).alias("_waiting"),
        )
        .withColumn("channel", F.lit("all"))
    )
    return rows.unionByName(together)


def _grid(spark: SparkSession, covered: DataFrame, reached: DataFrame, calendar: DataFrame) -> DataFrame:
    """Every cell for which there are data, whether anything was said in it or not."""
    months = (
        covered.select("source_id", F.col("period_start").alias("month"))
        .join(reached, "source_id")
        .where("month >= first_month")
    )
    in_period = F.col("month").between(F.col("period_start"), F.col("period_end"))
    cells = months.join(calendar, in_period).select(
        "period_type", "period_start", "period_end", "period_th", "fiscal_year_be", "province_code", "channel"
    )
    cells = cells.unionByName(cells.withColumn("channel", F.lit("all"))).distinct()
    levels = [("all", "all"), *[("group", one.group_id) for one in load_groups()]]
    levels += [("topic", one.topic_id) for one in load_topics()]
    return cells.crossJoin(F.broadcast(spark.createDataFrame(levels, "topic_level string, topic_id string")))


def _with_shares(rows: DataFrame, counted: DataFrame, as_of: date) -> DataFrame:
    same = ["period_type", "period_start", "province_code", "channel"]
    totals = counted.where("topic_level = 'all'").select(*same, F.col("concern_count").alias("_total"))
    return (
        rows.join(F.broadcast(totals), same, "left")
        .withColumn("share", F.when(F.col("_total") > 0, F.col("concern_count") / F.col("_total")))
        .withColumn("is_complete", F.col("period_end") < F.lit(as_of))
        # No local texts outside Bangkok were scored yet, so topics there rest on an unscored classifier.
        .withColumn(
            "is_provisional",
            ~F.col("is_complete") | ((F.col("topic_level") != "all") & (F.col("province_code") != "10")),
        )
    )


def _on_grid(grid: DataFrame, counted: DataFrame) -> DataFrame:
    """Every cell of the grid, with 0 where nothing was counted.

    Counts outside the grid (concerns that ended in a month without data) stay, marked by ``_is_shown`` being
    null: the backlog needs them.
    """
    cell = ["period_type", "period_start", *SERIES]
    return grid.withColumn("_is_shown", F.lit(True)).join(counted, cell, "full").fillna(0, list(COUNTS))


def _with_other_periods(rows: DataFrame) -> DataFrame:
    """The backlog at the end of a period, and the counts of the period before and of the year before."""
    # One order for all of them, so that every series is sorted once.
    series = Window.partitionBy("period_type", *SERIES).orderBy("_month")
    month = F.year("period_start") * 12 + F.month("period_start")
    length = _months_in_period()
    shown = F.when(F.col("_is_shown"), F.col("concern_count"))
    moved = F.col("concern_count") - F.col("closed_in_period_count")
    so_far = series.rowsBetween(Window.unboundedPreceding, Window.currentRow)
    follows = F.lag("_month").over(series) == F.col("_month") - length

    def change(name: str) -> Column:
        enough = (F.col("concern_count") >= SMALLEST_COMPARED) & (F.col(name) >= SMALLEST_COMPARED)
        return F.when(enough, 100.0 * (F.col("concern_count") - F.col(name)) / F.col(name))

    return (
        rows.withColumn("_month", month)
        # An ending seen before the submission that its source states would make it negative.
        .withColumn("backlog_count", F.greatest(F.sum(moved).over(so_far), F.lit(0)))
        .withColumn("previous_count", F.when(follows, F.lag(shown).over(series)))
        .withColumn("last_year_count", F.max(shown).over(series.rangeBetween(-12, -12)))
        .where("_is_shown")
        .withColumn("change_pct", change("previous_count"))
        .withColumn("last_year_change_pct", change("last_year_count"))
    )


def _with_rates(spark: SparkSession, rows: DataFrame) -> DataFrame:
    people = [(one.province_code, one.population, one.population_date) for one in population()]
    known = spark.createDataFrame(people, "province_code string, _people bigint, population_date date")
    return rows.join(F.broadcast(known), "province_code", "left").withColumn(
        "concerns_per_100k", F.col("concern_count") * 100000.0 / F.col("_people")
    )


def _with_names(spark: SparkSession, rows: DataFrame) -> DataFrame:
    areas = [(one.province_code, one.province_th, one.province_en, one.region) for one in provinces()]
    words = [("all", "all", "ทุกหัวข้อ", "All topics")]
    words += [("group", one.group_id, one.th, one.en) for one in load_groups()]
    words += [("topic", one.topic_id, one.th, one.en) for one in load_topics()]
    area_names = spark.createDataFrame(
        areas, "province_code string, province_th string, province_en string, region string"
    )
    topic_names = spark.createDataFrame(words, "topic_level string, topic_id string, topic_th string, topic_en string")
    return rows.join(F.broadcast(area_names), "province_code").join(
        F.broadcast(topic_names), ["topic_level", "topic_id"]
    )


def _with_ranks(spark: SparkSession, rows: DataFrame, counted: DataFrame, reached: DataFrame) -> DataFrame:
    """Ranks among provinces that all sources of the channel have spoken for through twelve months."""
    together = reached.unionByName(reached.withColumn("channel", F.lit("all")))
    needed = together.groupBy("channel").agg(F.count_distinct("source_id").alias("_needed"))
    begun = F.broadcast(
        together.groupBy("channel", "province_code")
        .agg(F.count_distinct("source_id").alias("_sources"), F.max("first_month").alias("_begun"))
        .join(needed, "channel")
        .where("_sources = _needed")
        .select("channel", "province_code", "_begun")
    )
    length = _months_in_period()
    # A year of the same sources lies behind the end of the period.
    is_ranked = (F.add_months("_begun", 12) <= F.add_months("period_start", length)) & (F.col("concern_count") > 0)
    cell = ["period_type", "period_start", "topic_level", "topic_id", "channel"]
    among = Window.partitionBy(*cell)
    ranks = (
        _with_rates(spark, counted.join(begun, ["channel", "province_code"]).where(is_ranked))
        .withColumn("rank", F.rank().over(among.orderBy(F.desc("concern_count"))))
        .withColumn("rank_per_100k", F.rank().over(among.orderBy(F.desc("concerns_per_100k"))))
        .select(*cell, "province_code", "rank", "rank_per_100k")
    )
    return rows.join(F.broadcast(ranks), [*cell, "province_code"], "left")


_MEASURED = ("median_days_to_resolve", "p90_days_to_resolve", "within_15_days_share")


def _with_durations(rows: DataFrame, as_of: date) -> DataFrame:
    """Medians and shares in the place of the histograms."""
    kept = [name for name in rows.columns if name not in ("_solved", "_waiting")]
    schema = t.StructType(
        [rows.schema[name] for name in kept] + [t.StructField(name, t.DoubleType()) for name in _MEASURED]
    )
    return rows.mapInArrow(_measure(as_of), schema)


def _measure(as_of: date) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    def measure(incoming: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in incoming:
            found: list[tuple[float | None, float | None, float | None]] = []
            for row in batch.select(["_solved", "_waiting"]).to_pylist():
                if not row["_solved"]:
                    found.append((None, None, None))
                    continue
                solved = histogram(row["_solved"])
                waiting = histogram(
                    {"days": max((as_of - one["date"]).days, 0), "count": one["count"]} for one in row["_waiting"]
                )
                found.append(
                    (
                        durations.kaplan_meier_quantile(solved, waiting, 0.5),
                        durations.kaplan_meier_quantile(solved, waiting, 0.9),
                        durations.solved_within_share(solved, waiting, IN_TIME_DAYS),
                    )
                )
            columns = batch.drop_columns(["_solved", "_waiting"])
            figures = [pa.array([one[i] for one in found], pa.float64()) for i in range(3)]
            yield pa.RecordBatch.from_arrays([*columns.columns, *figures], names=[*columns.schema.names, *_MEASURED])

    return measure


def histogram(pairs: Iterable[dict[str, int]]) -> dict[int, int]:
    """Sums pairs of days and count."""
    found: dict[int, int] = {}
    for pair in pairs:
        found[pair["days"]] = found.get(pair["days"], 0) + pair["count"]
    return found
