"""`siang spark`, `siang lake`: the Spark server and the tables of this lake."""

from __future__ import annotations

import json

import typer

spark_app = typer.Typer(help="The Spark server of this lake.", no_args_is_help=True)
lake_app = typer.Typer(help="The lake's tables.", no_args_is_help=True)


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

    if server.running_server() is None:
        print("no server is running")
        raise typer.Exit(1)
    print(
        json.dumps({"is_up": True, "resident_mib": resident("server"), "resident_mib_of_queries": resident("reader")})
    )
