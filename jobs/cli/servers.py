"""`siang spark` and `siang lake`: the Spark server and the tables of this lake."""

from __future__ import annotations

import json

import typer

spark_app = typer.Typer(help="The Spark server of this lake.", no_args_is_help=True)
lake_app = typer.Typer(help="The tables of the lake.", no_args_is_help=True)


@lake_app.command("init")
def lake_init() -> None:
    """Creates missing tables."""
    from lake.session import open_writer
    from schemas.tables import tables

    with open_writer():
        print(f"the lake has {len(tables())} tables")


@spark_app.command("start")
def spark_start() -> None:
    """Starts the server if it is not running."""
    from lake.session import open_session
    from lake.settings import settings

    with open_session():
        print(f"the Spark server is running for {settings().lake}")


@spark_app.command("stop")
def spark_stop() -> None:
    """Stops the server and the server for queries."""
    from lake import server

    print("stopped" if server.stop_all() else "no server was running")


@spark_app.command("status")
def spark_status() -> None:
    """Shows whether the server is running, and its memory."""
    from lake import server

    def resident(role: server.Role) -> int:
        return round(sum(process.memory_info().rss for process in server.processes(role)) / 1024**2)

    if server.running_server() is None:
        print("no server is running")
        raise typer.Exit(1)
    print(
        json.dumps({"is_up": True, "resident_mib": resident("server"), "resident_mib_of_queries": resident("reader")})
    )
