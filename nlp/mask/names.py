"""Masks names of people: after a title and after words that announce a name, in Thai, English and Malay.

Whether the words after a title are a name is decided by PyThaiNLP's lists of given and family names (from Wikipedia
and open lists). For names that are not in a list, it is decided by where the run of letters ends or by the words that
continue the sentence (names.yaml).
"""

from __future__ import annotations

import re

from nlp.mask.name_ends import COMBINING, THAI_RUN, full_name_end, listed_name_end, longest_name, span_after_compound
from nlp.mask.name_words import NameWords, name_words

_LATIN_NAME = r"[A-Z][A-Za-z'’-]{1,20}(?:[ ](?:(?:bin|binti|bt|b\.|al|a/l)[ ])?[A-Z][A-Za-z'’-]{1,20}){0,3}"
_LATIN = re.compile(_LATIN_NAME)

_RANK = (
    r"(?:พล\.)?(?:[พรดจส]\.[ตอทส]\.[ตอท]\.|[พรจสด]\.[อทต]\.)|พล\.[อทต]\.[อทต]?\.?|นพ\.|พญ\.|ทพ\.|ดร\.|ผศ\.|รศ\.|ม\.ล\.|ม\.ร\.ว\.|นายแพทย์|แพทย์หญิง|นายช่าง|นายตำรวจ"
    r"|นายก|ทนาย|ผู้ใหญ่บ้าน|ผู้ใหญ่|กำนัน|อิหม่าม|ฮัจยี|หะยี|ครู|หมอ|ผอ\."
)
_TITLE = re.compile(
    r"(?P<strong>นางสาว|นาย(?! ?ก(?:[ \nเแโใไ.ๆฯ]|$|[ก-๎]{0,4}มนตรี))|นาง|น\.ส\.(?=[ ]?[ก-ฮเ-ไ])"
    r"|น\.ส(?=[ ][ก-ฮเ-ไ])|นส\.|ด\.?[ชญ]\.|เด็กชาย|เด็กหญิง)"
    r"|(?P<khun>คุณ)"
    r"|(?P<field>(?<!เ)(?:ชื่อ[ ]?(?:จริง|ผู้[ก-๎]{2,12}|บัญชี|เจ้าของ[ก-๎]{0,8}|[ ]?-[ ]?(?:นาม)?สกุล|และ[ ]?นามสกุล"
    r"|สกุล|นามสกุล)?|ผู้แจ้ง(?:เรื่อง)?|ผู้ร้อง(?:เรียน|ทุกข์)?"
    r"|ผู้ติดต่อ|ผู้ประสานงาน)[ ]?:)"
    r"|(?P<weak>(?<!เ)(?<!ราย)(?<!ป้าย)(?<!พายุ)(?<!ร้าน)(?<!ซอย)(?<!เพจ)(?<!กลุ่ม)(?<!หมา)(?<!แมว)(?:ชื่อ|ผู้แจ้ง(?:เรื่อง)?|ผู้ร้อง(?:เรียน|ทุกข์)?|ผู้ติดต่อ|ผู้ประสานงาน|(?<!โปร)เฟ[สซ](?:บุ๊?[คก])?)|"
    + _RANK
    + r")"
)
_PERSON_BEFORE = re.compile("(?:ผม|ดิฉัน|หนู|ฉัน|ข้าพเจ้า|แม่|พ่อ|สามี|ภรรยา|ลูกชาย|ลูกสาว|คนขับ|คน|ผู้ตาย|ผู้ป่วย)[ ]?$")
_ANNOUNCED = re.compile(r"(?:ติดต่อ|ชื่อ|ผู้แจ้ง|ผู้ร้อง|ผู้ร้องเรียน|ผู้ประสาน|ผู้ประสานงาน|ผู้ติดต่อ|จาก|โทร|เรียก|เรียน|แจ้ง|ถาม)[ :]{0,2}$")
_WORD_ENDING_IN_KHUN = re.compile("(?:ขอบ|พระ|บุญ|เจ้า|ทด|นพ|ทบทวี|การ|ตัว|มี|เนรคุณ|คูณ|สม)$")
_WORD_ENDING_IN_TITLE = re.compile("(?:ทำ|อำ|พัฒ|ศาส|สัมม|ปรารถ|จินต|ชาว|ทุ่ง|ไร่|ท้อง|เจ้า|ขุน|ท้าว|ย่า|พระ)$")
# นาย is also the word for counting policemen.
_COUNT_BEFORE = re.compile(r"(?:\d|กี่|ร้อย|พัน|หมื่น|หลาย|แต่ละ|ทุก|บาง|สอง|สาม|สี่|ห้า|หก|เจ็ด|แปด|เก้า|สิบ)[ ]?$")
_PHONE_AFTER = re.compile(r"[ ]?(?:\(?\[PHONE\]|โทร)")
_NAME_BOUNDARY = re.compile(r"[ ](?:ครับ|ค่ะ|คะ|คับ)|[ ]?\[PHONE\]")
_NOT_A_PERSON = re.compile(
    "ไม่|ปกปิด|ประชาชน|ชาวบ้าน|ร้าน|ถนน|เรื่อง|หมู่บ้าน|ซอย|โครงการ|บริษัท|โรงเรียน|อบต|เทศบาล|ผู้|เจ้าหน้าที่|สำนัก|สงวน|ห้าง|หจก|บจก|วัด|มัสยิด|ชุมชน|กลุ่ม|คน|พลเมือง|สมาชิก|ไฟ|น้ำ"
)
_LATIN_NAME_AFTER_TITLE = re.compile(
    rf"(?P<before>(?<![A-Za-z])(?:Mr|Mrs|Ms|Miss(?!\.?[ ]?(?:Grand|Universe|Thai|World|Inter|Teen|Call"
    rf"|You))|Dr|Khun|Encik|Puan|Cik|Tuan|Haji|Hajah|Ustaz|Ustazah)\b\.?[ ]?"
    rf"|(?:[Mm]y name is|[Nn]ama saya|(?<![A-Za-z])[Nn]am[ea][ ]?:)[ ]?)(?P<name>{_LATIN_NAME})"
    r"|(?P<before_bin>(?<![A-Za-z'’-]))(?P<bin>[A-Z][A-Za-z'’-]{1,20}[ ](?:bin|binti)[ ][A-Z][A-Za-z'’-]{1,20})"
)
_TITLE_HINT = re.compile(
    "นาย|นาง|คุณ|ชื่อ|ผู้(?:แจ้ง|ร้อง|ติดต่อ|ประสาน|ใหญ่)|เด็ก[ชห]|น\\.ส|นส\\.|ด\\.?[ชญ]\\.|[พรดจส]\\.[ตอทส]\\.|พล\\.|นพ\\.|พญ\\.|ทพ\\.|ดร\\.|[ผร]ศ\\.|ม\\.[ลร]\\.|ทนาย"
    "|กำนัน|อิหม่าม|ฮัจยี|หะยี|ครู|หมอ|ผอ\\.|แพทย์หญิง|เฟ[สซ]"
)
# The first three letters of every title and of every word that announces a name. ``nlp.clean`` does not search for
# names in a text without any of them.
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
_LATIN_TITLE_HINT = re.compile("M(?:rs?|s|iss)|Dr|Khun|Encik|Puan|Cik|Tuan|Haj|Usta|[Nn]am[ea]| bin")
_REPORTER_TITLES = ("ชื่อ", "ผู้แจ้ง", "ผู้ร้อง", "ผู้ติดต่อ")


