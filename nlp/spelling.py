"""Spelling features: sequences of three characters of the words of a text.

Words of dialects, misspellings and compounds that the corpus does not have share such sequences with words that it
has (Bojanowski and others 2017, Enriching word vectors with subword information). The features of a text are the sum
of those of its words, so a model needs one row of scores for each different word and no matrix of sequences.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from nlp.features import HASH_BITS, Floats, Ints, TokenIds, TokenTable, is_word

# Two are worse for writers that the model does not know (benchmarks/topics.py), and three and four are no better.
_LENGTH = 3
_EDGE = "_"
_MASK = (1 << HASH_BITS) - 1


def sequences(word: str) -> list[int]:
    """The sorted hashes of the different sequences of a word between its edges; none for a token that is no word."""
    if not is_word(word):
        return []
    letters = f"{_EDGE}{word.lower()}{_EDGE}"
    found = {letters[at : at + _LENGTH] for at in range(len(letters) - _LENGTH + 1)}
    return sorted({zlib.crc32(one.encode("utf-8", "surrogatepass")) & _MASK for one in found})


def vocabulary(words: TokenIds, min_uses: int) -> tuple[Ints, Floats]:
    """Sequences (sorted hashes) in at least ``min_uses`` of the texts, and their IDF."""
    matrix = _counts(words) @ _sequence_matrix(words.table.tokens)
    used = np.asarray((matrix > 0).sum(axis=0)).ravel()
    features = np.flatnonzero(used >= min_uses)
    return features, (np.log((1 + len(words.lengths)) / (1 + used[features])) + 1).astype(np.float32)


class SpellingFeatures:
    """The spelling features of texts, and the scores that weights of the features give them."""

    def __init__(self, features: Ints, idf: Floats, weights: Floats | None = None) -> None:
        """``features`` are sorted hashes (V), ``idf`` (V), ``weights`` V x K."""
        self._features, self._idf, self._weights = features, idf, weights
        self._table: TokenTable | None = None
        self._rows = np.zeros((0, 0), dtype=np.float32)

    def matrix(self, words: TokenIds) -> Any:
        """The features of each text (texts x V, sparse)."""
        of_tokens = self._of_tokens(words.table.tokens)
        counts = _counts(words)
        squares = np.asarray(of_tokens.multiply(of_tokens).sum(axis=1)).ravel()
        return (sparse.diags(_inverse_root(counts @ squares)) @ (counts @ of_tokens)).tocsr()

    def scores(self, words: TokenIds) -> Floats:
        """``matrix(words) @ weights`` (texts x K); each different word is looked up once."""
        sums = _counts(words) @ self._token_rows(words.table)
        return sums[:, 1:] * _inverse_root(sums[:, 0])[:, None]

    def _token_rows(self, table: TokenTable) -> Floats:
        """For each token of the table the square of the length of its features, and its scores (tokens x K + 1)."""
        if table is not self._table:
            self._table, self._rows = table, self._rows[:0]
        if new := table.tokens[len(self._rows) :]:
            assert self._weights is not None, "the features have no weights"
            features = self._of_tokens(new)
            squares = np.asarray(features.multiply(features).sum(axis=1))
            rows = np.hstack([squares, features @ self._weights]).astype(np.float32)
            self._rows = np.vstack([self._rows, rows]) if len(self._rows) else rows
        return self._rows

    def _of_tokens(self, tokens: Sequence[str]) -> Any:
        """IDF of the features in each token (tokens x V, sparse)."""
        return (_sequence_matrix(tokens)[:, self._features] @ sparse.diags(self._idf)).tocsr()


def _counts(words: TokenIds) -> Any:
    """How often each token of the table is in each text, on a logarithmic scale (texts x tokens, sparse).

    A word that a long text repeats counts little more than once. The tokens of a row are in the order of the text and
    not of their ids, which depend on earlier texts: sums of a row are then the same whatever was analysed before.
    """
    keys = words.text_indices() * len(words.table.tokens) + words.ids
    _, first, uses = np.unique(keys, return_index=True, return_counts=True)
    order = np.argsort(first)
    first, counts = first[order], (1 + np.log(uses[order])).astype(np.float32)
    starts = np.searchsorted(first, np.concatenate([[0], np.cumsum(words.lengths)]))
    return sparse.csr_matrix((counts, words.ids[first], starts), shape=(len(words.lengths), len(words.table.tokens)))


def _sequence_matrix(tokens: Iterable[str]) -> Any:
    """Which sequence is in which token (tokens x hashes, sparse)."""
    found = [sequences(token) for token in tokens]
    starts = np.concatenate([[0], np.cumsum([len(hashes) for hashes in found])])
    hashes = np.fromiter((one for hashes in found for one in hashes), dtype=np.int32, count=int(starts[-1]))
    ones = np.ones(len(hashes), dtype=np.float32)
    return sparse.csr_matrix((ones, hashes, starts), shape=(len(found), 1 << HASH_BITS))


def _inverse_root(values: NDArray[Any]) -> Floats:
    """One over the square root of values; 0 for those that are 0."""
    return np.divide(1, np.sqrt(values), out=np.zeros(len(values), dtype=np.float32), where=values > 0)
