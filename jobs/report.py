"""Progress: a live line on a terminal (work done, rate, time left), plain lines in a log."""

from __future__ import annotations

import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from pyspark.sql import SparkSession
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from lake.settings import settings

WARNING = "warning: "
"""Begins a line that somebody has to look at, although the step goes on."""
console = Console(stderr=True, highlight=False, soft_wrap=True)


class Report:
    """Says how far a command is."""

    def __init__(self) -> None:
        self.warnings: list[str] = []
        """What was warned of since the stage began."""
        self._stage = ""
        self._started = time.monotonic()
        self._live: Progress | None = None
        self._task: TaskID | None = None

    def say(self, line: str) -> None:
        """One line about the stage under way; what begins with WARNING stays on the terminal and is kept."""
        if line.startswith(WARNING):
            self._keep(line.removeprefix(WARNING))
        elif self._live is not None and self._task is not None:
            self._live.update(self._task, description=f"{self._stage}: {line}")
            return
        console.print(f"{self._clock()} {self._stage}: {line}", markup=False)

    def _keep(self, warning: str) -> None:
        self.warnings.append(warning)
        if target := settings().warnings:
            with target.open("a", encoding="utf-8") as kept:
                kept.write(f"{warning}\n")

    def done(self, stage: str, counts: dict[str, int]) -> None:
        said = ", ".join(f"{name} {count:,}" for name, count in counts.items()) or "nothing to do"
        seconds = time.monotonic() - self._started
        console.print(f"{self._clock()} {stage} done in {seconds:.1f} s: {said}", markup=False)

    @contextmanager
    def stage(self, name: str, spark: SparkSession | None = None) -> Generator[None]:
        """Shows a stage while it runs; on a terminal with the tasks that Spark has done and has left."""
        self._stage, self._started, self.warnings = name, time.monotonic(), []
        if not sys.stderr.isatty():
            yield
            return
        columns = (
            TextColumn("{task.description}"), BarColumn(bar_width=24), TextColumn("{task.fields[work]}"),
            TimeElapsedColumn(), TimeRemainingColumn(),
        )  # fmt: skip
        with Progress(*columns, console=console, transient=True) as live:
            self._live, self._task = live, live.add_task(name, total=None, work="")
            handler = self._spark_handler()
            watched = spark is not None and hasattr(spark, "registerProgressHandler")
            if spark is not None and watched:
                spark.registerProgressHandler(handler)
            try:
                yield
            finally:
                self._live = None
                if spark is not None and watched:
                    spark.removeProgressHandler(handler)

    def _spark_handler(self) -> Any:
        def handle(stages: Any, inflight_tasks: int, operation_id: str, done: bool) -> None:
            if self._live is None or self._task is None or not stages:
                return
            total = sum(stage.num_tasks for stage in stages)
            finished = sum(stage.num_completed_tasks for stage in stages)
            read = sum(stage.num_bytes_read for stage in stages)
            rate = read / 1024**2 / max(time.monotonic() - self._started, 0.1)
            work = f"{finished}/{total} tasks, {rate:.1f} MiB/s"
            self._live.update(self._task, total=total, completed=finished, work=work)

        return handle

    @staticmethod
    def _clock() -> str:
        return time.strftime("%H:%M:%S")
