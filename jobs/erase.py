"""erase: removes a concern for good, at a citizen's request, and keeps it from coming back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from jobs import refine
from jobs.records import concern_id
from lake.commits import append
from lake.faults import Fault
from lake.tables import empty_like
from schemas.contracts import contracts


def run(spark: SparkSession, say: Callable[[str], None], source_id: str, record_id: str, why: str) -> dict[str, int]:
    """Erases one concern from bronze, the versions and the archive; fold and classify remove the rest.

    The tombstone comes first, so that a run that is killed half-way can only have erased too little, and
    the same command finishes it. Counts: records (raw ones emptied), files (removed from the archive).

    Raises Fault where the source is unknown or never told of such a concern.
    """
    if source_id not in contracts():
        raise Fault(f"there is no source {source_id}", f"choose one of {', '.join(contracts())}")
    identity = contracts()[source_id].identity
    concern = concern_id(identity.id_namespace, *record_id.split("/"))
    mine = F.col("concern_id") == concern
    versions, repeats = spark.table("silver.concern_versions"), spark.table("silver.version_repeats")
    keys = (
        versions.where(mine)
        .select(*refine.BRONZE_KEY)
        .unionByName(repeats.where(mine).select(*refine.BRONZE_KEY))
        .collect()
    )
    is_buried = spark.table("ops.erasures").where(mine).count() > 0
    if not keys and not is_buried:
        raise Fault(f"{source_id} has told of no concern with that id", "check the id, it is the source's own")
    if not is_buried:
        row = (concern, why, datetime.now(UTC))
        append(spark.createDataFrame([row], empty_like("ops.erasures")), "ops.erasures")
    files = 0
    if keys:
        files = refine.bury(spark, spark.createDataFrame(keys))
        for name in ("ops.corrections", "silver.concern_versions", "silver.version_repeats"):
            spark.sql(f"DELETE FROM {name} WHERE concern_id = '{concern}'")
    say(f"{len(keys)} records emptied, {files} files removed from the archive")
    return {"records": len(keys), "files": files}
