"""`siang label`: texts that analysts are asked to label go out, and what they say of them comes in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from jobs.cli.console import write

app = typer.Typer(help="Analysts' corrections: texts to label go out, labels come in.", no_args_is_help=True)


@app.command()
def export(
    file: Annotated[Path, typer.Argument(help="to be written, .xlsx (with lists to choose from) or .csv")],
    count: Annotated[int, typer.Option(min=1, help="how many texts")] = 200,
    draw: Annotated[
        str | None,
        typer.Option(help="draw at random, to score the labels: from bangkok, outside, or a province's two digits"),
    ] = None,
) -> None:
    """Writes the texts where a label would teach most, or a random draw; masked, each near-duplicate once."""
    from jobs.topic_models.labelling import form, queue
    from lake.session import open_session
    from schemas.topics import load_topics

    with open_session() as spark:
        asked = queue.texts_to_label(spark, count, draw)
    form.write(file, form.rows(asked, draw))
    if file.suffix.lower() == ".csv":  # which has no lists to choose from
        print(f"topics, by id or by name: {', '.join(topic.topic_id for topic in load_topics())}")
    print(f"{file}: {len(asked)} texts; fill in the topics, then 'siang label import {file}'")


@app.command("import")
def import_labels(file: Annotated[Path, typer.Argument(help="filled in, .xlsx or .csv")]) -> None:
    """Takes in what analysts say, row by row; slips are told, the rest counts from the next `siang classify` on."""
    from jobs.topic_models.labelling import import_form as taking

    write("label", lambda spark: taking.run(spark, str(file.resolve())))
