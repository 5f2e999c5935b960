"""GeoJSON: one record a feature of the FeatureCollection.

A feature carries the comma and blanks before it, so that the spans tile the file. After a feature that is
no JSON the reader takes up again at the next ``{"type": "Feature"``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from jobs.readers.piece import Part, Piece, decoded
from schemas.contracts import Contract

_FEATURES = re.compile(r'"features"\s*:\s*\[')
_GLUE = re.compile(r"[\s,]*")
_FEATURE = re.compile(r'\{\s*"type"\s*:\s*"Feature"')


def pieces(content: bytes, contract: Contract) -> Iterator[Piece]:
    text, error = decoded(content, contract.encoding)
    if error is not None:
        yield Piece("fault", 0, len(content), text, error=error)
        return
    if not content:
        return
    opening = _FEATURES.search(text)
    if opening is None:
        yield Piece("fault", 0, len(content), text, error="The file is no FeatureCollection; it has no features.")
        return
    offset = 0

    def piece(part: Part, start: int, end: int, sentence: str | None = None) -> Piece:
        nonlocal offset
        raw = text[start:end]
        first, offset = offset, offset + len(raw.encode(contract.encoding))
        return Piece(part, first, offset, raw, error=sentence)

    yield piece("frame", 0, opening.end())
    decoder = json.JSONDecoder()
    position = opening.end()
    while True:
        body = _GLUE.match(text, position).end()  # type: ignore[union-attr]
        if body >= len(text):
            yield piece("fault", position, len(text), "The file breaks off before its end; land the whole file again.")
            return
        if text[body] == "]":
            yield piece("frame", position, len(text))
            return
        try:
            _, end = decoder.raw_decode(text, body)
            yield piece("record", position, end)
        except (ValueError, RecursionError):
            resumed = _FEATURE.search(text, body + 1)
            end = resumed.start() if resumed else len(text)
            yield piece("fault", position, end, "The feature is no JSON; the file may be cut off or damaged here.")
            if resumed is None:
                return
        position = end
