"""gold.plan_evidence: concerns as evidence for an LAO's local development plan, by planning programme (แผนงาน).

Used for the plan's analysis of problems, the baselines of indicators in ผ.02, and candidates for ผ.02/2 (projects
that another body is asked to do). It does not replace the ประชาคม; ผ.01, ผ.02/1 and ผ.03 are out of scope.
"""

from __future__ import annotations

from datetime import date

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.gold.areas import AreaKind
from jobs.gold.comparison import MIN_COMPARED_COUNT, change_pct, top_n
from jobs.gold.cube import TableReader, broadcast_if_small, counted_concerns, since_month, topic_bits, topic_masks
from jobs.gold.fiscal_years import fiscal_year_of, has_ended
from jobs.gold.periods import fiscal_year_be
from jobs.reference.programmes import ALL
from schemas.contracts import ENDED_STATUSES
from schemas.tables import tables

MIN_REPEATS = 2
MAIN_TOPIC_COUNT = 3
_STATE_ROADS = ("rural_roads", "highways")
_CELL = ["lao_code", "fiscal_year_be", "programme_id"]
_COUNTS = ("concern_count", "resolved_count", "backlog_count", "other_body_count")


def plan_evidence(
    table: TableReader,
    concerns: DataFrame,
    laos: AreaKind,
    covered_months: DataFrame,
    as_of: date,
    first: date | None = None,
) -> DataFrame:
    """Rows of gold.plan_evidence: one per LAO, fiscal year and programme with at least one concern.

    A concern counts once in each programme that covers one of its topics, for each LAO that serves its place.

    Args:
        table: gives reference tables and, with ``first``, gold.plan_evidence as stored.
        concerns: see ``concerns_by_lao_programme``; read several times, so persist it.
        laos: the kind of area of LAOs.
        covered_months: see ``coverage.covered_months``.
        as_of: the last day that the data cover.
        first: the first day that ``concerns`` covers; the counts of the year before are then read from the table.
    """
    counts = concerns.groupBy(*_CELL).agg(*[F.sum(name).alias(name) for name in _COUNTS])
    counts = counts.withColumn("is_complete", has_ended("fiscal_year_be", as_of))
    earlier = counts
    if first is not None:
        earlier = counts.unionByName(_counts_of_previous_year(table, first), allowMissingColumns=True)
    rows = (
        counts.join(_repeat_villages(concerns), _CELL, "left")
        .join(_main_topics(table, concerns), _CELL, "left")
        .join(_as_previous_counts(earlier), _CELL, "left")
    )
    per_100k = F.col("concern_count") * 100000.0 / F.col("people")
    return (
        _with_change(rows.join(F.broadcast(laos.facts.drop("area_code")), "lao_code"), covered_months)
        .join(F.broadcast(table("reference.plan_programmes")), "programme_id")
        .fillna(0, ["repeat_village_count"])
        .withColumn("concerns_per_100k", F.when(F.col("concern_count") >= MIN_COMPARED_COUNT, per_100k))
        .select(*tables()["gold.plan_evidence"].column_names)
    )


def concerns_by_lao_programme(table: TableReader, first: date | None = None) -> DataFrame:
    """Counts of concerns by the LAO that serves their place, fiscal year, programme, ``topics`` and ``village``.

    ``topics`` are the topics of the concern that the programme covers, as the bits of a number (see
    ``cube.topic_masks``); ``village`` is null where it is not known.

    Args:
        table: gives tables of silver and reference.
        first: the first day of a fiscal year; with it, only concerns submitted from then on.
    """
    broadcast = broadcast_if_small(table, first)
    concerns = counted_concerns(table, first=first)
    serves = table("silver.concern_laos").where("role = 'serves_place'").select("concern_id", "lao_code")
    types = table("reference.laos").select("lao_code", "lao_type")
    topics = table("silver.concern_topics")
    if first is not None:
        selected = since_month(table("silver.concerns"), "submitted_month", first).select("concern_id")
        topics = topics.join(broadcast(selected), "concern_id", "left_semi")
    village = F.when(
        F.col("subdistrict_code").isNotNull() & F.col("village_no").isNotNull(),
        F.concat_ws("/", "subdistrict_code", "village_no"),
    )
    return (
        serves.join(broadcast(concerns.join(broadcast(topic_masks(topics)), "concern_id")), "concern_id")
        .join(F.broadcast(types), "lao_code")
        .join(F.broadcast(_programmes(table)), "lao_code")
        .withColumn("topics", F.col("topics").bitwiseAND(F.col("programme_topics")))
        .where("topics <> 0")
        .groupBy(
            "lao_code", fiscal_year_of("submitted_date").alias("fiscal_year_be"), "programme_id", "topics",
            village.alias("village"),
        )
        .agg(
            F.count("*").alias("concern_count"),
            F.count_if(F.col("status") == "resolved").alias("resolved_count"),
            F.count_if(~F.col("status").isin(*ENDED_STATUSES)).alias("backlog_count"),
            F.count_if(_is_for_other_body()).alias("other_body_count"),
        )
    )  # fmt: skip


