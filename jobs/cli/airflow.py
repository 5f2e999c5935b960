"""The commands `siang airflow run` and `siang airflow serve`."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import typer

from jobs.operations.airflow.processes import airflow
from jobs.operations.airflow.runs import drain
from jobs.sources.landing_folder import fill_with_samples
from lake.settings import settings
from schemas.errors import UserError

SIANG = Path(sys.executable).with_name("siang")

app = typer.Typer(help="A local Airflow.", no_args_is_help=True)


@app.command()
def run() -> None:
    """Runs all DAGs once in a local Airflow, then stops it."""
    fill_with_samples()
    # The Spark server starts at the same time as Airflow, before the first task needs it.
    spark = subprocess.Popen([SIANG, "spark", "start"]) if not settings().spark else None
    # DAG files do not change during the run, and reading them again delays tasks by seconds.
    with airflow(reread_seconds=3600) as server:
        if spark and spark.wait() != 0:
            raise UserError("the Spark server did not start", "fix the error above, then run this again")
        drain(server)
        if server.repeated:
            typer.echo(f"{server.repeated} requests to Airflow were repeated.")
    subprocess.run([SIANG, "results"], check=True)


@app.command()
def serve() -> None:
    """Starts Airflow and runs it until Ctrl-C."""
    with airflow(reread_seconds=30) as server:
        typer.echo(f"Airflow is at {server.address}, until Ctrl-C.")
        while True:
            server.check()
            time.sleep(1)
