"""Tokens of a text; the joined tokens are equal to the text.

Thai is segmented by thaibreak. Of the engines in `benchmarks/tokenisers.py` it has the best word F1, is among the
fastest, and its time is linear in the length of the text. An engine is a function from a text to its tokens, as in
PyThaiNLP. The words of our own dictionary are merged after it, so that they do not depend on the engine.
"""

from __future__ import annotations

import ctypes
import functools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

from pythainlp.corpus import thai_words
from pythainlp.tokenize import newmm

from nlp.language import ARABIC, THAI
from nlp.lexicon import load_lexicon
from nlp.memo import Memo
from schemas.area_data import districts, provinces, subdistricts
from schemas.topics import load_topics
from schemas.words import civic_words

MAX_CHARACTERS = 10_000
"""The maximum number of characters of a text that is analysed (about two thousand words)."""

_PIECE = 600
# Words, numbers, spaces and single signs of any script but Thai.
_OTHER_TOKENS = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*|\d+(?:[.,:]\d+)*|[^\S\n]+|\n|[\W_]|\w")
_THAI_RUNS = re.compile("[ก-๛]+|[^ก-๛]+")
# The minimum length of a word of the lexicon that is merged; shorter ones are often parts of other words.
_MIN_WRITTEN = 3
# A piece must not begin with a mark or vowel that belongs to the consonant before it.
_COMBINING = re.compile("[ะ-ฺๅ-๎\u200d\ufe0f\U0001f3fb-\U0001f3ff]")
_PLACEHOLDER = re.compile(r"(\[[A-Z][A-Z_]*\])")
# Names of districts and subdistricts are one token only after these words, because many names have other meanings.
_AREA_WORDS = frozenset(str.split("ตำบล ต. อำเภอ อ. แขวง เขต กิ่งอำเภอ อบต. เมือง นคร"))

Engine = Callable[[str], list[str]]


@functools.cache
def _thaibreak() -> Any:
    import thaibreak
    from thaibreak import core

    # words() of thaibreak drops spaces and boundaries() is slow; the C library has neither problem.
    thaibreak.boundaries("ก")
    library = core._engine()  # pyright: ignore[reportPrivateUsage]
    if library is None:
        # A different engine would give different words from those that the model has learnt.
        raise RuntimeError(
            "The library of thaibreak cannot be loaded on this machine: install the locked version again."
        )
    return library


# Tokens by their bytes. Most tokens repeat, and look-ups are faster if equal tokens are the same object.
_decoded = Memo[bytes, str](lambda content: content.decode("utf-8", "replace"))


def _by_thaibreak(text: str) -> list[str]:
    library = _thaibreak()
    content = text.encode("utf-8", "replace")
    count = ctypes.c_size_t()
    found = library.thaibreak_boundaries(content, ctypes.byref(count))
    if not found:
        return []
    ends = found[: count.value]
    library.thaibreak_free_boundaries(found, count)
    return [_decoded[content[start:end]] for start, end in pairwise(ends)]


def _by_newmm(text: str) -> list[str]:
    return newmm.segment(text, safe_mode=True)


# The first engine whose joined tokens are equal to the text is used; single characters always are.
ENGINES: tuple[Engine, ...] = (_by_thaibreak, _by_newmm, list)


def _segment(text: str) -> list[str]:
    for engine in ENGINES:
        tokens = engine(text)
        if "".join(tokens) == text:
            return tokens if all(tokens) else [token for token in tokens if token]
    raise AssertionError("The characters of a text do not join to the text.")


# For the first and the second token of a word, the other tokens of each such word, longest first.
_WordIndex = dict[str, dict[str, tuple[tuple[str, ...], ...]]]


def _by_first_token(words: Iterable[str]) -> _WordIndex:
    starts: dict[str, dict[str, set[tuple[str, ...]]]] = {}
    for word in words:
        tokens = _segment(word)
        if len(tokens) > 1:
            starts.setdefault(tokens[0], {}).setdefault(tokens[1], set()).add(tuple(tokens[2:]))
    return {
        first: {second: tuple(sorted(found, key=lambda rest: (-len(rest), rest))) for second, found in seconds.items()}
        for first, seconds in starts.items()
    }


