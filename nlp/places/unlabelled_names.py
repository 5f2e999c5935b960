"""Names of areas in an address that have no level word before or after them.

A name counts only if it stands alone: it is not part of the name of a road, a building or an organisation.
``within`` is the code of the area in which a name is looked up, or None for the whole country.
"""

from __future__ import annotations

from nlp.places.labelled_areas import find_district, names_of_level
from nlp.places.labelled_names import DISTRICT, LEVEL_WORDS, MAX_NAME_WORDS, PROVINCE, SUBDISTRICT, AddressWords
from nlp.places.names import area_names, areas_named, find_unique
from nlp.places.spelling import fuzzy_match

# The name after one of these words is that of a road, a building or an organisation, even if it is that of an area.
_NOT_AREA_WORDS = """
    ถนน ถ. ถ ซอย ซ. ซ ตรอก แยก สี่แยก สามแยก ห้าแยก ทางหลวง สาย หมู่บ้าน มบ. บ้าน บ. หมู่ ม. หมู่ที่ วัด มัสยิด โรงเรียน
    รร. ร.ร. ตลาด สะพาน คลอง มหาวิทยาลัย วิทยาลัย โรงพยาบาล รพ. รพ.สต. สถานี สภ. สน. โรงแรม
    เทศบาล เทศบาลนคร เทศบาลเมือง เทศบาลตำบล อบต. หอพัก คอนโด อาคาร บริษัท ร้าน ธนาคาร สาขา เขื่อน แม่น้ำ ลำน้ำ
    ปั๊ม สวน ไป - – / road rd rd. soi thanon moo moo. ban village wat bridge hotel bank hospital of
"""
_NOT_AREA = frozenset(_NOT_AREA_WORDS.split())
_NOT_AREA_ENDINGS = ("ถนน", "ซอย", "วัด", "โรงเรียน", "ร้าน", "บ้าน", "สะพาน", "ธนาคาร", "โรงแรม", "สาย", "ไป", "-", "–")
FULL_NAMES_OF_BANGKOK = frozenset(("กรุงเทพมหานคร", "กทม"))


def stands_alone(words: AddressWords, start: int) -> bool:
    """Whether the name that begins at a token is that of an area, and not of a road (ถนน, ซอย) or a subdistrict."""
    if start == 0:
        return True
    tokens, keys = words.tokens, words.keys
    before = tokens[start - 1]
    if before in _NOT_AREA or (before in LEVEL_WORDS and LEVEL_WORDS[before] > 0):
        return False
    if keys[start] in FULL_NAMES_OF_BANGKOK and before.endswith(_NOT_AREA_ENDINGS):
        return False  # such as วัดกรุงเทพมหานคร, which was written without a space
    # In ถนน กรุงเทพ นนทบุรี the first name belongs to the road, so the second name may belong to it too. No road has
    # the full name of Bangkok.
    may_be_road = keys[start - 1] in area_names().provinces and start > 1 and tokens[start - 2] in _NOT_AREA
    return not may_be_road or keys[start] in FULL_NAMES_OF_BANGKOK


def area_at_end(level: int, words: AddressWords, end: int, within: str | None) -> tuple[str, int] | None:
    """The area whose name ends just before a token, and the token at which its name begins.

    The longest name is taken. None if there is no such area or its name does not stand alone.
    """
    end = _skip_commas(words, end)
    starts = words.name_starts(end)
    for start in starts:
        code = find_unique(level, "".join(words.keys[start:end]), within)
        if code is not None:
            return (code, start) if stands_alone(words, start) else None
    if level == PROVINCE and names_of_level(words.labelled, PROVINCE):
        return None
    for start in starts:
        key = "".join(words.keys[start:end])
        if key[4:] and not key[0].isdigit() and (code := fuzzy_match(level, key, within, by_sound=True)):
            return (code, start) if stands_alone(words, start) else None
    return None


def district_at_end(words: AddressWords, start: int, end: int, province: str | None) -> tuple[str, int] | None:
    """The district whose name ends just before ``start``, where the name of the province begins."""
    if province is not None:
        return area_at_end(DISTRICT, words, start, province)
    # An everyday word that is also a province counts as the province after the name of one of its districts.
    area = find_unique(PROVINCE, "".join(words.keys[start:end]), None) if start < end else None
    return area_at_end(DISTRICT, words, start, area) if area else None


def well_known_district_at_end(words: AddressWords, end: int) -> tuple[str, int] | None:
    """The district at the end of an address without level words, if people know it without its province.

    None if a subdistrict of another province has the same name.
    """
    if any(name.level <= SUBDISTRICT for name in words.labelled):
        return None
    end = _skip_commas(words, end)
    for start in words.name_starts(end):
        key = "".join(words.keys[start:end])
        code = area_names().standalone.get(key)
        if code is not None:
            is_unique = all(other.startswith(code[:2]) for other in areas_named(SUBDISTRICT, key, None))
            return (code, start) if is_unique and stands_alone(words, start) else None
    return None


def province_first(words: AddressWords) -> str | None:
    """The smallest area of an address that begins with a province, followed by a district and a subdistrict.

    The names below the province may have level words. None if no district follows.
    """
    hit = _province_at_start(words)
    if hit is None:
        return None
    code, end = hit
    if find_district(words.labelled, code):
        return code
    code, _ = _follow_names(words, code, end)
    return code if len(code) > 2 else None


def whole_address_province_first(words: AddressWords, end: int, province: str) -> str | None:
    """The subdistrict of an address that consists of a province, a district and a subdistrict in this order.

    ``province`` is the province whose name the subdistrict has too.
    """
    hit = None if words.labelled else _province_at_start(words)
    if hit is None or hit[0] == province or hit[1] == end:
        return None
    code, last = _follow_names(words, *hit)
    return code if last == end and len(code) > 4 else None


def _skip_commas(words: AddressWords, end: int) -> int:
    # A comma separates names: a road word before the comma says nothing about the name after it.
    while end and words.tokens[end - 1] == ",":
        end -= 1
    return end


def _province_at_start(words: AddressWords) -> tuple[str, int] | None:
    """The province whose name an address begins with (the longest name), and the token after the name."""
    for stop in range(min(MAX_NAME_WORDS, len(words.keys)), 0, -1):
        code = find_unique(PROVINCE, "".join(words.keys[:stop]), None) if words.keys[stop - 1] else None
        if code is not None:
            return code, stop
    return None


def _follow_names(words: AddressWords, code: str, at: int) -> tuple[str, int]:
    """The smallest area that the names after the name of a province lead to, and the token after its name."""
    for level in (DISTRICT, SUBDISTRICT):
        for stop in range(min(at + MAX_NAME_WORDS, len(words.keys)), at, -1):
            inner = find_unique(level, "".join(words.keys[at:stop]), code) if words.keys[stop - 1] else None
            if inner is not None:
                code, at = inner, stop
                break
        else:
            break
    return code, at
