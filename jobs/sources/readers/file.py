"""A whole file: unpacked, decoded, and cut into pieces by the reader of its format."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from jobs.sources.readers import READERS
from jobs.sources.readers.answers import failed_answer
from jobs.sources.readers.encoding import UTF16, is_utf16, with_encoding
from jobs.sources.readers.piece import Piece
from jobs.sources.readers.unpack import unpack
from schemas.contracts import Contract

LONGEST_RECORD = 1_000_000
_SHOWN_OF_LONG = 50_000


def read_pieces(content: bytes, contract: Contract) -> Iterator[Piece]:
    """All pieces of a file as it landed. Whatever goes wrong becomes a fault piece; it never raises.

    A file that is no export as a whole is one piece of part ``refused`` with a sentence.
    """
    plain, broken = (content, None) if contract.format == "xlsx" else unpack(content)
    contract = with_encoding(contract, plain)
    if contract.format != "xlsx" and is_utf16(plain):
        text = plain.decode("utf-16", errors="backslashreplace")
        yield Piece("fault", 0, len(plain), text[:_SHOWN_OF_LONG], error=UTF16)
        return
    if (why := failed_answer(plain, contract)) is not None:
        yield Piece("refused", 0, len(plain), plain.decode(contract.encoding, errors="backslashreplace"), error=why)
        return
    reached, sheet = 0, ""
    try:
        for piece in READERS[contract.format](plain, contract):
            yield piece if len(piece.raw) <= LONGEST_RECORD else _too_long(piece)
            reached, sheet = piece.end, piece.sheet
    except Exception as error:
        raw = "" if contract.format == "xlsx" else plain[reached:].decode(contract.encoding, errors="backslashreplace")
        end = reached + 1 if contract.format == "xlsx" else len(plain)
        name = type(error).__name__
        yield Piece("fault", reached, end, raw, sheet, f"The reader gave up here ({name}); check the file.")
        reached = end
    if broken is not None:
        yield Piece("fault", reached, reached, "", sheet, broken)


def _too_long(piece: Piece) -> Piece:
    return replace(
        piece,
        part="fault",
        raw=piece.raw[:_SHOWN_OF_LONG],
        error=f"The record is over {LONGEST_RECORD:,} characters long; a quote or bracket may be lost. Mend the file.",
    )
