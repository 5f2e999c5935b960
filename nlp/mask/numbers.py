"""Masks numbers of people: ids, telephone numbers, accounts, plates, house numbers, positions."""

from __future__ import annotations

import re

from nlp.mask.accounts import mask_accounts
from nlp.mask.documents import mask_documents
from nlp.mask.houses import mask_houses
from nlp.mask.long_numbers import mask_by_digits
from nlp.mask.phones import mask_labelled_phones
from nlp.mask.positions import mask_named_positions
from nlp.mask.spelt_numbers import mask_spelt_numbers
from nlp.mask.vehicles import mask_vehicles

# ``nlp.clean`` searches a text with fewer digits only for the kinds whose words (``CUES``) it contains.
MIN_DIGITS = 7
_DIGIT = re.compile(r"\d")
# At least seven digits, or degrees; a shorter number is not a number of a person.
_ENOUGH_DIGITS = re.compile(r"\d(?:\D{0,5}\d){6}|°|[A-Z0-9]\+[A-Z0-9]")


def mask_numbers(text: str) -> str:
    """The text with placeholders in the place of numbers of people, homes and vehicles."""
    text = mask_spelt_numbers(text)
    if not _DIGIT.search(text):
        return text
    return mask_vehicles(mask_houses(mask_long_numbers(mask_documents(text))))


def mask_long_numbers(text: str) -> str:
    """The text with ids, telephone numbers, accounts and positions masked, which are found by their digits."""
    if not _ENOUGH_DIGITS.search(text):
        return text
    text = mask_by_digits(mask_named_positions(mask_accounts(text)))
    # Most numbers after a word for telephone are masked already, so few texts reach this step.
    return mask_labelled_phones(text) if _ENOUGH_DIGITS.search(text) else text
