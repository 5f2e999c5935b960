"""Commands that only read: `siang query`, `results`, `status`, `reconcile`, `dictionary`, `text`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from rich.table import Table

from jobs.cli.console import out
from schemas.errors import UserError


def results() -> None:
    """Shows intake, rejections, largest rises and extracts."""
    from jobs.operations import results as summary
    from lake.session import open_session

    with open_session() as spark:
        summary.show(spark)


def query(
    sql: Annotated[str, typer.Argument(help="one SELECT, or DESCRIBE of a table")],
    form: Annotated[str, typer.Option("--format", help="table, csv or json")] = "table",
    restricted: Annotated[bool, typer.Option("--restricted", help="also bronze, with unmasked texts")] = False,
) -> None:
    """Runs a read-only query over tables by name."""
    from jobs.operations import query as asking
    from lake.reader import open_reader

    if form not in ("table", "csv", "json"):
        raise UserError(f"there is no format {form}", "choose table, csv or json")
    with open_reader(restricted=restricted) as reader:
        answer = asking.format_rows(*asking.run_query(reader, sql), form)
    if isinstance(answer, str):
        print(answer)
    else:
        out.print(answer)


def dictionary(
    form: Annotated[str, typer.Option("--format", help="markdown or csv")] = "markdown",
) -> None:
    """Prints the definitions of all columns in Thai and English."""
    from jobs.extracts import dictionary as described

    forms = {"markdown": described.as_markdown, "csv": described.as_csv}
    if form not in forms:
        raise UserError(f"there is no format {form}", "choose markdown or csv")
    print(forms[form](), end="")


def text(
    model: Annotated[str, typer.Option(help="version of 'siang models' or a file; the seed model, if none")] = "",
) -> None:
    """JSON lines {"id","text"} in; language, tokens, terms, kind, topics and what was masked out. No Spark."""
    from jobs.operations.text_lines import analyse_lines, load_model

    for line in analyse_lines(sys.stdin, load_model(model)):
        sys.stdout.write(line)


def reconcile() -> None:
    """Checks that no byte and no record is lost."""
    from jobs.operations import reconcile as proving
    from lake.session import open_session

    with open_session() as spark:
        proof = proving.reconcile(spark)
    table = Table("source", "files", "refused", "records", "versions", "repeats", "quarantine", "erased", "difference")
    for one in proof.accounts:
        cells = (
            one.source_id, one.files, one.refused, one.records, one.versions, one.repeats, one.quarantined,
            one.erased, one.difference,
        )  # fmt: skip
        table.add_row(*[f"{cell:,}" if isinstance(cell, int) else cell for cell in cells])
    out.print(table)
    for problem in proof.problems[:50]:
        print(problem)
    if proof.pending:
        print(f"{proof.pending} archived files are not ingested yet; run 'siang ingest'.")
    if not proof.is_exact:
        raise UserError(
            "the numbers of records do not agree",
            "run the pipeline to its end, and read the lines above if they still do not agree",
        )
    print("exact: every byte of every file is in bronze, and every record is accounted for")


def status() -> None:
    """Shows the last runs, wrong contracts and faulty files."""
    from jobs.operations import status as standing
    from lake.session import open_session

    with open_session() as spark:
        standing.show(spark, out)
