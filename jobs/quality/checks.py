"""Runs suites: outcomes are stored in ops.checks, warnings are logged, critical failures end the run."""

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
    """Runs a suite on rows and returns the outcome of each expectation.

    Raises PermanentError where a critical expectation fails. The message has the number of failing rows and their keys
    only, because messages are stored in ops.runs and rows may contain personal data.
    """
    outcomes = validate(rows, load_suite(suite), key)
    raise_if_broken(outcomes, suite)
    return outcomes


def validate_or_raise(spark: SparkSession, rows: Rows, suite: str, key: Sequence[str]) -> None:
    """As ``check``, for rows that will be committed: also stores the outcomes in ops.checks and logs warnings."""
    outcomes = validate(rows, load_suite(suite), key)
    store_outcomes(spark, suite, outcomes, scope="batch")
    log_warnings(outcomes)
    raise_if_broken(outcomes, suite)


def tables_with_suites() -> list[str]:
    """Tables that have a suite in expectations/."""
    return [name for name in tables() if (FOLDER / f"{name}.yaml").exists()]


def check_table(spark: SparkSession, docs: DataDocs, name: str) -> list[Outcome]:
    """Runs the suite of a table on all of its rows. Does not raise, because the rows are already committed."""
    outcomes = docs.check(name, spark.table(name), load_suite(name))
    store_outcomes(spark, name, outcomes, scope="table")
    log_warnings(outcomes)
    for sentence in unmet_sentences(outcomes, "critical"):
        log.info(sentence)
    return outcomes


def unmet_sentences(outcomes: Sequence[Outcome], severity: str) -> list[str]:
    """Sentences about the failed expectations of a severity."""
    return [one.sentence for one in outcomes if not one.is_met and one.severity == severity]


def log_warnings(outcomes: Sequence[Outcome]) -> None:
    """Logs a warning for each failed expectation of severity ``warning``."""
    for sentence in unmet_sentences(outcomes, "warning"):
        log.warning(sentence)


def raise_if_broken(outcomes: Sequence[Outcome], suite: str) -> None:
    """Raises PermanentError if an expectation of severity ``critical`` has failed."""
    if broken := unmet_sentences(outcomes, "critical"):
        raise PermanentError(
            f"{suite} does not meet expectations/{suite}.yaml: {'; '.join(broken)}",
            "nothing was written; fix the step that makes the table, or the suite if the suite is wrong",
        )


def store_outcomes(spark: SparkSession, suite: str, outcomes: Sequence[Outcome], scope: str) -> None:
    """Appends the outcomes of one call to ops.checks."""
    now, call = datetime.now(UTC), uuid.uuid4().hex
    rows = [
        (call, suite, scope, now, number, one.says, one.expectation, one.column, one.severity, one.is_met,
         one.broken_rows, list(one.examples))
        for number, one in enumerate(outcomes)
    ]  # fmt: skip
    append(spark.createDataFrame(rows, empty_like("ops.checks")), "ops.checks")
