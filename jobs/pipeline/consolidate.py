"""consolidate: silver.concern_versions → silver.concerns, silver.concern_events.

The result depends only on the versions and their order, never on the time or the order in which their files arrived.
"""

from __future__ import annotations

import logging

from pyspark.sql import Column, DataFrame, SparkSession, Window, WindowSpec
from pyspark.sql import functions as F

from jobs.quality import validate_or_raise
from jobs.sources.statuses import UNKNOWN_STATUS
from jobs.sources.unlike_versions import MAX_LETTERS, MIN_SHARED, RUN_LENGTH
from lake.commits import replace_for
from lake.ledger import FILE_KEY
from lake.progress import Progress, advance, latest
from schemas.contracts import ENDED_STATUSES
from schemas.tables import tables

log = logging.getLogger(__name__)

CONSUMER = "consolidate"
# Columns that have the value of the last version with a value.
CARRIED_COLUMNS = (
    "source_id", "source_record_id", "channel", "origin", "acknowledged_at", "informed_at", "updated_at",
    "text", "masked", "province_code", "district_code", "subdistrict_code", "village_no", "location_method",
    "latitude", "longitude", "road_owner", "agency", "source_labels", "rating", "is_deleted", "quality_flags",
)  # fmt: skip
PLACE_COLUMNS = ("province_code", "district_code", "subdistrict_code", "location_method")


def run(spark: SparkSession) -> dict[str, int]:
    """Consolidates the concerns with versions that were added, moved or erased since the last run.

    Counts: concerns (consolidated).
    """
    progress = latest(spark)
    parsed = progress.get(("parse", "bronze.files"), Progress())
    done = progress.get((CONSUMER, "silver.concern_versions"), Progress())
    files_done = progress.get((CONSUMER, "bronze.files"), Progress())
    erased = (
        spark.table("ops.erasures")
        .select("concern_id")
        .join(spark.table("silver.concerns").select("concern_id"), "concern_id", "left_semi")
    )
    is_new = (F.col("batch_id") > done.position) & (F.col("batch_id") <= parsed.batch_id)
    changed = _changed_concerns(spark, is_new, files_done.position).unionByName(erased).distinct().persist()
    try:
        count = changed.count()
        if count:
            log.info(f"{count} concerns to consolidate")
            history = version_history(spark, changed).persist()
            consolidated = concerns(history).persist()
            _log_unlike_versions(consolidated)
            validate_or_raise(spark, consolidated, "silver.concerns", ["concern_id"])
            replace_for(spark, concern_events(history), "silver.concern_events", changed)
            replace_for(spark, consolidated, "silver.concerns", changed)
            consolidated.unpersist()
            history.unpersist()
        positions = {"silver.concern_versions": parsed.batch_id, "bronze.files": parsed.position}
        if (parsed.batch_id, parsed.position) != (done.position, files_done.position):
            advance(spark, CONSUMER, positions)
    finally:
        changed.unpersist()
    return {"concerns": count}


def _changed_concerns(spark: SparkSession, is_new: Column, files_position: int) -> DataFrame:
    """``concern_id`` of concerns with new versions or repeats, in files with a new date, or without any version."""
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
        # With another contract, the records of a file may give other ids, so concerns may have lost all versions.
        current = spark.table("silver.concern_versions").select("concern_id")
        parts.append(spark.table("silver.concerns").select("concern_id").join(current, "concern_id", "left_anti"))
    changed = parts[0]
    for part in parts[1:]:
        changed = changed.unionByName(part)
    return changed


def version_history(spark: SparkSession, changed: DataFrame) -> DataFrame:
    """All versions of the concerns with their repeats, without those that equal the version before them.

    Adds ``_order``, a struct that sorts versions.
    """
    versions = spark.table("silver.concern_versions").join(changed, "concern_id", "left_semi")
    repeats = spark.table("silver.version_repeats").join(changed, "concern_id", "left_semi")
    return drop_unchanged_versions(versions_with_repeats(versions, repeats))


def versions_with_repeats(versions: DataFrame, repeats: DataFrame) -> DataFrame:
    """Versions and repeats as one frame; a repeat gets the content of the version with its ``content_hash``."""
    record_columns = ["source_id", "file_sha256", "record_number", "observed_at", "version_at", "version_number"]
    content = versions.drop(*record_columns, "batch_id")
    full_repeats = repeats.select(*record_columns, "concern_id", "content_hash").join(
        content, ["concern_id", "content_hash"]
    )
    return versions.drop("batch_id").unionByName(full_repeats)


