"""The topic models of a lake: files below ``<lake>/models``, versions and scores in ops.models."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from lake import files
from lake.commits import append, update_where
from lake.settings import settings
from lake.tables import empty_like, rows
from nlp.label_models import FILE_SUFFIX, LabelModels
from nlp.seed_models import seed_models
from schemas.errors import UserError

SCORES = ("micro_f1", "macro_f1", "first_topic_right")


def address(version: str) -> str:
    """The address of the file of a model."""
    return f"{settings().models}/{version}{FILE_SUFFIX}"


def current(spark: SparkSession) -> tuple[str, str]:
    """Address and version of the model in use: the last promoted one with a file, else the seed models.

    The seed models are learnt only from the corpus and from keywords and examples in schemas.
    """
    promoted = _promoted(spark, 1)
    return promoted[0] if promoted else _seed()


def _promoted(spark: SparkSession, count: int) -> list[tuple[str, str]]:
    """Address and version of the last promoted models, newest first. Models of releases before 0.2 have no file."""
    rows = spark.table("ops.models").where("is_promoted").orderBy(F.desc("promoted_at")).collect()
    found = ((address(row.model_version), row.model_version) for row in rows)
    return list(islice((one for one in found if files.exists(one[0])), count))


def _seed() -> tuple[str, str]:
    seed = seed_models()
    if not files.exists(address(seed.version)):
        files.write_bytes(address(seed.version), seed.to_bytes())
    return address(seed.version), seed.version


def previous(spark: SparkSession) -> tuple[str, str] | None:
    """Address and version of the previous model in use, which may be the seed model; None if there is none."""
    promoted = _promoted(spark, 2)
    if not promoted:
        return None
    return promoted[1] if len(promoted) == 2 else _seed()


def learned_hashes(version: str) -> frozenset[int]:
    """The hashes (``LabelledText.text_hash``) of the training texts of a model; empty for the seed model."""
    where = f"{settings().models}/{version}.texts"
    return frozenset(array("Q", files.read_bytes(where))) if files.exists(where) else frozenset()


def store(
    spark: SparkSession,
    model: LabelModels,
    *,
    training_count: int,
    scores: dict[str, float],
    promoted: bool,
    learned_hashes: Sequence[int] = (),
) -> None:
    """Stores a trained model and the hashes of its training texts. The row in ops.models is written last."""
    files.write_bytes(f"{settings().models}/{model.version}.texts", array("Q", sorted(learned_hashes)).tobytes())
    files.write_bytes(address(model.version), model.to_bytes())
    now = datetime.now(UTC)
    row = (model.version, now, training_count, scores, promoted, now if promoted else None)
    append(spark.createDataFrame([row], empty_like("ops.models")), "ops.models")


def list_models(spark: SparkSession) -> list[dict[str, Any]]:
    """Rows of ops.models, newest first."""
    return rows(spark.table("ops.models").orderBy(F.desc("trained_at")))


def revert(spark: SparkSession) -> tuple[str, str]:
    """Returns to the previous model (or the seed model). Returns the old version and the version now in use.

    Raises UserError where the seed model is in use, because it has no predecessor.
    """
    _, former = current(spark)
    if former not in {row["model_version"] for row in list_models(spark)}:
        raise UserError(f"the model in use is {former}, which has no predecessor", "run 'siang train' for a new model")
    update_where(spark, "ops.models", {"is_promoted": "false"}, f"model_version = '{former}'")
    return former, current(spark)[1]
