"""The command line `siang`. DAG tasks call the same commands as users."""

from __future__ import annotations

import os
import signal
import sys

import typer

from jobs.cli import erase, label, ledger, models, quarantine, servers, sources, steps, tables, upkeep
from jobs.cli.logs import start_logging
from schemas.config_folder import VARIABLE, config_folder
from schemas.errors import ContractError, UserError

app = typer.Typer(
    help="Siang: citizens' concerns, from raw exports to province trends.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)
for name, group in (
    ("spark", servers.spark_app), ("lake", servers.lake_app), ("quarantine", quarantine.app), ("source", sources.app),
    ("models", models.app), ("label", label.app),
):  # fmt: skip
    app.add_typer(group, name=name)
steps.add_to(app)
for command in (
    tables.results, tables.query, tables.dictionary, tables.text, tables.reconcile, erase.erase, tables.status,
    upkeep.doctor, upkeep.samples, ledger.ledger, models.train, models.evaluate, upkeep.check, upkeep.backfill,
    upkeep.maintain, upkeep.retain,
):  # fmt: skip
    app.command()(command)


def main() -> None:
    """Runs a command. An error ends with the exit code of its class and one sentence on standard error."""
    # Airflow ends a task with this signal; its work on the Spark server is interrupted too (lake.session).
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    debug = "--debug" in sys.argv
    if debug:
        sys.argv.remove("--debug")
    if sys.argv[1:2] == ["airflow"]:  # its libraries take a second to import, and other commands do not need them
        from jobs.cli.airflow import app as airflow_app

        app.add_typer(airflow_app, name="airflow")
    else:
        app.command("airflow", help="A local Airflow: run once, or serve.")(lambda: None)
    try:
        if folder := config_folder():
            os.environ[VARIABLE] = str(folder)  # servers, workers and tasks run in folders of their own
        start_logging()
        app()
    except Exception as error:
        if debug:
            raise
        print(f"siang: {sentence(error)}", file=sys.stderr)
        sys.exit(error.exit_code if isinstance(error, UserError) else 1)


def sentence(error: Exception) -> str:
    """A sentence for the user. Messages of libraries may quote rows, so only our own messages are shown."""
    if isinstance(error, ContractError):
        return f"the contract is wrong: {error}"
    if isinstance(error, UserError):
        return str(error)
    return f"the command failed with {type(error).__name__}; run it with --debug to see where."


if __name__ == "__main__":
    main()
