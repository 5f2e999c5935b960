"""Maintenance commands: check, maintain, retain, backfill, doctor, samples."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from jobs.cli.console import write
from schemas.errors import UserError

Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])]


def check(
    table: Annotated[str | None, typer.Argument(help="such as silver.concerns; by default all with a suite")] = None,
) -> None:
    """Checks whole tables and writes Data Docs."""
    from jobs.cli.logs import run_stage
    from jobs.quality import check_table, tables_with_suites
    from jobs.quality.data_docs import DataDocs
    from lake.session import open_writer
    from lake.settings import settings

    wanted = tables_with_suites() if table is None else [table]
    if table is not None and table not in tables_with_suites():
        raise UserError(f"{table} has no suite of expectations", f"choose one of {', '.join(tables_with_suites())}")
    broken: list[str] = []
    docs = DataDocs(settings().home / "data_docs")

    def check_one(name: str) -> dict[str, int]:
        outcomes = check_table(spark, docs, name)
        unmet = [one for one in outcomes if not one.is_met]
        if any(one.severity == "critical" for one in unmet):
            broken.append(name)
        return {"expectations": len(outcomes), "unmet": len(unmet)}

    with open_writer() as spark:
        for name in wanted:
            run_stage(f"check {name}", partial(check_one, name), spark)
    print(f"Data Docs: {docs.write()}")
    if broken:
        raise UserError(
            f"{', '.join(broken)} do not meet their expectations, as logged above",
            "check the logged rows; query ops.checks for the history",
        )


def maintain(
    vacuum_hours: Annotated[
        int | None, typer.Option(min=0, help="age of files to keep; default SIANG_VACUUM_HOURS")
    ] = None,
) -> None:
    """Joins small files and removes old ones."""
    from jobs.operations import maintain as upkeep

    write("maintain", lambda spark: upkeep.run(spark, vacuum_hours))


def retain() -> None:
    """Removes data after its retention time.

    Applies SIANG_RETENTION_DAYS and SIANG_EXTRACT_VERSIONS.
    """
    from jobs.operations import retain as keeping

    write("retain", keeping.run)


def backfill(
    source: Annotated[str, typer.Option(help="source whose files are parsed again")],
    since: Day = None,
    until: Day = None,
) -> None:
    """Marks files of a source to be parsed again."""
    from jobs.operations import backfill as again

    days = since and since.date(), until and until.date()
    write("backfill", lambda spark: again.run(spark, source, *days))


def doctor() -> None:
    """Checks this machine and says what to fix."""
    from jobs.operations import doctor as checking

    raise typer.Exit(checking.show())


def samples(to: Annotated[Path | None, typer.Option(help="folder to write to")] = None) -> None:
    """Writes the synthetic sample exports."""
    from lake.settings import settings
    from samples.generate import generate

    folder = to or Path(settings().landing)
    for source, count in generate(folder).items():
        print(f"{source}: {count:,}{'' if source in ('concerns', 'files', 'laos') else ' records'}")
    print(f"in {folder}")
