"""Reads a whole file: unpacks it, finds its encoding, and cuts it into pieces with the reader of its format."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from jobs.sources.readers import READERS
from jobs.sources.readers.encoding import UTF16, is_utf16, with_encoding
from jobs.sources.readers.error_responses import error_response_reason
from jobs.sources.readers.piece import Piece
from jobs.sources.readers.unpack import unpack
from schemas.contracts import Contract

MAX_RECORD_LENGTH = 1_000_000
_MAX_SHOWN_LENGTH = 50_000


def read_pieces(content: bytes, contract: Contract) -> Iterator[Piece]:
    """All pieces of a file as it landed. It never raises: errors become pieces of part ``fault``.

    A file that is not an export is one piece of part ``refused`` with a sentence.
    """
    plain, damage = (content, None) if contract.format == "xlsx" else unpack(content)
    contract = with_encoding(contract, plain)
    if contract.format != "xlsx" and is_utf16(plain):
        text = plain.decode("utf-16", errors="backslashreplace")
        yield Piece("fault", 0, len(plain), text[:_MAX_SHOWN_LENGTH], error=UTF16)
        return
    if (reason := error_response_reason(plain, contract)) is not None:
        yield Piece("refused", 0, len(plain), plain.decode(contract.encoding, errors="backslashreplace"), error=reason)
        return
    position, sheet = 0, ""
    try:
        for piece in READERS[contract.format](plain, contract):
            yield piece if len(piece.raw) <= MAX_RECORD_LENGTH else _record_too_long(piece)
            position, sheet = piece.end, piece.sheet
    except Exception as error:
        raw = "" if contract.format == "xlsx" else plain[position:].decode(contract.encoding, errors="backslashreplace")
        end = position + 1 if contract.format == "xlsx" else len(plain)
        name = type(error).__name__
        yield Piece("fault", position, end, raw, sheet, f"The reader failed here ({name}); check the file.")
        position = end
    if damage is not None:
        yield Piece("fault", position, position, "", sheet, damage)


def _record_too_long(piece: Piece) -> Piece:
    return replace(
        piece,
        part="fault",
        raw=piece.raw[:_MAX_SHOWN_LENGTH],
        error=f"The record is over {MAX_RECORD_LENGTH:,} characters long; a quote or bracket may be lost; fix it.",
    )