def drop_unchanged_versions(rows: DataFrame) -> DataFrame:
    """The rows whose content differs from the row before them in the order of versions. Adds ``_order``."""
    order = F.struct("version_at", "version_number", "file_sha256")
    previous = F.lag("content_hash").over(_in_version_order())
    ordered = rows.withColumn("_order", order).withColumn("_previous", previous)
    return ordered.where(F.col("_previous").isNull() | (F.col("_previous") != F.col("content_hash"))).drop("_previous")


def _in_version_order() -> WindowSpec:
    return Window.partitionBy("concern_id").orderBy("_order")


def status_changes(rows: DataFrame) -> DataFrame:
    """Rows at which the status of a concern changes, with ``event_at``, ``previous_status``, ``time_basis``.

    An unknown status is not a change: it says neither that a concern is open nor that it has ended.
    """
    changes = (
        rows.where(F.col("status") != UNKNOWN_STATUS)
        .withColumn("previous_status", F.lag("status").over(_in_version_order()))
        .where(F.col("previous_status").isNull() | (F.col("previous_status") != F.col("status")))
    )
    is_first = F.col("previous_status").isNull() & (F.col("status") == "open")
    is_solved = (F.col("status") == "resolved") & F.col("resolved_at").isNotNull()
    stated = is_first | is_solved | F.col("updated_at").isNotNull()
    event_at = (
        F.when(is_first, F.col("submitted_at"))
        .when(is_solved, F.col("resolved_at"))
        .when(F.col("updated_at").isNotNull(), F.col("updated_at"))
        # The export of a day has the time of its first hour, which may be before the concern was submitted.
        .otherwise(F.greatest(F.col("observed_at"), F.col("submitted_at")))
    )
    return changes.withColumn("event_at", event_at).withColumn(
        "time_basis", F.when(stated, F.lit("stated")).otherwise(F.lit("observed"))
    )


def concern_events(rows: DataFrame) -> DataFrame:
    """Rows of silver.concern_events; the first of several changes to one status at one time."""
    columns = tables()["silver.concern_events"].column_names
    same_event = Window.partitionBy("concern_id", "event_at", "status").orderBy("_order")
    events = status_changes(rows).withColumn("_rank", F.row_number().over(same_event))
    return events.where("_rank = 1").select(*columns)


def _last_value(column: str) -> Column:
    """The value of a column in the last version that has one: a version without a value never removes it."""
    return F.max_by(column, F.when(F.col(column).isNotNull(), F.col("_order")))


def _log_unlike_versions(consolidated: DataFrame) -> None:
    counts = consolidated.where(F.array_contains("quality_flags", "unlike_versions")).groupBy("source_id").count()
    for row in counts.orderBy("source_id").collect():
        log.info(
            f"{row['count']} concerns of {row.source_id} have versions that share neither words nor time (flag "
            "unlike_versions): check that its ids are complete and that identity in the contract names the right field"
        )


def _runs(text: Column) -> Column:
    """All runs of RUN_LENGTH letters in a text, each once."""
    last = F.greatest(F.length(text) - (RUN_LENGTH - 1), F.lit(1))
    return F.array_distinct(
        F.transform(F.sequence(F.lit(1), last), lambda at: F.substring(text, at, F.lit(RUN_LENGTH)))
    )


def concerns_with_unlike_versions(rows: DataFrame) -> DataFrame:
    """``concern_id`` of those with a version that shares neither words nor time of submission with the one before.

    ``jobs.sources.unlike_versions`` compares two versions in the same way.
    """
    previous = _in_version_order()
    with_text = rows.where("text is not null").select(
        "concern_id",
        "submitted_at",
        F.lag("submitted_at").over(previous).alias("_previous_at"),
        F.substring("text", 1, MAX_LETTERS).alias("_text"),
        F.substring(F.lag("text").over(previous), 1, MAX_LETTERS).alias("_previous_text"),
    )
    changed = with_text.where(
        (F.col("submitted_at") != F.col("_previous_at")) & (F.col("_text") != F.col("_previous_text"))
    )
    runs = changed.select(
        "concern_id", _runs(F.col("_text")).alias("_runs"), _runs(F.col("_previous_text")).alias("_previous_runs")
    )
    shared = F.size(F.array_intersect("_runs", "_previous_runs")) / F.least(F.size("_runs"), F.size("_previous_runs"))
    return runs.where(shared < MIN_SHARED).select("concern_id").distinct()


