"""Values as they may stand in a sentence, a log or a list: without personal data, and short."""

from __future__ import annotations

from nlp.mask import mask
from nlp.normalise import normalise

SHOWN = 40
"""Letters of a value that a sentence quotes."""


def masked(text: str) -> str:
    """A text normalised and masked."""
    return mask(normalise(text))[0]


def quoted(value: str) -> str:
    """A value in quotes, cut to SHOWN letters."""
    safe = masked(value)
    return f"«{safe[:SHOWN]}…»" if len(safe) > SHOWN else f"«{safe}»"
