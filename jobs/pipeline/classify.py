"""classify: silver.concerns, ops.corrections → silver.concern_labels, silver.concern_topics, ops.topic_scores."""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable, Iterator
from dataclasses import astuple
from datetime import UTC, datetime
from functools import lru_cache

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from jobs.quality import drift, guard
from jobs.topic_models import registry
from jobs.topic_models.evaluation import label_scores
from jobs.topic_models.labelling import corrections
from lake import files
from lake.commits import overwrite, replace_for
from lake.progress import Progress, advance, changes, delta_version, latest
from lake.staleness import files_fingerprint
from lake.tables import empty_like
from nlp.analyse import Analyser, Analysis
from nlp.relevance import IS_CONCERN
from nlp.topics import TopicModel
from schemas.topics import MEANING_FILES, load_labels

log = logging.getLogger(__name__)

CONSUMER = "classify"
SOURCE = "silver.concerns"
CONCERNS_PER_TASK = 10_000
MAX_TASKS = 400
_TOPIC = pa.struct([("topic_id", pa.string()), ("confidence", pa.float64()), ("method", pa.string())])
_ANALYSIS = pa.schema(
    [
        ("concern_id", pa.string()),
        ("input_hash", pa.string()),
        ("kind", pa.string()),
        ("language", pa.string()),
        ("is_cut", pa.bool_()),
        ("primary_topic_id", pa.string()),
        ("terms", pa.list_(pa.string())),
        ("unmapped_labels", pa.list_(pa.string())),
        ("topics", pa.list_(_TOPIC)),
        ("relevance", pa.float64()),
        ("is_relevant", pa.bool_()),
        ("source_id", pa.string()),
        ("word_count", pa.int64()),
        ("unknown_count", pa.int64()),
        ("letter_count", pa.int64()),
    ]
)
_ANALYSIS_SQL = (
    "concern_id string, input_hash string, kind string, language string, is_cut boolean, primary_topic_id string, "
    "terms array<string>, unmapped_labels array<string>, "
    "topics array<struct<topic_id:string,confidence:double,method:string>>, relevance double, is_relevant boolean, "
    "source_id string, word_count bigint, unknown_count bigint, letter_count bigint"
)
_NOT_LABEL_COLUMNS = ("topics", "source_id", "word_count", "unknown_count", "letter_count")


def run(spark: SparkSession) -> dict[str, int]:
    """Classifies the concerns whose words, labels or corrections changed, and all where the model or meanings did.

    Counts: concerns (classified, or gone).
    """
    model_address, trained = registry.current(spark)
    meanings = f"{files_fingerprint(MEANING_FILES):016x}"[:8]
    model_version = f"{trained}-{meanings}"
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
        # Before the labels: a run that is killed in between finds its model as new as it was, and scores it again.
        if is_new_model or until[corrections.TABLE] > done[corrections.TABLE]:
            _write_topic_scores(spark, concerns, corrected, model_address, model_version)
        if count:
            anew = ", all of them anew, since the model or what labels mean has changed" if is_new_model else ""
            log.info(f"{count} concerns to classify with the model {model_version}{anew}")
            analysed = analyse(todo, model_address, count).persist()
            found = analysed.withColumn("model_version", F.lit(model_version))
            guard(spark, found, "silver.concern_labels", ["concern_id"])
            topics = found.select("concern_id", "model_version", F.inline("topics"))
            replace_for(spark, topics, "silver.concern_topics", touched)
            # The labels last: aggregate wakes by them and must find the topics there.
            replace_for(spark, found.drop(*_NOT_LABEL_COLUMNS), "silver.concern_labels", touched)
            if not is_new_model:  # else it is the model that is another, not the texts
                drift.watch(spark, analysed, until[SOURCE])
            analysed.unpersist()
        if until != done:
            advance(spark, CONSUMER, until)
    finally:
        touched.unpersist()
    return {"concerns": count}


def _write_topic_scores(
    spark: SparkSession,
    concerns: DataFrame,
    corrected: DataFrame,
    model_address: str,
    model_version: str,
) -> None:
    """Scores what the pipeline says by itself of the texts that analysts labelled; see ``scored``."""
    drawn = corrected.where("size(drawn_from) > 0")
    count = drawn.count()
    if not count:
        return
    sample = concerns.where("not is_deleted").join(F.broadcast(drawn.select("concern_id")), "concern_id", "left_semi")
    said = analyse(with_input_hash(sample, corrected.limit(0)), model_address, count)
    rows = (
        said.select("concern_id", F.col("topics.topic_id").alias("said"))
        .join(F.broadcast(drawn), "concern_id")
        .join(sample.select("concern_id", "province_code"), "concern_id")
        .collect()
    )
    texts = [
        label_scores.Scored(row.province_code, tuple(row.drawn_from), frozenset(row.said), frozenset(row.topic_ids))
        for row in rows
    ]
    now = datetime.now(UTC)
    found = [(model_version, *astuple(one), now) for one in label_scores.topic_scores(texts)]
    if found:
        mine = f"model_version = '{model_version}'"
        overwrite(spark.createDataFrame(found, empty_like(label_scores.TABLE)), label_scores.TABLE, mine)
        log.info(f"labels scored on {len(texts)} texts that were drawn at random")


