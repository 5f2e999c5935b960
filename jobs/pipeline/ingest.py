"""ingest: archive → bronze.records, and the ledger bronze.files. Records first, ledger row last."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from jobs.sources import valid_contracts
from jobs.sources.file_problems import unreadable_files
from jobs.sources.readers.file import read_pieces
from jobs.sources.same_time_files import same_time_warnings
from lake import archive, files
from lake.commits import append, remove_uncommitted, upsert
from lake.ledger import BATCH_COLUMNS
from lake.settings import settings
from lake.tables import empty_like, rows
from nlp.mask.quoted import masked
from schemas.contracts import Contract, contracts

log = logging.getLogger(__name__)

BATCH_BYTES = 256 * 1024 * 1024
ROWS_AT_ONCE = 2000
COUNTED = ("decoded_bytes", "record_count", "frame_count", "fault_count", "hidden_count")
"""What is counted of the pieces of a file."""
_RECORDS = pa.schema(
    [
        ("source_id", pa.string()),
        ("file_sha256", pa.string()),
        ("record_number", pa.int64()),
        ("part", pa.string()),
        ("sheet", pa.string()),
        ("span_start", pa.int64()),
        ("span_end", pa.int64()),
        ("raw", pa.string()),
        ("error", pa.string()),
    ]
)


Ledger = Mapping[tuple[str, str], dict[str, Any]]
"""Rows of bronze.files by source and content."""


@dataclass(frozen=True)
class Arrival:
    """A content in the archive, all its observations taken together."""

    source_id: str
    file_sha256: str
    observed_at: datetime | None
    bytes: int
    observations: tuple[archive.FileObservation, ...]

    @property
    def landed_at(self) -> datetime:
        """When its content was first seen."""
        return min(one.seen_at for one in self.observations)


def run(spark: SparkSession) -> dict[str, int]:
    """Brings every archived file that the ledger does not have into bronze.

    Counts: files, records (malformed ones included), faults, refused (files), redated (files that came
    under a name with an earlier date).
    """
    ledger = {(row["source_id"], row["file_sha256"]): row for row in rows(spark.table("bronze.files"))}
    before = committed = max((_newest_batch(row) for row in ledger.values()), default=0)
    remove_uncommitted(spark, ["bronze.records"], committed)
    counts = {"files": 0, "records": 0, "faults": 0, "refused": 0, "redated": 0}
    usable: list[Arrival] = []
    refused: list[Arrival] = []
    redated: list[Arrival] = []
    arrived = arrivals()
    valid_contracts.store_contracts(one.source_id for one in arrived)
    for arrival in arrived:
        known = ledger.get((arrival.source_id, arrival.file_sha256))
        is_usable = arrival.observed_at is not None or not _is_dated(contracts()[arrival.source_id])
        if known is None:
            (usable if is_usable else refused).append(arrival)
        elif known["file_status"] == "refused" and known["decoded_bytes"] is None and is_usable:  # not opened yet
            usable.append(arrival)
        elif known["file_status"] == "ingested" and _earlier(arrival.observed_at, known["observed_at"]):
            redated.append(arrival)
    new_days = {(one.source_id, one.observed_at) for one in usable}
    times = [(one.source_id, one.observed_at) for one in arrived]
    for line in same_time_warnings([time for time in times if time in new_days], contracts()):
        log.info(line)
    for batch in batches(usable):
        committed += 1
        for name, count in _commit_batch(spark, batch, committed, ledger).items():
            counts[name] += count
        log.info(f"{counts['files'] + counts['refused']} of {len(usable)} files, {counts['records']} records")
    if refused:
        committed += 1
        _commit_refused(spark, refused, committed)
        counts["refused"] += len(refused)
    if redated:
        committed += 1
        _commit_redated(spark, redated, ledger, committed)
        counts["redated"] = len(redated)
    _tell(spark, before)
    return counts


def _tell(spark: SparkSession, before: int) -> None:
    """Warns of contracts that are wrong, and of files that came after a batch and are no good."""
    valid_contracts.log_invalid()
    for one in unreadable_files(spark, before):
        log.warning(one)


def _newest_batch(row: dict[str, Any]) -> int:
    return max(row[name] or 0 for name in BATCH_COLUMNS)


def _is_dated(contract: Contract) -> bool:
    return contract.version_order.by == "file_name"


def _earlier(new: datetime | None, old: datetime | None) -> bool:
    if new is None:
        return False
    return old is None or new < old


def arrivals() -> list[Arrival]:
    """All contents of the archive, each once, with the earliest time of observation of its names."""
    found: list[Arrival] = []
    for source_id in contracts():
        sizes = {facts.path: facts.bytes for facts in files.list_files(f"{settings().archive}/{source_id}/data")}
        grouped: dict[str, list[archive.FileObservation]] = {}
        for observation in archive.observations(source_id):
            grouped.setdefault(observation.file_sha256, []).append(observation)
        for sha, seen in sorted(grouped.items()):
            times = [s.observed_at for s in seen if s.observed_at is not None]
            found.append(Arrival(source_id, sha, min(times, default=None), sizes.get(sha, 0), tuple(seen)))
    return found


def batches(arrived: list[Arrival], limit: int = BATCH_BYTES) -> Iterator[list[Arrival]]:
    """Arrivals in groups of at most ``limit`` bytes (a larger file has a group of its own)."""
    batch: list[Arrival] = []
    size = 0
    for arrival in arrived:
        if batch and size + arrival.bytes > limit:
            yield batch
            batch, size = [], 0
        batch.append(arrival)
        size += arrival.bytes
    if batch:
        yield batch


def _read_archived(
    root: str, known: dict[str, Contract]
) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """The function that workers run: rows of (source_id, file_sha256) in, raw records out."""

    def read(incoming: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in incoming:
            for row in batch.to_pylist():
                source_id, sha = row["source_id"], row["file_sha256"]
                content = files.read_bytes(archive.data_address(source_id, sha, root))
                rows: list[tuple[object, ...]] = []
                for number, piece in enumerate(read_pieces(content, known[source_id])):
                    raw = "" if piece.part == "refused" else piece.raw
                    rows.append(
                        (source_id, sha, number, piece.part, piece.sheet, piece.start, piece.end, raw, piece.error)
                    )
                    if len(rows) >= ROWS_AT_ONCE:
                        yield _record_batch(rows)
                        rows = []
                if rows:
                    yield _record_batch(rows)

    return read


def _record_batch(rows: list[tuple[object, ...]]) -> pa.RecordBatch:
    columns = [
        pa.array(values, type=field.type) for values, field in zip(zip(*rows, strict=True), _RECORDS, strict=True)
    ]
    return pa.RecordBatch.from_arrays(columns, schema=_RECORDS)


def _commit_batch(spark: SparkSession, batch: list[Arrival], batch_id: int, ledger: Ledger) -> dict[str, int]:
    """Reads files into bronze. Counts: files, refused (files), records, faults."""
    keys = spark.createDataFrame([(a.source_id, a.file_sha256) for a in batch], "source_id string, file_sha256 string")
    tasks = min(len(batch), 8)
    schema = "source_id string, file_sha256 string, record_number bigint, part string, sheet string, "
    schema += "span_start bigint, span_end bigint, raw string, error string"
    records = keys.repartition(tasks).mapInArrow(_read_archived(settings().archive, dict(contracts())), schema)
    append(
        records.withColumn("is_erased", F.lit(False)).withColumn("batch_id", F.lit(batch_id)),
        "bronze.records",
    )
    counted = {(row.source_id, row.file_sha256): row.asDict() for row in _count(spark, batch_id).collect()}
    now = datetime.now(UTC)
    found: list[dict[str, Any]] = []
    for arrival in batch:
        counts = counted.get((arrival.source_id, arrival.file_sha256), dict.fromkeys(COUNTED, 0))
        row = _ledger_row(arrival, batch_id, now)
        error, hidden, path = counts.get("error"), counts["hidden_count"], masked(str(row["path"]))
        if hidden:
            log.info(f"{arrival.source_id}: {path}: {hidden:,} rows are left out that the workbook hides.")
        status = {"file_status": "refused" if error else "ingested", "error": error}
        found.append({**row, **status, **{name: counts[name] for name in COUNTED if name != "hidden_count"}})
    _write_ledger(spark, found, is_new=not any((a.source_id, a.file_sha256) in ledger for a in batch))
    refused = sum(row["file_status"] == "refused" for row in found)
    return {
        "files": len(found) - refused,
        "refused": refused,
        "records": sum(row["record_count"] for row in found),
        "faults": sum(row["fault_count"] for row in found),
    }


def _count(spark: SparkSession, batch_id: int) -> DataFrame:
    part = F.col("part")
    return (
        spark.table("bronze.records")
        .where(F.col("batch_id") == batch_id)
        .groupBy("source_id", "file_sha256")
        .agg(
            F.count_if(part.isin("record", "fault")).alias("record_count"),
            F.count_if(part.isin("frame", "header")).alias("frame_count"),
            F.count_if(part == "fault").alias("fault_count"),
            F.max("span_end").alias("decoded_bytes"),
            F.count_if((part == "frame") & F.col("error").isNotNull()).alias("hidden_count"),
            F.max(F.when(part == "refused", F.col("error"))).alias("error"),
        )
    )


def _ledger_row(arrival: Arrival, batch_id: int, now: datetime) -> dict[str, object]:
    return {
        "source_id": arrival.source_id,
        "file_sha256": arrival.file_sha256,
        "path": archive.paths_of(arrival.observations)[0],
        "bytes": arrival.bytes,
        "observed_at": arrival.observed_at,
        "batch_id": batch_id,
        "landed_at": arrival.landed_at,
        "ingested_at": now,
    }


def _write_ledger(spark: SparkSession, found: list[dict[str, object]], *, is_new: bool) -> None:
    schema = empty_like("bronze.files")
    frame = spark.createDataFrame([tuple(row.get(name) for name in schema.names) for row in found], schema)
    if is_new:
        append(frame, "bronze.files")
    else:
        upsert(spark, frame, "bronze.files")


def _commit_refused(spark: SparkSession, refused: list[Arrival], batch_id: int) -> None:
    now = datetime.now(UTC)
    found: list[dict[str, object]] = []
    for arrival in refused:
        row = _ledger_row(arrival, batch_id, now)
        why = archive.why_undated(str(row["path"]), contracts()[arrival.source_id])
        error = f"The name of {masked(str(row['path']))} {why}; land it under a name with the day it was observed."
        found.append(row | {"file_status": "refused", "error": error})
    _write_ledger(spark, found, is_new=True)


def _commit_redated(spark: SparkSession, redated: list[Arrival], ledger: Ledger, batch_id: int) -> None:
    found: list[dict[str, object]] = []
    for arrival in redated:
        former = ledger[(arrival.source_id, arrival.file_sha256)]
        found.append({**former, "observed_at": arrival.observed_at, "redated_batch_id": batch_id})
    _write_ledger(spark, found, is_new=False)
