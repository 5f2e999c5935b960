"""Which local administrative organisations (LAOs, อปท.) a text names, and who it says owns a road.

Precision before recall. An LAO is found by the word of its type, its name and the place of the concern, since
many share a name (อบต.ท่าช้าง): where the place does not tell them apart, or is another one, there is no match.
Method: after a word of a type, the longest name that any area or LAO of the country bears is read; so อบต.นาแก is
never taken for อบต.นา, whichever of the two is listed. The name of an LAO inside that of a road, a school or a
landmark (หน้า อบต. …) is not meant. Texts are read as ``nlp.normalise`` leaves them.
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
"""A text without any of this names no LAO; the same expression holds in Python and in Spark SQL."""
_MARKER = re.compile(CANDIDATE_PATTERN)

_FREE = r"(?<![ก-๙])"  # ทม. stands in กทม.


def _short(word: str) -> str:
    """อบต and อบจ, with and without a dot; ชอบ ต.… and รอบตลาด hold them too.

    After a letter that makes a word of อบ they count only behind these words; without a dot these are more letters.
    """
    behind = "|".join(f"(?<={said}{word})" for said in ("นายก", "สมาชิก", "จาก", "บริหาร", "ใน"))
    # Looked back from its end, so that the word itself is looked for first.
    return rf"{word}(?:(?:{behind}|(?<![ขชตรส]{word}))\.|{behind}|(?<![กขคชดตนบมรลสห]{word}))"


_WORDS: dict[LaoType, str] = {
    "pao": rf"องค์การบริหารส่วนจังหวัด|{_short('อบจ')}|อ\.บ\.จ\.?",
    "sao": rf"องค์การบริหารส่วนตำบล|{_short('อบต')}|อ\.บ\.ต\.?",
    "city_municipality": rf"เทศบาลนคร|{_FREE}ท\.?น\.",
    "town_municipality": rf"เทศบาลเมือง|{_FREE}ท\.?ม\.",
    "subdistrict_municipality": rf"เทศบาลตำบล|เทศบาล ?ต\.|{_FREE}ท\.?ต\.",
}
_WORD = re.compile("|".join(f"(?P<{lao_type}>{words})" for lao_type, words in _WORDS.items()))
_BETWEEN = re.compile(r"[ \"“'(]{0,2}(?:(?:ตำบล|จังหวัด|ต\.|จ\.) ?)?")

# The name is then that of a place near it, or of something that bears it.
_NEARBY_WORDS = """
    ใกล้ ใกล้กับ ทางเข้า หน้า หลัง ข้าง ข้างๆ ตรงข้าม แถว แถวๆ บริเวณ ติด ติดกับ ถนน ถ. ซอย ซ. แยก ป้าย ตลาด ตลาดสด สวน สวนสาธารณะ
    สนาม สนามกีฬา โรงเรียน รร. โรงพยาบาล รพ. ศูนย์พัฒนาเด็กเล็ก สถานธนานุบาล สถานีขนส่ง อดีต อดีตนายก
