"""Personal data that a citizen leaves in a text, and what stands in its place.

Offices, places, dates, sums, roads, buses, tickets and hotlines stay: they say what a concern is about.
"""

from __future__ import annotations

from nlp.mask.contacts import mask_contacts
from nlp.mask.kinds import KINDS, PLACEHOLDER
from nlp.mask.names import mask_names
from nlp.mask.numbers import mask_numbers

__all__ = ["KINDS", "PLACEHOLDER", "kinds_in", "mask"]

# What one round masks may tell the next one more (คุณก้อย [PHONE]).
MAX_ROUNDS = 4


def mask(text: str) -> tuple[str, tuple[str, ...]]:
    """Put a typed placeholder (``KINDS``) in the place of what tells who or whose.

    ``[ID]`` is any thirteen digits, with spaces or dashes between them or not; its checksum is not asked,
    for a citizen who mistypes it still gives it away. The words before a secret stay (คุณ[NAME], ทะเบียน [PLATE]).
    Placeholders that stand already are kept, so that masking again changes nothing.

    Returns the text and the kinds that stand in it masked, each once, in order of appearance. Never raises.
    """
    for _ in range(MAX_ROUNDS):
        before = text
        text = mask_names(mask_numbers(mask_contacts(text)))
        if text == before:
            break
    return text, kinds_in(text)


def kinds_in(text: str) -> tuple[str, ...]:
    """The kinds that stand masked in a text, each once, in order of appearance."""
    return tuple(dict.fromkeys(PLACEHOLDER.findall(text))) if "[" in text else ()
