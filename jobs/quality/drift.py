"""Drift of texts: compares topics, languages, words and length of a batch with earlier batches in ops.metrics."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median

import pandas as pd
from pyspark.sql import DataFrame, SparkSession, Window
from pyspark.sql import functions as F
from scipy import stats

from jobs.quality import validate_or_raise
from lake.commits import append
from lake.tables import empty_like, rows
from schemas.topics import load_topics

CONSUMER = "classify"
SUITE = "texts"
MIN_TEXTS = 200  # of a batch, and of the earlier ones; a comparison of fewer texts is not meaningful
HISTORY_BATCHES = 20  # batches
DOUBTFUL_BELOW = 0.6  # a first topic with less confidence is doubtful
# The limit of a share is twice its usual value, and at least these values.
MIN_LIMITS = {"other_share": 0.3, "doubtful_share": 0.3, "unknown_share": 0.3}
MIN_INDEX_LIMIT = 0.25
LENGTH_LIMIT = 2.0  # times
Metrics = dict[str, float]


@dataclass(frozen=True, slots=True)
class Cell:
    """Counts for a source, first topic and language: texts, doubtful texts, words, unknown words, letters."""

    source_id: str
    topic_id: str
    language: str
    texts: int
    doubtful: int
    words: int
    unknown: int
    letters: int


def count_cells(analysed: DataFrame) -> list[Cell]:
    """Counts of a batch (rows of ``classify.analyse``), without concerns that analysts corrected."""
    first = F.col("topics")[0]
    is_guess = first["method"].isin("model", "keywords") & (first["confidence"] < DOUBTFUL_BELOW)
    counted = (
        analysed.where(first["method"] != "analyst")
        .groupBy("source_id", F.col("primary_topic_id").alias("topic_id"), "language")
        .agg(
            F.count("*").alias("texts"),
            F.count_if(is_guess).alias("doubtful"),
            F.sum("word_count").alias("words"),
            F.sum("unknown_count").alias("unknown"),
            F.sum("letter_count").alias("letters"),
        )
    )
    return [Cell(**row) for row in rows(counted)]


def source_metrics(counted: Iterable[Cell]) -> dict[str, Metrics]:
    """By source: texts; shares of ``other``, doubtful texts and unknown words; letters per text; groups; languages."""
    groups = {topic.topic_id: topic.group_id for topic in load_topics()}
    by_source: dict[str, Metrics] = {}
    of_source: dict[str, list[Cell]] = {}
    for cell in counted:
        of_source.setdefault(cell.source_id, []).append(cell)
    for source_id, mine in sorted(of_source.items()):
        texts, words = sum(one.texts for one in mine), sum(one.words for one in mine)
        metrics = {
            "texts": float(texts),
            "other_share": sum(one.texts for one in mine if one.topic_id == "other") / texts,
            "doubtful_share": sum(one.doubtful for one in mine) / texts,
            "unknown_share": sum(one.unknown for one in mine) / max(words, 1),
            "letters": sum(one.letters for one in mine) / texts,
        }
        for one in mine:
            for name in (f"group:{groups[one.topic_id]}", f"language:{one.language}"):
                metrics[name] = metrics.get(name, 0.0) + one.texts / texts
        by_source[source_id] = metrics
    return by_source


def stability_index(now: Mapping[str, float], before: Mapping[str, float], texts: float, former: float) -> Metrics:
    """The population stability index of two sets of shares (``index``), and its ``limit``.

    ``texts`` and ``former`` are the numbers of texts behind the shares. The limit is the larger of 0.25, which is usual
    in credit scoring, and the value that chance exceeds once in a thousand batches. Source: B. Yurdakul, Statistical
    properties of population stability index, 2018: without drift it is distributed as (1/n + 1/m) chi-square of k - 1.
    """
    kinds = sorted({*now, *before})
    index = 0.0
    for kind in kinds:
        # A kind without texts counts as half a text, because its true share need not be zero.
        one, other = max(now.get(kind, 0), 0.5 / texts), max(before.get(kind, 0), 0.5 / former)
        index += (one - other) * math.log(one / other)
    chance = (1 / texts + 1 / former) * float(stats.chi2.ppf(0.999, max(len(kinds) - 1, 1)))
    return {"index": index, "limit": max(MIN_INDEX_LIMIT, chance)}


def compare(now: Metrics, history: Sequence[Metrics]) -> Metrics | None:
    """Metrics of a batch of a source with their limits, from ``history`` (the metrics of earlier batches).

    None where there are too few texts.
    """
    former = sum(one["texts"] for one in history)
    if now["texts"] < MIN_TEXTS or former < MIN_TEXTS:
        return None
    found: Metrics = {}
    for name, least in MIN_LIMITS.items():
        found |= {name: now[name], f"{name}_limit": max(least, 2 * median(one[name] for one in history))}
    usual = sum(one["letters"] * one["texts"] for one in history) / former
    found |= {"length_ratio": max(now["letters"] / usual, usual / max(now["letters"], 1)), "length_limit": LENGTH_LIMIT}
    for name in ("group", "language"):
        shares = _shares(now, name)
        mean: Metrics = {}
        for one in history:
            for kind, share in _shares(one, name).items():
                mean[kind] = mean.get(kind, 0.0) + share * one["texts"] / former
        judged = stability_index(shares, mean, now["texts"], former)
        found |= {f"{name}_{what}": value for what, value in judged.items()}
    return found


def _shares(metrics: Metrics, name: str) -> Metrics:
    return {kind: share for kind, share in metrics.items() if kind.startswith(f"{name}:")}


def check_drift(spark: SparkSession, analysed: DataFrame, batch_id: int) -> None:
    """Measures a batch, logs a warning where it differs from earlier batches, and stores its metrics."""
    by_source = source_metrics(count_cells(analysed))
    if not by_source:
        return
    history: dict[str, dict[int, Metrics]] = {}
    before = spark.table("ops.metrics").where((F.col("consumer") == CONSUMER) & (F.col("batch_id") < batch_id))
    back = F.dense_rank().over(Window.partitionBy("source_id").orderBy(F.desc("batch_id")))
    recent = before.withColumn("_back", back).where(F.col("_back") <= HISTORY_BATCHES)
    for row in recent.orderBy("batch_id").collect():
        history.setdefault(row.source_id, {}).setdefault(row.batch_id, {})[row.metric] = row.value
    judged = [
        {"source_id": source_id, **compared}
        for source_id, metrics in by_source.items()
        if (compared := compare(metrics, list(history.get(source_id, {}).values())))
    ]
    if judged:
        validate_or_raise(spark, pd.DataFrame(judged), SUITE, ["source_id"])
    now = datetime.now(UTC)
    kept = [
        (CONSUMER, batch_id, source_id, name, value, now)
        for source_id, metrics in by_source.items()
        for name, value in metrics.items()
    ]
    append(spark.createDataFrame(kept, empty_like("ops.metrics")), "ops.metrics")
