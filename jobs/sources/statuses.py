"""The status of a record: what its contract makes of the source's own label, letter by letter or nearly."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from jobs.sources import concern_ids
from nlp.normalise import normalise

UNKNOWN_STATUS = "unknown"
_LONGEST_LABEL = 80


@lru_cache(maxsize=16384)
def label_key(label: str) -> str:
    """A label without what people do not see: spelling of ำ, invisible letters, blanks, case of Latin letters."""
    return " ".join(normalise(label).split()).casefold()


@lru_cache(maxsize=256)
def _by_key(stated: tuple[tuple[str, str], ...]) -> dict[str, str]:
    return {label_key(label): lookup_label for label, lookup_label in reversed(stated)}


def lookup_label(label: str, stated: Mapping[str, str]) -> str | None:
    """What a contract makes of a label (of ``statuses`` or ``origins``); None where it does not know it."""
    if label in stated:
        return stated[label]
    return _by_key(tuple(stated.items())).get(label_key(label)) if label else None


def looks_shifted(label: str) -> bool:
    """Whether what stands in the place of a status is no label: too long, or with personal data in it."""
    return len(label) > _LONGEST_LABEL or concern_ids.is_personal(label)
