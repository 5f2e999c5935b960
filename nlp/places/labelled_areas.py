"""Areas of labelled names: names with a level word, and names of local governments, which have the name of an area.

``within`` is the code of the area in which a name is looked up, or None for the whole country. Functions that return
a pair give the code of the area and the token at which its name begins.
"""

from __future__ import annotations

import re

from nlp.places.labelled_names import DISTRICT, PAO, PROVINCE, SAO, SMALL_TOWN, SUBDISTRICT, TOWN, LabelledName
from nlp.places.names import BANGKOK, MAX_NAME_LENGTH, area_names, areas_named, find_unique, is_area_name
from nlp.places.spelling import fuzzy_match

# Words that people write after a name without a space.
_FOLLOWING_WORDS = re.compile(
    "ครับ|คับ|ค่ะ|คะ|นะ|ช่วย|ขอ|ถนน|ไฟ|น้ำ|ไม่|มี|ที่|ใน|และ|ของ|เป็น|ช่วง|หน้า|หลัง|ใกล้|ข้าง|ตรง|บริเวณ|โทร|ให้|ได้|ถูก|เกิด|อยู่|มา"
    "|เพราะ|หมู่|ซอย|บ้าน|โดย|ทำ|ประชาชน|แจ้ง|ด้วย|จะ|กำลัง|ฝั่ง|ยัง|ต้อง|เขต|พื้นที่|แล้ว|รหัส"
)


def names_of_level(labelled: list[LabelledName], level: int) -> list[LabelledName]:
    """The names whose level word states a level."""
    return [name for name in labelled if name.level == level]


def match_exact(name: LabelledName, level: int, within: str | None) -> tuple[str, int] | None:
    """The area whose exact name this is, also where ฯ shortens it or a word follows without a space."""
    area = _search_area(name, within)
    if area == "":
        return None
    for key, start in zip(name.keys, name.starts, strict=True):
        if key and (code := find_unique(level, key, area)) is not None:
            return code, start
    if not name.keys:
        return None
    word, start = name.keys[-1], name.starts[-1]
    code = _match_shortened(level, word, area) if name.is_short else _match_beginning(level, word, area)
    if code is None and level == PROVINCE:
        code = area_names().abbreviations.get(word)
    return None if code is None else (code, start)


def find_area(labelled: list[LabelledName], level: int, within: str | None) -> tuple[str, int] | None:
    """The area of the last name of a level that means exactly one area; misspelt names are tried after exact ones."""
    for match in (match_exact, _match_misspelt):
        for name in reversed(labelled):
            if name.level == level and (hit := match(name, level, within)):
                return hit
    return None


def find_by_local_government(labelled: list[LabelledName], within: str | None) -> str | None:
    """The code of the area of a local government: a capital district, a district or a subdistrict.

    A town with the name of a province is the capital of that province. อบต. and small towns are looked up only in a
    known province. Of a small town only the district is returned, since its borders are not those of a subdistrict.
    """
    for name in reversed(labelled):
        hit = None
        if name.level == PAO:
            hit = match_exact(name, PROVINCE, within)
        elif name.level == TOWN:
            hit = _match_town(name, within)
        elif within is not None and name.level in (SAO, SMALL_TOWN):
            hit = match_exact(name, SUBDISTRICT, within)
            if hit and name.level == SMALL_TOWN:
                return hit[0][:4]
        if hit:
            return hit[0]
    return None


def find_district(labelled: list[LabelledName], province: str | None) -> tuple[str, int] | None:
    """The district of the names; if there are several, the one that contains a subdistrict of the names."""
    hits = {hit for name in names_of_level(labelled, DISTRICT) if (hit := match_exact(name, DISTRICT, province))}
    if len({code for code, _ in hits}) < 2:
        return find_area(labelled, DISTRICT, province)
    matching = [hit for hit in hits if find_area(labelled, SUBDISTRICT, hit[0])]
    return matching[0] if len({code for code, _ in matching}) == 1 else None


