"""Expectations: what must hold of a table before anybody sees it, from the suites of ``expectations/``."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import Any

import pandas as pd
import pyarrow as pa
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lake.faults import Fault
from lake.settings import PROJECT
from schemas.area_data import provinces
from schemas.topics import load_groups, load_topics

FOLDER = PROJECT / "expectations"


class Expected(BaseModel):
    """An entry of a suite: a sentence for people, and the expectation of Great Expectations that tests it.

    ``columns`` repeats the expectation for each of them. ``where`` narrows the rows to
    ``[column, operator, value]``, ``[column, is_null]`` or ``[column, is_not_null]``.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    says: str = Field(min_length=1)
    type: str
    columns: tuple[str, ...] = ()
    where: tuple[str, str, Any] | tuple[str, str] | None = None
    kwargs: dict[str, Any] = {}

    def names(self) -> Iterator[str]:
        """The columns that it looks at."""
        yield from self.columns
        yield from self.kwargs.get("column_list", ())
        yield from (value for name, value in self.kwargs.items() if name in ("column_A", "column_B"))
        if self.where:
            yield self.where[0]


def load_suite(name: str) -> tuple[Expected, ...]:
    """The entries of ``expectations/<name>.yaml``. Raises Fault where the file is wrong."""
    path = FOLDER / f"{name}.yaml"
    try:
        return tuple(Expected.model_validate(entry) for entry in yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, TypeError, yaml.YAMLError, ValidationError) as error:
        raise Fault(f"expectations/{name}.yaml is no suite of expectations: {error}", "mend the file") from None


def check(table: pa.Table | pd.DataFrame, suite: str) -> None:
    """Runs a suite on a table.

    Raises Fault with the sentences that do not hold and the number of rows that break each. It never quotes
    a value, since messages are kept in ops.runs and rows may be of persons.
    """
    entries = load_suite(suite)
    wanted = dict.fromkeys(name for entry in entries for name in entry.names())
    if isinstance(table, pa.Table):
        table = table.select([name for name in wanted if name in table.column_names])
        frame = table.to_pandas(date_as_object=False)
    else:
        frame = table.loc[:, [name for name in wanted if name in table.columns]]
    broken = _broken(frame, entries)
    if broken:
        raise Fault(
            f"{suite} breaks what expectations/{suite}.yaml says: {'; '.join(broken)}",
            "nothing was written; mend the step that makes the table, or the suite where the suite is wrong",
        )


def _broken(frame: pd.DataFrame, entries: Iterable[Expected]) -> list[str]:
    os.environ["GX_ANALYTICS_ENABLED"] = "false"  # read when it is imported
    # Its import takes as long as many a step: only who checks pays for it.
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context: Any = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas("table").add_dataframe_asset("table")
    batch = asset.add_batch_definition_whole_dataframe("table").get_batch({"dataframe": frame})
    expectations = [expectation for entry in entries for expectation in _expectations(entry)]
    suite = gx.ExpectationSuite(name="suite", expectations=expectations)
    found = batch.validate(suite, result_format={"result_format": "BASIC", "partial_unexpected_count": 0})
    return [_sentence(result) for result in found.results if not result.success]


def _expectations(entry: Expected) -> Iterator[Any]:
    from great_expectations.expectations.registry import get_expectation_impl

    kwargs: dict[str, Any] = {**entry.kwargs, "meta": {"says": entry.says}}
    if isinstance(kwargs.get("value_set"), str):
        kwargs["value_set"] = _ids(kwargs["value_set"])
    if entry.where:
        kwargs["row_condition"] = _condition(*entry.where)
    make: Any = get_expectation_impl(entry.type)
    if not entry.columns:
        yield make(**kwargs)
    for column in entry.columns:
        yield make(column=column, **kwargs)


def _condition(column: str, operator: str, value: object = None) -> Any:
    from great_expectations.expectations.row_conditions import (
        Column,
        ComparisonCondition,
        NullityCondition,
        Operator,
    )

    if operator in ("is_null", "is_not_null"):
        return NullityCondition(column=Column(column), is_null=operator == "is_null")
    return ComparisonCondition(column=Column(column), operator=Operator(operator), parameter=value)


def _ids(name: str) -> list[str]:
    """What a word in the place of a value_set stands for. Raises Fault where it stands for nothing."""
    known = {
        "provinces": [one.province_code for one in provinces()],
        "topics": [one.topic_id for one in load_topics()],
        "sensitive_topics": [one.topic_id for one in load_topics() if one.is_sensitive],
        "groups_and_all": [*(one.group_id for one in load_groups()), "all"],
    }
    if name not in known:
        raise Fault(f"a suite of expectations names the set {name}", f"choose one of {', '.join(known)}")
    return known[name]


def _sentence(result: Any) -> str:
    """The sentence of an entry and the rows that break it; only their number, never what they hold."""
    says, column = (result.expectation_config.meta["says"], result.expectation_config.kwargs.get("column"))
    rows = result.result.get("unexpected_count")
    where = f" in {column}" if column else ""
    if any(one.get("raised_exception") for one in _exceptions(result.exception_info)):
        return f"«{says}» cannot be tested{where}"
    return f"«{says}» fails{where}" + ("" if rows is None else f" on {rows} {'row' if rows == 1 else 'rows'}")


def _exceptions(info: dict[str, Any]) -> list[dict[str, Any]]:
    """One for the expectation, or one for each metric that it needs."""
    return [info] if "raised_exception" in info else list(info.values())
