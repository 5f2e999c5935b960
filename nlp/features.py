"""Words as numbers: each token is looked up once, and what is known of it is read from arrays by its number."""

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
# More tokens than a language has words are typing errors and links; then the table is begun anew.
_MOST_TOKENS = 200_000


class TokenTable(dict[str, int]):
    """Numbers of tokens in the order in which they were met, and arrays of what is known of them."""

    def __init__(self) -> None:
        super().__init__()
        self.tokens: list[str] = []
        self._known: dict[Callable[[str], int], NDArray[Any]] = {}

    def __missing__(self, token: str) -> int:
        number = len(self.tokens)
        self.tokens.append(token)
        self[token] = number
        return number

    def apply(self, of: Callable[[str], int]) -> NDArray[np.int64]:
        """What a function says of each token of the table; it is asked once for each."""
        values = self._known.get(of)
        have = 0 if values is None else len(values)
        if values is None or have < len(self.tokens):
            new = np.array([of(token) for token in self.tokens[have:]], dtype=np.int64)
            values = new if values is None else np.concatenate([values, new])
            self._known[of] = values
        return values


_table = TokenTable()


@dataclass(frozen=True)
class TokenIds:
    """Tokens of a batch of texts by number, one text after the other, and how many each text has."""

    table: TokenTable
    ids: NDArray[np.int32]
    lengths: Ints

    def text_indices(self) -> Ints:
        """The number of the text of each token."""
        return np.repeat(np.arange(len(self.lengths)), self.lengths)

    def apply(self, of: Callable[[str], int]) -> Ints:
        """What a function says of each token."""
        return self.table.apply(of)[self.ids]

    @cached_property
    def feature_hashes(self) -> tuple[Ints, Ints]:
        """Row and hashed feature of each word and each pair of neighbouring words; worked out once for all models."""
        hashes, rows = self.apply(word_hash), self.text_indices()
        words = hashes >= 0
        hashes, rows = hashes[words], rows[words]
        mask = (1 << HASH_BITS) - 1
        pairs = ((hashes[:-1] * 0x9E3779B1 + hashes[1:] * 0x85EBCA6B) >> 11) & mask
        together = rows[:-1] == rows[1:]
        return np.concatenate([rows, rows[:-1][together]]), np.concatenate([hashes & mask, pairs[together]])


def token_ids(tokens_batch: Sequence[Sequence[str]]) -> TokenIds:
    """Look up the tokens of each text."""
    global _table
    if len(_table) > _MOST_TOKENS:
        _table = TokenTable()  # batches that were numbered before keep the table that they know
    table = _table
    lengths = np.fromiter(map(len, tokens_batch), dtype=np.int64, count=len(tokens_batch))
    flat = map(table.__getitem__, chain.from_iterable(tokens_batch))
    return TokenIds(table, np.fromiter(flat, dtype=np.int32, count=int(lengths.sum())), lengths)


def is_word(token: str) -> bool:
    """Whether a token is a word, not a space, sign, number or placeholder (which begins with a bracket)."""
    return token[:1].isalpha()


def word_hash(token: str) -> int:
    """The hash of a word whatever its case; -1 for what is no word."""
    return zlib.crc32(token.lower().encode("utf-8", "surrogatepass")) if is_word(token) else -1


def vocabulary(batch: TokenIds, examples: int, min_uses: int) -> tuple[Ints, Floats]:
    """Features (sorted hashes) that stand in so many texts, or in one of the first ``examples``, and their IDF."""
    rows, hashes = batch.feature_hashes
    size = 1 << HASH_BITS
    used = np.bincount(np.unique(rows * size + hashes) % size, minlength=size)
    in_examples = np.zeros(size, dtype=bool)
    in_examples[hashes[rows < examples]] = True
    features = np.flatnonzero((used >= min_uses) | in_examples)
    return features, (np.log((1 + len(batch.lengths)) / (1 + used[features])) + 1).astype(np.float32)


def feature_columns(features: Ints) -> NDArray[np.int32]:
    """The column of each hash, -1 for one that is none of the features."""
    place = np.full(1 << HASH_BITS, -1, dtype=np.int32)
    place[features] = np.arange(len(features), dtype=np.int32)
    return place


def word_matrix(batch: TokenIds, place: NDArray[np.int32], idf: Floats) -> Any:
    """TF-IDF of known words and pairs, rows of length 1 (texts x features, sparse); ``place`` is of ``places``."""
    rows, hashes = batch.feature_hashes
    columns = place[hashes]
    apply = columns >= 0
    shape = (len(batch.lengths), len(idf))
    ones = np.ones(int(apply.sum()), dtype=np.float32)
    matrix = sparse.csr_matrix((ones, (rows[apply], columns[apply])), shape=shape)
    matrix.data = (1 + np.log(matrix.data)) * idf[matrix.indices]
    starts, ends = matrix.indptr[:-1], matrix.indptr[1:]
    sums = np.concatenate([[0.0], np.cumsum(matrix.data.astype(np.float64) ** 2)])
    lengths = np.sqrt(np.maximum(sums[ends] - sums[starts], 1e-12))
    matrix.data = (matrix.data / np.repeat(lengths, ends - starts)).astype(np.float32)
    return matrix
