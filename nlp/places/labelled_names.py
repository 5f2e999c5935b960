"""Splits an address into words and finds its labelled names: names with a level word (อำเภอ…, ต.…, … District)."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import NamedTuple

from nlp.places.names import BANGKOK, CHARACTER_MAP, MAX_NAME_LENGTH, name_key, normalise_spelling
from schemas.area_data import districts

# Levels of a level word: areas, and local governments, which have the name of an area and lie in it.
PROVINCE, DISTRICT, SUBDISTRICT, SAO, SMALL_TOWN, TOWN, PAO = range(7)
# Level words before a name, and level words after an English name.
_WORDS_BEFORE = {
    PROVINCE: ("จังหวัด", "จ.", "จว.", "changwat", "jangwat"),
    DISTRICT: ("กิ่งอำเภอ", "กิ่งอ.", "อำเภอ", "อ.", "เขต", "amphoe", "amphur", "amphor", "khet", "a.", "amp."),
    SUBDISTRICT: ("ตำบล", "ต.", "แขวง", "tambon", "tambol", "khwaeng", "kwaeng", "t."),
    SAO: ("อบต.", "องค์การบริหารส่วนตำบล"),
    SMALL_TOWN: ("เทศบาลตำบล", "ทต."),
    TOWN: ("เทศบาลนคร", "เทศบาลเมือง", "ทน.", "ทม."),
    PAO: ("อบจ.", "องค์การบริหารส่วนจังหวัด"),
}
LEVEL_SUFFIXES = {"province": 0, "metropolis": 0, "district": 1, "subdistrict": 2, "sub-district": 2}
_LEVELS = {word: level for level, words in _WORDS_BEFORE.items() for word in words}
LEVEL_WORDS = _LEVELS | {"จ": 0, "อ": 1, "ต": 2, "อบต": SAO}  # without a dot only as a separate word
LEVEL_PREFIX = re.compile("|".join(re.escape(word) for word in sorted(_LEVELS, key=len, reverse=True)))
_BANGKOK_LEVEL_WORDS = frozenset(("เขต", "แขวง", "khet", "khwaeng", "kwaeng"))
_CAPITAL_WORDS = frozenset(("mueang", "muang"))
MAX_NAME_WORDS = 5  # the longest name in Latin letters (Pak Phanang Fang Tawan Ok)
_CLEANING = CHARACTER_MAP | dict.fromkeys(map(ord, ";:()[]\"'“”|\\"), " ") | {ord(","): " , "}


@cache
def _missing_spaces() -> re.Pattern[str]:
    """Matches where a space is missing before a level word, a postal code, or Bangkok or the country at the end."""
    khet = "|".join(d.district_th for d in districts() if d.province_code == BANGKOK)
    # The match has no width. Few letters can begin it, and look-behinds are checked last, which is faster.
    dotted = {x: rf"\.(?<!อบ{x}\.)(?<![ .][ทสผ]{x}\.)(?<!\.{x}\.)(?=\s?[ก-ฮเแโไใ][ก-๙])" for x in "จอต"}
    return re.compile(
        rf"(?<! )(?=[จกปแอตเ1-9])(?=จ(?:ังหวัด(?<!ส่วนจังหวัด)|{dotted['จ']})|ก(?:รุงเทพมหานคร|ทม\.?(?!\S)|ิ่งอำเภอ)"
        rf"|ประเทศไทย|แขวง|อ(?:ำเภอ(?<!กิ่งอำเภอ)(?<!การอำเภอ)|{dotted['อ']}|บต\.|งค์การบริหารส่วน)"
        rf"|ต(?:ำบล(?<!บาลตำบล)(?<!ส่วนตำบล)|{dotted['ต']})"
        rf"|เ(?:ขต(?<!งานเขต)(?={khet})|ทศบาล(?<!สำนักงานเทศบาล)(?=ตำบล|เมือง|นคร))"
        r"|[1-9][0-9]{4}(?<=[ก-๙][0-9]{5})(?![0-9]))"
    )


class Token(NamedTuple):
    """One word of an address.

    ``key`` is its look-up key and ``level`` the level that it states. ``name`` is the name of that area: the rest of
    the word (ตำบลในเมือง), "" if it is the next words (แขวง บางรัก), None if it is the words before (Hat Yai District).
    ``in_bangkok`` is true for level words that only Bangkok uses, ``is_short`` for a name shortened with ฯ.
    """

    key: str
    level: int | None
    name: str | None
    in_bangkok: bool
    is_short: bool


class LabelledName(NamedTuple):
    """A name with a level word: the keys that it may have, longest first, and the token at which each begins."""

    level: int
    keys: tuple[str, ...]
    starts: tuple[int, ...]
    in_bangkok: bool
    is_short: bool = False


class AddressWords(NamedTuple):
    """The words of an address, their keys, whether each one separates names, and the labelled names."""

    tokens: list[str]
    keys: list[str]
    is_stop: list[bool]
    labelled: list[LabelledName]

    def name_starts(self, end: int) -> range:
        """The tokens at which a name that ends just before ``end`` may begin, the longest name first."""
        first = end
        while first and end - first < MAX_NAME_WORDS and not self.is_stop[first - 1]:
            first -= 1
        return range(first, end)


def _read_token(token: str) -> Token:
    is_short = token.endswith("ฯ")
    if (level := LEVEL_WORDS.get(token)) is not None:
        return Token(name_key(token), level, "", token in _BANGKOK_LEVEL_WORDS, False)
    if (level := LEVEL_SUFFIXES.get(token)) is not None:
        return Token(name_key(token), level, None, False, False)
    word = LEVEL_PREFIX.match(token)
    if word is not None and (not word[0].isascii() or word[0].endswith(".")):
        key = name_key(token[word.end() : word.end() + 2 * MAX_NAME_LENGTH])
        if key and not key[0].isdigit():
            return Token(name_key(token), _LEVELS[word[0]], key, word[0] in _BANGKOK_LEVEL_WORDS, is_short)
    return Token(name_key(token), None, None, False, is_short)


def _is_stop(token: Token) -> bool:
    return token.level is not None or not token.key


_cached_token = lru_cache(maxsize=65_536)(_read_token)


def _joined_keys(words: list[str], tokens: list[Token], at: int, first: str) -> tuple[str, ...]:
    """The keys of a name that begins with ``first`` or after a token and may continue, longest first.

    The name ends before a comma and before the next level word.
    """
    keys = [first] if first else []
    following = slice(at + 1, at + 1 + MAX_NAME_WORDS)
    for token, word in zip(tokens[following], words[following], strict=True):
        if word == "," or (token.level is not None and token.name != ""):
            break
        keys.append((keys[-1] if keys else "") + token.key)
    return tuple(reversed(keys))


def _labelled_names(words: list[str], tokens: list[Token]) -> list[LabelledName]:
    names: list[LabelledName] = []
    for at, token in enumerate(tokens):
        if token.level is None:
            continue
        if token.name is None:
            names.append(_name_before(tokens, at, token.level))
        else:
            keys = _joined_keys(words, tokens, at, token.name)
            is_short = token.is_short or (not token.name and at + 1 < len(tokens) and tokens[at + 1].is_short)
            names.append(LabelledName(token.level, keys, (at,) * len(keys), token.in_bangkok, is_short))
    return names


def _name_before(tokens: list[Token], at: int, level: int) -> LabelledName:
    """The English name that ends before a level word."""
    first = at
    while first and at - first < MAX_NAME_WORDS and not _is_stop(tokens[first - 1]):
        first -= 1
    keys = [token.key for token in tokens[first:at]]
    # Muang alone is the capital district; in Nong Muang it is part of a name.
    starts = tuple(start for start in range(first, at) if start == first or tokens[start].key not in _CAPITAL_WORDS)
    return LabelledName(level, tuple("".join(keys[start - first :]) for start in starts), starts, False)


def split_words(text: str) -> AddressWords:
    """The words of an address or a text; missing spaces before level words are added."""
    words = _missing_spaces().sub(" ", " " + normalise_spelling(text, _CLEANING)).split()
    tokens = [_cached_token(word) if len(word) < MAX_NAME_LENGTH else _read_token(word) for word in words]
    is_stop = [_is_stop(token) for token in tokens]
    return AddressWords(words, [token.key for token in tokens], is_stop, _labelled_names(words, tokens))
