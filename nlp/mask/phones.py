"""Masks telephone numbers after a word for telephone, and those with letters in the place of digits."""

from __future__ import annotations

import re

from nlp.mask.number_forms import GAP
from nlp.mask.places_in_text import contains_any

# After a word for telephone, a number is a telephone number even if a spreadsheet removed its 0 or changed its format
# (812345678.0, 8.12346E+08), or a letter replaces a digit (O81, 08l).
_PHONE_WORD = (
    r"(?<!ทรุด)โทร(?!ม)|เบอร์|ติดต่อ|มือถือ|สายด่วน|แฟกซ์"
    r"|(?<![A-Za-z])(?:tel|telephone|telefon|phone|mobile|cell|call|contact|hp|fax|whatsapp)(?![A-Za-z])"
)
_LETTER_DIGITS = "OoIlI|"
_TYPED_DIGIT = r"(?:\d|[OolI](?=[-. ]?\d)|(?<=\d)[OolI](?![A-Za-z]))"
_NOT_DATE = r"(?!(?:20|25)\d\d[01]\d[0-3]\d(?!\d))"
_AREA = r"(?:2|3[2-9]|4[2-5]|5[3-6]|7[3-7])"
_PHONE_AFTER_LABEL = (
    r"(?:\d\.\d{2,10}[Ee]\+?(?:0?[78]|10)"
    # Malaysian landlines (09-744 1234) and mobile numbers of Myanmar (09 421 234567).
    r"|0[3-9]-\d{3}[ -]?\d{4}|09[- ]?\d{3}[- ]?\d{3}[- ]?\d{3}|01\d[- ]?\d{7,8}|60[- ]?1\d[- ]?\d{7,8}"
    rf"|(?:(?:\+[ ]?)?6{GAP}6{GAP}|[0Oo]{GAP})?"
    rf"(?:[689](?:{GAP}{_TYPED_DIGIT}){{8}}"
    rf"|{_NOT_DATE}(?=[2-7](?:{GAP}{_TYPED_DIGIT}){{7}}){_AREA}(?:{GAP}{_TYPED_DIGIT}){{6,7}}))"
    r"(?:\.0+)?(?![\d])(?![ ]?(?:บาท|ล้าน|คน|ครัวเรือน))"
)
_PHONE_SEPARATOR = r"[ ]?(?:[,/]|และ|หรือ|กับ|or|and)?[ ]?"
# Words before the number that make it a number of a ticket, a meter or a vehicle.
_OTHER_NUMBER_WORDS = r"เลขที่|คำร้อง|รหัส|ทะเบียน|อ้างอิง|บัญชี|มิเตอร์|ผู้ใช้|บัตร|พัสดุ|[Tt]icket|[Rr]ef|[\d\n]"
_LABELLED_PHONES = re.compile(
    rf"(?P<before>(?:{_PHONE_WORD})(?:(?!{_OTHER_NUMBER_WORDS}).){{0,30}}?|\[PHONE\]{_PHONE_SEPARATOR})"
    rf"(?P<numbers>(?<![A-Za-z\d.,+]){_PHONE_AFTER_LABEL}(?:{_PHONE_SEPARATOR}{_PHONE_AFTER_LABEL})*)",
    re.IGNORECASE,
)
_SINGLE_PHONE = re.compile(_PHONE_AFTER_LABEL)
_WORDS = tuple(str.split("โทร เบอร์ ติดต่อ มือถือ สายด่วน แฟกซ์ [phone] tel phone mobile cell call contact hp fax whatsapp"))
# Without a word, a number with letters for digits must have the length and beginning of a mobile number.
_ANY_DIGIT = "[0-9OoIl]"
_TYPED_PHONE = re.compile(
    rf"(?<![A-Za-z0-9])(?=[^A-Za-z]{{0,16}}[OoIl])[0Oo]{GAP}[689](?:{GAP}{_ANY_DIGIT}){{8}}(?![A-Za-z0-9])"
)
_TYPED_HINT = re.compile(r"(?<![A-Za-z0-9])(?:[Oo][- ]?[689]|0[- ]?[689][-. 0-9]{0,12}[OoIl])")
_DIGIT = re.compile(r"\d")
_LEAST_DIGITS = 6


def _mask_labelled(match: re.Match[str]) -> str:
    return match["before"] + _SINGLE_PHONE.sub("[PHONE]", match["numbers"])


def _mask_typed(match: re.Match[str]) -> str:
    return "[PHONE]" if len(_DIGIT.findall(match.group())) >= _LEAST_DIGITS else match.group()


def mask_labelled_phones(text: str) -> str:
    """The text with telephone numbers masked that are told by a word before them or have letters for digits."""
    if _TYPED_HINT.search(text):
        text = _TYPED_PHONE.sub(_mask_typed, text)
    lower = text.lower()
    if contains_any(lower, _WORDS):
        text = _LABELLED_PHONES.sub(_mask_labelled, text)
    return text
