"""link_duplicates: silver.concerns → silver.concern_signatures, silver.concern_links.

A concern is a near-duplicate where its text repeats that of a concern submitted up to 30 days before (see
nlp.near_duplicates): the same text sent by two channels, sent again, or copied in a campaign. Later repeats do not make
a concern a near-duplicate, so the figures of a period do not change when later concerns arrive.

Only concerns whose signatures share a band are compared, and each only with the few before it in that band, even where
100,000 people sent the same text. So the work grows linearly with the number of concerns, not with its square.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import compute
from pyspark.sql import Column, DataFrame, SparkSession, Window
from pyspark.sql import functions as F
from pyspark.sql.pandas.types import from_arrow_schema

from lake.commits import overwrite, replace_for
from lake.progress import Progress, advance, changes, delta_version, latest
from lake.staleness import files_fingerprint, fingerprint
from nlp import near_duplicates as rules

log = logging.getLogger(__name__)

# PyArrow generates these functions when it is imported, so type checkers do not see them.
pc: Any = compute

CONSUMER = "link_duplicates"
SOURCE = "silver.concerns"
TARGET = "silver.concern_links"
SIGNATURES = "silver.concern_signatures"
RULES = "rules"
WINDOW_DAYS = 30
# A concern is compared with this many concerns of each bucket, the nearest before it.
NEIGHBOURS = 4
INPUT_COLUMNS = ("concern_id", "submitted_at", "district_code", "submitted_month")
_SIGNATURES_SQL = (
    "concern_id string, submitted_at timestamp, district_code string, submitted_month string, text_length int, "
    "text_bands array<bigint>"
)
_REPEATS = pa.schema(
    [
        ("concern_id", pa.string()), ("repeated_id", pa.string()), ("repeated_at", pa.timestamp("us", "UTC")),
        ("link_kind", pa.string()), ("similarity", pa.float64()),
    ]
)  # fmt: skip
_LINKS = pa.schema(
    [(name, pa.string()) for name in ("concern_id", "original_id", "repeated_id", "link_kind")]
    + [("similarity", pa.float64())]
)


def run(spark: SparkSession) -> dict[str, int]:
    """Finds near-duplicates among the concerns with changed text, place or time and their neighbours.

    All concerns are compared where the rules changed.

    Counts: compared (concerns whose links may have changed), near_duplicates (of these).
    """
    progress = latest(spark)
    done = progress.get((CONSUMER, SOURCE), Progress()).position
    until = delta_version(spark, SOURCE)
    rules_version = fingerprint(files_fingerprint([Path(rules.__file__)]), WINDOW_DAYS, NEIGHBOURS)
    has_new_rules = progress.get((CONSUMER, RULES), Progress()).fingerprint != rules_version
    if not has_new_rules and done == until:
        return {"compared": 0, "near_duplicates": 0}
    feed = None if has_new_rules else changes(spark, SOURCE, done, until)
    counts = _compare_all(spark) if feed is None else _compare_changed(spark, feed)
    advance(spark, CONSUMER, {SOURCE: until}, fingerprints={RULES: rules_version})
    return counts


def _compare_all(spark: SparkSession) -> dict[str, int]:
    overwrite(concern_signatures(spark.table(SOURCE)), SIGNATURES)
    signatures = spark.table(SIGNATURES)
    compared = signatures.count()
    log.info(f"{compared} concerns to compare with one another")
    repeats = repeated_concerns(candidate_pairs(buckets(signatures)), spark.table(SOURCE)).toArrow()
    written = _write_links(spark, repeats, spark.table(TARGET).select("concern_id"))
    return {"compared": compared, "near_duplicates": written}


def _compare_changed(spark: SparkSession, feed: DataFrame) -> dict[str, int]:
    """Compares only concerns near a change; ``feed`` are the changes of SOURCE.

    Links are written before signatures, so that a run that is killed in between finds the former signatures again.
    """
    changed = _changed_concerns(feed).persist()
    frames = [changed]
    try:
        months = [row[0] for row in changed.select(F.explode("months")).distinct().collect()]
        if not months:
            return {"compared": 0, "near_duplicates": 0}
        is_near = F.col("submitted_month").isin(months_around(months))
        concerns, stored = spark.table(SOURCE).where(is_near), spark.table(SIGNATURES).where(is_near)
        new = concern_signatures(concerns.join(changed, "concern_id", "left_semi")).persist()
        former = stored.join(changed, "concern_id", "left_semi")
        current = stored.join(changed, "concern_id", "left_anti").unionByName(new)
        affected = (
            _affected(buckets(former.unionByName(new)), buckets(current))
            .unionByName(changed.select("concern_id"))
            .distinct()
            .persist()
        )
        frames += [new, affected]
        compared = affected.count()
        log.info(f"{compared} concerns to compare with their neighbours")
        affected_buckets = buckets(current.join(affected, "concern_id", "left_semi")).select("bucket").distinct()
        neighbours = buckets(current).join(affected_buckets, "bucket", "left_semi")
        candidates = candidate_pairs(neighbours).join(affected, "concern_id", "left_semi")
        repeats = repeated_concerns(candidates, concerns).toArrow()
        unaffected, unaffected_ids = _links_of_same_clusters(spark, repeats, affected)
        written = _write_links(spark, pa.concat_tables([repeats, unaffected]), affected.unionByName(unaffected_ids))
        _write_signatures(spark, new, changed, months)
        return {"compared": compared, "near_duplicates": written}
    finally:
        for frame in frames:
            frame.unpersist()


def _write_signatures(spark: SparkSession, new: DataFrame, changed: DataFrame, months: list[str]) -> None:
    """Replaces the signatures of changed concerns; all of them were submitted in ``months``, before or after."""
    is_of_months = F.col("submitted_month").isin(months)
    unchanged = spark.table(SIGNATURES).where(is_of_months).join(changed, "concern_id", "left_anti")
    listed = ", ".join(f"'{month}'" for month in sorted(months))
    overwrite(unchanged.unionByName(new), SIGNATURES, f"submitted_month IN ({listed})")


def _changed_concerns(feed: DataFrame) -> DataFrame:
    """``concern_id, months``: concerns that were added or deleted, or changed in text, place or time.

    ``feed`` has rows of the change feed of silver.concerns; ``months`` are all months of submission, old and new.
    """
    content = F.xxhash64("text", "district_code", "submitted_at", "is_deleted")
    return (
        feed.groupBy("concern_id")
        .agg(
            F.count_distinct(content).alias("_contents"),
            F.max(F.col("_change_type").isin("insert", "delete")).alias("_is_new_or_deleted"),
            F.collect_set("submitted_month").alias("months"),
        )
        .where("_is_new_or_deleted OR _contents > 1")
        .select("concern_id", "months")
    )


def months_around(months: list[str]) -> list[str]:
    """The months (yyyy-mm) of all concerns that concerns of ``months`` may repeat, or that may repeat them, sorted."""
    around: set[str] = set()
    for month in months:
        first = date.fromisoformat(f"{month}-01")
        days = range(-WINDOW_DAYS - 1, 31 + WINDOW_DAYS + 1)
        around |= {f"{first + timedelta(days=day):%Y-%m}" for day in days}
    return sorted(around)


def concern_signatures(concerns: DataFrame) -> DataFrame:
    """Rows of silver.concern_signatures, for concerns that are not deleted and whose text is long enough."""
    with_text = concerns.where("not is_deleted AND text is not null").select(*INPUT_COLUMNS, "text")
    return with_text.repartition("submitted_month").mapInArrow(_signature_batches, _SIGNATURES_SQL)


def _signature_batches(concerns: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    for batch in concerns:
        lengths, bands = rules.signatures(batch.column("text").to_pylist())
        inputs = batch.drop_columns(["text"])
        columns = [
            *inputs.columns,
            pa.array(lengths.astype(np.int32)),
            pa.FixedSizeListArray.from_arrays(pa.array(bands.ravel()), rules.BANDS).cast(pa.list_(pa.int64())),
        ]
        signatures = pa.RecordBatch.from_arrays(columns, names=[*inputs.schema.names, "text_length", "text_bands"])
        yield signatures.filter(pa.array(lengths >= rules.MIN_CHARACTERS))


def buckets(signatures: DataFrame) -> DataFrame:
    """``bucket, concern_id, submitted_at``: a row for each bucket of each concern.

    A bucket has the concerns of one district with the same band. For long texts, there are also buckets with the
    concerns of all districts.
    """
    scopes = F.array_compact(
        F.array(
            F.col("district_code"),
            F.when(F.col("text_length") >= rules.MIN_CHARACTERS_ANYWHERE, F.lit("anywhere")),
        )
    )
    return signatures.select("concern_id", "submitted_at", "text_bands", F.explode(scopes).alias("_scope")).select(
        F.explode(F.expr("transform(text_bands, band -> xxhash64(_scope, band))")).alias("bucket"),
        "concern_id",
        "submitted_at",
    )


def _affected(changed: DataFrame, current: DataFrame) -> DataFrame:
    """``concern_id`` of concerns that share a bucket with a change up to WINDOW_DAYS before them.

    ``changed`` and ``current`` have rows of ``buckets``: those of changed concerns, before and after; and all as they
    are now.
    """
    spans = changed.groupBy("bucket").agg(F.min("submitted_at").alias("_from"), F.max("submitted_at").alias("_to"))
    is_in_window = F.col("submitted_at").between(F.col("_from"), F.col("_to") + _window())
    return current.join(spans, "bucket").where(is_in_window).select("concern_id")


def _window() -> Column:
    return F.expr(f"INTERVAL {WINDOW_DAYS} DAYS")


def candidate_pairs(rows: DataFrame) -> DataFrame:
    """``concern_id, repeated_id``: each concern with the NEIGHBOURS before it in each of its buckets.

    ``rows`` are of ``buckets``.
    """
    previous = Window.partitionBy("bucket").orderBy("submitted_at", "concern_id").rowsBetween(-NEIGHBOURS, -1)
    neighbour = F.struct(F.col("submitted_at").alias("at"), F.col("concern_id").alias("id"))
    near = rows.withColumn("_previous", F.collect_list(neighbour).over(previous)).withColumn(
        "_previous", F.explode("_previous")
    )
    is_in_window = F.col("submitted_at") <= F.col("_previous.at") + _window()
    return near.where(is_in_window).select("concern_id", F.col("_previous.id").alias("repeated_id")).distinct()


def repeated_concerns(candidates: DataFrame, concerns: DataFrame) -> DataFrame:
    """``concern_id, repeated_id, link_kind, similarity``: the earliest candidate that each concern repeats.

    Args:
        candidates: rows of ``candidate_pairs``.
        concerns: rows of silver.concerns, at least those of the candidates.
    """
    later = concerns.select("concern_id", "text", "district_code")
    earlier = concerns.select(
        F.col("concern_id").alias("repeated_id"), F.col("submitted_at").alias("repeated_at"),
        F.col("text").alias("earlier_text"), F.col("district_code").alias("earlier_district"),
    )  # fmt: skip
    pairs = candidates.join(later, "concern_id").join(earlier, "repeated_id")
    repeats = pairs.mapInArrow(_repeat_batches, from_arrow_schema(_REPEATS))
    first = F.min_by(F.struct("repeated_id", "link_kind", "similarity"), F.struct("repeated_at", "repeated_id"))
    return repeats.groupBy("concern_id").agg(first.alias("_first")).select("concern_id", "_first.*")


def _repeat_batches(pairs: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The pairs in which the later text repeats the earlier one."""
    for batch in pairs:
        rows: list[dict[str, object]] = []
        for row in batch.to_pylist():
            is_same_place = row["district_code"] is not None and row["district_code"] == row["earlier_district"]
            match = rules.match_near_duplicate(row["text"], row["earlier_text"], is_same_place=is_same_place)
            if match:
                rows.append(row | dict(zip(("link_kind", "similarity"), match, strict=True)))
        yield pa.RecordBatch.from_pylist(
            [{name: row[name] for name in _REPEATS.names} for row in rows], schema=_REPEATS
        )


