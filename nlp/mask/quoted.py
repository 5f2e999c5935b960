"""Values as they may stand in a sentence, a log or a list: without personal data, and short."""

from __future__ import annotations

import re

from nlp.mask import mask
from nlp.normalise import normalise

SHOWN = 40
"""Letters of a value that a sentence quotes."""


# In a text a title after the word for a road or a market names that place; in a field it begins a name.
_BEFORE_TITLE = re.compile(r"\s(?=นาย|นาง|น\.ส\.|ด\.[ชญ]\.)")


def masked(value: str) -> str:
    """The value of a field normalised and masked."""
    return masked_with_kinds(value)[0]


def masked_with_kinds(value: str) -> tuple[str, frozenset[str]]:
    """The value of a field normalised and masked, and the kinds of personal data that were found in it."""
    text, kinds = mask(normalise(value))
    parts = [mask(part) for part in _BEFORE_TITLE.split(text)]
    return " ".join(part for part, _ in parts), frozenset(kinds).union(*(found for _, found in parts))


def quoted(value: str) -> str:
    """A value in quotes, cut to SHOWN letters."""
    safe = masked(value)
    return f"«{safe[:SHOWN]}…»" if len(safe) > SHOWN else f"«{safe}»"
