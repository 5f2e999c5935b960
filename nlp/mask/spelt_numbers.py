"""Masks telephone numbers, ids and accounts whose digits are spelt in words: ศูนย์แปดหนึ่ง 552 0917."""

from __future__ import annotations

import re

from nlp.mask.places_in_text import replace_at

_WORDS = {
    "0": "ศูนย์ สูนย์ ศูน สูน kosong sifar กอซง",
    "1": "หนึ่ง นึง satu",
    "2": "สอง dua ดูวอ",
    "3": "สาม ตรี tiga ตีกอ",
    "4": "สี่ จัตวา empat",
    "5": "ห้า lima ลีมอ",
    "6": "หก enam",
    "7": "เจ็ด เจด tujuh ตูโยะ",
    "8": "แปด lapan delapan ลาแป",
    "9": "เก้า sembilan",
}
_DIGIT_OF = {word: digit for digit, words in _WORDS.items() for word in words.split()}
_WORD = "|".join(sorted(_DIGIT_OF, key=len, reverse=True))
_ONE = rf"(?:\d|{_WORD})"
_GAP = r"[ ]?[-.,/]?[ ]?"
_MOST = 16
_RUN = re.compile(rf"(?<![\d.,]){_ONE}(?:{_GAP}{_ONE}){{7,{_MOST}}}(?![\d])")
_TOKEN = re.compile(_ONE)
_ANY_WORD = re.compile(_WORD)
_DIGITS_BEFORE = re.compile(rf"(?<![\d.,])\d(?:{_GAP}\d){{0,9}}{_GAP}$")
_PHONE_BEFORE = re.compile(r"โทร|เบอร์|เบอ|ติดต่อ|มือถือ|[Tt]el|[Pp]hone|ไลน์")
_BANK_BEFORE = re.compile(r"บัญชี|ธนาคาร|โอน|พร้อมเพย์|กสิกร|กรุงไทย|ออมสิน|ธ\.?ก\.?ส")
_MOBILE_OR_LANDLINE = re.compile(r"0[689]\d{8}|0[2-7]\d{7}|66[689]\d{8}|[689]\d{8}")
_BEFORE = 50

# Parts of the words for digits, which ``nlp.clean`` counts; หก is too short for one.
WORD_CUES = tuple(
    str.split(
        "ศูน สูน หนึ นึง สอง สาม สี่ ห้า เจ็ เจด แปด เก้ ตรี จัต กอซ ดูว ตีก ลีม ตูโ ลาแ ero hre fou ive eve igh nin"
        " kos sif sat dua tig emp lim ena tuj lap sem"
    )
)
# The fewest words for digits in such a number, and words and digits together if there are fewer than ENOUGH_CUES.
FEWEST_CUES, ENOUGH_CUES, FEWEST_SIGNS = 2, 6, 8


def _kind(digits: str, before: str) -> str | None:
    """The kind of a number by its digits and the text before it; None if it may be anything."""
    if len(digits) >= 10 and _BANK_BEFORE.search(before):
        return "ACCOUNT"
    if _MOBILE_OR_LANDLINE.fullmatch(digits):
        return "PHONE"
    if len(digits) == 13 and digits[:2] != "00" and len(set(digits)) > 1:
        return "ID"
    return "PHONE" if len(digits) in (8, 9) and _PHONE_BEFORE.search(before) else None


def _mask_run(match: re.Match[str]) -> str:
    run = match.group()
    tokens = list(_TOKEN.finditer(run))
    digit_count = sum(token.group().isdigit() for token in tokens)
    words = sum(len(token.group()) > 2 for token in tokens)
    if words < FEWEST_CUES or (words < ENOUGH_CUES and words + digit_count < FEWEST_SIGNS):
        return run
    digits = "".join(_DIGIT_OF.get(token.group(), token.group()) for token in tokens)
    before = match.string[max(0, match.start() - _BEFORE) : match.start()]
    # The digits of the next number may follow: ศูนย์แปดหนึ่ง 477 สองหกห้าศูนย์ 3 คน.
    for length in (len(digits), 13, 10, 9):
        if length > len(digits):
            continue
        rest = run[tokens[length - 1].end() :]
        if (not rest or rest[0] == " ") and (kind := _kind(digits[:length], before)):
            return f"[{kind}]{rest}"
    return run


def _run_at(text: str, at: int) -> re.Match[str] | None:
    """The run of digits and words around the word at ``at``; None if it is too short for a number."""
    digits = _DIGITS_BEFORE.search(text, max(0, at - _BEFORE), at)
    return _RUN.match(text, digits.start() if digits else at)


def mask_spelt_numbers(text: str) -> str:
    """The text with numbers of people masked whose digits are spelt in words, all or some of them."""
    return replace_at(text, (word.start() for word in _ANY_WORD.finditer(text)), _run_at, _mask_run)
