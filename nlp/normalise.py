"""One spelling for one text: PyThaiNLP's rules for Thai, and what keyboards, forms and exports add."""

from __future__ import annotations

import re
import unicodedata

from pythainlp.util import normalize as normalise_thai

# Old Windows fonts kept shifted marks in the private area; PDF and Word exports still carry them.
_PRIVATE = dict(zip(range(0xF700, 0xF71B), "ฐิีึื่้๊๋์่้๊๋์ญัํ็่้๊๋์ฺุู", strict=True))
_LINE_ENDS = dict.fromkeys((0x0B, 0x0C, 0x0D, 0x85, 0x2028, 0x2029), "\n")
# Control and invisible format characters, byte-order marks, directions, variation of hyphens, and halves
# of surrogate pairs, which no file in UTF-8 can hold. U+200D is not here: it joins emoji.
_INVISIBLE = [
    *range(0x09), *range(0x0E, 0x20), *range(0x7F, 0xA0), 0xAD, 0x061C, 0x180E, 0x200B, 0x200C,
    0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF, *range(0xFFF9, 0xFFFC),
    *range(0xD800, 0xE000),
]  # fmt: skip
_TRANSLATION = {**dict.fromkeys(_INVISIBLE, None), **_PRIVATE, **_LINE_ENDS}
_ODD = re.compile(f"[{''.join(map(re.escape, map(chr, _TRANSLATION)))}]")

_LONE_JOINER = re.compile("(?<![\u2600-\u27bf\ufe0f\U0001f000-\U0001faff])\u200d")
_SPACES = re.compile(r"[^\S\n]{2,}|[^\S\n ]")
_LINE_SPACES = re.compile(r" *\n[ \n]*")
# มากกกก is มาก. A double ร stands in words (กรรม), so that one is never cut below two.
_THAI_RUN = re.compile(r"([ก-ยล-ฮๆ])\1{2,}")
_RO_RUN = re.compile("ร{3,}")
# Latin letters, signs and emoji keep three of a run, which still shows the force; digits are left alone.
_RUN = re.compile(r"([^\dก-๎])\1{3,}")
# Whatever PyThaiNLP's rules would change; most texts have none of it and skip them (they are slow).
_MARKS = "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
_THAI_FAULT = re.compile(f"(?:^| )[{_MARKS}]|เ *เ|[่-๋]{{2}}|[่-์][ัิ-ู็ํ]|ํ[่-๋]*า|[ะาำๅ][่-๋]|ๅ|([ะ-ฺเ-ๅ็์-๎]) *\\1")
_ROUNDS = 8


def normalise(text: str) -> str:
    """Bring a text to one spelling: Thai marks in order, no invisible characters, single spaces.

    Normalising again changes nothing; line breaks stay as single ``\\n``; an empty text stays empty.
    Never raises.
    """
    for _ in range(_ROUNDS):
        before = text
        if _ODD.search(text):
            text = text.translate(_TRANSLATION)
        if "\u200d" in text:
            text = _LONE_JOINER.sub("", text)
        if not text.isascii() and not unicodedata.is_normalized("NFC", text):
            text = unicodedata.normalize("NFC", text)
        text = _SPACES.sub(" ", text)
        if "\n" in text:
            text = _LINE_SPACES.sub("\n", text)
        text = _RUN.sub(r"\1\1\1", _RO_RUN.sub("รร", _THAI_RUN.sub(r"\1", text))).strip()
        if _THAI_FAULT.search(text):
            text = normalise_thai(text)
        if text == before:
            break
    return text
