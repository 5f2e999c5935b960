"""Areas that marked names state: those whose level the words say, and local governments that bear their names."""

from __future__ import annotations

import re

from nlp.places.labelled_names import DISTRICT, PAO, PROVINCE, SAO, SMALL_TOWN, SUBDISTRICT, TOWN, LabelledName
from nlp.places.names import BANGKOK, MAX_NAME_LENGTH, area_names, areas_named, find_unique, is_area_name
from nlp.places.spelling import fuzzy_match

# Words that people write on to a name without a space.
_GOES_ON = re.compile(
    "ครับ|คับ|ค่ะ|คะ|นะ|ช่วย|ขอ|ถนน|ไฟ|น้ำ|ไม่|มี|ที่|ใน|และ|ของ|เป็น|ช่วง|หน้า|หลัง|ใกล้|ข้าง|ตรง|บริเวณ|โทร|ให้|ได้|ถูก|เกิด|อยู่|มา"
    "|เพราะ|หมู่|ซอย|บ้าน|โดย|ทำ|ประชาชน|แจ้ง|ด้วย|จะ|กำลัง|ฝั่ง|ยัง|ต้อง|เขต|พื้นที่|แล้ว|รหัส"
)


def names_of_level(labelled: list[LabelledName], level: int) -> list[LabelledName]:
    """The marks that say a level."""
    return [name for name in labelled if name.level == level]


def _within(name: LabelledName, within: str | None) -> str | None:
    """Where the area of a mark lies; "" where the mark cannot be meant (a แขวง outside Bangkok)."""
    if not name.in_bangkok:
        return within
    if within is None:
        return BANGKOK
    return within if within.startswith(BANGKOK) else ""


def _cut_short(level: int, key: str, within: str | None) -> str | None:
    """The one area whose name begins as a name that ฯ cuts short."""
    if within is None and level > 0:
        return None
    known = (area_names().provinces, area_names().districts, area_names().subdistricts)[level]
    codes = {
        code for name in known if name.startswith(key) for code in areas_named(level, name, within) if len(key) >= 3
    }
    return codes.pop() if len(codes) == 1 else None


def _before_more(level: int, word: str, within: str | None) -> str | None:
    """The area whose name a word begins with, where a common word is written on to it (จังหวัดยะลาค่ะ)."""
    ends = [found.start() for found in _GOES_ON.finditer(word[: 2 * MAX_NAME_LENGTH], 3)]
    return next((code for end in reversed(ends) if (code := find_unique(level, word[:end], within))), None)


def match_exact(name: LabelledName, level: int, within: str | None) -> tuple[str, int] | None:
    """The area of a mark, and where its name begins."""
    area = _within(name, within)
    if area == "":
        return None
    for key, start in zip(name.keys, name.starts, strict=True):
        if key and (code := find_unique(level, key, area)) is not None:
            return code, start
    if not name.keys:
        return None
    word, start = name.keys[-1], name.starts[-1]
    code = _cut_short(level, word, area) if name.is_short else _before_more(level, word, area)
    if code is None and level == PROVINCE:
        code = area_names().abbreviations.get(word)
    return None if code is None else (code, start)


def _misspelt(name: LabelledName, level: int, within: str | None) -> tuple[str, int] | None:
    area = _within(name, within)
    if area == "" or any(len(areas_named(level, key, area)) > 1 for key in name.keys):
        return None
    for key, start in zip(name.keys, name.starts, strict=True):
        if (code := fuzzy_match(level, key, area)) is not None:
            return code, start
    return None


def find_area(labelled: list[LabelledName], level: int, within: str | None) -> tuple[str, int] | None:
    """What the last mark of a level that means one area inside another says; and where it begins."""
    for reading in (match_exact, _misspelt):
        for name in reversed(labelled):
            if name.level == level and (hit := reading(name, level, within)):
                return hit
    return None


