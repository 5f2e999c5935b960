"""Masks personal data in a text with placeholders.

Offices, places, dates, amounts, roads, buses, tickets and hotlines are kept, because they describe the concern.
"""

from __future__ import annotations

from nlp.mask.contacts import mask_contacts
from nlp.mask.kinds import KINDS, PLACEHOLDER
from nlp.mask.names import mask_names
from nlp.mask.numbers import mask_numbers

__all__ = ["KINDS", "PLACEHOLDER", "kinds_in", "mask"]

# A placeholder of one round can be evidence for the next round (คุณก้อย [PHONE]).
MAX_ROUNDS = 4


def mask(text: str) -> tuple[str, tuple[str, ...]]:
    """The text with a placeholder (``KINDS``) for each item of personal data, and the kinds of placeholders in it.

    ``[ID]`` is any number of thirteen digits, with or without spaces or dashes. Its checksum is not checked, because a
    mistyped number also identifies a citizen. The words before an item are kept (คุณ[NAME], ทะเบียน [PLATE]). Existing
    placeholders are kept, so masking a masked text changes nothing.

    Kinds are listed once each, in order of appearance. Never raises.
    """
    for _ in range(MAX_ROUNDS):
        before = text
        text = mask_names(mask_numbers(mask_contacts(text)))
        if text == before:
            break
    return text, kinds_in(text)


def kinds_in(text: str) -> tuple[str, ...]:
    """The kinds of placeholders in a text, each once, in order of appearance."""
    return tuple(dict.fromkeys(PLACEHOLDER.findall(text))) if "[" in text else ()
