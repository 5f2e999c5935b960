"""A place in the citizen's own words: explicit marks alone (จังหวัด…, อ.…, เทศบาลนคร…), never a bare word.

The name of a province behind ไป, จาก and the like is where a road or a person goes, behind ทะเบียน that of a
number plate; both are none.
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

_AWAY = (
    "ไป", "จาก", "สู่", "ถึง", "มุ่งหน้า", "กลับ", "เข้า", "ออก", "ระหว่าง", "เชื่อม", "ต่อ", "คน", "ชาว",
    "to", "from", "towards",
)  # fmt: skip
# Districts that bear the name of a person: after อ. (which is อาจารย์ too) they need a province beside them.
_PEOPLE = frozenset(("พล", "พนม", "พาน", "สิรินธร", "วิภาวดี", "จุฬาภรณ์", "อุบลรัตน์", "กัลยาณิวัฒนา", "เทพา", "สมเด็จ"))


def _goes_elsewhere(name: LabelledName, words: AddressWords) -> bool:
    first = min(name.starts, default=0)
    before = words.tokens[max(0, first - 4) : first]
    return bool(before) and (before[-1].endswith(_AWAY) or any("ทะเบียน" in token for token in before))


def _is_person(name: LabelledName, words: AddressWords) -> bool:
    is_short = bool(name.keys) and words.tokens[name.starts[-1]].startswith("อ.")
    return is_short and name.level == DISTRICT and name.keys[-1] in _PEOPLE


def place_from_text(text: str, known: str | None) -> Place:
    """The place that the words of a concern state; ``known`` is the province that better evidence gave."""
    words = split_words(text)
    if not words.labelled:
        return NOWHERE
    labelled = [name for name in words.labelled if not _goes_elsewhere(name, words)]
    named = {hit[0] for name in labelled if name.level == PROVINCE and (hit := match_exact(name, PROVINCE, None))}
    if known is not None and named - {known}:
        return NOWHERE
    if len(named) > 1:
        return with_flag(NOWHERE, "ambiguous_place")
    province = min(named) if named else known
    if province is None:
        labelled = [name for name in labelled if not _is_person(name, words)]
    district = find_district(labelled, province)
    code = find_smallest_area(labelled, province, district) or (district[0] if district else province)
    if district is None and not any(name.level == DISTRICT for name in labelled):
        body = find_by_local_government(labelled, province)
        code = body if len(body or "") > len(code or "") else code
    place = NOWHERE if code is None else to_place(code, "text")
    return with_flag(place, "ambiguous_place") if is_ambiguous(labelled, code) else place