def find_smallest_area(
    labelled: list[LabelledName], province: str | None, district: tuple[str, int] | None
) -> str | None:
    """The code of the smallest area below the province that the names state, or None."""
    if district is not None:
        hit = find_area(labelled, SUBDISTRICT, district[0])
        return hit[0] if hit else None
    districts = [name for name in names_of_level(labelled, DISTRICT) if not name.in_bangkok or province == BANGKOK]
    if districts and province is None:
        matching = _matching_subdistricts(labelled)
        return matching[0] if len(matching) == 1 else None
    if any(is_area_name(DISTRICT, key) for name in districts for key in name.keys):
        return None  # The district is in another province or is ambiguous, so the subdistrict may be anywhere.
    for name in reversed(names_of_level(labelled, SUBDISTRICT)):
        if hit := match_exact(name, SUBDISTRICT, province):
            return hit[0]
    hit = find_area(labelled, SUBDISTRICT, province) if not districts and province else None
    return hit[0] if hit else None


def is_ambiguous(labelled: list[LabelledName], code: str | None) -> bool:
    """Whether a name was not resolved because several areas inside ``code`` have it."""
    size = len(code or "")
    return (size < 4 and _has_several_areas(labelled, DISTRICT, code)) or (
        size < 6 and _has_several_areas(labelled, SUBDISTRICT, code)
    )


def _search_area(name: LabelledName, within: str | None) -> str | None:
    """The area in which a name is looked up; "" if it cannot be there (a แขวง outside Bangkok)."""
    if not name.in_bangkok:
        return within
    if within is None:
        return BANGKOK
    return within if within.startswith(BANGKOK) else ""


def _match_shortened(level: int, key: str, within: str | None) -> str | None:
    """The only area whose name begins with a name that ends in ฯ."""
    if (within is None and level > 0) or len(key) < 3:
        return None
    names = (area_names().provinces, area_names().districts, area_names().subdistricts)[level]
    codes = {code for name in names if name.startswith(key) for code in areas_named(level, name, within)}
    return codes.pop() if len(codes) == 1 else None


def _match_beginning(level: int, word: str, within: str | None) -> str | None:
    """The area whose name a word begins with, if a common word follows without a space (จังหวัดยะลาค่ะ)."""
    ends = [match.start() for match in _FOLLOWING_WORDS.finditer(word[: 2 * MAX_NAME_LENGTH], 3)]
    return next((code for end in reversed(ends) if (code := find_unique(level, word[:end], within))), None)


def _match_misspelt(name: LabelledName, level: int, within: str | None) -> tuple[str, int] | None:
    area = _search_area(name, within)
    if area == "" or any(len(areas_named(level, key, area)) > 1 for key in name.keys):
        return None
    for key, start in zip(name.keys, name.starts, strict=True):
        if (code := fuzzy_match(level, key, area)) is not None:
            return code, start
    return None


def _match_town(name: LabelledName, within: str | None) -> tuple[str, int] | None:
    """The capital district of the province with the name of a town, else the district with that name."""
    province = match_exact(name, PROVINCE, None)
    if province and within is not None and not within.startswith(province[0]):
        return None
    return (province[0] + "01", 0) if province and province[0] != BANGKOK else match_exact(name, DISTRICT, within)


def _matching_subdistricts(labelled: list[LabelledName]) -> list[str]:
    """The subdistricts that a named subdistrict and a named district can mean together, in any province."""
    districts = set(_possible_areas(labelled, DISTRICT))
    return [code for code in _possible_areas(labelled, SUBDISTRICT) if code[:4] in districts]


def _possible_areas(labelled: list[LabelledName], level: int) -> list[str]:
    """The areas that have the longest form of the last name of a level that any area has."""
    for name in reversed(names_of_level(labelled, level)):
        area = _search_area(name, None)
        for key in name.keys:
            if key and len(key) <= MAX_NAME_LENGTH and (codes := areas_named(level, key, area)):
                return codes
    return []


def _has_several_areas(labelled: list[LabelledName], level: int, within: str | None) -> bool:
    """Whether several areas have a name of a level, or two names of it mean different areas."""
    codes: set[str] = set()
    for name in names_of_level(labelled, level):
        area = _search_area(name, within)
        if area == "":
            continue
        if any(len(areas_named(level, key, area)) > 1 for key in name.keys):
            return True
        if hit := match_exact(name, level, area):
            codes.add(hit[0])
    return len(codes) > 1
