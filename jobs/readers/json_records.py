"""JSON: one record an element of a list; GeoJSON: one a feature of the FeatureCollection.

A record carries the comma and blanks before it, so that the spans tile the file. After an element that is no
JSON the reader takes up again where the next one seems to begin. Records within a record (``nested``, such as
the comments of a post) are pieces of their own: the outer record's text is what stands before and after them,
and the piece of what stands after is empty.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from jobs.readers.piece import Part, Piece, decoded
from schemas.contracts import Contract

_GLUE = re.compile(r"[\s,]*")
_BLANK = re.compile(r"\s*")
_FEATURE = re.compile(r'\{\s*"type"\s*:\s*"Feature"')
_FIRST_KEY = re.compile(r'\{\s*("(?:[^"\\]|\\.)*")\s*:')
_BROKEN = "The record is no JSON; the file may be cut off or damaged here."
_DECODER = json.JSONDecoder()


def pieces(content: bytes, contract: Contract) -> Iterator[Piece]:
    text, error = decoded(content, contract.encoding)
    if error is not None:
        yield Piece("fault", 0, len(content), text, error=error)
        return
    if not content:
        return
    path = "features" if contract.format == "geojson" else contract.records
    opening = _list_at(text, path)
    if opening is None:
        where = f"under {path}" if path else "at its top"
        yield Piece("fault", 0, len(content), text, error=f"The file is no JSON with a list of records {where}.")
        return
    offset = 0
    for part, start, end, raw, sentence in _elements(text, opening, contract):
        first, offset = offset, offset + len(text[start:end].encode(contract.encoding))
        yield Piece(part, first, offset, raw, error=sentence)


_Found = tuple[Part, int, int, str, str | None]


def _elements(text: str, opening: int, contract: Contract) -> Iterator[_Found]:
    resume = _FEATURE if contract.format == "geojson" else None
    yield "frame", 0, opening, text[:opening], None
    position = opening
    while True:
        body = _GLUE.match(text, position).end()  # type: ignore[union-attr]
        if body >= len(text):
            sentence = "The file breaks off before its end; land the whole file again."
            yield "fault", position, len(text), text[position:], sentence
            return
        if text[body] == "]":
            yield "frame", position, len(text), text[position:], None
            return
        end = _end_of(text, body)
        if end is not None:
            yield from _with_nested(text, position, body, end, contract.nested)
            if resume is None and (first := _FIRST_KEY.match(text, body)):
                resume = re.compile(r"\{\s*" + re.escape(first.group(1)) + r"\s*:")
        else:
            resumed = resume.search(text, body + 1) if resume else None
            end = resumed.start() if resumed else len(text)
            yield "fault", position, end, text[position:end], _BROKEN
            if resumed is None:
                return
        position = end


def _with_nested(text: str, start: int, body: int, end: int, nested: str | None) -> Iterator[_Found]:
    """A record from ``start`` (its JSON from ``body``) to ``end``, and the records within it."""
    opening = _list_at(text, nested, body) if nested and text[body] == "{" else None
    inner: list[tuple[int, int]] = []
    reached = opening or 0
    while opening is not None:
        body = _GLUE.match(text, reached).end()  # type: ignore[union-attr]
        if text[body] == "]":
            break
        inner_end = _end_of(text, body)
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


def _end_of(text: str, start: int) -> int | None:
    try:
        return _DECODER.raw_decode(text, start)[1]
    except (ValueError, RecursionError):
        return None


def _list_at(text: str, path: str | None, start: int = 0) -> int | None:
    """Where the first element of the list at a dotted path begins, or None where there is none."""
    position = _BLANK.match(text, start + (1 if text.startswith("\ufeff", start) else 0)).end()  # type: ignore[union-attr]
    for key in path.split(".") if path else []:
        found = _member(text, position, key)
        if found is None:
            return None
        position = found
    return position + 1 if text.startswith("[", position) else None


def _member(text: str, position: int, key: str) -> int | None:
    """Where the value of a member of the object at ``position`` begins; the members before it are skipped."""
    if not text.startswith("{", position):
        return None
    position += 1
    while True:
        position = _GLUE.match(text, position).end()  # type: ignore[union-attr]
        try:
            name, position = _DECODER.raw_decode(text, position)
            position = _BLANK.match(text, position).end()  # type: ignore[union-attr]
            if not text.startswith(":", position):
                return None
            position = _BLANK.match(text, position + 1).end()  # type: ignore[union-attr]
            if name == key:
                return position
            _, position = _DECODER.raw_decode(text, position)
        except (ValueError, RecursionError):
            return None
