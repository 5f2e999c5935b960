"""Compares the figures of a batch by source with those of earlier batches, stored in ops.metrics."""

from __future__ import annotations

from datetime import UTC, datetime
from statistics import median

import pandas as pd
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from jobs.quality import validate_or_raise
from lake.commits import append
from lake.tables import empty_like, rows

CONSUMER = "parse"
SHARES = ("refused", "unplaced", "wordless", "unknown_status", "misread")
HISTORY_BATCHES = 20  # batches
# The limit of a share is three times its usual value, and at least these values.
MIN_LIMITS = {"refused": 0.2, "unplaced": 0.5, "wordless": 0.5, "unknown_status": 0.0, "misread": 0.05}


BatchMetrics = list[dict[str, float | str]]


def measure(parsed: DataFrame) -> BatchMetrics:
    """By source: records, and the shares rejected, without province, without text, with unknown status, misread."""
    is_usable = F.size("reasons") == 0
    is_misread = F.exists("quality_flags", lambda flag: flag.startswith("bad_"))
    usable = F.greatest(F.count_if(is_usable), F.lit(1))
    return rows(
        parsed.groupBy("source_id").agg(
            F.count("*").cast("double").alias("records"),
            (F.count_if(~is_usable) / F.count("*")).alias("refused_share"),
            (F.count_if(is_usable & F.col("province_code").isNull()) / usable).alias("unplaced_share"),
            (F.count_if(is_usable & F.col("text").isNull()) / usable).alias("wordless_share"),
            (F.count_if(is_usable & (F.col("status") == "unknown")) / usable).alias("unknown_status_share"),
            (F.count_if(is_usable & is_misread) / usable).alias("misread_share"),
        )
    )


def limits(history: dict[str, list[float]]) -> dict[str, float]:
    """The limit of each share, from its values in earlier batches."""
    by_name: dict[str, float] = {}
    for name in SHARES:
        earlier = history.get(f"{name}_share", [])[-HISTORY_BATCHES:]
        by_name[f"{name}_limit"] = max(MIN_LIMITS[name], 3 * median(earlier)) if earlier else MIN_LIMITS[name]
    return by_name


def check_batch(spark: SparkSession, parsed: DataFrame, batch_id: int) -> BatchMetrics:
    """Measures a batch, and logs a warning where it differs from earlier batches."""
    measured = measure(parsed)
    if not measured:
        return []
    history: dict[str, dict[str, list[float]]] = {}
    before = spark.table("ops.metrics").where((F.col("consumer") == CONSUMER) & (F.col("batch_id") < batch_id))
    for row in before.orderBy("batch_id").collect():
        history.setdefault(row.source_id, {}).setdefault(row.metric, []).append(row.value)
    frame = pd.DataFrame([one | limits(history.get(str(one["source_id"]), {})) for one in measured])
    validate_or_raise(spark, frame, "batches", ["source_id"])
    return measured


def store_metrics(spark: SparkSession, measured: BatchMetrics, batch_id: int) -> None:
    """Stores the figures of a committed batch for the comparison with later ones."""
    now = datetime.now(UTC)
    kept = [
        (CONSUMER, batch_id, one["source_id"], name, value, now)
        for one in measured
        for name, value in one.items()
        if name != "source_id"
    ]
    if kept:
        append(spark.createDataFrame(kept, empty_like("ops.metrics")), "ops.metrics")
