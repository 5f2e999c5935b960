"""ingest: archive → bronze.records, and the ledger bronze.files.

Records are written first and the ledger row last, so records without a ledger row are not committed.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.pandas.types import from_arrow_schema

from jobs.sources import valid_contracts
from jobs.sources.file_problems import unreadable_files
from jobs.sources.readers.file import read_pieces
from jobs.sources.same_time_files import same_time_warnings
from lake import archive, files
from lake.commits import append, remove_uncommitted, upsert
from lake.ledger import BATCH_COLUMNS
from lake.settings import settings
from lake.tables import empty_like, rows
from nlp.mask.values import mask_value
from schemas.contract_files import contracts
from schemas.contracts import Contract

log = logging.getLogger(__name__)

BATCH_BYTES = 256 * 1024 * 1024
ROWS_AT_ONCE = 2000
COUNT_COLUMNS = ("decoded_bytes", "record_count", "frame_count", "fault_count", "hidden_count")
"""Columns of ``_piece_counts``."""
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
class ArchivedFile:
    """A file in the archive, identified by its content; it may have been seen under several names.

    Attributes:
        observed_at: the earliest time in its names; None where no name has one.
        observations: each name under which it was seen.
    """

    source_id: str
    file_sha256: str
    observed_at: datetime | None
    bytes: int
    observations: tuple[archive.FileObservation, ...]

    @property
    def landed_at(self) -> datetime:
        """When the content was first seen."""
        return min(one.seen_at for one in self.observations)


def run(spark: SparkSession) -> dict[str, int]:
    """Reads all archived files that the ledger does not contain into bronze.records.

    Counts: files, records (with unreadable ones), faults, refused (files), redated (files that were seen again under a
    name with an earlier date).
    """
    ledger = {(row["source_id"], row["file_sha256"]): row for row in rows(spark.table("bronze.files"))}
    last_batch = batch_id = max((_newest_batch(row) for row in ledger.values()), default=0)
    remove_uncommitted(spark, ["bronze.records"], last_batch)
    counts = {"files": 0, "records": 0, "faults": 0, "refused": 0, "redated": 0}
    archived = archived_files()
    valid_contracts.store_contracts(file.source_id for file in archived)
    work = _files_to_commit(archived, ledger)
    _log_same_times(work.usable, archived)
    for batch in batches(work.usable):
        batch_id += 1
        for name, count in _commit_batch(spark, batch, batch_id, ledger).items():
            counts[name] += count
        log.info(f"{counts['files'] + counts['refused']} of {len(work.usable)} files, {counts['records']} records")
    if work.refused:
        batch_id += 1
        _commit_refused(spark, work.refused, batch_id)
        counts["refused"] += len(work.refused)
    if work.redated:
        batch_id += 1
        _commit_redated(spark, work.redated, ledger, batch_id)
        counts["redated"] = len(work.redated)
    valid_contracts.log_invalid()
    for problem in unreadable_files(spark, last_batch):
        log.warning(problem)
    return counts


@dataclass(frozen=True)
class _FilesToCommit:
    """Archived files that the ledger does not yet contain as they are now.

    Attributes:
        usable: to be read.
        refused: not to be read, because their contract orders versions by a time that their names do not have.
        redated: already read, but seen again under a name with an earlier date.
    """

    usable: list[ArchivedFile] = field(default_factory=list[ArchivedFile])
    refused: list[ArchivedFile] = field(default_factory=list[ArchivedFile])
    redated: list[ArchivedFile] = field(default_factory=list[ArchivedFile])


def _files_to_commit(archived: list[ArchivedFile], ledger: Ledger) -> _FilesToCommit:
    work = _FilesToCommit()
    for file in archived:
        row = ledger.get((file.source_id, file.file_sha256))
        is_usable = file.observed_at is not None or not _is_dated(contracts()[file.source_id])
        if row is None:
            (work.usable if is_usable else work.refused).append(file)
        elif row["file_status"] == "refused" and row["decoded_bytes"] is None and is_usable:
            work.usable.append(file)  # it was refused for its name alone, so it was never read
        elif row["file_status"] == "ingested" and _is_earlier(file.observed_at, row["observed_at"]):
            work.redated.append(file)
    return work


def _log_same_times(usable: list[ArchivedFile], archived: list[ArchivedFile]) -> None:
    """Logs where a new file has the same source and time as another file of the archive."""
    new_times = {(file.source_id, file.observed_at) for file in usable}
    times = [(file.source_id, file.observed_at) for file in archived]
    for line in same_time_warnings([time for time in times if time in new_times], contracts()):
        log.info(line)


def _newest_batch(row: dict[str, Any]) -> int:
    return max(row[name] or 0 for name in BATCH_COLUMNS)


def _is_dated(contract: Contract) -> bool:
    return contract.version_order.by == "file_name"


def _is_earlier(new: datetime | None, old: datetime | None) -> bool:
    if new is None:
        return False
    return old is None or new < old


def archived_files() -> list[ArchivedFile]:
    """All files of the archive, each content once, in the order of source and hash."""
    archived: list[ArchivedFile] = []
    for source_id in contracts():
        sizes = {facts.path: facts.bytes for facts in files.list_files(f"{settings().archive}/{source_id}/data")}
        grouped: dict[str, list[archive.FileObservation]] = {}
        for observation in archive.observations(source_id):
            grouped.setdefault(observation.file_sha256, []).append(observation)
        for sha, observations in sorted(grouped.items()):
            times = [one.observed_at for one in observations if one.observed_at is not None]
            size = sizes.get(sha, 0)
            archived.append(ArchivedFile(source_id, sha, min(times, default=None), size, tuple(observations)))
    return archived


def batches(archived: list[ArchivedFile], limit: int = BATCH_BYTES) -> Iterator[list[ArchivedFile]]:
    """Files in groups of at most ``limit`` bytes; a larger file is a group of its own."""
    batch: list[ArchivedFile] = []
    size = 0
    for file in archived:
        if batch and size + file.bytes > limit:
            yield batch
            batch, size = [], 0
        batch.append(file)
        size += file.bytes
    if batch:
        yield batch


def _record_reader(
    root: str, by_source: dict[str, Contract]
) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """The function that Spark's workers run: rows of (source_id, file_sha256) in, raw records out."""

    def read(keys: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in keys:
            for row in batch.to_pylist():
                source_id, sha = row["source_id"], row["file_sha256"]
                content = files.read_bytes(archive.data_address(source_id, sha, root))
                rows: list[tuple[object, ...]] = []
                for number, piece in enumerate(read_pieces(content, by_source[source_id])):
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


def _commit_batch(spark: SparkSession, batch: list[ArchivedFile], batch_id: int, ledger: Ledger) -> dict[str, int]:
    """Reads files into bronze. Counts: files, refused (files), records, faults."""
    keys = spark.createDataFrame(
        [(file.source_id, file.file_sha256) for file in batch], "source_id string, file_sha256 string"
    )
    tasks = min(len(batch), 8)
    records = keys.repartition(tasks).mapInArrow(
        _record_reader(settings().archive, dict(contracts())), from_arrow_schema(_RECORDS)
    )
    append(
        records.withColumn("is_erased", F.lit(False)).withColumn("batch_id", F.lit(batch_id)),
        "bronze.records",
    )
    counts_by_file = {
        (row.source_id, row.file_sha256): row.asDict() for row in _piece_counts(spark, batch_id).collect()
    }
    now = datetime.now(UTC)
    ledger_rows: list[dict[str, Any]] = []
    for file in batch:
        counts = counts_by_file.get((file.source_id, file.file_sha256), dict.fromkeys(COUNT_COLUMNS, 0))
        row = _ledger_row(file, batch_id, now)
        error, hidden, path = counts.get("error"), counts["hidden_count"], mask_value(str(row["path"]))
        if hidden:
            log.info(f"{file.source_id}: {path}: {hidden:,} hidden rows are left out.")
        status = {"file_status": "refused" if error else "ingested", "error": error}
        ledger_rows.append(
            {**row, **status, **{name: counts[name] for name in COUNT_COLUMNS if name != "hidden_count"}}
        )
    _write_ledger(spark, ledger_rows, is_new=not any((file.source_id, file.file_sha256) in ledger for file in batch))
    refused = sum(row["file_status"] == "refused" for row in ledger_rows)
    return {
        "files": len(ledger_rows) - refused,
        "refused": refused,
        "records": sum(row["record_count"] for row in ledger_rows),
        "faults": sum(row["fault_count"] for row in ledger_rows),
    }


def _piece_counts(spark: SparkSession, batch_id: int) -> DataFrame:
    """For each file of a batch: the columns COUNT_COLUMNS, and ``error`` where the file is refused."""
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


def _ledger_row(file: ArchivedFile, batch_id: int, now: datetime) -> dict[str, object]:
    """A row of bronze.files without its status and counts."""
    return {
        "source_id": file.source_id,
        "file_sha256": file.file_sha256,
        "path": archive.observed_paths(file.observations)[0],
        "bytes": file.bytes,
        "observed_at": file.observed_at,
        "batch_id": batch_id,
        "landed_at": file.landed_at,
        "ingested_at": now,
    }


def _write_ledger(spark: SparkSession, ledger_rows: list[dict[str, object]], *, is_new: bool) -> None:
    schema = empty_like("bronze.files")
    frame = spark.createDataFrame([tuple(row.get(name) for name in schema.names) for row in ledger_rows], schema)
    if is_new:
        append(frame, "bronze.files")
    else:
        upsert(spark, frame, "bronze.files")


def _commit_refused(spark: SparkSession, refused: list[ArchivedFile], batch_id: int) -> None:
    now = datetime.now(UTC)
    ledger_rows: list[dict[str, object]] = []
    for file in refused:
        row = _ledger_row(file, batch_id, now)
        reason = archive.undated_reason(str(row["path"]), contracts()[file.source_id])
        error = (
            f"The name of {mask_value(str(row['path']))} {reason}; land it under a name with its date of observation."
        )
        ledger_rows.append(row | {"file_status": "refused", "error": error})
    _write_ledger(spark, ledger_rows, is_new=True)


def _commit_redated(spark: SparkSession, redated: list[ArchivedFile], ledger: Ledger, batch_id: int) -> None:
    ledger_rows: list[dict[str, object]] = []
    for file in redated:
        row = ledger[(file.source_id, file.file_sha256)]
        ledger_rows.append({**row, "observed_at": file.observed_at, "redated_batch_id": batch_id})
    _write_ledger(spark, ledger_rows, is_new=False)
