"""Tables and columns as data: loads and validates ``schemas/tables`` and ``schemas/columns``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, RootModel

from schemas.yaml_file import read_yaml

FOLDER = Path(__file__).parent
_WITH_STATISTICS = frozenset({"bigint", "date", "double", "int", "string", "timestamp"})


@dataclass(frozen=True)
class Column:
    """A column, described once for every table.

    Attributes:
        type: its type in Spark SQL.
        en: the definition in English.
        th: the heading in Thai, short.
        about_th: the definition in Thai.
        unit: the unit of a number, where it has one.
        is_personal: whether it may identify who raised a concern, or where. Delta's log then keeps no minimum and
            maximum of it.
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
        """The English definition of the column, with its unit if it has one."""
        return f"{self.en} [{self.unit}]" if self.unit else self.en


@dataclass(frozen=True)
class Table:
    """A table: its columns in order, its key, and where it is kept (``restricted`` tables have their own root)."""

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
    """Columns with a minimum and maximum of each file in Delta's log; empty means all columns that are allowed."""

    @property
    def column_names(self) -> list[str]:
        """The names of the columns, in order."""
        return [column.name for column in self.columns]

    @property
    def statistics_columns(self) -> tuple[str, ...]:
        """Columns with a minimum and maximum in Delta's log: ``skip_by``, else all atomic, non-personal columns."""
        return self.skip_by or tuple(
            column.name
            for column in self.columns
            if not column.is_personal and column.type in _WITH_STATISTICS and column.name not in self.partition_by
        )


class _ColumnEntry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    type: str
    en: str
    th: str
    about_th: str
    unit: str = ""
    is_personal: bool = False


class _ColumnEntries(RootModel[dict[str, _ColumnEntry]]):
    pass


class _Description(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    en: str
    th: str


class _TableEntry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    description: _Description
    key: tuple[str, ...]
    columns: tuple[str, ...]
    required: tuple[str, ...] = ()
    partition_by: tuple[str, ...] = ()
    skip_by: tuple[str, ...] = ()
    change_feed: bool = False
    restricted: bool = False


@cache
def columns() -> dict[str, Column]:
    """All columns by name. Raises DataFileError where two files describe the same column, or a description is wrong."""
    described: dict[str, Column] = {}
    for path in sorted((FOLDER / "columns").glob("*.yaml")):
        file = read_yaml(path, _ColumnEntries)
        for name, entry in file.content.root.items():
            if name in described:
                raise file.error("another file describes this column already", name)
            described[name] = Column(name=name, **entry.model_dump())
    return described


def _table(path: Path) -> Table:
    file = read_yaml(path, _TableEntry)
    entry = file.content
    for number, column in enumerate(entry.columns):
        if column not in columns():
            raise file.error(f"schemas/columns does not describe the column {column}", "columns", number)
    for field in ("key", "partition_by", "required", "skip_by"):
        for number, column in enumerate(getattr(entry, field)):
            if column not in entry.columns:
                raise file.error(f"the column {column} is not listed under columns", field, number)
    return Table(
        name=path.stem,
        en=entry.description.en,
        th=entry.description.th,
        columns=tuple(columns()[column] for column in entry.columns),
        required=frozenset(entry.required),
        **entry.model_dump(include={"key", "partition_by", "skip_by", "change_feed", "restricted"}),
    )


@cache
def tables() -> dict[str, Table]:
    """All tables by name (``silver.concerns``). Raises DataFileError where the file of one is wrong."""
    return {path.stem: _table(path) for path in sorted((FOLDER / "tables").glob("*.yaml"))}
