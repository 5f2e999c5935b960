"""Plots of an evaluation, drawn without a screen. Axes carry the English ids of topics, which every font has."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from jobs.statistics.intervals import share_interval
from jobs.topic_models.evaluation.figures import FORMER, IN_USE, KEYWORDS, LabelSetScores

_MOST_CONFUSED = 20
_COLOURS = {IN_USE: "#1f4e79", FORMER: "#c55a11", KEYWORDS: "#7f7f7f"}


def draw(found: LabelSetScores, title: str, folder: Path, name: str) -> list[Path]:
    """Writes ``topics_<name>.png``, ``confusion_<name>.png`` and ``calibration_<name>.png``."""
    return [
        _save(_topics(found, title), folder / f"topics_{name}.png"),
        _save(_confusion(found, title), folder / f"confusion_{name}.png"),
        _save(_calibration(found, title), folder / f"calibration_{name}.png"),
    ]


def _figure(width: float, height: float) -> tuple[Any, Any]:
    # Agg draws into memory and asks for no screen. Its import takes a second, and only this needs it.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure, figure.add_subplot()


def _save(figure: Any, path: Path) -> Path:
    figure.savefig(path, dpi=120, metadata={"Software": None})
    return path


def _topics(found: LabelSetScores, title: str) -> Any:
    """F1 of each topic with its interval, a point for each model."""
    names = [topic for topic, one in found.topics[IN_USE].items() if one.labelled][::-1]
    figure, axes = _figure(8, 1.8 + 0.34 * len(names))
    for at, (model, of_topics) in enumerate(found.topics.items()):
        shown = [(place, of_topics[name].f1) for place, name in enumerate(names) if name in of_topics]
        height = np.array([place for place, _ in shown]) + 0.2 * (1 - at)
        points = np.array([one.point for _, one in shown], np.float64)
        ends = np.array([(one.lower, one.upper) for _, one in shown]).reshape(-1, 2)
        errors = np.maximum(np.stack([points - ends[:, 0], ends[:, 1] - points]), 0)
        style: dict[str, Any] = {"fmt": "o", "markersize": 4, "capsize": 2, "linewidth": 1}
        axes.errorbar(points, height, xerr=errors, label=model, color=_COLOURS[model], **style)
    axes.set_yticks(range(len(names)), [f"{name} ({found.topics[IN_USE][name].labelled})" for name in names])
    axes.set_ylim(-0.6, len(names) - 0.4)
    axes.set_xlim(0, 1)
    axes.set_xlabel("F1 with 95 % interval (texts that carry the topic)")
    axes.grid(axis="x", color="#dddddd")
    axes.set_title(title, fontsize=10)
    figure.legend(loc="outside lower center", ncols=len(found.topics), frameon=False)
    return figure


def _confusion(found: LabelSetScores, title: str) -> Any:
    """What texts of each topic were first called, as shares of the topic's texts; the topics with most texts."""
    labels: dict[str, int] = {}
    guesses: dict[str, int] = {}
    for (label, guess), count in found.confusion.items():
        labels[label], guesses[guess] = labels.get(label, 0) + count, guesses.get(guess, 0) + count
    names = sorted(labels, key=lambda topic: (-labels[topic], topic))[:_MOST_CONFUSED]
    across = [*names, *sorted(topic for topic in guesses if topic not in names and topic == "other")]
    shares = np.array([[found.confusion.get((row, column), 0) / labels[row] for column in across] for row in names])
    figure, axes = _figure(3.5 + 0.38 * len(across), 2.5 + 0.34 * len(names))
    image = axes.imshow(shares, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for row, column in zip(*np.nonzero(shares >= 0.05), strict=True):
        colour = "white" if shares[row, column] > 0.6 else "black"
        text = f"{shares[row, column]:.2f}".removeprefix("0")
        axes.text(column, row, text, ha="center", va="center", fontsize=7, color=colour)
    axes.set_xticks(range(len(across)), across, rotation=60, ha="right", rotation_mode="anchor")
    axes.set_yticks(range(len(names)), [f"{name} ({labels[name]})" for name in names])
    axes.set_xlabel("first topic predicted")
    axes.set_ylabel("label (texts)")
    axes.set_title(title, fontsize=10)
    figure.colorbar(image, ax=axes, label="share of the label's texts")
    return figure


def _calibration(found: LabelSetScores, title: str) -> Any:
    """How often first topics are right, by how sure the model is; on the line it is as right as it is sure."""
    figure, axes = _figure(5.5, 5)
    sure = np.array([one.confidence for one in found.bins])
    texts = np.array([one.texts for one in found.bins])
    right = share_interval(np.array([one.correct for one in found.bins]), texts)
    errors = np.maximum(np.stack([right.point - right.lower, right.upper - right.point]), 0)
    axes.plot([0, 1], [0, 1], color="#999999", linestyle="--", linewidth=1)
    axes.errorbar(sure, right.point, yerr=errors, fmt="o-", capsize=3, color=_COLOURS[IN_USE])
    for x, y, count in zip(sure, right.point, texts, strict=True):
        axes.annotate(f"{count:,}", (x, y), xytext=(5, -11), textcoords="offset points", fontsize=7)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.set_xlabel("confidence in the first topic")
    axes.set_ylabel("share of first topics that are right (95 % interval)")
    axes.set_title(f"{title}\nexpected calibration error {found.calibration_error:.3f}", fontsize=10)
    axes.grid(color="#dddddd")
    return figure
