"""The province, district and subdistrict that a record states, by code, by fields or by free text.

Precision before recall: a district must lie in the province and a subdistrict in the district, a name
that several areas bear stays open without the level above it, and the name of a province that belongs to
a road, a village or a school is none. Method: the words of an address are read in place, after the word
that says their level (อำเภอ, ต., Khwaeng …), and the province from the end, where Thai addresses have it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Literal

from schemas.area_data import districts, provinces, subdistricts, todays_code

Method = Literal["code", "fields", "address"]
BANGKOK = "10"


@dataclass(frozen=True, slots=True)
class Place:
    """Official codes as far as they are known, and the evidence that gave the province."""

    province_code: str | None = None
    district_code: str | None = None
    subdistrict_code: str | None = None
    method: Method | None = None


NOWHERE = Place()

_UNSEEN = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad"), None) | {
    ord("๐") + digit: str(digit) for digit in range(10)
}
_KEY = re.compile(r"[\s.'’ฯ_-]+")


def _clean(text: str) -> str:
    """One spelling of spaces, digits, case and sara am; nothing that has a meaning is lost."""
    text = text.translate(_UNSEEN).replace("\u0e4d\u0e32", "\u0e33")
    return " ".join(text.lower().split())


def _key(name: str) -> str:
    return _KEY.sub("", name.lower())


# Words that say the level of the name after them, and those that say it of the English name before.
_BEFORE = {
    0: ("จังหวัด", "จ.", "changwat", "jangwat"),
    1: ("กิ่งอำเภอ", "อำเภอ", "อ.", "เขต", "amphoe", "amphur", "amphor", "khet"),
    2: ("ตำบล", "ต.", "แขวง", "tambon", "tambol", "khwaeng", "kwaeng"),
}
_AFTER = {"province": 0, "metropolis": 0, "district": 1, "subdistrict": 2, "sub-district": 2}
_LEVELS = {word: level for level, words in _BEFORE.items() for word in words}
_LONE = _LEVELS | {"จ": 0, "อ": 1, "ต": 2}  # without its dot only where it stands alone
_LEADING = re.compile("|".join(re.escape(word) for word in sorted(_LEVELS, key=len, reverse=True)))
_OF_BANGKOK = frozenset(("เขต", "แขวง", "khet", "khwaeng", "kwaeng"))

# The name after one of these is that of a road, a building or a body, whatever else bears it.
_OTHER_WORDS = """
    ถนน ถ. ถ ซอย ซ. ซ ตรอก แยก สี่แยก สามแยก ห้าแยก ทางหลวง สาย หมู่บ้าน มบ. บ้าน บ. หมู่ ม. หมู่ที่ วัด มัสยิด โรงเรียน
    รร. ร.ร. ตลาด สะพาน คลอง มหาวิทยาลัย วิทยาลัย โรงพยาบาล รพ. รพ.สต. สถานี สภ. สน. โรงแรม
    เทศบาล เทศบาลนคร เทศบาลเมือง เทศบาลตำบล อบต. หอพัก คอนโด อาคาร บริษัท ร้าน ธนาคาร สาขา เขื่อน แม่น้ำ ลำน้ำ
    ปั๊ม สวน ไป - – / road rd rd. soi thanon moo moo. ban village wat bridge hotel bank hospital of
