"""The steps of the pipeline: how each is called, by a person, by `siang run` or by a DAG task."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from pyspark.sql import SparkSession

from jobs import aggregate, classify, fold, ingest, link, near_duplicates, publish, reference, refine
from jobs.report import Report
from lake.commits import append
from lake.faults import Fault
from lake.tables import empty_like

MOST_WARNINGS = 20
"""Warnings of a run that ops.runs keeps."""
Run = Callable[[SparkSession, Callable[[str], None]], dict[str, int]]


@dataclass(frozen=True)
class Step:
    name: str
    does: str
    run: Run


def _link(spark: SparkSession, say: Callable[[str], None]) -> dict[str, int]:
    return link.run(spark, say) | near_duplicates.run(spark, say)


STEPS: tuple[Step, ...] = (
    Step("ingest", "archive → bronze: every record of every new file, and the ledger", ingest.run),
    Step("reference", "areas, LAOs, population, topics and programmes → reference tables", reference.run),
    Step(
        "refine",
        "bronze → silver versions: parsed, masked; what cannot be used goes to the quarantine",
        refine.run,
    ),
    Step("fold", "versions → concerns as they stand, and their changes of state", fold.run),
    Step("classify", "concerns → kind, language and topics", classify.run),
    Step("link", "concerns → the LAOs that they belong to, and the earlier ones that they repeat", _link),
    Step("aggregate", "silver → gold: the cube, province trends, coverage", aggregate.run),
    Step("publish", "gold → extracts: CSV, Parquet and XLSX", publish.run),
)


def perform(spark: SparkSession, step: Step, report: Report) -> dict[str, int]:
    """Runs a step and records it in ops.runs, whether it ends well or not."""
    started = datetime.now(UTC)
    with report.stage(step.name, spark):
        try:
            counts = step.run(spark, report.say)
        except Exception as error:
            _record(spark, step.name, started, "failed", {}, _sentence(error))
            raise
    outcome, message = ("warned", _joined(report.warnings)) if report.warnings else ("ok", None)
    _record(spark, step.name, started, outcome, counts, message)
    report.done(step.name, counts)
    return counts


def _joined(warnings: list[str]) -> str:
    more = len(warnings) - MOST_WARNINGS
    return "\n".join(warnings[:MOST_WARNINGS] + ([f"and {more:,} more, see the log"] if more > 0 else []))


def _sentence(error: Exception) -> str:
    # Messages of libraries may quote rows, and so a citizen's words; only ours are known not to.
    return str(error) if isinstance(error, Fault) else f"It ended with {type(error).__name__}."


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
            raise  # when the step itself failed, its own error is the one to tell
