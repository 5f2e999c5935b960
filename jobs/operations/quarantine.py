"""quarantine: lists, shows and dismisses records that could not be used. ``jobs.pipeline.parse`` replays them."""

from __future__ import annotations

from pyspark.sql import Row, SparkSession
from pyspark.sql import functions as F

from jobs.sources import valid_contracts
from jobs.sources.raw_record import masked_values
from jobs.sources.valid_contracts import contracts_of
from lake.commits import update_rows
from lake.raw_records import RECORD_KEY
from schemas.errors import UserError

STATES = ("open", "replayed", "dismissed")


def records(
    spark: SparkSession, source_id: str | None, reason: str | None, path: str | None, state: str, limit: int
) -> tuple[int, list[Row]]:
    """The number of matching records, and the first of them: source_id, path, file_sha256, record_number, reasons.

    Raises UserError where there is no such state or source.
    """
    if state not in STATES:
        raise UserError(f"there is no state {state}", f"choose one of {', '.join(STATES)}")
    waiting = spark.table("silver.quarantine").where(F.col("state") == state)
    if source_id is not None:
        waiting = waiting.where(F.col("source_id") == source_id)
    if reason is not None:
        is_code = F.array_contains(F.col("rejections.code"), reason)
        waiting = waiting.where(F.coalesce(is_code, F.lit(False)) | F.array_join("reasons", "\n").contains(reason))
    files = spark.table("bronze.files").select("source_id", "file_sha256", "path")
    if path is not None:
        files = files.where(F.col("path").contains(path))
    found = waiting.join(files, ["source_id", "file_sha256"]).select(*RECORD_KEY, "path", "reasons")
    total = found.count()
    if not total:
        contracts_of(source_id)
    return total, found.orderBy("source_id", "path", "record_number").limit(limit).collect()


def show(
    spark: SparkSession, source_id: str, file_sha256: str, record_number: int, *, is_restricted: bool
) -> dict[str, str]:
    """A quarantined record with its headings and reasons; masked unless ``is_restricted``.

    Raises UserError where no record or several records match the key.
    """
    key = _key(spark, source_id, file_sha256, record_number, STATES)
    where = (F.col("source_id") == key.source_id) & (F.col("file_sha256") == key.file_sha256)
    bronze = spark.table("bronze.records").where(where)
    one = bronze.where(F.col("record_number") == key.record_number).collect()[0]
    above = (F.col("part") == "header") & (F.col("sheet") == one.sheet) & (F.col("record_number") < key.record_number)
    header = bronze.where(above).orderBy(F.desc("record_number")).limit(1).collect()
    row = spark.table("silver.quarantine").where(where & (F.col("record_number") == key.record_number)).collect()[0]

    heading = header[0].raw if header else None
    if one.raw is None:
        shown_record = {"record": "(removed)"}
    elif is_restricted:
        shown_record = ({"headings": heading} if heading else {}) | {"record": one.raw}
    else:
        contract = valid_contracts.last_valid().get(key.source_id)
        shown_record = {
            "record": masked_values(one.raw, heading, contract) if contract else "(its source has no contract)"
        }
    return shown_record | {"reasons": "\n".join(row.reasons), "state": row.state}


def dismiss(spark: SparkSession, source_id: str, file_sha256: str, record_number: int, why: str) -> None:
    """Dismisses an open record permanently. Raises UserError where no record or several records match the key."""
    key = _key(spark, source_id, file_sha256, record_number, ("open",))
    record = spark.createDataFrame(
        [(*key, why)], "source_id string, file_sha256 string, record_number long, why string"
    )
    values = {"state": "'dismissed'", "dismissed_why": "s.why"}
    update_rows(spark, record, "silver.quarantine", RECORD_KEY, values)


def _key(spark: SparkSession, source_id: str, file_sha256: str, record_number: int, states: tuple[str, ...]) -> Row:
    mine = (
        (F.col("source_id") == source_id)
        & F.col("file_sha256").startswith(file_sha256)
        & (F.col("record_number") == record_number)
        & F.col("state").isin(*states)
    )
    found = spark.table("silver.quarantine").where(mine).select(*RECORD_KEY).limit(2).collect()
    if len(found) != 1:
        count = "no" if not found else "more than one"
        what = "open record" if states == ("open",) else "record"
        raise UserError(f"there is {count} such {what}", "copy source, file and record from 'siang quarantine'")
    return found[0]
