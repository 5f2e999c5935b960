"""Places in the free text of an address.

Method: names are read after or before their level word (อำเภอ, ต., Khwaeng …). A province without a level word is
read from the end, where Thai addresses have it. What is still open is decided by the other parts: the postal code, a
district and a subdistrict that only match each other, and misspelt names that can mean only one area.
"""

from __future__ import annotations

import re

from nlp.places.labelled_areas import (
    find_area,
    find_by_local_government,
    find_district,
    find_smallest_area,
    is_ambiguous,
    names_of_level,
)
from nlp.places.labelled_names import DISTRICT, LEVEL_SUFFIXES, PROVINCE, SUBDISTRICT, AddressWords, split_words
from nlp.places.names import BANGKOK, area_names, find_unique, normalise_spelling
from nlp.places.place import NOWHERE, Place, to_place, with_flag
from nlp.places.unlabelled_names import (
    FULL_NAMES_OF_BANGKOK,
    area_at_end,
    district_at_end,
    province_first,
    stands_alone,
    well_known_district_at_end,
    whole_address_province_first,
)

_COUNTRY = frozenset(("ประเทศไทย", "ประเทศ", "ไทย", "thailand", "thailand.", "th"))
# Names of provinces that are also everyday words: at the end of an address they need further evidence.
_EVERYDAY_WORDS = frozenset(("เลย", "ตาก", "แพร่", "nan", "tak", "loey", "สกล", "จันท์", "กาญจน์", "นนท์", "อุดร"))
_POSTAL_CODE = re.compile("[1-9][0-9]{4}")
_VILLAGE = re.compile(r"(?:หมู่ที่|(?<![ก-๙])(?:หมู่|ม\.)|\bmoo)[ .]{0,2}([0-9]{1,2})(?![0-9/])")


def village_no(address: str) -> str | None:
    """The number of the village (หมู่ที่) in an address, in Arabic digits.

    None if there is no number, or there are two different ones. หมู่บ้าน is a housing estate and has no number.
    """
    numbers = {number.lstrip("0") for number in _VILLAGE.findall(normalise_spelling(address))} - {""}
    return numbers.pop() if len(numbers) == 1 else None


def place_from_address(address: str, known_province: str | None) -> Place:
    """The place in the free text of an address.

    ``known_province`` is the code from stronger evidence. A text with another province gives NOWHERE.
    """
    words = split_words(address)
    end, postal_code = _names_end(words)
    served = area_names().postal.get(postal_code, ()) if postal_code else ()
    province, start, has_several = _stated_province(words, end)
    if province is not None and (code := whole_address_province_first(words, end, province)):
        return to_place(code, "address") if known_province in (None, code[:2]) else NOWHERE
    if known_province is not None and province not in (None, known_province):
        return NOWHERE
    if province is None and start < end and len(served) == 1 and words.keys[start] in _EVERYDAY_WORDS:
        candidate = find_unique(PROVINCE, words.keys[start], None)
        province = candidate if candidate in served else None
    code = province = province or known_province
    if province is None and not has_several:
        code, start = _area_without_province(words, start, end, served)
        province = code and code[:2]
    code = _smallest_area(words, start, end, code, province)
    if code is None and len(served) == 1 and words.tokens[-1] in _COUNTRY:
        code = min(served)
    place = NOWHERE if code is None else to_place(code, "address")
    return with_flag(place, "ambiguous_place") if has_several or is_ambiguous(words.labelled, code) else place


def _names_end(words: AddressWords) -> tuple[int, str | None]:
    """The token at which the names of an address end, and the postal code after them if there is one.

    The names end before the country and the postal code. Words after a postal code are ignored if the name before it
    is that of a province of the postal code.
    """
    tokens = words.tokens
    end = len(tokens)
    while end and (tokens[end - 1] in _COUNTRY or not words.keys[end - 1]):
        end -= 1
    for at in range(end - 1, 0, -1):
        if _POSTAL_CODE.fullmatch(tokens[at]):
            served = area_names().postal.get(tokens[at], ())
            hit = area_at_end(PROVINCE, words, at, None)
            if at == end - 1 or (hit and hit[0] in served):
                return at, tokens[at] if served else None
    return end, None