def _fitting(labelled: list[LabelledName]) -> list[str]:
    """The subdistricts that a marked subdistrict and a marked district can mean together, in whatever province.

    The longest name counts that any area bears, and the last mark of a level that bears one.
    """

    def meanings(level: int) -> list[str]:
        for name in reversed(names_of_level(labelled, level)):
            area = _within(name, None)
            for key in name.keys:
                if key and len(key) <= MAX_NAME_LENGTH and (found := areas_named(level, key, area)):
                    return found
        return []

    districts = set(meanings(DISTRICT))
    return [code for code in meanings(SUBDISTRICT) if code[:4] in districts]


def find_by_local_government(labelled: list[LabelledName], within: str | None) -> str | None:
    """Where the local government lies that marks name: a capital district, a district, a subdistrict.

    A town that bears the name of a province is its capital; อบต. and small towns are looked for inside a known
    province alone, and of a small town only the district counts, since its borders are not a subdistrict's.
    """
    for name in reversed(labelled):
        hit = None
        if name.level == PAO:
            hit = match_exact(name, PROVINCE, within)
        elif name.level == TOWN:
            province = match_exact(name, PROVINCE, None)
            if province and within is not None and not within.startswith(province[0]):
                continue
            hit = (
                (province[0] + "01", 0) if province and province[0] != BANGKOK else match_exact(name, DISTRICT, within)
            )
        elif within is not None and name.level in (SAO, SMALL_TOWN):
            hit = match_exact(name, SUBDISTRICT, within)
            if hit and name.level == SMALL_TOWN:
                return hit[0][:4]
        if hit:
            return hit[0]
    return None


def _several(labelled: list[LabelledName], level: int, within: str | None) -> bool:
    """Whether a marked name of a level means several areas, or two marks mean two."""
    found: set[str] = set()
    for name in names_of_level(labelled, level):
        area = _within(name, within)
        if area == "":
            continue
        if any(len(areas_named(level, key, area)) > 1 for key in name.keys):
            return True
        found |= {hit[0] for hit in [match_exact(name, level, area)] if hit}
    return len(found) > 1


def find_district(labelled: list[LabelledName], province: str | None) -> tuple[str, int] | None:
    """The district that marks state; where several are stated, the one that a stated subdistrict lies in."""
    hits = {hit for name in names_of_level(labelled, DISTRICT) if (hit := match_exact(name, DISTRICT, province))}
    if len({code for code, _ in hits}) < 2:
        return find_area(labelled, DISTRICT, province)
    fitting = [hit for hit in hits if find_area(labelled, SUBDISTRICT, hit[0])]
    return fitting[0] if len({code for code, _ in fitting}) == 1 else None


def find_smallest_area(
    labelled: list[LabelledName], province: str | None, district: tuple[str, int] | None
) -> str | None:
    """The smallest area that the marked names below the province state, or None."""
    stated = [name for name in names_of_level(labelled, DISTRICT) if not name.in_bangkok or province == BANGKOK]
    if district is not None:
        hit = find_area(labelled, SUBDISTRICT, district[0])
        return hit[0] if hit else None
    if stated and province is None:
        fitting = _fitting(labelled)
        return fitting[0] if len(fitting) == 1 else None
    if any(is_area_name(DISTRICT, key) for name in stated for key in name.keys):
        return None  # a district of another province, or one of several: its subdistrict may be anywhere
    for name in reversed(names_of_level(labelled, SUBDISTRICT)):
        if hit := match_exact(name, SUBDISTRICT, province):
            return hit[0]
    hit = find_area(labelled, SUBDISTRICT, province) if not stated and province else None
    return hit[0] if hit else None


def is_ambiguous(labelled: list[LabelledName], code: str | None) -> bool:
    """Whether a marked name was left open because it means several areas inside what is known."""
    size = len(code or "")
    return (size < 4 and _several(labelled, DISTRICT, code)) or (size < 6 and _several(labelled, SUBDISTRICT, code))
