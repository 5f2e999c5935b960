"""The console of commands, and how commands write to the lake."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from rich.console import Console

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# A pipe has no width, so a fixed large width avoids wrapping.
out = Console(highlight=False, width=None if sys.stdout.isatty() else 240)


def write(name: str, work: Callable[[SparkSession], dict[str, int]]) -> None:
    """Runs work as the only writer of the lake, and logs its counts."""
    from jobs.cli.logs import run_stage
    from lake.session import open_writer

    with open_writer() as spark:
        run_stage(name, lambda: work(spark), spark)
