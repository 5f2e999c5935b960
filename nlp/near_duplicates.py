"""Near-duplicate texts: MinHash signatures find candidates, exact Jaccard similarity decides.

Texts are compared as sets of character n-grams (shingles), because Thai has no spaces between words, and pasted
copies have different spaces, signs and emoji. MinHash and its banding: Broder 1997; Leskovec,
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
# A short text may be the same by chance: anyone would write ไฟดับหน้าบ้าน.
MIN_CHARACTERS = 30
MIN_SIMILARITY = 0.7
# Only longer texts are near-duplicates wherever they come from, because they are not the same by chance.
MIN_CHARACTERS_ANYWHERE = 80
MIN_SIMILARITY_ANYWHERE = 0.8
# A copy has something added, left out or corrected. If both texts have more shingles of their own than a short word
# has, a template was filled in again: another street, another shop.
MAX_REPLACED = 8

Ints = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint64]
# Ignored: placeholders of masked data and links, which differ between copies; spaces, signs and emoji; the sentence
# that a form adds to every report of a flood. Python's \w does not contain the marks above and below Thai letters.
_IGNORED = re.compile(
    r"\[[A-Z_]+\]|https?://\S+"
    r"|ความสูง(?:ระดับ|ประมาณ)?\S{2,10}\s+น้ำท่วม(?:มาแล้ว)?(?:น้อย|มาก)กว่า\s+[0-9๐-๙]+\s+(?:ชั่วโมง|วัน|สัปดาห์|เดือน)(?:แล้ว)?"
    r"|[^\w\[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]+|[\[_]"
)
_NUMBER = re.compile(r"[0-9]+")
_NUMBER_OR_NAME = re.compile(r"[0-9]+|[a-z]+")
_THAI = re.compile(r"[ก-๎]")
_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")


def plain_text(text: str) -> str:
    """The letters and digits of a text in lower case, without placeholders and links."""
    return _IGNORED.sub("", text).lower().translate(_DIGITS)


def distinguishing_tokens(text: str) -> frozenset[tuple[str, int]]:
    """The tokens that distinguish two matters with the same words: numbers, and Latin names in a Thai text.

    Each token has the number of its earlier occurrences, so that a set contains another one only if it has each token
    at least as often.
    """
    plain = _IGNORED.sub(" ", text).lower().translate(_DIGITS)
    earlier: Counter[str] = Counter()
    tokens: set[tuple[str, int]] = set()
    for token in (_NUMBER_OR_NAME if _THAI.search(plain) else _NUMBER).findall(plain):
        tokens.add((token, earlier[token]))
        earlier[token] += 1
    return frozenset(tokens)


def shingles(plain: str) -> frozenset[str]:
    """The n-grams of ``SHINGLE`` characters of a plain text."""
    return frozenset(plain[at : at + SHINGLE] for at in range(len(plain) - SHINGLE + 1))


def similarity(one: frozenset[str], other: frozenset[str]) -> float:
    """Jaccard similarity of two sets, 0 to 1; 0 if both are empty."""
    common = len(one & other)
    return common / (len(one) + len(other) - common) if common else 0.0


@lru_cache(maxsize=4096)
def _comparison_data(text: str) -> tuple[int, frozenset[str], frozenset[tuple[str, int]]]:
    plain = plain_text(text)
    return len(plain), shingles(plain), distinguishing_tokens(text)


def match_near_duplicate(text: str, earlier: str, *, is_same_place: bool) -> tuple[MatchKind, float] | None:
    """The kind of match and the similarity if a text is a near-duplicate of an earlier one, else None.

    In the same place similar words are enough. In different or unknown places the texts must be long and almost the
    same. Texts that differ in a number or a name are about two matters. ``benchmarks.near_duplicates`` measures these
    rules.
    """
    length, own_shingles, own_tokens = _comparison_data(text)
    earlier_length, earlier_shingles, earlier_tokens = _comparison_data(earlier)
    replaced = min(len(own_shingles - earlier_shingles), len(earlier_shingles - own_shingles))
    if not (own_tokens <= earlier_tokens or earlier_tokens <= own_tokens) or replaced > MAX_REPLACED:
        return None
    jaccard = similarity(own_shingles, earlier_shingles)
    shorter = min(length, earlier_length)
    if is_same_place and shorter >= MIN_CHARACTERS and jaccard >= MIN_SIMILARITY:
        return "same_place", jaccard
    if shorter >= MIN_CHARACTERS_ANYWHERE and jaccard >= MIN_SIMILARITY_ANYWHERE:
        return "same_words", jaccard
    return None


def signatures(texts: Sequence[str]) -> tuple[Ints, Ints]:
    """The lengths of plain texts, and the hashes of the bands of their MinHash signatures.

    Two texts with similarity s have at least one band in common with probability 1 - (1 - s^BAND_ROWS)^BANDS: 89 %
    for .7, 98 % for .8 and 99.98 % for .9.

    Returns arrays of shape (texts,) and (texts, BANDS). Bands of texts shorter than a shingle are 0.
    """
    plain = [plain_text(text) for text in texts]
    lengths = np.array([len(text) for text in plain], np.int64)
    bands = np.zeros((len(plain), BANDS), np.uint64)
    long = np.flatnonzero(lengths >= SHINGLE)
    if not len(long):
        return lengths, bands.view(np.int64)
    codes = np.frombuffer("".join(plain[at] for at in long).encode("utf-32-le"), np.uint32).astype(np.uint64)
    counts = lengths[long] - SHINGLE + 1
    begins = np.cumsum(lengths[long]) - lengths[long]
    firsts = np.cumsum(counts) - counts
    # The position of each shingle in the joined characters of all texts.
    places = np.repeat(begins - firsts, counts) + np.arange(counts.sum())
    hashes = np.zeros(len(places), np.uint64)
    for offset in range(SHINGLE):
        hashes = _mix_bits(hashes * _PRIME + codes[places + offset])
    for band in range(BANDS):
        found = np.full(len(long), band, np.uint64)
        for factor in _hash_factors()[band]:
            found = _mix_bits(found * _PRIME + np.minimum.reduceat(hashes * factor, firsts))
        bands[long, band] = found
    return lengths, bands.view(np.int64)


_PRIME = np.uint64(0x100000001B3)


def _mix_bits(values: Words) -> Words:
    """The finaliser of splitmix64 (Steele, Lea, Flood 2014): every bit depends on every other."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


@cache
def _hash_factors() -> Words:
    """A fixed odd number for each row of a signature: multiplying by it is a permutation."""
    drawn = np.random.Generator(np.random.PCG64(2569)).integers(0, 2**64, (BANDS, BAND_ROWS), np.uint64)
    return drawn | np.uint64(1)
