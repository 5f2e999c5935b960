"""`siang ledger`: the ingested and rejected files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from jobs.cli.console import out

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

STATUSES = ("ingested", "refused", "faulty")


def ledger(
    source: Annotated[str | None, typer.Option(help="only this source")] = None,
    status: Annotated[
        str | None,
        typer.Option(help="only ingested or refused files; faulty: all that need attention"),
    ] = None,
    path: Annotated[str | None, typer.Option(help="only files whose path contains this")] = None,
    limit: int = 500,
) -> None:
    """Lists files with time, counts, status and errors."""
    from pyspark.sql import functions as F

    from jobs.sources.valid_contracts import contracts_of
    from lake.session import open_session
    from lake.tables import rows
    from schemas.errors import UserError

    if status not in (None, *STATUSES):
        raise UserError(f"there is no status {status}", f"choose one of {', '.join(STATUSES)}")
    with open_session() as spark:
        if status == "faulty":
            _show_faulty(spark, source, path, limit)
            return
        found = spark.table("bronze.files")
        for column, wanted in (("source_id", source), ("file_status", status)):
            found = found if wanted is None else found.where(F.col(column) == wanted)
        if path is not None:
            found = found.where(F.col("path").contains(path))
        listed = rows(found.orderBy(F.desc("ingested_at"), "source_id", "path").limit(limit))
    if not listed:
        contracts_of(source)  # raises an error where there is no such source
    table = Table("source", "file", "sha256", "ingested (UTC)", "bytes", "records", "faults", "status", "error")
    for row in listed:
        cells = (
            row["source_id"], row["path"], row["file_sha256"][:12], f"{row['ingested_at']:%Y-%m-%d %H:%M}",
            row["bytes"], row["record_count"], row["fault_count"], row["file_status"], row["error"],
        )  # fmt: skip
        table.add_row(*["" if cell is None else str(cell) for cell in cells])
    out.print(table)


def _show_faulty(spark: SparkSession, source: str | None, path: str | None, limit: int) -> None:
    from jobs.operations import status as standing

    bad = [one for one in standing.files(spark) if source in (None, one.source_id) and (path or "") in one.path]
    out.print(standing.table_of(bad, limit) if bad else "No file needs attention.")
