"""Runs a step and records its outcome in ops.runs."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime

from pyspark.sql import SparkSession

from jobs.pipeline.steps import Step
from lake.commits import append
from lake.tables import empty_like
from schemas.errors import UserError

MAX_WARNINGS = 20
"""How many warnings of a run are stored in ops.runs."""


def run_step(spark: SparkSession, step: Step) -> dict[str, int]:
    """Runs a step and records it in ops.runs, also where it fails. Returns the step's counts."""
    started = datetime.now(UTC)
    with collected_warnings() as warnings:
        try:
            counts = step.module.run(spark)
        except Exception as error:
            _record(spark, step.name, started, "failed", {}, _public_message(error))
            raise
    outcome, message = ("warned", _warning_text(warnings)) if warnings else ("ok", None)
    _record(spark, step.name, started, outcome, counts, message)
    return counts


@contextmanager
def collected_warnings() -> Generator[list[str]]:
    """The messages of level WARNING that ``jobs`` and ``lake`` log while the block runs, from all threads."""
    collector = _Collector()
    loggers = [logging.getLogger(name) for name in ("jobs", "lake")]
    for logger in loggers:
        logger.addHandler(collector)
    try:
        yield collector.messages
    finally:
        for logger in loggers:
            logger.removeHandler(collector)


class _Collector(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


def _warning_text(warnings: list[str]) -> str:
    more = len(warnings) - MAX_WARNINGS
    return "\n".join(warnings[:MAX_WARNINGS] + ([f"and {more:,} more, see the log"] if more > 0 else []))


def _public_message(error: Exception) -> str:
    # Messages of libraries may quote rows and so the words of a citizen. Those of UserError never do.
    return str(error) if isinstance(error, UserError) else f"It failed with {type(error).__name__}."


def _record(
    spark: SparkSession,
    step: str,
    started: datetime,
    outcome: str,
    counts: dict[str, int],
    message: str | None,
) -> None:
    row = (uuid.uuid4().hex, step, started, datetime.now(UTC), outcome, counts, message)
    try:
        append(spark.createDataFrame([row], empty_like("ops.runs")), "ops.runs")
    except Exception:
        if outcome != "failed":
            raise  # where the step failed, its own error must be raised instead
