"""Counts of the cube's cells from what its moments say: numpy and pyarrow, no Spark."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import compute

from schemas.topics import Topic

# Its functions are made when it is imported, so that a type checker does not see them.
pc: Any = compute

ALL = "all"
# Numbers of several columns are put together in one as long as it stays below.
_LARGEST = 1 << 40
_OF_DAYS = pa.struct([("days", pa.int32()), ("count", pa.int64())])
Ints = npt.NDArray[np.int64]


def cells(moments: pa.Table, topics: Sequence[Topic], place: Sequence[str], counts: Sequence[str]) -> pa.Table:
    """Sums of moments by where they belong, topic by topic, group by group, and all together.

    A moment of several topics counts once in each, once in each of their groups, and once in ``all``.

    Args:
        moments: the columns of ``place``; ``topics``, an int64 with a bit for each of a moment's topics; ``days``
            (int32, null where there are none to tell of); and a column of booleans for each of ``counts``.
        topics: what the bits mean, in their order; at most 63.
        place: the columns that name a place in the cube, besides topic_level and topic_id.
        counts: the columns that are counted where they are true.

    Returns:
        ``place``, ``topic_level``, ``topic_id``, ``counts`` (int64) and ``resolve_days``, the histogram of ``days``
        as a sorted list of days and their count.
    """
    moment, level, named = _levels(moments["topics"].to_numpy(), topics)
    of_moment, first = distinct([moments[name] for name in place])
    # By level first: who reads one level of a file leaves the pages of the others alone.
    keys, cell = np.unique(level * len(first) + of_moment[moment], return_inverse=True)
    where = moments.select(list(place)).take(pa.array(first[keys % len(first)]))
    said = pa.array(keys // len(first))
    columns: dict[str, Any] = {name: where[name] for name in place}
    columns["topic_level"] = pa.array([one for one, _ in named]).take(said)
    columns["topic_id"] = pa.array([one for _, one in named]).take(said)
    for name in counts:
        weights = moments[name].to_numpy()[moment]
        columns[name] = pa.array(np.bincount(cell, weights=weights, minlength=len(keys)).astype(np.int64))
    columns["resolve_days"] = _histograms(cell, moments["days"].take(pa.array(moment)), len(keys))
    return pa.table(columns)


def _levels(masks: Ints, topics: Sequence[Topic]) -> tuple[Ints, Ints, list[tuple[str, str]]]:
    """The moment and the level of each pair of the two; and the name of each level."""
    bits = {one.topic_id: 1 << number for number, one in enumerate(topics)}
    groups = {one.group_id: 0 for one in topics}
    for one in topics:
        groups[one.group_id] |= bits[one.topic_id]
    of_level = [np.arange(len(masks))]
    of_level += [np.flatnonzero(masks & bit) for bit in (*groups.values(), *bits.values())]
    moment, level = np.concatenate(of_level), np.repeat(np.arange(len(of_level)), [len(one) for one in of_level])
    named = [(ALL, ALL), *(("group", group) for group in groups), *(("topic", topic) for topic in bits)]
    return moment, level, named


def distinct(columns: Sequence[pa.ChunkedArray]) -> tuple[Ints, Ints]:
    """A number for each row, the same for rows that are equal in all columns; and a row of each number."""
    numbers, size = np.zeros(len(columns[0]), np.int64), 1
    for column in columns:
        known = column.combine_chunks().dictionary_encode("encode")
        numbers = numbers * len(known.dictionary) + known.indices.to_numpy()
        size *= len(known.dictionary)
        if size > _LARGEST:
            numbers = np.unique(numbers, return_inverse=True)[1]
            size = len(numbers)
    _, first, of_row = np.unique(numbers, return_index=True, return_inverse=True)
    return of_row, first


def _histograms(cell: Ints, days: pa.ChunkedArray, size: int) -> pa.Array:
    """Of each cell how often each number of days comes up, as a list of structs."""
    is_known = days.is_valid().to_numpy()
    took = days.filter(pa.array(is_known)).to_numpy().astype(np.int64)
    longest = int(took.max(initial=0)) + 1
    found, times = np.unique(cell[is_known] * longest + took, return_counts=True)
    begins = np.searchsorted(found, np.arange(size + 1) * longest).astype(np.int32)
    entries = pa.StructArray.from_arrays(
        [pa.array((found % longest).astype(np.int32)), pa.array(times.astype(np.int64))], fields=list(_OF_DAYS)
    )
    return pa.ListArray.from_arrays(pa.array(begins), entries)
