"""Tables by name: created from ``schemas/tables`` and registered in every session of the lake, without a metastore."""

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
    """The address of a table: ``<root>/<layer>/<name>``; restricted tables have their own root."""
    root = settings().restricted if table.restricted else settings().lake
    return f"{root}/{table.name.replace('.', '/')}"


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _column_ddl(column: Column, *, is_required: bool = False) -> str:
    needed = " NOT NULL" if is_required else ""
    return f"`{column.name}` {column.type}{needed} COMMENT {_quoted(column.comment)}"


def create_statement(table: Table) -> str:
    """The SQL that creates a table if there is none at its address."""
    parts = [
        f"CREATE TABLE IF NOT EXISTS {table.name} (",
        ", ".join(_column_ddl(column, is_required=column.name in table.required) for column in table.columns),
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
    """The table property that decides which columns have a minimum and maximum in Delta's log."""
    if table.statistics_columns:
        return {"delta.dataSkippingStatsColumns": ",".join(table.statistics_columns)}
    return {"delta.dataSkippingNumIndexedCols": "0"}


def create(spark: SparkSession, table: Table) -> None:
    """Registers a table; creates it, or adds columns that are new and allows nulls where they are allowed now.

    Raises UserError where the table exists with another type for a column.
    """
    if not files.exists(f"{address(table)}/_delta_log/00000000000000000000.json"):
        spark.sql(create_statement(table))
        return
    _register(spark, table)
    present = {field.name: field for field in spark.table(table.name).schema.fields}
    for column in table.columns:
        expected = t.DataType.fromDDL(column.type)
        if column.name not in present:
            spark.sql(f"ALTER TABLE {table.name} ADD COLUMNS ({_column_ddl(column)})")
            continue
        if not present[column.name].nullable and column.name not in table.required:
            spark.sql(f"ALTER TABLE {table.name} ALTER COLUMN {column.name} DROP NOT NULL")
        actual = present[column.name].dataType.simpleString()
        if actual != expected.simpleString():
            raise UserError(
                f"{table.name} has {column.name} as {actual} but schemas/columns says {column.type}",
                "give the column a new name, or move the lake away and run the pipeline again",
            )


def _root(address: str) -> str:
    return address.removesuffix("/").removesuffix("/ops/progress")


def create_all(spark: SparkSession) -> None:
    """Registers every table by its name; creates missing tables and adds new columns.

    Raises UserError where an existing table has another type for a column, or where the tables of another lake are
    registered in the session.
    """
    files.make_folder(settings().restricted, files.OWNER)  # before Spark creates it with default permissions
    registered = _registered(spark, tables().values())
    if registered:
        expected = address(tables()["ops.progress"])
        actual = spark.sql("DESCRIBE DETAIL ops.progress").collect()[0].location.removeprefix("file:")
        if actual.rstrip("/") != expected:
            raise UserError(
                f"the Spark server at {settings().spark} serves the lake at {_root(actual)}, not {_root(expected)}",
                "use one server for each lake, or set SIANG_LAKE to that lake",
            )
    missing = [table for name, table in tables().items() if name not in registered]
    with ThreadPoolExecutor(max_workers=4) as pool:
        list(pool.map(lambda table: create(spark, table), missing))


def open_tables_exist() -> bool:
    """Whether all open tables of this lake have been created."""
    return all(next(files.list_files(f"{address(table)}/_delta_log"), None) for table in _open_tables())


def register_open_tables(spark: SparkSession) -> None:
    """Registers the open tables in a session that cannot create them."""
    registered = _registered(spark, _open_tables())
    missing = [table for table in _open_tables() if table.name not in registered]
    with ThreadPoolExecutor(max_workers=4) as pool:
        list(pool.map(lambda table: _register(spark, table), missing))


def open_layers() -> list[str]:
    """The layers with tables that are not restricted."""
    return _layers(_open_tables())


def _layers(chosen: Iterable[Table]) -> list[str]:
    return sorted({table.name.split(".")[0] for table in chosen})


def _registered(spark: SparkSession, chosen: Iterable[Table]) -> set[str]:
    """The registered tables in the layers of ``chosen``; creates the databases of these layers in the session."""
    layers = _layers(chosen)
    for layer in layers:
        spark.sql(f"CREATE DATABASE IF NOT EXISTS {layer}")
    return {f"{layer}.{row.tableName}" for layer in layers for row in spark.sql(f"SHOW TABLES IN {layer}").collect()}


def _open_tables() -> list[Table]:
    return [table for table in tables().values() if not table.restricted]


def _register(spark: SparkSession, table: Table) -> None:
    spark.sql(f"CREATE TABLE IF NOT EXISTS {table.name} USING DELTA LOCATION {_quoted(address(table))}")


def read(spark: SparkSession, name: str) -> DataFrame:
    """A table by name. Raises KeyError where schemas/tables has no such table."""
    return spark.table(tables()[name].name)


def rows(frame: DataFrame) -> list[dict[str, Any]]:
    """The rows of a frame, with timestamps in UTC; collect() would return them in the time zone of this machine."""
    return frame.toArrow().to_pylist()


def empty_like(name: str) -> t.StructType:
    """The Spark schema of a table; names and types, all nullable."""
    return t.StructType(
        [t.StructField(column.name, t.DataType.fromDDL(column.type)) for column in tables()[name].columns]
    )
