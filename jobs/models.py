"""Topic models of a lake: files below ``<lake>/models``, versions and scores in ops.models."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from lake import files
from lake.commits import append
from lake.faults import Fault
from lake.settings import settings
from lake.tables import empty_like, rows
from nlp.topics import TopicModel

SCORES = ("micro_f1", "macro_f1", "first_topic_right")


def address(version: str) -> str:
    return f"{settings().models}/{version}.npz"


def current(spark: SparkSession) -> tuple[str, str]:
    """Address and version of the model in use: the last that was promoted, else the seed.

    The seed learned from nothing but the keywords and examples of schemas/topics.yaml.
    """
    promoted = spark.table("ops.models").where("is_promoted").orderBy(F.desc("promoted_at")).limit(1).collect()
    if promoted:
        version = promoted[0].model_version
        return address(version), version
    seed = TopicModel.seed()
    if not files.exists(address(seed.version)):
        files.write_bytes(address(seed.version), seed.to_bytes())
    return address(seed.version), seed.version


def store(
    spark: SparkSession, model: TopicModel, *, training_count: int, scores: dict[str, float], promoted: bool
) -> None:
    """Keeps a trained model: the file first, its row last."""
    files.write_bytes(address(model.version), model.to_bytes())
    now = datetime.now(UTC)
    row = (model.version, now, training_count, scores, promoted, now if promoted else None)
    append(spark.createDataFrame([row], empty_like("ops.models")), "ops.models")


def listed(spark: SparkSession) -> list[dict[str, Any]]:
    """Rows of ops.models, the newest first."""
    return rows(spark.table("ops.models").orderBy(F.desc("trained_at")))


def step_back(spark: SparkSession) -> tuple[str, str]:
    """Takes the model in use out of use; the one before it (or the seed) is then. Returns both versions.

    Raises Fault where the seed is in use, which nothing came before.
    """
    _, former = current(spark)
    if former not in {row["model_version"] for row in listed(spark)}:
        raise Fault(f"the model in use is {former}, before which there was none", "'siang train' makes another")
    spark.sql(f"UPDATE ops.models SET is_promoted = false WHERE model_version = '{former}'")
    return former, current(spark)[1]
