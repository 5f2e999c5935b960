"""classify: silver.concerns, ops.corrections → silver.concern_labels, silver.concern_topics, ops.topic_scores."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from jobs import models
from jobs.checks import guard
from jobs.label import corrections
from lake import files
from lake.commits import replace_for
from lake.progress import Progress, advance, changes, delta_version, latest
from nlp.analyse import Analyser, Analysis
from nlp.topics import TopicModel
from schemas.topics import load_labels, meanings_version

CONSUMER = "classify"
SOURCE = "silver.concerns"
CONCERNS_PER_TASK = 5000
_TOPIC = pa.struct([("topic_id", pa.string()), ("confidence", pa.float64()), ("method", pa.string())])
_ANALYSED = pa.schema(
    [
        ("concern_id", pa.string()),
        ("input_hash", pa.string()),
        ("kind", pa.string()),
        ("language", pa.string()),
        ("primary_topic_id", pa.string()),
        ("terms", pa.list_(pa.string())),
        ("unmapped_labels", pa.list_(pa.string())),
        ("topics", pa.list_(_TOPIC)),
    ]
)
_ANALYSED_SQL = (
    "concern_id string, input_hash string, kind string, language string, primary_topic_id string, "
    "terms array<string>, unmapped_labels array<string>, "
    "topics array<struct<topic_id:string,confidence:double,method:string>>"
)


def run(spark: SparkSession, say: Callable[[str], None]) -> dict[str, int]:
    """Classifies the concerns whose words, labels or corrections changed, and all where the model or meanings did.

    Counts: concerns (classified, or gone).
    """
    model_address, trained = models.current(spark)
    model_version = f"{trained}-{meanings_version()}"
    progress = latest(spark)
    done = {name: progress.get((CONSUMER, name), Progress()).position for name in (SOURCE, corrections.TABLE)}
    until = {name: delta_version(spark, name) for name in done}
    is_new_model = bool(
        spark.table("silver.concern_labels").where(F.col("model_version") != model_version).limit(1).count()
    )
    changed = None if is_new_model else changes(spark, SOURCE, done[SOURCE], until[SOURCE])
    concerns = spark.table(SOURCE)
    corrected = corrections.current(spark.table(corrections.TABLE))
    if changed is None:
        scope = concerns.select("concern_id").unionByName(spark.table("silver.concern_labels").select("concern_id"))
    else:
        scope = changed.select("concern_id")
    if until[corrections.TABLE] > done[corrections.TABLE]:
        scope = scope.unionByName(corrected.join(concerns, "concern_id", "left_semi").select("concern_id"))
    scope = scope.distinct()
    inputs = with_input_hash(concerns.join(scope, "concern_id", "left_semi"), corrected)
    same = spark.table("silver.concern_labels").where(F.col("model_version") == model_version)
    todo = inputs.join(same, ["concern_id", "input_hash"], "left_anti")
    gone = scope.join(concerns, "concern_id", "left_anti")
    touched = todo.select("concern_id").unionByName(gone).persist()
    count = touched.count()
    try:
        if count:
            anew = ", all of them anew, since the model or what labels mean has changed" if is_new_model else ""
            say(f"{count} concerns to classify with the model {model_version}{anew}")
            analysed = analyse(todo, model_address, count).persist()
            found = analysed.withColumn("model_version", F.lit(model_version))
            guard(spark, found, "silver.concern_labels", ["concern_id"], say)
            topics = found.select("concern_id", "model_version", F.inline("topics"))
            replace_for(spark, topics, "silver.concern_topics", touched)
            # The labels last: aggregate wakes by them and must find the topics there.
            replace_for(spark, found.drop("topics"), "silver.concern_labels", touched)
            analysed.unpersist()
        if until != done:
            advance(spark, CONSUMER, until)
    finally:
        touched.unpersist()
    return {"concerns": count}


def with_input_hash(concerns: DataFrame, corrected: DataFrame) -> DataFrame:
    """What is classified, and the hash of it that says whether to do so again.

    Columns: concern_id, source_id, text, source_labels, topic_ids and corrected_kind (null where nobody corrected
    it; ``corrected`` is of ``corrections.current``), input_hash.
    """
    text = F.coalesce("text", F.lit(""))
    labels = F.coalesce("source_labels", F.array().cast("array<string>"))
    # Null where there is no correction, and then left out.
    correction = F.concat(F.coalesce("corrected_kind", F.lit("")), F.lit("\x1e"), F.array_join("topic_ids", "\x1e"))
    said = F.concat_ws("\x1f", text, F.array_join(labels, "\x1e"), correction)
    return concerns.join(F.broadcast(corrected), "concern_id", "left").select(
        "concern_id",
        "source_id",
        text.alias("text"),
        labels.alias("source_labels"),
        "topic_ids",
        "corrected_kind",
        F.md5(said.cast("binary")).alias("input_hash"),
    )


def analyse(inputs: DataFrame, model_address: str, count: int) -> DataFrame:
    """What the words of each concern mean: see _ANALYSED."""
    tasks = max(2, min(400, count // CONCERNS_PER_TASK))
    return inputs.repartition(tasks, "concern_id").mapInArrow(_analyser(model_address), _ANALYSED_SQL)


@lru_cache(maxsize=2)
def _loaded(model_address: str) -> Analyser:
    """The analyser of a model; a worker process loads it once."""
    return Analyser(TopicModel.from_bytes(files.read_bytes(model_address)))


def _analyser(model_address: str) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    def analyse_batches(incoming: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        known = load_labels()
        for batch in incoming:
            labels = batch.column("source_labels").to_pylist()
            said = _loaded(model_address).analyse(batch.column("text").to_pylist(), labels)
            settled = zip(
                batch.column("topic_ids").to_pylist(), batch.column("corrected_kind").to_pylist(), strict=True
            )
            found = [corrections.settled(one, *by) for one, by in zip(said, settled, strict=True)]
            unmapped = [[name for name in names if name not in known] for names in labels]
            columns = [
                batch.column("concern_id"),
                batch.column("input_hash"),
                pa.array([one.kind for one in found], pa.string()),
                pa.array([one.language for one in found], pa.string()),
                pa.array([one.topics[0].topic_id for one in found], pa.string()),
                pa.array([list(one.terms) for one in found], pa.list_(pa.string())),
                pa.array(unmapped, pa.list_(pa.string())),
                pa.array([_topics(one) for one in found], pa.list_(_TOPIC)),
            ]
            yield pa.RecordBatch.from_arrays(columns, schema=_ANALYSED)

    return analyse_batches


def _topics(analysis: Analysis) -> list[dict[str, object]]:
    return [
        {"topic_id": topic.topic_id, "confidence": topic.confidence, "method": topic.method}
        for topic in analysis.topics
    ]