def with_input_hash(concerns: DataFrame, corrected: DataFrame) -> DataFrame:
    """What is classified, and the hash of it that says whether to do so again.

    Columns: concern_id, source_id, channel, text, source_labels, topic_ids and corrected_kind (null where nobody
    corrected it; ``corrected`` is of ``corrections.current``), input_hash.
    """
    text = F.coalesce("text", F.lit(""))
    labels = F.coalesce("source_labels", F.array().cast("array<string>"))
    # Null where there is no correction, and then left out.
    correction = F.concat(F.coalesce("corrected_kind", F.lit("")), F.lit("\x1e"), F.array_join("topic_ids", "\x1e"))
    said = F.concat_ws("\x1f", text, F.array_join(labels, "\x1e"), correction)
    return concerns.join(F.broadcast(corrected), "concern_id", "left").select(
        "concern_id",
        "source_id",
        "channel",
        text.alias("text"),
        labels.alias("source_labels"),
        "topic_ids",
        "corrected_kind",
        F.md5(said.cast("binary")).alias("input_hash"),
    )


def analyse(inputs: DataFrame, model_address: str, count: int) -> DataFrame:
    """What the words of each concern mean: see _ANALYSED."""
    partitions = inputs.sparkSession.conf.get("spark.sql.shuffle.partitions")
    assert partitions is not None  # Spark has a number of its own
    tasks = tasks_for(count, int(partitions))
    return inputs.repartition(tasks, "concern_id").mapInArrow(_batch_analyser(model_address), _ANALYSIS_SQL)


def tasks_for(count: int, partitions: int) -> int:
    """Into how many tasks so many concerns are parted: where they are many, a multiple of ``partitions``.

    That is a multiple of the cores too (lake/server.py), so that none waits for the others' last task.
    """
    wanted = max(2, min(MAX_TASKS, count // CONCERNS_PER_TASK))
    return max(wanted // partitions * partitions, min(wanted, partitions))


@lru_cache(maxsize=2)
def _load_analyser(model_address: str) -> Analyser:
    """The analyser of a model; a worker process loads it once.

    What it loads stays, and is kept from the garbage collector: to walk through it again and again, as Spark's workers
    also do after each task, took a fifth of their time.
    """
    analyser = Analyser(TopicModel.from_bytes(files.read_bytes(model_address)))
    analyser.analyse(["ถนนพัง"])  # the dictionaries come with the first text
    gc.collect()
    gc.freeze()
    return analyser


def _batch_analyser(model_address: str) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    def analyse_batches(incoming: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        known = load_labels()
        for batch in incoming:
            labels = batch.column("source_labels").to_pylist()
            said = _load_analyser(model_address).analyse(batch.column("text").to_pylist(), labels)
            settled = zip(
                batch.column("topic_ids").to_pylist(), batch.column("corrected_kind").to_pylist(), strict=True
            )
            found = [corrections.settled(one, *by) for one, by in zip(said, settled, strict=True)]
            # What stands in a log of complaints is a concern by itself; a post may be anything.
            is_post = [channel == "social_media" for channel in batch.column("channel").to_pylist()]
            relevance = [one.relevance if post else 1.0 for one, post in zip(found, is_post, strict=True)]
            unmapped = [[name for name in names if name not in known] for names in labels]
            columns = [
                batch.column("concern_id"),
                batch.column("input_hash"),
                pa.array([one.kind for one in found], pa.string()),
                pa.array([one.language for one in found], pa.string()),
                pa.array([one.is_cut for one in found], pa.bool_()),
                pa.array([one.topics[0].topic_id for one in found], pa.string()),
                pa.array([list(one.terms) for one in found], pa.list_(pa.string())),
                pa.array(unmapped, pa.list_(pa.string())),
                pa.array([_topic_rows(one) for one in found], pa.list_(_TOPIC)),
                pa.array(relevance, pa.float64()),
                pa.array([score >= IS_CONCERN for score in relevance], pa.bool_()),
                batch.column("source_id"),
                pa.array([one.word_count for one in found], pa.int64()),
                pa.array([one.unknown_count for one in found], pa.int64()),
                pa.array([len(one.text) for one in found], pa.int64()),
            ]
            yield pa.RecordBatch.from_arrays(columns, schema=_ANALYSIS)

    return analyse_batches


def _topic_rows(analysis: Analysis) -> list[dict[str, object]]:
    return [
        {"topic_id": topic.topic_id, "confidence": topic.confidence, "method": topic.method}
        for topic in analysis.topics
    ]
