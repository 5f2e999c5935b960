"""Finds quickly the parts of a text where a name may stand; most texts have none.

Each token is one letter of a string, and a pattern over the string tells where a cue and a word like a name meet.
"""

from __future__ import annotations

import re

from nlp.language import ARABIC, THAI
from nlp.mask.name_classes import CLASSES, word_class
from nlp.mask.name_tokens import ends_of_cues, merged_words, split_unknown
from nlp.memo import Memo
from nlp.tokenise import unmerged_tokens

_LETTERS = {
    "k": ("kin", "title", "office", "people", "latin_kin", "naming"), "l": ("linking",), "L": ("given", "nickname"),
    "n": ("given_common", "nickname_common", "family", "unknown", "unknown_short", "particle_of_name", "brand"),
    "r": ("rare",),
    "C": ("capital", "capitals"), "A": ("arabic", "arabic_kin"), "c": ("phone", "reference", "house"), "N": ("name",),
    "e": ("line",),
    "p": ("polite", ".", "mark", "emoji"), ",": (",", "(", ":", "-"),
}  # fmt: skip
_BY_CLASS = {CLASSES[name]: letter for letter, names in _LETTERS.items() for name in names}
_FREQUENT = frozenset(CLASSES[name] for name in ("frequent", "very_frequent"))
# The shortest listed name that is looked for without a cue.
_MIN_LISTED = 4


def _letter(word: str) -> str:
    if word.isspace():
        return "e" if word == "\n" else " "
    letter = _BY_CLASS.get(word_class(word), "x")
    if letter in "nL" and len(parts := split_unknown(word)) > 1:
        first = _BY_CLASS.get(word_class(parts[0]), "x")
        return "s" if first == "k" else first
    if letter == "L" and len(word) < _MIN_LISTED:
        return "n"
    if letter in "xnrl" and word in ends_of_cues():
        return "k"
    # A name in the lists may begin with a common word.
    if letter not in "xr" or word not in merged_words():
        return letter
    return "H" if word_class(word) in _FREQUENT else "h"


# The letter of each token; most tokens repeat.
_letters = Memo(_letter)
# The edge of the text (^), a space, a line or a comma. All alternatives begin with one of a few letters, so that the
# search skips the others quickly.
_START = r"[\^ e,]"
_MAY_BE_NAME = re.compile(
    # a cue and a name, a cue in an unknown word, or a name and a contact
    "k ?[nrLCshH]|s|N [nrhHLC]|l ?[nLC]|[nLC](?: ?[nrxhHLC]){0,3} ?,? ?c"
    # a listed name, or two words that look like a given and a family name
    rf"|{_START}L|\^n ?p|(?<=x)L|{_START}(?=[hHrnL ]{{0,8}}[nL])[nrhHL]{{1,3}} [nrhHL]{{1,4}}(?=[ e]|$)"
)
_FOREIGN = re.compile("[CA]")
# The tokens around such a place that are looked at.
_BEFORE, _AFTER = 5, 14


def parts_of(text: str) -> list[tuple[list[str], int]]:
    """The tokens of each part of a text where a name may stand, and the position of the part."""
    tokens = unmerged_tokens(text)
    letters = "^" + "".join(map(_letters.__getitem__, tokens))
    pattern = _MAY_BE_NAME if THAI.search(text) and not ARABIC.search(text) else _FOREIGN
    ranges: list[list[int]] = []
    for match in pattern.finditer(letters):
        if letters[match.end() - 1] == "H" and not _begins_name(tokens, letters, match.end() - 1):
            continue
        start, end = max(0, match.start() - 1 - _BEFORE), match.end() - 1 + _AFTER
        if ranges and start <= ranges[-1][1]:
            ranges[-1][1] = end
        else:
            ranges.append([start, end])
    if not ranges:
        return []
    found: list[tuple[list[str], int]] = []
    at = done = 0
    for start, end in ranges:
        at += sum(map(len, tokens[done:start]))
        done = start
        found.append((tokens[start:end], at))
    return found


def _begins_name(tokens: list[str], letters: str, at: int) -> bool:
    """Whether a common word begins a name: the next token continues one in the lists, or is like a name itself.

    ``at`` is the place of the letter of the word; the letters begin with that of the edge.
    """
    if at + 1 >= len(letters):
        return False
    return letters[at + 1] in "nL" or tokens[at] in merged_words()[tokens[at - 1]]
