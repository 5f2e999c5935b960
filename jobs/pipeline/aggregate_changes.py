"""What changed since the last run of ``aggregate``: concerns, other inputs of figures, and the last day with data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass
from datetime import date, timedelta

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from jobs.gold.deadlines import holidays
from jobs.gold.grid import IN_TIME_DAYS
from jobs.reference.tables import CONSUMER as REFERENCE_STEP
from jobs.reference.tables import LAO_TABLES
from jobs.sources import landing_times
from jobs.sources.file_problems import usable_files
from jobs.topic_models.evaluation.label_scores import TABLE as SCORES
from jobs.topic_models.evaluation.label_scores import TopicScore
from lake.ledger import FILE_KEY
from lake.progress import Progress, changes
from lake.settings import PROJECT, settings
from lake.staleness import files_fingerprint, fingerprint
from schemas.errors import UserError
from schemas.tables import tables

CONSUMER = "aggregate"
AS_OF = "as_of"
SOURCES = ("silver.concerns", "silver.concern_labels", "silver.concern_links")
CUBE, RESPONSES = "gold.daily", "gold.response_times"
REFERENCE, RULES = "reference", "rules"
RULE_FOLDERS = (PROJECT / "jobs" / "gold", PROJECT / "jobs" / "statistics")
"""Folders whose code computes figures: where it changes, all figures are computed again."""
REFERENCE_TABLES = (
    "reference.provinces", "reference.districts", "reference.focus_areas", "reference.population",
    "reference.topic_programmes", *LAO_TABLES,
)  # fmt: skip
ProgressBySource = Mapping[tuple[str, str], Progress]
"""See ``lake.progress.latest``."""


@dataclass(frozen=True)
class Changes:
    """What the next run has to compute.

    Attributes:
        seen_versions: the Delta version of each of SOURCES that the last run used.
        fingerprints: of the other inputs now, see ``input_fingerprints``.
        days: days whose rows of the cube are computed again; None means all.
        since: the first day of which figures may have changed; None means all figures.
        is_empty: whether all figures are up to date.
    """

    seen_versions: dict[str, int]
    fingerprints: dict[str, int]
    days: list[date] | None
    since: date | None
    is_empty: bool


def find_changes(
    spark: SparkSession,
    progress: ProgressBySource,
    versions: dict[str, int],
    scores: list[TopicScore],
    last_day: date,
) -> Changes:
    """Compares the inputs with those of the last run.

    Args:
        spark: the session.
        progress: the latest progress of all steps.
        versions: the Delta version of each of SOURCES up to which to look.
        scores: the scores of the topic model.
        last_day: see ``as_of``.

    Raises:
        UserError: the reference tables are empty.
    """

    def last(name: str) -> Progress:
        return progress.get((CONSUMER, name), Progress())

    seen_versions = {name: last(name).position for name in SOURCES}
    fingerprints = input_fingerprints(progress, scores)
    unchanged = {name for name, value in fingerprints.items() if last(name).fingerprint == value}
    are_rules_unchanged = unchanged >= {REFERENCE, RULES, SCORES, RESPONSES}
    days = changed_days(spark, seen_versions, versions) if CUBE in unchanged else None
    # A file without any change of a concern can still move the day up to which periods are complete.
    seen_last_day = last(AS_OF).last_day
    # The last day can be earlier than in the last run, if a file of that run cannot be used any more.
    compared_day = None if seen_last_day is None else min(seen_last_day, last_day)
    return Changes(
        seen_versions=seen_versions,
        fingerprints=fingerprints,
        days=days,
        since=first_changed_day(days, compared_day) if are_rules_unchanged else None,
        is_empty=days == [] and seen_last_day == last_day and are_rules_unchanged,
    )


def input_fingerprints(progress: ProgressBySource, scores: list[TopicScore]) -> dict[str, int]:
    """A number for each input of figures other than concerns, which changes when the input changes.

    The inputs are the reference tables, the scores of the topic model (they give counts their intervals), the time
    in which to answer, the code that computes figures, and the columns of gold tables. A change of one of them affects
    figures of any day. Raises UserError where the reference tables are empty.
    """
    contents = [progress.get((REFERENCE_STEP, name), Progress()).fingerprint for name in REFERENCE_TABLES]
    if None in contents:
        raise UserError("the reference tables are empty, but figures need areas and LAOs", "run 'siang reference'")
    config = settings()
    response_time = (config.response_calendar, config.response_days, *holidays(config.holidays))
    gold_columns = [tuple(table.column_names) for name, table in tables().items() if name.startswith("gold.")]
    return {
        REFERENCE: fingerprint(contents),
        SCORES: fingerprint([astuple(score) for score in scores]),
        RESPONSES: fingerprint(response_time),
        RULES: files_fingerprint(path for folder in RULE_FOLDERS for path in folder.glob("*.py")),
        CUBE: fingerprint(gold_columns),
    }


def first_changed_day(days: list[date] | None, last_until: date | None) -> date | None:
    """The first day of which figures may have changed; None where figures of all days may have.

    Args:
        days: see ``changed_days``.
        last_until: the last day with data in the last run; None before the first run.
    """
    if days is None or last_until is None:
        return None
    # Periods that had not ended in the last run may have ended now. For periods that had just ended, the share solved
    # in time was not final.
    return min([*days, last_until - timedelta(IN_TIME_DAYS)])


def changed_days(spark: SparkSession, seen_versions: dict[str, int], versions: dict[str, int]) -> list[date] | None:
    """Days on which a concern that changed was or is submitted or ended; None means all days.

    Args:
        spark: the session.
        seen_versions: the Delta version of each of SOURCES after which to look for changes.
        versions: the Delta version of each up to which to look.
    """
    concerns, labels, links = (changes(spark, name, seen_versions[name], versions[name]) for name in SOURCES)
    if concerns is None or labels is None or links is None:
        return None
    relabelled = labels.select("concern_id").unionByName(links.select("concern_id")).distinct()
    relabelled_concerns = spark.table("silver.concerns").join(relabelled, "concern_id", "left_semi")
    touched = concerns.select("submitted_date", "closed_date").unionByName(
        relabelled_concerns.select("submitted_date", "closed_date")
    )
    days = touched.select(F.explode(F.array("submitted_date", "closed_date")).alias("day"))
    return sorted(row.day for row in days.where("day is not null").distinct().collect())


def as_of(spark: SparkSession) -> date | None:
    """The last day that usable data cover, so that figures do not depend on the day on which they are computed.

    It is the latest day that a usable file or a concern states. Files without any usable record do not count, nor
    does a day in a file name that is later than the landing of the file. It is not later than the day on which the
    last usable file landed. None where there are no data.
    """
    files = spark.table("bronze.files").join(usable_files(spark), FILE_KEY, "left_semi")
    observed, landed = files.agg(
        F.max(F.when(~landing_times.is_dated_after_landing(), landing_times.bangkok_date("observed_at"))),
        F.max(landing_times.bangkok_date(landing_times.landed_at())),
    ).collect()[0]
    stated = (
        spark.table("silver.concerns")
        .agg(F.max(landing_times.bangkok_date(F.greatest("submitted_at", "updated_at"))))
        .collect()[0][0]
    )
    last = max((day for day in (observed, stated) if day is not None), default=None)
    return last if last is None or landed is None else min(last, landed)