"""
_NEARBY = tuple(_NEARBY_WORDS.split())
_NOT_NEARBY = ("หัวหน้า", "เจ้าหน้า")
# A mark means that the name ends inside a syllable; these words, that another place or a former office is meant.
_GOES_ON = re.compile("[ะ-ฺๅ-๎]|(?: ?เก่า|เหนือ|ใต้|ใหม่|นอก(?!จาก)|กลาง(?!คืน|วัน|ดึก|ถนน))")
_THAI = re.compile("[ก-๎]")
# Names of provinces that are everyday words too: อบจ. เลยไม่มา may be any PAO.
_EVERYDAY = frozenset(("เลย", "ตาก", "แพร่", "น่าน"))
_STATED = re.compile(
    r"[ ,(]{0,3}(?:(?:ตำบล|ต\.) ?[ก-๎]+[ ,]{0,2})?(?:(?:อำเภอ|อ\.) ?(?P<district>[ก-๎]+?))?"
    r"(?:[ ,]{0,2}(?:จังหวัด|จ\.) ?(?P<province>[ก-๎]+))?(?![ก-๎.])"
)

_BANGKOK = r"(?:กรุงเทพมหานคร|กรุงเทพฯ|กทม)"
_IS_BANGKOK = re.compile(
    rf"(?:^|[,;/]) ?(?:(?:สำนัก(?!งาน)[ก-๙ ]{{2,40}}|ศาลาว่าการ ?)?{_BANGKOK}\.?) ?(?:\([^)]*\))?(?=$|[,;/])"
)
# The city is named wherever an address is; it is meant where somebody is asked or told.
_TO_BANGKOK = re.compile(
    r"(?:(?<!เส้น)(?<!เดิน)(?<!หน)(?<!ไป)(?<!มา)ทาง|(?<!ทำ)ให้|แจ้ง|ฝาก|(?<!โรง)(?<!นัก)เรียน|ผู้ว่า(?:ราชการ|ฯ)?|เจ้าหน้าที่|จนท\.?|พนักงาน"
    r"|หน่วยงาน|สำนัก(?!งาน)[ก-๙]{2,25}) ?(?:ของ ?)?(?:กรุงเทพมหานคร|กทม)(?!\.? ?[-–0-9๐-๙])"
)
_OFFICE = "สำนักงานเขต"
# The city as a place: อยู่ในเมืองพัทยา.
_INSIDE = ("ใน", "ตัว", "เข้า", "ไป", "มา", "เที่ยว", "รอบ", "จาก", "ทั่ว", "อำเภอ")


def split_name(name: str) -> tuple[LaoType | None, str]:
    """The type that the words of a full name say, and the name alone: เทศบาลนครยะลา is a city's and ยะลา."""
    name = normalise(name)
    if (word := _WORD.match(name)) is None or not word.lastgroup:
        return ("special", name) if name in (BANGKOK, PATTAYA) else (None, name)
    between = _BETWEEN.match(name, word.end())
    rest = name[between.end() if between else word.end() :].strip(" \"”')")
    return word.lastgroup, rest  # type: ignore[return-value]


@dataclass(frozen=True, slots=True)
class _Entry:
    lao_code: str
    province_code: str
    district_codes: frozenset[str]
    valid_from: dt.date
    valid_to: dt.date


@cache
def _area_names() -> frozenset[str]:
    """Names that an LAO somewhere may bear, so that a longer one is known where it begins with a shorter one."""
    names = {area.subdistrict_th.split(" (")[0] for area in subdistricts()}
    names |= {area.district_th for area in districts()} | {area.province_th for area in provinces()}
    return frozenset(names)


@cache
def _bangkok_districts() -> tuple[str, ...]:
    return tuple(area.district_th for area in districts() if area.province_code == "10")


