"""`siang status`: runs, wrong contracts, faulty files, flagged concerns."""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import SparkSession
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from jobs.operations import flagged_concerns
from jobs.sources.file_problems import FileProblem, file_problems
from lake.tables import rows
from schemas.contract_files import wrong_contracts

SHOWN = 20


def show(spark: SparkSession, out: Console) -> None:
    """Prints the status."""
    out.print(_runs(spark))
    for error in wrong_contracts().values():
        out.print(f"A contract is wrong, and files of its source wait: {error}", markup=False, soft_wrap=True)
    if bad := files(spark):
        out.print(table_of(bad, SHOWN))
    if len(bad) > SHOWN:
        out.print(f"and {len(bad) - SHOWN:,} more: siang ledger --status faulty", markup=False)
    flagged_concerns.show(spark, out)


def files(spark: SparkSession) -> list[FileProblem]:
    """All files that somebody has to look at, the newest first."""
    return sorted(file_problems(spark), key=lambda one: one.ingested_at, reverse=True)


def table_of(bad: Sequence[FileProblem], most: int) -> Table:
    """Files and why they are no good."""
    table = Table("source", "file", "ingested (UTC)", "why", title="Files that somebody has to look at")
    for one in bad[:most]:
        table.add_row(one.source_id, escape(one.path), f"{one.ingested_at:%Y-%m-%d %H:%M}", escape(one.reason))
    return table


def _runs(spark: SparkSession) -> Table:
    runs = spark.sql(
        "SELECT step, max_by(struct(started_at, ended_at, outcome, counts, message), started_at) AS last, "
        "count(*) AS runs FROM ops.runs GROUP BY step ORDER BY last.started_at"
    )
    table = Table("step", "runs", "last began (UTC)", "seconds", "outcome", "counts and messages")
    for row in rows(runs):
        last = row["last"]
        seconds = (last["ended_at"] - last["started_at"]).total_seconds()
        counted = ", ".join(f"{name} {count:,}" for name, count in sorted(last["counts"]))
        began = f"{last['started_at']:%Y-%m-%d %H:%M:%S}"
        details = "\n".join(filter(None, (counted, last["message"])))
        table.add_row(row["step"], str(row["runs"]), began, f"{seconds:.1f}", last["outcome"], escape(details))
    return table
