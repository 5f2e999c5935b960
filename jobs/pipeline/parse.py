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

from jobs.quality import batch_profile, validate_or_raise
from jobs.sources import day_order, landing_times, record_parser
from jobs.sources.boundaries import load as load_boundaries
from jobs.sources.file_problems import unusable_files
from lake import identity_key
from lake.commits import append, delete_rows, remove_uncommitted, update_rows, update_where
from lake.ledger import BATCH_COLUMNS, FILE_KEY
from lake.progress import Progress, advance, delta_version, latest
from lake.raw_records import RECORD_KEY, erase_archived
from lake.settings import settings
from lake.tables import empty_like, rows
from lake.vacuum import remove_old_files
from schemas.contract_files import contracts, wrong_contracts
from schemas.contracts import Contract
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
"""Columns with the reasons of a rejection: as sentences, and as data (``schemas.rejections``)."""
_UNPARSED_COLUMNS = {"batch_id"}


def parsed_schema() -> t.StructType:
    """The columns of a parsed record: a version without its batch, REJECTION_COLUMNS and ``shown_order``."""
    versions = [field for field in empty_like("silver.concern_versions").fields if field.name not in _UNPARSED_COLUMNS]
    rejected = [field for field in empty_like("silver.quarantine").fields if field.name in REJECTION_COLUMNS]
    return t.StructType([*versions, *rejected, t.StructField("shown_order", t.StringType())])


def run(spark: SparkSession) -> dict[str, int]:
    """Parses the records of files that were ingested, or marked to be read again, since the last run.

    Counts: records, versions, repeats, quarantined, erased.
    """
    progress = latest(spark).get((CONSUMER, "bronze.files"), Progress())
    clear_uncommitted(spark, progress.batch_id)
    ledger, waiting = _parsable_and_waiting_files(spark)
    is_new = F.col("batch_id") > progress.position
    is_reread = F.coalesce(F.col("reread_batch_id") > progress.position, F.lit(False))
    last_batch, expected, reread_count = ledger.agg(
        F.max(F.greatest(*BATCH_COLUMNS)),
        F.coalesce(F.sum(F.when(is_new | is_reread, F.col("record_count"))), F.lit(0)),
        F.count_if(is_reread & ~is_new),
    ).collect()[0]
    postpone_waiting_files(spark, waiting, progress.position, last_batch or progress.position)
    if last_batch is None or last_batch <= progress.position:
        return {"records": 0, "versions": 0, "repeats": 0, "quarantined": 0, "erased": 0}
    _update_version_times(spark, ledger, progress.position)
    log.info(f"{expected} records to parse")
    raw = spark.table("bronze.records").where(is_new)
    if reread_count:
        raw = raw.unionByName(_retract_files(spark, ledger.where(is_reread & ~is_new)))
    raw = raw.where("not is_erased")
    records = parse_records(raw, ledger, expected).persist()
    try:
        parsed = day_order.reject_ambiguous_days(records)
        batch_id = progress.batch_id + 1
        validate_or_raise(spark, parsed.where(F.size("reasons") == 0), "silver.concern_versions", RECORD_KEY)
        profile = batch_profile.check_batch(spark, parsed, batch_id)
        counts = commit_parsed(spark, parsed, batch_id)
        advance(spark, CONSUMER, {"bronze.files": last_batch}, batch_id)
        batch_profile.store_metrics(spark, profile, batch_id)
    finally:
        records.unpersist()
    _remove_erased(spark, counts)
    for problem in unusable_files(spark, batch_id):
        log.warning(problem)
    log.info(f"{counts['versions']} versions, {counts['repeats']} repeats, {counts['quarantined']} quarantined")
    return counts


def _remove_erased(spark: SparkSession, counts: dict[str, int]) -> None:
    """Removes old files of bronze.records where records of erased concerns arrived again: they contain them too."""
    if counts["erased"]:
        remove_old_files(spark, ["bronze.records"])


def _parsable_and_waiting_files(spark: SparkSession) -> tuple[DataFrame, DataFrame]:
    """Rows of bronze.files whose source has a valid contract, and those whose source has not."""
    ledger = spark.table("bronze.files").where("file_status = 'ingested'")
    has_contract = F.col("source_id").isin(list(contracts()))
    return ledger.where(has_contract), ledger.where(~has_contract)


def postpone_waiting_files(spark: SparkSession, waiting: DataFrame, position: int, last_batch: int) -> None:
    """Marks files without a valid contract to be read by a later run, and logs a warning for each source.

    Args:
        waiting: rows of bronze.files whose sources have no valid contract.
        position: the last batch that earlier runs parsed.
        last_batch: the last batch that this run parses.
    """
    is_due = F.greatest(*BATCH_COLUMNS) > position
    due = waiting.where(is_due).groupBy("source_id").count().orderBy("source_id").collect()
    for row in due:
        problem = wrong_contracts().get(row.source_id, "schemas/sources has no contract of this name")
        count = f"{row['count']} file{'s wait' if row['count'] > 1 else ' waits'}"
        log.warning(f"{row.source_id}: {count} until its contract is fixed: {problem}")
    if not due or last_batch <= position:
        return
    names = ", ".join(f"'{row.source_id}'" for row in due)
    is_due = f"source_id IN ({names}) AND greatest({', '.join(BATCH_COLUMNS)}) > {position}"
    reread = {"reread_batch_id": str(last_batch + 1)}
    update_where(spark, "bronze.files", reread, f"file_status = 'ingested' AND {is_due}")


