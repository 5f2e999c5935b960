"""consolidate: silver.concern_versions → silver.concerns, silver.concern_events.

A deterministic fold: what comes out depends on the versions and their order alone, never on when or in which
order their files arrived.
"""

from __future__ import annotations

import logging

from pyspark.sql import Column, DataFrame, SparkSession, Window
from pyspark.sql import functions as F

from jobs.quality import guard
from jobs.sources.statuses import UNKNOWN_STATUS
from jobs.sources.unlike_versions import MAX_LETTERS, MIN_SHARED, RUN_LENGTH
from lake.commits import replace_for
from lake.ledger import FILE_KEY
from lake.progress import Progress, advance, latest
from schemas.contracts import ENDED_STATUSES
from schemas.tables import tables

log = logging.getLogger(__name__)

CONSUMER = "consolidate"
# Carried over from the last version that says anything of it.
CARRIED_COLUMNS = (
    "source_id", "source_record_id", "channel", "origin", "acknowledged_at", "informed_at", "updated_at",
    "text", "masked", "province_code", "district_code", "subdistrict_code", "village_no", "location_method",
    "latitude", "longitude", "road_owner", "agency", "source_labels", "rating", "is_deleted", "quality_flags",
)  # fmt: skip
PLACE_COLUMNS = ("province_code", "district_code", "subdistrict_code", "location_method")


def run(spark: SparkSession) -> dict[str, int]:
    """Folds the concerns of which versions came in, moved or were erased since the last run.

    Counts: concerns (folded again).
    """
    all_progress = latest(spark)
    refined = all_progress.get(("parse", "bronze.files"), Progress())
    done = all_progress.get((CONSUMER, "silver.concern_versions"), Progress())
    files_done = all_progress.get((CONSUMER, "bronze.files"), Progress())
    erased = (
        spark.table("ops.erasures")
        .select("concern_id")
        .join(spark.table("silver.concerns").select("concern_id"), "concern_id", "left_semi")
    )
    is_new = (F.col("batch_id") > done.position) & (F.col("batch_id") <= refined.batch_id)
    changed = _changed_concerns(spark, is_new, files_done.position).unionByName(erased).distinct().persist()
    try:
        count = changed.count()
        if count:
            log.info(f"{count} concerns to fold")
            rows = version_history(spark, changed).persist()
            folded = concerns(rows).persist()
            _log_unlike_versions(folded)
            guard(spark, folded, "silver.concerns", ["concern_id"])
            replace_for(spark, concern_events(rows), "silver.concern_events", changed)
            replace_for(spark, folded, "silver.concerns", changed)
            folded.unpersist()
            rows.unpersist()
        read = {"silver.concern_versions": refined.batch_id, "bronze.files": refined.position}
        if (refined.batch_id, refined.position) != (done.position, files_done.position):
            advance(spark, CONSUMER, read)
    finally:
        changed.unpersist()
    return {"concerns": count}


def _changed_concerns(spark: SparkSession, is_new: Column, files_position: int) -> DataFrame:
    """Concerns of new versions and repeats, of files that were given an earlier date, and of none any more."""
    ledger = spark.table("bronze.files")
    is_redated, is_reread = F.col("redated_batch_id") > files_position, F.col("reread_batch_id") > files_position
    redated = ledger.where(is_redated).select(*FILE_KEY)
    has_redated, has_reread = ledger.agg(F.count_if(is_redated) > 0, F.count_if(is_reread) > 0).collect()[0]
    parts: list[DataFrame] = []
    for name in ("silver.concern_versions", "silver.version_repeats"):
        rows = spark.table(name)
        parts.append(rows.where(is_new).select("concern_id"))
        if has_redated:
            parts.append(rows.join(redated, FILE_KEY, "left_semi").select("concern_id"))
    if has_reread:
        # Read by another contract, records may tell of other concerns: the former ones have no version any more.
        told = spark.table("silver.concern_versions").select("concern_id")
        parts.append(spark.table("silver.concerns").select("concern_id").join(told, "concern_id", "left_anti"))
    found = parts[0]
    for part in parts[1:]:
        found = found.unionByName(part)
    return found


def version_history(spark: SparkSession, changed: DataFrame) -> DataFrame:
    """All that was ever said of the concerns, in the order of versions, runs of the same told once.

    Adds ``_order``, a struct that sorts as the versions do.
    """
    versions = spark.table("silver.concern_versions").join(changed, "concern_id", "left_semi")
    repeats = spark.table("silver.version_repeats").join(changed, "concern_id", "left_semi")
    return drop_unchanged_versions(versions_with_repeats(versions, repeats))


