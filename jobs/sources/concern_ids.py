"""Ids of concerns, made from the ids of their sources.

A source id that is personal data (a telephone number, a national id, an e-mail address, a name) is stored as a keyed
hash, because a plain hash of a telephone number can be reversed by trying all numbers. The same id and key always give
the same hash, so ``siang erase`` can find a concern by the id that its source uses.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterator
from itertools import combinations, pairwise

from nlp.mask import PLACEHOLDER
from nlp.mask.number_forms import has_check_digit
from nlp.mask.values import mask_value_with_kinds
from nlp.normalise import normalise
from schemas.contracts import Contract

KEYED = "keyed-"
"""Prefix of a hash that replaces a personal id."""
_LENGTH = 32
# Kinds of personal data that ordinary ids do not look like. Other kinds do: 12/2567 looks like a house number,
# 2025-FB5KRU like a handle.
_PERSONAL_KINDS = frozenset({"NAME", "PHONE", "ID", "EMAIL", "ACCOUNT", "PLATE", "COORDINATES"})
_HANDLE = re.compile(r"@[\w.]{2,}")
_THIRTEEN_DIGITS = re.compile(r"[0-9]{13}")
# A mobile telephone number whose leading 0 a spreadsheet removed.
_LOST_ZERO = re.compile(r"[689][0-9]{8}")
# A UUID, or the file hash and number of a record without an id. Digits in it only look like a telephone number.
_MACHINE_ID = re.compile(r"(?=[^a-f]*[a-f])[0-9a-f]{8}[0-9a-f-]{16,56}(?:/[0-9]+)?", re.IGNORECASE)


def _personal_kinds(part: str) -> frozenset[str]:
    text = normalise(part)
    if _MACHINE_ID.fullmatch(text):
        return frozenset()
    if _THIRTEEN_DIGITS.fullmatch(text) and not has_check_digit(text):
        return frozenset()  # thirteen digits may also be a time or a count
    if _LOST_ZERO.fullmatch(text):
        return frozenset({"PHONE"})
    if _HANDLE.fullmatch(text):
        return frozenset({"HANDLE"})
    return _PERSONAL_KINDS & mask_value_with_kinds(part)[1]


def is_personal(part: str) -> bool:
    """Whether an id, or a part of one, is personal data."""
    return bool(_personal_kinds(part))


def looks_shifted(part: str) -> bool:
    """Whether a part of an id is a text with personal data, which suggests that the columns of its row are shifted.

    A telephone number with spaces is still an id. A name of several words, or personal data among other words, is not.
    """
    if " " not in part or not (kinds := _personal_kinds(part)):
        return False
    return "NAME" in kinds or bool(PLACEHOLDER.sub("", mask_value_with_kinds(part)[0]).strip())


def _digest(key: bytes, *parts: str) -> str:
    if not key:
        raise ValueError("an id that is personal data needs the key of the lake")
    return hmac.new(key, "\x1f".join(parts).encode(), hashlib.sha256).hexdigest()[:_LENGTH]


def source_record_id(namespace: str, parts: tuple[str, ...], key: bytes) -> str:
    """The source's id as it may be stored: its parts joined by ``/``, or a keyed hash where a part is personal data."""
    if any(map(is_personal, parts)):
        return KEYED + _digest(key, "record", namespace, *parts)
    return "/".join(parts)


def concern_id(namespace: str, parts: tuple[str, ...], key: bytes) -> str:
    """The id of a concern: a hash of the namespace and the id of its source, keyed where that is personal data.

    ``key`` is that of the lake (``lake.identity_key``). Raises ValueError where a key is needed and ``key`` is empty.
    """
    if any(map(is_personal, parts)):
        return _digest(key, "concern", namespace, *parts)
    return hashlib.sha256("\x1f".join((namespace, *parts)).encode()).hexdigest()[:_LENGTH]


def possible_concern_ids(contract: Contract, record_id: str, key: bytes) -> list[str]:
    """The concern ids that the id of a record may have, given as its source shows it.

    Parts are joined by ``/``. A part may also contain ``/``, so an id of several parts can have several meanings.
    """
    count = max(1, len(contract.identity.fields))
    return [concern_id(contract.identity.id_namespace, parts, key) for parts in _split_parts(record_id, count)]


def _split_parts(text: str, count: int) -> Iterator[tuple[str, ...]]:
    """All ways to split a text at ``/`` into ``count`` parts."""
    pieces = text.split("/")
    for cuts in combinations(range(1, len(pieces)), count - 1):
        ends = (0, *cuts, len(pieces))
        yield tuple("/".join(pieces[start:end]).strip() for start, end in pairwise(ends))
