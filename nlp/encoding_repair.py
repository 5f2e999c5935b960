"""Repairs Thai text that was decoded with a wrong encoding: ``à¸–à¸™à¸™`` becomes ถนน.

Handles UTF-8 that was decoded as Latin-1, Windows-1252 or CP874 (also more than once), and TIS-620 that was decoded as
Latin-1. Only text that becomes Thai is changed, so that café, naïve and accents of other languages are kept.
"""

from __future__ import annotations

import re

_MAX_ROUNDS = 4
_LATIN = {chr(byte): byte for byte in range(0x80, 0x100)}
_BY_ENCODING = {
    encoding: {char: byte for byte in range(0x80, 0x100) if len(char := bytes([byte]).decode(encoding, "ignore")) == 1}
    for encoding in ("cp1252", "cp874")
}
_WESTERN = {**_LATIN, **_BY_ENCODING["cp1252"]}
_CP874 = {**{char: byte for char, byte in _LATIN.items() if byte < 0xA1}, **_BY_ENCODING["cp874"]}


def _character_class(table: dict[str, int], first: int, last: int) -> str:
    return "[" + "".join(re.escape(char) for char, byte in table.items() if first <= byte <= last) + "]"


def _sequences(table: dict[str, int]) -> re.Pattern[str]:
    """Matches characters that are the bytes of one UTF-8 character."""
    rest = _character_class(table, 0x80, 0xBF)
    two, three, four = (_character_class(table, *ends) for ends in ((0xC2, 0xDF), (0xE0, 0xEF), (0xF0, 0xF4)))
    return re.compile(f"{two}{rest}|{three}{rest}{{2}}|{four}{rest}{{3}}")


_WESTERN_SEQUENCE, _CP874_SEQUENCE = _sequences(_WESTERN), _sequences(_CP874)
# A Thai letter in UTF-8 begins with E0 B8 or E0 B9; if it was encoded twice, with C3 A0 C2 B8.
_WESTERN_THAI = re.compile(f"à[¸¹]{_character_class(_WESTERN, 0x80, 0xBF)}|Ã\xa0Â[¸¹]")
# เธอ and เนตร are words, so for CP874 three such sequences in a row are needed.
_CP874_THAI = re.compile(f"(?:เ[ธน]{_character_class(_CP874, 0x80, 0xBF)}){{3}}")
_TRUNCATED_TAIL = re.compile("(?:à[¸¹]?|Ã\xa0?(?:Â[¸¹]?)?)$")
_THAI = re.compile("[\u0e01-\u0e3a\u0e3f-\u0e5b]")

# TIS-620 decoded as Latin-1: words without an adjacent ASCII letter that follow the spelling rules of Thai.
_THAI_BYTES = re.compile("[\xa1-\xda\xdf-\xfb]{3,}")
_OTHER_LETTER = re.compile("[^\\x00-\x7f\xa0-\xda\xdf-\xfb]|[A-Za-z][\xa1-\xfb]|[\xa1-\xfb][A-Za-z]")
_THAI_SPELLING = re.compile("(?:[เ-ไ]?[ก-ฮ](?:[ัิ-ฺ็]?[่-์]?[ะาำๅ]?)?|[ฯๆ฿๐-๙])+")
_BEYOND_ASCII = re.compile("[\xa1-\xfb]")
_THAI_EVIDENCE = re.compile("[\xa1-\xbf\xd0-\xd9][\xc0-\xfb]|[\xc0-\xfb][\xa1-\xbf\xd0-\xd9]")
_MIN_LETTERS = 4

_UTF8_REMAINS = re.compile("à[¸¹]|Ã[\xa0 ]?Â[¸¹]|เธ\ufffd|เน\ufffd")
_LETTER = re.compile(r"[^\W\d_]|\ufffd")
_SUSPECT = re.compile("[\xa1-\xfb\ufffd?]|เ[ธน]")


def repair_encoding(text: str) -> str:
    """The text with Thai repaired that was decoded with a wrong encoding; any other text unchanged.

    An incomplete letter at the end of a repaired text is removed.
    """
    if text.isascii() or not _SUSPECT.search(text):
        return text
    for _ in range(_MAX_ROUNDS):
        if _WESTERN_THAI.search(text):
            text = _decode(text, _WESTERN_SEQUENCE, _WESTERN)
        elif _CP874_THAI.search(text):
            text = _decode(text, _CP874_SEQUENCE, _CP874)
        else:
            break
    return _from_tis620(text) if _THAI_BYTES.search(text) else text


def is_garbled(text: str) -> bool:
    """Whether most of a text was lost because of a wrong encoding and cannot be repaired."""
    if not _SUSPECT.search(text):
        return False
    text = repair_encoding(text)
    if len(_UTF8_REMAINS.findall(text)) > 1:
        return True
    lost, question_marks = text.count("\ufffd"), text.count("?")
    letters = len(_LETTER.findall(text))
    return (lost > 2 and 2 * lost >= letters) or (
        question_marks > 3 and 2 * question_marks > len("".join(text.split())) and question_marks > letters
    )


def _decode(text: str, sequence: re.Pattern[str], table: dict[str, int]) -> str:
    def letter(match: re.Match[str]) -> str:
        try:
            return bytes(table[char] for char in match.group()).decode("utf-8")
        except UnicodeDecodeError:
            return match.group()

    return _TRUNCATED_TAIL.sub("", sequence.sub(letter, text))


def _from_tis620(text: str) -> str:
    """The text decoded as TIS-620, if all its characters beyond ASCII can be and follow the spelling rules of Thai.

    Words with accents only are not changed: they must contain a sign (¶) or a Thai vowel (Ò is า). Remains of UTF-8
    are not changed either.
    """
    beyond = len(_BEYOND_ASCII.findall(text))
    is_thai = (
        beyond >= _MIN_LETTERS
        and _THAI_EVIDENCE.search(text)
        and _MIN_LETTERS * len(_UTF8_REMAINS.findall(text)) < beyond
    )
    if not is_thai or _THAI.search(text) or _OTHER_LETTER.search(text):
        return text
    decoded = "".join(chr(ord(char) + 0xD60) if "\xa1" <= char <= "\xfb" else char for char in text)
    words = re.findall("[\u0e01-\u0e5b]+", decoded)
    return decoded if all(_THAI_SPELLING.fullmatch(word) for word in words) else text
