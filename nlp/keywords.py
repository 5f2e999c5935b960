"""Which keywords stand in a batch of texts: one pass over all texts joined, with numpy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from nlp.characters import NGRAM, code_points, trigram_hashes

# Keywords are found by a hash of their first three characters, then looked at letter by letter.
_PREFIX = NGRAM
_TABLE_BITS = 18


def _is_word_letter(letter: str) -> bool:
    return letter.isalpha() and not "ก" <= letter <= "๛"


class KeywordFinder:
    """Finds keywords; at one place the longest counts, and one inside a longer one does not.

    Thai has no spaces, so a Thai keyword may stand anywhere; one in another script must be a whole word.
    """

    def __init__(self, keywords: Mapping[str, Sequence[int]]) -> None:
        """``keywords`` gives the topics (numbers) of each keyword; each has at least three characters."""
        self._topics = {word.lower(): tuple(topics) for word, topics in keywords.items()}
        lengths: dict[str, set[int]] = {}
        for word in self._topics:
            if len(word) < _PREFIX:
                raise ValueError(f"keyword {word!r} has fewer than {_PREFIX} characters: write a longer one")
            lengths.setdefault(word[:_PREFIX], set()).add(len(word))
        self._lengths = {prefix: sorted(found, reverse=True) for prefix, found in lengths.items()}
        self._table = np.zeros(1 << _TABLE_BITS, dtype=bool)
        for prefix in self._lengths:
            self._table[trigram_hashes(code_points(prefix), _TABLE_BITS)] = True

    def find(self, texts: Sequence[str]) -> list[tuple[int, int]]:
        """Pairs of the number of a text and that of a topic, one for each keyword found."""
        # NUL stands in no normalised text; should it, the text is cut there, so it is replaced first.
        joined = "\0".join(text.replace("\0", " ") if "\0" in text else text for text in texts)
        joined = joined.lower() + "\0\0"
        codes = code_points(joined)
        places = np.flatnonzero(self._table[trigram_hashes(codes, _TABLE_BITS)])
        rows = np.searchsorted(np.flatnonzero(codes == 0), places)
        hits: list[tuple[int, int]] = []
        covered = 0
        for place, row in zip(places.tolist(), rows.tolist(), strict=True):
            for length in self._lengths.get(joined[place : place + _PREFIX], ()):
                end = place + length
                if end <= covered:
                    break  # this one and all shorter ones lie inside the one before
                topics = self._topics.get(joined[place:end])
                if topics is None:
                    continue
                if _is_word_letter(joined[place]) and (
                    _is_word_letter(joined[place - 1]) or _is_word_letter(joined[end])
                ):
                    continue
                covered = end
                hits.extend((row, topic) for topic in topics)
                break
        return hits
