"""Triggers DAG runs, waits for them, and returns their results."""

from __future__ import annotations

import secrets
import time
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import psutil
import typer

from jobs.operations.airflow.progress import Progress
from jobs.operations.airflow.server import START_SECONDS, Server
from schemas.errors import UserError

ENDED = {"success", "failed"}


def drain(server: Server) -> None:
    """Runs every landing DAG, and then the pipeline run that their assets trigger.

    Raises UserError if one of them failed; the output of the failed task was printed before.
    """
    fail_left_over(server)
    *first, last = wait_for_dags(server)
    progress = Progress(server.home)
    since = datetime.now().astimezone().isoformat()
    # The pipeline is paused until all sources have landed, so that one run processes all of them.
    server.pause("pipeline", True)
    try:
        follow(server, progress, since, first)
    finally:
        with suppress(UserError):
            server.pause("pipeline", False)
    runs = follow(server, progress, since, [last])
    failed = sorted({run["dag_id"] for run in runs if run["state"] == "failed"})
    if failed:
        raise UserError(f"Airflow could not run {', '.join(failed)}", "fix the error above, then run this again")
    if all(run["dag_id"] != "pipeline" for run in runs):
        raise UserError("Airflow landed the sources, but did not start the pipeline", "run this again")


def follow(server: Server, progress: Progress, since: str, dag_ids: list[str]) -> list[dict[str, Any]]:
    """Triggers DAGs and waits until all runs after ``since`` have ended; returns these runs."""
    for dag_id in dag_ids:
        # A repeated request with the same id creates no second run.
        body = {"logical_date": None, "dag_run_id": run_id()}
        server.call("POST", f"/dags/{dag_id}/dagRuns", body=body, may_exist=True)
    recent = {"run_after_gte": since, "limit": 1000}

    def ended() -> list[dict[str, Any]] | None:
        runs = server.call("GET", "/dags/~/dagRuns", params=recent)["dag_runs"]
        return runs if all(run["state"] in ENDED for run in runs) else None

    while True:
        server.check()
        # An asset event is queued before its run ends, and is removed when the next run has been created. So if all
        # runs have ended and then no event is queued, the runs at that time are complete.
        runs = ended() if ended() is not None and not _queued(server) else None
        tasks = server.call("GET", "/dags/~/dagRuns/~/taskInstances", params=recent)["task_instances"]
        progress.show(tasks)
        if runs is not None:
            return runs
        time.sleep(0.5)


def run_id() -> str:
    """A unique run id: the time of the request (UTC) and random characters."""
    return f"siang_{datetime.now(UTC):%Y%m%dT%H%M%S}_{secrets.token_hex(4)}"


def _queued(server: Server) -> int:
    """The number of queued asset events for the pipeline."""
    return server.call("GET", "/dags/pipeline/assets/queuedEvents")["total_entries"]


def fail_left_over(server: Server) -> None:
    """Marks unfinished runs of a killed `siang airflow` as failed, because they would block the new runs."""
    for run in server.call("GET", "/dags/~/dagRuns", params={"state": ["queued", "running"]})["dag_runs"]:
        path = f"/dags/{run['dag_id']}/dagRuns/{run['dag_run_id']}"
        server.call("PATCH", path, body={"state": "failed"})


def wait_for_dags(server: Server) -> list[str]:
    """The ids of the landing DAGs, after this Airflow has read the DAG folder."""
    started = psutil.Process(server.children["dag-processor"].pid).create_time()
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        server.check()
        errors = server.call("GET", "/importErrors")["import_errors"]
        if errors:
            typer.echo(errors[0]["stack_trace"], err=True)
            raise UserError(f"{errors[0]['filename']} cannot be imported", "fix the error above")
        dags = server.call("GET", "/dags", params={"limit": 1000})["dags"]
        fresh = {dag["dag_id"] for dag in dags if _timestamp(dag["last_parsed_time"]) >= started}
        landing = sorted(dag_id for dag_id in fresh if dag_id.startswith("land_"))
        if landing and "pipeline" in fresh:
            for dag_id in landing:
                server.pause(dag_id, False)
            return landing
        time.sleep(0.3)
    raise UserError(f"Airflow did not find its DAGs in {START_SECONDS} s", f"read {server.home}/dag-processor.log")


def _timestamp(stamp: str | None) -> float:
    return datetime.fromisoformat(stamp).timestamp() if stamp else 0.0
