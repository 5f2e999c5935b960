"""The words of a text as the model of names sees them: a listed name is one word, and cues are apart from names."""

from __future__ import annotations

import functools
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from nlp.mask.name_classes import EDGE, THAI_WORD, cue_words, word_class
from nlp.mask.name_words import name_words
from nlp.memo import Memo
from nlp.tokenise import unmerged_tokens

# The model looks at so many words before and after a word.
MARGIN = 2
_POLITE_ENDS = ("ค่ะ", "ครับ", "คะ", "จ๋า", "จ้า", "เด้อ", "นะ", "คับ")
_MARK = re.compile("[ะ-ฺๅ-๎ๆฯ]")
_CUE_CLASSES = ("kin", "office", "naming", "linking", "people")
_MIN_MERGED = 4
# The engine makes longer tokens only of letters that are no words.
_MAX_SPLIT = 40


@dataclass(frozen=True, slots=True)
class Words:
    """A part of the words of a text without its spaces, with MARGIN words or edges around it.

    ``classes`` are twice the class of each word, plus one where a space precedes it; ``hashes`` are those of the words
    in lower case, and ``starts`` the positions in the text.
    """

    words: list[str]
    classes: list[int]
    hashes: list[int]
    starts: list[int]


_Part = tuple[str, int, int]
"""A part of a token with twice its class and its hash; the class of a space is -1."""


def _part(word: str) -> _Part:
    is_space = word != "\n" and word.isspace()
    number = zlib.crc32(word.lower().encode("utf-8", "surrogatepass")) >> 8
    return word, -1 if is_space else 2 * word_class(word), number


def _parts_of(token: str) -> tuple[_Part, ...]:
    return tuple(_known[word] for word in split_unknown(token))


# The part of each word, and the parts of each token; most of them repeat.
_known, _parts = Memo(_part), Memo(_parts_of)


def words_of(tokens: Sequence[str], start: int) -> Words:
    """The words of the tokens that begin at a position of a text."""
    parts = [part for token in tokens for part in _parts[token]]
    merged = _merge([part[0] for part in parts])
    if len(merged) < len(parts):
        parts = [_known[word] for word in merged]
    found = Words([], [], [], [])
    _add_edges(found, start)
    at, space = start, 0
    for word, number, own_hash in parts:
        if number < 0:
            space = 1
        else:
            found.words.append(word)
            found.classes.append(number + space)
            found.hashes.append(own_hash)
            found.starts.append(at)
            space = 0
        at += len(word)
    _add_edges(found, at)
    return found


def _add_edges(words: Words, at: int) -> None:
    _, number, own_hash = _known[EDGE]
    words.words.extend([EDGE] * MARGIN)
    words.classes.extend([number] * MARGIN)
    words.hashes.extend([own_hash] * MARGIN)
    words.starts.extend([at] * MARGIN)


def split_unknown(token: str) -> tuple[str, ...]:
    """A token that is in no list, split after a cue or a usual word that it begins with, and before a polite word.

    The Thai engine joins a name that it does not know to the words beside it.
    """
    cues, names = cue_words(), name_words()
    is_listed = cues.is_known(token) or token in names.given or token in names.family or token in cues.nicknames
    if not _MIN_MERGED <= len(token) <= _MAX_SPLIT or is_listed or not THAI_WORD.match(token):
        return (token,)
    for end in _POLITE_ENDS:
        if token.endswith(end) and len(token) > len(end) + 1:
            return (*split_unknown(token[: -len(end)]), end)
    for length in range(len(token) - 2, 1, -1):
        if not _MARK.match(token, length) and _may_precede_name(token[:length]):
            rest = [word for part in unmerged_tokens(token[length:]) for word in split_unknown(part)]
            return (token[:length], *rest)
    return (token,)


def _may_precede_name(word: str) -> bool:
    return cue_words().classes.get(word) in _CUE_CLASSES or (len(word) >= 3 and cue_words().is_usual(word))


@functools.cache
def merged_words() -> dict[str, dict[str, tuple[tuple[str, ...], ...]]]:
    """For the first and second token of each name or cue that the engine splits, the other tokens, longest first."""
    names = name_words()
    starts: dict[str, dict[str, set[tuple[str, ...]]]] = {}
    for word in [*names.given, *names.family, *cue_words().nicknames, *cue_words().classes]:
        if len(word) >= _MIN_MERGED and THAI_WORD.match(word):
            first, *rest = unmerged_tokens(word)
            if rest:
                starts.setdefault(first, {}).setdefault(rest[0], set()).add(tuple(rest[1:]))
    return {
        first: {second: tuple(sorted(found, key=lambda rest: (-len(rest), rest))) for second, found in seconds.items()}
        for first, seconds in starts.items()
    }


@functools.cache
def ends_of_cues() -> frozenset[str]:
    """The last tokens of the cues that the engine splits."""
    cues = (word for word, name in cue_words().classes.items() if name in _CUE_CLASSES and THAI_WORD.match(word))
    return frozenset(tokens[-1] for cue in cues if len(tokens := unmerged_tokens(cue)) > 1)


def _merge(tokens: list[str]) -> list[str]:
    """The tokens, with those that form a listed name merged."""
    names = merged_words()
    merged: list[str] = []
    done = 0
    for at in range(len(tokens) - 1):
        if at < done or not (seconds := names.get(tokens[at])):
            continue
        for rest in seconds.get(tokens[at + 1], ()):
            end = at + 2 + len(rest)
            if not rest or tuple(tokens[at + 2 : end]) == rest:
                merged += [*tokens[done:at], "".join(tokens[at:end])]
                done = end
                break
    return merged + tokens[done:]
