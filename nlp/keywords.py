"""Finds keywords in a batch of texts, in one pass over all texts joined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate

import ahocorasick
import numpy as np
from numpy.typing import NDArray

MIN_LETTERS = 3


def _is_word_letter(letter: str) -> bool:
    return letter.isalpha() and not "ก" <= letter <= "๛"


class KeywordFinder:
    """Finds keywords. Of keywords at the same position or inside each other only the longest counts.

    Thai has no spaces, so a Thai keyword may be anywhere in a text. In other scripts it must be a whole word.
    """

    def __init__(self, keywords: Mapping[str, Sequence[int]]) -> None:
        """``keywords`` gives the topic numbers of each keyword.

        Raises ValueError for a keyword of fewer than three characters.
        """
        self._automaton = ahocorasick.Automaton()
        for word, topics in keywords.items():
            if len(word) < MIN_LETTERS:
                raise ValueError(f"The keyword {word!r} has fewer than {MIN_LETTERS} characters: use a longer one.")
            self._automaton.add_word(word.lower(), (len(word.lower()), tuple(topics)))
        self._automaton.make_automaton()

    def find(self, texts: Sequence[str]) -> list[tuple[int, int]]:
        """Pairs of text index and topic number, one for each keyword and topic."""
        if not len(self._automaton):
            return []
        # NUL separates the texts, so it is replaced in a text. A normalised text has none.
        parts = [text.replace("\0", " ").lower() for text in texts]
        joined = "\0" + "\0".join(parts) + "\0"
        matches: list[tuple[int, int, tuple[int, ...]]] = []
        for last, (length, topics) in self._automaton.iter(joined):
            first, end = last - length + 1, last + 1
            if not _is_word_letter(joined[first]) or not (
                _is_word_letter(joined[first - 1]) or _is_word_letter(joined[end])
            ):
                matches.append((first, end, topics))
        matches.sort(key=lambda match: (match[0], -match[1]))
        starts = list(accumulate((len(part) + 1 for part in parts), initial=1))
        rows = np.searchsorted(starts, [match[0] for match in matches], side="right") - 1
        hits: list[tuple[int, int]] = []
        covered = 0
        for (_, end, topics), row in zip(matches, rows.tolist(), strict=True):
            if end > covered:  # else this keyword is inside the one before
                covered = end
                hits.extend((row, topic) for topic in topics)
        return hits

    def count(self, texts: Sequence[str], topics: int) -> NDArray[np.int32]:
        """The number of keywords of each of so many topics in each text (texts x topics)."""
        counts = np.zeros((len(texts), topics), dtype=np.int32)
        if pairs := self.find(texts):
            rows, columns = zip(*pairs, strict=True)
            np.add.at(counts, (np.array(rows), np.array(columns)), 1)
        return counts
