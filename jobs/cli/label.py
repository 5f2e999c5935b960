"""`siang label`: exports texts for analysts to label, and imports their labels."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from jobs.cli.console import write

app = typer.Typer(help="Labels of analysts: export texts, import labels.", no_args_is_help=True)


@app.command()
def export(
    file: Annotated[Path, typer.Argument(help="file to write: .xlsx (with selection lists) or .csv")],
    count: Annotated[int, typer.Option(min=1, help="number of texts")] = 200,
    draw: Annotated[
        str | None,
        typer.Option(help="random draw for scoring, from bangkok, outside, or a province (two digits)"),
    ] = None,
) -> None:
    """Writes texts for labelling: the most useful, or a random draw."""
    from jobs.topic_models.labelling import form, queue
    from lake.session import open_session
    from schemas.topics import load_topics

    with open_session() as spark:
        asked = queue.texts_to_label(spark, count, draw)
    form.write(file, form.rows(asked, draw))
    if file.suffix.lower() == ".csv":  # which has no selection lists
        print(f"topics, by id or by name: {', '.join(topic.topic_id for topic in load_topics())}")
    print(f"{file}: {len(asked)} texts; fill in the topics, then 'siang label import {file}'")


@app.command("import")
def import_labels(file: Annotated[Path, typer.Argument(help="the completed file, .xlsx or .csv")]) -> None:
    """Imports the labels of a completed file.

    Rows with faults are reported. The next `siang classify` uses the others.
    """
    from jobs.topic_models.labelling import import_form as taking

    write("label", lambda spark: taking.run(spark, str(file.resolve())))
