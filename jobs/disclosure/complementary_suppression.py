"""Complementary suppression: which further counts to hide so that hidden small counts cannot be computed from totals.

A reader knows the following of the counts of topics, of groups and of all topics in one province and month. A concern
has at least one topic and may have several, so a group is at most the sum of its topics, the total is at most the sum
of the groups and of the topics whose group is not shown, and no topic exceeds its group. Sums of overlapping topics are
a bound in one direction only: the hidden counts together are at least the total less the shown counts (the remainder).
A total is safe where the remainder is not larger than the *other* hidden counts can hold, at 4 each.

A reader may also know which of the hidden counts are the small ones, and that complementary suppression chooses the
smallest counts (so that each hidden count is at most the smallest one that is shown). Both are taken into account.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

MAX_SMALL_COUNT = 4
_NOT_SHOWN = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Layout:
    """The meaning of the columns of a matrix of counts; a row of it is a province and month."""

    total: int
    groups: tuple[tuple[int, tuple[int, ...]], ...]
    """Groups that are shown: the column of the group and those of its topics."""
    ungrouped: tuple[int, ...]
    """Topics that are shown without their group (it contains a sensitive topic)."""

    @property
    def topics(self) -> list[int]:
        """The topics of all columns: first those without a group, then the members of each group."""
        return [*self.ungrouped, *(topic for _, members in self.groups for topic in members)]


def suppress_complementary(
    values: Counts, layout: Layout, small: Mask, hidden: Mask | None = None, bound: Counts | None = None
) -> Mask:
    """The mask of all counts to hide: the given ones and their complementary suppressions.

    Zeros are never chosen. Other figures that are shown must not depend on hidden counts.

    Args:
        values: counts, rows × columns of ``layout``.
        layout: see ``Layout``.
        small: the counts to protect, of which a reader knows only that they are 0 to 4.
        hidden: counts hidden for other reasons.
        bound: the largest value that a reader knows to be possible for each of ``hidden``; the count itself if None.
    """
    others = np.zeros_like(small) if hidden is None else hidden & ~small
    limit = np.where(others, values if bound is None else bound, 0)
    suppressed = small | others
    weight = small.astype(np.int64)
    is_lone = suppressed[:, layout.topics].sum(axis=1) == 1
    for group, members in layout.groups:
        columns = list(members)
        chosen, is_unsafe = _suppress_parts(
            values[:, group],
            values[:, columns],
            small[:, columns].astype(np.int64),
            others[:, columns],
            limit[:, columns],
            is_lone & suppressed[:, columns].any(axis=1),
            has_unlisted_parts=False,
        )
        suppressed[:, columns] |= chosen
        # No topic of the group is left to hide, so the group itself is hidden and counts for its small topics below.
        is_unsafe &= ~small[:, group]
        suppressed[is_unsafe, group] = True
        weight[is_unsafe, group] = small[:, columns].sum(axis=1)[is_unsafe]
    upper = [*(group for group, _ in layout.groups), *layout.ungrouped]
    chosen, is_unsafe = _suppress_parts(
        values[:, layout.total],
        values[:, upper],
        weight[:, upper],
        (suppressed & (weight == 0))[:, upper],
        limit[:, upper],
        suppressed[:, layout.topics].sum(axis=1) == 1,
        has_unlisted_parts=True,
    )
    suppressed[:, upper] |= chosen
    for position, (_, members) in enumerate(layout.groups):  # the sum of its topics is a bound of a hidden group
        columns = list(members)
        suppressed[:, columns] |= chosen[:, [position]] & (values[:, columns] > 0)
    suppressed[:, layout.total] |= is_unsafe
    return suppressed


def _suppress_parts(
    total: Counts,
    values: Counts,
    weight: Counts,
    hidden: Mask,
    bound: Counts,
    is_lone: Mask,
    *,
    has_unlisted_parts: bool,
) -> tuple[Mask, Mask]:
    """Chooses the smallest shown parts of a total to hide, until the total is safe.

    Args:
        total: one per row.
        values: the parts, rows × parts.
        weight: how many small counts a part stands for (0: none).
        hidden: parts hidden for other reasons.
        bound: the largest possible value of each of ``hidden``.
        is_lone: rows with one hidden topic only, in which another part is hidden in any case.
        has_unlisted_parts: whether the total also contains sensitive topics that are not shown at all; they must not
            get a lower bound either.

    Returns:
        The chosen parts, and the rows whose total is still not safe.
    """
    small_count = weight.sum(axis=1)
    chosen = np.zeros(values.shape, dtype=bool)
    while True:
        shown = (weight == 0) & ~hidden & ~chosen & (values > 0)
        smallest_shown = np.where(shown, values, _NOT_SHOWN).min(axis=1, initial=_NOT_SHOWN)
        limit = np.where(chosen, np.minimum(smallest_shown, total)[:, None], np.where(hidden, bound, 0))
        remainder = total - np.where(shown, values, 0).sum(axis=1) - limit.sum(axis=1)
        is_unsafe = remainder > MAX_SMALL_COUNT * np.maximum(small_count - 1, 0)
        # Without overlap, each small count would then be 1, and a reader may guess that there is none.
        is_unsafe |= (remainder == small_count) & (small_count > 0) & ~(hidden | chosen).any(axis=1)
        if not has_unlisted_parts:
            is_unsafe &= small_count > 0
        is_unsafe |= is_lone & ~chosen.any(axis=1)
        rows = np.flatnonzero(is_unsafe & shown.any(axis=1))
        if rows.size == 0:
            return chosen, is_unsafe
        chosen[rows, np.where(shown[rows], values[rows], _NOT_SHOWN).argmin(axis=1)] = True