def _spellings(lao: Lao) -> Iterator[str]:
    """A name, and what people write for it: เทศบาลนครราชสีมา is เทศบาลนครนครราชสีมา, อบจ.โคราช that of นครราชสีมา."""
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
    """Finds LAOs in texts. Made from rows; holds no more than a few MB for all 7,852."""

    def __init__(self, laos: Iterable[Lao], served: Iterable[LaoSubdistrict]) -> None:
        of_lao: dict[str, set[str]] = {}
        for one in served:
            of_lao.setdefault(one.lao_code, set()).add(one.subdistrict_code[:4])
        self._by_name: dict[tuple[str, str], list[_Entry]] = {}
        names = set(_area_names())
        for lao in laos:
            inside = of_lao.get(lao.lao_code, set()) | ({lao.district_code} if lao.district_code else set())
            entry = _Entry(
                lao.lao_code, lao.province_code, frozenset(inside), lao.valid_from or dt.date.min,
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
        """The codes of the LAOs that a text names, each once, in order.

        ``province_code`` and ``district_code`` are those of the concern; an LAO must lie there. Without a province,
        PAOs, Bangkok and Pattaya alone are found, whose names say where they are, and what the text itself places
        (อบต.ท่าช้าง อ.เมือง จ.จันทบุรี). ``day``: LAOs not in force on it are left out. ``is_agency``: the text is the
        name of a body, so that กรุงเทพมหานคร in it is the LAO and not the place. Never raises.
        """
        if _MARKER.search(text) is None:
            return ()
        hits: list[tuple[int, str]] = []
        for word in _WORD.finditer(text):
            if word.lastgroup and (code := self._named(text, word, province_code, district_code, day)):
                hits.append((word.start(), code))
        for start, name in _special(text, is_agency):
            entry = self._in_force("special", name, day)
            if len(entry) == 1 and _agrees(entry[0], province_code, district_code):
                hits.append((start, entry[0].lao_code))
        return tuple(dict.fromkeys(code for _, code in sorted(hits)))

    def _in_force(self, lao_type: str, name: str, day: dt.date | None) -> list[_Entry]:
        found = self._by_name.get((lao_type, name), [])
        return [one for one in found if day is None or one.valid_from <= day <= one.valid_to]

    def _named(
        self, text: str, word: re.Match[str], province: str | None, district: str | None, day: dt.date | None
    ) -> str | None:
        """The LAO whose name follows the word of a type, or None."""
        if _is_nearby(text, word.start()):
            return None
        between = _BETWEEN.match(text, word.end())
        start = between.end() if between else word.end()
        if (name := self._longest_name(text, start)) is None:
            return None
        entries = self._in_force(str(word.lastgroup), name, day)
        if not entries:
            return None
        if (stated := _STATED.match(text, start + len(name))) is not None:
            place = resolve(district=stated["district"], province=stated["province"])
            if place.province_code is not None:
                if province not in (None, place.province_code):
                    return None
                if district is not None and place.district_code not in (None, district):
                    return None
                province, district = place.province_code, district or place.district_code
        if word.lastgroup == "pao" and name not in _EVERYDAY:
            province = province or entries[0].province_code
        inside = [one for one in entries if province is not None and _agrees(one, province, district)]
        return inside[0].lao_code if len(inside) == 1 else None

    def _longest_name(self, text: str, start: int) -> str | None:
        for length in range(min(self._longest, len(text) - start), 1, -1):
            if (name := text[start : start + length]) in self._names:
                after = start + length
                # Of two letters it may be the beginning of anything.
                is_torn = length == 2 and _THAI.match(text, after)
                return None if is_torn or _GOES_ON.match(text, after) else name
        return None


def _agrees(entry: _Entry, province: str | None, district: str | None) -> bool:
    """Whether an LAO may lie where the concern is; of one that is province-wide no district is known."""
    if province is not None and province != entry.province_code:
        return False
    return district is None or not entry.district_codes or district in entry.district_codes


def _special(text: str, is_agency: bool) -> Iterator[tuple[int, str]]:
    """Where Bangkok or Pattaya is meant as a body."""
    if "กทม" in text or "กรุงเทพ" in text:
        for hit in (_IS_BANGKOK if is_agency else _TO_BANGKOK).finditer(text):
            yield hit.start(), BANGKOK
    for word, follows, name in ((_OFFICE, _bangkok_districts(), BANGKOK), (PATTAYA, ("",), PATTAYA)):
        start = text.find(word)
        while start >= 0:
            rest = text[start + len(word) :].lstrip(" ")
            is_place = name == PATTAYA and text[:start].endswith(_INSIDE)
            if rest.startswith(follows) and not is_place and not _is_nearby(text, start):
                yield start, name
            start = text.find(word, start + 1)


def _is_nearby(text: str, start: int) -> bool:
    """Whether what begins here says where something is, not who is meant: หน้า อบต.…, โรงเรียน อบจ.…."""
    before = text[max(0, start - 32) : start].rstrip(" ")
    before = before.removesuffix("ที่ทำการ").removesuffix("สำนักงาน").rstrip(" ")
    return before.endswith(_NEARBY) and not before.endswith(_NOT_NEARBY)


@lru_cache(maxsize=2)
def cached_finder(laos: tuple[Lao, ...], served: tuple[LaoSubdistrict, ...]) -> LaoFinder:
    """The finder of these rows; a worker process makes it once."""
    return LaoFinder(laos, served)


_ROAD = r"(?:ถนน|ถ\.|ทางหลวง|ทางสาย|เส้นทาง|สะพาน|ซอย)"
_IS_ROAD = re.compile(r"ถนน|ทางหลวง|ซอย|ผิวจราจร|ไหล่ทาง|ทางเท้า|ฟุตบาท|ฟุตปาธ|สะพาน|ลูกรัง|คอนกรีต|ลาดยาง|เป็นหลุม|เกาะกลาง")
_BELONGS = r" ?(?:สาย|เส้น)?(?:นี้)? ?(?:เป็น)?(?:ของ|ในความรับผิดชอบของ|ในความดูแลของ|อยู่ในความรับผิดชอบของ|สังกัด)? ?"
_NOT = r"(?<!ไม่ใช่)(?<!ไม่ใช่ของ)(?<!ไม่ใช่ถนน)(?<!ไม่ใช่ถนนของ)(?<!หน้า)(?<!หลัง)(?<!แยก)(?<!ใกล้)(?<!ข้าม)(?<!กอง)"
# The order matters: a rural road (ทางหลวงชนบท) and a local one (ทางหลวงท้องถิ่น) have ทางหลวง in their names.
_OWNERS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("rural_roads", re.compile(rf"{_NOT}(?:ทางหลวงชนบท|(?<![ก-๙])ทช\. ?(?=[0-9๐-๙])|(?:ถนน|สาย|ทาง|หมวด|แขวง) ?ทช\.)")),
    (
        "highways",
        re.compile(
            rf"{_NOT}(?:ทางหลวง(?:แผ่นดิน|พิเศษ|หมายเลข|(?: ?สาย)? ?[0-9๐-๙])|(?:กรม|แขวง|หมวด)ทางหลวง(?!ชนบท)"
            r"|แขวงการทาง|(?<![ก-๙])ทล\. ?(?=[0-9๐-๙]))"
        ),
    ),
    ("pao", re.compile(rf"{_ROAD}{_BELONGS}(?:อบจ|อ\.บ\.จ\.|องค์การบริหารส่วนจังหวัด)")),
    (
        "lao",
        re.compile(
            rf"ทางหลวงท้องถิ่น|{_ROAD}{_BELONGS}(?:อบต(?=\.|[ ]|$)|อ\.บ\.ต\.|องค์การบริหารส่วนตำบล)"
            # A street's own name may be เทศบาลตำบล… 31; roads inside an estate (ในหมู่บ้าน) are often private.
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
    ("pao", re.compile(_WORDS["pao"])),
    ("lao", re.compile(f"เทศบาล|{_WORDS['sao']}")),
)


def road_owner(text: str, agency: str) -> str:
    """Who owns the road that a concern is about: lao, pao, rural_roads, highways, or unknown.

    The agency decides where it is a road authority, then what the text says of the road, unless it names two
    owners; an LAO as agency counts only where the text is about a road, since an LAO has other work too.
    """
    for owner, words in _AGENCIES:
        if words.search(agency):
            return owner
    if _IS_ROAD.search(text) is None and "ทช." not in text and "ทล." not in text:
        return "unknown"
    said = [owner for owner, words in _OWNERS if words.search(text)]
    if said:
        return said[0] if len(said) == 1 else "unknown"
    for owner, words in _LOCAL_AGENCIES:
        if words.search(agency):
            return owner
    return "unknown"
