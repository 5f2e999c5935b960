"""Masks and shortens values of fields for messages, logs and lists."""

from __future__ import annotations

import re
from functools import lru_cache

from nlp.mask import kinds_in, mask_by_rules
from nlp.normalise import normalise

MAX_QUOTED = 40
"""The maximum number of characters of a quoted value."""


# In a text a title after a word for a place (road, market) is part of the name of the place; in a field it begins the
# name of a person.
_BEFORE_TITLE = re.compile(r"\s(?=นาย|นาง|น\.ส\.|ด\.[ชญ]\.)")


def mask_value(value: str) -> str:
    """The value of a field, normalised and masked."""
    return mask_value_with_kinds(value)[0]


# Most values of fields repeat: agencies, statuses, names of places.
@lru_cache(maxsize=8_192)
def mask_value_with_kinds(value: str) -> tuple[str, frozenset[str]]:
    """The value of a field, normalised and masked, and the kinds of personal data in it."""
    # The model of names has learnt from sentences; in an id or the name of an office it would find names that are none.
    text = mask_by_rules(normalise(value))
    parts = [mask_by_rules(part) for part in _BEFORE_TITLE.split(text)]
    return " ".join(parts), frozenset(kinds_in(text)).union(*map(kinds_in, parts))


def quote_value(value: str) -> str:
    """The masked value in quotation marks, cut to MAX_QUOTED characters."""
    safe = mask_value(value)
    return f"«{safe[:MAX_QUOTED]}…»" if len(safe) > MAX_QUOTED else f"«{safe}»"
