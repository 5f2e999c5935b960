"""Finds keywords in a batch of texts, in one pass over all texts joined, with numpy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from nlp.characters import NGRAM, code_points, trigram_hashes

# Candidates are found by a hash of the first three characters of a keyword, then compared exactly.
_PREFIX = NGRAM
_TABLE_BITS = 18


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
        self._topics = {word.lower(): tuple(topics) for word, topics in keywords.items()}
        lengths: dict[str, set[int]] = {}
        for word in self._topics:
            if len(word) < _PREFIX:
                raise ValueError(f"The keyword {word!r} has fewer than {_PREFIX} characters: use a longer one.")
            lengths.setdefault(word[:_PREFIX], set()).add(len(word))
        self._lengths = {prefix: sorted(found, reverse=True) for prefix, found in lengths.items()}
        self._table = np.zeros(1 << _TABLE_BITS, dtype=bool)
        for prefix in self._lengths:
            self._table[trigram_hashes(code_points(prefix), _TABLE_BITS)] = True

    def find(self, texts: Sequence[str]) -> list[tuple[int, int]]:
        """Pairs of text index and topic number, one for each keyword and topic."""
        # NUL separates the texts, so it is replaced in a text. A normalised text has none.
        joined = "\0".join(text.replace("\0", " ") if "\0" in text else text for text in texts)
        joined = joined.lower() + "\0\0"
        codes = code_points(joined)
        positions = np.flatnonzero(self._table[trigram_hashes(codes, _TABLE_BITS)])
        rows = np.searchsorted(np.flatnonzero(codes == 0), positions)
        hits: list[tuple[int, int]] = []
        covered = 0
        for position, row in zip(positions.tolist(), rows.tolist(), strict=True):
            for length in self._lengths.get(joined[position : position + _PREFIX], ()):
                end = position + length
                if end <= covered:
                    break  # this keyword and all shorter ones are inside the one before
                topics = self._topics.get(joined[position:end])
                if topics is None:
                    continue
                if _is_word_letter(joined[position]) and (
                    _is_word_letter(joined[position - 1]) or _is_word_letter(joined[end])
                ):
                    continue
                covered = end
                hits.extend((row, topic) for topic in topics)
                break
        return hits

    def count(self, texts: Sequence[str], topics: int) -> NDArray[np.int32]:
        """The number of keywords of each of so many topics in each text (texts x topics)."""
        counts = np.zeros((len(texts), topics), dtype=np.int32)
        if pairs := self.find(texts):
            rows, columns = zip(*pairs, strict=True)
            np.add.at(counts, (np.array(rows), np.array(columns)), 1)
        return counts
