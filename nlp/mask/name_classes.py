"""The classes of words that tell names from other words: lists (name_cues.yaml, PyThaiNLP), frequency and script."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml
from pythainlp.corpus import thai_words, tnc

from nlp.mask.name_words import name_words
from schemas.area_data import districts, provinces, subdistricts

# A text has an edge before its first word and after its last one.
EDGE = "\0"
THAI_WORD = re.compile("^[ก-ฮเ-ไ][ก-ฺเ-๎]*$")
# Of the words of a text only these can be parts of a name.
_NAME_CLASSES = (
    "given", "given_common", "family", "nickname", "nickname_common", "brand", "rare", "seldom", "frequent",
    "very_frequent", "unknown", "unknown_short", "area", "kin", "office", "people", "naming", "linking", "place",
    "shop", "capital", "capitals", "small", "particle_of_name", "arabic", "arabic_kin",
)  # fmt: skip
_OTHER_CLASSES = (
    "edge", "line", "phone", "reference", "house", "name", "number", "sign", "emoji", "other_script", "title", "trade",
    "polite", "latin_kin", "mark", *'.,:()-/"#',
)  # fmt: skip
CLASSES = {name: number for number, name in enumerate((*_NAME_CLASSES, *_OTHER_CLASSES))}
"""The numbers of the classes."""

POSSIBLE_NAMES = frozenset(CLASSES[name] for name in _NAME_CLASSES)
"""The classes of words that can be parts of a name."""

_PLACEHOLDERS = {"[PHONE]": "phone", "[NAME]": "name", "[HOUSE]": "house"}
_POLITE = frozenset(str.split("ครับ ค่ะ คะ คับ นะ นะคะ จ้า จ๋า เด้อ"))
_SIGNS = {
    **{sign: sign for sign in '.,:()-/"#'}, "،": ",", **dict.fromkeys("“”'‘’", '"'), **dict.fromkeys("!?…ๆฯ؟", "mark"),
    **dict.fromkeys("–—~•=|", "-"),
}  # fmt: skip
_LATIN_PARTS = ("bin", "binti", "bt", "van", "de")
_ARABIC_PARTS = ("بن", "بنت")
# The lists of name_cues.yaml whose words have a class of their own; the first list with a word decides.
_LISTS = {
    "places": "place", "shops": "shop", "titles": "title", "offices": "office", "naming": "naming", "people": "people",
    "kin": "kin", "linking": "linking", "brands": "brand", "latin_kin": "latin_kin", "arabic_kin": "arabic_kin",
}  # fmt: skip
# Numbers of uses in the Thai National Corpus.
_VERY_FREQUENT, _FREQUENT, _SELDOM, _USUAL = 20_000, 3_000, 300, 1_000


@dataclass(frozen=True, slots=True)
class CueWords:
    """The lists of name_cues.yaml, and words by their frequency."""

    classes: Mapping[str, str]
    nicknames: frozenset[str]
    trade: frozenset[str]
    areas: frozenset[str]
    uses: Mapping[str, int]
    dictionary: frozenset[str]

    def is_usual(self, word: str) -> bool:
        """Whether a word is used often."""
        return self.uses.get(word, 0) >= _USUAL

    def is_known(self, word: str) -> bool:
        """Whether a word is in a dictionary."""
        return word in self.uses or word in self.dictionary


@functools.cache
def cue_words() -> CueWords:
    """The words, read once in a process."""
    lists = yaml.safe_load((Path(__file__).parent / "name_cues.yaml").read_text(encoding="utf-8"))
    classes: dict[str, str] = dict.fromkeys(_POLITE, "polite")
    for name, word_class in _LISTS.items():
        for word in lists[name]:
            classes.setdefault(word, word_class)
    areas = {one.subdistrict_th for one in subdistricts()} | {one.district_th for one in districts()}
    return CueWords(
        classes=classes,
        nicknames=frozenset(lists["nicknames"]),
        trade=frozenset(lists["trade"]),
        areas=frozenset(areas | {one.province_th for one in provinces()}),
        uses=dict(tnc.unigram_word_freqs()),
        dictionary=thai_words(),
    )


def word_class(word: str) -> int:
    """The number of the class of a word, sign or placeholder."""
    return CLASSES[_class_name(word)] if word else CLASSES["edge"]


def _class_name(word: str) -> str:
    first = word[0]
    if word in (EDGE, "\n"):
        return "edge" if word == EDGE else "line"
    if first == "[" and len(word) > 2:
        return _PLACEHOLDERS.get(word, "reference")
    if first.isdecimal():
        return "number"
    if listed := cue_words().classes.get(word if first > "z" else word.lower()):
        return listed
    if first in _SIGNS:
        return _SIGNS[first]
    if THAI_WORD.match(word):
        return _thai_class(word)
    if not first.isalpha():
        return "sign" if first < "\u2000" else "emoji"
    return _latin_class(word) if first < "\u0250" else _arabic_class(word)


def _thai_class(word: str) -> str:
    cues, names = cue_words(), name_words()
    uses = cues.uses.get(word, 0)
    if word in cues.nicknames:
        return "nickname_common" if uses > _FREQUENT else "nickname"
    is_known = cues.is_known(word)
    is_given = word in names.given
    if word in cues.areas and uses < _FREQUENT and not is_given:
        return "area"
    if is_given and uses <= _USUAL:
        return "given_common" if is_known and uses > _SELDOM // 3 else "given"
    if is_known:
        return (
            "very_frequent" if uses > _VERY_FREQUENT
            else "frequent" if uses > _FREQUENT
            else "seldom" if uses > _SELDOM
            else "rare"
        )  # fmt: skip
    if word in names.family:
        return "family"
    return "unknown_short" if len(word) <= 2 else "unknown"


def _latin_class(word: str) -> str:
    small = word.lower()
    if small in _LATIN_PARTS:
        return "particle_of_name"
    if small in cue_words().trade:
        return "trade"
    if word.isupper() and len(word) > 1:
        return "capitals"
    return "capital" if word[0].isupper() else "small"


def _arabic_class(word: str) -> str:
    if word in _ARABIC_PARTS:
        return "particle_of_name"
    return "arabic" if "\u0600" <= word[0] <= "\u06ff" else "other_script"