def versions_with_repeats(versions: DataFrame, repeats: DataFrame) -> DataFrame:
    """Versions and repeats as one frame: a repeat says what the version with its content_hash says."""
    stood = ["source_id", "file_sha256", "record_number", "observed_at", "version_at", "version_number"]
    words = versions.drop(*[name for name in stood if name != "source_id"], "batch_id")
    again = repeats.select(*stood, "concern_id", "content_hash").join(
        words.drop("source_id"), ["concern_id", "content_hash"]
    )
    return versions.drop("batch_id").unionByName(again)


def drop_unchanged_versions(rows: DataFrame) -> DataFrame:
    """Leaves out rows that say the same as the row before them in the order of versions."""
    order = F.struct("version_at", "version_number", "file_sha256")
    turn = Window.partitionBy("concern_id").orderBy("_order")
    ordered = rows.withColumn("_order", order).withColumn("_before", F.lag("content_hash").over(turn))
    return ordered.where(F.col("_before").isNull() | (F.col("_before") != F.col("content_hash"))).drop("_before")


def status_changes(rows: DataFrame) -> DataFrame:
    """Rows at which the status of a concern changes, with ``event_at``, ``previous_status``, ``time_basis``.

    A status that its contract does not know says neither that a concern is open nor that it has ended: it is no change.
    """
    turn = Window.partitionBy("concern_id").orderBy("_order")
    changes = (
        rows.where(F.col("status") != UNKNOWN_STATUS)
        .withColumn("previous_status", F.lag("status").over(turn))
        .where(F.col("previous_status").isNull() | (F.col("previous_status") != F.col("status")))
    )
    is_first = F.col("previous_status").isNull() & (F.col("status") == "open")
    is_solved = (F.col("status") == "resolved") & F.col("resolved_at").isNotNull()
    stated = is_first | is_solved | F.col("updated_at").isNotNull()
    event_at = (
        F.when(is_first, F.col("submitted_at"))
        .when(is_solved, F.col("resolved_at"))
        .when(F.col("updated_at").isNotNull(), F.col("updated_at"))
        # An export of a day is dated at its first hour; what it shows cannot precede the concern itself.
        .otherwise(F.greatest(F.col("observed_at"), F.col("submitted_at")))
    )
    return changes.withColumn("event_at", event_at).withColumn(
        "time_basis", F.when(stated, F.lit("stated")).otherwise(F.lit("observed"))
    )


def concern_events(rows: DataFrame) -> DataFrame:
    """Rows of silver.concern_events; of several changes to one status at one time the first stands."""
    columns = tables()["silver.concern_events"].column_names
    same = Window.partitionBy("concern_id", "event_at", "status").orderBy("_order")
    events = status_changes(rows).withColumn("_turn", F.row_number().over(same))
    return events.where("_turn = 1").select(*columns)


def _last_value(column: str) -> Column:
    """What the last version that carries a field says: one that does not carry it never empties it."""
    return F.max_by(column, F.when(F.col(column).isNotNull(), F.col("_order")))


def _log_unlike_versions(folded: DataFrame) -> None:
    found = folded.where(F.array_contains("quality_flags", "unlike_versions")).groupBy("source_id").count()
    for row in found.orderBy("source_id").collect():
        log.info(
            f"{row['count']} concerns of {row.source_id} have versions that share neither words nor time (flag "
            "unlike_versions): check that its ids are whole and that identity in the contract names the right field"
        )


def _runs(text: Column) -> Column:
    """The runs of LENGTH letters of a text."""
    last = F.greatest(F.length(text) - (RUN_LENGTH - 1), F.lit(1))
    return F.array_distinct(
        F.transform(F.sequence(F.lit(1), last), lambda at: F.substring(text, at, F.lit(RUN_LENGTH)))
    )


