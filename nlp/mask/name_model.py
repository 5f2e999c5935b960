"""Finds names of people without a title, by a linear model over words (logistic regression).

The rules of ``nlp.mask.names`` come first; the model adds what they cannot find. ``nlp.mask.name_learning`` learns its
weights from the corpus.
"""

from __future__ import annotations

import io
from array import array
from functools import partial

import numpy as np
from numpy.typing import NDArray

from nlp.mask.name_features import DISTANCES, HASH_BITS, joint_features, word_features
from nlp.mask.name_gate import parts_of
from nlp.mask.name_places import Place, is_foreign, is_like_name, place_of, scored_words, script_of
from nlp.mask.name_tokens import Words, words_of
from nlp.memo import Memo

# Weights are whole numbers, so that sums do not depend on the order of their parts.
UNIT = 256
# A word with at least such a score extends a name; less is enough for a word that looks like one.
_PART = -1.5
_LISTED_PART = -2.5
# The score that the best word of a name must have, by its place. Adverts and chatter are full of places where a name
# may stand, so there the score must be higher.
_LEAST = {
    Place.AFTER_KIN: -0.5, Place.AFTER_OFFICE: -1.0, Place.AFTER_NAMING: -1.0, Place.AFTER_LINKING: 0.0,
    Place.AFTER_PEOPLE: -1.0, Place.BEFORE_CONTACT: -0.5, Place.AT_END: 0.0, Place.AT_START: -0.5,
    Place.LISTED: 0.75, Place.INSIDE: 1.5, Place.AFTER_NAME: 0.0, Place.FOREIGN: -0.25,
}  # fmt: skip
# A name in Latin letters in a Thai text is mostly a brand, unless a word for a person or a contact is beside it.
_LATIN_PLACES = (Place.AFTER_KIN, Place.AFTER_OFFICE, Place.AFTER_NAMING, Place.AFTER_PEOPLE, Place.BEFORE_CONTACT)
# Features of several words add no more to the score of a word of any text of the corpus that reaches its least score.
_MOST_JOINT = 2.5


class NameModel:
    """Finds names of people; immutable. ``nlp.mask.learnt_names`` has the one that is in use."""

    def __init__(self, features: NDArray[np.int32], weights: NDArray[np.int16], intercept: NDArray[np.int32]) -> None:
        """``features`` are sorted hashes, ``weights`` their weights in UNITs, ``intercept`` is one such number."""
        self.features, self.weights, self.intercept = features, weights, intercept
        whole = np.zeros(1 << HASH_BITS, dtype=np.int16)
        whole[features] = weights
        # An array of plain numbers costs the collector of garbage nothing.
        self._weights = array("h", whole.tobytes())
        # The sum of the weights of the features of each word, by its distance.
        self._sums = [(distance, Memo[str, int](partial(self._sum, distance))) for distance in DISTANCES]
        self._intercept = int(intercept[0])

    def _sum(self, distance: int, word: str) -> int:
        return sum(self._weights[feature] for feature in word_features(word, distance))

    def _score(self, words: Words, at: int, least: float) -> float | None:
        """The score of a word; None if it is under ``least``."""
        text, weights = words.words, self._weights
        total = self._intercept
        for distance, sums in self._sums:
            total += sums[text[at + distance]]
        if total / UNIT + _MOST_JOINT < least:
            return None
        for feature in joint_features(words, at):
            total += weights[feature]
        return total / UNIT if total / UNIT >= least else None

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Start and end of each name in a text, ascending."""
        parts = parts_of(text)
        if not parts:
            return []
        without_thai = is_foreign(text)
        return [span for tokens, start in parts for span in self._spans(words_of(tokens, start), without_thai)]

    def _spans(self, words: Words, without_thai: bool) -> list[tuple[int, int]]:
        scored = scored_words(words, is_foreign=without_thai)
        scores = {at: score for at in scored if (score := self._score(words, at, _least_part(words, at))) is not None}
        found: list[tuple[int, int]] = []
        for first in scores:
            if first - 1 in scores:
                continue
            last = first
            while last + 1 in scores:
                last += 1
            best = max(scores[at] for at in range(first, last + 1))
            if best > _least(words, first, last, without_thai=without_thai):
                begin = first - 1 if words.words[first - 1] == "[NAME]" else first
                found.append((words.starts[begin], words.starts[last] + len(words.words[last])))
        return found

    def to_bytes(self) -> bytes:
        """The model as a NumPy archive; the same model gives the same bytes."""
        buffer = io.BytesIO()
        np.savez_compressed(buffer, features=self.features, weights=self.weights, intercept=self.intercept)
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> NameModel:
        """The model that ``to_bytes`` wrote. Runs no code from the data."""
        with np.load(io.BytesIO(data), allow_pickle=False) as archive:
            return cls(archive["features"], archive["weights"], archive["intercept"])

    def mask(self, text: str) -> str:
        """The text with ``[NAME]`` in the place of each name that the model finds."""
        pieces: list[str] = []
        done = 0
        for start, end in self.spans(text):
            pieces += [text[done:start], "[NAME]"]
            done = end
        return "".join([*pieces, text[done:]]) if pieces else text


def _least_part(words: Words, at: int) -> float:
    return _LISTED_PART if is_like_name(words, at) else _PART


def _least(words: Words, first: int, last: int, *, without_thai: bool) -> float:
    """The least score of the best word of a name."""
    place, script = place_of(words, first, last, is_foreign=without_thai), script_of(words, first)
    if script == "latin" and not without_thai and place not in _LATIN_PLACES:
        return float("inf")
    return _LEAST[place]
