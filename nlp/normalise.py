"""Normalises texts: PyThaiNLP's rules for Thai, and rules for the effects of keyboards, forms and exports."""

from __future__ import annotations

import re
import sys
import unicodedata
from functools import cache

from pythainlp.util import remove_repeat_vowels

# Old Windows fonts have shifted marks in the private use area; exports from PDF and Word still contain them.
_PRIVATE = dict(zip(range(0xF700, 0xF71B), "ฐิีึื่้๊๋์่้๊๋์ญัํ็่้๊๋์ฺุู", strict=True))
_LINE_ENDS = dict.fromkeys((0x0B, 0x0C, 0x0D, 0x85, 0x2028, 0x2029), "\n")
# Control and invisible format characters, byte-order marks, directions, variation selectors, soft hyphens, the frame
# of a keycap, and lone surrogates, which UTF-8 cannot encode. U+200D is not in the list, because it joins emoji.
_INVISIBLE = [
    *range(0x09), *range(0x0E, 0x20), *range(0x7F, 0xA0), 0xAD, 0x061C, 0x180E, 0x200B, 0x200C,
    0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0x20E3, *range(0xFE00, 0xFE10), 0xFEFF,
    *range(0xFFF9, 0xFFFC), *range(0xD800, 0xE000),
]  # fmt: skip
# Letters and digits in full-width and mathematical forms.
_SHAPES = {
    code: unicodedata.normalize("NFKC", chr(code)) for code in (*range(0xFF01, 0xFF5F), *range(0x1D400, 0x1D800))
}
_DIGITS = {
    code: str(unicodedata.decimal(chr(code))) for code in range(0x80, 0x20000) if chr(code).isdecimal()
}  # fmt: skip
TRANSLATION = {**_SHAPES, **_DIGITS, **dict.fromkeys(_INVISIBLE, None), **_PRIVATE, **_LINE_ENDS}
# A character class with characters beyond U+FFFF is slow in Python, so these have a pattern of their own, with ranges.
_TRANSLATED = re.compile(f"[{''.join(re.escape(chr(code)) for code in TRANSLATION if code < 0x10000)}]")
_ASTRAL = re.compile("[\U00010000-\U0001efff\U0001fbf0-\U0001fbf9]")

# Unicode normalisation needs quadratic time for the marks of one letter. No letter of any script has more than 30
# (Unicode Standard Annex 15, stream-safe text). Short texts are not checked, because their marks cost little time.
_MAX_MARKS, _SHORT = 30, 1_000
_LONE_JOINER = re.compile("(?<![\u2600-\u27bf\U0001f000-\U0001faff])\u200d")
_SPACES = re.compile(r"[^\S\n]{2,}|[^\S\n ]")
_LINE_SPACES = re.compile(r" *\n[ \n]*")
# มากกกก becomes มาก. Words may contain a double ร (กรรม), so a run of ร keeps two.
_THAI_RUN = re.compile(r"([ก-ยล-ฮๆ])\1{2,}")
_RO_RUN = re.compile("ร{3,}")
# A run of Latin letters, signs or emoji keeps three, so that the emphasis is still visible; digits are not changed.
_RUN = re.compile(r"([^\dก-๎*])\1{3,}")
# Text that a source has masked with asterisks, whatever its length.
_ASTERISKS = re.compile(r"\*{4,}")
# Marks above and below a consonant, and the vowels after it, in any order that a keyboard allows.
_CLUSTER = re.compile("[ะ-ฺๅ็-๎]{2,}")
_DISORDER = re.compile("[ัิ-ฺ็ํ]{2}|[่-๋][ัิ-ฺ็-๎]|[์๎][ัิ-ฺ็-๎]|[ะาำๅ][ัิ-ฺ็-๎]|([ะาำๅ])\\1")
_ABOVE_BELOW, _TONES, _AFTER = "ัิีึืฺุู็ํ", "่้๊๋", "ะาำๅ"
_SARA_AM = re.compile("ํ([่-๋]?)า")
# Everything that PyThaiNLP's rules would change. They are slow, and most texts do not need them.
_MARKS = "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
_THAI_FAULT = re.compile(f"(?:^| )[{_MARKS}]|เ *เ|[่-๋]{{2}}|[่-์][ัิ-ู็ํ]|ํ[่-๋]*า|[ะาำๅ][่-๋]|ๅ|([ะ-ฺเ-ๅ็์-๎]) *\\1")
# A space that a PDF inserted between a letter and its mark, and marks at the beginning of a text.
_SPACE_IN_LETTER = re.compile(f"(?<=[ก-ฮะ-ฺๅ็-๎]) (?=[{_MARKS}])")
_MARKS_AT_START = re.compile(f"\\A[\\s{_MARKS}]+")
# Rules are repeated until nothing changes; real texts need one or two rounds.
MAX_ROUNDS = 12

