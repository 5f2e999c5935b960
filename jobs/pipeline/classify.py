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
from pyspark.sql.pandas.types import from_arrow_schema

from jobs.quality import drift, validate_or_raise
from jobs.topic_models import registry
from jobs.topic_models.evaluation import label_scores
from jobs.topic_models.labelling import corrections
from jobs.topic_models.score_areas import region_of
from lake import files
from lake.commits import overwrite, replace_for
from lake.progress import Progress, advance, changes, delta_version, latest
from lake.staleness import files_fingerprint
from lake.tables import empty_like
from nlp.analyse import Analyser, Analysis
from nlp.label_models import LabelModels
from nlp.relevance import IS_CONCERN
from schemas.topics import load_labels, meaning_files

log = logging.getLogger(__name__)

CONSUMER = "classify"
SOURCE = "silver.concerns"
CONCERNS_PER_TASK = 10_000
MAX_TASKS = 400
_TOPIC = pa.struct([("topic_id", pa.string()), ("confidence", pa.float64()), ("method", pa.string())])
ANALYSIS = pa.schema(
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
"""The columns of the analysis of a concern."""
_NOT_LABEL_COLUMNS = ("topics", "source_id", "word_count", "unknown_count", "letter_count")


def run(spark: SparkSession) -> dict[str, int]:
    """Classifies concerns with changed text, labels or corrections; all of them where the model or meanings changed.

    Counts: concerns (classified or deleted).
    """
    model_address, model_id = registry.current(spark)
    meanings = f"{files_fingerprint(meaning_files()):016x}"[:8]
    model_version = f"{model_id}-{meanings}"
    progress = latest(spark)
    done = {name: progress.get((CONSUMER, name), Progress()).position for name in (SOURCE, corrections.TABLE)}
    until = {name: delta_version(spark, name) for name in done}
    labels = spark.table("silver.concern_labels")
    is_new_model = bool(labels.where(F.col("model_version") != model_version).limit(1).count())
    has_corrections = until[corrections.TABLE] > done[corrections.TABLE]
    changed = None if is_new_model else changes(spark, SOURCE, done[SOURCE], until[SOURCE])
    concerns = spark.table(SOURCE)
    corrected = corrections.current(spark.table(corrections.TABLE))
    scope = _candidates(concerns, labels, changed, corrected if has_corrections else None)
    inputs = with_input_hash(concerns.join(scope, "concern_id", "left_semi"), corrected)
    current = labels.where(F.col("model_version") == model_version)
    outdated = inputs.join(current, ["concern_id", "input_hash"], "left_anti")
    deleted = scope.join(concerns, "concern_id", "left_anti")
    to_replace = outdated.select("concern_id").unionByName(deleted).persist()
    count = to_replace.count()
    try:
        # Scores are written before the labels. A run that is killed in between sees the model as new and repeats them.
        if is_new_model or has_corrections:
            _write_topic_scores(spark, concerns, corrected, model_address, model_version)
        if count:
            scope_note = ": all, because the model or the meanings of labels changed" if is_new_model else ""
            log.info(f"{count} concerns to classify with the model {model_version}{scope_note}")
            analysed = analyse(outdated, model_address, count).persist()
            _write_labels(spark, analysed.withColumn("model_version", F.lit(model_version)), to_replace)
            if not is_new_model:  # a new model changes the figures too, and would look like a change of the texts
                drift.check_drift(spark, analysed, until[SOURCE])
            analysed.unpersist()
        if until != done:
            advance(spark, CONSUMER, until)
    finally:
        to_replace.unpersist()
    return {"concerns": count}


def _candidates(
    concerns: DataFrame, labels: DataFrame, changed: DataFrame | None, corrected: DataFrame | None
) -> DataFrame:
    """``concern_id`` of the concerns that may need new labels.

    Args:
        concerns: silver.concerns.
        labels: silver.concern_labels.
        changed: rows of the change feed; None for all concerns.
        corrected: the current corrections, where there are new ones.
    """
    if changed is None:
        candidates = concerns.select("concern_id").unionByName(labels.select("concern_id"))
    else:
        candidates = changed.select("concern_id")
    if corrected is not None:
        candidates = candidates.unionByName(corrected.join(concerns, "concern_id", "left_semi").select("concern_id"))
    return candidates.distinct()


def _write_labels(spark: SparkSession, labels: DataFrame, to_replace: DataFrame) -> None:
    """Writes topics and labels in place of those of the concerns ``to_replace``."""
    validate_or_raise(spark, labels, "silver.concern_labels", ["concern_id"])
    topics = labels.select("concern_id", "model_version", F.inline("topics"))
    replace_for(spark, topics, "silver.concern_topics", to_replace)
    # The labels are written last, because aggregate starts from their changes and needs the topics.
    replace_for(spark, labels.drop(*_NOT_LABEL_COLUMNS), "silver.concern_labels", to_replace)


def _write_topic_scores(
    spark: SparkSession,
    concerns: DataFrame,
    corrected: DataFrame,
    model_address: str,
    model_version: str,
) -> None:
    """Scores the model on the texts that were drawn at random and labelled by analysts, without their corrections."""
    drawn = corrected.where("size(drawn_from) > 0")
    count = drawn.count()
    if not count:
        return
    sample = concerns.where("not is_deleted").join(F.broadcast(drawn.select("concern_id")), "concern_id", "left_semi")
    predicted = analyse(with_input_hash(sample, corrected.limit(0)), model_address, count)
    rows = (
        predicted.select("concern_id", F.col("topics.topic_id").alias("predicted"))
        .join(F.broadcast(drawn), "concern_id")
        .join(sample.select("concern_id", "province_code"), "concern_id")
        .collect()
    )
    texts = [
        label_scores.ScoredText(
            row.province_code, tuple(row.drawn_from), frozenset(row.predicted), frozenset(row.topic_ids)
        )
        for row in rows
    ]
    now = datetime.now(UTC)
    scores = [(model_version, *astuple(score), now) for score in label_scores.topic_scores(texts)]
    if scores:
        same_model = f"model_version = '{model_version}'"
        overwrite(spark.createDataFrame(scores, empty_like(label_scores.TABLE)), label_scores.TABLE, same_model)
        log.info(f"the model was scored on {len(texts)} texts that were drawn at random")


def with_input_hash(concerns: DataFrame, corrected: DataFrame) -> DataFrame:
    """The inputs of classification, and a hash that shows whether they have changed.

    Columns: concern_id, source_id, channel, province_code, text, source_labels, topic_ids and corrected_kind (null
    without a correction), input_hash. ``corrected`` has the rows of ``corrections.current``.
    """
    text = F.coalesce("text", F.lit(""))
    labels = F.coalesce("source_labels", F.array().cast("array<string>"))
    # Null where there is no correction; concat_ws leaves out nulls.
    correction = F.concat(F.coalesce("corrected_kind", F.lit("")), F.lit("\x1e"), F.array_join("topic_ids", "\x1e"))
    # A concern without a province has an empty one, since concat_ws leaves out nulls.
    province = F.coalesce("province_code", F.lit(""))
    content = F.concat_ws("\x1f", text, F.array_join(labels, "\x1e"), province, correction)
    return concerns.join(F.broadcast(corrected), "concern_id", "left").select(
        "concern_id",
        "source_id",
        "channel",
        "province_code",
        text.alias("text"),
        labels.alias("source_labels"),
        "topic_ids",
        "corrected_kind",
        F.md5(content.cast("binary")).alias("input_hash"),
    )


def analyse(inputs: DataFrame, model_address: str, count: int) -> DataFrame:
    """The analysis of each concern, with the columns of ``ANALYSIS``; ``count`` is the number of concerns."""
    partitions = inputs.sparkSession.conf.get("spark.sql.shuffle.partitions")
    assert partitions is not None  # Spark always has a value
    tasks = tasks_for(count, int(partitions))
    return inputs.repartition(tasks, "concern_id").mapInArrow(
        batch_analyser(model_address), from_arrow_schema(ANALYSIS)
    )


def tasks_for(count: int, partitions: int) -> int:
    """The number of tasks for ``count`` concerns; for many concerns, a multiple of ``partitions``.

    That is also a multiple of the number of cores (lake/server.py), so that no core is idle during the last tasks.
    """
    wanted = max(2, min(MAX_TASKS, count // CONCERNS_PER_TASK))
    return max(wanted // partitions * partitions, min(wanted, partitions))


@lru_cache(maxsize=2)
def load_analyser(model_address: str) -> Analyser:
    """The analyser of a model; a worker process loads it once.

    Its objects are kept until the process ends and are excluded from garbage collection. Otherwise collections, which
    Spark's workers also run after each task, take a fifth of their time.
    """
    analyser = Analyser(LabelModels.from_bytes(files.read_bytes(model_address)))
    analyser.analyse(["ถนนพัง"])  # dictionaries are loaded with the first text
    gc.collect()
    gc.freeze()
    return analyser


def batch_analyser(model_address: str) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """The function that Spark's workers run: rows of ``with_input_hash`` in, rows of ``ANALYSIS`` out."""

    def analyse_batches(inputs: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        mapped_labels = load_labels()
        for batch in inputs:
            labels = batch.column("source_labels").to_pylist()
            regions = [region_of(code) for code in batch.column("province_code").to_pylist()]
            analyses = load_analyser(model_address).analyse(batch.column("text").to_pylist(), labels, regions)
            corrected = zip(
                batch.column("topic_ids").to_pylist(), batch.column("corrected_kind").to_pylist(), strict=True
            )
            results = [
                corrections.apply_correction(analysis, topic_ids, kind)
                for analysis, (topic_ids, kind) in zip(analyses, corrected, strict=True)
            ]
            # Every entry of a complaint log is a concern; a post may be anything.
            is_post = [channel == "social_media" for channel in batch.column("channel").to_pylist()]
            relevance = [one.relevance if post else 1.0 for one, post in zip(results, is_post, strict=True)]
            unmapped = [[name for name in names if name not in mapped_labels] for names in labels]
            columns = [
                batch.column("concern_id"),
                batch.column("input_hash"),
                pa.array([one.kind for one in results], pa.string()),
                pa.array([one.language for one in results], pa.string()),
                pa.array([one.is_cut for one in results], pa.bool_()),
                pa.array([one.topics[0].topic_id for one in results], pa.string()),
                pa.array([list(one.terms) for one in results], pa.list_(pa.string())),
                pa.array(unmapped, pa.list_(pa.string())),
                pa.array([_topic_rows(one) for one in results], pa.list_(_TOPIC)),
                pa.array(relevance, pa.float64()),
                pa.array([score >= IS_CONCERN for score in relevance], pa.bool_()),
                batch.column("source_id"),
                pa.array([one.word_count for one in results], pa.int64()),
                pa.array([one.unknown_count for one in results], pa.int64()),
                pa.array([len(one.text) for one in results], pa.int64()),
            ]
            yield pa.RecordBatch.from_arrays(columns, schema=ANALYSIS)

    return analyse_batches


def _topic_rows(analysis: Analysis) -> list[dict[str, object]]:
    return [
        {"topic_id": topic.topic_id, "confidence": topic.confidence, "method": topic.method}
        for topic in analysis.topics
    ]
