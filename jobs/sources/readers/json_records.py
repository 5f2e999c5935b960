"""JSON: one record an element of a list; GeoJSON: one a feature of the FeatureCollection.

A record carries the comma and blanks before it, so that the spans tile the file. After an element that is no
JSON the reader takes up again where the next one seems to begin. Records within a record (``nested``, such as
the comments of a post) are pieces of their own: the outer record's text is what stands before and after them,
and the piece of what stands after is empty. The list may be assigned to a name, as in a file of JavaScript.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from jobs.sources.readers.answers import missing
from jobs.sources.readers.json_values import Values, start_of
from jobs.sources.readers.piece import Part, Piece, decoded
from schemas.contracts import Contract

_FEATURE = re.compile(r'\{\s*"type"\s*:\s*"Feature"')
_FIRST_KEY = re.compile(r'\{\s*("(?:[^"\\]|\\.)*")\s*:')
_BROKEN = "The record is no JSON; the file may be cut off or damaged here."


def pieces(content: bytes, contract: Contract) -> Iterator[Piece]:
    text, error = decoded(content, contract.encoding)
    if error is not None:
        yield Piece("fault", 0, len(content), text, error=error)
        return
    if not content:
        return
    path = contract.list_path
    opening = Values(text).list_at(path, start_of(text))
    if opening is None:
        where = f"under {path}" if path else "at its top"
        yield Piece("fault", 0, len(content), text, error=f"The file is no JSON with a list of records {where}.")
        return
    offset = 0
    for part, start, end, raw, sentence in _elements(Values(text), opening, contract):
        first, offset = offset, offset + len(text[start:end].encode(contract.encoding))
        yield Piece(part, first, offset, raw, error=sentence)


_Found = tuple[Part, int, int, str, str | None]


def _elements(values: Values, opening: int, contract: Contract) -> Iterator[_Found]:
    text = values.text
    resume = _FEATURE if contract.format == "geojson" else None
    yield "frame", 0, opening, text[:opening], None
    position, held = opening, 0
    while True:
        body = values.glue(position)
        if body >= len(text):
            sentence = "The file breaks off before its end; land the whole file again."
            yield "fault", position, len(text), text[position:], sentence
            return
        if text[body] == "]":
            yield "frame", position, len(text), text[position:], None
            if sentence := missing(text[:opening] + text[body:], contract.list_path, held):
                yield "fault", len(text), len(text), "", sentence
            return
        held += 1
        end = values.end_of(body)
        if end is not None:
            yield from _with_nested(values, position, body, end, contract.nested)
            if resume is None and (first := _FIRST_KEY.match(text, body)):
                resume = re.compile(r"\{\s*" + re.escape(first.group(1)) + r"\s*:")
        else:
            resumed = resume.search(text, body + 1) if resume else None
            end = resumed.start() if resumed else len(text)
            yield "fault", position, end, text[position:end], _BROKEN
            if resumed is None:
                return
        position = end


def _with_nested(values: Values, start: int, body: int, end: int, nested: str | None) -> Iterator[_Found]:
    """A record from ``start`` (its JSON from ``body``) to ``end``, and the records within it."""
    text = values.text
    opening = values.list_at(nested, body) if nested and text[body] == "{" else None
    inner: list[tuple[int, int]] = []
    reached = opening or 0
    while opening is not None:
        body = values.glue(reached)
        if text[body] == "]":
            break
        inner_end = values.end_of(body)
        if inner_end is None:  # cannot be: the whole record was read
            break
        inner.append((reached, inner_end))
        reached = inner_end
    if opening is None or not inner:
        yield "record", start, end, text[start:end], None
        return
    yield "record", start, opening, text[start:opening] + text[reached:end], None
    for first, last in inner:
        yield "record", first, last, text[first:last], None
    yield "frame", reached, end, "", None