# Labels of a form that was pasted as one text: ปัญหา : ไฟดับ บ้านเลขที่ : 12.
_FIELDS = str.split(
    "ปัญหา หัวข้อ หัวข้อปัญหา เรื่อง รายละเอียด ประเภท สถานที่ สถานที่เกิดเหตุ จุดเกิดเหตุ ที่เกิดเหตุ ตำแหน่ง พิกัด ที่อยู่ บ้านเลขที่"
    " เลขที่ หมู่ หมู่ที่ หมู่บ้าน ซอย ถนน ตำบล แขวง"
    " อำเภอ เขต จังหวัด รหัสไปรษณีย์ ชื่อ ชื่อ-สกุล ชื่อ-นามสกุล ชื่อผู้แจ้ง ชื่อผู้ร้อง ผู้แจ้ง ผู้ร้อง ผู้ร้องเรียน ผู้ติดต่อ เบอร์ เบอร์โทร"
    " เบอร์โทรศัพท์ เบอร์ติดต่อ โทร โทรศัพท์ อีเมล วันที่"
    " เวลา ทะเบียน ทะเบียนรถ หมายเหตุ ช่องทาง ความต้องการ ข้อเสนอแนะ เลขบัตร เลขบัตรประชาชน เลขบัญชี ธนาคาร"
)
_FIELD = re.compile(rf"(?<!\S)({'|'.join(sorted(_FIELDS, key=len, reverse=True))})[ ]?:[ ]?")


def _order_marks(cluster: re.Match[str]) -> str:
    """Marks in standard order without repetition: vowel, tone (the last one typed), other signs, vowels after."""
    marks = cluster.group()
    tones = [mark for mark in marks if mark in _TONES]
    vowels = [mark for mark in marks if mark in _ABOVE_BELOW]
    after = [mark for mark in marks if mark in _AFTER]
    signs = [mark for mark in marks if mark in "์๎"]
    first = "".join(dict.fromkeys(vowels)) + "".join(tones[-1:]) + "".join(dict.fromkeys(signs))
    return first + "".join(mark for at, mark in enumerate(after) if not at or after[at - 1] != mark)


def _split_fields(text: str) -> str:
    """The text with each field of a form on its own line, if there are two or more fields."""
    fields = _FIELD.findall(text)
    if not fields:
        return text
    has_several = len(fields) > 1

    def format_field(match: re.Match[str]) -> str:
        return f"\n{match[1]}: " if has_several and match.start() else f"{match[1]}: "

    return _FIELD.sub(format_field, text)


@cache
def _too_many_marks() -> re.Pattern[str]:
    """Matches more combining marks than a letter can have."""
    marks = "".join(chr(code) for code in range(sys.maxunicode + 1) if unicodedata.combining(chr(code)))
    return re.compile(f"([{marks}]{{{_MAX_MARKS}}})[{marks}]+")


def normalise(text: str) -> str:
    r"""The text in normalised spelling: Thai marks in order, Arabic digits, no invisible characters, single spaces.

    A mark after a space is joined to the Thai letter before it, if there is one. In a text of more than a thousand
    characters, a run of marks keeps the first thirty. Each field of a form gets its own line as ``name: value``. Text
    that a source has masked becomes ``*****``. Line breaks are kept as single ``\n``. Normalising a normalised text
    changes nothing. Never raises.
    """
    for _ in range(MAX_ROUNDS):
        before, text = text, normalise_once(text)
        if text == before:
            break
    return text


def _normalise_unicode(text: str) -> str:
    if _TRANSLATED.search(text) or _ASTRAL.search(text):
        text = text.translate(TRANSLATION)
    if "\u200d" in text:
        text = _LONE_JOINER.sub("", text)
    if not text.isascii():
        if len(text) > _SHORT:
            text = _too_many_marks().sub(r"\1", text)
        if not unicodedata.is_normalized("NFC", text):
            text = unicodedata.normalize("NFC", text)
    return text


def normalise_once(text: str) -> str:
    """The text after one round of the rules. A text that it does not change is normalised."""
    text = _normalise_unicode(text)
    text = _ASTERISKS.sub("*****", _RUN.sub(r"\1\1\1", _RO_RUN.sub("รร", _THAI_RUN.sub(r"\1", text))))
    if _DISORDER.search(text):
        text = _CLUSTER.sub(_order_marks, text)
    # These are two of PyThaiNLP's rules, which every tenth text needs; here they are faster.
    if "เเ" in text:
        text = text.replace("เเ", "แ")
    if "ํ" in text:
        text = _SARA_AM.sub(r"\1ำ", text)
    text = _SPACES.sub(" ", text)
    if ":" in text:
        text = _split_fields(text)
    if "\n" in text:
        text = _LINE_SPACES.sub("\n", text)
    text = text.strip()
    if _THAI_FAULT.search(text):
        # PyThaiNLP's normalize() would remove the marks after a space.
        text = remove_repeat_vowels(_MARKS_AT_START.sub("", _SPACE_IN_LETTER.sub("", text)))
    return text
