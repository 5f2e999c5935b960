"""CSV files of schemas, row by row; a wrong row is told with its file and line."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

_Row = TypeVar("_Row")


def csv_rows(path: Path, shown: str, make: Callable[[Mapping[str, str]], _Row]) -> tuple[_Row, ...]:
    """What ``make`` makes of each row. A wrong one is a ValueError that names the file, as ``shown``, and the line."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        rows: list[_Row] = []
        for row in reader:
            try:
                if None in row or None in row.values():
                    raise ValueError("the number of fields differs from the heading")
                rows.append(make(row))
            except (KeyError, ValueError) as error:
                raise ValueError(f"{shown}, line {reader.line_num}: {error}.") from error
    return tuple(rows)
