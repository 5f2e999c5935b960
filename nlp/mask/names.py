"""Names of people: after a title, after words that announce a name, in Thai, English and Malay.

What makes a name of the words after a title is judged by PyThaiNLP's lists of given and family names
(Thai names of the Wikipedia and of open lists) and, for the names that no list has, by where the run of letters
ends or the sentence goes on (names.yaml).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import yaml
from pythainlp.corpus import thai_family_names, thai_female_names, thai_male_names, thai_stopwords

from schemas.area_data import districts, subdistricts

# Longer runs of letters without a space are sentences.
_LONGEST = 20
_LONGEST_FAMILY = 16
# Letters and marks without ฯ and ๆ.
_THAI = "ก-ฮะ-ฺเ-ๅ็-๎"
_RUN = re.compile(f"[ก-ฮเ-ไ][{_THAI}]*")
_MARK = re.compile("[ะ-ฺๅ็-๎]")
_LATIN_NAME = r"[A-Z][A-Za-z'’-]{1,20}(?:[ ](?:(?:bin|binti|bt|b\.|al|a/l)[ ])?[A-Z][A-Za-z'’-]{1,20}){0,3}"
_LATIN = re.compile(_LATIN_NAME)

_RANK = (
    r"(?:พล\.)?(?:[พรดจส]\.[ตอทส]\.[ตอท]\.|[พรจสด]\.[อทต]\.)|พล\.[อทต]\.[อทต]?\.?|นพ\.|พญ\.|ทพ\.|ดร\.|ผศ\.|รศ\.|ม\.ล\.|ม\.ร\.ว\.|นายแพทย์|แพทย์หญิง|นายช่าง|นายตำรวจ"
    r"|นายก|ทนาย|ผู้ใหญ่บ้าน|ผู้ใหญ่|กำนัน|อิหม่าม|ฮัจยี|หะยี|ครู|หมอ|ผอ\."
)
_TITLE = re.compile(
    r"(?P<strong>นางสาว|นาย(?! ?ก(?:[ \nเแโใไ.ๆฯ]|$|[ก-๎]{0,4}มนตรี))|นาง|น\.ส\.(?=[ ]?[ก-ฮเ-ไ])"
    r"|น\.ส(?=[ ][ก-ฮเ-ไ])|นส\.|ด\.?[ชญ]\.|เด็กชาย|เด็กหญิง)"
    r"|(?P<you>คุณ)"
    r"|(?P<field>(?<!เ)(?:ชื่อ[ ]?(?:จริง|ผู้[ก-๎]{2,12}|บัญชี|เจ้าของ[ก-๎]{0,8}|[ ]?-[ ]?(?:นาม)?สกุล|และ[ ]?นามสกุล"
    r"|สกุล|นามสกุล)?|ผู้แจ้ง(?:เรื่อง)?|ผู้ร้อง(?:เรียน|ทุกข์)?"
    r"|ผู้ติดต่อ|ผู้ประสานงาน)[ ]?:)"
    r"|(?P<maybe>(?<!เ)(?<!ราย)(?<!ป้าย)(?:ชื่อ|ผู้แจ้ง(?:เรื่อง)?|ผู้ร้อง(?:เรียน|ทุกข์)?|ผู้ติดต่อ|ผู้ประสานงาน|(?<!โปร)เฟ[สซ](?:บุ๊?[คก])?)|"
    + _RANK
    + r")"
)
_OF_WHOM = re.compile("(?:ผม|ดิฉัน|หนู|ฉัน|ข้าพเจ้า|แม่|พ่อ|สามี|ภรรยา|ลูกชาย|ลูกสาว|คนขับ|คน|ผู้ตาย|ผู้ป่วย)[ ]?$")
_ANNOUNCED = re.compile(r"(?:ติดต่อ|ชื่อ|ผู้แจ้ง|ผู้ร้อง|ผู้ร้องเรียน|ผู้ประสาน|ผู้ประสานงาน|ผู้ติดต่อ|จาก|โทร|เรียก|เรียน|แจ้ง|ถาม)[ :]{0,2}$")
_BEFORE_THANKS = re.compile("(?:ขอบ|พระ|บุญ|เจ้า|ทด|นพ|ทบทวี|การ|ตัว|มี|เนรคุณ|คูณ|สม)$")
_BEFORE_TITLE = re.compile("(?:ทำ|อำ|พัฒ|ศาส|สัมม|ปรารถ|จินต|ชาว|ทุ่ง|ไร่|ท้อง|เจ้า|ขุน|ท้าว|ย่า|พระ)$")
# Policemen are counted in นาย.
_COUNTED = re.compile(r"(?:\d|กี่|ร้อย|พัน|หมื่น|หลาย|แต่ละ|ทุก|บาง|สอง|สาม|สี่|ห้า|หก|เจ็ด|แปด|เก้า|สิบ)[ ]?$")
_REACHED = re.compile(r"[ ]?(?:\(?\[PHONE\]|โทร)")
_POLITE = re.compile(r"[ ](?:ครับ|ค่ะ|คะ|คับ)|[ ]?\[PHONE\]")
_NOBODY = re.compile(
    "ไม่|ปกปิด|ประชาชน|ชาวบ้าน|ร้าน|ถนน|เรื่อง|หมู่บ้าน|ซอย|โครงการ|บริษัท|โรงเรียน|อบต|เทศบาล|ผู้|เจ้าหน้าที่|สำนัก|สงวน|ห้าง|หจก|บจก|วัด|มัสยิด|ชุมชน|กลุ่ม|คน|พลเมือง|สมาชิก|ไฟ|น้ำ"
)
_IN_LATIN = re.compile(
    rf"(?P<before>(?<![A-Za-z])(?:Mr|Mrs|Ms|Miss(?!\.?[ ]?(?:Grand|Universe|Thai|World|Inter|Teen|Call"
    rf"|You))|Dr|Khun|Encik|Puan|Cik|Tuan|Haji|Hajah|Ustaz|Ustazah)\b\.?[ ]?"
    rf"|(?:[Mm]y name is|[Nn]ama saya|(?<![A-Za-z])[Nn]am[ea][ ]?:)[ ]?)(?P<name>{_LATIN_NAME})"
    r"|(?P<before_bin>(?<![A-Za-z'’-]))(?P<bin>[A-Z][A-Za-z'’-]{1,20}[ ](?:bin|binti)[ ][A-Z][A-Za-z'’-]{1,20})"
)
_ANY_TITLE = re.compile(
    "นาย|นาง|คุณ|ชื่อ|ผู้(?:แจ้ง|ร้อง|ติดต่อ|ประสาน|ใหญ่)|เด็ก[ชห]|น\\.ส|นส\\.|ด\\.?[ชญ]\\.|[พรดจส]\\.[ตอทส]\\.|พล\\.|นพ\\.|พญ\\.|ทพ\\.|ดร\\.|[ผร]ศ\\.|ม\\.[ลร]\\.|ทนาย"
    "|กำนัน|อิหม่าม|ฮัจยี|หะยี|ครู|หมอ|ผอ\\.|แพทย์หญิง|เฟ[สซ]"
)
# The first three letters of every title and of what announces a name: a text without them holds none (``nlp.clean``).
CUES = (
    *str.split(
        "นาย นาง คุณ ชื่ ้แจ ้ร้ ้ติ ้ปร ้ให ็กช ็กห น.ส นส. ด.ช ด.ญ ดช. ดญ. นพ. พญ. ทพ. ดร. ผศ. รศ. ม.ล ม.ร ทนา กำน อิห"
        " ฮัจ หะย ครู หมอ ผอ. เฟส เฟซ แพท พล."
    ),
    *(rank + "." + more for rank in "พรดจส" for more in "ตอทส"),
    *(
        "Mr.",
        "Mr ",
        "Mrs",
        "Ms.",
        "Ms ",
        "Mis",
        "Dr.",
        "Dr ",
        "Khu",
        "Enc",
        "Pua",
        "Cik",
        "Tua",
        "Haj",
        "Ust",
        "nam",
        "Nam",
        " bi",
    ),
)
_ANY_LATIN_TITLE = re.compile("M(?:rs?|s|iss)|Dr|Khun|Encik|Puan|Cik|Tuan|Haj|Usta|[Nn]am[ea]| bin")


@dataclass(frozen=True, slots=True)
class _Words:
    """What is known of names and of the words around them."""

    given: frozenset[str]
    prefixes: frozenset[str]
    family: frozenset[str]
    offices: dict[str, re.Pattern[str]]
    never_first: re.Pattern[str]
    titles_too: frozenset[str]
    goes_on: re.Pattern[str]
    may_go_on: re.Pattern[str]
    places: re.Pattern[str]
    areas: re.Pattern[str]


def _any_of(words: Collection[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


@functools.cache
def _words() -> _Words:
    said = yaml.safe_load((Path(__file__).parent / "names.yaml").read_text(encoding="utf-8"))
    given = thai_male_names() | thai_female_names() | frozenset(said["muslim"])
    # Some lists hold words like ที่ and อายุ, which are names of hardly anybody.
    given -= thai_stopwords() | {*said["goes_on"], *said["may_go_on"], *said["prefixes"]}
    # An area whose name begins like a title is no person, unless what follows the title is a given name.
    names = {one.subdistrict_th for one in subdistricts()} | {one.district_th for one in districts()}
    areas = {name for name in names if (title := re.search("นาย|นาง|คุณ", name)) and name[title.end() :] not in given}
    goes_on = said["goes_on"]
    return _Words(
        given=frozenset(given),
        prefixes=frozenset(said["prefixes"]),
        family=frozenset(thai_family_names()) | frozenset(said["muslim"]),
        offices={title: re.compile(_any_of(words)) for title, words in said["offices"].items()},
        never_first=re.compile(_any_of(said["never_first"])),
        titles_too=frozenset(said["titles_too"]),
        goes_on=re.compile(_any_of(goes_on)),
        may_go_on=re.compile(_any_of([*goes_on, *said["may_go_on"]])),
        places=re.compile(f"(?:{_any_of(said['places'])})[ ]?$"),
        # นายม is a subdistrict, นายมะ a man.
        areas=re.compile("|".join(re.escape(name) + "(?![ก-๎])" for name in sorted(areas, key=len, reverse=True))),
    )


def _longest(run: str, names: Collection[str], least: int) -> int:
    """How many of its first letters are a known name; 0 if none."""
    for length in range(min(len(run), _LONGEST), least - 1, -1):
        if run[:length] in names and not _MARK.match(run, length):
            return length
    return 0


def _whole(run: str, length: int) -> int:
    """A length that does not part a letter from its marks."""
    while length < len(run) and _MARK.match(run, length):
        length += 1
    return length


def _given_end(run: str, words: _Words) -> int:
    """Where the given name at the start of a run of letters ends; 0 if the run is no name."""
    known = _longest(run, words.given, 2)
    if known == len(run) or run in words.prefixes:
        return len(run)
    if known >= 3 and not any(run.startswith(prefix) for prefix in words.prefixes):
        rest = run[known:]
        if words.may_go_on.match(rest):
            return known
        if family := _longest(rest, words.family, 3):
            return known + family
        cut = words.goes_on.search(rest, 1)
        if cut and cut.start() <= _LONGEST_FAMILY:
            return known + cut.start()
        return len(run) if not cut and len(rest) <= 12 else known
    cut = words.goes_on.search(run, 2)
    if cut:
        return cut.start() if cut.start() <= _LONGEST else known
    if words.goes_on.match(run):
        return known
    return len(run) if len(run) <= _LONGEST else _whole(run, known or 8)


def _family_end(text: str, at: int, words: _Words) -> int:
    """Where a family name after a given one ends; ``at`` itself if there is none."""
    gap = at
    while gap < len(text) and gap - at < 2 and text[gap] == " ":
        gap += 1
    run = _RUN.match(text, gap, gap + 60) if gap > at else None
    if not run or len(run.group()) < 2:
        return at
    letters, end = run.group(), run.end()
    if text[end : end + 1] == "." and len(letters) <= 4:
        return at
    if words.may_go_on.fullmatch(letters):
        return at
    known = _longest(letters, words.family, 3)
    if known == len(letters) or letters in words.given:
        return end + _noble(text, end)
    if known >= 4 and words.goes_on.match(letters, known):
        return gap + known
    if words.may_go_on.match(letters) and not letters.startswith(_NOT_MENDED):
        return at
    if known >= 4 and words.may_go_on.match(letters, known):
        return gap + known
    cut = words.goes_on.search(letters, 3)
    if cut and cut.start() <= _LONGEST_FAMILY:
        return gap + cut.start()
    return end + _noble(text, end) if len(letters) <= _LONGEST_FAMILY else at


_FAMILY_AFTER = re.compile("[ ]{1,2}([ก-ฮเ-ไ][ก-ฺเ-๎]{3,15})(?![ก-๎.])")
# Many family names begin so, as แก้, to mend, does.
_NOT_MENDED = "แก้ว"
_NOBLE = re.compile("[ ]?ณ[ ]?[ก-๎]{2,20}")


def _noble(text: str, at: int) -> int:
    return len(found.group()) if (found := _NOBLE.match(text, at)) else 0


def _known_only(text: str, at: int, words: _Words) -> int:
    """Where a name ends that is certainly one: a known given name at a boundary or before a known family name."""
    run = _RUN.match(text, at, at + 60)
    if not run:
        return 0
    letters = run.group()
    known = _longest(letters, words.given, 2)
    if not known:
        family = _FAMILY_AFTER.match(text, run.end())
        is_name = family and family[1] in words.family and len(letters) <= 12 and not words.may_go_on.match(letters)
        return family.end() if family and is_name else 0
    if known < len(letters):
        if words.goes_on.match(letters, known) and known >= 4:
            return at + known
        family = _longest(letters[known:], words.family, 4)
        return run.end() if known >= 3 and known + family == len(letters) else 0
    return _family_end(text, run.end(), words)


def _beyond_office(text: str, at: int, length: int, words: _Words) -> tuple[int, int]:
    """The name after a title that began like an office: นายช่างวิชัย, คุณครูสมศรี, นายพลวัฒน์; equal ends if there is none."""
    after = at + length
    if text[after : after + 1] == " ":
        return at, at
    if text[at:after] in words.titles_too and (end := _known_only(text, after, words)) > after:
        return after, end
    run = _RUN.match(text, at, at + 60)
    known = _longest(run.group(), words.given, 2) if run else 0
    if run and known > length and known == len(run.group()):
        return at, _family_end(text, run.end(), words)
    return at, at


def _name_end(text: str, match: re.Match[str], words: _Words) -> tuple[int, int]:
    """Start and end of the name after a title; equal if there is none."""
    at, kind, title = match.end(), match.lastgroup, match.group()
    while at < len(text) and text[at] == " " and at - match.end() < 2:
        at += 1
    before = text[max(0, match.start() - 12) : match.start()]
    if title == "ชื่อ" and _OF_WHOM.search(before):
        kind = "said"
    if kind in ("strong", "you"):
        area = words.areas.search(text, max(0, match.start() - 12), match.end() + 14)
        if area and area.start() <= match.start() and area.end() >= match.end():
            return at, at
    if not title.startswith(("ชื่อ", "ผู้แจ้ง", "ผู้ร้อง", "ผู้ติดต่อ")) and words.places.search(before):
        return at, at
    if kind in ("strong", "field", "said") and (latin := _LATIN.match(text, at)):
        return at, latin.end()
    run = _RUN.match(text, at, at + 60)
    if not run:
        return at, at
    letters = run.group()
    office = words.offices.get(title)
    inside = office.match(letters) if office else None
    if kind == "strong":
        if _BEFORE_TITLE.search(before) or len(letters) < 2:
            return at, at
        if (
            title == "นาย"
            and letters[0] == "ก"
            and at == match.end()
            and not _MARK.match(letters, 1)
            and not _longest(letters, words.given, 3)
        ):
            is_office = words.offices["นายก"].match(letters, 1)
            return (at, at) if is_office else (at + 1, max(at + 1, _known_only(text, at + 1, words)))
        if title == "นาย" and _COUNTED.search(before):
            return at, max(at, _known_only(text, at, words))
        if words.never_first.match(letters) and letters not in words.given:
            return at, at
        if inside:
            return _beyond_office(text, at, inside.end(), words)
        end = _given_end(letters, words)
        return at, _family_end(text, at + end, words) if end else at
    if kind == "you":
        if _BEFORE_THANKS.search(before):
            return at, at
        if inside:
            return _beyond_office(text, at, inside.end(), words)
        if (end := _known_only(text, at, words)) > at:
            return at, end
        is_announced = _ANNOUNCED.search(before) or _REACHED.match(text, run.end())
        if is_announced and len(letters) > 1 and not words.may_go_on.match(letters):
            end = _given_end(letters, words)
            return at, _family_end(text, at + end, words) if end else at
        return at, at
    if _TITLE.match(text, at):
        return at, at  # the title after it decides
    if kind in ("field", "said"):
        if _NOBODY.match(letters) or len(letters) < 2:
            return at, at
        if kind == "said" and words.may_go_on.match(letters) and not _longest(letters, words.given, 3):
            return at, at
        end = _given_end(letters, words)
        return at, _family_end(text, at + end, words) if end else at
    if (
        title.startswith("ชื่อ")
        and len(letters) <= 12
        and _POLITE.match(text, run.end())
        and not words.never_first.match(letters)
    ):
        return at, run.end()
    return at, max(at, _known_only(text, at, words) if len(letters) > 2 else at)


def mask_names(text: str) -> str:
    """Put ``[NAME]`` in the place of names; their titles stay."""
    if _ANY_TITLE.search(text):
        words, pieces, done = _words(), [], 0
        place = 0
        for likely in _ANY_TITLE.finditer(text):
            if likely.start() < place or not (match := _TITLE.match(text, likely.start())):
                continue
            start, end = _name_end(text, match, words)
            place = max(end, match.end())
            if end > start:
                pieces += [text[done:start], "[NAME]"]
                done = end
        text = "".join([*pieces, text[done:]])
    if _ANY_LATIN_TITLE.search(text):
        text = _IN_LATIN.sub(lambda m: (m["before"] or "") + "[NAME]", text)
    return text
