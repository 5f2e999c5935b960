"""Token ids and features: each token gets an id, and properties of tokens are arrays indexed by the id."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

HASH_BITS = 20
# A language has fewer words; the rest are typing errors and links. A fuller table is replaced by an empty one.
_MOST_TOKENS = 200_000


class TokenTable(dict[str, int]):
    """Ids of tokens in the order of their first use, and cached properties of the tokens."""

    def __init__(self) -> None:
        super().__init__()
        self.tokens: list[str] = []
        self._results: dict[Callable[[str], int], NDArray[Any]] = {}

    def __missing__(self, token: str) -> int:
        number = len(self.tokens)
        self.tokens.append(token)
        self[token] = number
        return number

    def apply(self, function: Callable[[str], int]) -> NDArray[np.int64]:
        """The result of a function for each token of the table; it is called once for each token."""
        values = self._results.get(function)
        have = 0 if values is None else len(values)
        if values is None or have < len(self.tokens):
            new = np.array([function(token) for token in self.tokens[have:]], dtype=np.int64)
            values = new if values is None else np.concatenate([values, new])
            self._results[function] = values
        return values


_table = TokenTable()


@dataclass(frozen=True)
class TokenIds:
    """The token ids of a batch of texts, one text after the other, and the number of tokens of each text."""

    table: TokenTable
    ids: NDArray[np.int32]
    lengths: Ints

    def text_indices(self) -> Ints:
        """The index of the text of each token."""
        return np.repeat(np.arange(len(self.lengths)), self.lengths)

    def apply(self, function: Callable[[str], int]) -> Ints:
        """The result of a function for each token; it is called once for each different token."""
        return self.table.apply(function)[self.ids]

    @cached_property
    def feature_hashes(self) -> tuple[Ints, Ints]:
        """Text index and hash of each word and each pair of neighbouring words; computed once for all models."""
        hashes, rows = self.apply(word_hash), self.text_indices()
        words = hashes >= 0
        hashes, rows = hashes[words], rows[words]
        mask = (1 << HASH_BITS) - 1
        pairs = ((hashes[:-1] * 0x9E3779B1 + hashes[1:] * 0x85EBCA6B) >> 11) & mask
        together = rows[:-1] == rows[1:]
        return np.concatenate([rows, rows[:-1][together]]), np.concatenate([hashes & mask, pairs[together]])


def token_ids(tokens_batch: Sequence[Sequence[str]]) -> TokenIds:
    """The token ids of a batch of texts, given the tokens of each text."""
    global _table
    if len(_table) > _MOST_TOKENS:
        _table = TokenTable()  # earlier batches keep their own table
    table = _table
    lengths = np.fromiter(map(len, tokens_batch), dtype=np.int64, count=len(tokens_batch))
    flat = map(table.__getitem__, chain.from_iterable(tokens_batch))
    return TokenIds(table, np.fromiter(flat, dtype=np.int32, count=int(lengths.sum())), lengths)


def is_word(token: str) -> bool:
    """Whether a token is a word, and not a space, sign, number or placeholder (which begins with a bracket)."""
    return token[:1].isalpha()


def word_hash(token: str) -> int:
    """The case-insensitive hash of a word; -1 for a token that is not a word."""
    return zlib.crc32(token.lower().encode("utf-8", "surrogatepass")) if is_word(token) else -1


def vocabulary(batch: TokenIds, examples: int, min_uses: int) -> tuple[Ints, Floats]:
    """Features (sorted hashes) of at least ``min_uses`` texts or of the first ``examples`` texts, and their IDF."""
    rows, hashes = batch.feature_hashes
    size = 1 << HASH_BITS
    used = np.bincount(np.unique(rows * size + hashes) % size, minlength=size)
    in_examples = np.zeros(size, dtype=bool)
    in_examples[hashes[rows < examples]] = True
    features = np.flatnonzero((used >= min_uses) | in_examples)
    return features, (np.log((1 + len(batch.lengths)) / (1 + used[features])) + 1).astype(np.float32)


def feature_columns(features: Ints) -> NDArray[np.int32]:
    """The column of each hash; -1 for a hash that is not a feature."""
    columns = np.full(1 << HASH_BITS, -1, dtype=np.int32)
    columns[features] = np.arange(len(features), dtype=np.int32)
    return columns


def word_matrix(batch: TokenIds, columns: NDArray[np.int32], idf: Floats) -> Any:
    """TF-IDF of the words and pairs that are features, with rows of length 1 (texts x features, sparse).

    ``columns`` is the result of ``feature_columns``.
    """
    rows, hashes = batch.feature_hashes
    text_columns = columns[hashes]
    is_feature = text_columns >= 0
    shape = (len(batch.lengths), len(idf))
    ones = np.ones(int(is_feature.sum()), dtype=np.float32)
    matrix = sparse.csr_matrix((ones, (rows[is_feature], text_columns[is_feature])), shape=shape)
    matrix.data = (1 + np.log(matrix.data)) * idf[matrix.indices]
    starts, ends = matrix.indptr[:-1], matrix.indptr[1:]
    sums = np.concatenate([[0.0], np.cumsum(matrix.data.astype(np.float64) ** 2)])
    lengths = np.sqrt(np.maximum(sums[ends] - sums[starts], 1e-12))
    matrix.data = (matrix.data / np.repeat(lengths, ends - starts)).astype(np.float32)
    return matrix
