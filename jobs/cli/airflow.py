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

app = typer.Typer(help="Airflow on this machine.", no_args_is_help=True)


@app.command()
def run() -> None:
    """Lands every source and takes it to the extracts, with Airflow started for it and stopped after."""
    fill_with_samples()
    # The Spark server is up before the first task asks for it, at the same time as Airflow.
    spark = subprocess.Popen([SIANG, "spark", "start"]) if not settings().spark else None
    # DAG files do not change meanwhile, and reading them again holds up the tasks for seconds.
    with airflow(reread_seconds=3600) as server:
        if spark and spark.wait() != 0:
            raise UserError("The Spark server did not start", "mend what it says above, then run this again")
        drain(server)
        if server.repeated:
            typer.echo(f"{server.repeated} requests to Airflow were sent again.")
    subprocess.run([SIANG, "results"], check=True)


@app.command()
def serve() -> None:
    """Starts Airflow and leaves it running until Ctrl-C."""
    with airflow(reread_seconds=30) as server:
        typer.echo(f"Airflow is at {server.address}, until Ctrl-C.")
        while True:
            server.check()
            time.sleep(1)
