"""link_duplicates: silver.concerns → silver.concern_links, by way of silver.concern_signatures.

A concern is a near-duplicate where its words repeat those of one that was submitted up to 30 days before, see
nlp.near_duplicates: the same text sent by two channels, one sent again, a campaign that many copied. What repeats it
later does not make a concern a near-duplicate, so that figures of a period stand when later ones come in.

Only concerns whose signatures have a band in common are compared, and of those that share one (a template that
100,000 people sent) each only with the few before it: the work grows with the concerns, never with their square.
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

from lake.commits import overwrite, replace_for
from lake.progress import NOTHING, Progress, advance, changes, delta_version, latest
from lake.staleness import files_fingerprint, fingerprint
from nlp import near_duplicates as rules

log = logging.getLogger(__name__)

# Its functions are made when it is imported, so that a type checker does not see them.
pc: Any = compute

CONSUMER = "link_duplicates"
SOURCE = "silver.concerns"
TARGET = "silver.concern_links"
SIGNATURES = "silver.concern_signatures"
RULES = "rules"
WINDOW_DAYS = 30
# With how many concerns of a bucket, the nearest before it, one is compared.
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
_REPEATS_SQL = "concern_id string, repeated_id string, repeated_at timestamp, link_kind string, similarity double"
_LINKS_SQL = "concern_id string, original_id string, repeated_id string, link_kind string, similarity double"
_LINKS = pa.schema(
    [(name, pa.string()) for name in ("concern_id", "original_id", "repeated_id", "link_kind")]
    + [("similarity", pa.float64())]
)


def run(spark: SparkSession) -> dict[str, int]:
    """Finds what the concerns whose words, place or time changed repeat, and what repeats them; all of them where the
    rules changed.

    Counts: compared (concerns that may repeat others now, or no longer), near_duplicates (of these).
    """
    progress = latest(spark)
    done = progress.get((CONSUMER, SOURCE), Progress()).position
    until = delta_version(spark, SOURCE)
    known = fingerprint(files_fingerprint([Path(rules.__file__)]), WINDOW_DAYS, NEIGHBOURS)
    is_anew = progress.get((CONSUMER, RULES), Progress()).position != known
    if not is_anew and done == until:
        return {"compared": 0, "near_duplicates": 0}
    counts = _compare_all(spark) if is_anew or done == NOTHING else _compare_changed(spark, done, until)
    advance(spark, CONSUMER, {SOURCE: until, RULES: known})
    return counts


def _compare_all(spark: SparkSession) -> dict[str, int]:
    overwrite(concern_signatures(spark.table(SOURCE)), SIGNATURES)
    signatures = spark.table(SIGNATURES)
    compared = signatures.count()
    log.info(f"{compared} concerns to compare with one another")
    found = repeated_concerns(candidate_pairs(buckets(signatures)), spark.table(SOURCE)).toArrow()
    return {
        "compared": compared,
        "near_duplicates": _write_links(spark, found, spark.table(TARGET).select("concern_id")),
    }


def _compare_changed(spark: SparkSession, done: int, until: int) -> dict[str, int]:
    """The links first, the signatures last: a run that was killed in between finds the former signatures again."""
    images = changes(spark, SOURCE, done, until)
    assert images is not None
    touched = _changed_concerns(images).persist()
    frames = [touched]
    try:
        months = [row[0] for row in touched.select(F.explode("months")).distinct().collect()]
        if not months:
            return {"compared": 0, "near_duplicates": 0}
        of_months = F.col("submitted_month").isin(months)
        near = F.col("submitted_month").isin(months_around(months))
        concerns, before = spark.table(SOURCE).where(near), spark.table(SIGNATURES).where(near)
        fresh = concern_signatures(concerns.join(touched, "concern_id", "left_semi")).persist()
        former = before.join(touched, "concern_id", "left_semi")
        now = before.join(touched, "concern_id", "left_anti").unionByName(fresh)
        affected = _affected(buckets(former.unionByName(fresh)), buckets(now)).unionByName(touched.select("concern_id"))
        affected = affected.distinct().persist()
        frames += [fresh, affected]
        compared = affected.count()
        log.info(f"{compared} concerns to compare with those around them")
        of_affected = buckets(now.join(affected, "concern_id", "left_semi")).select("bucket").distinct()
        together = buckets(now).join(of_affected, "bucket", "left_semi")
        found = repeated_concerns(
            candidate_pairs(together).join(affected, "concern_id", "left_semi"), concerns
        ).toArrow()
        kept, others = _links_of_same_clusters(spark, found, affected)
        written = _write_links(spark, pa.concat_tables([found, kept]), affected.unionByName(others))
        unchanged = spark.table(SIGNATURES).where(of_months).join(touched, "concern_id", "left_anti")
        listed = ", ".join(f"'{month}'" for month in sorted(months))
        overwrite(unchanged.unionByName(fresh), SIGNATURES, f"submitted_month IN ({listed})")
        return {"compared": compared, "near_duplicates": written}
    finally:
        for frame in frames:
            frame.unpersist()


def _changed_concerns(images: DataFrame) -> DataFrame:
    """``concern_id, months``: concerns that came, went, or say something else than before, of rows of a change feed."""
    said = F.xxhash64("text", "district_code", "submitted_at", "is_deleted")
    return (
        images.groupBy("concern_id")
        .agg(
            F.count_distinct(said).alias("_said"),
            F.max(F.col("_change_type").isin("insert", "delete")).alias("_came"),
            F.collect_set("submitted_month").alias("months"),
        )
        .where("_came OR _said > 1")
        .select("concern_id", "months")
    )


def months_around(months: list[str]) -> list[str]:
    """The months, as yyyy-mm, in which those lie that concerns of these months repeat, or that repeat them."""
    found: set[str] = set()
    for month in months:
        first = date.fromisoformat(f"{month}-01")
        days = range(-WINDOW_DAYS - 1, 31 + WINDOW_DAYS + 1)
        found |= {f"{first + timedelta(days=day):%Y-%m}" for day in days}
    return sorted(found)


def concern_signatures(concerns: DataFrame) -> DataFrame:
    """Rows of silver.concern_signatures: of the concerns that are not deleted and say enough to be compared."""
    said = concerns.where("not is_deleted AND text is not null").select(*INPUT_COLUMNS, "text")
    return said.repartition("submitted_month").mapInArrow(_signature_batches, _SIGNATURES_SQL)


def _signature_batches(incoming: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    for batch in incoming:
        lengths, bands = rules.signatures(batch.column("text").to_pylist())
        said = batch.drop_columns(["text"])
        columns = [
            *said.columns,
            pa.array(lengths.astype(np.int32)),
            pa.FixedSizeListArray.from_arrays(pa.array(bands.ravel()), rules.BANDS).cast(pa.list_(pa.int64())),
        ]
        signed = pa.RecordBatch.from_arrays(columns, names=[*said.schema.names, "text_length", "text_bands"])
        yield signed.filter(pa.array(lengths >= rules.FEWEST_CHARACTERS))


def buckets(signatures: DataFrame) -> DataFrame:
    """``bucket, concern_id, submitted_at``: a row for each bucket of a concern; those that share one are compared.

    A bucket holds the concerns of one district, or wherever they are those of long texts, with a band in common.
    """
    scopes = F.array_compact(
        F.array(
            F.col("district_code"),
            F.when(F.col("text_length") >= rules.FEWEST_CHARACTERS_ANYWHERE, F.lit("anywhere")),
        )
    )
    return signatures.select("concern_id", "submitted_at", "text_bands", F.explode(scopes).alias("_scope")).select(
        F.explode(F.expr("transform(text_bands, band -> xxhash64(_scope, band))")).alias("bucket"),
        "concern_id",
        "submitted_at",
    )


def _affected(changed: DataFrame, now: DataFrame) -> DataFrame:
    """The concerns before which something changed in a bucket; ``changed`` and ``now`` have rows of ``buckets``."""
    spans = changed.groupBy("bucket").agg(F.min("submitted_at").alias("_from"), F.max("submitted_at").alias("_to"))
    reached = F.col("submitted_at").between(F.col("_from"), F.col("_to") + _window())
    return now.join(spans, "bucket").where(reached).select("concern_id")


def _window() -> Column:
    return F.expr(f"INTERVAL {WINDOW_DAYS} DAYS")


def candidate_pairs(rows: DataFrame) -> DataFrame:
    """``concern_id, repeated_id``: of rows of ``buckets``, each concern with the few before it in time."""
    before = Window.partitionBy("bucket").orderBy("submitted_at", "concern_id").rowsBetween(-NEIGHBOURS, -1)
    one = F.struct(F.col("submitted_at").alias("at"), F.col("concern_id").alias("id"))
    near = rows.withColumn("_before", F.collect_list(one).over(before)).withColumn("_before", F.explode("_before"))
    in_time = F.col("submitted_at") <= F.col("_before.at") + _window()
    return near.where(in_time).select("concern_id", F.col("_before.id").alias("repeated_id")).distinct()


def repeated_concerns(candidates: DataFrame, concerns: DataFrame) -> DataFrame:
    """``concern_id, repeated_id, link_kind, similarity``: what each concern repeats, the earliest of its candidates.

    Args:
        candidates: rows of ``pairs``.
        concerns: rows of silver.concerns, those of the candidates among them.
    """
    said = concerns.select("concern_id", "text", "district_code")
    earlier = concerns.select(
        F.col("concern_id").alias("repeated_id"), F.col("submitted_at").alias("repeated_at"),
        F.col("text").alias("earlier_text"), F.col("district_code").alias("earlier_district"),
    )  # fmt: skip
    both = candidates.join(said, "concern_id").join(earlier, "repeated_id")
    found = both.mapInArrow(_repeat_batches, _REPEATS_SQL)
    first = F.min_by(F.struct("repeated_id", "link_kind", "similarity"), F.struct("repeated_at", "repeated_id"))
    return found.groupBy("concern_id").agg(first.alias("_first")).select("concern_id", "_first.*")


def _repeat_batches(incoming: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    for batch in incoming:
        rows: list[dict[str, object]] = []
        for row in batch.to_pylist():
            is_same_place = row["district_code"] is not None and row["district_code"] == row["earlier_district"]
            found = rules.repeats(row["text"], row["earlier_text"], is_same_place=is_same_place)
            if found:
                rows.append(row | dict(zip(("link_kind", "similarity"), found, strict=True)))
        yield pa.RecordBatch.from_pylist(
            [{name: row[name] for name in _REPEATS.names} for row in rows], schema=_REPEATS
        )


def _links_of_same_clusters(spark: SparkSession, found: pa.Table, affected: DataFrame) -> tuple[pa.Table, DataFrame]:
    """Links that stand but may lead to another original now: those of all clusters that a change touches."""
    links = spark.table(TARGET)
    repeated = spark.createDataFrame(found.select(["repeated_id"]).rename_columns(["concern_id"]), "concern_id string")
    named = affected.unionByName(repeated).distinct()
    heads = named.unionByName(
        links.join(named, "concern_id", "left_semi").select(F.col("original_id").alias("concern_id"))
    ).distinct()
    mates = links.join(heads.withColumnRenamed("concern_id", "original_id"), "original_id", "left_semi")
    kept = mates.join(affected, "concern_id", "left_anti").select(*found.column_names)
    return kept.toArrow().cast(found.schema), kept.select("concern_id")


def _write_links(spark: SparkSession, found: pa.Table, scope: DataFrame) -> int:
    links = with_originals(found)
    # Of no rows Spark knows no types by itself.
    rows = spark.createDataFrame(links, _LINKS_SQL)
    replace_for(spark, rows, TARGET, scope.unionByName(rows.select("concern_id")))
    return links.num_rows


def with_originals(found: pa.Table) -> pa.Table:
    """Rows of silver.concern_links: each followed back, by what it repeats, to the one that repeats none.

    A row for each near-duplicate is held here, some 200 bytes of it: 1 million are 200 MB.
    """
    ids, repeated = (found[name].combine_chunks() for name in ("concern_id", "repeated_id"))
    places = np.arange(len(ids))
    known = pc.fill_null(pc.index_in(repeated, value_set=ids), -1).to_numpy(zero_copy_only=False)
    back = np.where(known < 0, places, known)
    while not np.array_equal(further := back[back], back):
        back = further
    return found.append_column("original_id", repeated.take(pa.array(back))).select(_LINKS.names).cast(_LINKS)
