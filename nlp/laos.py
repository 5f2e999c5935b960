"""Finds the local administrative organisations (LAOs, อปท.) that a text names, and the owner of a road.

Precision comes before recall. An LAO is found by its type word, its name and the place of the concern, because many
LAOs have the same name (อบต.ท่าช้าง). There is no match if the place does not decide, or is a different one.

Method: after a type word, the longest name that any area or LAO of the country has is taken. So อบต.นาแก is never
taken for อบต.นา, even if only one of them is in the list. The name of an LAO that is part of the name of a road, a
school or a landmark (หน้า อบต. …) does not count. Texts must be normalised with ``nlp.normalise``.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from nlp.normalise import normalise
from nlp.places import resolve
from schemas.area_data import districts, provinces, subdistricts
from schemas.laos import BANGKOK, PATTAYA, Lao, LaoSubdistrict, LaoType

CANDIDATE_PATTERN = r"อบ[ตจ]|อ\.บ\.[ตจ]|เทศบาล|องค์การบริหารส่วน|ท\.?[ตมน]\.|กทม|กรุงเทพ|สำนักงานเขต|พัทยา"
"""A text that does not match names no LAO. The expression is valid in Python and in Spark SQL."""
_CANDIDATE = re.compile(CANDIDATE_PATTERN)

_WORD_START = r"(?<![ก-๙])"  # กทม. contains ทม.


def _abbreviation_pattern(word: str) -> str:
    """The pattern for อบต or อบจ with or without a dot, but not inside ชอบ ต.… and รอบตลาด.

    After a letter that forms a word with อบ, they count only after the listed words. Without a dot there are more such
    letters.
    """
    preceding = "|".join(f"(?<={before}{word})" for before in ("นายก", "สมาชิก", "จาก", "บริหาร", "ใน"))
    # Look-behinds start at the end of the word, so that the word itself is searched first.
    return rf"{word}(?:(?:{preceding}|(?<![ขชตรส]{word}))\.|{preceding}|(?<![กขคชดตนบมรลสห]{word}))"


_TYPE_WORDS: dict[LaoType, str] = {
    "pao": rf"องค์การบริหารส่วนจังหวัด|{_abbreviation_pattern('อบจ')}|อ\.บ\.จ\.?",
    "sao": rf"องค์การบริหารส่วนตำบล|{_abbreviation_pattern('อบต')}|อ\.บ\.ต\.?",
    "city_municipality": rf"เทศบาลนคร|{_WORD_START}ท\.?น\.",
    "town_municipality": rf"เทศบาลเมือง|{_WORD_START}ท\.?ม\.",
    "subdistrict_municipality": rf"เทศบาลตำบล|เทศบาล ?ต\.|{_WORD_START}ท\.?ต\.",
}
_TYPE_WORD = re.compile("|".join(f"(?P<{lao_type}>{words})" for lao_type, words in _TYPE_WORDS.items()))
_BETWEEN = re.compile(r"[ \"“'(]{0,2}(?:(?:ตำบล|จังหวัด|ต\.|จ\.) ?)?")

# After these words the name is that of a place near the LAO, or of something named after it.
_NEARBY_WORDS = """
    ใกล้ ใกล้กับ ทางเข้า หน้า หลัง ข้าง ข้างๆ ตรงข้าม แถว แถวๆ บริเวณ ติด ติดกับ ถนน ถ. ซอย ซ. แยก ป้าย ตลาด ตลาดสด สวน สวนสาธารณะ
    สนาม สนามกีฬา โรงเรียน รร. โรงพยาบาล รพ. ศูนย์พัฒนาเด็กเล็ก สถานธนานุบาล สถานีขนส่ง อดีต อดีตนายก
