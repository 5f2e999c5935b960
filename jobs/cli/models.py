"""`siang train`, `siang evaluate`, `siang models`: topic models."""

from __future__ import annotations

import typer
from rich.table import Table

from jobs.cli.console import out, write

app = typer.Typer(help="Topic models: list them, or return to the previous one.", invoke_without_command=True)


def train() -> None:
    """Trains a topic model; uses it only if it is better."""
    from jobs.topic_models import training as training

    write("train", training.run)


def evaluate() -> None:
    """Scores the topic models and writes the model card."""
    from jobs.cli.logs import stage
    from jobs.topic_models.evaluation import report
    from jobs.topic_models.labelled_texts import LABEL_SETS
    from lake.session import open_session

    with stage("evaluate"), open_session() as spark:
        found, folder = report.run(spark)
    for label_set, one in found.items():
        table = Table("model", "texts", "micro F1", "95 %", "macro F1", "first topic correct", "95 %")
        for name, scores in one.models.items():
            cells = [(share.point, share.lower, share.upper) for share in (scores.micro_f1, scores.first_topic_right)]
            micro, first = ((f"{point:.3f}", f"{lower:.3f}–{upper:.3f}") for point, lower, upper in cells)
            macro = "" if scores.macro_f1 is None else f"{scores.macro_f1:.3f}"
            table.add_row(name, f"{scores.texts:,}", *micro, macro, *first)
        out.print(f"compared with {LABEL_SETS[label_set]}; calibration error {one.calibration_error:.3f}")
        out.print(table)
    print(f"by topic, source, channel, region, language, kind and length, with plots: {folder / 'model_card.md'}")


@app.callback()
def listed(context: typer.Context) -> None:
    """Lists the models with their scores."""
    if context.invoked_subcommand is not None:
        return
    from jobs.topic_models import registry
    from lake.session import open_session

    with open_session() as spark:
        found = registry.list_models(spark)
        _, current = registry.current(spark)
    scores = ("micro F1", "macro F1", "first topic correct")
    table = Table("", "model", "trained (UTC)", "texts", *scores, "promoted (UTC)")
    for row in found:
        of_model = dict(row["scores"] or [])
        figures = [f"{of_model[name]:.3f}" if name in of_model else "" for name in registry.SCORES]
        times = [f"{time:%Y-%m-%d %H:%M}" if time else "" for time in (row["trained_at"], row["promoted_at"])]
        mark = "in use" if row["model_version"] == current else ""
        table.add_row(mark, row["model_version"], times[0], f"{row['training_count']:,}", *figures, times[1])
    if current not in {row["model_version"] for row in found}:
        table.add_row("in use", current, "", "keywords and examples")
    out.print(table)


@app.command()
def back() -> None:
    """Returns to the previous model.

    The next run classifies all concerns again.
    """
    from jobs.topic_models import registry
    from lake.session import open_writer

    with open_writer() as spark:
        former, now = registry.revert(spark)
    print(f"{now} is in use instead of {former}; the next run classifies all concerns again.")
