"""gold.plan_evidence: what concerns say to an LAO's local development plan, by planning programme (แผนงาน).

It serves the plan's analysis of problems, the baselines of indicators in ผ.02, and candidates for ผ.02/2, which
another body is asked to do. It does not replace the ประชาคม; ผ.01, ผ.02/1 and ผ.03 are out of its scope.
"""

from __future__ import annotations

from datetime import date

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.gold.areas import Areas
from jobs.gold.comparison import SMALLEST_COMPARED, change_pct, foremost
from jobs.gold.cube import Read, counted_concerns, since_month, sought, topic_bits, topics_of
from jobs.gold.fiscal_years import fiscal_year_of, has_ended
from jobs.gold.periods import fiscal_year_be
from jobs.reference.programmes import ALL
from schemas.contracts import ENDED_STATUSES
from schemas.tables import tables

REPEATS = 2
TOPICS_NAMED = 3
_STATE_ROADS = ("rural_roads", "highways")
_CELL = ["lao_code", "fiscal_year_be", "programme_id"]
_COUNTS = ("concern_count", "resolved_count", "backlog_count", "other_body_count")


def plan_evidence(
    table: Read, told: DataFrame, laos: Areas, spoken: DataFrame, as_of: date, first: date | None = None
) -> DataFrame:
    """Rows of gold.plan_evidence: one an LAO, fiscal year and programme with at least one concern.

    A concern counts once in each programme that one of its topics is planned under, for each LAO that serves its
    place.

    Args:
        table: gives tables of reference and, with ``first``, gold.plan_evidence as it is.
        told: see ``told_to``; read several times.
        laos: facts of LAOs, see ``areas``.
        spoken: see ``coverage.spoken``.
        as_of: the last day that the data tell of.
        first: the first day that ``told`` tells of; what it is compared with stands in the table.
    """
    counted = told.groupBy(*_CELL).agg(*[F.sum(name).alias(name) for name in _COUNTS])
    counted = counted.withColumn("is_complete", has_ended("fiscal_year_be", as_of))
    earlier = counted if first is None else counted.unionByName(_before(table, first), allowMissingColumns=True)
    said = (
        counted.join(_repeats(told), _CELL, "left")
        .join(_topics(table, told), _CELL, "left")
        .join(_of_next_year(earlier), _CELL, "left")
    )
    per_100k = F.col("concern_count") * 100000.0 / F.col("people")
    return (
        _with_change(said.join(F.broadcast(laos.facts.drop("area_code")), "lao_code"), spoken)
        .join(F.broadcast(table("reference.plan_programmes")), "programme_id")
        .fillna(0, ["repeat_village_count"])
        .withColumn("concerns_per_100k", F.when(F.col("concern_count") >= SMALLEST_COMPARED, per_100k))
        .select(*tables()["gold.plan_evidence"].column_names)
    )


def told_to(table: Read, first: date | None = None) -> DataFrame:
    """Counts of concerns by LAO that serves their place, fiscal year, programme, ``topics`` and ``village``.

    ``topics`` are those that the programme is about, as the bits of a number (see ``cube.topics_of``); ``village`` is
    null where it is not known. ``table`` gives tables of silver and reference. With ``first``, the first day of a
    fiscal year, only what was submitted from then on.
    """
    bring = sought(table, first)
    concerns = counted_concerns(table, first=first)
    serves = table("silver.concern_laos").where("role = 'serves_place'").select("concern_id", "lao_code")
    types = table("reference.laos").select("lao_code", "lao_type")
    topics = table("silver.concern_topics")
    if first is not None:
        wanted = since_month(table("silver.concerns"), "submitted_month", first).select("concern_id")
        topics = topics.join(bring(wanted), "concern_id", "left_semi")
    village = F.when(
        F.col("subdistrict_code").isNotNull() & F.col("village_no").isNotNull(),
        F.concat_ws("/", "subdistrict_code", "village_no"),
    )
    return (
        serves.join(bring(concerns.join(bring(topics_of(topics)), "concern_id")), "concern_id")
        .join(F.broadcast(types), "lao_code")
        .join(F.broadcast(_programmes(table)), "lao_code")
        .withColumn("topics", F.col("topics").bitwiseAND(F.col("planned")))
        .where("topics <> 0")
        .groupBy(
            "lao_code", fiscal_year_of("submitted_date").alias("fiscal_year_be"), "programme_id", "topics",
            village.alias("village"),
        )
        .agg(
            F.count("*").alias("concern_count"),
            F.count_if(F.col("status") == "resolved").alias("resolved_count"),
            F.count_if(~F.col("status").isin(*ENDED_STATUSES)).alias("backlog_count"),
            F.count_if(_is_of_another_body()).alias("other_body_count"),
        )
    )  # fmt: skip


