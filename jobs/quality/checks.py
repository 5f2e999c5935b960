"""What becomes of checks: kept in ops.checks, told where they warn, an end of the run where they do not hold."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime

from pyspark.sql import SparkSession

from jobs.quality.data_docs import DataDocs
from jobs.quality.suites import FOLDER, load_suite
from jobs.quality.validate import Outcome, Rows, validate
from lake.commits import append
from lake.tables import empty_like
from schemas.errors import PermanentError
from schemas.tables import tables

log = logging.getLogger(__name__)


def check(rows: Rows, suite: str, key: Sequence[str] = ()) -> list[Outcome]:
    """Runs a suite on rows, and returns how each expectation fared.

    Raises PermanentError with the sentences that do not hold and the number of rows that break each; of the rows it
    names keys only, since messages are kept in ops.runs and rows may be of persons.
    """
    outcomes = validate(rows, load_suite(suite), key)
    raise_if_broken(outcomes, suite)
    return outcomes


def validate_or_raise(spark: SparkSession, rows: Rows, suite: str, key: Sequence[str]) -> None:
    """As ``check``, for rows that are about to be committed: outcomes are kept in ops.checks, warnings told."""
    outcomes = validate(rows, load_suite(suite), key)
    store_outcomes(spark, suite, outcomes, scope="batch")
    log_warnings(outcomes)
    raise_if_broken(outcomes, suite)


def tables_with_suites() -> list[str]:
    """Tables that expectations/ says something of."""
    return [name for name in tables() if (FOLDER / f"{name}.yaml").exists()]


def check_table(spark: SparkSession, docs: DataDocs, name: str) -> list[Outcome]:
    """Runs the suite of a table on all of its rows. Does not raise: the rows are there already."""
    outcomes = docs.check(name, spark.table(name), load_suite(name))
    store_outcomes(spark, name, outcomes, scope="table")
    log_warnings(outcomes)
    for sentence in unmet_sentences(outcomes, "critical"):
        log.info(sentence)
    return outcomes


def unmet_sentences(outcomes: Sequence[Outcome], severity: str) -> list[str]:
    """What does not hold, as sentences."""
    return [one.sentence for one in outcomes if not one.is_met and one.severity == severity]


def log_warnings(outcomes: Sequence[Outcome]) -> None:
    for sentence in unmet_sentences(outcomes, "warning"):
        log.warning(sentence)


def raise_if_broken(outcomes: Sequence[Outcome], suite: str) -> None:
    if broken := unmet_sentences(outcomes, "critical"):
        raise PermanentError(
            f"{suite} breaks what expectations/{suite}.yaml says: {'; '.join(broken)}",
            "nothing was written; mend the step that makes the table, or the suite where the suite is wrong",
        )


def store_outcomes(spark: SparkSession, suite: str, outcomes: Sequence[Outcome], scope: str) -> None:
    """Rows of ops.checks, of one call."""
    now, call = datetime.now(UTC), uuid.uuid4().hex
    rows = [
        (call, suite, scope, now, number, one.says, one.expectation, one.column, one.severity, one.is_met,
         one.broken_rows, list(one.examples))
        for number, one in enumerate(outcomes)
    ]  # fmt: skip
    append(spark.createDataFrame(rows, empty_like("ops.checks")), "ops.checks")
