"""Thai that was read in a wrong encoding, put right: ``à¸–à¸™à¸™`` is ถนน.

UTF-8 that was read as Latin-1, Windows-1252 or CP874, also twice over, and TIS-620 that was read as Latin-1. Only
what comes out as Thai is changed, so that café, naïve and the accents of other languages stay.
"""

from __future__ import annotations

import re

_MOST_ROUNDS = 4
_LATIN = {chr(byte): byte for byte in range(0x80, 0x100)}
_BY_ENCODING = {
    encoding: {char: byte for byte in range(0x80, 0x100) if len(char := bytes([byte]).decode(encoding, "ignore")) == 1}
    for encoding in ("cp1252", "cp874")
}
_WESTERN = {**_LATIN, **_BY_ENCODING["cp1252"]}
_OFFICE = {**{char: byte for char, byte in _LATIN.items() if byte < 0xA1}, **_BY_ENCODING["cp874"]}


def _class(table: dict[str, int], first: int, last: int) -> str:
    return "[" + "".join(re.escape(char) for char, byte in table.items() if first <= byte <= last) + "]"


def _sequences(table: dict[str, int]) -> re.Pattern[str]:
    """Letters that stand for the bytes of one letter in UTF-8."""
    rest = _class(table, 0x80, 0xBF)
    two, three, four = (_class(table, *ends) for ends in ((0xC2, 0xDF), (0xE0, 0xEF), (0xF0, 0xF4)))
    return re.compile(f"{two}{rest}|{three}{rest}{{2}}|{four}{rest}{{3}}")


_WESTERN_SEQUENCE, _OFFICE_SEQUENCE = _sequences(_WESTERN), _sequences(_OFFICE)
# A letter of Thai in UTF-8 begins with E0 B8 or E0 B9; what is written twice over, with C3 A0 C2 B8.
_WESTERN_THAI = re.compile(f"à[¸¹]{_class(_WESTERN, 0x80, 0xBF)}|Ã\xa0Â[¸¹]")
# เธอ and เนตร are words, so that CP874 needs three such letters side by side.
_OFFICE_THAI = re.compile(f"(?:เ[ธน]{_class(_OFFICE, 0x80, 0xBF)}){{3}}")
_CUT_TAIL = re.compile("(?:à[¸¹]?|Ã\xa0?(?:Â[¸¹]?)?)$")
_THAI = re.compile("[\u0e01-\u0e3a\u0e3f-\u0e5b]")

# TIS-620 read as Latin-1: words without a letter of ASCII beside them that are spelt as Thai is.
_BYTES_OF_THAI = re.compile("[\xa1-\xda\xdf-\xfb]{3,}")
_OTHER_LETTER = re.compile("[^\\x00-\x7f\xa0-\xda\xdf-\xfb]|[A-Za-z][\xa1-\xfb]|[\xa1-\xfb][A-Za-z]")
_SPELT = re.compile("(?:[เ-ไ]?[ก-ฮ](?:[ัิ-ฺ็]?[่-์]?[ะาำๅ]?)?|[ฯๆ฿๐-๙])+")
_BEYOND_ASCII = re.compile("[\xa1-\xfb]")
_TELLING = re.compile("[\xa1-\xbf\xd0-\xd9][\xc0-\xfb]|[\xc0-\xfb][\xa1-\xbf\xd0-\xd9]")
_FEWEST = 4

_LEFT_OVER = re.compile("à[¸¹]|Ã[\xa0 ]?Â[¸¹]|เธ\ufffd|เน\ufffd")
_LETTER = re.compile(r"[^\W\d_]|\ufffd")
_SUSPECT = re.compile("[\xa1-\xfb\ufffd?]|เ[ธน]")


def repair_encoding(text: str) -> str:
    """The text with Thai put right that was read in a wrong encoding; any other text as it is.

    A letter that is cut off at the end of such a text is left out.
    """
    if text.isascii() or not _SUSPECT.search(text):
        return text
    for _ in range(_MOST_ROUNDS):
        if _WESTERN_THAI.search(text):
            text = _decoded(text, _WESTERN_SEQUENCE, _WESTERN)
        elif _OFFICE_THAI.search(text):
            text = _decoded(text, _OFFICE_SEQUENCE, _OFFICE)
        else:
            break
    return _from_tis620(text) if _BYTES_OF_THAI.search(text) else text


def is_garbled(text: str) -> bool:
    """Whether most of what a text said is lost to a wrong encoding, and cannot be put right."""
    if not _SUSPECT.search(text):
        return False
    text = repair_encoding(text)
    if len(_LEFT_OVER.findall(text)) > 1:
        return True
    lost, marks = text.count("\ufffd"), text.count("?")
    letters = len(_LETTER.findall(text))
    return (lost > 2 and 2 * lost >= letters) or (
        marks > 3 and 2 * marks > len("".join(text.split())) and marks > letters
    )


def _decoded(text: str, sequence: re.Pattern[str], table: dict[str, int]) -> str:
    def letter(found: re.Match[str]) -> str:
        try:
            return bytes(table[char] for char in found.group()).decode("utf-8")
        except UnicodeDecodeError:
            return found.group()

    return _CUT_TAIL.sub("", sequence.sub(letter, text))


def _from_tis620(text: str) -> str:
    """The text read as TIS-620, where all of it beyond ASCII can be, and is spelt as Thai is.

    Words of western accents alone are not: they need a sign (¶) or a vowel of Thai (Ò is า) among them. Neither is
    what is left of UTF-8.
    """
    beyond = len(_BEYOND_ASCII.findall(text))
    is_thai = beyond >= _FEWEST and _TELLING.search(text) and _FEWEST * len(_LEFT_OVER.findall(text)) < beyond
    if not is_thai or _THAI.search(text) or _OTHER_LETTER.search(text):
        return text
    read = "".join(chr(ord(char) + 0xD60) if "\xa1" <= char <= "\xfb" else char for char in text)
    words = re.findall("[\u0e01-\u0e5b]+", read)
    return read if all(_SPELT.fullmatch(word) for word in words) else text
