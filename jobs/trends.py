"""gold.province_trends and gold.coverage: pure functions from frames to frames."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import pyarrow as pa
from pyspark.sql import Column, DataFrame, SparkSession, Window
from pyspark.sql import functions as F

from jobs import durations, periods
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
            F.count_if(F.array_contains("quality_flags", "unmapped_label")).alias("unmapped_label_count"),
            F.count_if(F.col("primary_topic_id") == "other").alias("unclassified_count"),
            F.countDistinct("province_code").cast("int").alias("province_count"),
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


def province_trends(
    spark: SparkSession, daily: DataFrame, covered: DataFrame, reached: DataFrame, as_of: date, model_version: str
) -> DataFrame:
    """Rows of gold.province_trends.

    Dense: every province that a source speaks for has a row for each period in which such a source has data,
    each topic and channel, and 0 where nothing was said.

    Args:
        daily: the cube gold.daily.
        covered: gold.coverage.
        reached: see ``reach``.
        as_of: the last day that the data tell of.
        model_version: the topic model that the labels come from.
    """
    calendar = _calendar(spark, daily, as_of)
    counted = _with_all_channels(_by_period(daily.where("province_code is not null"), calendar))
    grid = _grid(spark, covered, reached, calendar)
    dense = grid.join(counted, ["period_type", "period_start", *SERIES], "left").fillna(0, list(COUNTS))
    figures = _with_comparisons(_with_backlog(_with_shares(dense, as_of), daily, calendar))
    named = _with_names(spark, _with_durations(figures, as_of))
    ranked = _with_ranks(named, reached)
    return ranked.withColumn("model_version", F.lit(model_version)).select(
        *tables()["gold.province_trends"].column_names
    )


def _calendar(spark: SparkSession, daily: DataFrame, as_of: date) -> DataFrame:
    """One row a period: its days, name, and the periods that it is compared with."""
    first, last = daily.where("concern_count + other_kind_count > 0").agg(F.min("date"), F.max("date")).collect()[0]
    found = periods.periods_between(first or as_of, min(last or as_of, as_of))
    schema = (
        "period_type string, period_start date, period_end date, fiscal_year_be int, period_th string, "
        "previous_start date, last_year_start date"
    )
    rows = [tuple(one.__dict__.values()) for one in found]
    return F.broadcast(spark.createDataFrame(rows, schema))


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
        "period_type", "period_start", "period_end", "period_th", "fiscal_year_be", "previous_start",
        "last_year_start", "province_code", "channel",
    )  # fmt: skip
    cells = cells.unionByName(cells.withColumn("channel", F.lit("all"))).distinct()
    levels = [("all", "all"), *[("group", one.group_id) for one in load_groups()]]
    levels += [("topic", one.topic_id) for one in load_topics()]
    return cells.crossJoin(F.broadcast(spark.createDataFrame(levels, "topic_level string, topic_id string")))


def _with_shares(rows: DataFrame, as_of: date) -> DataFrame:
    same = Window.partitionBy("period_type", "period_start", "province_code", "channel")
    total = F.max(F.when(F.col("topic_level") == "all", F.col("concern_count"))).over(same)
    return (
        rows.withColumn("share", F.when(total > 0, F.col("concern_count") / total))
        .withColumn("is_complete", F.col("period_end") < F.lit(as_of))
        # No local texts outside Bangkok were scored yet, so topics there rest on an unscored classifier.
        .withColumn(
            "is_provisional",
            ~F.col("is_complete") | ((F.col("topic_level") != "all") & (F.col("province_code") != "10")),
        )
    )


def _with_backlog(rows: DataFrame, daily: DataFrame, calendar: DataFrame) -> DataFrame:
    """Submitted up to the end of a period less ended by then, since the first day of the data."""
    moves = daily.where("province_code is not null").select(
        "date", *SERIES, (F.col("concern_count") - F.col("closed_in_period_count")).alias("_moved")
    )
    moves = moves.unionByName(moves.withColumn("channel", F.lit("all")))
    ends = calendar.select("period_type", "period_start", "period_end")
    waiting = (
        moves.join(ends, F.col("date") <= F.col("period_end"))
        .groupBy("period_type", "period_start", *SERIES)
        .agg(F.sum("_moved").alias("backlog_count"))
    )
    # An ending seen in a file before the day that the source states for submission would make it negative.
    return rows.join(waiting, ["period_type", "period_start", *SERIES], "left").withColumn(
        "backlog_count", F.greatest(F.coalesce("backlog_count", F.lit(0)), F.lit(0))
    )


def _with_comparisons(rows: DataFrame) -> DataFrame:
    def former(start: str, name: str) -> DataFrame:
        return rows.select(
            "period_type", F.col("period_start").alias(start), *SERIES, F.col("concern_count").alias(name)
        )

    def change(name: str) -> Column:
        enough = (F.col("concern_count") >= SMALLEST_COMPARED) & (F.col(name) >= SMALLEST_COMPARED)
        return F.when(enough, 100.0 * (F.col("concern_count") - F.col(name)) / F.col(name))

    compared = rows
    for start, name in (("previous_start", "previous_count"), ("last_year_start", "last_year_count")):
        compared = compared.join(former(start, name), ["period_type", start, *SERIES], "left")
    return compared.withColumn("change_pct", change("previous_count")).withColumn(
        "last_year_change_pct", change("last_year_count")
    )


def _with_names(spark: SparkSession, rows: DataFrame) -> DataFrame:
    people = {one.province_code: one for one in population()}
    areas = [
        (one.province_code, one.province_th, one.province_en, one.region, people[one.province_code].population,
         people[one.province_code].population_date)
        for one in provinces()
    ]  # fmt: skip
    schema = "province_code string, province_th string, province_en string, region string, _people bigint, population_date date"
    words = [("all", "all", "ทุกหัวข้อ", "All topics")]
    words += [("group", one.group_id, one.th, one.en) for one in load_groups()]
    words += [("topic", one.topic_id, one.th, one.en) for one in load_topics()]
    named = rows.join(F.broadcast(spark.createDataFrame(areas, schema)), "province_code").join(
        F.broadcast(spark.createDataFrame(words, "topic_level string, topic_id string, topic_th string, topic_en string")),
        ["topic_level", "topic_id"],
    )
    return named.withColumn("concerns_per_100k", F.col("concern_count") * 100000.0 / F.col("_people"))


def _with_ranks(rows: DataFrame, reached: DataFrame) -> DataFrame:
    """Ranks among provinces that all sources of the channel have spoken for through twelve months."""
    together = reached.unionByName(reached.withColumn("channel", F.lit("all")))
    needed = together.groupBy("channel").agg(F.countDistinct("source_id").alias("_needed"))
    begun = (
        together.groupBy("channel", "province_code")
        .agg(F.countDistinct("source_id").alias("_sources"), F.max("first_month").alias("_begun"))
        .join(needed, "channel")
        .where("_sources = _needed")
        .select("channel", "province_code", "_begun")
    )
    a_year = F.add_months("_begun", 12) <= F.date_add("period_end", 1)
    is_ranked = F.coalesce(a_year, F.lit(False)) & (F.col("concern_count") > 0)
    among = Window.partitionBy("period_type", "period_start", "topic_level", "topic_id", "channel", "_is_ranked")
    return (
        rows.join(F.broadcast(begun), ["channel", "province_code"], "left")
        .withColumn("_is_ranked", is_ranked)
        .withColumn("rank", F.when(F.col("_is_ranked"), F.rank().over(among.orderBy(F.desc("concern_count")))))
        .withColumn(
            "rank_per_100k", F.when(F.col("_is_ranked"), F.rank().over(among.orderBy(F.desc("concerns_per_100k"))))
        )
    )


def _with_durations(rows: DataFrame, as_of: date) -> DataFrame:
    """Medians and shares from the histograms; most cells have none and are spared the trip to Python."""
    key = ["period_type", "period_start", *SERIES]
    measured = rows.where(F.size("_solved") > 0).select(*key, "_solved", "_waiting")
    schema = (
        "period_type string, period_start date, province_code string, topic_level string, topic_id string, "
        "channel string, median_days_to_resolve double, p90_days_to_resolve double, within_15_days_share double"
    )
    return rows.join(measured.mapInArrow(_measure(as_of), schema), key, "left")


def _measure(as_of: date) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    def measure(incoming: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in incoming:
            found: list[tuple[float | None, float | None, float | None]] = []
            for row in batch.select(["_solved", "_waiting"]).to_pylist():
                solved, waiting = histogram(row["_solved"]), histogram(
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
            yield pa.RecordBatch.from_arrays(
                [*columns.columns, *figures],
                names=[*columns.schema.names, "median_days_to_resolve", "p90_days_to_resolve", "within_15_days_share"],
            )

    return measure


def histogram(pairs: Iterator[dict[str, int]] | list[dict[str, int]]) -> dict[int, int]:
    """Sums pairs of days and count."""
    found: dict[int, int] = {}
    for pair in pairs:
        found[pair["days"]] = found.get(pair["days"], 0) + pair["count"]
    return found
