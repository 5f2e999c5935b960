"""Clusters of near-duplicate texts, so that no model is tested on texts like its training texts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

_SHINGLE = 5  # characters
_BANDS, _ROWS = 16, 4
# Minimum share of equal MinHash values of near-duplicates; it estimates the Jaccard index of their shingles.
_ALIKE = 0.7
_TEXTS_AT_ONCE = 5000

Hashes = NDArray[np.uint64]


def clusters(texts: Sequence[str]) -> NDArray[np.int64]:
    """The cluster number of each text. Near-duplicates, also through other texts, are in the same cluster.

    Texts are near-duplicates where their MinHash values (over shingles of five characters, without spaces and case)
    are equal in one of 16 bands of 4, and in 70 % of all 64. Source: A. Broder, On the resemblance and containment of
    documents, 1997; bands: J. Leskovec and others, Mining of Massive Datasets, chapter 3.
    """
    if not texts:
        return np.zeros(0, dtype=np.int64)
    signatures = np.concatenate(
        [_signatures(texts[start : start + _TEXTS_AT_ONCE]) for start in range(0, len(texts), _TEXTS_AT_ONCE)]
    )
    ends: list[NDArray[np.int64]] = []
    for band in range(_BANDS):
        rows = np.ascontiguousarray(signatures[:, band * _ROWS : (band + 1) * _ROWS])
        keys = rows.view(np.dtype((np.void, rows.dtype.itemsize * _ROWS))).ravel()
        _, firsts, bucket = np.unique(keys, return_index=True, return_inverse=True)
        others = np.arange(len(texts))
        first = firsts[bucket]
        alike = (signatures[first] == signatures[others]).mean(axis=1) >= _ALIKE
        ends.append(np.stack([first[alike], others[alike]]))
    one, other = np.concatenate(ends, axis=1)
    links: Any = sparse.coo_matrix((np.ones(len(one), dtype=np.int8), (one, other)), shape=(len(texts),) * 2)
    return csgraph.connected_components(links, directed=False)[1].astype(np.int64)


def _signatures(texts: Sequence[str]) -> Hashes:
    """The MinHash values of each text: the minimum hash of its shingles for each of 64 hash functions (texts x 64)."""
    plain = ["".join(text.split()).casefold() or " " for text in texts]
    # A text shorter than a shingle is padded to one shingle.
    padded = [text.ljust(_SHINGLE, "\0") for text in plain]
    codes = np.frombuffer("".join(padded).encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)
    lengths = np.array([len(text) for text in padded])
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    with np.errstate(over="ignore"):
        pieces = np.zeros(len(codes) - _SHINGLE + 1, dtype=np.uint64)
        for place in range(_SHINGLE):
            pieces = pieces * np.uint64(0x100000001B3) + codes[place : place + len(pieces)]
        pieces = _mixed(pieces)
        # Shingles that cross into the next text are excluded by the largest hash value.
        inside = np.arange(len(pieces)) <= np.repeat(starts + lengths - _SHINGLE, lengths)[: len(pieces)]
        signatures = np.empty((len(texts), _BANDS * _ROWS), dtype=np.uint64)
        for number, salt in enumerate(np.random.default_rng(2566).integers(1, 2**63, _BANDS * _ROWS, dtype=np.uint64)):
            hashed = np.where(inside, _mixed(pieces ^ salt), np.uint64(2**64 - 1))
            signatures[:, number] = np.minimum.reduceat(hashed, starts)
    return signatures


def _mixed(values: Hashes) -> Hashes:
    """The finaliser of SplitMix64: every output bit depends on every input bit."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
