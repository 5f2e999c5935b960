"""Places in the free text of an address.

Method: the words of an address are read in place, after the word that says their level (อำเภอ, ต.,
Khwaeng …), and the province from the end, where Thai addresses have it. What is left open is decided by
the other parts: the postal code, a district and a subdistrict that only fit each other, the slips of
spelling that can mean one area only.
"""

from __future__ import annotations

import re

from nlp.places.marked import by_body, is_ambiguous, marked, marked_district, of_level, read
from nlp.places.marks import AFTER, DISTRICT, LONE, MOST_WORDS, PROVINCE, SUBDISTRICT, Words, words_of
from nlp.places.names import BANGKOK, bearers, clean, lookup, names
from nlp.places.place import NOWHERE, Place, flagged, place_of
from nlp.places.spelling import meant

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
    found = {number.lstrip("0") for number in _VILLAGE.findall(clean(address))} - {""}
    return found.pop() if len(found) == 1 else None


def _free(words: Words, start: int) -> bool:
    """Whether the name that begins at a token stands by itself, not after ถนน, ซอย, ตำบล and the like."""
    if start == 0:
        return True
    tokens, keys = words.tokens, words.keys
    before = tokens[start - 1]
    if before in _OTHER or (before in LONE and LONE[before] > 0):
        return False
    if keys[start] in _EXPLICIT and before.endswith(_BEARERS):
        return False  # วัดกรุงเทพมหานคร, which was written together
    # ถนน กรุงเทพ นนทบุรี: the first name is the road's, so the second may be too; no road is named in full so.
    two_names = keys[start - 1] in names().provinces and start > 1 and tokens[start - 2] in _OTHER
    return not two_names or keys[start] in _EXPLICIT


def _ending(level: int, words: Words, end: int, within: str | None) -> tuple[str, int] | None:
    """The area whose name stands free and ends just before a token, longest name first; and its beginning."""
    while end and words.tokens[end - 1] == ",":  # it parts names: a road's word before it says nothing of the next
        end -= 1
    starts = words.runs(end)
    for start in starts:
        code = lookup(level, "".join(words.keys[start:end]), within)
        if code is not None:
            return (code, start) if _free(words, start) else None
    if level == PROVINCE and of_level(words.marks, PROVINCE):
        return None
    for start in starts:
        key = "".join(words.keys[start:end])
        if key[4:] and not key[0].isdigit() and (code := meant(level, key, within, by_sound=True)):
            return (code, start) if _free(words, start) else None
    return None


def _beginning(words: Words) -> tuple[str, int] | None:
    """The province whose name an address begins with, longest name first; and where the name ends."""
    for stop in range(min(MOST_WORDS, len(words.keys)), 0, -1):
        code = lookup(PROVINCE, "".join(words.keys[:stop]), None) if words.keys[stop - 1] else None
        if code is not None:
            return code, stop
    return None


def _stated_province(words: Words, end: int) -> tuple[str | None, int, bool]:
    """The province of an address, where its name begins (the end, if not at the end), if several are named."""
    tokens, keys, marks = words.tokens, words.keys, words.marks
    if end and tokens[end - 1] in AFTER:
        end -= 1
    last = _ending(PROVINCE, words, end, None)
    hits = [hit for mark in marks if mark.level == PROVINCE and (hit := read([mark], PROVINCE, None))]
    named = {code for code, _ in hits}
    if any(keys[at] in _EXPLICIT and _free(words, at) for at in range(end)):
        if last and last[0] == BANGKOK:
            return *last, False
        if last and read(marks, DISTRICT, last[0]) and not read(marks, DISTRICT, BANGKOK):
            return *last, False  # the district speaks for the end
        return (BANGKOK if named <= {BANGKOK} else None), end, not named <= {BANGKOK}
    if last and (not named or last[0] in named):
        code, start = last
        alone = start == 0 and end < len(tokens)  # แพร่ ประเทศไทย
        sure = code in named or alone or keys[start] not in _EVERYDAY or read(marks, DISTRICT, code) is not None
        return (code if sure else None), start, False
    if len(named) == 1:
        return *hits[0], False
    return None, last[1] if last else end, len(named) > 1


def _end(words: Words) -> tuple[int, str | None]:
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
            served = names().postal.get(tokens[at], ())
            hit = _ending(PROVINCE, words, at, None)
            if at == end - 1 or (hit and hit[0] in served):
                return at, tokens[at] if served else None
    return end, None


