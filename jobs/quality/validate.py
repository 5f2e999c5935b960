"""Runs a suite with Great Expectations, in memory if the rows fit, otherwise on Spark."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pyarrow as pa
from pyspark.sql import DataFrame

from jobs.quality.suites import SuiteEntry, columns_used, gx_expectations

# Up to this number, fetching the rows is faster than one Spark query for each expectation.
IN_MEMORY_ROWS = 300_000
EXAMPLES = 3


@dataclass(frozen=True)
class Outcome:
    """The outcome of an expectation. ``examples`` are keys of failing rows and never text of a citizen."""

    says: str
    expectation: str
    column: str | None
    severity: str
    is_met: bool
    broken_rows: int | None = None
    examples: tuple[str, ...] = ()
    was_tested: bool = True

    @property
    def sentence(self) -> str:
        """What failed, where, on how many rows and with which examples, or that it cannot be tested."""
        where = f" in {self.column}" if self.column else ""
        if not self.was_tested:
            return f"«{self.says}» cannot be tested{where}"
        rows = "" if self.broken_rows is None else f" on {self.broken_rows} row{'' if self.broken_rows == 1 else 's'}"
        shown = f" (such as {'; '.join(self.examples)})" if self.examples else ""
        return f"«{self.says}» fails{where}{rows}{shown}"


Rows = pa.Table | pd.DataFrame | DataFrame


def validate(rows: Rows, suite: Iterable[SuiteEntry], key: Sequence[str]) -> list[Outcome]:
    """Tests rows by a suite. Reads only the columns of the suite and the key."""
    entries = list(suite)
    frame, is_spark = select_columns(rows, entries, key)
    present = [] if is_spark else [name for name in key if name in frame.columns]
    batch = batch_definition(quiet_context(), "rows", is_spark=is_spark).get_batch({"dataframe": frame})
    result = batch.validate(gx_suite("suite", entries), result_format=_result_format(present))
    return to_outcomes(result, present)


def select_columns(rows: Rows, entries: Sequence[SuiteEntry], key: Sequence[str]) -> tuple[Any, bool]:
    """The columns of the suite and the key, in memory if they fit, and whether the result is still a Spark frame."""
    wanted = list(dict.fromkeys([*columns_used(entries), *key]))
    if isinstance(rows, DataFrame):
        narrow = rows.select(*[name for name in wanted if name in rows.columns])
        fetched: pa.Table = narrow.limit(IN_MEMORY_ROWS + 1).toArrow()
        if fetched.num_rows > IN_MEMORY_ROWS:
            return narrow, True
        return fetched.to_pandas(date_as_object=False), False
    if isinstance(rows, pa.Table):
        present = [name for name in wanted if name in rows.column_names]
        return rows.select(present).to_pandas(date_as_object=False), False
    return rows[[name for name in wanted if name in rows.columns]], False


def to_outcomes(result: Any, key: Sequence[str]) -> list[Outcome]:
    """The outcome of each expectation of a validation."""
    return [_outcome(one, key) for one in result.results]


def _result_format(key: Sequence[str]) -> dict[str, Any]:
    form: dict[str, Any] = {"result_format": "COMPLETE" if key else "BASIC", "partial_unexpected_count": 0}
    return form | {"unexpected_index_column_names": list(key)} if key else form


def import_gx() -> Any:
    """The library Great Expectations, without usage statistics."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"  # read when it is imported
    # The import takes seconds, so it happens only for checks.
    import great_expectations as gx

    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    return gx


def quiet_context() -> Any:
    """A context of the library that writes nothing to disk and shows no progress bars."""
    gx = import_gx()
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context: Any = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    return context


def batch_definition(context: Any, name: str, *, is_spark: bool) -> Any:
    """The definition of a batch that is a whole frame."""
    sources = context.data_sources
    source = sources.add_spark(name) if is_spark else sources.add_pandas(name)
    return source.add_dataframe_asset(name).add_batch_definition_whole_dataframe(name)


def gx_suite(name: str, entries: Iterable[SuiteEntry]) -> Any:
    """The entries as a suite of Great Expectations."""
    expectations = [expectation for entry in entries for expectation in gx_expectations(entry)]
    return import_gx().ExpectationSuite(name=name, expectations=expectations)


def _outcome(result: Any, key: Sequence[str]) -> Outcome:
    config = result.expectation_config
    tested = not any(one.get("raised_exception") for one in _exceptions(result.exception_info))
    broken = result.result.get("unexpected_index_list") or []
    return Outcome(
        says=config.meta["says"],
        expectation=config.type,
        column=config.kwargs.get("column"),
        severity=str(getattr(config.severity, "value", config.severity)),
        is_met=bool(result.success),
        broken_rows=None if result.success or not tested else result.result.get("unexpected_count"),
        examples=() if result.success else tuple(dict.fromkeys(_row_key(row, key) for row in broken[:EXAMPLES])),
        was_tested=tested,
    )


def _row_key(row: dict[str, Any], key: Sequence[str]) -> str:
    return ", ".join(str(row[name])[:32] for name in key if name in row)


def _exceptions(info: dict[str, Any]) -> list[dict[str, Any]]:
    """The exception information: one for the expectation, or one for each of its metrics."""
    return [info] if "raised_exception" in info else list(info.values())
