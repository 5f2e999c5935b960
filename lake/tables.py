"""Tables by name: created from ``schemas/tables``, known in every session of the lake, no metastore."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import types as t

from lake import files
from lake.settings import settings
from schemas.errors import UserError
from schemas.tables import Column, Table, tables


def address(table: Table) -> str:
    """Where a table lies: ``<root>/<layer>/<name>``; restricted ones have a root of their own."""
    root = settings().restricted if table.restricted else settings().lake
    return f"{root}/{table.name.replace('.', '/')}"


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _definition(column: Column, *, is_required: bool = False) -> str:
    needed = " NOT NULL" if is_required else ""
    return f"`{column.name}` {column.type}{needed} COMMENT {_quoted(column.comment)}"


def create_statement(table: Table) -> str:
    """The SQL that creates a table where nothing lies at its address yet."""
    parts = [
        f"CREATE TABLE IF NOT EXISTS {table.name} (",
        ", ".join(_definition(column, is_required=column.name in table.required) for column in table.columns),
        ") USING DELTA",
    ]
    if table.partition_by:
        parts.append(f"PARTITIONED BY ({', '.join(table.partition_by)})")
    parts.append(f"LOCATION {_quoted(address(table))} COMMENT {_quoted(table.en)}")
    properties = ["delta.enableChangeDataFeed = true"] if table.change_feed else []
    properties += [f"{name} = '{value}'" for name, value in statistics_properties(table).items()]
    parts.append(f"TBLPROPERTIES ({', '.join(properties)})")
    return " ".join(parts)


def statistics_properties(table: Table) -> dict[str, str]:
    """What tells Delta of which columns its log may keep the least and greatest value."""
    if table.statistics_columns:
        return {"delta.dataSkippingStatsColumns": ",".join(table.statistics_columns)}
    return {"delta.dataSkippingNumIndexedCols": "0"}


def _create(spark: SparkSession, table: Table) -> None:
    if not files.exists(f"{address(table)}/_delta_log/00000000000000000000.json"):
        spark.sql(create_statement(table))
        return
    _know(spark, table)
    present = {field.name: field.dataType for field in spark.table(table.name).schema.fields}
    for column in table.columns:
        expected = t.DataType.fromDDL(column.type)
        if column.name not in present:
            spark.sql(f"ALTER TABLE {table.name} ADD COLUMNS ({_definition(column)})")
        elif present[column.name].simpleString() != expected.simpleString():
            raise UserError(
                f"{table.name} has {column.name} as {present[column.name].simpleString()} "
                f"but schemas/columns says {column.type}",
                "give the new meaning a new name, or move the lake aside and run the pipeline again",
            )


def _root(address: str) -> str:
    return address.removesuffix("/").removesuffix("/ops/progress")


def create_all(spark: SparkSession) -> None:
    """Makes every table known by its name; creates those that do not exist, adds columns that are new.

    Raises UserError where a table at its address has another type for a column, or where the session knows
    another lake's tables by these names.
    """
    files.make_folder(settings().restricted, files.OWNER)  # before Spark makes it, with the rights of any folder
    known = _known(spark, tables().values())
    if known:
        here = address(tables()["ops.progress"])
        there = spark.sql("DESCRIBE DETAIL ops.progress").collect()[0].location.removeprefix("file:")
        if there.rstrip("/") != here:
            raise UserError(
                f"the Spark server at {settings().spark} serves the lake at {_root(there)}, not {_root(here)}",
                "give each lake a server of its own, or set SIANG_LAKE to that lake",
            )
    missing = [table for name, table in tables().items() if name not in known]
    with ThreadPoolExecutor(max_workers=4) as pool:
        list(pool.map(lambda table: _create(spark, table), missing))


def are_there() -> bool:
    """Whether the open tables of this lake have been created, every one."""
    return all(next(files.list_files(f"{address(table)}/_delta_log"), None) for table in _open())


def know_open(spark: SparkSession) -> None:
    """Makes the open tables known by their names to a session that cannot create them."""
    known = _known(spark, _open())
    missing = [table for table in _open() if table.name not in known]
    with ThreadPoolExecutor(max_workers=4) as pool:
        list(pool.map(lambda table: _know(spark, table), missing))


def open_layers() -> list[str]:
    """The layers that hold tables which are not restricted."""
    return _layers(_open())


def _layers(chosen: Iterable[Table]) -> list[str]:
    return sorted({table.name.split(".")[0] for table in chosen})


def _known(spark: SparkSession, chosen: Iterable[Table]) -> set[str]:
    """The tables that a session knows by name in the layers of some, which are made known to it."""
    layers = _layers(chosen)
    for layer in layers:
        spark.sql(f"CREATE DATABASE IF NOT EXISTS {layer}")
    return {f"{layer}.{row.tableName}" for layer in layers for row in spark.sql(f"SHOW TABLES IN {layer}").collect()}


def _open() -> list[Table]:
    return [table for table in tables().values() if not table.restricted]


def _know(spark: SparkSession, table: Table) -> None:
    spark.sql(f"CREATE TABLE IF NOT EXISTS {table.name} USING DELTA LOCATION {_quoted(address(table))}")


def read(spark: SparkSession, name: str) -> DataFrame:
    """A table by name. Raises KeyError where schemas/tables has none of that name."""
    return spark.table(tables()[name].name)


def rows(frame: DataFrame) -> list[dict[str, Any]]:
    """The rows of a frame, timestamps in UTC and saying so; collect() gives them in this machine's own zone."""
    return frame.toArrow().to_pylist()


def empty_like(name: str) -> t.StructType:
    """The Spark schema of a table; names and types, all nullable."""
    return t.StructType(
        [t.StructField(column.name, t.DataType.fromDDL(column.type)) for column in tables()[name].columns]
    )
