"""Freshness of each source: its last file and its last concern."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from schemas.contract_files import contracts


@dataclass(frozen=True)
class Freshness:
    """The last deliveries of a source. ``days_ago`` is the number of days from its last concern to today in Bangkok."""

    source_id: str
    channel: str
    format: str
    title: str
    files: int
    last_file: date | None
    last_concern: date | None
    days_ago: int | None


def freshness(spark: SparkSession, today: date | None = None) -> list[Freshness]:
    """One entry for each contract, in their order; dates are None where nothing has arrived yet."""
    today = today or datetime.now(ZoneInfo("Asia/Bangkok")).date()
    day = F.to_date(F.from_utc_timestamp(F.coalesce("observed_at", "ingested_at"), "Asia/Bangkok"))
    files = spark.table("bronze.files").where("file_status = 'ingested'").groupBy("source_id")
    last_files = {row[0]: (row[1], row[2]) for row in files.agg(F.count("*"), F.max(day)).collect()}
    concerns = spark.table("silver.concerns").groupBy("source_id").agg(F.max("submitted_date"))
    last_concerns = {row[0]: row[1] for row in concerns.collect()}
    entries: list[Freshness] = []
    for one in contracts().values():
        count, last_file = last_files.get(one.source_id, (0, None))
        last = last_concerns.get(one.source_id)
        days = None if last is None else (today - last).days
        entries.append(Freshness(one.source_id, one.channel, one.format, one.title_en, count, last_file, last, days))
    return entries
