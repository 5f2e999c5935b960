"""The single list of the pipeline's steps, in the order in which they run.

Commands of `siang`, tasks of the DAGs, the table in the README and tests are made from it. The module of a step is
imported only when the step runs, so importing this list is fast.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from types import ModuleType


@dataclass(frozen=True)
class Step:
    """A step. ``name`` is that of its module in ``jobs/pipeline`` and of its task; ``summary`` says what it does."""

    name: str
    summary: str

    @property
    def command(self) -> str:
        """The name of its `siang` command."""
        return self.name.replace("_", "-")

    @property
    def module(self) -> ModuleType:
        """The module of ``jobs.pipeline`` that runs the step; it is imported on first use."""
        return import_module(f"jobs.pipeline.{self.name}")


LAND = Step("land", "landing folder → archive: every file once, by its content")
"""Runs without Spark, in a DAG of its own for each source."""

AFTER_LANDING: tuple[Step, ...] = (
    Step("ingest", "archive → bronze: every record of every new file, and the ledger"),
    Step("reference", "areas, LAOs, population, topics and programmes → reference tables, where they have changed"),
    Step("parse", "bronze → versions of concerns, parsed and masked; rejected records go to the quarantine"),
    Step("consolidate", "versions → concerns with their current values, and their changes of status"),
    Step("classify", "concerns → kind, language and topics"),
    Step("link_laos", "concerns → the LAOs that are responsible, addressed or serve the place"),
    Step("link_duplicates", "concerns → near-duplicates, and the earlier concern that each repeats"),
    Step("aggregate", "silver → gold: the daily cube, trends of areas, coverage"),
    Step("publish", "gold → extracts: CSV, Parquet and XLSX"),
)
"""The steps of the DAG ``pipeline``: each has ``run(spark)``, which returns counts by name and is safe to repeat."""

STEPS: tuple[Step, ...] = (LAND, *AFTER_LANDING)
