"""Where bytes of personal items stand on disk: in files as they lie, and in what Parquet, ZIP and gzip hold."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq


def files_below(*roots: Path) -> Iterator[Path]:
    """All files below folders, hidden ones too."""
    for root in roots:
        yield from (path for path in sorted(root.rglob("*")) if path.is_file())


def contents(path: Path) -> Iterator[bytes]:
    """The bytes of a file, and those of what is packed in it."""
    plain = path.read_bytes()
    yield plain
    yield from _unpacked(plain)


def _unpacked(plain: bytes) -> Iterator[bytes]:
    if plain[:4] == b"PAR1":
        yield _parquet(plain)
    elif plain[:2] == b"\x1f\x8b":
        yield gzip.decompress(plain)
    elif plain[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(plain)) as archive:
            for name in archive.namelist():
                member = archive.read(name)
                yield member
                yield from _unpacked(member)


def _parquet(plain: bytes) -> bytes:
    """The rows as JSON lines, and what the footer says of each column of each row group."""
    file = pq.ParquetFile(pa.BufferReader(plain))
    lines = [json.dumps(row, ensure_ascii=False, default=str) for row in file.read().to_pylist()]
    metadata = file.metadata
    lines += [
        str(metadata.row_group(group).column(column).statistics)
        for group in range(metadata.num_row_groups)
        for column in range(metadata.num_columns)
    ]
    return "\n".join(lines).encode()


class Finder:
    """Looks for many spellings at once, each wherever it begins, in one pass over the bytes (Aho and Corasick)."""

    def __init__(self, spellings: Iterable[bytes]) -> None:
        # Every byte is one letter of Latin-1, so that a search for text is one for bytes.
        self._spellings = sorted({spelling.decode("latin-1") for spelling in spellings})

    def found(self, parts: Iterable[bytes]) -> set[bytes]:
        texts = pl.Series([part.decode("latin-1") for part in parts], dtype=pl.String)
        matches = texts.str.extract_many(self._spellings, overlapping=True)
        return {spelling.encode("latin-1") for one in matches for spelling in one}


def holders(spellings: Iterable[bytes], *roots: Path) -> list[Path]:
    """The files below folders that hold any of the spellings."""
    finder = Finder(spellings)
    return [path for path in files_below(*roots) if finder.found(contents(path))]