def _programmes(table: TableReader) -> DataFrame:
    """``lao_code, programme_id, programme_topics``: the topics of each LAO's programmes, as the bits of a number."""
    rules = table("reference.topic_programmes")
    general = (
        table("reference.laos").select("lao_code").crossJoin(rules.where(F.col("lao_code") == ALL).drop("lao_code"))
    )
    # The rule of an LAO for a topic replaces the general one.
    own = rules.where(F.col("lao_code") != ALL).withColumnRenamed("programme_id", "_own")
    return (
        general.join(own, ["lao_code", "topic_id"], "full")
        .select("lao_code", "topic_id", F.coalesce("_own", "programme_id").alias("programme_id"))
        .join(topic_bits(rules.sparkSession), "topic_id")
        .groupBy("lao_code", "programme_id")
        .agg(F.bit_or("bit").alias("programme_topics"))
    )


def _is_for_other_body() -> Column:
    """Whether another body has to act: it owns the road, or the source forwarded the concern."""
    is_pao_road = (F.col("road_owner") == "pao") & (F.col("lao_type") != "pao")
    is_other_road = is_pao_road | F.col("road_owner").isin(*_STATE_ROADS)
    return F.coalesce(is_other_road, F.lit(False)) | (F.col("status") == "forwarded")


def _repeat_villages(concerns: DataFrame) -> DataFrame:
    """``repeat_village_count``: villages with at least MIN_REPEATS concerns of a programme in the year."""
    villages = concerns.where("village is not null").groupBy(*_CELL, "village")
    counts = villages.agg(F.sum("concern_count").alias("count"))
    return counts.where(F.col("count") >= MIN_REPEATS).groupBy(*_CELL).agg(F.count("*").alias("repeat_village_count"))


def _main_topics(table: TableReader, concerns: DataFrame) -> DataFrame:
    """``main_topics``: the Thai names of the topics with most concerns in a programme, most first."""
    names = table("reference.topics").where("topic_level = 'topic'").select("topic_id", "topic_th")
    named_bits = F.broadcast(topic_bits(concerns.sparkSession).join(F.broadcast(names), "topic_id"))
    counts = (
        concerns.groupBy(*_CELL, "topics")
        .agg(F.sum("concern_count").alias("count"))
        .join(named_bits, F.col("topics").bitwiseAND(F.col("bit")) != 0)
        .groupBy(*_CELL, "topic_id", "topic_th")
        .agg(F.sum("count").alias("count"))
    )
    order = [F.desc("count"), F.col("topic_id")]
    return top_n(counts, _CELL, order, "topic_th", MAIN_TOPIC_COUNT).withColumnRenamed("topic_th", "main_topics")


def _counts_of_previous_year(table: TableReader, first: date) -> DataFrame:
    """The counts in the table of the fiscal year before ``first``."""
    year = table("gold.plan_evidence").where(F.col("fiscal_year_be") == fiscal_year_be(first) - 1)
    return year.select(*_CELL, "concern_count")


def _as_previous_counts(counts: DataFrame) -> DataFrame:
    """The counts as ``previous_count`` of the fiscal year after."""
    return counts.select(
        "lao_code", (F.col("fiscal_year_be") + 1).alias("fiscal_year_be"), "programme_id",
        F.col("concern_count").alias("previous_count"),
    )  # fmt: skip


def _with_change(rows: DataFrame, covered_months: DataFrame) -> DataFrame:
    """Completes ``previous_count``: 0 where the year before has data but no concerns, null where it has no data."""
    next_year = (fiscal_year_of("month") + 1).alias("fiscal_year_be")
    years = covered_months.select("coverage_code", next_year).distinct()
    has_previous = F.broadcast(years.withColumn("has_previous", F.lit(True)))
    previous = F.coalesce("previous_count", F.when(F.col("has_previous"), F.lit(0)))
    return (
        rows.join(has_previous, ["coverage_code", "fiscal_year_be"], "left")
        .withColumn("previous_count", previous)
        .withColumn("change_pct", change_pct("previous_count", F.col("is_complete")))
    )
