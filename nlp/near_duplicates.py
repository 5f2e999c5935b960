"""Which texts repeat others: MinHash signatures to find candidates, exact Jaccard similarity to judge them.

Texts are compared as sets of runs of characters (shingles), since Thai puts no spaces between words and people
paste with other spaces, signs and emoji than they copied. MinHash and its banding: Broder 1997; Leskovec,
Rajaraman, Ullman, Mining of Massive Datasets, chapter 3.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt

MatchKind = Literal["same_place", "same_words"]
SHINGLE = 4
BANDS, BAND_ROWS = 8, 4
# Of a few words it cannot be said that they were copied: ไฟดับหน้าบ้าน is what anyone would write.
MIN_CHARACTERS = 30
MIN_SIMILARITY = 0.7
# Only words that nobody would choose again by chance are the same wherever they are said.
MIN_CHARACTERS_ANYWHERE = 80
MIN_SIMILARITY_ANYWHERE = 0.8
# Who copies adds something, leaves something out, mends a word. Where each text has more than a short word of its
# own, a form of words was filled in again: another street, another shop.
MAX_REPLACED = 8

Ints = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint64]
# Placeholders of masked data and links differ between copies; spaces, signs and emoji say nothing. What a form puts
# below every report of a flood is nobody's words. Python's \w leaves out the marks above and below Thai letters.
_UNSAID = re.compile(
    r"\[[A-Z_]+\]|https?://\S+"
    r"|ความสูง(?:ระดับ|ประมาณ)?\S{2,10}\s+น้ำท่วม(?:มาแล้ว)?(?:น้อย|มาก)กว่า\s+[0-9๐-๙]+\s+(?:ชั่วโมง|วัน|สัปดาห์|เดือน)(?:แล้ว)?"
    r"|[^\w\[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]+|[\[_]"
)
_NUMBER = re.compile(r"[0-9]+")
_NAME = re.compile(r"[0-9]+|[a-z]+")
_THAI = re.compile(r"[ก-๎]")
_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")


def plain_text(text: str) -> str:
    """The letters and digits of a text alone, in lower case, without placeholders and links."""
    return _UNSAID.sub("", text).lower().translate(_DIGITS)


def distinguishing_tokens(text: str) -> frozenset[tuple[str, int]]:
    """What tells two things apart that are spoken of in the same words: numbers, and in Thai the names in Latin.

    Each with the number of times that it was said before, so that of two sets one holds the other only where it has
    each as often.
    """
    said = _UNSAID.sub(" ", text).lower().translate(_DIGITS)
    seen: Counter[str] = Counter()
    found: set[tuple[str, int]] = set()
    for mark in (_NAME if _THAI.search(said) else _NUMBER).findall(said):
        found.add((mark, seen[mark]))
        seen[mark] += 1
    return frozenset(found)


def shingles(said: str) -> frozenset[str]:
    """The runs of ``SHINGLE`` characters of a plain text."""
    return frozenset(said[at : at + SHINGLE] for at in range(len(said) - SHINGLE + 1))


def similarity(one: frozenset[str], other: frozenset[str]) -> float:
    """Jaccard similarity of two sets: what both have as a share of what any has, 0 to 1; 0 of empty ones."""
    together = len(one & other)
    return together / (len(one) + len(other) - together) if together else 0.0


@lru_cache(maxsize=4096)
def _seen(text: str) -> tuple[int, frozenset[str], frozenset[tuple[str, int]]]:
    said = plain_text(text)
    return len(said), shingles(said), distinguishing_tokens(text)


def match_near_duplicate(text: str, earlier: str, *, is_same_place: bool) -> tuple[MatchKind, float] | None:
    """Whether a text repeats an earlier one, and how similar they are; None where it does not.

    In one place similar words are enough; elsewhere, or where a place is not known, they must be long and all but
    the same. Words that are the same but for a number or a name are of two things.
    The rules are those that ``benchmarks.near_duplicates`` measures.
    """
    (length, one, some), (other_length, other, others) = _seen(text), _seen(earlier)
    if not (some <= others or others <= some) or min(len(one - other), len(other - one)) > MAX_REPLACED:
        return None
    alike = similarity(one, other)
    shorter = min(length, other_length)
    if is_same_place and shorter >= MIN_CHARACTERS and alike >= MIN_SIMILARITY:
        return "same_place", alike
    if shorter >= MIN_CHARACTERS_ANYWHERE and alike >= MIN_SIMILARITY_ANYWHERE:
        return "same_words", alike
    return None


def signatures(texts: Sequence[str]) -> tuple[Ints, Ints]:
    """The lengths of plain texts, and the hashes of the bands of their MinHash signatures.

    Two texts of similarity s have a band in common with a chance of 1 - (1 - s^BAND_ROWS)^BANDS: of .7 in 89 of
    100 cases, of .8 in 98, of .9 in 99.98.

    Returns arrays of shape (texts,) and (texts, BANDS). Bands of texts shorter than a shingle are 0.
    """
    said = [plain_text(text) for text in texts]
    lengths = np.array([len(one) for one in said], np.int64)
    bands = np.zeros((len(said), BANDS), np.uint64)
    long = np.flatnonzero(lengths >= SHINGLE)
    if not len(long):
        return lengths, bands.view(np.int64)
    codes = np.frombuffer("".join(said[at] for at in long).encode("utf-32-le"), np.uint32).astype(np.uint64)
    counts = lengths[long] - SHINGLE + 1
    begins = np.cumsum(lengths[long]) - lengths[long]
    firsts = np.cumsum(counts) - counts
    # Where the shingles of each text begin among the characters of all of them.
    places = np.repeat(begins - firsts, counts) + np.arange(counts.sum())
    hashes = np.zeros(len(places), np.uint64)
    for offset in range(SHINGLE):
        hashes = _mixed(hashes * _PRIME + codes[places + offset])
    for band in range(BANDS):
        found = np.full(len(long), band, np.uint64)
        for factor in _factors()[band]:
            found = _mixed(found * _PRIME + np.minimum.reduceat(hashes * factor, firsts))
        bands[long, band] = found
    return lengths, bands.view(np.int64)


_PRIME = np.uint64(0x100000001B3)


def _mixed(values: Words) -> Words:
    """The finaliser of splitmix64 (Steele, Lea, Flood 2014): every bit depends on every other."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


@cache
def _factors() -> Words:
    """An odd number for each row of a signature, the same for ever: multiplying by it is a permutation."""
    drawn = np.random.Generator(np.random.PCG64(2569)).integers(0, 2**64, (BANDS, BAND_ROWS), np.uint64)
    return drawn | np.uint64(1)
