"""Whether versions of one id can be of one concern: what they share of words and time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MIN_SHARED = 0.1
"""Two texts that share less than this part of their runs of LENGTH letters are not about the same."""
RUN_LENGTH = 4
MAX_LETTERS = 1000


def _runs(text: str) -> frozenset[str]:
    cut = text[:MAX_LETTERS]
    return frozenset(cut[at : at + RUN_LENGTH] for at in range(max(len(cut) - RUN_LENGTH + 1, 1)))


def are_unlike(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two versions, by ``text`` and ``submitted_at``, share neither words nor time of submission.

    ``jobs.pipeline.consolidate`` asks the same of a whole table.
    """
    if not one.get("text") or not other.get("text") or one["submitted_at"] == other["submitted_at"]:
        return False
    now, then = _runs(one["text"]), _runs(other["text"])
    return len(now & then) / min(len(now), len(then)) < MIN_SHARED
