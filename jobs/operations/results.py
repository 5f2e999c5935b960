"""The results of a run: ingested files and records, rejected ones with reasons, the largest rises, the extracts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pyspark.sql import SparkSession
from pyspark.sql import functions as F
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from jobs.disclosure.publishable import PUBLICATION_DELAY_DAYS
from jobs.extracts import pointer
from jobs.sources.file_problems import file_problems
from jobs.sources.rejection_counts import reason_key, sentence_of
from lake.settings import settings
from lake.tables import read
from schemas.contract_files import wrong_contracts

MIN_COUNT = 20
"""Minimum number of concerns in both months for a meaningful change (as for change_pct)."""
_WIDE = 140


@dataclass(frozen=True)
class Intake:
    """Files and records of a source in the ledger, and its current concerns."""

    source_id: str
    files: int
    refused_files: int
    records: int
    concerns: int


@dataclass(frozen=True)
class Refusal:
    """The reason why records, a file or all files of a source could not be used."""

    source_id: str
    what: str
    reason: str


@dataclass(frozen=True)
class Rise:
    """A topic of a province with more concerns than the month before."""

    province: str
    topic: str
    count: int
    previous_count: int

    @property
    def increase(self) -> int:
        """How many more concerns there are than in the previous month."""
        return self.count - self.previous_count


@dataclass(frozen=True)
class Rises:
    """The biggest rises of a month; ``are_small`` if none has MIN_COUNT concerns in both months."""

    month: date | None = None
    are_small: bool = False
    rises: list[Rise] = field(default_factory=list)


@dataclass(frozen=True)
class Results:
    """The current results: records per source, reasons of rejection, biggest rises, and the folder of the extracts."""

    intake: list[Intake]
    refusals: list[Refusal]
    rises: Rises
    extracts: str | None


def show(spark: SparkSession, console: Console | None = None) -> None:
    """Prints the results on standard output: in colour on a terminal, else in plain lines of fixed width."""
    out = console or Console(highlight=False)
    if not out.is_terminal:
        out.width = _WIDE
    render(gather(spark), out)


def gather(spark: SparkSession) -> Results:
    """The current results of the lake."""
    return Results(_intake(spark), _refusals(spark), _rises(spark), _extracts())


def biggest_rises(rows: Iterable[Mapping[str, Any]], limit: int = 10) -> list[Rise]:
    """The largest rises among rows of one month of gold.province_trends, the largest increase first.

    Equal increases are ordered by province and topic, so that the result is reproducible.
    """
    rises = [
        Rise(row["province_en"], row["topic_en"], row["concern_count"], row["previous_count"])
        for row in rows
        if row["previous_count"] is not None and row["concern_count"] > row["previous_count"]
    ]
    return sorted(rises, key=lambda one: (-one.increase, one.province, one.topic))[:limit]


def render(results: Results, console: Console) -> None:
    """Prints results to a console."""
    came = _table("What came in", "source", "files", "refused files", "records", "concerns")
    for one in results.intake:
        came.add_row(one.source_id, *_numbers(one.files, one.refused_files, one.records, one.concerns))
    if len(results.intake) > 1:
        sums = [
            sum(getattr(one, name) for one in results.intake)
            for name in ("files", "refused_files", "records", "concerns")
        ]
        came.add_row("all", *_numbers(*sums), style="bold")
    console.print("", came)
    if results.refusals:
        refused = _table("What was refused and why", "source", "what", "why")
        for refusal in results.refusals:
            refused.add_row(refusal.source_id, escape(refusal.what), escape(refusal.reason))
        console.print(refused)
    else:
        console.print("\nNothing was refused.")
    _render_rises(results.rises, console)
    # Not wrapped, so that it can be copied.
    where = results.extracts or "none yet: run 'siang publish'"
    console.print(f"\nExtracts: {where}", soft_wrap=True, markup=False)


def _render_rises(rises: Rises, console: Console) -> None:
    if rises.month is None or not rises.rises:
        console.print("\nNo topic rose in a province, or no complete month has one before it to compare with.")
        return
    rose = _table(
        f"The biggest rises, {rises.month:%Y-%m} against the month before",
        "province",
        "topic",
        "concerns",
        "before",
        "more",
    )
    for one in rises.rises:
        rose.add_row(one.province, one.topic, *_numbers(one.count, one.previous_count), f"+{one.increase:,}")
    console.print(rose)
    if rises.are_small:
        console.print(f"Under {MIN_COUNT} concerns in one of the months: these may be chance.")


def _intake(spark: SparkSession) -> list[Intake]:
    files = (
        read(spark, "bronze.files")
        .groupBy("source_id")
        .agg(
            F.count_if(F.col("file_status") == "ingested").alias("files"),
            F.count_if(F.col("file_status") == "refused").alias("refused_files"),
            F.sum("record_count").alias("records"),
        )
    )
    concerns = (
        read(spark, "silver.concerns")
        .where("NOT coalesce(is_deleted, false)")
        .groupBy("source_id")
        .agg(F.count("*").alias("concerns"))
    )
    rows = files.join(concerns, "source_id", "full").fillna(0).orderBy("source_id").collect()
    return [Intake(row.source_id, row.files, row.refused_files, row.records, row.concerns) for row in rows]


def _refusals(spark: SparkSession) -> list[Refusal]:
    files = file_problems(spark)
    records = (
        read(spark, "silver.quarantine")
        .where("state = 'open'")
        .select("source_id", "rejections", F.posexplode("reasons").alias("at", "sentence"))
        # One line for each reason, whatever value it quotes; the quarantine lists the records one by one.
        .withColumn("reason", reason_key(F.get("rejections", F.col("at")), F.col("sentence")))
        .groupBy("source_id", "reason")
        .agg(F.count("*").alias("records"))
        .orderBy(F.desc("records"), "source_id", "reason")
        .collect()
    )
    return [
        *[Refusal(one.source_id, one.path, one.reason) for one in files],
        *[
            Refusal(name, f"{name}.yaml", f"The contract is wrong: {error}")
            for name, error in wrong_contracts().items()
        ],
        *[
            Refusal(row.source_id, f"{row.records:,} record{'s' if row.records > 1 else ''}", sentence_of(row.reason))
            for row in records
        ],
    ]


def _rises(spark: SparkSession) -> Rises:
    comparable = read(spark, "gold.province_trends").where(
        "period_type = 'month' AND channel = 'all' AND topic_level = 'topic' AND is_complete "
        "AND previous_count IS NOT NULL"
    )
    enough = comparable.where(f"least(concern_count, previous_count) >= {MIN_COUNT}")
    for rows, are_small in ((enough, False), (comparable, True)):
        rising = rows.where("concern_count > previous_count")
        month = rising.agg(F.max("period_start")).collect()[0][0]
        if month is not None:
            wanted = rising.where(F.col("period_start") == F.lit(month)).select(
                "province_en", "topic_en", "concern_count", "previous_count"
            )
            return Rises(month, are_small, biggest_rises(wanted.toArrow().to_pylist()))
    return Rises()


def _extracts() -> str | None:
    root = f"{settings().extracts}/public"
    name = pointer.current(root)
    if name is None:
        return None
    book = f"{root}/versions/{name}/province_trends.xlsx"
    return f"{book} (and CSV, Parquet beside it; what has been over for {PUBLICATION_DELAY_DAYS} days)"


def _table(title: str, *headings: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in headings:
        is_number = heading in ("files", "refused files", "records", "concerns", "before", "more")
        table.add_column(heading, justify="right" if is_number else "left", overflow="fold")
    return table


def _numbers(*counts: int) -> list[str]:
    return [f"{count:,}" for count in counts]
