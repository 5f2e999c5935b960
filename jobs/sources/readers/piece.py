"""What a reader yields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Part = Literal["record", "fault", "header", "frame", "refused"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a file: ``[start, end)`` in bytes of the decoded file (in rows of a sheet), and its text.

    ``error`` is a sentence where ``part`` is ``fault`` or ``refused`` (the whole file), or where a row of a workbook
    is frame only because the workbook hides it. Pieces follow one another without a gap.
    """

    part: Part
    start: int
    end: int
    raw: str
    sheet: str = ""
    error: str | None = None


def decoded(content: bytes, encoding: str) -> tuple[str, str | None]:
    """Text of some bytes, and a sentence where they are not in that encoding (bad bytes become \\xNN)."""
    try:
        return content.decode(encoding), None
    except UnicodeDecodeError as error:
        text = content.decode(encoding, errors="backslashreplace")
        return (
            text,
            f"The bytes from {error.start} on are not {encoding}; state the right encoding in the contract.",
        )
