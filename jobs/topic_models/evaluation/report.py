"""evaluate: the model in use, the former one and keywords alone, on texts that none of them has seen."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pyspark.sql import SparkSession

from jobs.topic_models import registry
from jobs.topic_models.evaluation.card import card
from jobs.topic_models.evaluation.figures import FORMER, IN_USE, KEYWORDS, LabelSetScores, Predictions, as_data, figures
from jobs.topic_models.evaluation.plots import draw
from jobs.topic_models.labelled_texts import LABEL_SETS, LabelledText, labelled_texts, split
from lake import files
from lake.settings import settings
from nlp.analyse import Analyser
from nlp.label_models import LabelModels
from schemas.errors import UserError

log = logging.getLogger(__name__)

Figures = dict[str, LabelSetScores]


def run(spark: SparkSession) -> tuple[Figures, Path]:
    """Evaluates, and writes figures, plots and the model card into SIANG_HOME/evaluation/<model_version>.

    Raises UserError where there is no text to test by.
    """
    address, version = registry.current(spark)
    before = registry.previous(spark)
    learned = registry.learned_hashes(version) | (registry.learned_hashes(before[1]) if before else frozenset())
    _, test = split(labelled_texts(spark), learned)
    if not test:
        raise UserError(
            "no concern has a label that maps to a topic", "ingest a source that carries labels, or label some"
        )
    log.info(f"{len(test)} texts that no model has learned from")
    compared = {IN_USE: _read(address)} | ({FORMER: _read(before[0])} if before else {})
    found = figures(test, predictions(test, compared))
    names = {IN_USE: version} | ({FORMER: before[1]} if before else {}) | {KEYWORDS: "keywords of schemas/topics.yaml"}
    return found, write(settings().home / "evaluation" / version, version, compared[IN_USE].metadata, found, names)


def _read(address: str) -> LabelModels:
    return LabelModels.from_bytes(files.read_bytes(address))


def predictions(texts: Sequence[LabelledText], compared: Mapping[str, LabelModels]) -> dict[str, Predictions]:
    """What each model says of texts from their words alone, and what keywords alone say."""
    words, regions = [one.text for one in texts], [one.region for one in texts]
    found: dict[str, Predictions] = {
        name: [one.topics for one in Analyser(model).analyse(words, regions=regions)]
        for name, model in compared.items()
    }
    model = compared[IN_USE].topics
    return found | {KEYWORDS: model.choose_by_keywords(model.keyword_hits(words))}


def write(folder: Path, version: str, metadata: Mapping[str, Any], found: Figures, names: Mapping[str, str]) -> Path:
    """Writes ``figures.json``, the plots and last the card; returns the folder. Same figures, same files."""
    folder.mkdir(parents=True, exist_ok=True)
    content = {"model_version": version, "compared": names, "metadata": metadata, "yardsticks": as_data(found)}
    text = json.dumps(content, ensure_ascii=False, indent=1)
    (folder / "figures.json").write_text(text + "\n", encoding="utf-8")
    for name, one in found.items():
        draw(one, f"{version}: {one.texts:,} texts,\n{LABEL_SETS[name]}", folder, name)
    (folder / "model_card.md").write_text(card(version, metadata, found, names), encoding="utf-8")
    return folder
