"""gold.plan_evidence: what concerns say to an LAO's local development plan, by planning programme (แผนงาน).

It serves the plan's analysis of problems, the baselines of indicators in ผ.02, and candidates for ผ.02/2, which
another body is asked to do. It does not replace the ประชาคม; ผ.01, ผ.02/1 and ผ.03 are out of its scope.
"""

from __future__ import annotations

from datetime import date

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from jobs.fold import ENDED
from jobs.gold.areas import Areas
from jobs.gold.compared import SMALLEST_COMPARED, change_pct, foremost
from jobs.gold.cube import Read, counted_concerns
from jobs.gold.fiscal import fiscal_year_of, has_ended, submitted_from
from jobs.reference.plans import ALL
from schemas.tables import tables

REPEATS = 2
TOPICS_NAMED = 3
_STATE_ROADS = ("rural_roads", "highways")
_CELL = ["lao_code", "fiscal_year_be", "programme_id"]


def plan_evidence(table: Read, told: DataFrame, laos: Areas, spoken: DataFrame, as_of: date) -> DataFrame:
    """Rows of gold.plan_evidence: one an LAO, fiscal year and programme with at least one concern.

    A concern counts once in each programme that one of its topics is planned under, for each LAO that serves its
    place.

    Args:
        table: gives tables of reference.
        told: see ``told_to``; read several times.
        laos: facts of LAOs, see ``areas``.
        spoken: see ``coverage.spoken``.
        as_of: the last day that the data tell of.
    """
    counted = told.groupBy(*_CELL).agg(
        F.count("*").alias("concern_count"),
        F.count_if("is_resolved").alias("resolved_count"),
        F.count_if(~F.col("is_ended")).alias("backlog_count"),
        F.count_if("is_of_another_body").alias("other_body_count"),
    )
    counted = counted.withColumn("is_complete", has_ended("fiscal_year_be", as_of))
    said = counted.join(_repeats(told), _CELL, "left").join(_topics(table, told), _CELL, "left")
    per_100k = F.col("concern_count") * 100000.0 / F.col("people")
    return (
        _with_last_year(said.join(F.broadcast(laos.facts.drop("area_code")), "lao_code"), spoken)
        .join(F.broadcast(table("reference.plan_programmes")), "programme_id")
        .fillna(0, ["repeat_village_count"])
        .withColumn("concerns_per_100k", F.when(F.col("concern_count") >= SMALLEST_COMPARED, per_100k))
        .select(*tables()["gold.plan_evidence"].column_names)
    )


def told_to(table: Read, first: date | None = None) -> DataFrame:
    """One row a concern, LAO that serves its place, and programme; ``table`` gives tables of silver and reference.

    With ``first``, the first day of a fiscal year, only what was submitted from then on.
    """
    serves = table("silver.concern_laos").where("role = 'serves_place'").select("concern_id", "lao_code")
    types = table("reference.laos").select("lao_code", "lao_type")
    rules = table("reference.topic_programmes")
    own = rules.where(F.col("lao_code") != ALL).withColumnRenamed("programme_id", "_own")
    general = rules.where(F.col("lao_code") == ALL).select("topic_id", F.col("programme_id").alias("_general"))
    village = F.when(
        F.col("subdistrict_code").isNotNull() & F.col("village_no").isNotNull(),
        F.concat_ws("/", "subdistrict_code", "village_no"),
    )
    return (
        submitted_from(counted_concerns(table), first)
        .join(serves, "concern_id")
        .join(F.broadcast(types), "lao_code")
        .join(table("silver.concern_topics").select("concern_id", "topic_id"), "concern_id")
        .join(F.broadcast(own), ["lao_code", "topic_id"], "left")
        .join(F.broadcast(general), "topic_id", "left")
        .withColumn("programme_id", F.coalesce("_own", "_general"))
        .where("programme_id is not null")
        .groupBy("concern_id", "lao_code", "programme_id")
        .agg(
            F.collect_set("topic_id").alias("topics"),
            F.first(fiscal_year_of("submitted_date")).alias("fiscal_year_be"),
            F.first(F.col("status") == "resolved").alias("is_resolved"),
            F.first(F.col("status").isin(*ENDED)).alias("is_ended"),
            F.first(_is_of_another_body()).alias("is_of_another_body"),
            F.first(village).alias("village"),
        )
    )


def _is_of_another_body() -> Column:
    """Whether another body has to do it: its road, or passed on by the source."""
    is_of_pao = (F.col("road_owner") == "pao") & (F.col("lao_type") != "pao")
    road = is_of_pao | F.col("road_owner").isin(*_STATE_ROADS)
    return F.coalesce(road, F.lit(False)) | (F.col("status") == "forwarded")


def _repeats(told: DataFrame) -> DataFrame:
    """How many villages raised a programme's matters more than once in the year."""
    villages = told.where("village is not null").groupBy(*_CELL, "village").count()
    return villages.where(F.col("count") >= REPEATS).groupBy(*_CELL).agg(F.count("*").alias("repeat_village_count"))


def _topics(table: Read, told: DataFrame) -> DataFrame:
    """The names of the topics that the programme's concerns are mostly about, most first."""
    names = table("reference.topics").where("topic_level = 'topic'").select("topic_id", "topic_th")
    counted = (
        told.select(*_CELL, F.explode("topics").alias("topic_id"))
        .groupBy(*_CELL, "topic_id")
        .count()
        .join(F.broadcast(names), "topic_id")
    )
    order = [F.desc("count"), F.col("topic_id")]
    return foremost(counted, _CELL, order, "topic_th", TOPICS_NAMED).withColumnRenamed("topic_th", "main_topics")


def _with_last_year(rows: DataFrame, spoken: DataFrame) -> DataFrame:
    """The count of the year before: 0 where it has data and nothing was said, null where it has none."""
    # Years that follow one that there are data of.
    years = spoken.select("cover_code", (fiscal_year_of("month") + 1).alias("fiscal_year_be")).distinct()
    known = F.broadcast(years.withColumn("has_previous", F.lit(True)))
    series = Window.partitionBy("lao_code", "programme_id").orderBy("fiscal_year_be")
    follows = F.lag("fiscal_year_be").over(series) == F.col("fiscal_year_be") - 1
    previous = F.coalesce(F.when(follows, F.lag("concern_count").over(series)), F.when(F.col("has_previous"), F.lit(0)))
    return (
        rows.join(known, ["cover_code", "fiscal_year_be"], "left")
        .withColumn("previous_count", previous)
        .withColumn("change_pct", change_pct("previous_count", F.col("is_complete")))
    )
