"""erase: removes a concern permanently on request of a citizen, and prevents that it is ingested again."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import UTC, datetime

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from jobs.pipeline.steps import AFTER_LANDING
from jobs.sources import valid_contracts
from jobs.sources.concern_ids import possible_concern_ids
from lake import archive, files, identity_key, vacuum
from lake.commits import append, delete_where
from lake.raw_records import RECORD_KEY, erase_archived
from lake.settings import settings
from lake.tables import empty_like
from schemas.errors import UserError
from schemas.tables import tables

log = logging.getLogger(__name__)

CONCERN_TABLES = ("silver.concern_versions", "silver.version_repeats", "silver.quarantine")
"""The tables with the keys of the raw records of a concern."""

FOLLOWING_STEPS = tuple(step for step in AFTER_LANDING if step.name not in ("ingest", "reference", "parse"))
"""Steps that remove a concern from the later tables. The step reference is left out, so that a wrong list does not stop
an erasure."""


def run(spark: SparkSession, source_id: str, record_ids: Sequence[str], why: str) -> dict[str, int]:
    """Erases concerns from bronze, the versions and the archive; FOLLOWING_STEPS remove the rest.

    Nothing is erased unless all ids are known. Tombstones are written first, so that after a kill the same command can
    finish the erasure. Returns counts: records (raw records emptied), files (removed from the archive).

    Raises UserError where the source is not known or has no concern of one of the ids.
    """
    contracts = valid_contracts.last_valid()
    if source_id not in contracts:
        raise UserError(f"there is no source {source_id}", f"choose one of {', '.join(contracts)}")
    key = identity_key.load()
    by_record = [possible_concern_ids(contracts[source_id], one, key) for one in record_ids]
    possible = sorted({concern for concerns in by_record for concern in concerns})
    mine = F.col("concern_id").isin(possible)
    frames = [spark.table(name).where(mine).select("concern_id", *RECORD_KEY) for name in CONCERN_TABLES]
    records = frames[0].unionByName(frames[1]).unionByName(frames[2]).distinct().collect()
    tombstones = {row.concern_id for row in spark.table("ops.erasures").where(mine).select("concern_id").collect()}
    present = {row.concern_id for row in records}
    for number, concerns in enumerate(by_record, 1):
        if (present | tombstones).isdisjoint(concerns):
            which = f" (number {number} of {len(by_record)})" if len(by_record) > 1 else ""
            raise UserError(
                f"{source_id} has no concern with that id{which}",
                "check the id; it must be the id of the source itself",
            )
    if new := sorted(present - tombstones):
        now = datetime.now(UTC)
        rows = [(concern, why, now) for concern in new]
        append(spark.createDataFrame(rows, empty_like("ops.erasures")), "ops.erasures")
    files = 0
    if records:
        files = erase_archived(spark, spark.createDataFrame(records))
        same = ", ".join(f"'{concern}'" for concern in possible)
        for name in ("ops.corrections", *CONCERN_TABLES):
            delete_where(spark, name, f"concern_id IN ({same})")
    log.info(f"{len(records)} records emptied, {files} files removed from the archive")
    return {"records": len(records), "files": files}


def remove_old_files(spark: SparkSession) -> int:
    """Removes erased concerns from older versions of the tables, after all steps have run.

    A deletion keeps the old files of a table for its older versions. Returns the number of tables.
    """
    with_concerns = [table.name for table in tables().values() if "concern_id" in table.column_names]
    names = ["bronze.records", *(name for name in with_concerns if name != "ops.erasures")]
    vacuum.remove_old_files(spark, names)
    return len(names)


def landed_files(source_id: str) -> list[str]:
    """Landed files of a source that were removed from the archive, as paths below its landing folder.

    Siang only reads the landing folder, so the files may still be there.
    """
    removed = [one for one in archive.observations(source_id) if archive.is_erased(source_id, one.file_sha256)]
    here = settings().landing
    return [path for path in archive.observed_paths(removed) if files.exists(f"{here}/{source_id}/{path}")]
