"""Where in a text a name may stand, by what is around it. The model of names scores only these words."""

from __future__ import annotations

from enum import Enum

from nlp.language import THAI
from nlp.mask.name_classes import CLASSES, POSSIBLE_NAMES
from nlp.mask.name_tokens import MARGIN, Words

# The words of a name beyond these are not looked for.
MOST_WORDS = 5


class Place(Enum):
    """What makes a place possible for a name."""

    AFTER_KIN = "after a word for kin or a title"
    AFTER_OFFICE = "after an office or a trade"
    AFTER_NAMING = "after a word that announces a name"
    AFTER_LINKING = "after a word before people that announces much else"
    AFTER_PEOPLE = "after a word for a person"
    BEFORE_CONTACT = "before a telephone number or another contact"
    AT_END = "at the end of a line"
    AT_START = "at the beginning of a line"
    LISTED = "a name in the lists, after a space"
    INSIDE = "a name in the lists, after another word"
    AFTER_NAME = "after a masked name, of which it is another part"
    FOREIGN = "a name in another script than Thai, in a text without Thai"


def _numbers(*names: str) -> frozenset[int]:
    return frozenset(CLASSES[name] for name in names)


_AFTER = {
    **dict.fromkeys(_numbers("kin", "title", "latin_kin", "arabic_kin"), Place.AFTER_KIN),
    **dict.fromkeys(_numbers("office"), Place.AFTER_OFFICE), **dict.fromkeys(_numbers("naming"), Place.AFTER_NAMING),
    **dict.fromkeys(_numbers("linking"), Place.AFTER_LINKING), **dict.fromkeys(_numbers("people"), Place.AFTER_PEOPLE),
}  # fmt: skip
_CONTACTS = _numbers("phone", "reference", "house")
_EDGES = _numbers("edge", "line")
_ENDS = _numbers("polite", ".", "mark", "emoji")
_LISTED = _numbers("given", "given_common", "nickname", "family")
_PLACES = _numbers("place", "shop")
_HOME = "บ้าน"
_JOINERS = _numbers(",", "-", "(", ":")
_NAME, _TITLE = CLASSES["name"], CLASSES["title"]
_LIKE_NAMES = _LISTED | _numbers("unknown", "unknown_short", "nickname_common", "capital", "arabic")
_LATIN = _numbers("capital", "capitals", "small", "particle_of_name")
_ARABIC = _numbers("arabic")


def scored_words(words: Words, *, is_foreign: bool) -> list[int]:
    """The words that may be part of a name, ascending."""
    classes = [number >> 1 for number in words.classes]
    found: set[int] = set()
    for at in range(MARGIN, len(classes) - MARGIN):
        own = classes[at]
        if own in _CONTACTS or own in _EDGES:
            _add_left(found, words, classes, at)
        elif own in POSSIBLE_NAMES and at not in found and _may_begin(words, classes, at, is_foreign=is_foreign):
            end = at
            while end < at + MOST_WORDS and classes[end] in POSSIBLE_NAMES:
                found.add(end)
                end += 1
    _add_left(found, words, classes, len(classes) - MARGIN)
    return sorted(found)


def _may_begin(words: Words, classes: list[int], at: int, *, is_foreign: bool) -> bool:
    before, own = classes[at - 1], classes[at]
    if before in _PLACES or _is_named_place(words, classes, at):
        return False
    if before == _NAME:
        return words.classes[at] & 1 == 1
    if before in _AFTER:
        return True
    if is_foreign:
        return own in _LIKE_NAMES
    return own in _LISTED and (words.classes[at] & 1 == 1 or before in _EDGES or len(words.words[at]) > 3)


def _is_named_place(words: Words, classes: list[int], at: int) -> bool:
    """Whether a cue before a word is part of the name of a place or shop: วัดหลวงพ่อโต, ร้านป้าแดง."""
    cue = at - 1
    if classes[cue] == _TITLE and words.words[cue - 1] == _HOME and not words.classes[cue] & 1:
        return True  # บ้านนาย is the beginning of the names of many villages
    while cue > at - 4 and cue >= 0 and classes[cue] in _AFTER:
        if words.classes[cue] & 1:
            return False
        if classes[cue - 1] in _PLACES or (classes[cue - 2] in _PLACES and not words.classes[cue - 1] & 1):
            return True
        cue -= 1
    return False


def _add_left(found: set[int], words: Words, classes: list[int], end: int) -> None:
    """Adds the last words before a contact or the end of a line, which may be a signature."""
    at = end - 1
    while at >= MARGIN and end - at < MARGIN + 1 and classes[at] not in POSSIBLE_NAMES:
        at -= 1
    first = at
    while first >= MARGIN and at - first < MOST_WORDS and classes[first] in POSSIBLE_NAMES:
        first -= 1
    # Words that a word for a place begins, without a space, are the name of the place: รพ.บางบัวทอง.
    place = next((one for one in range(at, first - 1, -1) if classes[one] in _PLACES), None)
    if place is not None:
        begin = next((one for one in range(place + 1, at + 1) if words.classes[one] & 1), at + 1)
    elif _is_named_place(words, classes, first + 1):
        return
    else:
        begin = first + 1
    stretch = range(begin, at + 1)
    if len(stretch) < MOST_WORDS and any(classes[one] in _LIKE_NAMES for one in stretch):
        found.update(stretch)


def place_of(words: Words, first: int, last: int, *, is_foreign: bool) -> Place:
    """What makes the place of the words from ``first`` to ``last`` possible for a name."""
    classes = words.classes
    before, after, second = classes[first - 1] >> 1, classes[last + 1] >> 1, classes[last + 2] >> 1
    if before == _NAME:
        return Place.AFTER_NAME
    if place := _AFTER.get(before):
        return place
    if after in _CONTACTS or (after in _JOINERS and second in _CONTACTS):
        return Place.BEFORE_CONTACT
    if is_foreign:
        return Place.FOREIGN
    if after in _EDGES or (after in _ENDS and second in _EDGES):
        return Place.AT_END
    if before in _EDGES:
        return Place.AT_START
    return Place.LISTED if classes[first] & 1 else Place.INSIDE


def is_foreign(text: str) -> bool:
    """Whether a text has no letter in Thai script."""
    return not THAI.search(text)


def is_like_name(words: Words, at: int) -> bool:
    """Whether a word is a name in the lists, or in no list at all."""
    return words.classes[at] >> 1 in _LIKE_NAMES


def script_of(words: Words, at: int) -> str:
    """The script of a word: thai, latin or arabic."""
    number = words.classes[at] >> 1
    return "latin" if number in _LATIN else "arabic" if number in _ARABIC else "thai"
