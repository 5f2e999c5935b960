"""Commands that keep a lake sound: check, maintain, retain, backfill."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from jobs.commands.console import write
from lake.faults import Fault

Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])]


def check(
    table: Annotated[str | None, typer.Argument(help="such as silver.concerns; all that have a suite, if none")] = None,
) -> None:
    """Checks whole tables by the suites of expectations/, and writes the page of Data Docs."""
    from jobs.checks import check_table, tables_with_suites
    from jobs.checks.docs import Docs
    from jobs.report import Report
    from lake.session import open_writer
    from lake.settings import settings

    wanted = tables_with_suites() if table is None else [table]
    if table is not None and table not in tables_with_suites():
        raise Fault(f"{table} has no suite of expectations", f"choose one of {', '.join(tables_with_suites())}")
    report = Report()
    broken: dict[str, int] = {}
    docs = Docs(settings().home / "data_docs")
    with open_writer() as spark:
        for name in wanted:
            with report.stage(f"check {name}", spark):
                outcomes = check_table(spark, docs, name, report.say)
            unmet = [one for one in outcomes if not one.is_met]
            report.done(f"check {name}", {"expectations": len(outcomes), "unmet": len(unmet)})
            if any(one.severity == "critical" for one in unmet):
                broken[name] = len(unmet)
    print(f"Data Docs: {docs.write()}")
    if broken:
        raise Fault(
            f"{', '.join(broken)} break what expectations/ says, as told above",
            "look at the rows that are named; 'siang query' on ops.checks tells since when",
        )


def maintain(
    vacuum_hours: Annotated[
        int | None, typer.Option(min=0, help="keeps files that younger versions need; SIANG_VACUUM_HOURS, if none")
    ] = None,
) -> None:
    """Joins small files and removes those that no version needs any more."""
    from jobs import maintain as upkeep

    write("maintain", lambda spark, say: upkeep.run(spark, say, vacuum_hours))


def retain() -> None:
    """Removes what has been kept as long as it may be (SIANG_RETENTION_DAYS, SIANG_EXTRACT_VERSIONS)."""
    from jobs import retain as keeping

    write("retain", keeping.run)


def backfill(
    source: Annotated[str, typer.Option(help="whose files are read again")],
    since: Day = None,
    until: Day = None,
) -> None:
    """Lets the next run read files of a source again, by its contract as it is now."""
    from jobs import backfill as again

    days = since and since.date(), until and until.date()
    write("backfill", lambda spark, say: again.run(spark, say, source, *days))
