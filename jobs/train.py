"""train: learns topics from the labels that complaint logs carry; promotes a model only when it is better."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from jobs import models
from lake import files
from lake.faults import Fault
from nlp import evaluate
from nlp.tokenise import tokenise
from nlp.topics import TopicModel
from schemas.topics import load_labels

LEAST_TEXTS = 200
MOST_TEXTS = 200_000
HELD_BACK = 5  # every fifth text


def labelled_texts(spark: SparkSession) -> list[tuple[str, list[str]]]:
    """Distinct Thai texts whose source labels map to topics, with those topics, in an order free of arrival."""
    rows = (
        spark.table("silver.concerns")
        .join(spark.table("silver.concern_labels").where("language = 'th'").select("concern_id"), "concern_id")
        .where("text is not null AND size(source_labels) > 0")
        .groupBy("text")
        .agg(F.array_distinct(F.flatten(F.collect_list("source_labels"))).alias("labels"))
        .orderBy(F.md5(F.col("text").cast("binary")), "text")
        .limit(MOST_TEXTS)
        .collect()
    )
    known = load_labels()
    found: list[tuple[str, list[str]]] = []
    for row in rows:
        topics = {label.topic_id for name in row.labels if (label := known.get(name)) and label.topic_id}
        if topics:
            found.append((row.text, sorted(topics)))
    return found


def run(spark: SparkSession, say: Callable[[str], None]) -> dict[str, int]:
    """Trains on four fifths of the labelled texts, scores on the rest, and keeps the model.

    Counts: texts, promoted (1 where it beat the model in use on the same held-back texts, beyond chance).
    """
    found = labelled_texts(spark)
    if len(found) < LEAST_TEXTS:
        raise Fault(
            f"there are {len(found)} texts with a label that maps to a topic, and {LEAST_TEXTS} are needed",
            "ingest a source that carries labels, or go on with the keywords and examples of schemas/topics.yaml",
        )
    # The order is that of a hash of the text, so every fifth is a fair draw and always the same.
    held = found[::HELD_BACK]
    learned = [pair for i, pair in enumerate(found) if i % HELD_BACK]
    say(f"learning from {len(learned)} texts, {len(held)} held back")
    model = TopicModel.train([text for text, _ in learned], [topics for _, topics in learned])
    address, version = models.current(spark)
    former = TopicModel.from_bytes(files.read_bytes(address))
    scores, former_scores = score(model, held), score(former, held)
    truth = [topics for _, topics in held]
    is_better = model.version != version and evaluate.is_better(predict(model, held), predict(former, held), truth)
    for name, value in scores.items():
        say(f"{name} {value:.3f} (in use: {former_scores[name]:.3f})")
    if model.version != version:
        models.store(spark, model, training_count=len(learned), scores=scores, promoted=is_better)
    what = "promoted" if is_better else "kept, but not promoted: it is not better beyond chance"
    say(f"{model.version} is {what}")
    return {"texts": len(learned), "promoted": int(is_better)}


def score(model: TopicModel, labelled: Sequence[tuple[str, list[str]]]) -> dict[str, float]:
    """micro_f1, macro_f1 and first_topic_right of a model on labelled texts."""
    return evaluate.scores(predict(model, labelled), [topics for _, topics in labelled])


def predict(model: TopicModel, labelled: Sequence[tuple[str, list[str]]]) -> list[list[str]]:
    """The topics that a model gives to labelled texts, the surest first."""
    texts = [text for text, _ in labelled]
    return [[topic.topic_id for topic in topics] for topics in model.predict(tokenise(texts), texts)]
