"""train: learns topics from labels of sources and analysts; promotes a model only when it is better."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from pyspark.sql import SparkSession

from jobs.topic_models import registry
from jobs.topic_models.labelled_texts import LABEL_SETS, SOURCES, LabelledText, judgeable_topics, labelled_texts, split
from lake import files
from nlp import evaluate
from nlp.tokenise import tokenise
from nlp.topics import TopicModel
from schemas.errors import UserError

log = logging.getLogger(__name__)

MIN_TEXTS = 200
# An analyst has read the text; a source's label is often that of a form's first field, or of a keyword.
ANALYST_WEIGHT = 3


def run(spark: SparkSession) -> dict[str, int]:
    """Trains on the labelled Thai texts, scores on those held back, and keeps the model.

    Analysts' labels weigh three times a source's. A model is judged by analysts' labels where enough are held back,
    else by those of sources. Counts: texts, promoted (1 where it beat the model in use beyond chance).
    """
    found = [one for one in labelled_texts(spark) if one.language == "th"]
    if len(found) < MIN_TEXTS:
        raise UserError(
            f"there are {len(found)} texts with a label that maps to a topic, and {MIN_TEXTS} are needed",
            "ingest a source that carries labels, or go on with the keywords and examples of schemas/topics.yaml",
        )
    address, version = registry.current(spark)
    # Nor may the model in use have seen what it is judged by.
    lesson, test = split(found, registry.learned_hashes(version))
    held = judging_texts(test)
    by_analysts = sum(one.label_set != SOURCES for one in lesson)
    log.info(f"learning from {len(lesson)} texts, {by_analysts} of them labelled by analysts; {len(test)} held back")
    log.info(f"judged by {len(held)} {LABEL_SETS[held[0].label_set] if held else 'texts'}")
    model = learn(lesson)
    former = TopicModel.from_bytes(files.read_bytes(address))
    truth = [one.topics for one in held]
    said, said_before = (judgeable_topics(held, predict(one, held), str) for one in (model, former))
    scores, former_scores = evaluate.scores(said, truth), evaluate.scores(said_before, truth)
    is_better = model.version != version and evaluate.is_better(said, said_before, truth)
    for name, value in scores.items():
        log.info(f"{name} {value:.3f} (in use: {former_scores[name]:.3f})")
    if model.version != version:
        registry.store(
            spark, model, training_count=len(lesson), scores=scores, promoted=is_better,
            learned_hashes=[one.text_hash for one in lesson],
        )  # fmt: skip
    what = "promoted" if is_better else "kept, but not promoted: it is not better beyond chance"
    log.info(f"{model.version} is {what}")
    return {"texts": len(lesson), "promoted": int(is_better)}


def judging_texts(test: Sequence[LabelledText]) -> list[LabelledText]:
    """Of texts held back those of the best label_set that has enough; of sources' labels as many as there are."""
    for label_set in LABEL_SETS:
        mine = [one for one in test if one.label_set == label_set]
        if len(mine) >= MIN_TEXTS or label_set == SOURCES:
            return mine
    return []


def learn(lesson: Sequence[LabelledText]) -> TopicModel:
    """A model of labelled texts; one that analysts labelled stands there three times, which is to weigh so much."""
    rows = [one for one in lesson for _ in range(1 if one.label_set == SOURCES else ANALYST_WEIGHT)]
    return TopicModel.train([one.text for one in rows], [one.topics for one in rows])


def predict(model: TopicModel, texts: Sequence[LabelledText]) -> list[list[str]]:
    """The topics that a model gives to texts, the surest first."""
    words = [one.text for one in texts]
    return [[topic.topic_id for topic in topics] for topics in model.predict(tokenise(words), words)]
