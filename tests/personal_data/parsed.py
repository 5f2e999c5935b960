"""What is read of planted records, without Spark: the values and reasons that tables would keep."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from jobs.sources.raw_record import masked_values
from jobs.sources.readers.file import read_pieces
from jobs.sources.record_parser import parse
from schemas.contract_files import contracts

OBSERVED = datetime(2025, 11, 30, tzinfo=UTC)


def read(landing: Path) -> Iterator[tuple[str, bytes, bool]]:
    """Of each record below a landing folder: its source, all that is kept and shown of it, whether it is usable."""
    for source_id, contract in contracts().items():
        for path in sorted((landing / source_id).iterdir()):
            headers: dict[str, str] = {}
            for number, piece in enumerate(read_pieces(path.read_bytes(), contract)):
                if piece.part == "header":
                    headers[piece.sheet] = piece.raw
                if piece.part != "record":
                    continue
                header = headers.get(piece.sheet)
                parsed = parse(piece.raw, header, contract, OBSERVED, number, "f" * 64, key=b"of these tests")
                kept = parsed.reasons or parsed.values
                told = json.dumps([kept, masked_values(piece.raw, header, contract)], ensure_ascii=False, default=str)
                yield source_id, told.encode(), not parsed.reasons