def _programmes(table: Read) -> DataFrame:
    """``lao_code, programme_id, planned``: the topics of each LAO's programmes, as the bits of a number."""
    rules = table("reference.topic_programmes")
    general = (
        table("reference.laos").select("lao_code").crossJoin(rules.where(F.col("lao_code") == ALL).drop("lao_code"))
    )
    # What an LAO says of a topic goes before what holds for all.
    own = rules.where(F.col("lao_code") != ALL).withColumnRenamed("programme_id", "_own")
    return (
        general.join(own, ["lao_code", "topic_id"], "full")
        .select("lao_code", "topic_id", F.coalesce("_own", "programme_id").alias("programme_id"))
        .join(topic_bits(rules.sparkSession), "topic_id")
        .groupBy("lao_code", "programme_id")
        .agg(F.bit_or("bit").alias("planned"))
    )


def _is_of_another_body() -> Column:
    """Whether another body has to do it: its road, or passed on by the source."""
    is_of_pao = (F.col("road_owner") == "pao") & (F.col("lao_type") != "pao")
    road = is_of_pao | F.col("road_owner").isin(*_STATE_ROADS)
    return F.coalesce(road, F.lit(False)) | (F.col("status") == "forwarded")


def _repeats(told: DataFrame) -> DataFrame:
    """How many villages raised a programme's matters more than once in the year."""
    villages = told.where("village is not null").groupBy(*_CELL, "village").agg(F.sum("concern_count").alias("count"))
    return villages.where(F.col("count") >= REPEATS).groupBy(*_CELL).agg(F.count("*").alias("repeat_village_count"))


def _topics(table: Read, told: DataFrame) -> DataFrame:
    """The names of the topics that the programme's concerns are mostly about, most first."""
    names = table("reference.topics").where("topic_level = 'topic'").select("topic_id", "topic_th")
    of_bits = F.broadcast(topic_bits(told.sparkSession).join(F.broadcast(names), "topic_id"))
    counted = (
        told.groupBy(*_CELL, "topics")
        .agg(F.sum("concern_count").alias("count"))
        .join(of_bits, F.col("topics").bitwiseAND(F.col("bit")) != 0)
        .groupBy(*_CELL, "topic_id", "topic_th")
        .agg(F.sum("count").alias("count"))
    )
    order = [F.desc("count"), F.col("topic_id")]
    return foremost(counted, _CELL, order, "topic_th", TOPICS_NAMED).withColumnRenamed("topic_th", "main_topics")


def _before(table: Read, first: date) -> DataFrame:
    """What the table says of the year before a day."""
    year = table("gold.plan_evidence").where(F.col("fiscal_year_be") == fiscal_year_be(first) - 1)
    return year.select(*_CELL, "concern_count")


def _of_next_year(counted: DataFrame) -> DataFrame:
    return counted.select(
        "lao_code", (F.col("fiscal_year_be") + 1).alias("fiscal_year_be"), "programme_id",
        F.col("concern_count").alias("previous_count"),
    )  # fmt: skip


def _with_change(rows: DataFrame, spoken: DataFrame) -> DataFrame:
    """The count of the year before: 0 where it has data and nothing was said, null where it has none."""
    # Years that follow one that there are data of.
    years = spoken.select("cover_code", (fiscal_year_of("month") + 1).alias("fiscal_year_be")).distinct()
    known = F.broadcast(years.withColumn("has_previous", F.lit(True)))
    previous = F.coalesce("previous_count", F.when(F.col("has_previous"), F.lit(0)))
    return (
        rows.join(known, ["cover_code", "fiscal_year_be"], "left")
        .withColumn("previous_count", previous)
        .withColumn("change_pct", change_pct("previous_count", F.col("is_complete")))
    )
