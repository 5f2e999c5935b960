"""`siang run`, and a command for each step of the pipeline, made from ``jobs.pipeline.steps``."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from jobs.pipeline.steps import AFTER_LANDING, LAND, Step

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

Root = Annotated[str, typer.Option(help="folder or s3a://bucket/prefix")]
Source = Annotated[str | None, typer.Option(help="only this source")]


def add_to(app: typer.Typer) -> None:
    """Adds the commands ``run``, ``land`` and one command for each step after landing to ``app``."""
    app.command()(run)
    app.command(LAND.command, help=_sentence(LAND))(land)
    for step in AFTER_LANDING:
        app.command(step.command, help=_sentence(step))(_command(step))


def _sentence(step: Step) -> str:
    return f"{step.summary[0].upper()}{step.summary[1:]}."


def _command(step: Step) -> Callable[[], None]:
    def command() -> None:
        from lake.session import open_writer

        with open_writer() as spark:
            run_steps(spark, (step,))

    return command


def run(landing: Root = "", lake: Root = "", extracts: Root = "") -> None:
    """Runs all steps without a scheduler."""
    _use_roots(landing=landing, lake=lake, extracts=extracts)
    from jobs.operations import results
    from jobs.sources.landing_folder import fill_with_samples
    from lake.session import open_writer

    fill_with_samples()
    land()
    with open_writer() as spark:
        run_steps(spark, AFTER_LANDING)
        results.show(spark)


def land(source: Source = None) -> None:
    """Copies new files of the landing folder into the archive."""
    from jobs.cli.logs import run_stage

    run_stage(LAND.name, lambda: LAND.module.run(source))


def run_steps(spark: SparkSession, steps: tuple[Step, ...]) -> None:
    """Runs steps in order, each as a stage of the log."""
    from jobs.cli.logs import run_stage
    from jobs.pipeline.run_step import run_step

    for step in steps:
        run_stage(step.name, lambda step=step: run_step(spark, step), spark)


def _use_roots(**roots: str) -> None:
    from lake.settings import settings

    for name, value in roots.items():
        if value:
            os.environ[f"SIANG_{name.upper()}"] = value
    settings.cache_clear()
