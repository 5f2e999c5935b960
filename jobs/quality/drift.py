"""Whether texts that come in are like those before: topics, languages, words and length, kept in ops.metrics."""

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
MIN_TEXTS = 200  # of a batch and of those before it: fewer say nothing of their kind
HISTORY_BATCHES = 20  # batches
DOUBTFUL_BELOW = 0.6  # a first topic of less confidence is little more than a guess
# How far a share may rise: to twice what is usual, and never below these.
MIN_LIMITS = {"other_share": 0.3, "doubtful_share": 0.3, "unknown_share": 0.3}
MIN_INDEX_LIMIT = 0.25
LENGTH_LIMIT = 2.0  # times
Metrics = dict[str, float]


@dataclass(frozen=True, slots=True)
class Cell:
    """Texts of a source, first topic and language: how many, how many in doubt, their words and letters."""

    source_id: str
    topic_id: str
    language: str
    texts: int
    doubtful: int
    words: int
    unknown: int
    letters: int


def count_cells(analysed: DataFrame) -> list[Cell]:
    """What is counted of a batch: rows of ``classify.analyse``, those that analysts corrected left out."""
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
    """By source: texts, shares of ``other``, doubtful texts and unknown words, letters a text, groups, languages."""
    groups = {topic.topic_id: topic.group_id for topic in load_topics()}
    found: dict[str, Metrics] = {}
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
        found[source_id] = metrics
    return found


def stability_index(now: Mapping[str, float], before: Mapping[str, float], texts: float, former: float) -> Metrics:
    """The population stability index of two sets of shares, and how far it may go.

    ``texts`` and ``former`` are how many the shares are of. The limit is 0.25, a custom of credit scoring, or what
    chance alone exceeds once in a thousand batches, where that is more. Source: B. Yurdakul, Statistical properties
    of population stability index, 2018: without drift it is distributed as (1/n + 1/m) chi-square of k - 1.
    """
    kinds = sorted({*now, *before})
    index = 0.0
    for kind in kinds:
        # A kind that did not come up may be there all the same: half a text of it.
        one, other = max(now.get(kind, 0), 0.5 / texts), max(before.get(kind, 0), 0.5 / former)
        index += (one - other) * math.log(one / other)
    chance = (1 / texts + 1 / former) * float(stats.chi2.ppf(0.999, max(len(kinds) - 1, 1)))
    return {"index": index, "limit": max(MIN_INDEX_LIMIT, chance)}


def compare(now: Metrics, history: Sequence[Metrics]) -> Metrics | None:
    """What of a source's batch is held against the batches before it, each with its limit; None where too few texts.

    ``history`` holds their metrics.
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
    """Measures a batch, warns where it is unlike those before, and keeps its figures."""
    found = source_metrics(count_cells(analysed))
    if not found:
        return
    history: dict[str, dict[int, Metrics]] = {}
    before = spark.table("ops.metrics").where((F.col("consumer") == CONSUMER) & (F.col("batch_id") < batch_id))
    back = F.dense_rank().over(Window.partitionBy("source_id").orderBy(F.desc("batch_id")))
    recent = before.withColumn("_back", back).where(F.col("_back") <= HISTORY_BATCHES)
    for row in recent.orderBy("batch_id").collect():
        history.setdefault(row.source_id, {}).setdefault(row.batch_id, {})[row.metric] = row.value
    judged = [
        {"source_id": source_id, **held}
        for source_id, metrics in found.items()
        if (held := compare(metrics, list(history.get(source_id, {}).values())))
    ]
    if judged:
        validate_or_raise(spark, pd.DataFrame(judged), SUITE, ["source_id"])
    now = datetime.now(UTC)
    kept = [
        (CONSUMER, batch_id, source_id, name, value, now)
        for source_id, metrics in found.items()
        for name, value in metrics.items()
    ]
    append(spark.createDataFrame(kept, empty_like("ops.metrics")), "ops.metrics")
