"""Suites of expectations as data: ``expectations/<name>.yaml``, validated when they are loaded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, RootModel

from lake.settings import PROJECT
from schemas.area_data import provinces
from schemas.contracts import Channel, Status
from schemas.errors import UserError
from schemas.topics import KINDS, load_groups, load_topics, public_ids
from schemas.yaml_file import read_yaml

FOLDER = PROJECT / "expectations"


class SuiteEntry(BaseModel):
    """An entry of a suite: a sentence for the user, and the expectation of Great Expectations that tests it.

    The expectation is repeated for each of ``columns``. ``where`` selects rows by ``[column, operator, value]``,
    ``[column, is_null]`` or ``[column, is_not_null]``. A failed ``warning`` is logged and stored in ops.checks; a
    failed ``critical`` entry ends the run.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    says: str = Field(min_length=1)
    type: str
    severity: Literal["critical", "warning"] = "critical"
    columns: tuple[str, ...] = ()
    where: tuple[str, str, Any] | tuple[str, str] | None = None
    kwargs: dict[str, Any] = {}

    def used_columns(self) -> Iterator[str]:
        """The columns that the entry uses."""
        yield from self.columns
        yield from self.kwargs.get("column_list", ())
        yield from (value for name, value in self.kwargs.items() if name in ("column_A", "column_B"))
        if self.where:
            yield self.where[0]


class _Suite(RootModel[tuple[SuiteEntry, ...]]):
    pass


def load_suite(name: str) -> tuple[SuiteEntry, ...]:
    """The entries of ``expectations/<name>.yaml``. Raises DataFileError where the file is wrong."""
    return read_yaml(FOLDER / f"{name}.yaml", _Suite, name=f"expectations/{name}.yaml").content.root


def columns_used(entries: Iterable[SuiteEntry]) -> list[str]:
    """The columns that a suite uses."""
    return list(dict.fromkeys(name for entry in entries for name in entry.used_columns()))


def gx_expectations(entry: SuiteEntry) -> Iterator[Any]:
    """The expectations of Great Expectations for an entry."""
    from great_expectations.expectations.registry import get_expectation_impl

    kwargs: dict[str, Any] = {**entry.kwargs, "severity": entry.severity, "meta": {"says": entry.says}}
    if isinstance(kwargs.get("value_set"), str):
        kwargs["value_set"] = _value_set(kwargs["value_set"])
    if entry.where:
        kwargs["row_condition"] = _row_condition(*entry.where)
    make: Any = get_expectation_impl(entry.type)
    if not entry.columns:
        yield make(**kwargs)
    for column in entry.columns:
        yield make(column=column, **kwargs)


def _row_condition(column: str, operator: str, value: object = None) -> Any:
    from great_expectations.expectations.row_conditions import (
        Column,
        ComparisonCondition,
        NullityCondition,
        Operator,
    )

    if operator in ("is_null", "is_not_null"):
        return NullityCondition(column=Column(column), is_null=operator == "is_null")
    return ComparisonCondition(column=Column(column), operator=Operator(operator), parameter=value)


def _value_set(name: str) -> list[str]:
    """The values of a named value_set. Raises UserError where the name is not known."""
    known: dict[str, list[str]] = {
        "provinces": [one.province_code for one in provinces()],
        "topics": [one.topic_id for one in load_topics()],
        "sensitive_topics": [one.topic_id for one in load_topics() if one.is_sensitive],
        "kinds": list(KINDS),
        "statuses": list(get_args(Status)),
        "channels": list(get_args(Channel)),
        "groups_and_all": [*(one.group_id for one in load_groups()), "all"],
        "open_groups_and_all": [*public_ids(load_topics()).groups, "all"],
    }
    if name not in known:
        raise UserError(
            f"there is no value_set {name}, which a suite of expectations uses", f"choose one of {', '.join(known)}"
        )
    return known[name]
