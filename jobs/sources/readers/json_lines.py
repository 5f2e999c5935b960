"""JSON lines: one object per line. Blank lines belong to the frame.

Variants that programs write are read too: a comma after each line, a list with each object on its own line, and
objects that spread over several lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from jobs.sources.readers.json_values import Values
from jobs.sources.readers.piece import Part, Piece, decoded
from schemas.contracts import Contract

_SEPARATORS = re.compile(r"(?:[^\S\n]|[,\ufeff])*")
_LIST_OPENS = re.compile(r"\[\s*(?=\{|\Z)")
_LIST_ENDS = re.compile(r"\][^\S\n]*[,;]?[^\S\n]*(?:\n|\Z)")
_NO_OBJECT = "The line is not a JSON object; it may be cut off."


def pieces(content: bytes, contract: Contract) -> Iterator[Piece]:
    """All pieces of a file with one JSON object per line, in order: records, frame and faults."""
    text, error = decoded(content, contract.encoding)
    if error is None:
        yield from _pieces_of_text(text, contract.encoding)
        return
    # Where bytes are damaged, each line is read alone, so that only the damaged lines are lost.
    position = 0
    while position < len(content):
        newline = content.find(b"\n", position)
        end = len(content) if newline < 0 else newline + 1
        raw, error = decoded(content[position:end], contract.encoding)
        if error is not None:
            yield Piece("fault", position, end, raw, error=error)
        else:
            for piece in _pieces_of_text(raw, contract.encoding):
                yield Piece(piece.part, position + piece.start, position + piece.end, piece.raw, error=piece.error)
        position = end


def _pieces_of_text(text: str, encoding: str) -> Iterator[Piece]:
    values = Values(text)
    position = offset = 0
    while position < len(text):
        part, end = _next_piece(values, position)
        raw = text[position:end]
        size = len(raw.encode(encoding))
        yield Piece(part, offset, offset + size, raw, error=_NO_OBJECT if part == "fault" else None)
        position, offset = end, offset + size


def _next_piece(values: Values, position: int) -> tuple[Part, int]:
    """The part of the piece that begins at ``position``, and where it ends."""
    text = values.text
    body = _SEPARATORS.match(text, position).end()  # pyright: ignore[reportOptionalMemberAccess]
    if text[body : body + 1] in ("", "\n"):
        return "frame", _line_end(text, body)
    if bracket := _LIST_ENDS.match(text, body) or _LIST_OPENS.match(text, body):
        return "frame", bracket.end()
    end = values.end_of(body) if text[body] == "{" else None
    if end is None:
        return "fault", _line_end(text, body)
    after = _SEPARATORS.match(text, end).end()  # pyright: ignore[reportOptionalMemberAccess]
    if text[after : after + 1] in ("", "\n"):
        return "record", _line_end(text, after)
    if text[after] == "{" or _LIST_ENDS.match(text, after):
        return "record", end
    return "fault", _line_end(text, after)


def _line_end(text: str, position: int) -> int:
    newline = text.find("\n", position)
    return len(text) if newline < 0 else newline + 1
