"""Readers: cut a file into pieces whose spans cover it without gaps, in bytes (in a workbook: rows of a sheet).

A reader drops nothing: content that it cannot read becomes a piece of part ``fault`` with a sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from jobs.sources.readers import delimited, json_lines, json_records, workbook
from jobs.sources.readers.piece import Piece
from schemas.contracts import Contract

Reader = Callable[[bytes, Contract], Iterator[Piece]]

READERS: dict[str, Reader] = {
    "geojson": json_records.pieces,
    "json": json_records.pieces,
    "json_lines": json_lines.pieces,
    "csv": delimited.pieces,
    "xlsx": workbook.pieces,
}
