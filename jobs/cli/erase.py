"""`siang erase`."""

from __future__ import annotations

from typing import Annotated

import typer


def erase(
    source: Annotated[str, typer.Option(help="source that reported the concern")],
    record: Annotated[list[str], typer.Option("--id", help="the source's own id of it; may be given again")],
    why: Annotated[str, typer.Option(help="ground, without naming the citizen")],
) -> None:
    """Erases concerns for good, and keeps them from coming back."""
    from jobs.cli.logs import run_stage
    from jobs.cli.steps import run_steps
    from jobs.operations import erase as erasing
    from lake.session import open_writer
    from nlp.mask.values import mask_value

    with open_writer() as spark:
        run_stage("erase", lambda: erasing.run(spark, source, record, why), spark)
        run_steps(spark, erasing.FOLLOWING_STEPS)
        run_stage("remove old files", lambda: {"tables": erasing.remove_old_files(spark)}, spark)
    print("Erased: no table holds it any more, nor do their older versions, nor does the archive.")
    if files := erasing.landed_files(source):
        print(f"Delete it where it landed too: {', '.join(map(mask_value, files))}.")
