"""JSON lines: one record a line. Blank lines belong to the frame."""

from __future__ import annotations

import json
from collections.abc import Iterator

from jobs.readers.piece import Piece, decoded
from schemas.contracts import Contract


def pieces(content: bytes, contract: Contract) -> Iterator[Piece]:
    position = 0
    while position < len(content):
        newline = content.find(b"\n", position)
        end = len(content) if newline < 0 else newline + 1
        raw, error = decoded(content[position:end], contract.encoding)
        body = raw.lstrip("\ufeff").strip()
        if not body:
            yield Piece("frame", position, end, raw)
        elif error is None and _is_object(body):
            yield Piece("record", position, end, raw)
        else:
            yield Piece("fault", position, end, raw, error=error or "The line is no JSON object; it may be cut off.")
        position = end


def _is_object(body: str) -> bool:
    try:
        return isinstance(json.loads(body), dict)
    except (ValueError, RecursionError):
        return False
