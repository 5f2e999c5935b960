"""One spelling for one text: PyThaiNLP's rules for Thai, and what keyboards, forms and exports add."""

from __future__ import annotations

import re
import sys
import unicodedata
from functools import cache

from pythainlp.util import remove_repeat_vowels

# Old Windows fonts kept shifted marks in the private area; PDF and Word exports still carry them.
_PRIVATE = dict(zip(range(0xF700, 0xF71B), "ฐิีึื่้๊๋์่้๊๋์ญัํ็่้๊๋์ฺุู", strict=True))
_LINE_ENDS = dict.fromkeys((0x0B, 0x0C, 0x0D, 0x85, 0x2028, 0x2029), "\n")
# Control and invisible format characters, byte-order marks, directions, variation of signs and hyphens, the
# frame of a keycap, and halves of surrogate pairs, which no file in UTF-8 can hold. U+200D is not here: it joins emoji.
_INVISIBLE = [
    *range(0x09), *range(0x0E, 0x20), *range(0x7F, 0xA0), 0xAD, 0x061C, 0x180E, 0x200B, 0x200C,
    0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0x20E3, *range(0xFE00, 0xFE10), 0xFEFF,
    *range(0xFFF9, 0xFFFC), *range(0xD800, 0xE000),
]  # fmt: skip
# Letters and digits in the shapes of other fonts: full width, mathematical.
_SHAPES = {
    code: unicodedata.normalize("NFKC", chr(code)) for code in (*range(0xFF01, 0xFF5F), *range(0x1D400, 0x1D800))
}
_DIGITS = {
    code: str(unicodedata.decimal(chr(code))) for code in range(0x80, 0x20000) if chr(code).isdecimal()
}  # fmt: skip
TRANSLATION = {**_SHAPES, **_DIGITS, **dict.fromkeys(_INVISIBLE, None), **_PRIVATE, **_LINE_ENDS}
# A class with letters beyond U+FFFF is slow in Python, so that these stand in one of their own, as ranges.
_ODD = re.compile(f"[{''.join(re.escape(chr(code)) for code in TRANSLATION if code < 0x10000)}]")
_ASTRAL = re.compile("[\U00010000-\U0001efff\U0001fbf0-\U0001fbf9]")

# Unicode puts the marks of a letter in order in a time that grows with their square; no letter of any script has so
# many (Unicode Standard Annex 15, stream-safe text). In a short text they cost nothing, and it is not looked at.
_MOST_MARKS, _SHORT = 30, 1_000
_LONE_JOINER = re.compile("(?<![\u2600-\u27bf\U0001f000-\U0001faff])\u200d")
_SPACES = re.compile(r"[^\S\n]{2,}|[^\S\n ]")
_LINE_SPACES = re.compile(r" *\n[ \n]*")
# มากกกก is มาก. A double ร stands in words (กรรม), so that one is never cut below two.
_THAI_RUN = re.compile(r"([ก-ยล-ฮๆ])\1{2,}")
_RO_RUN = re.compile("ร{3,}")
# Latin letters, signs and emoji keep three of a run, which still shows the force; digits are left alone.
_RUN = re.compile(r"([^\dก-๎*])\1{3,}")
# What a source has crossed out before it gave the text away, however long it was.
_CROSSED_OUT = re.compile(r"\*{4,}")
# Marks above and below a consonant, and the vowels after it, in any order that a keyboard let through.
_CLUSTER = re.compile("[ะ-ฺๅ็-๎]{2,}")
_DISORDER = re.compile("[ัิ-ฺ็ํ]{2}|[่-๋][ัิ-ฺ็-๎]|[์๎][ัิ-ฺ็-๎]|[ะาำๅ][ัิ-ฺ็-๎]|([ะาำๅ])\\1")
_ABOVE_BELOW, _TONES, _AFTER = "ัิีึืฺุู็ํ", "่้๊๋", "ะาำๅ"
_SARA_AM = re.compile("ํ([่-๋]?)า")
# Whatever PyThaiNLP's rules would change; most texts have none of it and skip them (they are slow).
_MARKS = "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
_THAI_FAULT = re.compile(f"(?:^| )[{_MARKS}]|เ *เ|[่-๋]{{2}}|[่-์][ัิ-ู็ํ]|ํ[่-๋]*า|[ะาำๅ][่-๋]|ๅ|([ะ-ฺเ-ๅ็์-๎]) *\\1")
# A blank that a PDF put between a letter and its mark; and marks that nothing stands before.
_BLANK_IN_LETTER = re.compile(f"(?<=[ก-ฮะ-ฺๅ็-๎]) (?=[{_MARKS}])")
_NO_LETTER = re.compile(f"\\A[\\s{_MARKS}]+")
# Each round leaves less to do; texts of real people need one or two.
MAX_ROUNDS = 12

