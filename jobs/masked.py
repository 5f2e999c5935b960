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
    return " ".join(mask(part)[0] for part in _BEFORE_TITLE.split(mask(normalise(value))[0]))


def quoted(value: str) -> str:
    """A value in quotes, cut to SHOWN letters."""
    safe = masked(value)
    return f"«{safe[:SHOWN]}…»" if len(safe) > SHOWN else f"«{safe}»"
