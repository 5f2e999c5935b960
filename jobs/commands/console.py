"""Where commands print, and how those that write do so."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from rich.console import Console

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def write(name: str, work: Callable[[SparkSession, Callable[[str], None]], dict[str, int]]) -> None:
    """Does work that writes to the lake, as its one writer, and says how it goes and what it counted."""
    from jobs.report import Report
    from lake.session import open_writer

    report = Report()
    with open_writer() as spark, report.stage(name, spark):
        counts = work(spark, report.say)
    report.done(name, counts)


# A pipe has no width: lines are as long as they need to be.
out = Console(highlight=False, width=None if sys.stdout.isatty() else 240)