def _name_span(text: str, match: re.Match[str], words: NameWords) -> tuple[int, int]:
    """Start and end of the name after a title; equal if there is none.

    The functions below take the title ``word``, the 12 characters before it, and the run of Thai letters after it.
    """
    at, kind, word = match.end(), match.lastgroup, match.group()
    while at < len(text) and text[at] == " " and at - match.end() < 2:
        at += 1
    before = text[max(0, match.start() - 12) : match.start()]
    if word == "ชื่อ" and _PERSON_BEFORE.search(before):
        kind = "introduced"
    if _belongs_to_place(text, match, before, words):
        return at, at
    if kind in ("strong", "field", "introduced") and (latin := _LATIN.match(text, at)):
        return at, latin.end()
    run = THAI_RUN.match(text, at, at + 60)
    if not run:
        return at, at
    if kind == "strong":
        return _span_after_strong_title(text, word, before, run, words)
    if kind == "khun":
        return _span_after_khun(text, word, before, run, words)
    if _TITLE.match(text, at):
        return at, at  # the next title decides
    if kind in ("field", "introduced"):
        return at, _end_after_label(text, run, words, is_field=kind == "field")
    return at, _end_after_weak_title(text, word, run, words)


def _belongs_to_place(text: str, match: re.Match[str], before: str, words: NameWords) -> bool:
    """Whether the title is part of the name of a place, or follows a word for a place."""
    if match.lastgroup in ("strong", "khun") and _is_in_area_name(text, match, words):
        return True
    return not match.group().startswith(_REPORTER_TITLES) and bool(words.place_words.search(before))


