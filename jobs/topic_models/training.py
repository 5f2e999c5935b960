"""train: trains a topic model on labels of sources and analysts, and promotes it only if it is better."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from pyspark.sql import SparkSession

from jobs.topic_models import registry
from jobs.topic_models.labelled_texts import LABEL_SETS, SOURCES, LabelledText, judgeable_topics, labelled_texts, split
from lake import files
from nlp import evaluate
from nlp.label_models import LabelModels
from nlp.tokenise import tokenise
from schemas.errors import UserError

log = logging.getLogger(__name__)

MIN_TEXTS = 200
# Analysts read the text. Labels of sources often come from the first option of a form or from a keyword.
ANALYST_WEIGHT = 3


def run(spark: SparkSession) -> dict[str, int]:
    """Trains a model on labelled Thai texts, scores it on test texts, and stores it.

    Labels of analysts have three times the weight of those of sources. The score uses labels of analysts if there are
    enough test texts, else those of sources. Returns counts: texts, promoted (1 if the model is significantly better
    than the model in use).
    """
    texts = [one for one in labelled_texts(spark) if one.language == "th"]
    if len(texts) < MIN_TEXTS:
        raise UserError(
            f"there are {len(texts)} texts with a label that maps to a topic, and {MIN_TEXTS} are needed",
            "ingest a source with labels, or continue with the keywords and examples of schemas/topics.yaml",
        )
    address, version = registry.current(spark)
    # The test texts must be new to the model in use as well.
    training_texts, test = split(texts, registry.learned_hashes(version))
    held = judging_texts(test)
    by_analysts = sum(one.label_set != SOURCES for one in training_texts)
    log.info(
        f"training on {len(training_texts)} texts, {by_analysts} of them labelled by analysts; {len(test)} test texts"
    )
    log.info(f"scored by {len(held)} {LABEL_SETS[held[0].label_set] if held else 'texts'}")
    model = learn(training_texts)
    former = LabelModels.from_bytes(files.read_bytes(address))
    truth = [one.topics for one in held]
    predicted, predicted_before = (judgeable_topics(held, predict(one, held), str) for one in (model, former))
    scores, former_scores = evaluate.scores(predicted, truth), evaluate.scores(predicted_before, truth)
    is_better = model.version != version and evaluate.is_better(predicted, predicted_before, truth)
    for name, value in scores.items():
        log.info(f"{name} {value:.3f} (in use: {former_scores[name]:.3f})")
    if model.version != version:
        registry.store(
            spark, model, training_count=len(training_texts), scores=scores, promoted=is_better,
            learned_hashes=[one.text_hash for one in training_texts],
        )  # fmt: skip
    what = "promoted" if is_better else "stored, but not promoted: it is not significantly better"
    log.info(f"{model.version} is {what}")
    return {"texts": len(training_texts), "promoted": int(is_better)}


def judging_texts(test: Sequence[LabelledText]) -> list[LabelledText]:
    """The test texts of the most reliable label set with enough texts; else all with labels of sources."""
    for label_set in LABEL_SETS:
        mine = [one for one in test if one.label_set == label_set]
        if len(mine) >= MIN_TEXTS or label_set == SOURCES:
            return mine
    return []


def learn(training_texts: Sequence[LabelledText]) -> LabelModels:
    """Models trained on labelled texts; a text labelled by analysts is repeated three times for its weight."""
    rows = [one for one in training_texts for _ in range(1 if one.label_set == SOURCES else ANALYST_WEIGHT)]
    kinds = [(one.text, one.corrected_kind) for one in rows if one.corrected_kind]
    return LabelModels.train(
        [one.text for one in rows], [one.topics for one in rows], kinds, regions=[one.region for one in training_texts]
    )


def predict(model: LabelModels, texts: Sequence[LabelledText]) -> list[list[str]]:
    """The predicted topics of texts, the most confident first."""
    words = [one.text for one in texts]
    tokens = tokenise(words)
    by_labels = model.topics.predict(tokens, words)
    general = model.general_topics.predict(tokens, words) if model.general_topics else by_labels
    return [
        [topic.topic_id for topic in (elsewhere if model.is_general(one.region) else trained)]
        for one, trained, elsewhere in zip(texts, by_labels, general, strict=True)
    ]
