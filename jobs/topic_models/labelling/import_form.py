"""label import: a filled-in file → ops.corrections, its correct rows; faults are reported row by row."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from datetime import UTC, datetime

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from jobs.reference import sheet
from jobs.topic_models.labelling import corrections
from jobs.topic_models.labelling.check_form import Correction, check
from jobs.topic_models.labelling.form import COLUMNS, TOPICS
from lake import files
from lake.commits import append
from lake.tables import empty_like
from schemas.errors import PermanentError

log = logging.getLogger(__name__)

NEEDED = ("concern_id", TOPICS[0])


def run(spark: SparkSession, address: str) -> dict[str, int]:
    """Takes in the right rows of a file, in one commit; `siang classify` settles their concerns by them.

    A row that was taken from this very file before, or that says what its concern's last correction says, is not
    taken again, so that a file can be mended and imported once more. Counts: taken, known, blank, slips.

    Raises PermanentError after that, where rows have slips; UserError where the file cannot be read.
    """
    rows = sheet.read(address, "siang label import", COLUMNS, NEEDED)
    digest = hashlib.sha256(files.read_bytes(address)).hexdigest()
    ids = spark.createDataFrame([(row["concern_id"].casefold(),) for row in rows], "concern_id string").distinct()
    known = spark.table("silver.concerns").join(F.broadcast(ids), "concern_id", "left_semi")
    places = {row.concern_id: row.province_code for row in known.select("concern_id", "province_code").collect()}
    right, slips, blank = check(rows, places)
    name = sheet.file_name(address)
    for slip in slips:
        log.info(f"{name}, {slip.sentence}")
    is_known = _is_known(spark, digest)
    fresh = [one for one in right if not is_known(one)]
    if fresh:
        now = datetime.now(UTC)
        corrections_rows = [
            (
                digest,
                one.row_number,
                one.concern_id,
                list(one.topic_ids),
                one.kind,
                one.drawn_from,
                one.labelled_by,
                now,
            )
            for one in fresh
        ]
        append(spark.createDataFrame(corrections_rows, empty_like(corrections.TABLE)), corrections.TABLE)
    counts = {"taken": len(fresh), "known": len(right) - len(fresh), "blank": blank, "slips": len(slips)}
    if slips:
        raise PermanentError(
            f"{len(slips)} of {len(rows)} rows of {name} have a slip and were not taken ({len(fresh)} others were)",
            "correct the rows that are reported above, and import the file again",
        )
    return counts


def _is_known(spark: SparkSession, digest: str) -> Callable[[Correction], bool]:
    """Whether a correction was taken from this file, or says nothing that the last one of its concern does not."""
    table = spark.table(corrections.TABLE)
    taken = {row.row_number for row in table.where(F.col("file_sha256") == digest).collect()}
    last = {
        row.concern_id: (tuple(row.topic_ids), row.corrected_kind, set(row.drawn_from))
        for row in corrections.current(table).collect()
    }

    def is_known(one: Correction) -> bool:
        if one.row_number in taken:
            return True
        topics, kind, drawn_from = last.get(one.concern_id, ((), None, set[str]()))
        return (topics, kind) == (one.topic_ids, one.kind) and (one.drawn_from is None or one.drawn_from in drawn_from)

    return is_known