def _by_postal_code(words: Words, end: int, served: tuple[str, ...]) -> str | None:
    """The province that a postal code serves and whose district or subdistrict the address names."""
    fitting = [
        province
        for province in served
        if read(words.marks, DISTRICT, province)
        or (not of_level(words.marks, DISTRICT) and read(words.marks, SUBDISTRICT, province))
        or (not words.marks and _ending(DISTRICT, words, end, province))
    ]
    return fitting[0] if len(fitting) == 1 else None


def _all_backwards(words: Words, end: int, province: str) -> str | None:
    """The subdistrict of an address that is nothing but a province, a district and a subdistrict of another's name."""
    hit = None if words.marks else _beginning(words)
    if hit is None or hit[0] == province or hit[1] == end:
        return None
    code, at = _forwards(words, *hit)
    return code if at == end and len(code) > 4 else None


def _backwards(words: Words) -> str | None:
    """Province, district and subdistrict in this order, none of them marked or only those below the province."""
    hit = _beginning(words)
    if hit is None:
        return None
    code, at = hit
    if marked_district(words.marks, code):
        return code
    code, _ = _forwards(words, code, at)
    return code if len(code) > 2 else None


def _forwards(words: Words, code: str, at: int) -> tuple[str, int]:
    """The smallest area that the words after the name of a province go on to, and where they end."""
    for level in (DISTRICT, SUBDISTRICT):
        for stop in range(min(at + MOST_WORDS, len(words.keys)), at, -1):
            found = lookup(level, "".join(words.keys[at:stop]), code) if words.keys[stop - 1] else None
            if found is not None:
                code, at = found, stop
                break
        else:
            break
    return code, at


def by_address(address: str, known: str | None) -> Place:
    """The place that free text states; ``known`` is the province that better evidence gave."""
    words = words_of(address)
    keys, marks = words.keys, words.marks
    end, postal = _end(words)
    served = names().postal.get(postal, ()) if postal else ()
    province, start, is_open = _stated_province(words, end)
    if province is not None and (backwards := _all_backwards(words, end, province)):
        return place_of(backwards, "address") if known in (None, backwards[:2]) else NOWHERE
    if known is not None and province not in (None, known):
        return NOWHERE
    if province is None and start < end and len(served) == 1 and keys[start] in _EVERYDAY:
        here = lookup(PROVINCE, keys[start], None)
        province = here if here in served else None
    code = province = province or known
    if province is None and not is_open:
        code = _by_postal_code(words, end, served) or _backwards(words) or by_body(marks, None)
        if code is None and (alone := _alone(words, end)):
            code, start = alone
        if code is not None:
            province = code[:2]
    district = (code, start) if code is not None and len(code) == 4 else marked_district(marks, province)
    if district is None and not of_level(marks, DISTRICT) and (code is None or len(code) == 2):
        district = _bare_district(words, start, end, province)
    code = (district[0] if district else None) or code
    found = marked(marks, province, district)
    if found is None and not of_level(marks, SUBDISTRICT):
        if district is not None:
            hit = _ending(SUBDISTRICT, words, district[1], district[0])
            found = hit[0] if hit else None
        if found is None and (district or not of_level(marks, DISTRICT)):
            found = by_body(marks, district[0] if district else province)
    if found is not None and len(found) > len(code or ""):
        code = found
    if code is None and len(served) == 1 and words.tokens[-1] in _COUNTRY:
        code = min(served)
    place = NOWHERE if code is None else place_of(code, "address")
    return flagged(place, "ambiguous_place") if is_open or is_ambiguous(marks, code) else place


def _alone(words: Words, end: int) -> tuple[str, int] | None:
    """The district that an address without any mark ends with, where it is known without its province.

    No subdistrict of another province may bear its name.
    """
    if any(mark.level <= SUBDISTRICT for mark in words.marks):
        return None
    while end and words.tokens[end - 1] == ",":
        end -= 1
    for start in words.runs(end):
        key = "".join(words.keys[start:end])
        code = names().alone.get(key)
        if code is not None:
            is_alone = all(other.startswith(code[:2]) for other in bearers(SUBDISTRICT, key, None))
            return (code, start) if is_alone and _free(words, start) else None
    return None


def _bare_district(words: Words, start: int, end: int, province: str | None) -> tuple[str, int] | None:
    if province is not None:
        return _ending(DISTRICT, words, start, province)
    # An everyday word that is a province too, after one of its districts.
    area = lookup(PROVINCE, "".join(words.keys[start:end]), None) if start < end else None
    return _ending(DISTRICT, words, start, area) if area else None
