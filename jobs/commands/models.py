"""`siang train`, `siang evaluate`, `siang models`: the life of topic models."""

from __future__ import annotations

import typer
from rich.table import Table

from jobs.commands.console import out, write
from lake.faults import Fault

app = typer.Typer(help="Topic models: which there are, which is in use.", invoke_without_command=True)


def train() -> None:
    """Learns topics from the labels that complaint logs carry; promotes the model only where it is better."""
    from jobs import train as training

    write("train", training.run)


def evaluate() -> None:
    """Scores the model in use against the labels of the sources."""
    from jobs import models
    from jobs import train as training
    from lake import files
    from lake.session import open_session
    from nlp.topics import TopicModel

    with open_session() as spark:
        held = training.labelled_texts(spark)[:: training.HELD_BACK]
        address, version = models.current(spark)
    if not held:
        raise Fault("no concern has a label that maps to a topic", "ingest a source that carries labels")
    scores = training.score(TopicModel.from_bytes(files.read_bytes(address)), held)
    print(f"{version} on {len(held)} texts that no training sees, against the labels of their sources:")
    for name, value in scores.items():
        print(f"  {name:<18} {value:.3f}")


@app.callback()
def listed(context: typer.Context) -> None:
    """Lists the models with their scores; the one in use is marked."""
    if context.invoked_subcommand is not None:
        return
    from jobs import models
    from lake.session import open_session

    with open_session() as spark:
        found = models.listed(spark)
        _, current = models.current(spark)
    table = Table("", "model", "trained (UTC)", "texts", "micro F1", "macro F1", "first topic right", "promoted (UTC)")
    for row in found:
        scores = dict(row["scores"] or [])
        figures = [f"{scores[name]:.3f}" if name in scores else "" for name in models.SCORES]
        times = [f"{time:%Y-%m-%d %H:%M}" if time else "" for time in (row["trained_at"], row["promoted_at"])]
        mark = "in use" if row["model_version"] == current else ""
        table.add_row(mark, row["model_version"], times[0], f"{row['training_count']:,}", *figures, times[1])
    if current not in {row["model_version"] for row in found}:
        table.add_row("in use", current, "", "keywords and examples")
    out.print(table)


@app.command()
def back() -> None:
    """Goes one step back: to the model that was in use before. The next run classifies every concern anew."""
    from jobs import models
    from lake.session import open_writer

    with open_writer() as spark:
        former, now = models.step_back(spark)
    print(f"{former} is no longer in use, {now} is; the next run classifies every concern anew.")
