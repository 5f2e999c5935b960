"""erase: removes a concern for good, at a citizen's request, and keeps it from coming back."""

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
from lake.commits import append
from lake.raw_records import RECORD_KEY, erase_archived
from lake.settings import settings
from lake.tables import empty_like
from schemas.errors import UserError
from schemas.tables import tables

log = logging.getLogger(__name__)

HOLDS = ("silver.concern_versions", "silver.version_repeats", "silver.quarantine")
"""The tables that say which raw records tell of a concern."""

FOLLOWING_STEPS = tuple(step for step in AFTER_LANDING if step.name not in ("ingest", "reference", "parse"))
"""Steps that remove a concern from the tables after the versions; a wrong list of reference must not stop them."""


def run(spark: SparkSession, source_id: str, record_ids: Sequence[str], why: str) -> dict[str, int]:
    """Erases concerns from bronze, the versions and the archive; fold and classify remove the rest.

    Nothing is erased unless all are known. The tombstones come first, so that a run that is killed half-way can only
    have erased too little, and the same command finishes it. Counts: records (raw ones emptied), files (removed from
    the archive).

    Raises UserError where the source is unknown or never told of one of the concerns.
    """
    contracts = valid_contracts.last_valid()
    if source_id not in contracts:
        raise UserError(f"there is no source {source_id}", f"choose one of {', '.join(contracts)}")
    key = identity_key.load()
    by_record = [possible_concern_ids(contracts[source_id], one, key) for one in record_ids]
    possible = sorted({concern for concerns in by_record for concern in concerns})
    mine = F.col("concern_id").isin(possible)
    told = [spark.table(name).where(mine).select("concern_id", *RECORD_KEY) for name in HOLDS]
    records = told[0].unionByName(told[1]).unionByName(told[2]).distinct().collect()
    buried = {row.concern_id for row in spark.table("ops.erasures").where(mine).select("concern_id").collect()}
    named = {row.concern_id for row in records}
    for number, concerns in enumerate(by_record, 1):
        if (named | buried).isdisjoint(concerns):
            which = f" (number {number} of {len(by_record)})" if len(by_record) > 1 else ""
            raise UserError(
                f"{source_id} has told of no concern with that id{which}", "check the id, it is the source's own"
            )
    if new := sorted(named - buried):
        now = datetime.now(UTC)
        found = [(concern, why, now) for concern in new]
        append(spark.createDataFrame(found, empty_like("ops.erasures")), "ops.erasures")
    files = 0
    if records:
        files = erase_archived(spark, spark.createDataFrame(records))
        same = ", ".join(f"'{concern}'" for concern in possible)
        for name in ("ops.corrections", *HOLDS):
            spark.sql(f"DELETE FROM {name} WHERE concern_id IN ({same})")
    log.info(f"{len(records)} records emptied, {files} files removed from the archive")
    return {"records": len(records), "files": files}


def remove_old_files(spark: SparkSession) -> int:
    """Removes what older versions of the tables still hold of erased concerns, when all steps are through.

    Deletions leave the former files of a table where they are, for whoever reads its older versions. Returns of how
    many tables.
    """
    held = [table.name for table in tables().values() if "concern_id" in table.column_names]
    names = ["bronze.records", *(name for name in held if name != "ops.erasures")]
    vacuum.remove_old_files(spark, names)
    return len(names)


def landed_files(source_id: str) -> list[str]:
    """Files of a source whose archived bytes were removed, by their paths below its landing folder.

    The landing folder is only read, so that they may still lie there.
    """
    gone = [one for one in archive.observations(source_id) if archive.is_erased(source_id, one.file_sha256)]
    here = settings().landing
    return [path for path in archive.paths_of(gone) if files.exists(f"{here}/{source_id}/{path}")]
