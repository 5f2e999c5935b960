"""Measures the time of the gold tables for millions of concerns, and for one more day of concerns.

python -m benchmarks.aggregate --concerns 5000000

Concerns are synthetic: all provinces by population, five years, three sources, one to three topics, most of them
solved. The next day has either only new concerns, or new concerns and old ones that end.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame, SparkSession

# The next day begins a month and a quarter in the middle of a fiscal year, so its cost is neither the highest nor the
# lowest.
FIRST = date(2020, 4, 1)
LAST = date(2025, 3, 31)
SOURCES = (
    ("traffy_feed", "complaint_log", "traffy_fondue", 0.45),
    ("damrongdhama_register", "hotline", "damrongdhama", 0.40),
    ("social_posts", "social_media", "x", 0.15),
)
ENDED_OF_OLD = 4000
DAYS = {"only new concerns": 0, f"with {ENDED_OF_OLD:,} old concerns that end": ENDED_OF_OLD}
"""The next days: a description, and the number of old concerns that end."""


class Measured(NamedTuple):
    """Seconds of aggregate: for a whole lake, without new concerns, and for each of DAYS."""

    whole: float
    nothing: float
    days: list[float]


def synthetic_concerns(spark: SparkSession, first_id: int, count: int, first: date, days: int) -> DataFrame:
    """``count`` concerns submitted within ``days`` days; all their values are computed from consecutive numbers."""
    from pyspark.sql import functions as F

    def chance(name: str) -> Column:
        """A pseudo-random number between 0 and 1, computed from the number of the concern."""
        return (F.pmod(F.xxhash64("id", F.lit(name)), F.lit(1_000_003)) / 1_000_003).alias(name)

    numbered = spark.range(first_id, first_id + count).select(
        "id", *[chance(name) for name in ("day", "place", "area", "source", "status", "took", "kind", "topics")]
    )
    places = spark.createDataFrame(_places(), "low double, high double, areas array<string>")
    by_source = F.lit(SOURCES[-1][0])
    by_channel, by_origin = F.lit(SOURCES[-1][1]), F.lit(SOURCES[-1][2])
    until = sum(share for *_, share in SOURCES[:-1])
    for source, channel, origin, share in reversed(SOURCES[:-1]):
        is_one = F.col("source") < until
        by_source = F.when(is_one, source).otherwise(by_source)
        by_channel = F.when(is_one, channel).otherwise(by_channel)
        by_origin = F.when(is_one, origin).otherwise(by_origin)
        until -= share
    # More in the rains than in the dry season, more in later years.
    day = F.date_add(F.lit(first), (F.lit(days) * F.pow(F.col("day"), F.lit(0.8))).cast("int"))
    area = F.element_at("areas", (F.col("area") * F.size("areas")).cast("int") + 1)
    took = F.floor(-12 * F.log(1 - F.col("took"))).cast("int")
    ended = F.date_add("submitted_date", F.col("_took"))
    is_ended = (F.col("status") < 0.85) & (F.col("_ended") <= F.lit(LAST))
    at = "cast(cast({} as timestamp) + interval 3 hours as timestamp)"
    concerns = (
        numbered.join(F.broadcast(places), (F.col("place") >= F.col("low")) & (F.col("place") < F.col("high")))
        .withColumn("submitted_date", day)
        .withColumn("_took", took)
        .withColumn("_ended", ended)
        .select(
            F.md5(F.col("id").cast("string")).alias("concern_id"),
            by_source.alias("source_id"),
            F.col("id").cast("string").alias("source_record_id"),
            by_channel.alias("channel"),
            by_origin.alias("origin"),
            "submitted_date",
            F.when(is_ended, F.col("_ended")).alias("closed_date"),
            F.when(is_ended, F.when(F.col("status") < 0.75, "resolved").otherwise("closed"))
            .otherwise("open").alias("status"),
            F.when(by_source == "social_posts", "observed").otherwise("stated").alias("time_basis"),
            F.concat(F.lit("เรื่องที่ "), F.col("id").cast("string")).alias("text"),
            area.alias("subdistrict_code"),
            F.lit(False).alias("is_deleted"),
            "kind", "topics",
        )
        .withColumn("district_code", F.substring("subdistrict_code", 1, 4))
        .withColumn("province_code", F.substring("subdistrict_code", 1, 2))
        .withColumn("submitted_at", F.expr(at.format("submitted_date")))
        .withColumn("closed_at", F.expr(at.format("closed_date")))
        .withColumn("resolved_at", F.when(F.col("status") == "resolved", F.col("closed_at")))
        .withColumn("submitted_month", F.date_format("submitted_date", "yyyy-MM"))
    )  # fmt: skip
    return concerns


def _places() -> list[tuple[float, float, list[str]]]:
    """Provinces as intervals of their share of the population, with the codes of their subdistricts."""
    from schemas.area_data import population, provinces, subdistricts

    people = {one.province_code: one.population for one in population()}
    total = sum(people[one.province_code] for one in provinces())
    found, low = [], 0.0
    for one in provinces():
        high = low + people[one.province_code] / total
        codes = [area.subdistrict_code for area in subdistricts() if area.province_code == one.province_code]
        found.append((low, high, codes))
        low = high
    return [*found[:-1], (found[-1][0], 2.0, found[-1][2])]


def write(spark: SparkSession, concerns: DataFrame) -> None:
    """Writes concerns with labels, topics and LAOs, as the earlier steps of the pipeline do."""
    from pyspark.sql import functions as F

    from jobs.pipeline.link_laos import reference_laos, serving_places
    from lake.commits import append
    from schemas.topics import load_topics

    topics = [one.topic_id for one in load_topics() if one.topic_id != "other"]
    # A few topics have most of the concerns, as in real data.
    names = F.array(*[F.lit(name) for name in topics])

    def topic(power: float, offset: int) -> Column:
        number = (F.pow(F.col("topics"), F.lit(power)) * (len(topics) - offset)).cast("int") + 1 + offset
        return F.element_at(names, F.least(number, F.lit(len(topics))))

    with_topic = concerns.withColumn("first_topic", topic(2.5, 0))
    ordered = concerns.drop("kind", "topics").repartition(8, "submitted_month").sortWithinPartitions("submitted_month")
    append(ordered, "silver.concerns")
    labels = with_topic.select(
        "concern_id",
        F.when(F.col("kind") < 0.7, "complaint").when(F.col("kind") < 0.88, "request").otherwise("question")
        .alias("kind"),
        F.lit("th").alias("language"), F.col("first_topic").alias("primary_topic_id"),
        F.array(F.concat(F.lit("คำ"), F.col("first_topic"))).alias("terms"),
        F.array().cast("array<string>").alias("unmapped_labels"),
        F.lit(1.0).alias("relevance"), F.lit(True).alias("is_relevant"),
        F.lit("made").alias("model_version"), F.col("concern_id").alias("input_hash"),
    )  # fmt: skip
    append(labels.repartition(8), "silver.concern_labels")
    several = F.when(F.col("kind") < 0.3, F.array("first_topic", topic(1.5, 3))).otherwise(F.array("first_topic"))
    of_topics = with_topic.select("concern_id", F.explode(F.array_distinct(several)).alias("topic_id"))
    append(
        of_topics.withColumn("confidence", F.lit(0.9)).withColumn("method", F.lit("model"))
        .withColumn("model_version", F.lit("made")).repartition(8),
        "silver.concern_topics",
    )  # fmt: skip
    laos, served = reference_laos(spark)
    by_place = serving_places(spark, concerns, laos, served)
    append(by_place.repartition(8), "silver.concern_laos")
    append(
        by_place.where(F.pmod(F.xxhash64("concern_id"), F.lit(10)) < 6).withColumn("role", F.lit("responsible"))
        .repartition(8),
        "silver.concern_laos",
    )  # fmt: skip


def end_some(spark: SparkSession, count: int) -> None:
    """Ends old open concerns on the day after the last."""
    day = (LAST + timedelta(days=1)).isoformat()
    spark.sql(
        f"MERGE INTO silver.concerns t USING (SELECT concern_id FROM silver.concerns WHERE status = 'open' "
        f"AND submitted_date > DATE'{LAST - timedelta(days=60)}' ORDER BY concern_id LIMIT {count}) s "
        f"ON t.concern_id = s.concern_id WHEN MATCHED THEN UPDATE SET status = 'resolved', "
        f"closed_date = DATE'{day}', closed_at = TIMESTAMP'{day} 03:00:00', resolved_at = TIMESTAMP'{day} 03:00:00'"
    )


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


_started = time.perf_counter()


def report(sentence: str) -> None:
    """Prints a sentence with the seconds since the benchmark began."""
    print(f"  {time.perf_counter() - _started:6.0f} s  {sentence}", flush=True)


def lao_list(path: str) -> None:
    """Writes a synthetic list with an LAO for each subdistrict of the country."""
    from schemas.area_data import subdistricts

    with open(path, "w", encoding="utf-8") as file:
        file.write("รหัส อปท.,ชื่อ อปท.,ประเภท,จังหวัด,อำเภอ,ตำบล\n")
        for one in subdistricts():
            if one.province_code != "10":
                file.write(
                    f"MADE-{one.subdistrict_code},องค์การบริหารส่วนตำบล{one.subdistrict_th},อบต.,{one.province_code},"
                    f"{one.district_code},{one.subdistrict_code}\n"
                )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--concerns", type=int, default=5_000_000)
    parser.add_argument("--day", type=int, default=5_000, help="concerns of one more day")
    parser.add_argument("--all-laos", action="store_true", help="an LAO for each subdistrict besides the PAOs")
    parser.add_argument("--home", help="where the lake is made, and kept; else a folder that is removed")
    arguments = parser.parse_args()
    home = arguments.home or tempfile.mkdtemp(prefix="siang-benchmark-")
    os.environ.setdefault("SIANG_SPARK_MEMORY", "4g")
    if arguments.all_laos:
        os.makedirs(home, exist_ok=True)
        os.environ["SIANG_LAOS"] = f"{home}/laos.csv"
        lao_list(os.environ["SIANG_LAOS"])

    try:
        print(f"a lake of {arguments.day:,} concerns, for the fixed cost of a run:", flush=True)
        least = measured(f"{home}/small", arguments.day, arguments.day)
        print(f"a lake of {arguments.concerns:,} concerns:", flush=True)
        found = measured(f"{home}/large", arguments.concerns, arguments.day)
        print(f"all concerns: {found.whole:.0f} s ({os.cpu_count()} cores, driver {os.environ['SIANG_SPARK_MEMORY']})")
        for what, took, start in zip(DAYS, found.days, least.days, strict=True):
            share = (took - start) / found.whole
            print(f"one more day of {arguments.day:,}, {what}: {took:.0f} s, {start:.0f} s in the small lake; "
                  f"the difference is {share:.1%} of the time of all concerns")  # fmt: skip
        print(f"a run without new concerns: {found.nothing:.1f} s")
    finally:
        if not arguments.home:
            shutil.rmtree(home, ignore_errors=True)
    return 0


def measured(home: str, count: int, day: int) -> Measured:
    """Creates a lake of ``count`` concerns (unless it exists) and measures aggregate on it and on the next days."""
    from jobs.pipeline import aggregate, reference
    from lake import server
    from lake.commits import is_empty
    from lake.session import open_writer
    from lake.settings import settings

    os.environ["SIANG_HOME"] = home
    settings.cache_clear()
    try:
        with open_writer() as spark:
            reference.run(spark)
            if is_empty(spark, "silver.concerns"):
                write(spark, synthetic_concerns(spark, 0, count, FIRST, (LAST - FIRST).days + 1))
                report(f"{count:,} concerns made")
            whole = seconds(lambda: aggregate.run(spark))
            for name in ("daily", "province_trends", "district_trends", "lao_trends", "surges", "plan_evidence"):
                report(f"gold.{name}: {spark.table(f'gold.{name}').count():,} rows")
            nothing = seconds(lambda: aggregate.run(spark))
            days: list[float] = []
            for number, ended in enumerate(DAYS.values()):
                write(spark, synthetic_concerns(spark, count + number * day, day, LAST + timedelta(days=1), 1))
                if ended:
                    end_some(spark, ended)
                days.append(seconds(lambda: aggregate.run(spark)))
                report("one more day")
            memory = sum(process.memory_info().rss for process in server.processes())
            report(f"the server holds {memory / 1024**3:.1f} GiB")
    finally:
        server.stop()
    return Measured(whole, nothing, days)


if __name__ == "__main__":
    sys.exit(main())
