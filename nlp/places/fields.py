"""Places by official code and by named fields."""

from __future__ import annotations

from functools import lru_cache

from nlp.places.labelled_names import LEVEL_PREFIX, LEVEL_SUFFIXES, LEVEL_WORDS
from nlp.places.names import MAX_NAME_LENGTH, area_names, areas_named, find_unique, name_key, normalise_spelling
from nlp.places.place import NOWHERE, Place, to_place, with_flag
from nlp.places.spelling import fuzzy_match
from schemas.area_data import todays_code


@lru_cache(maxsize=65_536)
def place_from_code(code: str) -> Place:
    """The place of an official code of 2, 4 or 6 digits, of today or abolished."""
    code = normalise_spelling(code).removeprefix("th")
    while len(code) in (4, 6, 8) and code.endswith("00"):  # 900000 is a way to write province 90
        code = code[:-2]
    area = todays_code(code)
    return NOWHERE if area is None else to_place(area, "code")


def _field_key(name: str) -> str:
    """The key of a name in a field, without the word that says its level."""
    name = normalise_spelling(name)
    words = name.split(" ")
    if words[0] in LEVEL_WORDS:
        return name_key("".join(words[1:]))
    if words[-1] in LEVEL_SUFFIXES:
        return name_key("".join(words[:-1]))
    prefix = LEVEL_PREFIX.match(name)
    return name_key(name[prefix.end() :] if prefix and prefix.end() < len(name) else name)


def _named(level: int, key: str, within: str | None) -> str | None:
    found = find_unique(level, key, within)
    if found is None and level == 0:
        found = area_names().abbreviations.get(key)
    return found or (None if len(areas_named(level, key, within)) > 1 else fuzzy_match(level, key, within))


@lru_cache(maxsize=65_536)
def _by_fields(province: str, district: str, subdistrict: str, known: str | None) -> Place:
    keys = [_field_key(name).strip("0123456789") for name in (province, district, subdistrict)]
    code = (_named(0, keys[0], None) or area_names().standalone.get(keys[0])) if keys[0] else known
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
            is_open = len(areas_named(level, keys[level], code)) > 1
            break
        code = found
    place = NOWHERE if code is None else to_place(code, "fields")
    return with_flag(place, "ambiguous_place") if is_open else place


def _pair(district: str, subdistrict: str, within: str | None) -> str | None:
    """The one district of its name that has a subdistrict of the other name."""
    above = [code for code in areas_named(1, district, within) if find_unique(2, subdistrict, code)]
    return above[0] if len(above) == 1 else None


def place_from_fields(province: str, district: str, subdistrict: str, known: str | None) -> Place:
    """Named fields, "" where one is not stated; a name that does not fit the level above is left out.

    ``known`` is the province that other evidence gave, for fields that state none.
    """
    if max(len(province), len(district), len(subdistrict)) > 4 * MAX_NAME_LENGTH:
        return NOWHERE
    return _by_fields(province, district, subdistrict, known)
