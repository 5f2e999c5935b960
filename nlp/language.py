"""The language of a text, from its scripts and words.

Malay has three scripts: Jawi, Rumi and, for Patani Malay, Thai letters. The last is distinguished from Thai by the
spelling of its words (``nlp.malay``), Rumi from English by the lexicon, which no speaker has reviewed yet.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

import numpy as np

from nlp.lexicon import written_forms
from nlp.mask import KINDS

THAI = re.compile("[ก-ฺเ-๎]")
ARABIC = re.compile("[\u0620-\u065f\u066e-\u06d3\u06fa-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc]")
_LATIN = re.compile("[A-Za-zÀ-ɏ]")
_WORD = re.compile("[a-z']{2,}")
# Parts of a text that are not words: placeholders, addresses of pages, names of people and hashtags.
_NOT_WORDS = re.compile(rf"\[(?:{'|'.join(KINDS)})\]|https?://\S+|www\.\S+|[#@]\w+")

_ENGLISH = frozenset(
    str.split("""
    the of and to in is are was were be been it this that these for on with at by from not no have has had
    do does did you your we our they their he she his her i my me please can could would should will there
    here what when where why how who all any very so but or if as an a road street water light broken fix
    thank thanks help since""")
)


@cache
def _rumi() -> frozenset[str]:
    """Words of Malay in Latin script that are no words of English."""
    return frozenset(word for word in written_forms("malay") if _WORD.fullmatch(word)) - _ENGLISH


def language(text: str) -> str:
    """The language of a normalised text by its script and words: ``th`` for all texts in Thai letters.

    Returns ``th``, ``ms-Arab`` (Jawi), ``ms-Latn`` (Rumi), ``en``,
    ``mixed`` (two scripts with a large share each) or ``und`` (undetermined: no words, or no known words).
    """
    thai = len(THAI.findall(text))
    if thai and thai * 2 > len(text):
        return "th"
    text = _NOT_WORDS.sub(" ", text)
    arabic, latin = len(ARABIC.findall(text)), len(_LATIN.findall(text))
    total = thai + arabic + latin
    if not total:
        return "und"
    if thai >= 0.6 * total and arabic < 0.2 * total:
        return "th"
    if arabic >= 0.7 * total:
        return "ms-Arab"
    if latin < 0.7 * total:
        return "mixed"
    words = _WORD.findall(text.lower())
    malay, english = sum(word in _rumi() for word in words), sum(word in _ENGLISH for word in words)
    if malay > english and (malay >= 2 or malay * 2 >= len(words)):
        return "ms-Latn"
    if english:
        return "en"
    return "en" if len(words) >= 3 and not malay else "und"


def languages(texts: Sequence[str]) -> list[str]:
    """The language of each normalised text, as in ``language``. Thai letters are counted once for the batch."""
    if not texts:
        return []
    joined = "\0".join(text.replace("\0", " ") for text in texts)
    codes = np.frombuffer(f"\0{joined}".encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    starts = np.flatnonzero(codes == 0)
    letters = (codes - ord("ก") <= ord("๎") - ord("ก")) & (codes != ord("฿"))
    counts = np.add.reduceat(letters.astype(np.int32), starts) * 2
    lengths = np.diff(np.append(starts, len(codes))) - 1
    return ["th" if is_thai else language(text) for text, is_thai in zip(texts, counts > lengths, strict=True)]
