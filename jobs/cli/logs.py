"""The log of commands on standard error: text lines, or JSON lines with ``SIANG_LOG=json``.

Progress is logged at level INFO, problems that need attention at level WARNING. On a terminal, progress is one live
line with the finished and remaining work of Spark; warnings stay on the screen.
"""

from __future__ import annotations

import json
import logging
import sys
import time
import uuid
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from lake.settings import settings

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

log = logging.getLogger(__name__)
_console = Console(stderr=True, highlight=False, soft_wrap=True)


class Stage:
    """The current stage of a command; all handlers of this process read it."""

    def __init__(self) -> None:
        self.run_id = uuid.uuid4().hex
        self.name = ""
        self.started = time.monotonic()
        self.live: Progress | None = None
        self.task: TaskID | None = None


_stage = Stage()


def start_logging() -> None:
    """Sends the log of ``jobs`` and ``lake`` to standard error, and warnings also to the file of ``SIANG_WARNINGS``."""
    handlers: list[logging.Handler] = [JsonHandler() if settings().log == "json" else TextHandler()]
    if target := settings().warnings:
        # The file exists only if there is a warning; a scheduler sends an alert from it.
        warnings_file = logging.FileHandler(target, encoding="utf-8", delay=True)
        warnings_file.setLevel(logging.WARNING)
        handlers.append(warnings_file)
    for name in ("jobs", "lake"):
        logger = logging.getLogger(name)
        logger.setLevel(logging.INFO)
        logger.propagate = False
        logger.handlers[:] = handlers


class TextHandler(logging.Handler):
    """A line per message: time, stage, message."""

    def emit(self, record: logging.LogRecord) -> None:
        """Prints the message; a message below WARNING only changes the live line if there is one."""
        message = record.getMessage()
        if record.levelno >= logging.WARNING:
            message = f"{record.levelname.lower()}: {message}"
        elif _stage.live is not None and _stage.task is not None:
            _stage.live.update(_stage.task, description=f"{_stage.name}: {message}")
            return
        _console.print(": ".join(part for part in (_clock(), _stage.name, message) if part), markup=False)


class JsonHandler(logging.Handler):
    """A JSON object per message: time, level, run, step, source, file, message."""

    def emit(self, record: logging.LogRecord) -> None:
        """Prints the message to standard error as one line of JSON."""
        entry = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "run": _stage.run_id,
            "step": _stage.name or None,
            "source": getattr(record, "source_id", None),
            "file": getattr(record, "path", None),
            "message": record.getMessage(),
        }
        print(json.dumps(entry, ensure_ascii=False), file=sys.stderr, flush=True)


def run_stage(name: str, work: Callable[[], dict[str, int]], spark: SparkSession | None = None) -> dict[str, int]:
    """Runs work as a stage, and logs its counts and its duration."""
    with stage(name):
        with _live_line(name, spark):
            counts = work()
        counted = ", ".join(f"{what} {count:,}" for what, count in counts.items()) or "nothing to do"
        log.info(f"done in {time.monotonic() - _stage.started:.1f} s: {counted}")
    return counts


@contextmanager
def stage(name: str) -> Generator[None]:
    """Sets the name of the stage during the block."""
    former = _stage.name, _stage.started
    _stage.name, _stage.started = name, time.monotonic()
    try:
        yield
    finally:
        _stage.name, _stage.started = former


@contextmanager
def _live_line(name: str, spark: SparkSession | None) -> Generator[None]:
    """Shows a progress bar of Spark tasks on a terminal; elsewhere nothing."""
    if spark is None or not sys.stderr.isatty() or settings().log != "text":
        yield
        return
    columns = (
        TextColumn("{task.description}"), BarColumn(bar_width=24), TextColumn("{task.fields[work]}"),
        TimeElapsedColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=_console, transient=True) as live:
        _stage.live, _stage.task = live, live.add_task(name, total=None, work="")
        session: Any = spark
        is_watched = hasattr(session, "registerProgressHandler")  # sessions of Spark Connect have it
        if is_watched:
            session.registerProgressHandler(_update_line)
        try:
            yield
        finally:
            _stage.live = None
            if is_watched:
                session.removeProgressHandler(_update_line)


def _update_line(stages: Any, *_: Any, **__: Any) -> None:
    if _stage.live is None or _stage.task is None or not stages:
        return
    total = sum(one.num_tasks for one in stages)
    finished = sum(one.num_completed_tasks for one in stages)
    read = sum(one.num_bytes_read for one in stages)
    rate = read / 1024**2 / max(time.monotonic() - _stage.started, 0.1)
    work = f"{finished}/{total} tasks, {rate:.1f} MiB/s"
    _stage.live.update(_stage.task, total=total, completed=finished, work=work)


def _clock() -> str:
    return time.strftime("%H:%M:%S")