def concerns_with_unlike_versions(rows: DataFrame) -> DataFrame:
    """``concern_id`` of those with a version that shares neither words nor time of submission with the one before."""
    turn = Window.partitionBy("concern_id").orderBy("_order")
    worded = rows.where("text is not null").select(
        "concern_id",
        "submitted_at",
        F.lag("submitted_at").over(turn).alias("_former_at"),
        F.substring("text", 1, MAX_LETTERS).alias("_text"),
        F.substring(F.lag("text").over(turn), 1, MAX_LETTERS).alias("_former"),
    )
    moved = worded.where((F.col("submitted_at") != F.col("_former_at")) & (F.col("_text") != F.col("_former")))
    paired = moved.select("concern_id", _runs(F.col("_text")).alias("_now"), _runs(F.col("_former")).alias("_then"))
    shared = F.size(F.array_intersect("_now", "_then")) / F.least(F.size("_now"), F.size("_then"))
    return paired.where(shared < MIN_SHARED).select("concern_id").distinct()


def concerns(rows: DataFrame) -> DataFrame:
    """Rows of silver.concerns, one a concern."""
    # The parts of a place belong together: they come from one version, the last that knows a province.
    place = F.when(F.col("province_code").isNotNull(), F.struct(*PLACE_COLUMNS))
    carried = [name for name in CARRIED_COLUMNS if name not in PLACE_COLUMNS]
    folded = (
        rows.withColumn("_place", place)
        .withColumn("quality_flags", F.coalesce("quality_flags", F.array().cast("array<string>")))
        .groupBy("concern_id")
        .agg(
            *[_last_value(name).alias(name) for name in carried],
            _last_value("_place").alias("_place"),
            _last_value("status").alias("_last_status"),
            F.max_by("status", F.when(F.col("status") != UNKNOWN_STATUS, F.col("_order"))).alias("_known_status"),
            _last_value("status_label").alias("status_label"),
            _last_value("resolved_at").alias("_resolved_at"),
            _last_value("reopen_count").alias("_reopen_count"),
            F.min("submitted_at").alias("submitted_at"),
        )
    )
    changes = status_changes(rows)
    history = changes.groupBy("concern_id").agg(
        F.max_by(F.struct("event_at", "time_basis"), "_order").alias("_last_event"),
        F.count_if(F.col("previous_status").isin(*ENDED_STATUSES) & ~F.col("status").isin(*ENDED_STATUSES)).alias(
            "_reopened"
        ),
    )
    # What has ended stays so until a version says otherwise; whether what was open still is, an unknown status hides.
    is_hidden = (F.col("_last_status") == UNKNOWN_STATUS) & ~F.coalesce(
        F.col("_known_status").isin(*ENDED_STATUSES), F.lit(False)
    )
    status = F.when(is_hidden, F.lit(UNKNOWN_STATUS)).otherwise(F.coalesce("_known_status", F.lit("open")))
    strange = concerns_with_unlike_versions(rows).withColumn("_is_unlike", F.lit(True))
    flags = F.when(
        F.col("_is_unlike"), F.array_sort(F.array_union("quality_flags", F.array(F.lit("unlike_versions"))))
    ).otherwise(F.col("quality_flags"))
    is_ended = status.isin(*ENDED_STATUSES)
    is_solved = (status == "resolved") & F.col("_resolved_at").isNotNull()
    closed_at = F.when(is_solved, F.col("_resolved_at")).when(is_ended, F.col("_last_event.event_at"))
    states_times = F.col("updated_at").isNotNull() | F.col("_resolved_at").isNotNull()
    basis = (
        F.when(is_solved, F.lit("stated"))
        .when(is_ended, F.col("_last_event.time_basis"))
        .when(states_times, F.lit("stated"))
    )
    local = F.from_utc_timestamp("submitted_at", "Asia/Bangkok")
    return (
        folded.join(history, "concern_id", "left")
        .join(strange, "concern_id", "left")
        .withColumn("quality_flags", flags)
        .withColumn("status", status)
        .withColumn("closed_at", closed_at)
        .withColumn("resolved_at", F.when(status == "resolved", F.col("closed_at")))
        .withColumn("time_basis", F.coalesce(basis, F.lit("observed")))
        .withColumn("reopen_count", F.coalesce("_reopen_count", "_reopened", F.lit(0)))
        .withColumn("is_deleted", F.coalesce("is_deleted", F.lit(False)))
        .withColumn("road_owner", F.coalesce("road_owner", F.lit("unknown")))
        .select("*", *[F.col(f"_place.{name}").alias(name) for name in PLACE_COLUMNS])
        .withColumn("submitted_date", F.to_date(local))
        .withColumn("closed_date", F.to_date(F.from_utc_timestamp("closed_at", "Asia/Bangkok")))
        .withColumn("submitted_month", F.date_format(local, "yyyy-MM"))
        .select(*tables()["silver.concerns"].column_names)
    )
