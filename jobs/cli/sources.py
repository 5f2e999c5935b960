"""`siang source`: sources and their contracts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from jobs.cli.console import out
from schemas.contract_files import wrong_contracts

app = typer.Typer(help="Sources and their contracts.", no_args_is_help=True)


@app.command("list")
def listed() -> None:
    """The sources that contracts describe, and how fresh what they sent is."""
    from jobs.sources.freshness import freshness
    from lake.session import open_session

    with open_session() as spark:
        found = freshness(spark)
    table = Table("source", "channel", "format", "files", "last file", "last concern", "days ago", "title")
    for one in found:
        days = "" if one.days_ago is None else str(one.days_ago)
        last = ["" if day is None else f"{day:%Y-%m-%d}" for day in (one.last_file, one.last_concern)]
        table.add_row(one.source_id, one.channel, one.format, str(one.files), *last, days, one.title)
    out.print(table)
    for sentence in wrong_contracts().values():
        out.print(f"wrong, and what it sends waits: {sentence}", markup=False, soft_wrap=True)


@app.command()
def check(contract: Path, export: Path, rows: int = 5) -> None:
    """Reads an export by a contract, and shows rows in and concerns out, before the source goes live."""
    from jobs.sources import contract_check as checking

    out.print(checking.report(contract, export, rows))


@app.command()
def template(
    to: Annotated[Path, typer.Argument(help="where to write it")] = Path("paper_register.xlsx"),
) -> None:
    """Writes the workbook that an office without any system fills in from its paper register."""
    from jobs.sources.template import workbook_bytes

    to.write_bytes(workbook_bytes())
    print(f"{to}: fill it in, name it with its month, and lay it into the landing folder paper_register/")
