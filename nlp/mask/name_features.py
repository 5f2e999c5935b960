"""Features of a word for the model of names: itself, the words beside it and their classes.

Features are hashes. Those of a single word are found once for each word and distance; those of several words are
computed from the hashes of the words.
"""

from __future__ import annotations

import zlib

from nlp.mask.name_classes import POSSIBLE_NAMES, cue_words, word_class
from nlp.mask.name_tokens import Words
from nlp.mask.name_words import name_words

HASH_BITS = 20
_MASK = (1 << HASH_BITS) - 1
# The longest words have a feature together.
_MOST_LETTERS = 9
DISTANCES = (-2, -1, 0, 1, 2)
"""The places of the words that are looked at, from the word itself."""


def word_features(word: str, distance: int) -> list[int]:
    """Features of a word at a distance; those of its letters only at and next to the place."""
    small, number = word.lower(), word_class(word)
    found = [f"w{small}", f"c{number}"]
    if abs(distance) <= 1 and number in POSSIBLE_NAMES:
        names = name_words()
        found += [f"a{small[:2]}", f"b{small[:3]}", f"y{small[-2:]}", f"z{small[-3:]}"]
        found += [f"l{number},{min(len(word), _MOST_LETTERS)}", f"g{word in names.given}", f"f{word in names.family}"]
        found.append(f"p{word in cue_words().areas}")
        if distance == 0:
            whole = f"^{small}$"
            found += [f"t{whole[start : start + 3]}" for start in range(len(whole) - 2)]
    return [zlib.crc32(f"{distance}{one}".encode("utf-8", "surrogatepass")) & _MASK for one in found]


def joint_features(words: Words, at: int) -> tuple[int, ...]:
    """Features of several words and classes together."""
    second, before, own, after, third = words.classes[at - 2 : at + 3]
    far, left, word, right = words.hashes[at - 2 : at + 2]
    pair, following = before << 7 | own, own << 7 | after
    return (
        _mixed(own, 1), _mixed(pair, 2), _mixed(following, 3), _mixed(pair << 7 | after, 4),
        _mixed(second << 14 | pair, 5), _mixed(following << 7 | third, 6), _mixed(left ^ own << 24, 7),
        _mixed(left ^ following << 24, 8), _mixed(word ^ before << 24, 9), _mixed(right ^ own << 24, 10),
        _mixed(left ^ word * 5, 11), _mixed(far ^ pair << 24, 12), _mixed(far ^ left * 5, 13),
        _mixed(word ^ after << 24, 14),
    )  # fmt: skip


def _mixed(value: int, kind: int) -> int:
    """A hash of values and the number of their kind."""
    return ((value + (kind << 48)) * 0x9E3779B97F4A7C15 >> 40) & _MASK