def _links_of_same_clusters(spark: SparkSession, repeats: pa.Table, affected: DataFrame) -> tuple[pa.Table, DataFrame]:
    """Stored links of unaffected concerns in the clusters of ``repeats`` and ``affected``, and their ``concern_id``.

    What these concerns repeat is unchanged, but the original of their cluster may be another one now.
    """
    links = spark.table(TARGET)
    repeated = spark.createDataFrame(
        repeats.select(["repeated_id"]).rename_columns(["concern_id"]), "concern_id string"
    )
    members = affected.unionByName(repeated).distinct()
    originals = members.unionByName(
        links.join(members, "concern_id", "left_semi").select(F.col("original_id").alias("concern_id"))
    ).distinct()
    of_clusters = links.join(originals.withColumnRenamed("concern_id", "original_id"), "original_id", "left_semi")
    unaffected = of_clusters.join(affected, "concern_id", "left_anti").select(*repeats.column_names)
    return unaffected.toArrow().cast(repeats.schema), unaffected.select("concern_id")


def _write_links(spark: SparkSession, repeats: pa.Table, scope: DataFrame) -> int:
    """Replaces the links of the concerns in ``scope``; returns the number of links that were written."""
    links = with_originals(repeats)
    # Without rows, Spark cannot infer the types.
    rows = spark.createDataFrame(links, from_arrow_schema(_LINKS))
    replace_for(spark, rows, TARGET, scope.unionByName(rows.select("concern_id")))
    return links.num_rows


def with_originals(repeats: pa.Table) -> pa.Table:
    """Rows of silver.concern_links: ``repeats`` with the original of each, which itself repeats no other concern.

    The table has about 200 bytes for each near-duplicate: 1 million need 200 MB of memory.
    """
    ids, repeated = (repeats[name].combine_chunks() for name in ("concern_id", "repeated_id"))
    positions = np.arange(len(ids))
    repeated_positions = pc.fill_null(pc.index_in(repeated, value_set=ids), -1).to_numpy(zero_copy_only=False)
    # Each step doubles how far the chains of repeats are followed back.
    first = np.where(repeated_positions < 0, positions, repeated_positions)
    while not np.array_equal(further := first[first], first):
        first = further
    return repeats.append_column("original_id", repeated.take(pa.array(first))).select(_LINKS.names).cast(_LINKS)
