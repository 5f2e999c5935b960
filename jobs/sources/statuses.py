"""The status of a record: the source's label translated by its contract; small differences in spelling are ignored."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from jobs.sources import concern_ids
from nlp.normalise import normalise

UNKNOWN_STATUS = "unknown"
_MAX_LABEL_LENGTH = 80


@lru_cache(maxsize=16384)
def label_key(label: str) -> str:
    """A label without invisible differences: spelling of ำ, invisible characters, spaces, case of Latin letters."""
    return " ".join(normalise(label).split()).casefold()


@lru_cache(maxsize=256)
def _by_key(stated: tuple[tuple[str, str], ...]) -> dict[str, str]:
    return {label_key(label): value for label, value in reversed(stated)}


def lookup_label(label: str, stated: Mapping[str, str]) -> str | None:
    """The value of a label in ``statuses`` or ``origins`` of a contract; None where the contract does not have it."""
    if label in stated:
        return stated[label]
    return _by_key(tuple(stated.items())).get(label_key(label)) if label else None


def looks_shifted(label: str) -> bool:
    """Whether the value of a status field is not a label: it is too long or holds personal data."""
    return len(label) > _MAX_LABEL_LENGTH or concern_ids.is_personal(label)