def clear_uncommitted(spark: SparkSession, committed_batch: int) -> None:
    """Removes rows of later batches, which a killed run left in the output tables."""
    remove_uncommitted(spark, list(OUTPUT_TABLES.values()), committed_batch)


def _retract_files(spark: SparkSession, files: DataFrame) -> DataFrame:
    """Deletes the parsed records of files that are read again, and returns their raw records.

    A run that is killed afterwards is repeated: the ledger keeps the mark until the new batch is committed.
    """
    keys = files.select(*FILE_KEY)
    for name in OUTPUT_TABLES.values():
        delete_rows(spark, keys, name, FILE_KEY)
    return spark.table("bronze.records").join(keys, FILE_KEY, "left_semi")


def _update_version_times(spark: SparkSession, ledger: DataFrame, position: int) -> None:
    """Updates the times that order versions, for files that were seen again under a name with an earlier date."""
    redated = ledger.where((F.col("redated_batch_id") > position) & (F.col("batch_id") <= position))
    for row in rows(redated.withColumn("observed_at", landing_times.observed_at())):
        if contracts()[row["source_id"]].version_order.by != "file_name":
            continue
        stamp = f"timestamp '{row['observed_at'].isoformat()}'"
        for name in ("silver.concern_versions", "silver.version_repeats"):
            is_of_file = f"source_id = '{row['source_id']}' AND file_sha256 = '{row['file_sha256']}'"
            update_where(spark, name, {"observed_at": stamp, "version_at": stamp}, is_of_file)


