"""The command line: `siang`. DAG tasks call the same commands as a person does."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from jobs.commands import label, ledger, models, quarantine, sources, upkeep
from jobs.commands.console import out
from lake.faults import Fault, LastingFault

app = typer.Typer(
    help="Siang: citizens' concerns, from raw exports to province trends.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)
spark_app = typer.Typer(help="The Spark server of this lake.", no_args_is_help=True)
lake_app = typer.Typer(help="The lake's tables.", no_args_is_help=True)
app.add_typer(spark_app, name="spark")
app.add_typer(lake_app, name="lake")
app.add_typer(quarantine.app, name="quarantine")
app.add_typer(sources.app, name="source")
app.add_typer(models.app, name="models")
app.add_typer(label.app, name="label")

LASTS = 3
"""Exit code of what is the same at the next try: dags/parts.py does not try it again."""

Root = Annotated[str, typer.Option(help="folder or s3a://bucket/prefix")]
Source = Annotated[str | None, typer.Option(help="only this source")]


def main() -> None:
    """Runs a command; a fault ends with exit code 1, or 3, and one sentence on standard error."""
    # As Airflow ends a task: what it runs on the server ends with it (lake.session).
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    debug = "--debug" in sys.argv
    if debug:
        sys.argv.remove("--debug")
    if sys.argv[1:2] == ["airflow"]:  # its libraries take a second to import, and no other command needs them
        from jobs.airflow.commands import app as airflow_app

        app.add_typer(airflow_app, name="airflow")
    else:
        app.command("airflow", help="Airflow on this machine: run once, or serve.")(lambda: None)
    try:
        app()
    except Exception as error:
        if debug:
            raise
        print(f"siang: {sentence(error)}", file=sys.stderr)
        sys.exit(LASTS if isinstance(error, LastingFault) or _is_of_contract(error) else 1)


def sentence(error: Exception) -> str:
    """One sentence for a person. Messages of libraries may quote rows, so only ours are shown whole."""
    if isinstance(error, Fault):
        return str(error)
    if _is_of_contract(error):
        return f"the contract is wrong: {error}"
    return f"it ended with {type(error).__name__}; run the same command with --debug to see where."


def _is_of_contract(error: Exception) -> bool:
    return isinstance(error, ValueError) and ".yaml, line" in str(error)


def _use_roots(**roots: str) -> None:
    from lake.settings import settings

    for name, value in roots.items():
        if value:
            os.environ[f"SIANG_{name.upper()}"] = value
    settings.cache_clear()


def _step(name: str) -> None:
    from jobs.report import Report
    from jobs.steps import STEPS, perform
    from lake.session import open_writer

    step = next(step for step in STEPS if step.name == name)
    with open_writer() as spark:
        perform(spark, step, Report())


@app.command()
def run(landing: Root = "", lake: Root = "", extracts: Root = "") -> None:
    """Everything, from the landing folder to the extracts, without a scheduler."""
    _use_roots(landing=landing, lake=lake, extracts=extracts)
    from jobs import land, results
    from jobs.report import Report
    from jobs.steps import STEPS, perform
    from lake.session import open_writer

    land.fill_landing(print)
    report = Report()
    with report.stage("land"):
        report.done("land", land.run(report.say))
    with open_writer() as spark:
        for step in STEPS:
            perform(spark, step, report)
        results.show(spark)


@app.command("land")
def land_command(source: Source = None) -> None:
    """Landing folder → archive: every file once, by its content."""
    from jobs import land
    from jobs.report import Report

    report = Report()
    with report.stage("land"):
        report.done("land", land.run(report.say, source))


@app.command()
def ingest() -> None:
    """Archive → bronze: every record of every new file, and the ledger."""
    _step("ingest")


@app.command()
def reference() -> None:
    """Areas, LAOs, population, topics and programmes → reference tables, where they have changed."""
    _step("reference")


@app.command()
def refine() -> None:
    """Bronze → versions, parsed and masked; what cannot be used goes to the quarantine."""
    _step("refine")


@app.command()
def fold() -> None:
    """Versions → concerns as they stand, and their changes of state."""
    _step("fold")


@app.command()
def classify() -> None:
    """Concerns → kind, language and topics."""
    _step("classify")


@app.command()
def link() -> None:
    """Concerns → the LAOs that are responsible, addressed or serve the place."""
    _step("link")


@app.command()
def aggregate() -> None:
    """Silver → gold: the daily cube, province trends, coverage."""
    _step("aggregate")


@app.command()
def publish() -> None:
    """Gold → extracts: CSV, Parquet and XLSX."""
    _step("publish")


@app.command("results")
def results_command() -> None:
    """What came in, what was refused and why, the biggest rises, where the extracts are."""
    from jobs import results
    from lake.session import open_session

    with open_session() as spark:
        results.show(spark)


@app.command()
def query(
    sql: Annotated[str, typer.Argument(help="one SELECT, or DESCRIBE of a table")],
    form: Annotated[str, typer.Option("--format", help="table, csv or json")] = "table",
    restricted: Annotated[bool, typer.Option("--restricted", help="bronze too: citizens' words as they came")] = False,
) -> None:
    """Asks the tables by name; never writes, and reads nothing else."""
    from jobs import query as asking
    from lake.reader import open_reader

    if form not in ("table", "csv", "json"):
        raise Fault(f"there is no format {form}", "choose table, csv or json")
    with open_reader(restricted=restricted) as reader:
        answer = asking.shown(*asking.ask(reader, sql), form)  # type: ignore[arg-type]
    if isinstance(answer, str):
        print(answer)
    else:
        out.print(answer)


@app.command()
def dictionary(
    form: Annotated[str, typer.Option("--format", help="markdown or csv")] = "markdown",
) -> None:
    """What every column of every table means, in Thai and English. No Spark."""
    from jobs import dictionary as described

    forms = {"markdown": described.as_markdown, "csv": described.as_csv}
    if form not in forms:
        raise Fault(f"there is no format {form}", "choose markdown or csv")
    print(forms[form](), end="")


@app.command()
def text() -> None:
    """JSON lines {"id","text"} in; language, tokens, terms, kind, topics and what was masked out. No Spark."""
    from jobs.text import analyse_lines

    for line in analyse_lines(sys.stdin):
        sys.stdout.write(line)


@app.command()
def reconcile() -> None:
    """The proof that nothing is lost: every byte and every record accounted for."""
    from jobs import reconcile as proving
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
        raise Fault(
            "the lake does not add up",
            "run the pipeline to its end, and read the lines above if it still does not",
        )
    print("exact: every byte of every file is in bronze, every record is accounted for")


@app.command()
def erase(
    source: Annotated[str, typer.Option(help="source that told of the concern")],
    record: Annotated[list[str], typer.Option("--id", help="the source's own id of it; may be given again")],
    why: Annotated[str, typer.Option(help="ground, without naming the citizen")],
) -> None:
    """Erases concerns for good, and keeps them from coming back."""
    from jobs import erase as erasing
    from jobs.masked import masked
    from jobs.report import Report
    from jobs.steps import STEPS, perform
    from lake.session import open_writer
    from lake.settings import settings

    report = Report()
    with open_writer() as spark:
        with report.stage("erase", spark):
            counts = erasing.run(spark, report.say, source, record, why)
        report.done("erase", counts)
        for step in STEPS:
            if step.name not in ("ingest", "reference", "refine"):  # a wrong list must not hold up an erasure
                perform(spark, step, report)
        with report.stage("remove old files", spark):
            count = erasing.remove_old_files(spark)
        report.done("remove old files", {"tables": count})
    print("Erased: no table holds it any more, nor do their older versions, nor does the archive.")
    if files := [path for path in erasing.landed(source) if Path(f"{settings().landing}/{source}/{path}").exists()]:
        print(f"Delete it where it landed too: {', '.join(map(masked, files))}.")


@app.command()
def status() -> None:
    """The last runs, wrong contracts, files to look at, statuses that no contract knows, flagged concerns."""
    from jobs import status as standing
    from lake.session import open_session

    with open_session() as spark:
        standing.show(spark, out)


@app.command()
def doctor() -> None:
    """What is missing on this machine, and the mend."""
    from jobs import doctor as checking

    raise typer.Exit(checking.show())


@app.command()
def samples(to: Annotated[Path | None, typer.Option(help="folder to write to")] = None) -> None:
    """Writes the synthetic sample exports."""
    from lake.settings import settings
    from samples.generate import generate

    folder = to or Path(settings().landing)
    for source, count in generate(folder).items():
        print(f"{source}: {count:,}{'' if source in ('concerns', 'files', 'laos') else ' records'}")
    print(f"in {folder}")


@lake_app.command("init")
def lake_init() -> None:
    """Creates the tables, where they are not there yet."""
    from lake.session import open_writer
    from schemas.tables import tables

    with open_writer():
        print(f"{len(tables())} tables are known by name")


@spark_app.command("start")
def spark_start() -> None:
    """Starts the server, where none is up."""
    from lake.session import open_session
    from lake.settings import settings

    with open_session():
        print(f"the Spark server is up for {settings().lake}")


@spark_app.command("stop")
def spark_stop() -> None:
    """Stops the server, and the one that answers queries."""
    from lake import server

    print("stopped" if server.stop_all() else "no server was running")


@spark_app.command("status")
def spark_status() -> None:
    """Whether the server is up, and how much memory it and the one that answers queries hold."""
    from lake import server

    def resident(role: server.Role) -> int:
        return round(sum(process.memory_info().rss for process in server.processes(role)) / 1024**2)

    if server.running() is None:
        print("no server is running")
        raise typer.Exit(1)
    print(
        json.dumps({"is_up": True, "resident_mib": resident("server"), "resident_mib_of_queries": resident("reader")})
    )


for command in (
    ledger.ledger, models.train, models.evaluate, upkeep.check, upkeep.backfill, upkeep.maintain, upkeep.retain,
):  # fmt: skip
    app.command()(command)


if __name__ == "__main__":
    main()