def concerns(rows: DataFrame) -> DataFrame:
    """Rows of silver.concerns, one for each concern; ``rows`` are of ``version_history``."""
    unlike = concerns_with_unlike_versions(rows).withColumn("_is_unlike", F.lit(True))
    flags = F.when(
        F.col("_is_unlike"), F.array_sort(F.array_union("quality_flags", F.array(F.lit("unlike_versions"))))
    ).otherwise(F.col("quality_flags"))
    local = F.from_utc_timestamp("submitted_at", "Asia/Bangkok")
    status = _status()
    return (
        _last_values(rows)
        .join(_change_summary(rows), "concern_id", "left")
        .join(unlike, "concern_id", "left")
        .withColumn("quality_flags", flags)
        .withColumn("status", status)
        .withColumn("closed_at", _closed_at(status))
        .withColumn("resolved_at", F.when(status == "resolved", F.col("closed_at")))
        .withColumn("time_basis", _time_basis(status))
        .withColumn("reopen_count", F.coalesce("_reopen_count", "_reopened", F.lit(0)))
        .withColumn("is_deleted", F.coalesce("is_deleted", F.lit(False)))
        .withColumn("road_owner", F.coalesce("road_owner", F.lit("unknown")))
        .select("*", *[F.col(f"_place.{name}").alias(name) for name in PLACE_COLUMNS])
        .withColumn("submitted_date", F.to_date(local))
        .withColumn("closed_date", F.to_date(F.from_utc_timestamp("closed_at", "Asia/Bangkok")))
        .withColumn("submitted_month", F.date_format(local, "yyyy-MM"))
        .select(*tables()["silver.concerns"].column_names)
    )


def _last_values(rows: DataFrame) -> DataFrame:
    """For each concern: its last values, and in columns that begin with ``_`` the inputs of place, status and times."""
    # The parts of a place belong together, so they all come from the last version with a province.
    place = F.when(F.col("province_code").isNotNull(), F.struct(*PLACE_COLUMNS))
    carried = [name for name in CARRIED_COLUMNS if name not in PLACE_COLUMNS]
    return (
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


def _change_summary(rows: DataFrame) -> DataFrame:
    """For each concern: ``_last_event``, its last change of status, and ``_reopened``, how often it was reopened."""
    is_reopened = F.col("previous_status").isin(*ENDED_STATUSES) & ~F.col("status").isin(*ENDED_STATUSES)
    return (
        status_changes(rows)
        .groupBy("concern_id")
        .agg(
            F.max_by(F.struct("event_at", "time_basis"), "_order").alias("_last_event"),
            F.count_if(is_reopened).alias("_reopened"),
        )
    )


def _status() -> Column:
    """The status of a concern, from ``_last_status`` and ``_known_status``.

    A concern that has ended stays ended until a version gives it another known status. An open concern with an unknown
    last status has an unknown status, because nothing says whether it is still open.
    """
    has_ended = F.coalesce(F.col("_known_status").isin(*ENDED_STATUSES), F.lit(False))
    is_unknown = (F.col("_last_status") == UNKNOWN_STATUS) & ~has_ended
    return F.when(is_unknown, F.lit(UNKNOWN_STATUS)).otherwise(F.coalesce("_known_status", F.lit("open")))


def _has_stated_end(status: Column) -> Column:
    return (status == "resolved") & F.col("_resolved_at").isNotNull()


def _closed_at(status: Column) -> Column:
    """When a concern ended: the stated time where there is one, else the time of its last change of status."""
    is_ended = status.isin(*ENDED_STATUSES)
    return F.when(_has_stated_end(status), F.col("_resolved_at")).when(is_ended, F.col("_last_event.event_at"))


def _time_basis(status: Column) -> Column:
    """Whether the times of a concern are ``stated`` by its source or only ``observed`` in its exports."""
    is_ended = status.isin(*ENDED_STATUSES)
    has_times = F.col("updated_at").isNotNull() | F.col("_resolved_at").isNotNull()
    basis = (
        F.when(_has_stated_end(status), F.lit("stated"))
        .when(is_ended, F.col("_last_event.time_basis"))
        .when(has_times, F.lit("stated"))
    )
    return F.coalesce(basis, F.lit("observed"))
