"""A piece of a file, as readers yield it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Part = Literal["record", "fault", "header", "frame", "refused"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a file. Pieces follow one another without gaps.

    Attributes:
        part: ``record``; ``fault`` (cannot be read); ``header`` (headings); ``frame`` (everything else around the
            records); ``refused`` (the whole file is not an export).
        start, end: the span ``[start, end)`` in bytes of the unpacked file, in a workbook in rows of the sheet from 0.
        raw: its text.
        sheet: the name of its sheet; empty outside workbooks.
        error: a sentence where ``part`` is ``fault`` or ``refused``, or where the row is frame because it is hidden.
    """

    part: Part
    start: int
    end: int
    raw: str
    sheet: str = ""
    error: str | None = None


def decoded(content: bytes, encoding: str) -> tuple[str, str | None]:
    r"""The text of bytes, and a sentence where they are not in that encoding (invalid bytes become ``\xNN``)."""
    try:
        return content.decode(encoding), None
    except UnicodeDecodeError as error:
        text = content.decode(encoding, errors="backslashreplace")
        return (
            text,
            f"The bytes from {error.start} on are not {encoding}; set the right encoding in the contract.",
        )
