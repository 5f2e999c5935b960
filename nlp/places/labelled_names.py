"""An address as words, and the names in it whose level it says (อำเภอ…, ต.…, … District)."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import NamedTuple

from nlp.places.names import BANGKOK, CHARACTER_MAP, MAX_NAME_LENGTH, name_key, normalise_spelling
from schemas.area_data import districts

# Levels that a word can say: of areas, and of bodies that bear the name of an area and lie in it.
PROVINCE, DISTRICT, SUBDISTRICT, SAO, SMALL_TOWN, TOWN, PAO = range(7)
# Words that say the level of the name after them, and those that say it of the English name before.
_BEFORE = {
    PROVINCE: ("จังหวัด", "จ.", "จว.", "changwat", "jangwat"),
    DISTRICT: ("กิ่งอำเภอ", "กิ่งอ.", "อำเภอ", "อ.", "เขต", "amphoe", "amphur", "amphor", "khet", "a.", "amp."),
    SUBDISTRICT: ("ตำบล", "ต.", "แขวง", "tambon", "tambol", "khwaeng", "kwaeng", "t."),
    SAO: ("อบต.", "องค์การบริหารส่วนตำบล"),
    SMALL_TOWN: ("เทศบาลตำบล", "ทต."),
    TOWN: ("เทศบาลนคร", "เทศบาลเมือง", "ทน.", "ทม."),
    PAO: ("อบจ.", "องค์การบริหารส่วนจังหวัด"),
}
LEVEL_SUFFIXES = {"province": 0, "metropolis": 0, "district": 1, "subdistrict": 2, "sub-district": 2}
_LEVELS = {word: level for level, words in _BEFORE.items() for word in words}
LEVEL_WORDS = _LEVELS | {"จ": 0, "อ": 1, "ต": 2, "อบต": SAO}  # without its dot only where it stands alone
LEVEL_PREFIX = re.compile("|".join(re.escape(word) for word in sorted(_LEVELS, key=len, reverse=True)))
_OF_BANGKOK = frozenset(("เขต", "แขวง", "khet", "khwaeng", "kwaeng"))
_CAPITAL = frozenset(("mueang", "muang"))
MAX_NAME_WORDS = 5  # of a name in Latin letters (Pak Phanang Fang Tawan Ok)
_SIGNS = CHARACTER_MAP | dict.fromkeys(map(ord, ";:()[]\"'“”|\\"), " ") | {ord(","): " , "}


@cache
def _glued() -> re.Pattern[str]:
    """Where words are written together, the beginnings of level words, and of Bangkok at the end."""
    khet = "|".join(d.district_th for d in districts() if d.province_code == BANGKOK)
    # A pattern without width, that few letters begin: what may not stand before a word is looked at behind it.
    dotted = {x: rf"\.(?<!อบ{x}\.)(?<![ .][ทสผ]{x}\.)(?<!\.{x}\.)(?=\s?[ก-ฮเแโไใ][ก-๙])" for x in "จอต"}
    return re.compile(
        rf"(?<! )(?=[จกปแอตเ1-9])(?=จ(?:ังหวัด(?<!ส่วนจังหวัด)|{dotted['จ']})|ก(?:รุงเทพมหานคร|ทม\.?(?!\S)|ิ่งอำเภอ)"
        rf"|ประเทศไทย|แขวง|อ(?:ำเภอ(?<!กิ่งอำเภอ)(?<!การอำเภอ)|{dotted['อ']}|บต\.|งค์การบริหารส่วน)"
        rf"|ต(?:ำบล(?<!บาลตำบล)(?<!ส่วนตำบล)|{dotted['ต']})"
        rf"|เ(?:ขต(?<!งานเขต)(?={khet})|ทศบาล(?<!สำนักงานเทศบาล)(?=ตำบล|เมือง|นคร))"
        r"|[1-9][0-9]{4}(?<=[ก-๙][0-9]{5})(?![0-9]))"
    )


class Token(NamedTuple):
    """One word of an address: its key, the level that it says and of which name, and if only Bangkok says so.

    The name is the rest of the word (ตำบลในเมือง), "" where it is the next words (แขวง บางรัก), None
    where it is the words before (Hat Yai District). ``is_short`` is a name cut short with ฯ.
    """

    key: str
    level: int | None
    name: str | None
    in_bangkok: bool
    is_short: bool


class LabelledName(NamedTuple):
    """A name whose level the text says: the keys it may have, longest first, and where each begins."""

    level: int
    keys: tuple[str, ...]
    starts: tuple[int, ...]
    in_bangkok: bool
    is_short: bool = False


class AddressWords(NamedTuple):
    """An address: its words, their keys, which of them say a level or part names, and the names that are marked."""

    tokens: list[str]
    keys: list[str]
    is_stop: list[bool]
    labelled: list[LabelledName]

    def name_starts(self, end: int) -> range:
        """Where a name that ends just before a word may begin, the longest first: after any mark and comma."""
        first = end
        while first and end - first < MAX_NAME_WORDS and not self.is_stop[first - 1]:
            first -= 1
        return range(first, end)


def _read_token(token: str) -> Token:
    is_short = token.endswith("ฯ")
    if (level := LEVEL_WORDS.get(token)) is not None:
        return Token(name_key(token), level, "", token in _OF_BANGKOK, False)
    if (level := LEVEL_SUFFIXES.get(token)) is not None:
        return Token(name_key(token), level, None, False, False)
    word = LEVEL_PREFIX.match(token)
    if word is not None and (not word[0].isascii() or word[0].endswith(".")):
        key = name_key(token[word.end() : word.end() + 2 * MAX_NAME_LENGTH])
        if key and not key[0].isdigit():
            return Token(name_key(token), _LEVELS[word[0]], key, word[0] in _OF_BANGKOK, is_short)
    return Token(name_key(token), None, None, False, is_short)


def _is_stop(token: Token) -> bool:
    return token.level is not None or not token.key


_kept_token = lru_cache(maxsize=65_536)(_read_token)


def _joined(tokens: list[str], found: list[Token], at: int, first: str) -> tuple[str, ...]:
    """The keys of a name that begins with ``first`` or after a token and may go on, longest first.

    It ends before a comma, and before the next word that says a level.
    """
    keys = [first] if first else []
    for one, token in zip(
        found[at + 1 : at + 1 + MAX_NAME_WORDS], tokens[at + 1 : at + 1 + MAX_NAME_WORDS], strict=True
    ):
        if token == "," or (one.level is not None and one.name != ""):
            break
        keys.append((keys[-1] if keys else "") + one.key)
    return tuple(reversed(keys))


def _marks(tokens: list[str], found: list[Token]) -> list[LabelledName]:
    marks: list[LabelledName] = []
    for at in [at for at, token in enumerate(found) if token.level is not None]:
        token = found[at]
        assert token.level is not None
        if token.name is None:
            first = at
            while first and at - first < MAX_NAME_WORDS and not _is_stop(found[first - 1]):
                first -= 1
            keys = [one.key for one in found[first:at]]
            # Muang alone is the capital district, and in Nong Muang a part of a name.
            starts = tuple(start for start in range(first, at) if start == first or found[start].key not in _CAPITAL)
            marks.append(
                LabelledName(token.level, tuple("".join(keys[one - first :]) for one in starts), starts, False)
            )
        else:
            after = _joined(tokens, found, at, token.name)
            is_short = token.is_short or (not token.name and at + 1 < len(found) and found[at + 1].is_short)
            marks.append(LabelledName(token.level, after, (at,) * len(after), token.in_bangkok, is_short))
    return marks


def split_words(text: str) -> AddressWords:
    """The words of an address or a text, cleaned and parted where they were written together."""
    parted = _glued().sub(" ", " " + normalise_spelling(text, _SIGNS))
    tokens = parted.split()
    found = [_kept_token(token) if len(token) < MAX_NAME_LENGTH else _read_token(token) for token in tokens]
    stops = [_is_stop(token) for token in found]
    return AddressWords(tokens, [token.key for token in found], stops, _marks(tokens, found))