def _is_in_area_name(text: str, match: re.Match[str], words: NameWords) -> bool:
    """Whether the title is part of the name of a district or subdistrict."""
    area = words.areas.search(text, max(0, match.start() - 12), match.end() + 14)
    return bool(area and area.start() <= match.start() and area.end() >= match.end())


def _span_after_strong_title(
    text: str, word: str, before: str, run: re.Match[str], words: NameWords
) -> tuple[int, int]:
    """The name after นาย, นาง, นางสาว and their abbreviations, which nearly always precede a name."""
    at, letters = run.start(), run.group()
    if _WORD_ENDING_IN_TITLE.search(before) or len(letters) < 2:
        return at, at
    if word == "นาย":
        if _may_be_nayok(text, at, letters, words):
            is_office = words.compounds["นายก"].match(letters, 1)
            return (at, at) if is_office else (at + 1, max(at + 1, listed_name_end(text, at + 1, words)))
        if _COUNT_BEFORE.search(before):
            return at, max(at, listed_name_end(text, at, words))
    if words.never_first.match(letters) and letters not in words.given:
        return at, at
    if compound := _compound(word, letters, words):
        return span_after_compound(text, at, compound.end(), words)
    return at, full_name_end(text, at, letters, words)


def _may_be_nayok(text: str, at: int, letters: str, words: NameWords) -> bool:
    """Whether นาย and the letters after it may be the title นายก (head of an LAO)."""
    return (
        letters[0] == "ก"
        and text[at - 1] != " "
        and not COMBINING.match(letters, 1)
        and not longest_name(letters, words.given, 3)
    )


def _compound(word: str, letters: str, words: NameWords) -> re.Match[str] | None:
    """The second part of a compound that a title begins, such as อำเภอ in นายอำเภอ."""
    seconds = words.compounds.get(word)
    return seconds.match(letters) if seconds else None


def _span_after_khun(text: str, word: str, before: str, run: re.Match[str], words: NameWords) -> tuple[int, int]:
    """The name after คุณ, which also means "you" and begins many words."""
    at, letters = run.start(), run.group()
    if _WORD_ENDING_IN_KHUN.search(before):
        return at, at
    if compound := _compound(word, letters, words):
        return span_after_compound(text, at, compound.end(), words)
    if (end := listed_name_end(text, at, words)) > at:
        return at, end
    is_announced = _ANNOUNCED.search(before) or _PHONE_AFTER.match(text, run.end())
    if is_announced and len(letters) > 1 and not words.possible_continuations.match(letters):
        return at, full_name_end(text, at, letters, words)
    return at, at


def _end_after_label(text: str, run: re.Match[str], words: NameWords, *, is_field: bool) -> int:
    """Where the name after a label of a form (ชื่อ:) or after ผมชื่อ ends; the start if there is none."""
    at, letters = run.start(), run.group()
    if _NOT_A_PERSON.match(letters) or len(letters) < 2:
        return at
    if not is_field and words.possible_continuations.match(letters) and not longest_name(letters, words.given, 3):
        return at
    return full_name_end(text, at, letters, words)


def _end_after_weak_title(text: str, word: str, run: re.Match[str], words: NameWords) -> int:
    """Where the name after a word ends that seldom precedes one (ชื่อ, ครู, ผอ.); the start if there is none."""
    at, letters = run.start(), run.group()
    is_name = (
        word.startswith("ชื่อ")
        and len(letters) <= 12
        and _NAME_BOUNDARY.match(text, run.end())
        and not words.never_first.match(letters)
    )
    if is_name:
        return run.end()
    return max(at, listed_name_end(text, at, words)) if len(letters) > 2 else at


def mask_names(text: str) -> str:
    """The text with ``[NAME]`` in the place of names of people; titles are kept."""
    if _TITLE_HINT.search(text):
        text = _mask_thai_names(text)
    if _LATIN_TITLE_HINT.search(text):
        text = _LATIN_NAME_AFTER_TITLE.sub(lambda match: (match["before"] or "") + "[NAME]", text)
    return text


def _mask_thai_names(text: str) -> str:
    words = name_words()
    pieces: list[str] = []
    done = next_start = 0
    for hint in _TITLE_HINT.finditer(text):
        if hint.start() < next_start or not (match := _TITLE.match(text, hint.start())):
            continue
        start, end = _name_span(text, match, words)
        next_start = max(end, match.end())
        if end > start:
            pieces += [text[done:start], "[NAME]"]
            done = end
    return "".join([*pieces, text[done:]])
