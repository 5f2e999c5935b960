"""Where commands print, and how those that write do so."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from rich.console import Console

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# A pipe has no width: lines are as long as they need to be.
out = Console(highlight=False, width=None if sys.stdout.isatty() else 240)


def write(name: str, work: Callable[[SparkSession], dict[str, int]]) -> None:
    """Does work that writes to the lake, as its one writer, and logs what it counted."""
    from jobs.cli.logs import run_stage
    from lake.session import open_writer

    with open_writer() as spark:
        run_stage(name, lambda: work(spark), spark)
