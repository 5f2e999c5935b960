"""Copies of the samples' files with a personal item in every field that they have."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from samples.generate import generate
from schemas.contract_files import contracts
from schemas.contracts import Contract
from tests.mutations.table import Record, dump, load
from tests.personal_data.items import Item, exact, items

# A degree to the metre, in a file that is not packed.
_EXACT = re.compile(rb"(?<![\d.:])(?:[5-9]|1[0-9]|20|9[7-9]|10[0-5])\.\d{5,}")
MOST_SOUND = 12
"""Records of a file that stay as they are, so that the tables hold something."""


@dataclass(frozen=True)
class Planted:
    """An item and where it stands in what landed."""

    item: Item
    source_id: str
    field: str
    is_alone: bool
    record_id: str = ""
    """The id of its record, where that has one of its own."""


def plant(landing: Path, samples: Path, count: int, seed: int = 2569) -> list[Planted]:
    """Writes a landing folder of all sources; returns at least ``count`` items, each field of each source at least
    once alone in its field and once after what stood there."""
    generate(samples)
    made = items(seed)
    fields = {source_id: len(_places(_sample(samples, contract)[1])) for source_id, contract in contracts().items()}
    rounds = max(1, -(-count // (2 * sum(fields.values()))))
    found: list[Planted] = []
    for source_id, contract in contracts().items():
        name, records = _sample(samples, contract)
        table = load((samples / source_id / name).read_bytes(), contract)
        changed: list[Record] = []
        places = [place for place in _places(records) for _ in range(rounds)]
        for number, (place, is_alone) in enumerate(product(places, (True, False))):
            item = next(made)
            record = copy.deepcopy(records[number % len(records)])
            record_id = _distinguish(record, contract, number)
            _put(record, place, item.written, is_alone=is_alone)
            changed.append(record)
            is_id = ".".join(place) in contract.identity.fields
            found.append(Planted(item, source_id, ".".join(place), is_alone, "" if is_id else record_id))
        table.records = [*records[:MOST_SOUND], *changed]
        target = landing / source_id / name.removesuffix(".gz")
        target.parent.mkdir(parents=True, exist_ok=True)
        content = dump(table, contract)
        target.write_bytes(content)
        stated = sorted(set(_EXACT.findall(content)))[:MOST_SOUND] if contract.format != "xlsx" else []
        found += [Planted(exact(one.decode()), source_id, "coordinates", True) for one in stated]
    return found


def _sample(samples: Path, contract: Contract) -> tuple[str, list[Record]]:
    """The name of a source's last file of samples, and its records."""
    path = sorted((samples / contract.source_id).iterdir())[-1]
    return path.name, load(path.read_bytes(), contract).records


def _places(records: list[Record]) -> list[tuple[str, ...]]:
    """Every field of the records, as the steps to it."""
    return list(dict.fromkeys(place for record in records for place in _leaves(record)))


def _leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    if isinstance(value, dict) and value:
        for name, one in value.items():
            yield from _leaves(one, (*path, name))
    elif isinstance(value, list) and value:
        for at, one in enumerate(value[:2]):
            yield from _leaves(one, (*path, str(at)))
    elif path:
        yield path


def _distinguish(record: Record, contract: Contract, number: int) -> str:
    """Gives a copy of a record an id of its own, of the form of its source's ids, and returns it."""
    place = tuple(contract.identity.fields[-1].split("."))
    value = "2025-" + f"Q{number:05d}" if contract.identity.pattern else f"Q-{number:05d}"
    _put(record, place, value, is_alone=True)
    return value


def _put(record: Record, place: tuple[str, ...], text: str, *, is_alone: bool) -> None:
    holder: Any = record
    for step in place[:-1]:
        holder = holder[int(step)] if isinstance(holder, list) else holder.setdefault(step, {})
        if not isinstance(holder, dict | list):
            return
    key: Any = int(place[-1]) if isinstance(holder, list) else place[-1]
    before = "" if is_alone else _told(holder, key)
    holder[key] = f"{before} {text}".strip()


def _told(holder: Any, key: Any) -> str:
    try:
        value = holder[key]
    except (KeyError, IndexError):
        return ""
    return "" if value is None else str(value)
