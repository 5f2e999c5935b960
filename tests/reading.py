"""Pieces of a file put to the proof that `siang reconcile` makes of those in bronze."""

from __future__ import annotations

from collections.abc import Iterable

from jobs.operations.reconcile import problem_of
from jobs.sources.readers.piece import Piece
from schemas.contracts import Contract


def problem_with(pieces: Iterable[Piece], content: bytes, contract: Contract) -> str | None:
    """Why the pieces do not tile the file or do not say what it says, or None."""
    rows = [
        {
            "record_number": number, "part": piece.part, "sheet": piece.sheet, "span_start": piece.start,
            "span_end": piece.end, "raw": piece.raw, "is_erased": False,
        }
        for number, piece in enumerate(pieces)
    ]  # fmt: skip
    return problem_of(rows, content, contract)
