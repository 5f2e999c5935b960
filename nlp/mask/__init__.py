"""Masks personal data in a text with placeholders.

Offices, places, dates, amounts, roads, buses, tickets and hotlines are kept, because they describe the concern.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nlp.mask.contacts import mask_contacts
from nlp.mask.kinds import KINDS, PLACEHOLDER
from nlp.mask.learnt_names import mask_learnt_names
from nlp.mask.names import mask_names
from nlp.mask.numbers import mask_numbers

__all__ = ["KINDS", "PLACEHOLDER", "kinds_in", "mask", "mask_by_rules", "mask_with"]

RULES = (mask_contacts, mask_numbers, mask_names)
"""The rules, each of which returns the text with what it masks replaced."""

# A placeholder of one round can be evidence for the next round (คุณก้อย [PHONE]).
MAX_ROUNDS = 4
# A name that the model finds can be evidence for another name beside it.
MAX_LEARNT_ROUNDS = 8


def mask(text: str) -> tuple[str, tuple[str, ...]]:
    """The text with a placeholder (``KINDS``) for each item of personal data, and the kinds of placeholders in it.

    ``[ID]`` is any number of thirteen digits, with or without spaces or dashes. Its checksum is not checked, because a
    mistyped number also identifies a citizen. The words before an item are kept (คุณ[NAME], ทะเบียน [PLATE]). Existing
    placeholders are kept, so masking a masked text changes nothing.

    Kinds are listed once each, in order of appearance. Never raises.
    """
    text = mask_with(mask_learnt_names, text)
    return text, kinds_in(text)


def mask_with(mask_more: Callable[[str], str], text: str, rules: Sequence[Callable[[str], str]] = RULES) -> str:
    """The text, masked by rules and by a function that masks more, in turns until neither changes anything."""
    for _ in range(MAX_LEARNT_ROUNDS):
        before = mask_by_rules(text, rules)
        text = mask_more(before)
        if text == before:
            break
    return text


def mask_by_rules(text: str, rules: Sequence[Callable[[str], str]] = RULES) -> str:
    """The text, masked by rules alone; ``rules`` are those that the text may need, in their order."""
    for _ in range(MAX_ROUNDS):
        before = text
        for rule in rules:
            text = rule(text)
        if text == before:
            break
    return text


def kinds_in(text: str) -> tuple[str, ...]:
    """The kinds of placeholders in a text, each once, in order of appearance."""
    return tuple(dict.fromkeys(PLACEHOLDER.findall(text))) if "[" in text else ()