@functools.cache
def _words() -> _WordIndex:
    """Words that the engine splits and that are one token here.

    They are civic terms, agencies, provinces, words of dialects and of Malay, misspellings, and keywords of topics that
    the engine splits into unknown words.
    """
    dictionary = thai_words()
    keywords = {word for topic in load_topics() for word in topic.keywords if THAI.search(word) and " " not in word}
    unknown = [word for word in keywords if not dictionary.issuperset(_segment(word))]
    written = [word for word in load_lexicon() if len(word) >= _MIN_WRITTEN and THAI.search(word)]
    return _by_first_token([*unknown, *civic_words(), *(one.province_th for one in provinces()), *written])


@functools.cache
def _area_names() -> _WordIndex:
    names = {one.district_th for one in districts()} | {one.subdistrict_th for one in subdistricts()}
    return _by_first_token(names)


@functools.cache
def _first_tokens() -> frozenset[str]:
    """The tokens that a merged word can begin with, or that the name of an area can follow."""
    return frozenset(_words()) | _AREA_WORDS


def _merge_words(tokens: list[str]) -> list[str]:
    """The tokens, with those that form one word of our dictionary merged."""
    firsts, words = _first_tokens(), _words()
    joined: list[str] = []
    done = 0
    for at, token in enumerate(tokens):
        if token not in firsts:
            continue
        start, end = at, 0
        if at >= done:
            end = _word_end(tokens, at, words)
        # A name also follows the last token of เทศบาลตำบล, which is merged already.
        if not end and at >= done - 1 and token in _AREA_WORDS:
            start = at + (2 if tokens[at + 1 : at + 2] == [" "] else 1)
            end = _word_end(tokens, start, _area_names())
        if end:
            joined += tokens[done:start]
            joined.append("".join(tokens[start:end]))
            done = end
    return joined + tokens[done:]


def _word_end(tokens: list[str], start: int, words: _WordIndex) -> int:
    """The end of the longest word that begins at a token; 0 if there is none."""
    if start + 1 < len(tokens) and (seconds := words.get(tokens[start])):
        for rest in seconds.get(tokens[start + 1], ()):
            end = start + 2 + len(rest)
            if not rest or tuple(tokens[start + 2 : end]) == rest:
                return end
    return 0


def pieces(text: str, limit: int = _PIECE) -> Iterator[str]:
    """The text split into pieces of at most ``limit`` characters: after a space, or else before a letter."""
    start = 0
    while len(text) - start > limit:
        end = text.rfind(" ", start + limit // 2, start + limit) + 1
        if not end:
            end = start + limit
            while end > start + limit // 2 and _COMBINING.match(text, end):
                end -= 1
        yield text[start:end]
        start = end
    yield text[start:]


# Masking names and analysing the masked texts both need the unmerged tokens; a batch has some thousand texts.
@functools.lru_cache(maxsize=16_384)
def unmerged_tokens(text: str) -> list[str]:
    """The tokens of a text before words of our own dictionary are merged; not to be changed, for it is shared."""
    return _unmerged(text)


def _unmerged(text: str) -> list[str]:
    if "[" in text:
        # Placeholders of masked data are one token.
        parts = _PLACEHOLDER.split(text)
        if len(parts) > 1:
            return [
                token
                for at, part in enumerate(parts)
                if part
                for token in ([part] if at % 2 else _unmerged_without_placeholders(part))
            ]
    return _unmerged_without_placeholders(text)


def _unmerged_without_placeholders(text: str) -> list[str]:
    if not THAI.search(text):
        return _OTHER_TOKENS.findall(text)
    if ARABIC.search(text):
        # Malay is never passed to the Thai engine, which would split it at random.
        runs = _THAI_RUNS.findall(text)
        return [
            token for run in runs for token in (_by_pieces(run) if THAI.search(run) else _OTHER_TOKENS.findall(run))
        ]
    return _by_pieces(text)


def _by_pieces(text: str) -> list[str]:
    return _segment(text) if len(text) <= _PIECE else [token for piece in pieces(text) for token in _segment(piece)]


def _tokens(text: str) -> list[str]:
    tokens = unmerged_tokens(text)
    return _merge_words(tokens) if THAI.search(text) else list(tokens)


def tokenise(texts: Sequence[str]) -> list[list[str]]:
    """The words, spaces and signs of each text; the joined tokens of a text are always equal to it.

    Only text in Thai script is passed to the Thai engine. Other scripts are split at spaces and signs, and placeholders
    such as ``[PHONE]`` are one token. The time is linear in the length of a text.
    """
    return [_tokens(text) for text in texts]
