"""`siang quarantine`: records that could not be used."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from jobs.cli.console import out, write

app = typer.Typer(help="Records that could not be used, and why.", invoke_without_command=True)
Source = Annotated[str | None, typer.Option(help="only this source")]
Sha = Annotated[str, typer.Argument(help="hash of the file, or its first characters")]


@app.callback()
def listed(
    context: typer.Context,
    source: Source = None,
    reason: Annotated[str | None, typer.Option(help="only this reason: its code, or words of its sentence")] = None,
    file: Annotated[str | None, typer.Option(help="only files whose path contains this")] = None,
    state: Annotated[str, typer.Option(help="open, replayed or dismissed")] = "open",
    limit: int = 50,
) -> None:
    """Lists records with their reasons, without their text."""
    if context.invoked_subcommand is not None:
        return
    from jobs.operations import quarantine as shelf
    from lake.session import open_session

    with open_session() as spark:
        total, rows = shelf.records(spark, source, reason, file, state, limit)
    table = Table("source", "file", "record", "reasons")
    for row in rows:
        where = f"{row.path} ({row.file_sha256[:12]})"
        table.add_row(row.source_id, where, str(row.record_number), escape("\n".join(row.reasons)))
    out.print(table)
    shown = "" if total <= len(rows) else f", {len(rows):,} of them shown (--limit)"
    out.print(f"{total:,} {state}{shown}; 'siang quarantine show SOURCE SHA256 RECORD' shows one with its reasons")


@app.command()
def show(
    source: str,
    sha256: Sha,
    record: int,
    restricted: Annotated[bool, typer.Option(help="unmasked, for users with this right")] = False,
) -> None:
    """Shows a record with its reasons, masked by default."""
    from jobs.operations import quarantine as shelf
    from lake.session import open_session

    with open_session() as spark:
        found = shelf.show(spark, source, sha256, record, is_restricted=restricted)
    for name, value in found.items():
        out.print(f"[bold]{name}[/bold]")
        out.print(escape(value), soft_wrap=True)


@app.command()
def replay(source: Source = None) -> None:
    """Parses open records again with the current contracts."""
    from jobs.pipeline import parse as refining

    write("replay", lambda spark: refining.replay(spark, source))


@app.command()
def dismiss(source: str, sha256: Sha, record: int, why: str) -> None:
    """Dismisses a record permanently, with a reason."""
    from jobs.operations import quarantine as shelf
    from lake.session import open_writer

    with open_writer() as spark:
        shelf.dismiss(spark, source, sha256, record, why)
