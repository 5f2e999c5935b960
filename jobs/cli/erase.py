"""`siang erase`."""

from __future__ import annotations

from typing import Annotated

import typer


def erase(
    source: Annotated[str, typer.Option(help="source that reported the concern")],
    record: Annotated[list[str], typer.Option("--id", help="id of the concern in the source; can be repeated")],
    why: Annotated[str, typer.Option(help="reason, without the name of the citizen")],
) -> None:
    """Erases concerns permanently."""
    from jobs.cli.logs import run_stage
    from jobs.cli.steps import run_steps
    from jobs.operations import erase as erasing
    from lake.session import open_writer
    from nlp.mask.values import mask_value

    with open_writer() as spark:
        run_stage("erase", lambda: erasing.run(spark, source, record, why), spark)
        run_steps(spark, erasing.FOLLOWING_STEPS)
        run_stage("remove old files", lambda: {"tables": erasing.remove_old_files(spark)}, spark)
    print("Erased from all tables, from their older versions and from the archive.")
    if files := erasing.landed_files(source):
        print(f"Also delete the landed files: {', '.join(map(mask_value, files))}.")
