"""Misspelt names of areas: what was meant, where only one area can have been.

Two ways, both only among the few areas that can be meant (the provinces, the districts of a province, the
subdistricts of a district). First by sound and sight: what people leave out or mix up in Thai (การันต์, tone
marks, ใ and ไ, ศ ษ ส …) and the many ways to write Thai in Latin letters become one spelling. Then by edit
distance (Damerau 1964, adjacent letters that changed places count once), of which longer names may have two.
A name that some other area bears, or that is a word of its own, is no slip.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache

from pythainlp.corpus import thai_words

from nlp.places.names import MAX_NAME_LENGTH, area_names, areas_named, is_area_name

_ALIKE = str.maketrans("ใฎณศษฬฑฒธภฆฐญีืู", "ไฏนสสลทททพคถยิึุ", "์่้๊๋็ะ")
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
# How names begin: what follows tells them apart.
_BEGINNINGS = re.compile(
    "^(?:บาน|หนอง|บาง|ทา|โคก|โนน|ดอน|นา|คลอง|หวย|แม|วัง|ปา|เขา|ควน|โพน|โพ|เวียง|เมือง|เกา|สัน|ทุง|ตลิง|ban|nong|bang|ta|kok"
    "|non|don|na|klong|huai|me|wang|pa|kao|kuan|pon|muang|wiang|ko|san|tung)"
)
_LEAST = {1: 4, 2: 8}  # letters after the beginning that a name must have for so many slips


def phonetic_key(key: str) -> str:
    """The key of a name without what people leave out or mix up; equal for names that look or sound alike."""
    if not key.isascii():
        return key.translate(_ALIKE)
    key = key.replace("oo", "u").replace("ee", "i").replace("aa", "a")
    for pattern, plain in _LATIN:
        key = pattern.sub(plain, key)
    return key


def edit_distance(one: str, other: str, most: int) -> int:
    """Edit distance of two names, letters that changed places counted once; ``most + 1`` for all beyond.

    What is longer than any name is beyond, too.
    """
    if abs(len(one) - len(other)) > most or len(one) > MAX_NAME_LENGTH:
        return most + 1
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        line = [row]
        for column, against in enumerate(other, 1):
            cost = min(last[column] + 1, line[-1] + 1, last[column - 1] + (letter != against))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == against:
                cost = min(cost, before[column - 2] + 1)
            line.append(cost)
        if min(line) > most:
            return most + 1
        before, last = last, line
    return min(last[-1], most + 1)


@cache
def _children(level: int) -> Mapping[str, tuple[tuple[str, str], ...]]:
    """The names of a level, each with its code, by the area above."""
    found: dict[str, list[tuple[str, str]]] = {}
    if level == 0:
        found[""] = list(area_names().provinces.items())
    else:
        for key, codes in (area_names().districts if level == 1 else area_names().subdistricts).items():
            for code in codes:
                found.setdefault(code[: 2 * level], []).append((key, code))
    return {parent: tuple(pairs) for parent, pairs in found.items()}


@lru_cache(maxsize=2048)
def _family(level: int, within: str) -> Mapping[str, frozenset[str]]:
    """The names, as ``alike`` gives them, of the areas of a level that lie in another, and whose they are."""
    children = _children(level)
    parents = [within] if within in children else [parent for parent in children if parent.startswith(within)]
    found: dict[str, set[str]] = {}
    for parent in parents:
        for key, code in children[parent]:
            found.setdefault(phonetic_key(key), set()).add(code)
    return {name: frozenset(codes) for name, codes in found.items()}


@cache
def _words() -> frozenset[str]:
    return thai_words()


@lru_cache(maxsize=16_384)
def _meant(level: int, key: str, within: str, by_sound: bool) -> str | None:
    if any(is_area_name(other, key) for other in (1, 2) if level == 0 or other == level == 1):
        return None
    if level == 2 and areas_named(2, key, within[:2]):
        return None
    if level == 0 and key in _words():
        return None
    plain = phonetic_key(key)
    if len(plain) < 3:
        return None
    family = _family(level, within)
    if same := family.get(plain):
        return min(same) if len(same) == 1 else None
    if by_sound or (level > 0 and (len(within) < 2 * level or is_area_name(level, key))):
        return None
    return _nearest(plain, family)


def _nearest(plain: str, family: Mapping[str, frozenset[str]]) -> str | None:
    found: dict[int, set[str]] = {1: set(), 2: set()}
    for name, codes in family.items():
        if name[:1] != plain[:1] or abs(len(name) - len(plain)) > 2:
            continue
        beginning = _BEGINNINGS.match(name)
        told_by = len(name) - (beginning.end() if beginning else 0)
        most = 2 if told_by >= _LEAST[2] else 1 if told_by >= _LEAST[1] else 0
        if most and (steps := edit_distance(plain, name, most)) <= most:
            found[max(steps, 1)] |= codes
    near = found[1] or found[2]
    return near.pop() if len(near) == 1 else None


def fuzzy_match(level: int, key: str, within: str | None, *, by_sound: bool = False) -> str | None:
    """The one area that a misspelt name can mean, or None; of another level there is none.

    Args:
        level: 0 province, 1 district, 2 subdistrict.
        key: of the name (``names.key_of``), which is not that of an area there.
        within: the area above, which must be known for a district or subdistrict.
        by_sound: only what looks or sounds alike, no edit distance.
    """
    if level not in (0, 1, 2) or len(key) > MAX_NAME_LENGTH or len(key) < 3 or (level > 0 and not within):
        return None
    return _meant(level, key, within or "", by_sound)
