"""Areas that marked names state: those whose level the words say, and local governments that bear their names."""

from __future__ import annotations

import re

from nlp.places.marks import DISTRICT, PAO, PROVINCE, SAO, SMALL_TOWN, SUBDISTRICT, TOWN, Mark
from nlp.places.names import BANGKOK, LONGEST, bearers, is_name, lookup, names
from nlp.places.spelling import meant

# Words that people write on to a name without a space.
_GOES_ON = re.compile(
    "ครับ|คับ|ค่ะ|คะ|นะ|ช่วย|ขอ|ถนน|ไฟ|น้ำ|ไม่|มี|ที่|ใน|และ|ของ|เป็น|ช่วง|หน้า|หลัง|ใกล้|ข้าง|ตรง|บริเวณ|โทร|ให้|ได้|ถูก|เกิด|อยู่|มา"
    "|เพราะ|หมู่|ซอย|บ้าน|โดย|ทำ|ประชาชน|แจ้ง|ด้วย|จะ|กำลัง|ฝั่ง|ยัง|ต้อง|เขต|พื้นที่|แล้ว|รหัส"
)


def of_level(marks: list[Mark], level: int) -> list[Mark]:
    """The marks that say a level."""
    return [mark for mark in marks if mark.level == level]


def _within(mark: Mark, within: str | None) -> str | None:
    """Where the area of a mark lies; "" where the mark cannot be meant (a แขวง outside Bangkok)."""
    if not mark.in_bangkok:
        return within
    if within is None:
        return BANGKOK
    return within if within.startswith(BANGKOK) else ""


def _cut_short(level: int, key: str, within: str | None) -> str | None:
    """The one area whose name begins as a name that ฯ cuts short."""
    if within is None and level > 0:
        return None
    known = (names().provinces, names().districts, names().subdistricts)[level]
    codes = {code for name in known if name.startswith(key) for code in bearers(level, name, within) if len(key) >= 3}
    return codes.pop() if len(codes) == 1 else None


def _before_more(level: int, word: str, within: str | None) -> str | None:
    """The area whose name a word begins with, where a common word is written on to it (จังหวัดยะลาค่ะ)."""
    ends = [found.start() for found in _GOES_ON.finditer(word[: 2 * LONGEST], 3)]
    return next((code for end in reversed(ends) if (code := lookup(level, word[:end], within))), None)


def exact(mark: Mark, level: int, within: str | None) -> tuple[str, int] | None:
    """The area of a mark, and where its name begins."""
    area = _within(mark, within)
    if area == "":
        return None
    for key, start in zip(mark.keys, mark.starts, strict=True):
        if key and (code := lookup(level, key, area)) is not None:
            return code, start
    if not mark.keys:
        return None
    word, start = mark.keys[-1], mark.starts[-1]
    code = _cut_short(level, word, area) if mark.is_short else _before_more(level, word, area)
    if code is None and level == PROVINCE:
        code = names().abbreviations.get(word)
    return None if code is None else (code, start)


def _misspelt(mark: Mark, level: int, within: str | None) -> tuple[str, int] | None:
    area = _within(mark, within)
    if area == "" or any(len(bearers(level, key, area)) > 1 for key in mark.keys):
        return None
    for key, start in zip(mark.keys, mark.starts, strict=True):
        if (code := meant(level, key, area)) is not None:
            return code, start
    return None


def read(marks: list[Mark], level: int, within: str | None) -> tuple[str, int] | None:
    """What the last mark of a level that means one area inside another says; and where it begins."""
    for reading in (exact, _misspelt):
        for mark in reversed(marks):
            if mark.level == level and (hit := reading(mark, level, within)):
                return hit
    return None


def _fitting(marks: list[Mark]) -> list[str]:
    """The subdistricts that a marked subdistrict and a marked district can mean together, in whatever province.

    The longest name counts that any area bears, and the last mark of a level that bears one.
    """

    def meanings(level: int) -> list[str]:
        for mark in reversed(of_level(marks, level)):
            area = _within(mark, None)
            for key in mark.keys:
                if key and len(key) <= LONGEST and (found := bearers(level, key, area)):
                    return found
        return []

    districts = set(meanings(DISTRICT))
    return [code for code in meanings(SUBDISTRICT) if code[:4] in districts]


def by_body(marks: list[Mark], within: str | None) -> str | None:
    """Where the local government lies that marks name: a capital district, a district, a subdistrict.

    A town that bears the name of a province is its capital; อบต. and small towns are looked for inside a known
    province alone, and of a small town only the district counts, since its borders are not a subdistrict's.
    """
    for mark in reversed(marks):
        hit = None
        if mark.level == PAO:
            hit = exact(mark, PROVINCE, within)
        elif mark.level == TOWN:
            province = exact(mark, PROVINCE, None)
            if province and within is not None and not within.startswith(province[0]):
                continue
            hit = (province[0] + "01", 0) if province and province[0] != BANGKOK else exact(mark, DISTRICT, within)
        elif within is not None and mark.level in (SAO, SMALL_TOWN):
            hit = exact(mark, SUBDISTRICT, within)
            if hit and mark.level == SMALL_TOWN:
                return hit[0][:4]
        if hit:
            return hit[0]
    return None


def _several(marks: list[Mark], level: int, within: str | None) -> bool:
    """Whether a marked name of a level means several areas, or two marks mean two."""
    found: set[str] = set()
    for mark in of_level(marks, level):
        area = _within(mark, within)
        if area == "":
            continue
        if any(len(bearers(level, key, area)) > 1 for key in mark.keys):
            return True
        found |= {hit[0] for hit in [exact(mark, level, area)] if hit}
    return len(found) > 1


def marked_district(marks: list[Mark], province: str | None) -> tuple[str, int] | None:
    """The district that marks state; where several are stated, the one that a stated subdistrict lies in."""
    hits = {hit for mark in of_level(marks, DISTRICT) if (hit := exact(mark, DISTRICT, province))}
    if len({code for code, _ in hits}) < 2:
        return read(marks, DISTRICT, province)
    fitting = [hit for hit in hits if read(marks, SUBDISTRICT, hit[0])]
    return fitting[0] if len({code for code, _ in fitting}) == 1 else None


def marked(marks: list[Mark], province: str | None, district: tuple[str, int] | None) -> str | None:
    """The smallest area that the marked names below the province state, or None."""
    stated = [mark for mark in of_level(marks, DISTRICT) if not mark.in_bangkok or province == BANGKOK]
    if district is not None:
        hit = read(marks, SUBDISTRICT, district[0])
        return hit[0] if hit else None
    if stated and province is None:
        fitting = _fitting(marks)
        return fitting[0] if len(fitting) == 1 else None
    if any(is_name(DISTRICT, key) for mark in stated for key in mark.keys):
        return None  # a district of another province, or one of several: its subdistrict may be anywhere
    for mark in reversed(of_level(marks, SUBDISTRICT)):
        if hit := exact(mark, SUBDISTRICT, province):
            return hit[0]
    hit = read(marks, SUBDISTRICT, province) if not stated and province else None
    return hit[0] if hit else None


def is_ambiguous(marks: list[Mark], code: str | None) -> bool:
    """Whether a marked name was left open because it means several areas inside what is known."""
    size = len(code or "")
    return (size < 4 and _several(marks, DISTRICT, code)) or (size < 6 and _several(marks, SUBDISTRICT, code))
