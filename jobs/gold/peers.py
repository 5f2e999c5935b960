"""gold.peer_comparison: an LAO beside those of its kind, over the last twelve whole months."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from jobs.gold import periods
from jobs.gold.areas import Areas
from jobs.gold.comparison import topic_names
from jobs.gold.trends import Ground
from jobs.statistics.peers import Area, PeerComparison, peer_comparisons
from schemas.tables import columns, tables

MONTHS = 12
_FIGURES = (
    "lao_code", "topic_level", "topic_id", "period_start", "period_end", "region", "population_from",
    "population_below", "member_count", "concern_count", "concerns_per_100k", "rate_lower", "rate_upper",
    "median_per_100k", "median_lower", "median_upper", "standing", "rank", "rank_lower", "rank_upper",
)  # fmt: skip


def year_before(as_of: date) -> tuple[date, date]:
    """The first and the last day of the twelve whole months before a day."""
    end = as_of.replace(day=1)
    return periods.add_months(end, -MONTHS), end - timedelta(days=1)


def peer_rows(spark: SparkSession, daily: DataFrame, laos: Areas, ground: Ground) -> DataFrame:
    """Rows of gold.peer_comparison: LAOs whose population is known, by group of topics and for all together.

    None where an LAO has too few peers or concerns, or where sources have not spoken for it all the year; see
    ``jobs.statistics.peers``.
    """
    first, last = year_before(ground.as_of)
    sources = _sources(ground, first, last)
    of_year = daily.where("topic_level IN ('all', 'group') AND concern_count > 0").where(
        F.col("date").between(F.lit(first), F.lit(last))
    )
    counted = (
        laos.placed(of_year.select(*laos.place, "topic_level", "topic_id", "concern_count"))
        .groupBy("area_code", "topic_level", "topic_id")
        .agg(F.sum("concern_count").alias("count"))
    )
    counts: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for row in counted.toArrow().to_pylist():
        counts[row["topic_level"], row["topic_id"]][row["area_code"]] = row["count"]
    regions = {row.province_code: row.region for row in spark.table("reference.provinces").collect()}
    known = [row for row in laos.facts.where("people > 0").collect() if row.province_code in sources]
    rows: list[tuple[object, ...]] = []
    for (level, topic), by_lao in sorted(counts.items()):
        areas = [
            Area(
                one.lao_code, one.province_code, one.lao_type, regions[one.province_code],
                sources[one.province_code], by_lao.get(one.lao_code, 0), one.people,
            )
            for one in known
        ]  # fmt: skip
        rows += [_figures(found, level, topic, first, last) for found in peer_comparisons(areas)]
    schema = ", ".join(f"{name} {columns()[name].type}" for name in _FIGURES)
    return (
        spark.createDataFrame(rows, schema)
        .join(topic_names(spark), ["topic_level", "topic_id"])
        .join(F.broadcast(laos.facts.drop("area_code", "cover_code", "people")), "lao_code")
        .withColumn("model_version", F.lit(ground.model_version))
        .select(*tables()["gold.peer_comparison"].column_names)
    )


def _figures(found: PeerComparison, level: str, topic: str, first: date, last: date) -> tuple[object, ...]:
    return (
        found.code, level, topic, first, last, found.region, found.population_from, found.population_below,
        found.member_count, found.concern_count, found.concerns_per_100k, found.rate_lower, found.rate_upper,
        found.median_per_100k, found.median_lower, found.median_upper, str(found.standing), found.rank,
        found.rank_lower, found.rank_upper,
    )  # fmt: skip


def _sources(ground: Ground, first: date, last: date) -> dict[str, frozenset[str]]:
    """Of each province, the sources that have data of every month of the year."""
    months = ground.covered.where(F.col("period_start").between(F.lit(first), F.lit(last)))
    whole = (
        months.select("source_id", "period_start")
        .join(ground.reached, "source_id")
        .where("period_start >= first_month")
        .groupBy("source_id", "province_code")
        .agg(F.count_distinct("period_start").alias("_months"))
        .where(F.col("_months") == MONTHS)
    )
    found: dict[str, set[str]] = defaultdict(set)
    for row in whole.collect():
        found[row.province_code].add(row.source_id)
    return {code: frozenset(names) for code, names in found.items()}
