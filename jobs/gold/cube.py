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
FEWEST_TASKS, CONCERNS_PER_TASK = 4, 150_000


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


def cube(facts: DataFrame, concerns: int) -> DataFrame:
    """Rows of gold.daily: what was submitted on a day (with what became of it) and what ended on it.

    ``concerns`` is about how many there are, by which the work is cut in pieces.
    """
    counted = F.col("is_counted")
    stated, resolved = counted & (F.col("time_basis") == "stated"), F.col("status") == "resolved"
    submitted = F.struct(F.col("submitted_date").alias("date"), F.lit(True).alias("_is_submission"))
    ended = F.struct(F.col("closed_date").alias("date"), F.lit(False).alias("_is_submission"))
    moments = F.when(F.col("closed_date").isNotNull() & counted, F.array(submitted, ended)).otherwise(
        F.array(submitted)
    )
    days = F.when(stated & resolved, F.greatest(F.datediff("closed_date", "submitted_date"), F.lit(0)))
    is_submission = F.col("_is_submission")
    what = {
        "concern_count": counted,
        "unique_count": counted & ~F.col("is_repeat"),
        "other_kind_count": ~counted,
        "resolved_count": counted & resolved,
        "stated_count": stated,
        "unresolved_count": stated & F.col("status").isin(*WAITING),
        "unmapped_label_count": F.col("has_unmapped_label"),
        "unclassified_count": F.col("primary_topic_id") == "other",
    }
    of_day = F.struct(F.col("_days").alias("days"), F.col("stated_count").alias("count"))
    histogram = F.array_sort(F.collect_list(F.when(F.col("_days").isNotNull(), of_day)))
    # Rows of a cell are brought together once, for both sums.
    return (
        facts.select("*", F.inline(moments))
        .withColumn("_days", F.when(is_submission, days))
        .repartition(max(FEWEST_TASKS, concerns // CONCERNS_PER_TASK), *CUBE_KEY)
        .groupBy(*CUBE_KEY, "_days")
        .agg(
            *[F.count_if(is_submission & is_one).alias(name) for name, is_one in what.items()],
            F.count_if(~is_submission).alias("closed_in_period_count"),
        )
        .groupBy(*CUBE_KEY)
        .agg(*[F.sum(name).alias(name) for name in (*COUNTS, *GROUND_COUNTS)], histogram.alias("resolve_days"))
        .withColumn("month", F.date_format("date", "yyyy-MM"))
    )
