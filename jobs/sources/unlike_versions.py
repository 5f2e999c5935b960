"""Whether two versions with the same id can belong to one concern, by the words and the time that they share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MIN_SHARED = 0.1
"""Two texts with a smaller share of common runs of RUN_LENGTH letters are not about the same matter."""
RUN_LENGTH = 4
MAX_LETTERS = 1000


def _runs(text: str) -> frozenset[str]:
    cut = text[:MAX_LETTERS]
    return frozenset(cut[at : at + RUN_LENGTH] for at in range(max(len(cut) - RUN_LENGTH + 1, 1)))


def are_unlike(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two versions, by ``text`` and ``submitted_at``, share neither words nor time of submission.

    ``jobs.pipeline.consolidate`` checks the same for a whole table.
    """
    if not one.get("text") or not other.get("text") or one["submitted_at"] == other["submitted_at"]:
        return False
    first, second = _runs(one["text"]), _runs(other["text"])
    return len(first & second) / min(len(first), len(second)) < MIN_SHARED
