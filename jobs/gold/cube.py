"""gold.daily, the additive cube: area × day × topic × channel × origin, from which trends are made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from schemas.topics import load_topics

Read = Callable[[str], DataFrame]
"""Gives a table by its name: ``spark.table``, or what a test has made."""

COUNTED_KINDS = ("complaint", "request", "suggestion", "tip_off")
# A post that is no concern (an advert, chatter) counts with the other kinds, whatever its kind.
IS_COUNTED = f"is_relevant AND kind IN {COUNTED_KINDS}"
WAITING = ("open", "in_progress", "forwarded")
"""Statuses of concerns that wait for a solution: rejected and closed ones do so no longer."""
PLACE = ("province_code", "district_code", "subdistrict_code")
CUBE_KEY = ("date", "source_id", *PLACE, "topic_level", "topic_id", "channel", "origin")
# Of the concerns submitted on a day; what ended on it is counted beside them.
COHORT_COUNTS = (
    "concern_count",
    "unique_count",
    "other_kind_count",
    "resolved_count",
    "stated_count",
    "unresolved_count",
)
COUNTS = (*COHORT_COUNTS, "closed_in_period_count")
# Of all kinds together: the ground that figures stand on.
GROUND_COUNTS = ("unmapped_label_count", "unclassified_count")
FEW_DAYS = 31


def counted_concerns(table: Read) -> DataFrame:
    """Rows of silver.concerns that figures count: not deleted, a concern at all, and of a kind that counts."""
    kinds = table("silver.concern_labels").where(IS_COUNTED).select("concern_id")
    return table("silver.concerns").where("not is_deleted").join(kinds, "concern_id", "left_semi")


def concern_facts(spark: SparkSession, days: Sequence[date] | None = None) -> DataFrame:
    """One row a concern and topic level: what the cube counts.

    A concern of several topics counts once in each, once in each of their groups, and once in ``all``. With
    ``days`` only concerns that were submitted or ended on one of them.
    """
    groups = spark.createDataFrame(
        [(topic.topic_id, topic.group_id) for topic in load_topics()], "topic_id string, group_id string"
    )
    concerns = spark.table("silver.concerns").where("not is_deleted").select(
        "concern_id", "source_id", "channel", "origin", *PLACE, "status", "time_basis", "submitted_date",
        "closed_date",
    )  # fmt: skip
    if days is not None:
        listed = list(days)
        concerns = concerns.where(F.col("submitted_date").isin(listed) | F.col("closed_date").isin(listed))
    repeats = spark.table("silver.concern_links").select("concern_id", F.lit(True).alias("is_repeat"))
    concerns = concerns.join(repeats, "concern_id", "left").fillna(False, ["is_repeat"])
    if days is not None and len(days) <= FEW_DAYS:
        # Their labels and topics are looked up, not sorted together with all others.
        concerns = F.broadcast(concerns)
    labels = spark.table("silver.concern_labels").select(
        "concern_id",
        "kind",
        "is_relevant",
        "primary_topic_id",
        (F.size("unmapped_labels") > 0).alias("has_unmapped_label"),
    )
    of_concerns = spark.table("silver.concern_topics")
    if days is not None:
        of_concerns = of_concerns.join(concerns.select("concern_id"), "concern_id", "left_semi")
    topics = (
        of_concerns.join(F.broadcast(groups), "topic_id")
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
        .withColumn("is_counted", F.expr(IS_COUNTED))
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
            F.count_if(counted & ~F.col("is_repeat")).alias("unique_count"),
            F.count_if(~counted).alias("other_kind_count"),
            F.count_if(counted & resolved).alias("resolved_count"),
            F.count_if(stated).alias("stated_count"),
            F.count_if(stated & F.col("status").isin(*WAITING)).alias("unresolved_count"),
            F.count_if("has_unmapped_label").alias("unmapped_label_count"),
            F.count_if(F.col("primary_topic_id") == "other").alias("unclassified_count"),
        )
        .withColumn("closed_in_period_count", F.lit(0))
    )
    ended = (
        facts.where(F.col("closed_date").isNotNull() & counted)
        .withColumn("date", F.col("closed_date"))
        .groupBy(*CUBE_KEY)
        .agg(F.count("*").alias("closed_in_period_count"))
        .select(
            "*",
            F.lit(None).cast("int").alias("_days"),
            *[F.lit(0).alias(name) for name in (*COHORT_COUNTS, *GROUND_COUNTS)],
        )
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
        .agg(*[F.sum(name).alias(name) for name in (*COUNTS, *GROUND_COUNTS)], histogram.alias("resolve_days"))
        .withColumn("month", F.date_format("date", "yyyy-MM"))
    )
