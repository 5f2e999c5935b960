"""Words of a text, whose joined tokens are the text again.

Thai goes to nlpO3 by way of PyThaiNLP: of the engines that take a dictionary it was the quickest and
among the best (`benchmarks/tokenisers.py`). Its safe mode loses characters, so it stays off, and what that
mode is for (long ambiguous texts) is met by handing over pieces of bounded length.
"""

from __future__ import annotations

import functools
import os
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence

from pythainlp.corpus import thai_words
from pythainlp.tokenize import newmm, nlpo3
from pythainlp.util import Trie

from nlp.language import ARABIC, THAI
from schemas.topics import load_topics

_PIECE = 600
# Words, numbers, spaces and single signs of any script but Thai.
_OTHER_TOKENS = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*|\d+(?:[.,:]\d+)*|[^\S\n]+|\n|[\W_]|\w")
_THAI_RUNS = re.compile("[ก-๛]+|[^ก-๛]+")
# A piece must not begin with a mark or vowel that belongs to the consonant before it.
_HANGING = re.compile("[ะ-ฺๅ-๎\u200d\ufe0f\U0001f3fb-\U0001f3ff]")
_THAI_WORD = re.compile("[ก-๎]+")


@functools.cache
def _dictionary() -> frozenset[str]:
    """PyThaiNLP's words, and those keywords of the topics that cannot be spelt with them."""
    words = thai_words()
    keywords = {word for topic in load_topics() for word in topic.keywords if _THAI_WORD.fullmatch(word)}
    return words | {word for word in keywords if not words.issuperset(nlpo3.segment(word))}


@functools.cache
def _nlpo3_dictionary() -> str:
    # nlpO3 reads dictionaries from files alone and keeps them by name for the life of the process.
    name = "siang"
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".txt", delete=False) as file:
        file.write("\n".join(sorted(_dictionary())))
    try:
        if not nlpo3.load_dict(file.name, name):
            raise RuntimeError("nlpO3 cannot load its dictionary: install the locked version again")
    finally:
        os.unlink(file.name)
    return name


@functools.cache
def _newmm_dictionary() -> Trie:
    return Trie(_dictionary())


def _by_nlpo3(text: str) -> list[str]:
    return nlpo3.segment(text, _nlpo3_dictionary())


def _by_newmm(text: str) -> list[str]:
    return newmm.segment(text, _newmm_dictionary())


# The first whose tokens join to the text is taken; single characters always do.
ENGINES: tuple[Callable[[str], list[str]], ...] = (_by_nlpo3, _by_newmm, list)


def _segment(text: str) -> list[str]:
    for engine in ENGINES:
        tokens = engine(text)
        if "".join(tokens) == text:
            return [token for token in tokens if token]
    raise AssertionError("single characters join to their text")


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
    if not THAI.search(text):
        return _OTHER_TOKENS.findall(text)
    if ARABIC.search(text):
        # Malay is never the Thai engine's: it would be cut at random.
        runs = _THAI_RUNS.findall(text)
        return [token for run in runs for token in (_tokens(run) if not THAI.search(run) else _thai(run))]
    return _thai(text)


def _thai(text: str) -> list[str]:
    if len(text) <= _PIECE:
        return _segment(text)
    return [token for piece in pieces(text) for token in _segment(piece)]


def tokenise(texts: Sequence[str]) -> list[list[str]]:
    """Cut each text into words, spaces and signs; the tokens of a text join to it, whatever it holds.

    Only text in Thai script reaches the Thai engine; other scripts are cut at spaces and signs.
    """
    return [_tokens(text) for text in texts]
