"""Values as they may stand in a sentence, a log or a list: without personal data, and short."""

from __future__ import annotations

import re

from nlp.mask import mask
from nlp.normalise import normalise

MAX_QUOTED = 40
"""Letters of a value that a sentence quotes."""


# In a text a title after the word for a road or a market names that place; in a field it begins a name.
_BEFORE_TITLE = re.compile(r"\s(?=นาย|นาง|น\.ส\.|ด\.[ชญ]\.)")


def mask_value(value: str) -> str:
    """The value of a field normalised and masked."""
    return mask_value_with_kinds(value)[0]


def mask_value_with_kinds(value: str) -> tuple[str, frozenset[str]]:
    """The value of a field normalised and masked, and the kinds of personal data that were found in it."""
    text, kinds = mask(normalise(value))
    parts = [mask(part) for part in _BEFORE_TITLE.split(text)]
    return " ".join(part for part, _ in parts), frozenset(kinds).union(*(found for _, found in parts))


def quote_value(value: str) -> str:
    """A value in quotes, cut to SHOWN letters."""
    safe = mask_value(value)
    return f"«{safe[:MAX_QUOTED]}…»" if len(safe) > MAX_QUOTED else f"«{safe}»"