def parse_records(raw: DataFrame, ledger: DataFrame, expected: int) -> DataFrame:
    """Raw records (rows of bronze.records) parsed by their contracts: rows of ``parsed_schema``.

    ``ledger`` has the rows of bronze.files of their files; ``expected`` is the number of records.
    """
    # A file that was joined from several exports has several header rows; the last one before a record counts.
    header = F.struct("record_number", F.col("raw").alias("header"))
    sheet_key = ["source_id", "file_sha256", "sheet"]
    headers = raw.where("part = 'header'").groupBy(*sheet_key).agg(F.collect_list(header).alias("headings"))
    above = F.filter("headings", lambda one: one["record_number"] < F.col("record_number"))
    times = landing_times.observed_at().alias("observed_at"), landing_times.landed_at().alias("landed_at")
    records = (
        raw.where("part in ('record', 'fault')")
        .join(ledger.select(*FILE_KEY, *times), FILE_KEY)
        .join(F.broadcast(headers), sheet_key, "left")
        .select(*RECORD_KEY, "raw", "error", F.array_max(above)["header"].alias("header"), "observed_at", "landed_at")
    )
    tasks = max(2, min(400, expected // RECORDS_PER_TASK))
    schema, boundaries = parsed_schema(), settings().boundary_files
    load_boundaries(boundaries)  # read here too, so that a wrong file fails with one clear error
    parser = _parser(dict(contracts()), schema, boundaries, identity_key.load())
    return records.repartition(tasks, *RECORD_KEY).mapInArrow(parser, schema)


def _parser(
    by_source: dict[str, Contract], schema: t.StructType, boundary_files: tuple[str, ...], key: bytes
) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """The function that Spark's workers run. Workers have no settings, so it carries the paths and the key."""

    def parse(raw: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        arrow_schema = to_arrow_schema(schema, timezone="UTC")
        boundaries = load_boundaries(boundary_files)
        for batch in raw:
            parsed = [_parsed_row(row, by_source[row["source_id"]], boundaries, key) for row in batch.to_pylist()]
            columns = [pa.array([row.get(field.name) for row in parsed], type=field.type) for field in arrow_schema]
            yield pa.RecordBatch.from_arrays(columns, schema=arrow_schema)

    return parse


def _parsed_row(row: dict[str, Any], contract: Contract, boundaries: Boundaries | None, key: bytes) -> dict[str, Any]:
    """A row of ``parsed_schema`` from a raw record with its header and the times of its file."""
    values = {name: row[name] for name in RECORD_KEY}
    if row["error"] is not None:
        unreadable = Rejection(RejectionCode.UNREADABLE, detail={"problem": row["error"]})
        return values | _rejection_values([unreadable])
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
    values |= _rejection_values(parsed.rejections) | {"shown_order": parsed.shown_order}
    if parsed.rejections:
        return values | {"concern_id": parsed.values.get("concern_id")}
    return values | parsed.values | {"observed_at": observed}


def _rejection_values(rejections: list[Rejection]) -> dict[str, Any]:
    """The values of REJECTION_COLUMNS."""
    return {
        "reasons": [one.sentence() for one in rejections],
        "rejections": [one.as_row() for one in rejections],
    }


def split_by_outcome(
    parsed: DataFrame, existing: DataFrame, erased: DataFrame
) -> tuple[DataFrame, DataFrame, DataFrame, DataFrame]:
    """Splits parsed records into versions, repeats, quarantined records and records of erased concerns.

    Every record is in exactly one of the four frames.

    Args:
        parsed: rows of parsed_schema.
        existing: concern_id and content_hash of the versions that are already stored.
        erased: concern_id of erased concerns; all their records are left out, whether usable or not.
    """
    erased_records = parsed.join(F.broadcast(erased), "concern_id", "left_semi")
    remaining = parsed.join(F.broadcast(erased), "concern_id", "left_anti")
    unusable = remaining.where(F.size("reasons") > 0)
    usable = remaining.where(F.size("reasons") == 0).drop(*REJECTION_COLUMNS, "shown_order")
    same_content = Window.partitionBy("concern_id", "content_hash").orderBy(
        "version_at", "version_number", "file_sha256"
    )
    ranked = usable.withColumn("_rank", F.row_number().over(same_content)).join(
        existing.withColumn("_exists", F.lit(True)), ["concern_id", "content_hash"], "left"
    )
    is_first = (F.col("_rank") == 1) & F.col("_exists").isNull()
    versions = ranked.where(is_first).drop("_rank", "_exists")
    repeats = ranked.where(~is_first).select(
        *RECORD_KEY, "concern_id", "content_hash", "observed_at", "version_at", "version_number"
    )
    quarantined = unusable.select(*RECORD_KEY, "concern_id", *REJECTION_COLUMNS)
    return versions, repeats, quarantined, erased_records.select(*RECORD_KEY)


def commit_parsed(spark: SparkSession, parsed: DataFrame, batch_id: int) -> dict[str, int]:
    """Writes parsed records with a batch_id. Counts: records, versions, repeats, quarantined, erased."""
    concerns = parsed.where(F.size("reasons") == 0).select("concern_id").distinct()
    # Frames are computed when they are written, so the table is read as it was before the first write.
    version = delta_version(spark, "silver.concern_versions")
    existing = (
        spark.sql(f"SELECT concern_id, content_hash FROM silver.concern_versions VERSION AS OF {version}")
        .join(concerns, "concern_id", "left_semi")
        .distinct()
    )
    erased = spark.table("ops.erasures").select("concern_id").distinct()
    versions, repeats, quarantined, erased_records = split_by_outcome(parsed, existing, erased)
    batch = F.lit(batch_id)
    append(versions.withColumn("batch_id", batch), "silver.concern_versions")
    append(repeats.withColumn("batch_id", batch), "silver.version_repeats")
    append(quarantined.withColumn("state", F.lit("open")).withColumn("batch_id", batch), "silver.quarantine")
    written = [
        f"(SELECT count(*) FROM {name} WHERE batch_id = {batch_id}) AS {what}" for what, name in OUTPUT_TABLES.items()
    ]
    counts = spark.sql("SELECT " + ", ".join(written)).collect()[0].asDict()
    total = parsed.count()
    counts = {"records": total} | counts
    counts["erased"] = total - counts["versions"] - counts["repeats"] - counts["quarantined"]
    if counts["erased"]:
        erase_archived(spark, erased_records)
    return counts


def replay(spark: SparkSession, source_id: str | None = None) -> dict[str, int]:
    """Parses the open records of the quarantine again with the current contracts, of one source or of all.

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
    parsed = parse_records(raw, ledger, tried).persist()
    try:
        usable = day_order.reject_ambiguous_days(parsed).where(F.size("reasons") == 0)
        replayed, counts = usable.count(), {"erased": 0}
        if replayed:
            validate_or_raise(spark, usable, "silver.concern_versions", RECORD_KEY)
            counts = commit_parsed(spark, usable, progress.batch_id + 1)
            advance(spark, CONSUMER, {"bronze.files": progress.position}, progress.batch_id + 1)
            _mark_replayed(spark)
    finally:
        parsed.unpersist()
    _remove_erased(spark, counts)
    log.info(f"{replayed} of {tried} records can be used now")
    return {"tried": tried, "replayed": replayed, "open": tried - replayed}


def _mark_replayed(spark: SparkSession) -> None:
    """Sets open records of the quarantine that are now used or erased to ``replayed``, also after a killed replay."""
    keys = ", ".join(RECORD_KEY)
    used = " UNION ALL ".join(
        f"SELECT {keys} FROM {name}" for name in ("silver.concern_versions", "silver.version_repeats")
    )
    erased = f"SELECT {keys} FROM bronze.records WHERE is_erased"
    settled = spark.sql(f"SELECT DISTINCT {keys} FROM ({used} UNION ALL {erased})")
    update_rows(spark, settled, "silver.quarantine", RECORD_KEY, {"state": "'replayed'"}, "t.state = 'open'")
