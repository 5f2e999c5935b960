"""Invented personal data, each item once, and the ways in which a program may have written it."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from schemas.area_data import districts, subdistricts

_CONSONANTS = "กขคจชดตถทนบปพมยรลวสห"
_GIVEN = ("สม", "วิ", "ประ", "สุ", "ธี", "ณัฐ", "พงษ์", "กิตติ", "อนุ", "ชัย", "พร", "ศักดิ์", "รัตน์", "วัฒน์", "เดช")
_FAMILY = ("ศรี", "ทอง", "แก้ว", "วงศ์", "บุญ", "รัตน", "พันธุ์", "สุวรรณ", "เจริญ", "ไพบูลย์", "กุล", "ภักดี", "อุดม", "สกุล")


@dataclass(frozen=True)
class Item:
    """A personal item.

    Attributes:
        written: as it stands in the planted field.
        spellings: what would give it away wherever it stands, as bytes.
    """

    kind: str
    written: str
    spellings: tuple[bytes, ...]


@cache
def _places() -> str:
    """The names of all areas: a person's name within one would be found where the area is meant."""
    return " ".join([one.subdistrict_th for one in subdistricts()] + [one.district_th for one in districts()])


def _word(rng: random.Random, parts: tuple[str, ...], count: int) -> str:
    return "".join(rng.sample(parts, count))


def _phone(rng: random.Random) -> Item:
    digits = rng.choice(("06", "08", "09")) + f"{rng.randrange(10**8):08d}"
    written = rng.choice((digits, f"{digits[:3]}-{digits[3:6]}-{digits[6:]}"))
    return Item("phone", written, (*_texts(digits, digits[1:], written), *_numbers(int(digits))))


def _national_id(rng: random.Random) -> Item:
    digits = f"{rng.randrange(1, 9)}{rng.randrange(10**11):011d}"
    check = (11 - sum(int(digit) * (13 - at) for at, digit in enumerate(digits)) % 11) % 10
    digits += str(check)
    spread = f"{digits[0]}-{digits[1:5]}-{digits[5:10]}-{digits[10:12]}-{digits[12]}"
    return Item("national id", rng.choice((digits, spread)), (*_texts(digits, spread), *_numbers(int(digits))))


def _email(rng: random.Random) -> Item:
    name = "".join(rng.choice("abcdefghijkmnoprstuvw") for _ in range(9)) + str(rng.randrange(100, 999))
    return Item("e-mail", f"{name}@example.org", _texts(name))


def _name(rng: random.Random) -> Item:
    first, last = "", ""
    while not first or first in _places() or last in _places():
        first, last = _word(rng, _GIVEN, 2), _word(rng, _FAMILY, 2)
    title = rng.choice(("นาย", "นาง", "นางสาว", "น.ส.", "ด.ช."))
    return Item("name", f"{title}{first} {last}", _texts(first, last))


def _plate(rng: random.Random) -> Item:
    plate = f"{rng.randrange(1, 9)}{rng.choice(_CONSONANTS)}{rng.choice(_CONSONANTS)} {rng.randrange(1000, 9999)}"
    return Item("plate", f"รถทะเบียน {plate} ยะลา", _texts(plate))


def _coordinates(rng: random.Random) -> Item:
    latitude, longitude = (f"{rng.randrange(6_100_001, 6_899_999) / 1e6:.6f}", f"{100 + rng.random():.6f}")
    doubles = (struct.pack("<d", float(latitude)), struct.pack("<d", float(longitude)))
    return Item("coordinates", f"{latitude}, {longitude}", (*_texts(latitude, longitude), *doubles))


def exact(degrees: str) -> Item:
    """A coordinate as a source states it, in a field that is one."""
    return Item("exact", degrees, (degrees.encode(), struct.pack("<d", float(degrees))))


KINDS: tuple[Callable[[random.Random], Item], ...] = (_phone, _national_id, _email, _name, _plate, _coordinates)


def _texts(*texts: str) -> tuple[bytes, ...]:
    """In UTF-8, and in JSON that escapes what is not ASCII."""
    plain = [text.encode() for text in texts]
    escaped = [text.encode("ascii", "backslashreplace") for text in texts if not text.isascii()]
    return tuple(dict.fromkeys([*plain, *escaped]))


def _numbers(number: int) -> tuple[bytes, ...]:
    """As Parquet keeps it, where a reader took it for a number."""
    return struct.pack("<q", number), struct.pack("<d", float(number))


def items(seed: int) -> Iterator[Item]:
    """Items without end, the kinds in turn."""
    rng = random.Random(seed)
    while True:
        for kind in KINDS:
            yield kind(rng)