def _stated_province(words: AddressWords, end: int) -> tuple[str | None, int, bool]:
    """The province of an address, the token at which its name begins, and whether the address has several provinces.

    The token is ``end`` if the name is not at the end.
    """
    if end and words.tokens[end - 1] in LEVEL_SUFFIXES:
        end -= 1
    last = area_at_end(PROVINCE, words, end, None)
    names = names_of_level(words.labelled, PROVINCE)
    hits = [hit for name in names if (hit := find_area([name], PROVINCE, None))]
    labelled_codes = {code for code, _ in hits}
    if any(words.keys[at] in FULL_NAMES_OF_BANGKOK and stands_alone(words, at) for at in range(end)):
        return _province_beside_bangkok(words, end, last, labelled_codes)
    if last and (not labelled_codes or last[0] in labelled_codes):
        code, start = last
        return (code if _is_certain(words, code, start, end, labelled_codes) else None), start, False
    if len(labelled_codes) == 1:
        return *hits[0], False
    return None, last[1] if last else end, len(labelled_codes) > 1


def _province_beside_bangkok(
    words: AddressWords, end: int, last: tuple[str, int] | None, labelled_codes: set[str]
) -> tuple[str | None, int, bool]:
    """As ``_stated_province``, for an address that contains the full name of Bangkok.

    ``last`` is the province at the end, which wins if only that province has the district of the address.
    """
    names = words.labelled
    if last:
        is_bangkok = last[0] == BANGKOK
        if is_bangkok or (find_area(names, DISTRICT, last[0]) and not find_area(names, DISTRICT, BANGKOK)):
            return *last, False
    has_several = not labelled_codes <= {BANGKOK}
    return (None if has_several else BANGKOK), end, has_several


def _is_certain(words: AddressWords, code: str, start: int, end: int, labelled_codes: set[str]) -> bool:
    """Whether the name of a province at the end means the province, and is not an everyday word."""
    is_only_name = start == 0 and end < len(words.tokens)  # แพร่ ประเทศไทย
    return (
        code in labelled_codes
        or is_only_name
        or words.keys[start] not in _EVERYDAY_WORDS
        or find_area(words.labelled, DISTRICT, code) is not None
    )


def _area_without_province(
    words: AddressWords, start: int, end: int, served: tuple[str, ...]
) -> tuple[str | None, int]:
    """The area of an address that states no province, and the token at which names of smaller areas end."""
    code = (
        _province_of_postal_code(words, end, served)
        or province_first(words)
        or find_by_local_government(words.labelled, None)
    )
    if code is None and (district := well_known_district_at_end(words, end)):
        return district
    return code, start


def _province_of_postal_code(words: AddressWords, end: int, served: tuple[str, ...]) -> str | None:
    """The province among those of a postal code in which the district or subdistrict of the address lies."""
    names = words.labelled
    matching = [
        province
        for province in served
        if find_area(names, DISTRICT, province)
        or (not names_of_level(names, DISTRICT) and find_area(names, SUBDISTRICT, province))
        or (not names and area_at_end(DISTRICT, words, end, province))
    ]
    return matching[0] if len(matching) == 1 else None


def _smallest_area(words: AddressWords, start: int, end: int, code: str | None, province: str | None) -> str | None:
    """The smallest area of an address; ``code`` if there is no smaller one.

    ``start`` and ``end`` are the tokens where the name of the province begins and ends.
    """
    names = words.labelled
    district = (code, start) if code is not None and len(code) == 4 else find_district(names, province)
    if district is None and not names_of_level(names, DISTRICT) and (code is None or len(code) == 2):
        district = district_at_end(words, start, end, province)
    code = (district[0] if district else None) or code
    smallest = find_smallest_area(names, province, district)
    if smallest is None and not names_of_level(names, SUBDISTRICT):
        smallest = _unlabelled_subdistrict(words, province, district)
    return smallest if smallest is not None and len(smallest) > len(code or "") else code


def _unlabelled_subdistrict(words: AddressWords, province: str | None, district: tuple[str, int] | None) -> str | None:
    """The subdistrict before the name of the district, or the area of the local government in the address."""
    if district is not None and (hit := area_at_end(SUBDISTRICT, words, district[1], district[0])):
        return hit[0]
    if district or not names_of_level(words.labelled, DISTRICT):
        return find_by_local_government(words.labelled, district[0] if district else province)
    return None
