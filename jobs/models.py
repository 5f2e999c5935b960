"""Topic models of a lake: files below ``<lake>/models``, versions and scores in ops.models."""

from __future__ import annotations

from datetime import UTC, datetime

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from lake import files
from lake.commits import append
from lake.settings import settings
from lake.tables import empty_like
from nlp.topics import TopicModel


def address(version: str) -> str:
    return f"{settings().models}/{version}.npz"


def current(spark: SparkSession) -> tuple[str, str]:
    """Address and version of the model in use: the last that was promoted, else the seed.

    The seed learned from nothing but the keywords and examples of schemas/topics.yaml.
    """
    promoted = spark.table("ops.models").where("is_promoted").orderBy(F.desc("trained_at")).limit(1).collect()
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
    row = (model.version, datetime.now(UTC), training_count, scores, promoted)
    append(spark.createDataFrame([row], empty_like("ops.models")), "ops.models")
