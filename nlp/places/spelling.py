"""Fuzzy matching of misspelt names of areas.

A name is compared only with the few areas that are possible: all provinces, the districts of a province, or the
subdistricts of a district. The first method compares phonetic keys: letters that people leave out or confuse in Thai
(การันต์, tone marks, ใ and ไ, ศ ษ ส …) and the different romanisations of Thai get the same key. The second method is
the edit distance (Damerau 1964: two adjacent letters that changed places count once); longer names may have a distance
of two. A name that another area has, or that is a word of the dictionary, is not a misspelling.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache

from pythainlp.corpus import thai_words

from nlp.places.names import MAX_NAME_LENGTH, area_names, areas_named, is_area_name

_THAI_CONFUSIONS = str.maketrans("ใฎณศษฬฑฒธภฆฐญีืู", "ไฏนสสลทททพคถยิึุ", "์่้๊๋็ะ")
_LATIN = tuple(
    (re.compile(pattern), plain)
    for pattern, plain in (
        ("[^a-z]+", ""),
        ("m[ue]+ang|muaeng", "muang"),
        (r"(.)\1+", r"\1"),
        ("([kptcsbdg])h", r"\1"),
        ("j", "c"),
        ("v", "w"),
        ("(?<=[ao])r(?![aeiouy])", ""),  # nakorn, chumporn, prakarn
        ("(?<=[aeiou])h(?![aeiou])", ""),  # koh
        ("(?<=[aeiou])d(?![aeiou])", "t"),  # hadyai, trad
        ("(?<=[aeiou])b(?![aeiou])", "p"),
        ("(?<=[aeou])y(?![aeiou])", "i"),  # loey
        ("(?<!n)g", "k"),  # golok
        ("sr(?=i)", "s"),  # sri
        ("uea|ue|eu|ou", "u"),
        ("ae|oe", "e"),
    )
)
# Common beginnings of names, which do not help to distinguish them.
_BEGINNINGS = re.compile(
    "^(?:บาน|หนอง|บาง|ทา|โคก|โนน|ดอน|นา|คลอง|หวย|แม|วัง|ปา|เขา|ควน|โพน|โพ|เวียง|เมือง|เกา|สัน|ทุง|ตลิง|ban|nong|bang|ta|kok"
    "|non|don|na|klong|huai|me|wang|pa|kao|kuan|pon|muang|wiang|ko|san|tung)"
)
_MIN_DISTINCTIVE = {1: 4, 2: 8}  # by edit distance: the letters that a name must have after its common beginning


def phonetic_key(key: str) -> str:
    """The key of a name without the letters that people leave out or confuse; names that sound alike have the same."""
    if not key.isascii():
        return key.translate(_THAI_CONFUSIONS)
    key = key.replace("oo", "u").replace("ee", "i").replace("aa", "a")
    for pattern, plain in _LATIN:
        key = pattern.sub(plain, key)
    return key


def edit_distance(first: str, second: str, most: int) -> int:
    """Edit distance of two names (Damerau), or ``most + 1`` if it is larger than ``most``.

    It is also ``most + 1`` for a string that is longer than any name.
    """
    if abs(len(first) - len(second)) > most or len(first) > MAX_NAME_LENGTH:
        return most + 1
    before_previous: list[int] = []
    previous = list(range(len(second) + 1))
    for row, letter in enumerate(first, 1):
        current = [row]
        for column, other in enumerate(second, 1):
            cost = min(previous[column] + 1, current[-1] + 1, previous[column - 1] + (letter != other))
            if row > 1 and column > 1 and letter == second[column - 2] and first[row - 2] == other:
                cost = min(cost, before_previous[column - 2] + 1)
            current.append(cost)
        if min(current) > most:
            return most + 1
        before_previous, previous = previous, current
    return min(previous[-1], most + 1)


@cache
def _names_by_parent(level: int) -> Mapping[str, tuple[tuple[str, str], ...]]:
    """The names of a level with their codes, by the code of the area above."""
    if level == 0:
        return {"": tuple(area_names().provinces.items())}
    by_parent: dict[str, list[tuple[str, str]]] = {}
    for key, codes in (area_names().districts if level == 1 else area_names().subdistricts).items():
        for code in codes:
            by_parent.setdefault(code[: 2 * level], []).append((key, code))
    return {parent: tuple(pairs) for parent, pairs in by_parent.items()}


@lru_cache(maxsize=2048)
def _codes_by_phonetic_key(level: int, within: str) -> Mapping[str, frozenset[str]]:
    """The codes of the areas of a level inside another area, by phonetic key."""
    names = _names_by_parent(level)
    parents = [within] if within in names else [parent for parent in names if parent.startswith(within)]
    codes: dict[str, set[str]] = {}
    for parent in parents:
        for key, code in names[parent]:
            codes.setdefault(phonetic_key(key), set()).add(code)
    return {key: frozenset(found) for key, found in codes.items()}


@cache
def _dictionary() -> frozenset[str]:
    return thai_words()


def _is_correct_name(level: int, key: str, within: str) -> bool:
    """Whether a key is the name of another area or a word, so that it is not a misspelling."""
    if level < 2 and any(is_area_name(other, key) for other in ((1, 2) if level == 0 else (1,))):
        return True
    if level == 2 and areas_named(2, key, within[:2]):
        return True
    return level == 0 and key in _dictionary()


@lru_cache(maxsize=16_384)
def _fuzzy_match(level: int, key: str, within: str, by_sound: bool) -> str | None:
    if _is_correct_name(level, key, within):
        return None
    phonetic = phonetic_key(key)
    if len(phonetic) < 3:
        return None
    candidates = _codes_by_phonetic_key(level, within)
    if same := candidates.get(phonetic):
        return min(same) if len(same) == 1 else None
    if by_sound or (level > 0 and (len(within) < 2 * level or is_area_name(level, key))):
        return None
    return _nearest(phonetic, candidates)


def _nearest(phonetic: str, candidates: Mapping[str, frozenset[str]]) -> str | None:
    """The only area whose phonetic key has the smallest edit distance (one or two), or None."""
    by_distance: dict[int, set[str]] = {1: set(), 2: set()}
    for name, codes in candidates.items():
        if name[:1] != phonetic[:1] or abs(len(name) - len(phonetic)) > 2:
            continue
        beginning = _BEGINNINGS.match(name)
        distinctive = len(name) - (beginning.end() if beginning else 0)
        most = 2 if distinctive >= _MIN_DISTINCTIVE[2] else 1 if distinctive >= _MIN_DISTINCTIVE[1] else 0
        if most and (distance := edit_distance(phonetic, name, most)) <= most:
            by_distance[max(distance, 1)] |= codes
    nearest = by_distance[1] or by_distance[2]
    return nearest.pop() if len(nearest) == 1 else None


def fuzzy_match(level: int, key: str, within: str | None, *, by_sound: bool = False) -> str | None:
    """The code of the only area that a misspelt name can mean, or None.

    Args:
        level: 0 province, 1 district, 2 subdistrict; other levels give None.
        key: the key of the name (``names.name_key``), which is not that of an area inside ``within``.
        within: the code of the area above, which is needed for a district or subdistrict.
        by_sound: compare phonetic keys only, without edit distance.
    """
    if level not in (0, 1, 2) or len(key) > MAX_NAME_LENGTH or len(key) < 3 or (level > 0 and not within):
        return None
    return _fuzzy_match(level, key, within or "", by_sound)
