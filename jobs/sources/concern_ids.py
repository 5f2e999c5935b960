"""What a concern is known by: its id, made of the id that its source gave it.

An id that is a person's own (a telephone, a national id, an e-mail address, a name) is kept as a keyed hash: of a
plain hash one finds such an id again by trying all telephones there are. The same id gives the same hash with the
same key, so that a concern is still found by the id that its source knows (``siang erase``).
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterator
from itertools import combinations, pairwise

from nlp.mask import PLACEHOLDER
from nlp.mask.values import mask_value_with_kinds
from nlp.normalise import normalise
from schemas.contracts import Contract

KEYED = "keyed-"
"""What a hash begins with that stands in the place of an id."""
_LENGTH = 32
# Of what is masked, the kinds that no id of a register looks like (12/2567 may be a house, 2025-FB5KRU a handle).
_PERSONAL_KINDS = frozenset({"NAME", "PHONE", "ID", "EMAIL", "ACCOUNT", "PLATE", "COORDINATES"})
_HANDLE = re.compile(r"@[\w.]{2,}")
_THIRTEEN_DIGITS = re.compile(r"[0-9]{13}")
# A mobile telephone whose 0 a spreadsheet took for that of a number.
_LOST_ZERO = re.compile(r"[689][0-9]{8}")
# A UUID, or the hash and number of a record without an id: a telephone in it is chance.
_MACHINE_ID = re.compile(r"(?=[^a-f]*[a-f])[0-9a-f]{8}[0-9a-f-]{16,56}(?:/[0-9]+)?", re.IGNORECASE)


def _personal_kinds(part: str) -> frozenset[str]:
    text = normalise(part)
    if _MACHINE_ID.fullmatch(text):
        return frozenset()
    if _THIRTEEN_DIGITS.fullmatch(text) and not _has_check_digit(text):
        return frozenset()  # thirteen digits may be a time or a count too
    if _LOST_ZERO.fullmatch(text):
        return frozenset({"PHONE"})
    if _HANDLE.fullmatch(text):
        return frozenset({"HANDLE"})
    return _PERSONAL_KINDS & mask_value_with_kinds(part)[1]


def _has_check_digit(digits: str) -> bool:
    return (11 - sum(int(digit) * (13 - at) for at, digit in enumerate(digits[:12])) % 11) % 10 == int(digits[12])


def is_personal(part: str) -> bool:
    """Whether an id, or a part of one, is personal data."""
    return bool(_personal_kinds(part))


def looks_shifted(part: str) -> bool:
    """Whether a part of an id is rather words with personal data in them, as where the columns of a row are shifted.

    A telephone written with blanks is an id still; a name of several words, or one among other words, is none.
    """
    if " " not in part or not (kinds := _personal_kinds(part)):
        return False
    return "NAME" in kinds or bool(PLACEHOLDER.sub("", mask_value_with_kinds(part)[0]).strip())


def _digest(key: bytes, *said: str) -> str:
    if not key:
        raise ValueError("an id that is personal data needs the key of the lake")
    return hmac.new(key, "\x1f".join(said).encode(), hashlib.sha256).hexdigest()[:_LENGTH]


def source_record_id(namespace: str, parts: tuple[str, ...], key: bytes) -> str:
    """The source's own id as it may be kept, its parts joined by ``/``; keyed where one of them is personal data."""
    if any(map(is_personal, parts)):
        return KEYED + _digest(key, "record", namespace, *parts)
    return "/".join(parts)


def concern_id(namespace: str, parts: tuple[str, ...], key: bytes) -> str:
    """The id of a concern: a hash of its source's namespace and the source's own id, keyed where that is personal data.

    ``key`` is the lake's (``lake.identity_key``). Raises ValueError where it is empty and needed.
    """
    if any(map(is_personal, parts)):
        return _digest(key, "concern", namespace, *parts)
    return hashlib.sha256("\x1f".join((namespace, *parts)).encode()).hexdigest()[:_LENGTH]


def possible_concern_ids(contract: Contract, record_id: str, key: bytes) -> list[str]:
    """The ids that a concern may have of which a person states the id as the source says it.

    Parts are joined by ``/``, which may stand in a part too, so an id of several parts may be read in several ways.
    """
    parts = max(1, len(contract.identity.fields))
    return [concern_id(contract.identity.id_namespace, one, key) for one in _split_parts(record_id, parts)]


def _split_parts(text: str, parts: int) -> Iterator[tuple[str, ...]]:
    pieces = text.split("/")
    for cuts in combinations(range(1, len(pieces)), parts - 1):
        ends = (0, *cuts, len(pieces))
        yield tuple("/".join(pieces[start:end]).strip() for start, end in pairwise(ends))
