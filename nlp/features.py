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

Features = tuple[Ints, Ints]
"""The text index and hash of each feature of a batch of texts."""

HASH_BITS = 20
# The number of words at the beginning and at the end of a text whose place tells what its writer wants.
_EDGE = 2
# A language has fewer words; the rest are typing errors and links. A fuller table is replaced by an empty one.
_MOST_TOKENS = 200_000


Replacement = Callable[[str], Sequence[str] | None]
"""Returns the tokens in the place of a token, or None if the token stays."""


class TokenTable(dict[str, int]):
    """Ids of tokens in the order of their first use, and cached properties of the tokens."""

    def __init__(self) -> None:
        super().__init__()
        self.tokens: list[str] = []
        self._results: dict[Callable[[str], int], NDArray[Any]] = {}
        self._replacements: dict[Replacement, tuple[Ints, Ints, Ints]] = {}

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

    def replacements(self, function: Replacement) -> tuple[Ints, Ints, Ints]:
        """The ids in the place of each token (start and count), and all such ids one after the other.

        The function is called once for each token of the table; its tokens are added to the table.
        """
        empty = np.zeros(0, dtype=np.int64)
        starts, counts, flat = self._replacements.get(function, (empty, empty, empty))
        if have := len(self.tokens) - len(starts):
            new = [function(token) for token in self.tokens[-have:]]
            ids = [
                [number] if tokens is None else [self[token] for token in tokens]
                for number, tokens in enumerate(new, len(starts))
            ]
            new_counts = np.array([len(one) for one in ids])
            new_starts = len(flat) + np.cumsum(new_counts) - new_counts
            found = starts, counts, flat = (
                np.concatenate([starts, new_starts]),
                np.concatenate([counts, new_counts]),
                np.concatenate([flat, np.fromiter(chain.from_iterable(ids), dtype=np.int64)]),
            )
            self._replacements[function] = found
        return starts, counts, flat


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

    @cached_property
    def clause_hashes(self) -> Features:
        """Text index and hash of the words after spaces, which part clauses in Thai; they differ from other hashes."""
        hashes, rows, is_space = self.apply(word_hash), self.text_indices(), self.apply(_is_space) == 1
        after_space = np.concatenate([[False], is_space[:-1]]) if len(rows) else is_space
        begins = after_space & (hashes >= 0)
        return rows[begins], _mixed(hashes[begins] * 0x165667B1)

    def first(self, texts: int) -> TokenIds:
        """The first texts of the batch."""
        lengths = self.lengths[:texts]
        return TokenIds(self.table, self.ids[: lengths.sum()], lengths)

    def without_edges(self, is_opening: Callable[[str], int], is_closing: Callable[[str], int]) -> TokenIds:
        """The texts without opening tokens at their beginnings and closing ones at their ends.

        The functions say whether a token is such a one. A text of such tokens alone is kept.
        """
        rows, places = self.text_indices(), np.arange(len(self.ids))
        first, last = np.zeros(len(self.lengths), dtype=np.int64), np.full(len(self.lengths), len(rows))
        begins, ends = self.apply(is_opening) == 0, self.apply(is_closing) == 0
        # Of several values for one text the one that is written last stays.
        first[rows[begins][::-1]] = places[begins][::-1]
        last[rows[ends]] = places[ends]
        is_empty = first > last
        first[is_empty], last[is_empty] = 0, len(rows)
        kept = (places >= first[rows]) & (places <= last[rows])
        return TokenIds(self.table, self.ids[kept], np.bincount(rows[kept], minlength=len(self.lengths)))

    def replaced(self, function: Replacement) -> TokenIds:
        """The texts with tokens replaced by others; the function is called once for each different token."""
        starts, counts, flat = self.table.replacements(function)
        counts = counts[self.ids]
        ends = np.cumsum(counts)
        places = np.arange(int(counts.sum())) + np.repeat(starts[self.ids] - (ends - counts), counts)
        lengths = np.bincount(self.text_indices(), weights=counts, minlength=len(self.lengths)).astype(np.int64)
        return TokenIds(self.table, flat[places].astype(np.int32), lengths)

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
        pairs = _mixed(hashes[:-1] * 0x9E3779B1 + hashes[1:] * 0x85EBCA6B)
        together = rows[:-1] == rows[1:]
        return np.concatenate([rows, rows[:-1][together]]), np.concatenate([hashes & mask, pairs[together]])

    @cached_property
    def edge_hashes(self) -> tuple[Ints, Ints]:
        """Text index and hash of the first two and the last two words, which differ from the hashes of words."""
        hashes, rows = self.apply(word_hash), self.text_indices()
        words = hashes >= 0
        hashes, rows = hashes[words], rows[words]
        counts = np.bincount(rows, minlength=len(self.lengths))
        place = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
        from_end = counts[rows] - 1 - place
        found = [(place < _EDGE, 0xC2B2AE35), (from_end < _EDGE, 0x27D4EB2F)]
        return (
            np.concatenate([rows[at_edge] for at_edge, _ in found]),
            np.concatenate([_mixed(hashes[at_edge] * salt) for at_edge, salt in found]),
        )


def _mixed(products: Ints) -> Ints:
    """Hashes from the products of hashes and odd numbers, whose middle bits depend on all bits."""
    return (products >> 11) & ((1 << HASH_BITS) - 1)


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


def _is_space(token: str) -> int:
    return token.isspace()


def word_hash(token: str) -> int:
    """The case-insensitive hash of a word; -1 for a token that is not a word."""
    return zlib.crc32(token.lower().encode("utf-8", "surrogatepass")) if is_word(token) else -1


def vocabulary(found: Features, texts: int, min_uses: int) -> tuple[Ints, Floats]:
    """Features (sorted hashes) of at least ``min_uses`` of ``texts`` texts, and their IDF."""
    rows, hashes = found
    size = 1 << HASH_BITS
    used = np.bincount(np.unique(rows * size + hashes) % size, minlength=size)
    features = np.flatnonzero(used >= min_uses)
    return features, (np.log((1 + texts) / (1 + used[features])) + 1).astype(np.float32)


def feature_columns(features: Ints) -> NDArray[np.int32]:
    """The column of each hash; -1 for a hash that is not a feature."""
    columns = np.full(1 << HASH_BITS, -1, dtype=np.int32)
    columns[features] = np.arange(len(features), dtype=np.int32)
    return columns


def tf_idf(found: Features, texts: int, columns: NDArray[np.int32], idf: Floats) -> Any:
    """TF-IDF of the features in texts, with rows of length 1 (texts x features, sparse).

    ``columns`` is the result of ``feature_columns``.
    """
    rows, hashes = found
    text_columns = columns[hashes]
    is_feature = text_columns >= 0
    ones = np.ones(int(is_feature.sum()), dtype=np.float32)
    matrix = sparse.csr_matrix((ones, (rows[is_feature], text_columns[is_feature])), shape=(texts, len(idf)))
    matrix.data = (1 + np.log(matrix.data)) * idf[matrix.indices]
    text_of_value = np.repeat(np.arange(texts), np.diff(matrix.indptr))
    # Each text is summed by itself, so that its features do not depend on the other texts of the batch.
    squares = np.bincount(text_of_value, weights=matrix.data.astype(np.float64) ** 2, minlength=texts)
    lengths = np.sqrt(np.maximum(squares, 1e-12))
    matrix.data = (matrix.data / lengths[text_of_value]).astype(np.float32)
    return matrix
