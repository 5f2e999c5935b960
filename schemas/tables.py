"""Tables and columns as data: loads ``schemas/tables`` and ``schemas/columns`` and checks them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent
_WITH_STATISTICS = frozenset({"bigint", "date", "double", "int", "string", "timestamp"})


@dataclass(frozen=True)
class Column:
    """A column, described once for every table.

    Attributes:
        type: of Spark SQL.
        en: the definition in English.
        th: the heading in Thai, short.
        about_th: the definition in Thai.
        unit: of a number that has one.
        is_personal: whether it may tell who raised a concern, or where: Delta's log then keeps no least and greatest
            value of it.
    """

    name: str
    type: str
    en: str
    th: str
    about_th: str
    unit: str = ""
    is_personal: bool = False

    @property
    def comment(self) -> str:
        return f"{self.en} [{self.unit}]" if self.unit else self.en


@dataclass(frozen=True)
class Table:
    """A table: its columns in order, its key, and where it is kept (``restricted`` has a root of its own)."""

    name: str
    en: str
    th: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    required: frozenset[str]
    partition_by: tuple[str, ...] = ()
    change_feed: bool = False
    restricted: bool = False
    skip_by: tuple[str, ...] = ()
    """Columns of which each file says from where to where they go; empty means all that may be said, see below."""

    @property
    def column_names(self) -> list[str]:
        return [column.name for column in self.columns]

    @property
    def statistics_columns(self) -> tuple[str, ...]:
        """Columns of which Delta's log keeps the least and greatest value: ``skip_by``, else all atomic ones that tell
        of no person."""
        return self.skip_by or tuple(
            column.name
            for column in self.columns
            if not column.is_personal and column.type in _WITH_STATISTICS and column.name not in self.partition_by
        )


def _load(path: Path) -> dict[str, Any]:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(content, dict):
        raise ValueError(f"{path.name} is not a mapping")
    return content


@cache
def columns() -> dict[str, Column]:
    """All columns by name. Raises ValueError where two files describe the same one, or one says too little."""
    found: dict[str, Column] = {}
    for path in sorted((FOLDER / "columns").glob("*.yaml")):
        for name, facts in _load(path).items():
            if name in found:
                raise ValueError(f"{path.name} describes the column {name}, which another file describes already")
            try:
                found[name] = Column(name=name, **facts)
            except TypeError:
                raise ValueError(
                    f"{path.name}: {name} needs type, en, th, about_th, and a unit where it has one"
                ) from None
    return found


def _table(path: Path) -> Table:
    facts = _load(path)
    name = path.stem
    unknown = [column for column in facts["columns"] if column not in columns()]
    if unknown:
        raise ValueError(f"{path.name} names columns that schemas/columns does not describe: {', '.join(unknown)}")
    absent = [
        column
        for column in [*facts["key"], *facts.get("partition_by", []), *facts.get("required", [])]
        if column not in facts["columns"]
    ]
    if absent:
        raise ValueError(f"{path.name} uses columns that it does not list: {', '.join(absent)}")
    return Table(
        name=name,
        en=facts["description"]["en"],
        th=facts["description"]["th"],
        key=tuple(facts["key"]),
        columns=tuple(columns()[column] for column in facts["columns"]),
        required=frozenset(facts.get("required", [])),
        partition_by=tuple(facts.get("partition_by", [])),
        change_feed=facts.get("change_feed", False),
        skip_by=tuple(facts.get("skip_by", ())),
        restricted=facts.get("restricted", False),
    )


@cache
def tables() -> dict[str, Table]:
    """All tables by name (``silver.concerns``)."""
    return {path.stem: _table(path) for path in sorted((FOLDER / "tables").glob("*.yaml"))}
