"""A place in the citizen's own words: only names with a level word (จังหวัด…, อ.…, เทศบาลนคร…) count.

The name of a province after ไป, จาก and similar words is a direction or an origin, and after ทะเบียน it belongs to a
number plate. Neither counts.
"""

from __future__ import annotations

from nlp.places.labelled_areas import (
    find_by_local_government,
    find_district,
    find_smallest_area,
    is_ambiguous,
    match_exact,
)
from nlp.places.labelled_names import DISTRICT, PROVINCE, AddressWords, LabelledName, split_words
from nlp.places.place import NOWHERE, Place, to_place, with_flag

_DIRECTIONS = (
    "ไป", "จาก", "สู่", "ถึง", "มุ่งหน้า", "กลับ", "เข้า", "ออก", "ระหว่าง", "เชื่อม", "ต่อ", "คน", "ชาว",
    "to", "from", "towards",
)  # fmt: skip
# Districts whose name is also the name of a person. After อ. (which also means อาจารย์) they need a province.
_NAMES_OF_PEOPLE = frozenset(("พล", "พนม", "พาน", "สิรินธร", "วิภาวดี", "จุฬาภรณ์", "อุบลรัตน์", "กัลยาณิวัฒนา", "เทพา", "สมเด็จ"))


def place_from_text(text: str, known_province: str | None) -> Place:
    """The place that the words of a concern state.

    ``known_province`` is the code from stronger evidence. A text with another province gives NOWHERE.
    """
    words = split_words(text)
    if not words.labelled:
        return NOWHERE
    names = [name for name in words.labelled if not _is_direction(name, words)]
    provinces = {hit[0] for name in names if name.level == PROVINCE and (hit := match_exact(name, PROVINCE, None))}
    if known_province is not None and provinces - {known_province}:
        return NOWHERE
    if len(provinces) > 1:
        return with_flag(NOWHERE, "ambiguous_place")
    province = min(provinces) if provinces else known_province
    if province is None:
        names = [name for name in names if not _may_be_person(name, words)]
    district = find_district(names, province)
    code = find_smallest_area(names, province, district) or (district[0] if district else province)
    if district is None and not any(name.level == DISTRICT for name in names):
        government = find_by_local_government(names, province)
        code = government if len(government or "") > len(code or "") else code
    place = NOWHERE if code is None else to_place(code, "text")
    return with_flag(place, "ambiguous_place") if is_ambiguous(names, code) else place


def _is_direction(name: LabelledName, words: AddressWords) -> bool:
    first = min(name.starts, default=0)
    before = words.tokens[max(0, first - 4) : first]
    return bool(before) and (before[-1].endswith(_DIRECTIONS) or any("ทะเบียน" in token for token in before))


def _may_be_person(name: LabelledName, words: AddressWords) -> bool:
    is_short = bool(name.keys) and words.tokens[name.starts[-1]].startswith("อ.")
    return is_short and name.level == DISTRICT and name.keys[-1] in _NAMES_OF_PEOPLE
