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
    """Lists the sources and how recent their data is."""
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
    for error in wrong_contracts().values():
        out.print(f"A contract is wrong, and files of its source wait: {error}", markup=False, soft_wrap=True)


@app.command()
def check(contract: Path, export: Path, rows: int = 5) -> None:
    """Reads an export with a contract and shows the concerns."""
    from jobs.sources import contract_check as checking

    out.print(checking.report(contract, export, rows))


@app.command()
def template(
    to: Annotated[Path, typer.Argument(help="file to write")] = Path("paper_register.xlsx"),
) -> None:
    """Writes a workbook for offices with a paper register."""
    from jobs.sources.template import workbook_bytes

    to.write_bytes(workbook_bytes())
    print(f"{to}: fill it in, put the month into its name, and copy it to the landing folder paper_register/")
