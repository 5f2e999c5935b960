"""classify: silver.concerns → silver.concern_labels, silver.concern_topics."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from jobs import models
from jobs.checks import guard
from lake import files
from lake.commits import replace_for
from lake.progress import Progress, advance, changes, delta_version, latest
from nlp.analyse import Analyser, Analysis
from nlp.relevance import IS_CONCERN
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
        ("relevance", pa.float64()),
        ("is_relevant", pa.bool_()),
    ]
)
_ANALYSED_SQL = (
    "concern_id string, input_hash string, kind string, language string, primary_topic_id string, "
    "terms array<string>, unmapped_labels array<string>, "
    "topics array<struct<topic_id:string,confidence:double,method:string>>, relevance double, is_relevant boolean"
)


def run(spark: SparkSession, say: Callable[[str], None]) -> dict[str, int]:
    """Classifies the concerns whose words or labels changed, and all of them where the model or what labels mean did.

    Counts: concerns (classified, or gone).
    """
    model_address, trained = models.current(spark)
    model_version = f"{trained}-{meanings_version()}"
    done = latest(spark).get((CONSUMER, SOURCE), Progress())
    until = delta_version(spark, SOURCE)
    is_new_model = bool(
        spark.table("silver.concern_labels").where(F.col("model_version") != model_version).limit(1).count()
    )
    changed = None if is_new_model else changes(spark, SOURCE, done.position, until)
    concerns = spark.table(SOURCE)
    if changed is None:
        scope = concerns.select("concern_id").unionByName(spark.table("silver.concern_labels").select("concern_id"))
    else:
        scope = changed.select("concern_id")
    scope = scope.distinct()
    inputs = with_input_hash(concerns.join(scope, "concern_id", "left_semi"))
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
        if until > done.position:
            advance(spark, CONSUMER, {SOURCE: until})
    finally:
        touched.unpersist()
    return {"concerns": count}


def with_input_hash(concerns: DataFrame) -> DataFrame:
    """concern_id, channel, text, source_labels and the hash of the two, which says whether to classify again."""
    text = F.coalesce("text", F.lit(""))
    labels = F.coalesce("source_labels", F.array().cast("array<string>"))
    said = F.concat_ws("\x1f", text, F.array_join(labels, "\x1e"))
    return concerns.select(
        "concern_id",
        "channel",
        text.alias("text"),
        labels.alias("source_labels"),
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
            found = _loaded(model_address).analyse(batch.column("text").to_pylist(), labels)
            # What stands in a log of complaints is a concern by itself; a post may be anything.
            is_post = [channel == "social_media" for channel in batch.column("channel").to_pylist()]
            unmapped = [[name for name in said if name not in known] for said in labels]
            columns = [
                batch.column("concern_id"),
                batch.column("input_hash"),
                pa.array([one.kind for one in found], pa.string()),
                pa.array([one.language for one in found], pa.string()),
                pa.array([one.topics[0].topic_id for one in found], pa.string()),
                pa.array([list(one.terms) for one in found], pa.list_(pa.string())),
                pa.array(unmapped, pa.list_(pa.string())),
                pa.array([_topics(one) for one in found], pa.list_(_TOPIC)),
                pa.array(
                    [one.relevance if post else 1.0 for one, post in zip(found, is_post, strict=True)], pa.float64()
                ),
                pa.array(
                    [not post or one.relevance >= IS_CONCERN for one, post in zip(found, is_post, strict=True)],
                    pa.bool_(),
                ),
            ]
            yield pa.RecordBatch.from_arrays(columns, schema=_ANALYSED)

    return analyse_batches


def _topics(analysis: Analysis) -> list[dict[str, object]]:
    return [
        {"topic_id": topic.topic_id, "confidence": topic.confidence, "method": topic.method}
        for topic in analysis.topics
    ]
