"""Texts as arrays of code points, so that numpy can process a whole batch at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def code_points(text: str) -> NDArray[np.uint32]:
    """The code points of a text, lone surrogates included."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def trigram_hashes(code_points: NDArray[np.uint32], bits: int) -> NDArray[np.uint32]:
    """The hash of each three consecutive characters, with so many bits, by the position of the first one."""
    with np.errstate(over="ignore"):
        mixed = code_points[:-2] * np.uint32(0x9E3779B1) ^ code_points[1:-1] * np.uint32(0x85EBCA6B)
        mixed = (mixed ^ code_points[2:]) * np.uint32(0xC2B2AE35)
    return mixed >> np.uint32(32 - bits)
