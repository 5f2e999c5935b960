"""query: asks the tables by name, never writes."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any, Literal

from pyspark.errors import PySparkException
from pyspark.sql import SparkSession
from rich.table import Table

from lake.faults import Fault

Format = Literal["table", "csv", "json"]
_QUESTION = re.compile(r"^[\s(]*(select|with|from|values|table|show|describe|desc|--|/\*)", re.IGNORECASE)
_PLACE = re.compile(r"\s*\(line \d+, pos \d+\)")
_LISTING = re.compile(r"^\s*(show|describe|desc)\b", re.IGNORECASE)


def ask(spark: SparkSession, sql: str) -> tuple[list[str], list[list[Any]]]:
    """Names of the columns and the rows of a question.

    Raises Fault where it is no question (anything that writes) or Spark cannot answer it.
    """
    body = sql.strip().rstrip(";")
    if not _QUESTION.match(body):
        raise Fault("that is no question", "write one SELECT, SHOW or DESCRIBE")
    # Only a query can stand in brackets: INSERT, MERGE, DROP and the like cannot.
    question = body if _LISTING.match(body) else f"SELECT * FROM ({body}\n)"
    try:
        frame = spark.sql(question)
        found = frame.toArrow()  # its timestamps are in UTC and say so
    except PySparkException as error:
        first = (error.getMessage() or str(error)).strip().splitlines()[0]
        # It counts in the words around the question.
        first = _PLACE.sub("", first)
        raise Fault(
            f"the question cannot be answered: {first}",
            "mend the SQL; only SELECT, SHOW and DESCRIBE are taken",
        ) from None
    columns = [column.to_pylist(maps_as_pydicts="lossy") for column in found.columns]
    return frame.columns, [list(row) for row in zip(*columns, strict=True)]


def shown(columns: list[str], rows: list[list[Any]], form: Format) -> str | Table:
    """The answer as text, or as a table for the terminal."""
    if form == "json":
        lines = (dict(zip(columns, row, strict=True)) for row in rows)
        return "\n".join(json.dumps(line, ensure_ascii=False, default=str) for line in lines)
    if form == "csv":
        output = io.StringIO()
        writer = csv.writer(output)
        writer.writerow(columns)
        writer.writerows(rows)
        return output.getvalue().rstrip("\r\n")
    table = Table(*columns)
    for row in rows:
        table.add_row(*["" if value is None else str(value) for value in row])
    return table
