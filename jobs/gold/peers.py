"""gold.peer_comparison: LAOs compared with similar LAOs, over the last twelve whole months."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta

from pyspark.sql import DataFrame, Row, SparkSession
from pyspark.sql import functions as F

from jobs.gold import periods
from jobs.gold.areas import AreaKind
from jobs.gold.comparison import topic_names
from jobs.gold.trends import TrendInputs
from jobs.statistics.peers import Area, PeerComparison, peer_comparisons
from schemas.tables import columns, tables

MONTHS = 12
_COLUMNS = (
    "lao_code", "topic_level", "topic_id", "period_start", "period_end", "region", "population_from",
    "population_below", "member_count", "concern_count", "concerns_per_100k", "rate_lower", "rate_upper",
    "median_per_100k", "median_lower", "median_upper", "standing", "rank", "rank_lower", "rank_upper",
)  # fmt: skip
Topic = tuple[str, str]
"""Level and id of a topic."""


def comparison_year(as_of: date) -> tuple[date, date]:
    """The first and the last day of the twelve whole months before the month of ``as_of``."""
    end = as_of.replace(day=1)
    return periods.add_months(end, -MONTHS), end - timedelta(days=1)


def peer_rows(spark: SparkSession, daily: DataFrame, laos: AreaKind, inputs: TrendInputs) -> DataFrame:
    """Rows of gold.peer_comparison: LAOs with a population figure, by group of topics and for all topics together.

    An LAO has no row where it has too few peers or concerns, or where no source covers it in all twelve months; see
    ``jobs.statistics.peers``.
    """
    first, last = comparison_year(inputs.as_of)
    sources = _year_round_sources(inputs, first, last)
    of_year = daily.where("topic_level IN ('all', 'group') AND concern_count > 0").where(
        F.col("date").between(F.lit(first), F.lit(last))
    )
    totals = (
        laos.assign(of_year.select(*laos.place_columns, "topic_level", "topic_id", "concern_count"))
        .groupBy("area_code", "topic_level", "topic_id")
        .agg(F.sum("concern_count").alias("count"))
    )
    counts: dict[Topic, dict[str, int]] = defaultdict(dict)
    for row in totals.toArrow().to_pylist():
        counts[row["topic_level"], row["topic_id"]][row["area_code"]] = row["count"]
    regions = {row.province_code: row.region for row in spark.table("reference.provinces").collect()}
    covered_laos = [row for row in laos.facts.where("people > 0").collect() if row.province_code in sources]
    comparisons = compare_laos(counts, covered_laos, regions, sources)
    rows = [_row(comparison, topic, first, last) for topic, comparison in comparisons]
    schema = ", ".join(f"{name} {columns()[name].type}" for name in _COLUMNS)
    return (
        spark.createDataFrame(rows, schema)
        .join(topic_names(spark), ["topic_level", "topic_id"])
        .join(F.broadcast(laos.facts.drop("area_code", "coverage_code", "people")), "lao_code")
        .withColumn("model_version", F.lit(inputs.model_version))
        .select(*tables()["gold.peer_comparison"].column_names)
    )


def compare_laos(
    counts: Mapping[Topic, Mapping[str, int]],
    laos: Iterable[Row],
    regions: Mapping[str, str],
    sources: Mapping[str, frozenset[str]],
) -> Iterator[tuple[Topic, PeerComparison]]:
    """The comparisons of each topic, by level and id of the topic, then by LAO.

    Args:
        counts: the concerns of the year by topic and LAO; an LAO that is not there has 0.
        laos: ``lao_code``, ``province_code``, ``lao_type`` and ``people``; of provinces that ``sources`` has.
        regions: the region of each province.
        sources: the sources that cover each province in all twelve months.
    """
    members = list(laos)
    for topic, count_of in sorted(counts.items()):
        areas = [
            Area(
                lao.lao_code, lao.province_code, lao.lao_type, regions[lao.province_code], sources[lao.province_code],
                count_of.get(lao.lao_code, 0), lao.people,
            )
            for lao in members
        ]  # fmt: skip
        for comparison in peer_comparisons(areas):
            yield topic, comparison


def _row(comparison: PeerComparison, topic: Topic, first: date, last: date) -> tuple[object, ...]:
    return (
        comparison.code, *topic, first, last, comparison.region, comparison.population_from,
        comparison.population_below, comparison.member_count, comparison.concern_count, comparison.concerns_per_100k,
        comparison.rate_lower, comparison.rate_upper, comparison.median_per_100k, comparison.median_lower,
        comparison.median_upper, str(comparison.standing), comparison.rank, comparison.rank_lower,
        comparison.rank_upper,
    )  # fmt: skip


def _year_round_sources(inputs: TrendInputs, first: date, last: date) -> dict[str, frozenset[str]]:
    """The sources of each province that have data in every month from ``first`` to ``last``."""
    months = inputs.coverage.where(F.col("period_start").between(F.lit(first), F.lit(last)))
    year_round = (
        months.select("source_id", "period_start")
        .join(inputs.source_coverage, "source_id")
        .where("period_start >= first_month")
        .groupBy("source_id", "province_code")
        .agg(F.count_distinct("period_start").alias("_months"))
        .where(F.col("_months") == MONTHS)
    )
    sources: dict[str, set[str]] = defaultdict(set)
    for row in year_round.collect():
        sources[row.province_code].add(row.source_id)
    return {code: frozenset(names) for code, names in sources.items()}
