"""Complementary hiding: which further counts to hide so that no subtraction gives a small one back.

Within one province and month a reader knows, of the counts of topics, of their groups and of all together:
a concern has at least one topic and may have several, so a group is at most the sum of its topics, the total
at most the sum of the groups and of the topics whose group is not shown, and nothing exceeds what holds it.
Sums of overlapping topics bound from below only: what a total leaves over for the hidden counts is theirs at
least. A total is safe when it leaves over no more than the *other* hidden counts can hold at 4 each.

Two things that a reader may know besides are taken into account: which hidden counts are the small ones, and
that companions were chosen as the smallest (so that each is at most the smallest one still shown).
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
    """Which column of a matrix of counts is what: one row of it is a province and month."""

    total: int
    groups: tuple[tuple[int, tuple[int, ...]], ...]
    """Groups that are shown: the group's column and those of its topics."""
    ungrouped: tuple[int, ...]
    """Topics that are shown without their group (it holds a sensitive topic)."""

    @property
    def topics(self) -> list[int]:
        return [*self.ungrouped, *(topic for _, members in self.groups for topic in members)]


def suppress_complementary(
    values: Counts, layout: Layout, small: Mask, hidden: Mask | None = None, bound: Counts | None = None
) -> Mask:
    """All counts to hide: those given and their companions.

    ``values`` are counts, rows × columns of ``layout``. ``small`` are those to protect, of which a reader
    knows only that they are 0 to 4. ``hidden`` are counts hidden on other grounds, of which he knows that
    they are at most ``bound``. Zeros are never chosen. What is shown besides must not depend on the rest.
    """
    others = np.zeros_like(small) if hidden is None else hidden & ~small
    limit = np.where(others, values if bound is None else bound, 0)
    concealed = small | others
    weight = small.astype(np.int64)
    lone = concealed[:, layout.topics].sum(axis=1) == 1
    for group, members in layout.groups:
        columns = list(members)
        chosen, telling = _suppress_parts(
            values[:, group],
            values[:, columns],
            small[:, columns].astype(np.int64),
            others[:, columns],
            limit[:, columns],
            lone & concealed[:, columns].any(axis=1),
            guard_unseen=False,
        )
        concealed[:, columns] |= chosen
        # Nothing is left to hide among its topics, so the group goes; one level up its topics stand for it.
        telling &= ~small[:, group]
        concealed[telling, group] = True
        weight[telling, group] = small[:, columns].sum(axis=1)[telling]
    upper = [*(group for group, _ in layout.groups), *layout.ungrouped]
    chosen, telling = _suppress_parts(
        values[:, layout.total],
        values[:, upper],
        weight[:, upper],
        (concealed & (weight == 0))[:, upper],
        limit[:, upper],
        concealed[:, layout.topics].sum(axis=1) == 1,
        guard_unseen=True,
    )
    concealed[:, upper] |= chosen
    for place, (_, members) in enumerate(layout.groups):  # the sum of its topics would bound a hidden group
        columns = list(members)
        concealed[:, columns] |= chosen[:, [place]] & (values[:, columns] > 0)
    concealed[:, layout.total] |= telling
    return concealed


def _suppress_parts(
    total: Counts,
    values: Counts,
    weight: Counts,
    hidden: Mask,
    bound: Counts,
    lone: Mask,
    *,
    guard_unseen: bool,
) -> tuple[Mask, Mask]:
    """Hides the smallest shown parts until the total tells nothing; also where it still tells something.

    ``weight`` is how many small counts a part stands for (0: none). ``lone`` rows need a companion in any
    case. ``guard_unseen``: the total holds sensitive topics that are not shown at all, which must not be
    bounded from below either.
    """
    count = weight.sum(axis=1)
    chosen = np.zeros(values.shape, dtype=bool)
    while True:
        shown = (weight == 0) & ~hidden & ~chosen & (values > 0)
        smallest_shown = np.where(shown, values, _NOT_SHOWN).min(axis=1, initial=_NOT_SHOWN)
        limit = np.where(chosen, np.minimum(smallest_shown, total)[:, None], np.where(hidden, bound, 0))
        left_over = total - np.where(shown, values, 0).sum(axis=1) - limit.sum(axis=1)
        telling = left_over > MAX_SMALL_COUNT * np.maximum(count - 1, 0)
        # Were there no overlap, all would be 1; a reader may guess so.
        telling |= (left_over == count) & (count > 0) & ~(hidden | chosen).any(axis=1)
        if not guard_unseen:
            telling &= count > 0
        telling |= lone & ~chosen.any(axis=1)
        rows = np.flatnonzero(telling & shown.any(axis=1))
        if rows.size == 0:
            return chosen, telling
        chosen[rows, np.where(shown[rows], values[rows], _NOT_SHOWN).argmin(axis=1)] = True
