"""Counts of the cells of the cube from events (a concern is submitted or ends): numpy and pyarrow, no Spark."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import compute

from schemas.topics import Topic

# pyarrow creates the functions of this module at import, so a type checker does not see them.
pc: Any = compute

ALL = "all"
# The codes of several columns are combined into one number as long as it stays below this.
_MAX_COMBINED_CODE = 1 << 40
_HISTOGRAM_ENTRY = pa.struct([("days", pa.int32()), ("count", pa.int64())])
Ints = npt.NDArray[np.int64]


def count_cells(events: pa.Table, topics: Sequence[Topic], key: Sequence[str], counts: Sequence[str]) -> pa.Table:
    """Counts of events by ``key`` for each topic, each group of topics, and all topics together.

    An event of several topics counts once in each topic, once in each of their groups, and once in ``all``.

    Args:
        events: the columns of ``key``; ``topics``, an int64 with one bit per topic of the event; ``days`` (int32,
            null where the event has no duration); and a boolean column for each of ``counts``.
        topics: the meaning of the bits, in their order; at most 63.
        key: the columns that name a cell of the cube, without topic_level and topic_id.
        counts: the columns of which true values are counted.

    Returns:
        ``key``, ``topic_level``, ``topic_id``, ``counts`` (int64) and ``resolve_days``, the histogram of ``days``
        as a list of (days, count) sorted by days.
    """
    event, level, level_names = _event_topic_pairs(events["topics"].to_numpy(), topics)
    key_of_event, first_event = group_rows([events[name] for name in key])
    # Sorted by level first, so that a reader of one level can skip the pages of the others in a file.
    codes, cell = np.unique(level * len(first_event) + key_of_event[event], return_inverse=True)
    keys = events.select(list(key)).take(pa.array(first_event[codes % len(first_event)]))
    level_of_cell = pa.array(codes // len(first_event))
    columns: dict[str, Any] = {name: keys[name] for name in key}
    columns["topic_level"] = pa.array([name for name, _ in level_names]).take(level_of_cell)
    columns["topic_id"] = pa.array([topic_id for _, topic_id in level_names]).take(level_of_cell)
    for name in counts:
        weights = events[name].to_numpy()[event]
        columns[name] = pa.array(np.bincount(cell, weights=weights, minlength=len(codes)).astype(np.int64))
    columns["resolve_days"] = _histograms(cell, events["days"].take(pa.array(event)), len(codes))
    return pa.table(columns)


def _event_topic_pairs(masks: Ints, topics: Sequence[Topic]) -> tuple[Ints, Ints, list[tuple[str, str]]]:
    """Index of the event and of the topic of each pair of the two; and topic_level and topic_id of each index."""
    bits = {topic.topic_id: 1 << number for number, topic in enumerate(topics)}
    groups = {topic.group_id: 0 for topic in topics}
    for topic in topics:
        groups[topic.group_id] |= bits[topic.topic_id]
    events = [np.arange(len(masks))]
    events += [np.flatnonzero(masks & bit) for bit in (*groups.values(), *bits.values())]
    event, level = np.concatenate(events), np.repeat(np.arange(len(events)), [len(some) for some in events])
    names = [(ALL, ALL), *(("group", group) for group in groups), *(("topic", topic) for topic in bits)]
    return event, level, names


def group_rows(columns: Sequence[pa.ChunkedArray]) -> tuple[Ints, Ints]:
    """The number of the group of each row (rows that are equal in all columns), and one row of each group."""
    codes, size = np.zeros(len(columns[0]), np.int64), 1
    for column in columns:
        encoded = column.combine_chunks().dictionary_encode("encode")
        codes = codes * len(encoded.dictionary) + encoded.indices.to_numpy()
        size *= len(encoded.dictionary)
        if size > _MAX_COMBINED_CODE:
            codes = np.unique(codes, return_inverse=True)[1]
            size = len(codes)
    _, first, group = np.unique(codes, return_index=True, return_inverse=True)
    return group, first


def _histograms(cell: Ints, days: pa.ChunkedArray, size: int) -> pa.Array:
    """For each cell, how often each number of days occurs, as a list of structs."""
    has_days = days.is_valid().to_numpy()
    durations = days.filter(pa.array(has_days)).to_numpy().astype(np.int64)
    span = int(durations.max(initial=0)) + 1
    codes, counts = np.unique(cell[has_days] * span + durations, return_counts=True)
    offsets = np.searchsorted(codes, np.arange(size + 1) * span).astype(np.int32)
    entries = pa.StructArray.from_arrays(
        [pa.array((codes % span).astype(np.int32)), pa.array(counts.astype(np.int64))], fields=list(_HISTOGRAM_ENTRY)
    )
    return pa.ListArray.from_arrays(pa.array(offsets), entries)