"""
_NEARBY = tuple(_NEARBY_WORDS.split())
_NOT_NEARBY_WORDS = ("หัวหน้า", "เจ้าหน้า")
# After a combining mark the name would end inside a syllable. These words mean a different place or a former office.
_CONTINUATION = re.compile("[ะ-ฺๅ-๎]|(?: ?เก่า|เหนือ|ใต้|ใหม่|นอก(?!จาก)|กลาง(?!คืน|วัน|ดึก|ถนน))")
_THAI = re.compile("[ก-๎]")
# Names of provinces that are also everyday words: อบจ. เลยไม่มา may be any PAO.
_EVERYDAY_WORDS = frozenset(("เลย", "ตาก", "แพร่", "น่าน"))
_AREA_AFTER = re.compile(
    r"[ ,(]{0,3}(?:(?:ตำบล|ต\.) ?[ก-๎]+[ ,]{0,2})?(?:(?:อำเภอ|อ\.) ?(?P<district>[ก-๎]+?))?"
    r"(?:[ ,]{0,2}(?:จังหวัด|จ\.) ?(?P<province>[ก-๎]+))?(?![ก-๎.])"
)

_BANGKOK = r"(?:กรุงเทพมหานคร|กรุงเทพฯ|กทม)"
_IS_BANGKOK = re.compile(
    rf"(?:^|[,;/]) ?(?:(?:สำนัก(?!งาน)[ก-๙ ]{{2,40}}|ศาลาว่าการ ?)?{_BANGKOK}\.?) ?(?:\([^)]*\))?(?=$|[,;/])"
)
# Every address names the city; the LAO is meant only if somebody is asked to do something.
_TO_BANGKOK = re.compile(
    r"(?:(?<!เส้น)(?<!เดิน)(?<!หน)(?<!ไป)(?<!มา)ทาง|(?<!ทำ)ให้|แจ้ง|ฝาก|(?<!โรง)(?<!นัก)เรียน|ผู้ว่า(?:ราชการ|ฯ)?|เจ้าหน้าที่|จนท\.?|พนักงาน"
    r"|หน่วยงาน|สำนัก(?!งาน)[ก-๙]{2,25}) ?(?:ของ ?)?(?:กรุงเทพมหานคร|กทม)(?!\.? ?[-–0-9๐-๙])"
)
_DISTRICT_OFFICE = "สำนักงานเขต"
# Words before the city as a place: อยู่ในเมืองพัทยา.
_BEFORE_PLACE = ("ใน", "ตัว", "เข้า", "ไป", "มา", "เที่ยว", "รอบ", "จาก", "ทั่ว", "อำเภอ")


def split_name(name: str) -> tuple[LaoType | None, str]:
    """The LAO type and the name in a full name: เทศบาลนครยะลา is a city municipality with the name ยะลา."""
    name = normalise(name)
    if (word := _TYPE_WORD.match(name)) is None or not word.lastgroup:
        return ("special", name) if name in (BANGKOK, PATTAYA) else (None, name)
    between = _BETWEEN.match(name, word.end())
    rest = name[between.end() if between else word.end() :].strip(" \"”')")
    return word.lastgroup, rest  # pyright: ignore[reportReturnType]


@dataclass(frozen=True, slots=True)
class _Entry:
    lao_code: str
    province_code: str
    district_codes: frozenset[str]
    valid_from: dt.date
    valid_to: dt.date


@cache
def _possible_names() -> frozenset[str]:
    """Names that an LAO may have, which are needed to recognise a longer name that begins with a shorter one."""
    names = {area.subdistrict_th.split(" (")[0] for area in subdistricts()}
    names |= {area.district_th for area in districts()} | {area.province_th for area in provinces()}
    return frozenset(names)


@cache
def _bangkok_districts() -> tuple[str, ...]:
    return tuple(area.district_th for area in districts() if area.province_code == "10")


def _spellings(lao: Lao) -> Iterator[str]:
    """The name of an LAO and its variants: เทศบาลนครราชสีมา for เทศบาลนครนครราชสีมา, อบจ.โคราช for นครราชสีมา."""
    name = normalise(lao.name_th)
    yield name
    word = {"city_municipality": "นคร", "town_municipality": "เมือง"}.get(lao.lao_type)
    if word and name.startswith(word) and len(name) > len(word) + 1:
        yield name.removeprefix(word)
    if lao.lao_type == "pao":
        for province in provinces():
            if province.province_code == lao.province_code:
                yield from (alias for alias in province.aliases if _THAI.match(alias) and len(alias) > 2)


class LaoFinder:
    """Finds LAOs in texts. Needs only a few MB of memory for all 7,852 LAOs."""

    def __init__(self, laos: Iterable[Lao], served: Iterable[LaoSubdistrict]) -> None:
        districts_of_lao: dict[str, set[str]] = {}
        for row in served:
            districts_of_lao.setdefault(row.lao_code, set()).add(row.subdistrict_code[:4])
        self._by_name: dict[tuple[str, str], list[_Entry]] = {}
        names = set(_possible_names())
        for lao in laos:
            lao_districts = districts_of_lao.get(lao.lao_code, set()) | (
                {lao.district_code} if lao.district_code else set()
            )
            entry = _Entry(
                lao.lao_code, lao.province_code, frozenset(lao_districts), lao.valid_from or dt.date.min,
                lao.valid_to or dt.date.max,
            )  # fmt: skip
            for name in dict.fromkeys(_spellings(lao)):
                self._by_name.setdefault((lao.lao_type, name), []).append(entry)
                names.add(name)
        self._names = frozenset(names)
        self._longest = max(map(len, names))

    def find(
        self,
        text: str,
        *,
        province_code: str | None = None,
        district_code: str | None = None,
        day: dt.date | None = None,
        is_agency: bool = False,
    ) -> tuple[str, ...]:
        """The codes of the LAOs that a text names, each once, in order of appearance. Never raises.

        ``province_code`` and ``district_code`` are those of the concern; an LAO must lie there. Without a province,
        only PAOs, Bangkok and Pattaya are found, whose names contain their place, and LAOs with a place in the text
        (อบต.ท่าช้าง อ.เมือง จ.จันทบุรี). LAOs that are not in force on ``day`` are left out. ``is_agency``: the text is
        the name of an organisation, so that กรุงเทพมหานคร means the LAO and not the place.
        """
        if _CANDIDATE.search(text) is None:
            return ()
        hits: list[tuple[int, str]] = []
        for word in _TYPE_WORD.finditer(text):
            if word.lastgroup and (code := self._match_name(text, word, province_code, district_code, day)):
                hits.append((word.start(), code))
        for start, name in _find_special(text, is_agency):
            entries = self._in_force("special", name, day)
            if len(entries) == 1 and _may_lie_in(entries[0], province_code, district_code):
                hits.append((start, entries[0].lao_code))
        return tuple(dict.fromkeys(code for _, code in sorted(hits)))

    def _in_force(self, lao_type: str, name: str, day: dt.date | None) -> list[_Entry]:
        entries = self._by_name.get((lao_type, name), [])
        return [entry for entry in entries if day is None or entry.valid_from <= day <= entry.valid_to]

    def _match_name(
        self, text: str, word: re.Match[str], province: str | None, district: str | None, day: dt.date | None
    ) -> str | None:
        """The code of the LAO whose name follows a type word, or None."""
        if _is_nearby(text, word.start()):
            return None
        between = _BETWEEN.match(text, word.end())
        start = between.end() if between else word.end()
        if (name := self._longest_name(text, start)) is None:
            return None
        entries = self._in_force(str(word.lastgroup), name, day)
        if not entries:
            return None
        if (stated := _AREA_AFTER.match(text, start + len(name))) is not None:
            place = resolve(district=stated["district"], province=stated["province"])
            if place.province_code is not None:
                if province not in (None, place.province_code):
                    return None
                if district is not None and place.district_code not in (None, district):
                    return None
                province, district = place.province_code, district or place.district_code
        if word.lastgroup == "pao" and name not in _EVERYDAY_WORDS:
            province = province or entries[0].province_code
        candidates = [entry for entry in entries if province is not None and _may_lie_in(entry, province, district)]
        return candidates[0].lao_code if len(candidates) == 1 else None

    def _longest_name(self, text: str, start: int) -> str | None:
        for length in range(min(self._longest, len(text) - start), 1, -1):
            if (name := text[start : start + length]) in self._names:
                after = start + length
                # A name of two letters may be the beginning of any word.
                is_uncertain = length == 2 and _THAI.match(text, after)
                return None if is_uncertain or _CONTINUATION.match(text, after) else name
        return None


def _may_lie_in(entry: _Entry, province: str | None, district: str | None) -> bool:
    """Whether an LAO may lie in the area of the concern. A province-wide LAO has no district."""
    if province is not None and province != entry.province_code:
        return False
    return district is None or not entry.district_codes or district in entry.district_codes


def _find_special(text: str, is_agency: bool) -> Iterator[tuple[int, str]]:
    """The positions at which a text means Bangkok or Pattaya as an organisation, with its name."""
    if "กทม" in text or "กรุงเทพ" in text:
        for hit in (_IS_BANGKOK if is_agency else _TO_BANGKOK).finditer(text):
            yield hit.start(), BANGKOK
    for word, follows, name in ((_DISTRICT_OFFICE, _bangkok_districts(), BANGKOK), (PATTAYA, ("",), PATTAYA)):
        start = text.find(word)
        while start >= 0:
            rest = text[start + len(word) :].lstrip(" ")
            is_place = name == PATTAYA and text[:start].endswith(_BEFORE_PLACE)
            if rest.startswith(follows) and not is_place and not _is_nearby(text, start):
                yield start, name
            start = text.find(word, start + 1)


def _is_nearby(text: str, start: int) -> bool:
    """Whether the name at a position describes a place and not the LAO: หน้า อบต.…, โรงเรียน อบจ.…."""
    before = text[max(0, start - 32) : start].rstrip(" ")
    before = before.removesuffix("ที่ทำการ").removesuffix("สำนักงาน").rstrip(" ")
    return before.endswith(_NEARBY) and not before.endswith(_NOT_NEARBY_WORDS)


@lru_cache(maxsize=2)
def cached_finder(laos: tuple[Lao, ...], served: tuple[LaoSubdistrict, ...]) -> LaoFinder:
    """The finder of these LAOs, created once in a worker process."""
    return LaoFinder(laos, served)


_ROAD = r"(?:ถนน|ถ\.|ทางหลวง|ทางสาย|เส้นทาง|สะพาน|ซอย)"
_IS_ROAD = re.compile(r"ถนน|ทางหลวง|ซอย|ผิวจราจร|ไหล่ทาง|ทางเท้า|ฟุตบาท|ฟุตปาธ|สะพาน|ลูกรัง|คอนกรีต|ลาดยาง|เป็นหลุม|เกาะกลาง")
_BELONGS = r" ?(?:สาย|เส้น)?(?:นี้)? ?(?:เป็น)?(?:ของ|ในความรับผิดชอบของ|ในความดูแลของ|อยู่ในความรับผิดชอบของ|สังกัด)? ?"
_NOT_OWNER = r"(?<!ไม่ใช่)(?<!ไม่ใช่ของ)(?<!ไม่ใช่ถนน)(?<!ไม่ใช่ถนนของ)(?<!หน้า)(?<!หลัง)(?<!แยก)(?<!ใกล้)(?<!ข้าม)(?<!กอง)"
# The order matters, because the words for a rural road (ทางหลวงชนบท) and a local road (ทางหลวงท้องถิ่น) contain ทางหลวง.
_OWNERS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "rural_roads",
        re.compile(rf"{_NOT_OWNER}(?:ทางหลวงชนบท|(?<![ก-๙])ทช\. ?(?=[0-9๐-๙])|(?:ถนน|สาย|ทาง|หมวด|แขวง) ?ทช\.)"),
    ),
    (
        "highways",
        re.compile(
            rf"{_NOT_OWNER}(?:ทางหลวง(?:แผ่นดิน|พิเศษ|หมายเลข|(?: ?สาย)? ?[0-9๐-๙])|(?:กรม|แขวง|หมวด)ทางหลวง(?!ชนบท)"
            r"|แขวงการทาง|(?<![ก-๙])ทล\. ?(?=[0-9๐-๙]))"
        ),
    ),
    ("pao", re.compile(rf"{_ROAD}{_BELONGS}(?:อบจ|อ\.บ\.จ\.|องค์การบริหารส่วนจังหวัด)")),
    (
        "lao",
        re.compile(
            rf"ทางหลวงท้องถิ่น|{_ROAD}{_BELONGS}(?:อบต(?=\.|[ ]|$)|อ\.บ\.ต\.|องค์การบริหารส่วนตำบล)"
            # The name of a street may be เทศบาลตำบล… 31; roads inside an estate (ในหมู่บ้าน) are often private.
            r"|(?:ถนน|สะพาน) ?เทศบาล(?:นคร|เมือง|ตำบล)(?![ก-๎]* ?(?:ซอย)? ?[0-9๐-๙])"
            rf"|{_ROAD} ?(?:สาย|เส้น)?(?:นี้)? ?(?:เป็น)?(?:ของ|ในความรับผิดชอบของ|ในความดูแลของ) ?เทศบาล|ถนนสายใน"
        ),
    ),
)
_AGENCIES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("rural_roads", re.compile(r"ทางหลวงชนบท|(?<![ก-๙])ทช\.")),
    ("highways", re.compile("ทางหลวง|แขวงการทาง")),
)
_LOCAL_AGENCIES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("pao", re.compile(_TYPE_WORDS["pao"])),
    ("lao", re.compile(f"เทศบาล|{_TYPE_WORDS['sao']}")),
)


def road_owner(text: str, agency: str) -> str:
    """The owner of the road of a concern: ``lao``, ``pao``, ``rural_roads``, ``highways`` or ``unknown``.

    If the agency is a road authority, it is the owner. Otherwise the text decides, unless it names two owners. An LAO
    as agency counts only if the text is about a road, because an LAO has other tasks too.
    """
    for owner, words in _AGENCIES:
        if words.search(agency):
            return owner
    if _IS_ROAD.search(text) is None and "ทช." not in text and "ทล." not in text:
        return "unknown"
    owners = [owner for owner, words in _OWNERS if words.search(text)]
    if owners:
        return owners[0] if len(owners) == 1 else "unknown"
    for owner, words in _LOCAL_AGENCIES:
        if words.search(agency):
            return owner
    return "unknown"