# Fields of a form that was pasted as one text: ปัญหา : ไฟดับ บ้านเลขที่ : 12.
_FIELDS = str.split(
    "ปัญหา หัวข้อ หัวข้อปัญหา เรื่อง รายละเอียด ประเภท สถานที่ สถานที่เกิดเหตุ จุดเกิดเหตุ ที่เกิดเหตุ ตำแหน่ง พิกัด ที่อยู่ บ้านเลขที่"
    " เลขที่ หมู่ หมู่ที่ หมู่บ้าน ซอย ถนน ตำบล แขวง"
    " อำเภอ เขต จังหวัด รหัสไปรษณีย์ ชื่อ ชื่อ-สกุล ชื่อ-นามสกุล ชื่อผู้แจ้ง ชื่อผู้ร้อง ผู้แจ้ง ผู้ร้อง ผู้ร้องเรียน ผู้ติดต่อ เบอร์ เบอร์โทร"
    " เบอร์โทรศัพท์ เบอร์ติดต่อ โทร โทรศัพท์ อีเมล วันที่"
    " เวลา ทะเบียน ทะเบียนรถ หมายเหตุ ช่องทาง ความต้องการ ข้อเสนอแนะ เลขบัตร เลขบัตรประชาชน เลขบัญชี ธนาคาร"
)
_FIELD = re.compile(rf"(?<!\S)({'|'.join(sorted(_FIELDS, key=len, reverse=True))})[ ]?:[ ]?")


def _ordered(cluster: re.Match[str]) -> str:
    """Marks in the order of Thai typing: vowel, tone (the last one typed), other signs, vowels after; each once."""
    marks = cluster.group()
    tones = [mark for mark in marks if mark in _TONES]
    vowels = [mark for mark in marks if mark in _ABOVE_BELOW]
    after = [mark for mark in marks if mark in _AFTER]
    signs = [mark for mark in marks if mark in "์๎"]
    first = "".join(dict.fromkeys(vowels)) + "".join(tones[-1:]) + "".join(dict.fromkeys(signs))
    return first + "".join(mark for at, mark in enumerate(after) if not at or after[at - 1] != mark)


def _fields(text: str) -> str:
    """The fields of a form, each on a line of its own if there are two or more."""
    fields = _FIELD.findall(text)
    if not fields:
        return text
    parted = len(fields) > 1

    def one(match: re.Match[str]) -> str:
        return f"\n{match[1]}: " if parted and match.start() else f"{match[1]}: "

    return _FIELD.sub(one, text)


@cache
def _mark_run() -> re.Pattern[str]:
    """More marks than a letter has."""
    marks = "".join(chr(code) for code in range(sys.maxunicode + 1) if unicodedata.combining(chr(code)))
    return re.compile(f"([{marks}]{{{_MOST_MARKS}}})[{marks}]+")


def normalise(text: str) -> str:
    """Bring a text to one spelling: Thai marks in order, Western digits, no invisible characters, single spaces.

    A mark after a blank joins the Thai letter before it, and stays where there is none; of a run of marks in a text
    of more than a thousand characters the first thirty are kept. Fields of a form stand on lines of their own as
    ``name: value``; what a source has crossed out is ``*****``.
    Normalising again changes nothing; line breaks stay as single ``\\n``; an empty text stays empty.
    Never raises.
    """
    for _ in range(MAX_ROUNDS):
        before, text = text, normalise_once(text)
        if text == before:
            break
    return text


def normalise_once(text: str) -> str:
    """One round of the rules; a text that it leaves as it is, is normalised."""
    if _ODD.search(text) or _ASTRAL.search(text):
        text = text.translate(TRANSLATION)
    if "\u200d" in text:
        text = _LONE_JOINER.sub("", text)
    if not text.isascii():
        if len(text) > _SHORT:
            text = _mark_run().sub(r"\1", text)
        if not unicodedata.is_normalized("NFC", text):
            text = unicodedata.normalize("NFC", text)
    text = _CROSSED_OUT.sub("*****", _RUN.sub(r"\1\1\1", _RO_RUN.sub("รร", _THAI_RUN.sub(r"\1", text))))
    if _DISORDER.search(text):
        text = _CLUSTER.sub(_ordered, text)
    # Two of PyThaiNLP's rules that every tenth text needs; done here they spare the others.
    if "เเ" in text:
        text = text.replace("เเ", "แ")
    if "ํ" in text:
        text = _SARA_AM.sub(r"\1ำ", text)
    text = _SPACES.sub(" ", text)
    if ":" in text:
        text = _fields(text)
    if "\n" in text:
        text = _LINE_SPACES.sub("\n", text)
    text = text.strip()
    if _THAI_FAULT.search(text):
        # PyThaiNLP's normalize() would take the marks after a blank away.
        text = remove_repeat_vowels(_NO_LETTER.sub("", _BLANK_IN_LETTER.sub("", text)))
    return text
