"""parse: bronze.records → silver.concern_versions, silver.version_repeats, silver.quarantine."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession, Window
from pyspark.sql import functions as F
from pyspark.sql import types as t
from pyspark.sql.pandas.types import to_arrow_schema

from jobs.quality import batch_profile, guard
from jobs.sources import day_order, landing_times, record_parser
from jobs.sources.boundaries import load as load_boundaries
from jobs.sources.file_problems import unusable_files
from lake import identity_key
from lake.commits import append, remove_uncommitted, same_key
from lake.ledger import BATCH_COLUMNS, FILE_KEY
from lake.progress import Progress, advance, delta_version, latest
from lake.raw_records import RECORD_KEY, erase_archived
from lake.settings import settings
from lake.tables import empty_like, rows
from lake.vacuum import remove_old_files
from schemas.contracts import Contract, contracts, wrong_contracts
from schemas.rejections import Rejection, RejectionCode

log = logging.getLogger(__name__)

if TYPE_CHECKING:
    from nlp.places.boundaries import Boundaries

CONSUMER = "parse"
RECORDS_PER_TASK = 5000
OUTPUT_TABLES = {
    "versions": "silver.concern_versions",
    "repeats": "silver.version_repeats",
    "quarantined": "silver.quarantine",
}
REJECTION_COLUMNS = ("reasons", "rejections")
"""Columns that say why a record cannot be used: as sentences, and as data (``schemas.rejections``)."""
_UNPARSED_COLUMNS = {"batch_id"}


def parsed_schema() -> t.StructType:
    """A version without its batch, the reasons why a record is none, and what its day shows (``day_order``)."""
    versions = [field for field in empty_like("silver.concern_versions").fields if field.name not in _UNPARSED_COLUMNS]
    rejected = [field for field in empty_like("silver.quarantine").fields if field.name in REJECTION_COLUMNS]
    return t.StructType([*versions, *rejected, t.StructField("shown_order", t.StringType())])


def run(spark: SparkSession) -> dict[str, int]:
    """Parses the records of files that were committed since the last run.

    Counts: records, versions, repeats, quarantined, erased.
    """
    progress = latest(spark).get((CONSUMER, "bronze.files"), Progress())
    clear_uncommitted(spark, progress.batch_id)
    ledger, waiting = _parsable_and_waiting_files(spark)
    is_new = F.col("batch_id") > progress.position
    is_again = F.coalesce(F.col("reread_batch_id") > progress.position, F.lit(False))
    reached, expected, again = ledger.agg(
        F.max(F.greatest(*BATCH_COLUMNS)),
        F.coalesce(F.sum(F.when(is_new | is_again, F.col("record_count"))), F.lit(0)),
        F.count_if(is_again & ~is_new),
    ).collect()[0]
    postpone_waiting_files(spark, waiting, progress.position, reached or progress.position)
    if reached is None or reached <= progress.position:
        return {"records": 0, "versions": 0, "repeats": 0, "quarantined": 0, "erased": 0}
    _update_version_times(spark, ledger, progress.position)
    log.info(f"{expected} records to read")
    recent = spark.table("bronze.records").where(is_new)
    if again:
        recent = recent.unionByName(_retract_files(spark, ledger.where(is_again & ~is_new)))
    recent = recent.where("not is_erased")
    came = parse_records(recent, ledger, expected).persist()
    try:
        parsed = day_order.reject_ambiguous_days(came)
        batch_id = progress.batch_id + 1
        guard(spark, parsed.where(F.size("reasons") == 0), "silver.concern_versions", RECORD_KEY)
        measured = batch_profile.compare(spark, parsed, batch_id)
        counts = commit_parsed(spark, parsed, batch_id)
        advance(spark, CONSUMER, {"bronze.files": reached}, batch_id)
        batch_profile.remember(spark, measured, batch_id)
    finally:
        came.unpersist()
    _remove_erased(spark, counts)
    for one in unusable_files(spark, batch_id):
        log.warning(one)
    log.info(f"{counts['versions']} versions, {counts['repeats']} repeats, {counts['quarantined']} quarantined")
    return counts


def _remove_erased(spark: SparkSession, counts: dict[str, int]) -> None:
    """What came again of an erased concern goes from the files of older versions too, not only from the newest."""
    if counts["erased"]:
        remove_old_files(spark, ["bronze.records"])


def _parsable_and_waiting_files(spark: SparkSession) -> tuple[DataFrame, DataFrame]:
    """Files whose source has a sound contract, and those that wait for one."""
    ledger = spark.table("bronze.files").where("file_status = 'ingested'")
    is_sound = F.col("source_id").isin(list(contracts()))
    return ledger.where(is_sound), ledger.where(~is_sound)


def postpone_waiting_files(spark: SparkSession, waiting: DataFrame, position: int, reached: int) -> None:
    """Keeps files that wait for a sound contract from being passed over: once it is mended, they are read again.

    Args:
        waiting: rows of the ledger whose sources have no sound contract.
        position: the batch up to which records have been parsed.
        reached: the one up to which they will have been after this run.
    """
    is_due = F.greatest(*BATCH_COLUMNS) > position
    found = waiting.where(is_due).groupBy("source_id").count().orderBy("source_id").collect()
    for row in found:
        why = wrong_contracts().get(row.source_id, "schemas/sources has no contract of this name")
        count = f"{row['count']} file{'s wait' if row['count'] > 1 else ' waits'}"
        log.warning(f"{row.source_id}: {count} until its contract is mended: {why}")
    if not found or reached <= position:
        return
    names = ", ".join(f"'{row.source_id}'" for row in found)
    spark.sql(
        f"UPDATE bronze.files SET reread_batch_id = {reached + 1} WHERE file_status = 'ingested' "
        f"AND source_id IN ({names}) AND greatest({', '.join(BATCH_COLUMNS)}) > {position}"
    )


def clear_uncommitted(spark: SparkSession, committed_batch: int) -> None:
    remove_uncommitted(spark, list(OUTPUT_TABLES.values()), committed_batch)


def _retract_files(spark: SparkSession, files: DataFrame) -> DataFrame:
    """Raw records of files that are to be read again; what they were read as before is removed.

    A run that is killed after that does it again: the ledger asks for it until the new batch is committed.
    """
    keys = files.select(*FILE_KEY)
    keys.createOrReplaceTempView("_again")
    for name in OUTPUT_TABLES.values():
        spark.sql(f"MERGE INTO {name} t USING _again s ON {same_key(FILE_KEY)} WHEN MATCHED THEN DELETE")
    return spark.table("bronze.records").join(keys, FILE_KEY, "left_semi")


def _update_version_times(spark: SparkSession, ledger: DataFrame, position: int) -> None:
    """Gives versions of a file that came under an earlier name their new place in the order of versions."""
    redated = ledger.where((F.col("redated_batch_id") > position) & (F.col("batch_id") <= position))
    for row in rows(redated.withColumn("observed_at", landing_times.observed_at())):
        if contracts()[row["source_id"]].version_order.by != "file_name":
            continue
        stamp = f"timestamp '{row['observed_at'].isoformat()}'"
        for name in ("silver.concern_versions", "silver.version_repeats"):
            spark.sql(
                f"UPDATE {name} SET observed_at = {stamp}, version_at = {stamp} "
                f"WHERE source_id = '{row['source_id']}' AND file_sha256 = '{row['file_sha256']}'"
            )


def parse_records(raw: DataFrame, ledger: DataFrame, expected: int) -> DataFrame:
    """Raw records (rows of bronze.records) parsed by their contracts: see parsed_schema."""
    # Of a file that was put together from several exports a record stands under the last headings before it.
    heading = F.struct("record_number", F.col("raw").alias("header"))
    place = ["source_id", "file_sha256", "sheet"]
    headers = raw.where("part = 'header'").groupBy(*place).agg(F.collect_list(heading).alias("headings"))
    above = F.filter("headings", lambda one: one["record_number"] < F.col("record_number"))
    times = landing_times.observed_at().alias("observed_at"), landing_times.landed_at().alias("landed_at")
    found = (
        raw.where("part in ('record', 'fault')")
        .join(ledger.select(*FILE_KEY, *times), FILE_KEY)
        .join(F.broadcast(headers), place, "left")
        .select(*RECORD_KEY, "raw", "error", F.array_max(above)["header"].alias("header"), "observed_at", "landed_at")
    )
    tasks = max(2, min(400, expected // RECORDS_PER_TASK))
    schema, boundaries = parsed_schema(), settings().boundary_files
    load_boundaries(boundaries)  # here first, so that a wrong file ends in one sentence
    parser = _parser(dict(contracts()), schema, boundaries, identity_key.load())
    return found.repartition(tasks, *RECORD_KEY).mapInArrow(parser, schema)


def _parser(
    known: dict[str, Contract], schema: t.StructType, boundary_files: tuple[str, ...], key: bytes
) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """The function that workers run. There are no settings where they run, so paths and the key come with it."""

    def parse(incoming: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        shape = to_arrow_schema(schema, timezone="UTC")
        boundaries = load_boundaries(boundary_files)
        for batch in incoming:
            found = [_parsed_row(row, known[row["source_id"]], boundaries, key) for row in batch.to_pylist()]
            columns = [pa.array([row.get(field.name) for row in found], type=field.type) for field in shape]
            yield pa.RecordBatch.from_arrays(columns, schema=shape)

    return parse


def _parsed_row(row: dict[str, Any], contract: Contract, boundaries: Boundaries | None, key: bytes) -> dict[str, Any]:
    stood = {name: row[name] for name in RECORD_KEY}
    if row["error"] is not None:
        unreadable = Rejection(RejectionCode.UNREADABLE, detail={"problem": row["error"]})
        return stood | _rejection_values([unreadable])
    observed = row["observed_at"]
    parsed = record_parser.parse(
        row["raw"],
        row["header"],
        contract,
        observed,
        row["record_number"],
        row["file_sha256"],
        boundaries,
        key,
        row["landed_at"],
    )
    stood |= _rejection_values(parsed.rejections) | {"shown_order": parsed.shown_order}
    if parsed.rejections:
        return stood | {"concern_id": parsed.values.get("concern_id")}
    return stood | parsed.values | {"observed_at": observed}


def _rejection_values(rejections: list[Rejection]) -> dict[str, Any]:
    """The values of the columns REJECTED."""
    return {
        "reasons": [one.sentence() for one in rejections],
        "rejections": [one.as_row() for one in rejections],
    }


def split_by_outcome(
    parsed: DataFrame, kept: DataFrame, erased: DataFrame
) -> tuple[DataFrame, DataFrame, DataFrame, DataFrame]:
    """Parsed records as versions, repeats, quarantine and erased: every record in exactly one.

    Args:
        parsed: rows of parsed_schema.
        kept: concern_id and content_hash of the versions that the lake has already.
        erased: concern_id of concerns that must not come back, be the record usable or not.
    """
    buried = parsed.join(F.broadcast(erased), "concern_id", "left_semi")
    living = parsed.join(F.broadcast(erased), "concern_id", "left_anti")
    unusable = living.where(F.size("reasons") > 0)
    usable = living.where(F.size("reasons") == 0).drop(*REJECTION_COLUMNS, "shown_order")
    said = Window.partitionBy("concern_id", "content_hash").orderBy("version_at", "version_number", "file_sha256")
    ranked = usable.withColumn("_turn", F.row_number().over(said)).join(
        kept.withColumn("_is_kept", F.lit(True)), ["concern_id", "content_hash"], "left"
    )
    is_first = (F.col("_turn") == 1) & F.col("_is_kept").isNull()
    versions = ranked.where(is_first).drop("_turn", "_is_kept")
    repeats = ranked.where(~is_first).select(
        *RECORD_KEY, "concern_id", "content_hash", "observed_at", "version_at", "version_number"
    )
    return versions, repeats, unusable.select(*RECORD_KEY, "concern_id", *REJECTION_COLUMNS), buried.select(*RECORD_KEY)


def commit_parsed(spark: SparkSession, parsed: DataFrame, batch_id: int) -> dict[str, int]:
    """Writes parsed records under a batch. Counts: records, versions, repeats, quarantined, erased."""
    concerns = parsed.where(F.size("reasons") == 0).select("concern_id").distinct()
    # Pinned to the version before this commit: frames are computed when they are written, and again if need be.
    before = delta_version(spark, "silver.concern_versions")
    kept = (
        spark.sql(f"SELECT concern_id, content_hash FROM silver.concern_versions VERSION AS OF {before}")
        .join(concerns, "concern_id", "left_semi")
        .distinct()
    )
    erased = spark.table("ops.erasures").select("concern_id").distinct()
    versions, repeats, unusable, buried = split_by_outcome(parsed, kept, erased)
    batch = F.lit(batch_id)
    append(versions.withColumn("batch_id", batch), "silver.concern_versions")
    append(repeats.withColumn("batch_id", batch), "silver.version_repeats")
    append(unusable.withColumn("state", F.lit("open")).withColumn("batch_id", batch), "silver.quarantine")
    written = [
        f"(SELECT count(*) FROM {name} WHERE batch_id = {batch_id}) AS {what}" for what, name in OUTPUT_TABLES.items()
    ]
    counts = spark.sql("SELECT " + ", ".join(written)).collect()[0].asDict()
    total = parsed.count()
    counts = {"records": total} | counts
    counts["erased"] = total - counts["versions"] - counts["repeats"] - counts["quarantined"]
    if counts["erased"]:
        erase_archived(spark, buried)
    return counts


def replay(spark: SparkSession, source_id: str | None = None) -> dict[str, int]:
    """Tries the open records of the quarantine again, by the contracts as they are now.

    Counts: tried, replayed (now versions, repeats or erased), open (still).
    """
    progress = latest(spark).get((CONSUMER, "bronze.files"), Progress())
    clear_uncommitted(spark, progress.batch_id)
    _mark_replayed(spark)
    waiting = spark.table("silver.quarantine").where("state = 'open'")
    if source_id is not None:
        waiting = waiting.where(F.col("source_id") == source_id)
    tried = waiting.count()
    if not tried:
        return {"tried": 0, "replayed": 0, "open": 0}
    bronze = spark.table("bronze.records").where("not is_erased")
    files = waiting.select("source_id", "file_sha256").distinct()
    headers = bronze.where("part = 'header'").join(files, ["source_id", "file_sha256"], "left_semi")
    raw = bronze.join(waiting.select(*RECORD_KEY), RECORD_KEY, "left_semi").unionByName(headers)
    ledger, _ = _parsable_and_waiting_files(spark)
    again = parse_records(raw, ledger, tried).persist()
    try:
        usable = day_order.reject_ambiguous_days(again).where(F.size("reasons") == 0)
        replayed, counts = usable.count(), {"erased": 0}
        if replayed:
            guard(spark, usable, "silver.concern_versions", RECORD_KEY)
            counts = commit_parsed(spark, usable, progress.batch_id + 1)
            advance(spark, CONSUMER, {"bronze.files": progress.position}, progress.batch_id + 1)
            _mark_replayed(spark)
    finally:
        again.unpersist()
    _remove_erased(spark, counts)
    log.info(f"{replayed} of {tried} records are used now")
    return {"tried": tried, "replayed": replayed, "open": tried - replayed}


def _mark_replayed(spark: SparkSession) -> None:
    """Marks quarantined records that are in use by now; repeats what a killed replay left undone."""
    keys = ", ".join(RECORD_KEY)
    used = " UNION ALL ".join(
        f"SELECT {keys} FROM {name}" for name in ("silver.concern_versions", "silver.version_repeats")
    )
    erased = f"SELECT {keys} FROM bronze.records WHERE is_erased"
    same = " AND ".join(f"t.{column} = s.{column}" for column in RECORD_KEY)
    spark.sql(
        f"MERGE INTO silver.quarantine t USING (SELECT DISTINCT {keys} FROM ({used} UNION ALL {erased})) s "
        f"ON {same} AND t.state = 'open' WHEN MATCHED THEN UPDATE SET state = 'replayed'"
    )
