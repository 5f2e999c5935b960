"""query: runs a read-only query over tables by name."""

from __future__ import annotations

import csv
import io
import json
from typing import Any, Literal

from rich.table import Table

from lake.reader import Reader

Format = Literal["table", "csv", "json"]


def run_query(reader: Reader, sql: str) -> tuple[list[str], list[list[Any]]]:
    """Column names and rows of a query. Raises UserError where it is not allowed or cannot run."""
    table = reader.sql(sql)
    columns = [column.to_pylist(maps_as_pydicts="lossy") for column in table.columns]
    return table.column_names, [list(row) for row in zip(*columns, strict=True)]


def format_rows(columns: list[str], rows: list[list[Any]], form: Format) -> str | Table:
    """The rows as text, or as a table for the terminal."""
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
