"""The ways to write a table. Each is one Delta commit, and safe to repeat."""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from schemas.tables import tables


def shaped(df: DataFrame, name: str) -> DataFrame:
    """The frame with exactly the table's columns, in its order and types; those it lacks are null.

    Raises ValueError where the frame has a column that the table does not know.
    """
    table = tables()[name]
    strange = sorted(set(df.columns) - set(table.column_names))
    if strange:
        raise ValueError(f"{name} has no column {', '.join(strange)}")
    present = set(df.columns)
    columns: list[Column] = [
        (F.col(column.name) if column.name in present else F.lit(None)).cast(column.type).alias(column.name)
        for column in table.columns
    ]
    return df.select(*columns)


def append(df: DataFrame, name: str) -> None:
    """Adds rows."""
    shaped(df, name).write.format("delta").mode("append").saveAsTable(name)


def overwrite(df: DataFrame, name: str, where: str | None = None) -> None:
    """Replaces the whole table, or the rows that a SQL condition names, in one commit.

    All rows of the frame must meet the condition.
    """
    writer = shaped(df, name).write.format("delta").mode("overwrite")
    if where is not None:
        writer = writer.option("replaceWhere", where)
    writer.saveAsTable(name)


def is_empty(spark: SparkSession, name: str) -> bool:
    return not spark.table(name).limit(1).count()


def same_key(key: Sequence[str]) -> str:
    """The condition of a MERGE under which a row of ``t`` and one of ``s`` are the same."""
    return " AND ".join(f"t.{column} <=> s.{column}" for column in key)


def upsert(spark: SparkSession, df: DataFrame, name: str) -> None:
    """Adds rows, or puts them in the place of those with the same key."""
    shaped(df, name).createOrReplaceTempView("_upsert")
    spark.sql(
        f"MERGE INTO {name} t USING _upsert s ON {same_key(tables()[name].key)} "
        "WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *"
    )


def replace_for(spark: SparkSession, df: DataFrame, name: str, scope: DataFrame, column: str = "concern_id") -> None:
    """Makes the rows of all concerns in ``scope`` be exactly those of ``df``.

    Rows that are the same stay untouched, so that repeating it commits no change and wakes no reader.
    ``scope`` has the one column ``column``; ``df`` has rows of that scope only.
    """
    rows = shaped(df, name)
    if is_empty(spark, name):
        append(rows, name)
        return
    table = tables()[name]
    current = spark.table(name).join(scope.select(column).distinct(), column, "left_semi").select(*table.column_names)
    gone = current.join(rows.select(*table.key), list(table.key), "left_anti")
    changes = rows.withColumn("_is_gone", F.lit(False)).unionByName(gone.withColumn("_is_gone", F.lit(True)))
    changes.createOrReplaceTempView("_replacement")
    differs = " OR ".join(f"NOT (t.{name_} <=> s.{name_})" for name_ in table.column_names if name_ not in table.key)
    assignments = ", ".join(f"{name_} = s.{name_}" for name_ in table.column_names)
    spark.sql(
        f"MERGE INTO {name} t USING _replacement s ON {same_key(table.key)} "
        "WHEN MATCHED AND s._is_gone THEN DELETE "
        f"WHEN MATCHED AND ({differs or 'false'}) THEN UPDATE SET {assignments} "
        f"WHEN NOT MATCHED AND NOT s._is_gone THEN INSERT ({', '.join(table.column_names)}) "
        f"VALUES ({', '.join('s.' + name_ for name_ in table.column_names)})"
    )


def remove_uncommitted(spark: SparkSession, names: Sequence[str], committed_batch: int) -> None:
    """Removes rows of a batch that was written but never committed, because its writer was killed."""
    condition = f"batch_id > {committed_batch}"
    looks = [f"(SELECT '{name}' AS name FROM {name} WHERE {condition} LIMIT 1)" for name in names]
    for row in spark.sql(" UNION ALL ".join(looks)).collect():
        spark.sql(f"DELETE FROM {row.name} WHERE {condition}")
