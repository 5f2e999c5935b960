"""Words of a text, whose joined tokens are the text again.

Thai goes to thaibreak: of the engines measured it cuts best, is among the quickest, and its time grows with
the length of a text alone (`benchmarks/tokenisers.py`). An engine is a function from a text to its tokens, as
PyThaiNLP's are; the words of our own dictionary are put together after it, so that they stay where it changes.
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
from schemas.area_data import districts, provinces, subdistricts
from schemas.topics import load_topics
from schemas.words import civic_words

MAX_CHARACTERS = 10_000
"""Characters of a text that are analysed: some two thousand words; no message that is meant to be read is longer."""

_PIECE = 600
_MOST_DECODED = 100_000
# Words, numbers, spaces and single signs of any script but Thai.
_OTHER_TOKENS = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*|\d+(?:[.,:]\d+)*|[^\S\n]+|\n|[\W_]|\w")
_THAI_RUNS = re.compile("[ก-๛]+|[^ก-๛]+")
# A piece must not begin with a mark or vowel that belongs to the consonant before it.
_HANGING = re.compile("[ะ-ฺๅ-๎\u200d\ufe0f\U0001f3fb-\U0001f3ff]")
_PLACEHOLDER = re.compile(r"(\[[A-Z][A-Z_]*\])")
# Names of districts and subdistricts are words of their own only behind one of these: many mean something else.
_AREA_WORDS = frozenset(str.split("ตำบล ต. อำเภอ อ. แขวง เขต กิ่งอำเภอ อบต. เมือง นคร"))

Engine = Callable[[str], list[str]]


@functools.cache
def _thaibreak() -> Any:
    import thaibreak
    from thaibreak import core

    # Its words() leaves spaces out, and boundaries() counts characters one by one; the library has both.
    thaibreak.boundaries("ก")
    library = core._engine()  # pyright: ignore[reportPrivateUsage]
    if library is None:
        # Another engine in its place would cut other words than the model has learnt.
        raise RuntimeError("thaibreak's library cannot be loaded on this machine: install the locked version again")
    return library


class _Decoded(dict[bytes, str]):
    """Tokens by their bytes: most come again, and the same string is found sooner in the tables that follow."""

    def __missing__(self, content: bytes) -> str:
        if len(self) > _MOST_DECODED:
            self.clear()
        token = self[content] = content.decode("utf-8", "replace")
        return token


_decoded = _Decoded()


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


# The first whose tokens join to the text is taken; single characters always do.
ENGINES: tuple[Engine, ...] = (_by_thaibreak, _by_newmm, list)


def _segment(text: str) -> list[str]:
    for engine in ENGINES:
        tokens = engine(text)
        if "".join(tokens) == text:
            return tokens if all(tokens) else [token for token in tokens if token]
    raise AssertionError("single characters join to their text")


# By the first token of a word the rest of it, the longest first.
_Words = dict[str, tuple[tuple[str, ...], ...]]


def _by_first_token(words: Iterable[str]) -> _Words:
    starts: dict[str, set[tuple[str, ...]]] = {}
    for word in words:
        first, *rest = _segment(word)
        if rest:
            starts.setdefault(first, set()).add(tuple(rest))
    return {first: tuple(sorted(found, key=lambda rest: (-len(rest), rest))) for first, found in starts.items()}


@functools.cache
def _words() -> _Words:
    """What the engine cuts in several and is one word here, wherever it stands.

    Civic terms, agencies, provinces, and those keywords of topics that are cut into what is no word.
    """
    known = thai_words()
    keywords = {word for topic in load_topics() for word in topic.keywords if THAI.search(word) and " " not in word}
    unknown = [word for word in keywords if not known.issuperset(_segment(word))]
    return _by_first_token([*unknown, *civic_words(), *(one.province_th for one in provinces())])


@functools.cache
def _areas() -> _Words:
    names = {one.district_th for one in districts()} | {one.subdistrict_th for one in subdistricts()}
    return _by_first_token(names)


def _put_together(tokens: list[str]) -> list[str]:
    """The tokens, those that together are one word of our dictionary as one."""
    words = _words()
    joined: list[str] = []
    done = 0
    for at in [at for at, token in enumerate(tokens) if token in words or token in _AREA_WORDS]:
        start, end = at, 0
        if at >= done:
            end = _end_of_word(tokens, at, words)
        # The last token of เทศบาลตำบล, put together already, still has a name behind it.
        if not end and at >= done - 1 and tokens[at] in _AREA_WORDS:
            start = at + (2 if tokens[at + 1 : at + 2] == [" "] else 1)
            end = _end_of_word(tokens, start, _areas())
        if end:
            joined += tokens[done:start]
            joined.append("".join(tokens[start:end]))
            done = end
    return joined + tokens[done:] if done else tokens


def _end_of_word(tokens: list[str], start: int, words: _Words) -> int:
    """Where the longest word ends that begins at a token; 0 where none does."""
    if start < len(tokens):
        for rest in words.get(tokens[start], ()):
            end = start + 1 + len(rest)
            if tuple(tokens[start + 1 : end]) == rest:
                return end
    return 0


def pieces(text: str, limit: int = _PIECE) -> Iterator[str]:
    """Cut a text into pieces of at most ``limit`` characters: after a space, else before a letter."""
    start = 0
    while len(text) - start > limit:
        end = text.rfind(" ", start + limit // 2, start + limit) + 1
        if not end:
            end = start + limit
            while end > start + limit // 2 and _HANGING.match(text, end):
                end -= 1
        yield text[start:end]
        start = end
    yield text[start:]


def _tokens(text: str) -> list[str]:
    if "[" in text:
        # Placeholders of what was masked stay whole.
        parts = _PLACEHOLDER.split(text)
        if len(parts) > 1:
            return [
                token
                for at, part in enumerate(parts)
                if part
                for token in ([part] if at % 2 else _tokens_of_words(part))
            ]
    return _tokens_of_words(text)


def _tokens_of_words(text: str) -> list[str]:
    if not THAI.search(text):
        return _OTHER_TOKENS.findall(text)
    if ARABIC.search(text):
        # Malay is never the Thai engine's: it would be cut at random.
        runs = _THAI_RUNS.findall(text)
        return [token for run in runs for token in (_thai(run) if THAI.search(run) else _OTHER_TOKENS.findall(run))]
    return _thai(text)


def _thai(text: str) -> list[str]:
    if len(text) <= _PIECE:
        return _put_together(_segment(text))
    return _put_together([token for piece in pieces(text) for token in _segment(piece)])


def tokenise(texts: Sequence[str]) -> list[list[str]]:
    """Cut each text into words, spaces and signs; the tokens of a text join to it, whatever it holds.

    Only text in Thai script reaches the Thai engine; other scripts are cut at spaces and signs, and placeholders
    such as ``[PHONE]`` are one token. Time grows with the length of a text alone.
    """
    return [_tokens(text) for text in texts]
