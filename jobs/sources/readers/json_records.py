"""JSON: each element of a list is a record; GeoJSON: each feature of the FeatureCollection is a record.

A piece includes the comma and spaces before its record, so that the spans cover the file. After an element that is not
valid JSON, the reader continues where the next element seems to begin. Records within a record (``nested``, such as
the comments of a post) are pieces of their own: the text of the outer record is the text before and after them, and a
piece of part ``frame`` without text covers the span after them. The list may be assigned to a name, as in JavaScript.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from jobs.sources.readers.error_responses import missing_records_error
from jobs.sources.readers.json_values import Values, start_of
from jobs.sources.readers.piece import Part, Piece, decoded
from schemas.contracts import Contract

_FEATURE = re.compile(r'\{\s*"type"\s*:\s*"Feature"')
_FIRST_KEY = re.compile(r'\{\s*("(?:[^"\\]|\\.)*")\s*:')
_INVALID_RECORD = "The record is not valid JSON; the file may be cut off or damaged here."


def pieces(content: bytes, contract: Contract) -> Iterator[Piece]:
    """All pieces of a JSON file with one list of records, in order; a single fault if the list cannot be found."""
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
        yield Piece("fault", 0, len(content), text, error=f"The file is not JSON with a list of records {where}.")
        return
    offset = 0
    for part, start, end, raw, sentence in _elements(Values(text), opening, contract):
        first, offset = offset, offset + len(text[start:end].encode(contract.encoding))
        yield Piece(part, first, offset, raw, error=sentence)


_Element = tuple[Part, int, int, str, str | None]
"""Part, start and end in letters, raw text, and error of a piece."""


def _elements(values: Values, opening: int, contract: Contract) -> Iterator[_Element]:
    """The pieces of a text whose list begins at ``opening``."""
    text = values.text
    resume = _FEATURE if contract.format == "geojson" else None
    yield "frame", 0, opening, text[:opening], None
    position, record_count = opening, 0
    while True:
        body = values.skip_separators(position)
        if body >= len(text):
            sentence = "The file ends before its list does; land the whole file again."
            yield "fault", position, len(text), text[position:], sentence
            return
        if text[body] == "]":
            yield "frame", position, len(text), text[position:], None
            if sentence := missing_records_error(text[:opening] + text[body:], contract.list_path, record_count):
                yield "fault", len(text), len(text), "", sentence
            return
        record_count += 1
        end = values.end_of(body)
        if end is not None:
            yield from _with_nested_records(values, position, body, end, contract.nested)
            if resume is None and (first := _FIRST_KEY.match(text, body)):
                resume = re.compile(r"\{\s*" + re.escape(first.group(1)) + r"\s*:")
        else:
            resumed = resume.search(text, body + 1) if resume else None
            end = resumed.start() if resumed else len(text)
            yield "fault", position, end, text[position:end], _INVALID_RECORD
            if resumed is None:
                return
        position = end


def _with_nested_records(values: Values, start: int, body: int, end: int, nested: str | None) -> Iterator[_Element]:
    """The pieces of a record from ``start`` (its JSON from ``body``) to ``end``, and of the records within it."""
    text = values.text
    opening = values.list_at(nested, body) if nested and text[body] == "{" else None
    inner: list[tuple[int, int]] = []
    position = opening or 0
    while opening is not None:
        body = values.skip_separators(position)
        if text[body] == "]":
            break
        inner_end = values.end_of(body)
        if inner_end is None:  # impossible: the whole record is valid JSON
            break
        inner.append((position, inner_end))
        position = inner_end
    if opening is None or not inner:
        yield "record", start, end, text[start:end], None
        return
    yield "record", start, opening, text[start:opening] + text[position:end], None
    for first, last in inner:
        yield "record", first, last, text[first:last], None
    yield "frame", position, end, "", None
