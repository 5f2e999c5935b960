"""CSV for programs and for Excel: UTF-8 with a byte order mark, RFC 4180, English column names."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import pyarrow as pa

# A spreadsheet reads text with these first characters as a formula; an apostrophe in front keeps it text.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_bytes(table: pa.Table) -> bytes:
    """The table as CSV. Nulls are empty, dates ISO 8601, booleans ``true`` and ``false``."""
    out = io.StringIO()
    writer = csv.writer(out)  # its default dialect ends lines as RFC 4180 does
    writer.writerow(table.column_names)
    writer.writerows(zip(*(_cells(table[name]) for name in table.column_names), strict=True))
    return out.getvalue().encode("utf-8-sig")


def _cells(column: pa.ChunkedArray) -> Sequence[object]:
    values = column.to_pylist()
    if pa.types.is_boolean(column.type):
        return [None if value is None else str(value).lower() for value in values]
    if pa.types.is_string(column.type):
        return [f"'{value}" if value is not None and value.startswith(_FORMULA) else value for value in values]
    return values
