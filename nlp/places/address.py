"""Places in the free text of an address.

Method: the words of an address are read in place, after the word that says their level (อำเภอ, ต.,
Khwaeng …), and the province from the end, where Thai addresses have it. What is left open is decided by
the other parts: the postal code, a district and a subdistrict that only fit each other, the slips of
spelling that can mean one area only.
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
from nlp.places.labelled_names import (
    DISTRICT,
    LEVEL_SUFFIXES,
    LEVEL_WORDS,
    MAX_NAME_WORDS,
    PROVINCE,
    SUBDISTRICT,
    AddressWords,
    split_words,
)
from nlp.places.names import BANGKOK, area_names, areas_named, find_unique, normalise_spelling
from nlp.places.place import NOWHERE, Place, to_place, with_flag
from nlp.places.spelling import fuzzy_match

# The name after one of these is that of a road, a building or a body, whatever else bears it.
_OTHER_WORDS = """
    ถนน ถ. ถ ซอย ซ. ซ ตรอก แยก สี่แยก สามแยก ห้าแยก ทางหลวง สาย หมู่บ้าน มบ. บ้าน บ. หมู่ ม. หมู่ที่ วัด มัสยิด โรงเรียน
    รร. ร.ร. ตลาด สะพาน คลอง มหาวิทยาลัย วิทยาลัย โรงพยาบาล รพ. รพ.สต. สถานี สภ. สน. โรงแรม
    เทศบาล เทศบาลนคร เทศบาลเมือง เทศบาลตำบล อบต. หอพัก คอนโด อาคาร บริษัท ร้าน ธนาคาร สาขา เขื่อน แม่น้ำ ลำน้ำ
    ปั๊ม สวน ไป - – / road rd rd. soi thanon moo moo. ban village wat bridge hotel bank hospital of
