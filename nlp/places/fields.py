"""Places by official code and by named fields."""

from __future__ import annotations

from functools import lru_cache

from nlp.places.marks import AFTER, LEADING, LONE
from nlp.places.names import LONGEST, bearers, clean, key_of, lookup, names
from nlp.places.place import NOWHERE, Place, flagged, place_of
from nlp.places.spelling import meant
from schemas.area_data import todays_code


@lru_cache(maxsize=65_536)
def by_code(code: str) -> Place:
    """The place of an official code of 2, 4 or 6 digits, of today or abolished."""
    code = clean(code).removeprefix("th")
    while len(code) in (4, 6, 8) and code.endswith("00"):  # 900000 is a way to write province 90
        code = code[:-2]
    area = todays_code(code)
    return NOWHERE if area is None else place_of(area, "code")


def _field_key(name: str) -> str:
    """The key of a name in a field, without the word that says its level."""
    name = clean(name)
    words = name.split(" ")
    if words[0] in LONE:
        return key_of("".join(words[1:]))
    if words[-1] in AFTER:
        return key_of("".join(words[:-1]))
    prefix = LEADING.match(name)
    return key_of(name[prefix.end() :] if prefix and prefix.end() < len(name) else name)


def _named(level: int, key: str, within: str | None) -> str | None:
    found = lookup(level, key, within)
    if found is None and level == 0:
        found = names().abbreviations.get(key)
    return found or (None if len(bearers(level, key, within)) > 1 else meant(level, key, within))


@lru_cache(maxsize=65_536)
def _by_fields(province: str, district: str, subdistrict: str, known: str | None) -> Place:
    keys = [_field_key(name).strip("0123456789") for name in (province, district, subdistrict)]
    code = (_named(0, keys[0], None) or names().alone.get(keys[0])) if keys[0] else known
    if keys[0] and code is None:
        return NOWHERE  # a province that nobody knows makes what lies in it doubtful
    is_open = False
    for level in (1, 2):
        if not keys[level]:
            continue
        found = _named(level, keys[level], code)
        if found is None and level == 1 and keys[2]:
            found = _pair(keys[1], keys[2], code)
        if found is None:
            is_open = len(bearers(level, keys[level], code)) > 1
            break
        code = found
    place = NOWHERE if code is None else place_of(code, "fields")
    return flagged(place, "ambiguous_place") if is_open else place


def _pair(district: str, subdistrict: str, within: str | None) -> str | None:
    """The one district of its name that has a subdistrict of the other name."""
    above = [code for code in bearers(1, district, within) if lookup(2, subdistrict, code)]
    return above[0] if len(above) == 1 else None


def by_fields(province: str, district: str, subdistrict: str, known: str | None) -> Place:
    """Named fields, "" where one is not stated; a name that does not fit the level above is left out.

    ``known`` is the province that other evidence gave, for fields that state none.
    """
    if max(len(province), len(district), len(subdistrict)) > 4 * LONGEST:
        return NOWHERE
    return _by_fields(province, district, subdistrict, known)