"""
_OTHER = frozenset(_OTHER_WORDS.split())
_COUNTRY = frozenset(("ประเทศไทย", "ประเทศ", "ไทย", "thailand", "thailand.", "th"))
_EXPLICIT = frozenset(("กรุงเทพมหานคร", "กทม"))
# Names of provinces that are everyday words too: alone at the end they need a second witness.
_EVERYDAY = frozenset(("เลย", "ตาก", "แพร่", "nan", "tak", "loey"))

_SUNDRY = str.maketrans({",": " , "} | dict.fromkeys(";:()[]\"'“”|\\", " "))
_POSTAL = re.compile("[1-9][0-9]{4}")


@cache
def _glued() -> re.Pattern[str]:
    """Where words are written together, the beginnings of level words, and of Bangkok at the end."""
    khet = "|".join(d.district_th for d in districts() if d.province_code == BANGKOK)
    return re.compile(
        r"(?<=[^\s])(?:จังหวัด|กรุงเทพมหานคร|กทม\.?(?!\S)|ประเทศไทย|แขวง|(?<!กิ่ง)(?<!การ)อำเภอ|กิ่งอำเภอ"
        rf"|(?<!บาล)(?<!ส่วน)ตำบล|(?<!งาน)เขต(?={khet})|(?<!อบ)(?<![สผ.])[จอต]\.(?=\s?[ก-ฮเแโไใ]{{2}})"
        r"|(?<=[ก-๙])[1-9][0-9]{4}(?![0-9]))"
    )


@dataclass(frozen=True, slots=True)
class _Names:
    """Keys of names to codes."""

    provinces: Mapping[str, str]
    districts: Mapping[str, frozenset[str]]
    subdistricts: Mapping[str, frozenset[str]]
    postal: Mapping[str, frozenset[str]]


def _gather(pairs: Iterable[tuple[str, str]]) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for name, code in pairs:
        found.setdefault(_key(name), set()).add(code)
    return MappingProxyType({name: frozenset(codes) for name, codes in found.items()})


def _district_names() -> Iterator[tuple[str, str]]:
    for district in districts():
        yield district.district_th, district.district_code
        for english in {district.district_en, district.district_en.replace("Mueang", "Muang")}:
            yield english, district.district_code
        if district.district_code.endswith("01") and district.province_code != BANGKOK:
            for capital in ("เมือง", "mueang", "muang"):  # the capital district, in a known province
                yield capital, district.district_code


@cache
def _names() -> _Names:
    return _Names(
        MappingProxyType(
            {_key(n): p.province_code for p in provinces() for n in (p.province_th, p.province_en, *p.aliases)}
        ),
        _gather(_district_names()),
        _gather(
            (name, s.subdistrict_code)
            for s in subdistricts()
            for name in (s.subdistrict_th.split(" (")[0], s.subdistrict_en)
        ),
        _gather((postal, s.province_code) for s in subdistricts() for postal in s.postal_codes),
    )


@lru_cache(maxsize=131_072)
def _lookup(level: int, key: str, within: str | None) -> str | None:
    """The one area of a level that bears a name inside another area, or None for none or several."""
    names = _names()
    if level == 0:
        return names.provinces.get(key)
    found = (names.districts if level == 1 else names.subdistricts).get(key, frozenset())
    inside = [code for code in found if within is None or code.startswith(within)]
    return inside[0] if len(inside) == 1 else None


def _place(code: str, method: Method) -> Place:
    return Place(code[:2], code[:4] if len(code) > 2 else None, code if len(code) > 4 else None, method)


@lru_cache(maxsize=65_536)
def _by_code(code: str) -> Place:
    code = _clean(code).removeprefix("th")
    while len(code) in (4, 6, 8) and code.endswith("00"):  # 900000 is a way to write province 90
        code = code[:-2]
    area = todays_code(code)
    return NOWHERE if area is None else _place(area, "code")


def _field_key(name: str) -> str:
    """The key of a name in a field, without the word that says its level."""
    name = _clean(name)
    words = name.split(" ")
    if words[0] in _LONE:
        return _key("".join(words[1:]))
    if words[-1] in _AFTER:
        return _key("".join(words[:-1]))
    prefix = _LEADING.match(name)
    return _key(name[prefix.end() :] if prefix and prefix.end() < len(name) else name)


@lru_cache(maxsize=65_536)
def _by_fields(province: str, district: str, subdistrict: str) -> Place:
    """Named fields, "" where one is not stated; a name that does not fit the level above is left out."""
    keys = [_field_key(name).strip("0123456789") for name in (province, district, subdistrict)]
    code = _lookup(0, keys[0], None)
    if keys[0] and code is None:
        return NOWHERE  # a province that nobody knows makes what lies in it doubtful
    for level in (1, 2):
        if not keys[level]:
            continue
        found = _lookup(level, keys[level], code)
        if found is None:
            break
        code = found
    return NOWHERE if code is None else _place(code, "fields")


@dataclass(frozen=True, slots=True)
class _Mark:
    """A name whose level the text says: the keys it may have, longest first, and where each begins."""

    level: int
    keys: tuple[str, ...]
    starts: tuple[int, ...]
    in_bangkok: bool


def _joined(keys: list[str], start: int, stop: int, first: str = "") -> tuple[str, ...]:
    """The keys of a name that begins with ``first`` or at a token and may go on, longest first."""
    found: list[str] = []
    for key in [first, *keys[start:stop]] if first else keys[start:stop]:
        found.append((found[-1] if found else "") + key)
    return tuple(reversed(found))


@lru_cache(maxsize=65_536)
def _token(token: str) -> tuple[str, int | None, str | None, bool]:
    """Of one word of an address: its key, the level it says and of which name, and if only Bangkok says so.

    The name is the rest of the word (ตำบลในเมือง), "" where it is the next words (แขวง บางรัก), None
    where it is the words before (Hat Yai District).
    """
    if (level := _LONE.get(token)) is not None:
        return _key(token), level, "", token in _OF_BANGKOK
    if (level := _AFTER.get(token)) is not None:
        return _key(token), level, None, False
    word = _LEADING.match(token)
    if word is not None and not word[0].isascii():
        return _key(token), _LEVELS[word[0]], _key(token[word.end() :]), word[0] in _OF_BANGKOK
    return _key(token), None, None, False


def _marks(words: list[tuple[str, int | None, str | None, bool]], keys: list[str]) -> list[_Mark]:
    found: list[_Mark] = []
    for at, (_, level, name, in_bangkok) in enumerate(words):
        if level is None:
            continue
        if name is None:
            before = tuple("".join(keys[start:at]) for start in range(max(0, at - 4), at))
            found.append(_Mark(level, before, tuple(range(max(0, at - 4), at)), in_bangkok))
        else:
            after = _joined(keys, at + 1, at + 4, name)
            found.append(_Mark(level, after, (at,) * len(after), in_bangkok))
    return found


def _free(tokens: list[str], keys: list[str], start: int) -> bool:
    """Whether the name that begins at a token stands by itself, not after ถนน, ซอย, ตำบล and the like."""
    if start == 0:
        return True
    before = tokens[start - 1]
    if before in _OTHER or (before in _LONE and _LONE[before] > 0):
        return False
    # ถนน กรุงเทพ นนทบุรี: the first name is the road's, so the second may be too; no road is named in full so.
    two_names = keys[start - 1] in _names().provinces and start > 1 and tokens[start - 2] in _OTHER
    return not two_names or keys[start] in _EXPLICIT


def _ending(level: int, tokens: list[str], keys: list[str], end: int, within: str | None) -> tuple[str, int] | None:
    """The area whose name stands free and ends just before a token, longest name first; and its beginning."""
    while end and tokens[end - 1] == ",":  # it parts names, so a road's word before it says nothing of the next
        end -= 1
    for start in range(max(0, end - 4), end):
        if keys[start]:
            code = _lookup(level, "".join(keys[start:end]), within)
            if code is not None:
                return (code, start) if _free(tokens, keys, start) else None
    return None


def _read(marks: list[_Mark], level: int, within: str | None) -> tuple[str, int] | None:
    """What the last mark of a level that means one area inside another says; and where it begins."""
    for mark in reversed(marks):
        if mark.level == level:
            area = BANGKOK if mark.in_bangkok and within is None else within
            if mark.in_bangkok and area is not None and not area.startswith(BANGKOK):
                continue
            for key, start in zip(mark.keys, mark.starts, strict=True):
                if key and (code := _lookup(level, key, area)) is not None:
                    return code, start
    return None


def _province(tokens: list[str], keys: list[str], marks: list[_Mark], end: int) -> tuple[str | None, int]:
    """The province of an address and where its name begins (the end, where it is not at the end)."""
    if end and tokens[end - 1] in _AFTER:
        end -= 1
    last = _ending(0, tokens, keys, end, None)
    hits = [hit for mark in marks if mark.level == 0 and (hit := _read([mark], 0, None))]
    named = {code for code, _ in hits}
    if any(keys[at] in _EXPLICIT and _free(tokens, keys, at) for at in range(end)):
        if last and last[0] == BANGKOK:
            return last
        if last and _read(marks, 1, last[0]) and not _read(marks, 1, BANGKOK):
            return last  # the district speaks for the end
        return (BANGKOK if named <= {BANGKOK} else None), end
    if last and (not named or last[0] in named):
        code, start = last
        alone = start == 0 and end < len(tokens)  # แพร่ ประเทศไทย
        return (code, start) if code in named or alone or keys[start] not in _EVERYDAY else (None, start)
    if len(named) == 1:
        return hits[0]
    return None, last[1] if last else end


def _end(tokens: list[str], keys: list[str]) -> tuple[int, str | None]:
    """Where the names of an address end, and the postal code after them if there is one.

    That is before the country and the postal code; words after a postal code do not count where the name
    before it is that of a province which the postal code serves.
    """
    end = len(tokens)
    while end and (tokens[end - 1] in _COUNTRY or not keys[end - 1]):
        end -= 1
    for at in range(end - 1, 0, -1):
        if _POSTAL.fullmatch(tokens[at]):
            served = _names().postal.get(tokens[at], frozenset())
            hit = _ending(0, tokens, keys, at, None)
            if at == end - 1 or (hit and hit[0] in served):
                return at, tokens[at] if served else None
    return end, None


def _by_address(address: str, known: str | None) -> Place:
    """Free text; ``known`` is the province that better evidence gave."""
    text = _glued().sub(r" \g<0>", _clean(address).translate(_SUNDRY))
    tokens = text.split()
    words = [_token(token) for token in tokens]
    keys = [word[0] for word in words]
    marks = _marks(words, keys)
    end, postal = _end(tokens, keys)
    served = _names().postal.get(postal, frozenset()) if postal else frozenset[str]()
    province, start = _province(tokens, keys, marks, end)
    if known is not None and province not in (None, known):
        return NOWHERE
    if province is None and start < end and (len(served) == 1 and keys[start] in _EVERYDAY):
        province = _lookup(0, keys[start], None) if _lookup(0, keys[start], None) in served else None
    province = province or known
    district = _read(marks, 1, province)
    if district is None and not any(mark.level == 1 for mark in marks):
        if province is not None:
            district = _ending(1, tokens, keys, start, province)
        elif start < end:  # an everyday word that is a province too, after one of its districts
            area = _lookup(0, "".join(keys[start:end]), None)
            district = _ending(1, tokens, keys, start, area) if area else None
    unread = district is None and any(mark.level == 1 for mark in marks)
    if district is not None:
        province = district[0][:2]
    area = None if unread else (district[0] if district else province)
    subdistrict = _read(marks, 2, area) if area else None
    if subdistrict is None and district is not None and not any(mark.level == 2 for mark in marks):
        subdistrict = _ending(2, tokens, keys, district[1], district[0])
    if province is None and len(served) == 1 and tokens[-1] in _COUNTRY:
        province = min(served)
    code = (subdistrict or district or (province,))[0]
    return NOWHERE if code is None else _place(code, "address")


def _refined(place: Place, finer: Place) -> Place:
    """A place with the levels that weaker evidence adds below it, where the two agree."""
    if place.province_code is None:
        return finer
    if finer.province_code != place.province_code:
        return place
    if place.district_code is None:
        return replace(finer, method=place.method)
    if place.subdistrict_code is None and finer.district_code == place.district_code:
        return replace(place, subdistrict_code=finer.subdistrict_code)
    return place


def resolve(
    *,
    province: str | None = None,
    district: str | None = None,
    subdistrict: str | None = None,
    code: str | int | None = None,
    address: str | None = None,
) -> Place:
    """The place that the evidence of one record names; never raises on any string.

    An official ``code`` (2, 4 or 6 digits; an abolished one means its heir of today) comes before the named
    fields, and these before the free text of ``address``; weaker evidence only adds levels below stronger
    one that it agrees with. Names may be Thai or English, with or without their level's word.
    ``method`` says what gave the province; all four are None where nothing did.
    """
    place = NOWHERE if code is None else _by_code(str(code))
    if place.subdistrict_code is None and (province or district or subdistrict):
        place = _refined(place, _by_fields(province or "", district or "", subdistrict or ""))
    if place.subdistrict_code is None and address:
        place = _refined(place, _by_address(address, place.province_code))
    return place
