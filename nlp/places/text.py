"""A place in the citizen's own words: explicit marks alone (จังหวัด…, อ.…, เทศบาลนคร…), never a bare word.

The name of a province behind ไป, จาก and the like is where a road or a person goes, behind ทะเบียน that of a
number plate; both are none.
"""

from __future__ import annotations

from nlp.places.marked import by_body, exact, is_ambiguous, marked, marked_district
from nlp.places.marks import DISTRICT, PROVINCE, Mark, Words, words_of
from nlp.places.place import NOWHERE, Place, flagged, place_of

_AWAY = (
    "ไป", "จาก", "สู่", "ถึง", "มุ่งหน้า", "กลับ", "เข้า", "ออก", "ระหว่าง", "เชื่อม", "ต่อ", "คน", "ชาว",
    "to", "from", "towards",
)  # fmt: skip
# Districts that bear the name of a person: after อ. (which is อาจารย์ too) they need a province beside them.
_PEOPLE = frozenset(("พล", "พนม", "พาน", "สิรินธร", "วิภาวดี", "จุฬาภรณ์", "อุบลรัตน์", "กัลยาณิวัฒนา", "เทพา", "สมเด็จ"))


def _goes_elsewhere(mark: Mark, words: Words) -> bool:
    first = min(mark.starts, default=0)
    before = words.tokens[max(0, first - 4) : first]
    return bool(before) and (before[-1].endswith(_AWAY) or any("ทะเบียน" in token for token in before))


def _is_person(mark: Mark, words: Words) -> bool:
    is_short = bool(mark.keys) and words.tokens[mark.starts[-1]].startswith("อ.")
    return is_short and mark.level == DISTRICT and mark.keys[-1] in _PEOPLE


def by_text(text: str, known: str | None) -> Place:
    """The place that the words of a concern state; ``known`` is the province that better evidence gave."""
    words = words_of(text)
    if not words.marks:
        return NOWHERE
    marks = [mark for mark in words.marks if not _goes_elsewhere(mark, words)]
    named = {hit[0] for mark in marks if mark.level == PROVINCE and (hit := exact(mark, PROVINCE, None))}
    if known is not None and named - {known}:
        return NOWHERE
    if len(named) > 1:
        return flagged(NOWHERE, "ambiguous_place")
    province = min(named) if named else known
    if province is None:
        marks = [mark for mark in marks if not _is_person(mark, words)]
    district = marked_district(marks, province)
    code = marked(marks, province, district) or (district[0] if district else province)
    if district is None and not any(mark.level == DISTRICT for mark in marks):
        body = by_body(marks, province)
        code = body if len(body or "") > len(code or "") else code
    place = NOWHERE if code is None else place_of(code, "text")
    return flagged(place, "ambiguous_place") if is_ambiguous(marks, code) else place
