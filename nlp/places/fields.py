"""Places from an official code and from separate fields for province, district and subdistrict."""

from __future__ import annotations

from functools import lru_cache

from nlp.places.labelled_names import LEVEL_PREFIX, LEVEL_SUFFIXES, LEVEL_WORDS
from nlp.places.names import MAX_NAME_LENGTH, area_names, areas_named, find_unique, name_key, normalise_spelling
from nlp.places.place import NOWHERE, Place, to_place, with_flag
from nlp.places.spelling import fuzzy_match
from schemas.area_data import todays_code


@lru_cache(maxsize=65_536)
def place_from_code(code: str) -> Place:
    """The place with an official code of 2, 4 or 6 digits, current or abolished."""
    code = normalise_spelling(code).removeprefix("th")
    while len(code) in (4, 6, 8) and code.endswith("00"):  # 900000 is another form of province 90
        code = code[:-2]
    area = todays_code(code)
    return NOWHERE if area is None else to_place(area, "code")


def _field_key(name: str) -> str:
    """The key of a name in a field, without its level word."""
    name = normalise_spelling(name)
    words = name.split(" ")
    if words[0] in LEVEL_WORDS:
        return name_key("".join(words[1:]))
    if words[-1] in LEVEL_SUFFIXES:
        return name_key("".join(words[:-1]))
    prefix = LEVEL_PREFIX.match(name)
    return name_key(name[prefix.end() :] if prefix and prefix.end() < len(name) else name)


def _find(level: int, key: str, within: str | None) -> str | None:
    """The code of the area with a name, also if it is an abbreviation or misspelt."""
    code = find_unique(level, key, within)
    if code is None and level == 0:
        code = area_names().abbreviations.get(key)
    return code or (None if len(areas_named(level, key, within)) > 1 else fuzzy_match(level, key, within))


@lru_cache(maxsize=65_536)
def _place_from_fields(province: str, district: str, subdistrict: str, known_province: str | None) -> Place:
    keys = [_field_key(name).strip("0123456789") for name in (province, district, subdistrict)]
    code = (_find(0, keys[0], None) or area_names().standalone.get(keys[0])) if keys[0] else known_province
    if keys[0] and code is None:
        return NOWHERE  # if the province is unknown, the district and subdistrict are doubtful too
    is_ambiguous = False
    for level in (1, 2):
        if not keys[level]:
            continue
        inner = _find(level, keys[level], code)
        if inner is None and level == 1 and keys[2]:
            inner = _district_of_pair(keys[1], keys[2], code)
        if inner is None:
            is_ambiguous = len(areas_named(level, keys[level], code)) > 1
            break
        code = inner
    place = NOWHERE if code is None else to_place(code, "fields")
    return with_flag(place, "ambiguous_place") if is_ambiguous else place


def _district_of_pair(district: str, subdistrict: str, within: str | None) -> str | None:
    """The only district with the name ``district`` that contains a subdistrict with the name ``subdistrict``."""
    codes = [code for code in areas_named(1, district, within) if find_unique(2, subdistrict, code)]
    return codes[0] if len(codes) == 1 else None


def place_from_fields(province: str, district: str, subdistrict: str, known_province: str | None) -> Place:
    """The place from fields, "" for a missing one. A name that does not match the level above is left out.

    ``known_province`` is the code from other evidence, for records without a province field.
    """
    if max(len(province), len(district), len(subdistrict)) > 4 * MAX_NAME_LENGTH:
        return NOWHERE
    return _place_from_fields(province, district, subdistrict, known_province)
