"""CSV files of schemas, read row by row. A fault in a row is an error with its file and line."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from schemas.errors import DataFileError

_Row = TypeVar("_Row")


def csv_rows(path: Path, name: str, parse: Callable[[Mapping[str, str]], _Row]) -> tuple[_Row, ...]:
    """The parsed rows of a file, in its order.

    ``parse`` takes a row by its headings and raises ValueError where the row is wrong. Raises DataFileError with
    ``name`` and the line of the first wrong row.
    """
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        rows: list[_Row] = []
        for row in reader:
            try:
                if None in row or None in row.values():
                    raise ValueError("the number of fields differs from the heading")
                rows.append(parse(row))
            except KeyError as error:
                raise DataFileError(name, reader.line_num, f"there is no column {error.args[0]}") from error
            except ValueError as error:
                raise DataFileError(name, reader.line_num, str(error)) from error
    return tuple(rows)