"""
_OTHER = frozenset(_OTHER_WORDS.split())
_COUNTRY = frozenset(("ประเทศไทย", "ประเทศ", "ไทย", "thailand", "thailand.", "th"))
_BEARERS = ("ถนน", "ซอย", "วัด", "โรงเรียน", "ร้าน", "บ้าน", "สะพาน", "ธนาคาร", "โรงแรม", "สาย", "ไป", "-", "–")
_EXPLICIT = frozenset(("กรุงเทพมหานคร", "กทม"))
# Names of provinces that are everyday words too: alone at the end they need a second witness.
_EVERYDAY = frozenset(("เลย", "ตาก", "แพร่", "nan", "tak", "loey", "สกล", "จันท์", "กาญจน์", "นนท์", "อุดร"))
_POSTAL = re.compile("[1-9][0-9]{4}")
_VILLAGE = re.compile(r"(?:หมู่ที่|(?<![ก-๙])(?:หมู่|ม\.)|\bmoo)[ .]{0,2}([0-9]{1,2})(?![0-9/])")


def village_no(address: str) -> str | None:
    """The number of the village (หมู่ที่) that an address states, in Arabic digits, or None.

    หมู่บ้าน is a housing estate and says none; where two different numbers stand there is none either.
    """
    found = {number.lstrip("0") for number in _VILLAGE.findall(normalise_spelling(address))} - {""}
    return found.pop() if len(found) == 1 else None


def _free(words: AddressWords, start: int) -> bool:
    """Whether the name that begins at a token stands by itself, not after ถนน, ซอย, ตำบล and the like."""
    if start == 0:
        return True
    tokens, keys = words.tokens, words.keys
    before = tokens[start - 1]
    if before in _OTHER or (before in LEVEL_WORDS and LEVEL_WORDS[before] > 0):
        return False
    if keys[start] in _EXPLICIT and before.endswith(_BEARERS):
        return False  # วัดกรุงเทพมหานคร, which was written together
    # ถนน กรุงเทพ นนทบุรี: the first name is the road's, so the second may be too; no road is named in full so.
    two_names = keys[start - 1] in area_names().provinces and start > 1 and tokens[start - 2] in _OTHER
    return not two_names or keys[start] in _EXPLICIT


def _ending(level: int, words: AddressWords, end: int, within: str | None) -> tuple[str, int] | None:
    """The area whose name stands free and ends just before a token, longest name first; and its beginning."""
    while end and words.tokens[end - 1] == ",":  # it parts names: a road's word before it says nothing of the next
        end -= 1
    starts = words.name_starts(end)
    for start in starts:
        code = find_unique(level, "".join(words.keys[start:end]), within)
        if code is not None:
            return (code, start) if _free(words, start) else None
    if level == PROVINCE and names_of_level(words.labelled, PROVINCE):
        return None
    for start in starts:
        key = "".join(words.keys[start:end])
        if key[4:] and not key[0].isdigit() and (code := fuzzy_match(level, key, within, by_sound=True)):
            return (code, start) if _free(words, start) else None
    return None


def _beginning(words: AddressWords) -> tuple[str, int] | None:
    """The province whose name an address begins with, longest name first; and where the name ends."""
    for stop in range(min(MAX_NAME_WORDS, len(words.keys)), 0, -1):
        code = find_unique(PROVINCE, "".join(words.keys[:stop]), None) if words.keys[stop - 1] else None
        if code is not None:
            return code, stop
    return None


def _stated_province(words: AddressWords, end: int) -> tuple[str | None, int, bool]:
    """The province of an address, where its name begins (the end, if not at the end), if several are named."""
    tokens, keys, labelled = words.tokens, words.keys, words.labelled
    if end and tokens[end - 1] in LEVEL_SUFFIXES:
        end -= 1
    last = _ending(PROVINCE, words, end, None)
    hits = [hit for name in labelled if name.level == PROVINCE and (hit := find_area([name], PROVINCE, None))]
    named = {code for code, _ in hits}
    if any(keys[at] in _EXPLICIT and _free(words, at) for at in range(end)):
        if last and last[0] == BANGKOK:
            return *last, False
        if last and find_area(labelled, DISTRICT, last[0]) and not find_area(labelled, DISTRICT, BANGKOK):
            return *last, False  # the district speaks for the end
        return (BANGKOK if named <= {BANGKOK} else None), end, not named <= {BANGKOK}
    if last and (not named or last[0] in named):
        code, start = last
        alone = start == 0 and end < len(tokens)  # แพร่ ประเทศไทย
        sure = code in named or alone or keys[start] not in _EVERYDAY or find_area(labelled, DISTRICT, code) is not None
        return (code if sure else None), start, False
    if len(named) == 1:
        return *hits[0], False
    return None, last[1] if last else end, len(named) > 1


def _end(words: AddressWords) -> tuple[int, str | None]:
    """Where the names of an address end, and the postal code after them if there is one.

    That is before the country and the postal code; words after a postal code do not count where the name
    before it is that of a province which the postal code serves.
    """
    tokens = words.tokens
    end = len(tokens)
    while end and (tokens[end - 1] in _COUNTRY or not words.keys[end - 1]):
        end -= 1
    for at in range(end - 1, 0, -1):
        if _POSTAL.fullmatch(tokens[at]):
            served = area_names().postal.get(tokens[at], ())
            hit = _ending(PROVINCE, words, at, None)
            if at == end - 1 or (hit and hit[0] in served):
                return at, tokens[at] if served else None
    return end, None


def _by_postal_code(words: AddressWords, end: int, served: tuple[str, ...]) -> str | None:
    """The province that a postal code serves and whose district or subdistrict the address names."""
    fitting = [
        province
        for province in served
        if find_area(words.labelled, DISTRICT, province)
        or (not names_of_level(words.labelled, DISTRICT) and find_area(words.labelled, SUBDISTRICT, province))
        or (not words.labelled and _ending(DISTRICT, words, end, province))
    ]
    return fitting[0] if len(fitting) == 1 else None


def _all_backwards(words: AddressWords, end: int, province: str) -> str | None:
    """The subdistrict of an address that is nothing but a province, a district and a subdistrict of another's name."""
    hit = None if words.labelled else _beginning(words)
    if hit is None or hit[0] == province or hit[1] == end:
        return None
    code, at = _forwards(words, *hit)
    return code if at == end and len(code) > 4 else None


