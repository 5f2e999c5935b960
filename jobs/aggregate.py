"""aggregate: silver → gold.daily, gold.province_trends, gold.coverage.

The cube gold.daily is additive and is computed again for the days that changed; trends and coverage come from
the cube and are computed again where it changed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from jobs import trends
from jobs.checks import guard
from lake.commits import overwrite
from lake.progress import Progress, advance, changes, delta_version, latest
from schemas.topics import load_topics

CONSUMER = "aggregate"
SOURCES = ("silver.concerns", "silver.concern_labels")
COUNTED_KINDS = ("complaint", "request", "suggestion", "tip_off")
CUBE_KEY = ("date", "province_code", "district_code", "topic_level", "topic_id", "channel", "origin")
# Of the concerns submitted on a day; what ended on it is counted beside them.
COHORT_COUNTS = ("concern_count", "other_kind_count", "resolved_count", "stated_count", "unresolved_count")
MANY_DAYS = 400
AS_OF = "as_of"


def run(spark: SparkSession, say: Callable[[str], None]) -> dict[str, int]:
    """Computes the days that changed since the last run, and what rests on them.

    Counts: days (computed again), trend_rows.
    """
    progress = latest(spark)
    until = {name: delta_version(spark, name) for name in SOURCES}
    done = {name: progress.get((CONSUMER, name), Progress()).position for name in SOURCES}
    last_day = as_of(spark)
    if last_day is None:
        return {"days": 0, "trend_rows": 0}
    # A file that changes no concern still moves the day up to which periods are complete.
    until_day = {AS_OF: last_day.toordinal()}
    is_same_day = progress.get((CONSUMER, AS_OF), Progress()).position == until_day[AS_OF]
    days = changed_days(spark, done, until)
    if days == [] and is_same_day:
        if until != done:
            advance(spark, CONSUMER, until)
        return {"days": 0, "trend_rows": 0}
    facts = concern_facts(spark).persist()
    if days is None or len(days) > MANY_DAYS:
        say("the cube: all days")
        _commit_cube(spark, cube(facts), None, say)
    elif days:
        say(f"the cube: {len(days)} days")
        listed = ", ".join(f"DATE'{day.isoformat()}'" for day in days)
        where = f"date IN ({listed})"
        touched = facts.where(f"submitted_date IN ({listed}) OR closed_date IN ({listed})")
        _commit_cube(spark, cube(touched).where(where), where, say)
    model_version = spark.table("silver.concern_labels").agg(F.max("model_version")).collect()[0][0]
    overwrite(trends.coverage(facts, last_day), "gold.coverage")
    covered, reached = spark.table("gold.coverage"), trends.reach(spark, facts)
    daily = spark.table("gold.daily")
    calendar = trends.calendar(spark, daily, last_day)
    counted = trends.counts(daily, calendar, last_day).persist()
    frame = trends.province_trends(spark, counted, calendar, covered, reached, last_day, model_version)
    overwrite(frame, "gold.province_trends")
    counted.unpersist()
    facts.unpersist()
    advance(spark, CONSUMER, until | until_day)
    rows = spark.table("gold.province_trends").count()
    say(f"province trends: {rows} rows")
    return {"days": len(days or []), "trend_rows": rows}


def _commit_cube(spark: SparkSession, rows: DataFrame, where: str | None, say: Callable[[str], None]) -> None:
    """Checks the rows of the cube, then puts them in the place of all, or of those that a condition names."""
    rows = rows.persist()
    try:
        guard(spark, rows, "gold.daily", ("date", "province_code", "topic_id", "channel"), say)
        overwrite(rows, "gold.daily", where)
    finally:
        rows.unpersist()


def changed_days(spark: SparkSession, done: dict[str, int], until: dict[str, int]) -> list[date] | None:
    """Days on which a concern that changed was or is submitted or ended; None means all."""
    concerns = changes(spark, "silver.concerns", done["silver.concerns"], until["silver.concerns"])
    labels = changes(spark, "silver.concern_labels", done["silver.concern_labels"], until["silver.concern_labels"])
    if concerns is None or labels is None:
        return None
    relabelled = spark.table("silver.concerns").join(labels.select("concern_id").distinct(), "concern_id", "left_semi")
    touched = concerns.select("submitted_date", "closed_date").unionByName(
        relabelled.select("submitted_date", "closed_date")
    )
    days = touched.select(F.explode(F.array("submitted_date", "closed_date")).alias("day"))
    return sorted(row.day for row in days.where("day is not null").distinct().collect())


def as_of(spark: SparkSession) -> date | None:
    """The last day that the data tell of: figures never depend on the day on which they are computed."""
    observed = spark.table("bronze.files").select(F.col("observed_at").alias("time"))
    stated = spark.table("silver.concerns").select(F.greatest("submitted_at", "updated_at").alias("time"))
    last = observed.unionByName(stated).agg(F.max("time").alias("time"))
    return last.select(F.to_date(F.from_utc_timestamp("time", "Asia/Bangkok"))).collect()[0][0]


def concern_facts(spark: SparkSession) -> DataFrame:
    """One row a concern and topic level: what the cube counts.

    A concern of several topics counts once in each, once in each of their groups, and once in ``all``.
    """
    groups = spark.createDataFrame(
        [(topic.topic_id, topic.group_id) for topic in load_topics()], "topic_id string, group_id string"
    )
    concerns = spark.table("silver.concerns").where("not is_deleted").select(
        "concern_id", "source_id", "channel", "origin", "province_code", "district_code", "status", "time_basis",
        "submitted_date", "closed_date",
    )  # fmt: skip
    labels = spark.table("silver.concern_labels").select(
        "concern_id", "kind", "primary_topic_id", (F.size("unmapped_labels") > 0).alias("has_unmapped_label")
    )
    topics = (
        spark.table("silver.concern_topics")
        .join(F.broadcast(groups), "topic_id")
        .groupBy("concern_id")
        .agg(F.collect_set("topic_id").alias("topics"), F.collect_set("group_id").alias("groups"))
    )

    def level(name: str, ids: str) -> str:
        return f"transform({ids}, id -> named_struct('topic_level', '{name}', 'topic_id', id))"

    levels = F.expr(
        f"concat({level('topic', 'topics')}, {level('group', 'groups')}, "
        "array(named_struct('topic_level', 'all', 'topic_id', 'all')))"
    )
    return (
        concerns.join(labels, "concern_id")
        .join(topics, "concern_id")
        .withColumn("is_counted", F.col("kind").isin(*COUNTED_KINDS))
        .select("*", F.inline(levels))
    )


def cube(facts: DataFrame) -> DataFrame:
    """Rows of gold.daily: what was submitted on a day (with what became of it) and what ended on it."""
    counted, stated = F.col("is_counted"), F.col("is_counted") & (F.col("time_basis") == "stated")
    resolved = F.col("status") == "resolved"
    days = F.when(stated & resolved, F.greatest(F.datediff("closed_date", "submitted_date"), F.lit(0)))
    submitted = (
        facts.withColumn("date", F.col("submitted_date"))
        .withColumn("_days", days)
        .groupBy(*CUBE_KEY, "_days")
        .agg(
            F.count_if(counted).alias("concern_count"),
            F.count_if(~counted).alias("other_kind_count"),
            F.count_if(counted & resolved).alias("resolved_count"),
            F.count_if(stated).alias("stated_count"),
            # Rejected and closed ones are no longer waiting for a solution: they leave the risk set.
            F.count_if(stated & F.col("status").isin("open", "in_progress", "forwarded")).alias("unresolved_count"),
        )
        .withColumn("closed_in_period_count", F.lit(0))
    )
    ended = (
        facts.where(F.col("closed_date").isNotNull() & counted)
        .withColumn("date", F.col("closed_date"))
        .groupBy(*CUBE_KEY)
        .agg(F.count("*").alias("closed_in_period_count"))
        .select("*", F.lit(None).cast("int").alias("_days"), *[F.lit(0).alias(name) for name in COHORT_COUNTS])
    )
    histogram = F.array_sort(
        F.collect_list(
            F.when(
                F.col("_days").isNotNull(),
                F.struct(F.col("_days").alias("days"), F.col("stated_count").alias("count")),
            )
        )
    )
    return (
        submitted.unionByName(ended)
        .groupBy(*CUBE_KEY)
        .agg(
            *[F.sum(name).alias(name) for name in (*COHORT_COUNTS, "closed_in_period_count")],
            histogram.alias("resolve_days"),
        )
    )
