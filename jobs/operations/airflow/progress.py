"""Prints the progress of tasks while they run."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import typer

STATES = {
    "success": "done",
    "failed": "failed",
    "up_for_retry": "failed, will be retried,",
    "upstream_failed": "not run, because an earlier task failed,",
}
# Lines of the Airflow operator, which are not output of the command.
OPERATOR_LINES = ("Tmp dir root location:", "Running command:", "Output:", "Command exited with return code")

TaskKey = tuple[str, str, str, int]
"""A try of a task: DAG, run, task, number of the try."""


class Progress:
    """Prints when a task starts, its output, when it ends and how long it took."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.printed_bytes: dict[TaskKey, int] = {}
        self.ended: set[TaskKey] = set()

    def show(self, tasks: list[dict[str, Any]]) -> None:
        """Prints what is new. ``tasks`` are task instances as the REST API gives them."""
        for task in sorted(tasks, key=lambda task: task["start_date"] or "9999"):
            key = (task["dag_id"], task["dag_run_id"], task["task_id"], task["try_number"])
            if task["start_date"] is None or task["try_number"] == 0 or key in self.ended:
                continue
            if task["state"] in {"scheduled", "queued"}:
                continue
            name = f"{task['dag_id']}.{task['task_id']}"
            if key not in self.printed_bytes:
                self.printed_bytes[key] = 0
                self.print_line(name, "started")
            self.print_new_lines(key)
            if task["state"] in STATES:
                self.ended.add(key)
                seconds = f" after {task['duration']:.1f} s" if task["duration"] is not None else ""
                log = "" if task["state"] == "success" else f"; its log is {self.log_path(key)}"
                self.print_line(name, STATES[task["state"]] + seconds + log)

    def log_path(self, key: TaskKey) -> Path:
        """The path of the log file of one attempt of a task."""
        dag_id, run_id, task_id, attempt = key
        return self.home / f"logs/dag_id={dag_id}/run_id={run_id}/task_id={task_id}/attempt={attempt}.log"

    def print_new_lines(self, key: TaskKey) -> None:
        """Prints the output of the command since the last call, unchanged."""
        try:
            with self.log_path(key).open("rb") as file:
                file.seek(self.printed_bytes[key])
                new = file.read()
        except FileNotFoundError:
            return
        whole = new[: new.rfind(b"\n") + 1]
        self.printed_bytes[key] += len(whole)
        for line in whole.splitlines():
            entry = json.loads(line)
            message = str(entry["event"])
            if "SubprocessHook" in entry.get("logger", "") and not message.startswith(OPERATOR_LINES):
                typer.echo(message)
            elif entry.get("level") == "error":
                causes = [f"{cause['exc_type']}: {cause['exc_value']}" for cause in entry.get("error_detail", [])]
                typer.echo("; ".join([message, *causes]))

    @staticmethod
    def print_line(name: str, text: str) -> None:
        """Prints the time, a name and a text as one line."""
        typer.echo(f"{datetime.now():%H:%M:%S} {name} {text}")