def _backwards(words: AddressWords) -> str | None:
    """Province, district and subdistrict in this order, none of them marked or only those below the province."""
    hit = _beginning(words)
    if hit is None:
        return None
    code, at = hit
    if find_district(words.labelled, code):
        return code
    code, _ = _forwards(words, code, at)
    return code if len(code) > 2 else None


def _forwards(words: AddressWords, code: str, at: int) -> tuple[str, int]:
    """The smallest area that the words after the name of a province go on to, and where they end."""
    for level in (DISTRICT, SUBDISTRICT):
        for stop in range(min(at + MAX_NAME_WORDS, len(words.keys)), at, -1):
            found = find_unique(level, "".join(words.keys[at:stop]), code) if words.keys[stop - 1] else None
            if found is not None:
                code, at = found, stop
                break
        else:
            break
    return code, at


def place_from_address(address: str, known: str | None) -> Place:
    """The place that free text states; ``known`` is the province that better evidence gave."""
    words = split_words(address)
    keys, labelled = words.keys, words.labelled
    end, postal = _end(words)
    served = area_names().postal.get(postal, ()) if postal else ()
    province, start, is_open = _stated_province(words, end)
    if province is not None and (backwards := _all_backwards(words, end, province)):
        return to_place(backwards, "address") if known in (None, backwards[:2]) else NOWHERE
    if known is not None and province not in (None, known):
        return NOWHERE
    if province is None and start < end and len(served) == 1 and keys[start] in _EVERYDAY:
        here = find_unique(PROVINCE, keys[start], None)
        province = here if here in served else None
    code = province = province or known
    if province is None and not is_open:
        code = _by_postal_code(words, end, served) or _backwards(words) or find_by_local_government(labelled, None)
        if code is None and (alone := _alone(words, end)):
            code, start = alone
        if code is not None:
            province = code[:2]
    district = (code, start) if code is not None and len(code) == 4 else find_district(labelled, province)
    if district is None and not names_of_level(labelled, DISTRICT) and (code is None or len(code) == 2):
        district = _bare_district(words, start, end, province)
    code = (district[0] if district else None) or code
    found = find_smallest_area(labelled, province, district)
    if found is None and not names_of_level(labelled, SUBDISTRICT):
        if district is not None:
            hit = _ending(SUBDISTRICT, words, district[1], district[0])
            found = hit[0] if hit else None
        if found is None and (district or not names_of_level(labelled, DISTRICT)):
            found = find_by_local_government(labelled, district[0] if district else province)
    if found is not None and len(found) > len(code or ""):
        code = found
    if code is None and len(served) == 1 and words.tokens[-1] in _COUNTRY:
        code = min(served)
    place = NOWHERE if code is None else to_place(code, "address")
    return with_flag(place, "ambiguous_place") if is_open or is_ambiguous(labelled, code) else place


def _alone(words: AddressWords, end: int) -> tuple[str, int] | None:
    """The district that an address without any mark ends with, where it is known without its province.

    No subdistrict of another province may bear its name.
    """
    if any(name.level <= SUBDISTRICT for name in words.labelled):
        return None
    while end and words.tokens[end - 1] == ",":
        end -= 1
    for start in words.name_starts(end):
        key = "".join(words.keys[start:end])
        code = area_names().standalone.get(key)
        if code is not None:
            is_alone = all(other.startswith(code[:2]) for other in areas_named(SUBDISTRICT, key, None))
            return (code, start) if is_alone and _free(words, start) else None
    return None


def _bare_district(words: AddressWords, start: int, end: int, province: str | None) -> tuple[str, int] | None:
    if province is not None:
        return _ending(DISTRICT, words, start, province)
    # An everyday word that is a province too, after one of its districts.
    area = find_unique(PROVINCE, "".join(words.keys[start:end]), None) if start < end else None
    return _ending(DISTRICT, words, start, area) if area else None
