"""Texts as numbers of their characters, so that numpy looks at all of a batch at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

NGRAM = 3
"""How many characters that follow each other have a hash."""


def code_points(text: str) -> NDArray[np.uint32]:
    """The code points of a text; a lone surrogate is one, too."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def trigram_hashes(code_points: NDArray[np.uint32], bits: int) -> NDArray[np.uint32]:
    """A hash of so many bits of each three characters that follow each other, by the place of the first."""
    with np.errstate(over="ignore"):
        mixed = code_points[:-2] * np.uint32(0x9E3779B1) ^ code_points[1:-1] * np.uint32(0x85EBCA6B)
        mixed = (mixed ^ code_points[2:]) * np.uint32(0xC2B2AE35)
    return mixed >> np.uint32(32 - bits)
