"""Functions that write a table. Each makes one Delta commit and is safe to repeat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from schemas.tables import tables


def conform_to_table(df: DataFrame, name: str) -> DataFrame:
    """The frame with exactly the columns of the table, in its order and types; missing columns are null.

    Raises ValueError where the frame has a column that the table does not have.
    """
    table = tables()[name]
    unknown = sorted(set(df.columns) - set(table.column_names))
    if unknown:
        raise ValueError(f"{name} has no column {', '.join(unknown)}")
    present = set(df.columns)
    columns: list[Column] = [
        (F.col(column.name) if column.name in present else F.lit(None)).cast(column.type).alias(column.name)
        for column in table.columns
    ]
    return df.select(*columns)


def append(df: DataFrame, name: str) -> None:
    """Adds rows."""
    conform_to_table(df, name).write.format("delta").mode("append").saveAsTable(name)


def overwrite(df: DataFrame, name: str, where: str | None = None) -> None:
    """Replaces the whole table, or the rows that match a SQL condition, in one commit.

    All rows of the frame must meet the condition.
    """
    writer = conform_to_table(df, name).write.format("delta").mode("overwrite")
    if where is not None:
        writer = writer.option("replaceWhere", where)
    writer.saveAsTable(name)


def is_empty(spark: SparkSession, name: str) -> bool:
    """Whether a table has no rows."""
    return not spark.table(name).limit(1).count()


def key_condition(key: Sequence[str]) -> str:
    """The condition of a MERGE under which rows of ``t`` and ``s`` have the same key."""
    return " AND ".join(f"t.{column} <=> s.{column}" for column in key)


def upsert(spark: SparkSession, df: DataFrame, name: str) -> None:
    """Adds rows, or replaces the rows with the same key."""
    conform_to_table(df, name).createOrReplaceTempView("_upsert")
    spark.sql(
        f"MERGE INTO {name} t USING _upsert s ON {key_condition(tables()[name].key)} "
        "WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *"
    )


def replace_for(spark: SparkSession, df: DataFrame, name: str, scope: DataFrame, column: str = "concern_id") -> None:
    """Replaces the rows of all concerns in ``scope`` with those of ``df``.

    Equal rows are not written, so that a repeated call makes no change in the change feed.
    ``scope`` has the one column ``column``; ``df`` has only rows of that scope.
    """
    rows = conform_to_table(df, name)
    if is_empty(spark, name):
        append(rows, name)
        return
    table = tables()[name]
    current = spark.table(name).join(scope.select(column).distinct(), column, "left_semi").select(*table.column_names)
    removed = current.join(rows.select(*table.key), list(table.key), "left_anti")
    changes = rows.withColumn("_is_removed", F.lit(False)).unionByName(removed.withColumn("_is_removed", F.lit(True)))
    changes.createOrReplaceTempView("_replacement")
    differs = " OR ".join(f"NOT (t.{name_} <=> s.{name_})" for name_ in table.column_names if name_ not in table.key)
    assignments = _assignments({name_: f"s.{name_}" for name_ in table.column_names})
    spark.sql(
        f"MERGE INTO {name} t USING _replacement s ON {key_condition(table.key)} "
        "WHEN MATCHED AND s._is_removed THEN DELETE "
        f"WHEN MATCHED AND ({differs or 'false'}) THEN UPDATE SET {assignments} "
        f"WHEN NOT MATCHED AND NOT s._is_removed THEN INSERT ({', '.join(table.column_names)}) "
        f"VALUES ({', '.join('s.' + name_ for name_ in table.column_names)})"
    )


def update_rows(
    spark: SparkSession, rows: DataFrame, name: str, key: Sequence[str], values: Mapping[str, str], where: str = "true"
) -> None:
    """Sets columns of the table's rows whose key is the key of one of ``rows``.

    Args:
        rows: distinct keys, and columns that ``values`` use.
        values: SQL expressions by column; ``t`` is the table's row and ``s`` that of ``rows``.
        where: a SQL condition on ``t`` and ``s``; other rows are not changed.
    """
    rows.createOrReplaceTempView("_update")
    spark.sql(
        f"MERGE INTO {name} t USING _update s ON {key_condition(key)} AND ({where}) "
        f"WHEN MATCHED THEN UPDATE SET {_assignments(values)}"
    )


def update_where(spark: SparkSession, name: str, values: Mapping[str, str], where: str) -> None:
    """Sets columns, by SQL expressions, of the rows that match a SQL condition."""
    spark.sql(f"UPDATE {name} SET {_assignments(values)} WHERE {where}")


def delete_rows(spark: SparkSession, rows: DataFrame, name: str, key: Sequence[str]) -> None:
    """Deletes the table's rows whose key is the key of one of ``rows``."""
    rows.createOrReplaceTempView("_delete")
    spark.sql(f"MERGE INTO {name} t USING _delete s ON {key_condition(key)} WHEN MATCHED THEN DELETE")


def delete_where(spark: SparkSession, name: str, where: str) -> None:
    """Deletes the rows that match a SQL condition."""
    spark.sql(f"DELETE FROM {name} WHERE {where}")


def _assignments(values: Mapping[str, str]) -> str:
    return ", ".join(f"{column} = {expression}" for column, expression in values.items())


def remove_uncommitted(spark: SparkSession, names: Sequence[str], committed_batch: int) -> None:
    """Removes rows of a batch that was written but not committed, because its process was killed."""
    condition = f"batch_id > {committed_batch}"
    queries = [f"(SELECT '{name}' AS name FROM {name} WHERE {condition} LIMIT 1)" for name in names]
    for row in spark.sql(" UNION ALL ".join(queries)).collect():
        delete_where(spark, row.name, condition)
