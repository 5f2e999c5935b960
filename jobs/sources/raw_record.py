"""A raw record opened: its values by the paths of a contract, as text."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from jobs.sources.readers.headings import first_held, matched
from jobs.sources.readers.table import Table
from nlp import dates
from nlp.encoding_repair import repair_encoding
from nlp.mask.values import mask_value
from schemas.contracts import TIMES, Contract
from schemas.rejections import RejectedRecord, Rejection, RejectionCode

# A letter of Thai bears two marks; of a longer run nothing can be read, and to put it in order takes minutes.
_MARK_RUN = re.compile("([\u0e30-\u0e3a\u0e45\u0e47-\u0e4e]{20})[\u0e30-\u0e3a\u0e45\u0e47-\u0e4e]+")
# Halves of letters, which JSON can spell out and UTF-8 cannot hold.
_SURROGATES = re.compile("[\ud800-\udfff]")


class Lookup(Protocol):
    """Finds a value in a record by the path of a contract."""

    def __call__(self, path: str) -> Any: ...


@dataclass(frozen=True, slots=True)
class OpenRecord:
    """A record whose values can be looked up; ``columns`` are those of its table, where it stands in one."""

    lookup: Lookup
    columns: frozenset[str] | None = None
    is_partial: bool = False

    def lacks(self, places: Sequence[str]) -> bool:
        """Whether the table has no such column at all."""
        return self.columns is not None and self.columns.isdisjoint(places)


def open_record(raw: str, header: str | None, contract: Contract) -> OpenRecord:
    """Opens one record. Raises RejectedRecord or ValueError where that cannot be done."""
    if contract.format in ("geojson", "json", "json_lines"):
        body = raw.strip("\ufeff, \t\r\n")
        content = json.loads(body)
        return OpenRecord(lambda path: _walk(content, path))
    if header is None:
        raise RejectedRecord(Rejection(RejectionCode.NO_HEADER))
    if contract.format == "csv":
        table = Table.of(header, contract)
        row, is_partial = table.row(raw)
    else:
        row, is_partial = first_held(headings_of(header, contract), json.loads(raw)), False
    return OpenRecord(lambda path: row.get(path), frozenset(row), is_partial)


def headings_of(header: str, contract: Contract) -> tuple[str, ...]:
    """The headings of a table, from its heading row as bronze keeps it, as the contract spells them."""
    if contract.format == "csv":
        return Table.of(header, contract).headings
    return matched([str(name).strip() for name in json.loads(header)], contract.named)


def _walk(content: Any, path: str) -> Any:
    for step in path.split("."):
        if isinstance(content, dict):
            content = content.get(step)
        elif isinstance(content, list) and step.isdigit() and int(step) < len(content):
            content = content[int(step)]
        else:
            return None
    return content


def repaired_text(value: Any) -> str:
    """A value as text, its encoding put right; lists by their elements, all else of JSON as it is written there."""
    return repair_encoding(text_of(value))


def text_of(value: Any) -> str:
    """A value as text, its encoding as it came."""
    if value is None:
        return ""
    if isinstance(value, list):
        return ",".join(filter(None, (text_of(one) for one in value)))
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, bool | dict) else str(value)
    return _SURROGATES.sub("\ufffd", _MARK_RUN.sub(r"\1", text)).strip()


def masked_values(raw: str, header: str | None, contract: Contract) -> str:
    """What a contract reads of a record, value by value and masked; what else stands in it may be anything."""
    try:
        record = open_record(raw, header, contract)
        read = [*contract.identity.fields, *(path for rule in contract.fields.values() for path in rule.places)]
        told = {path: mask_value(repaired_text(record.lookup(path))) for path in dict.fromkeys(read)}
    except (RejectedRecord, ValueError, RecursionError):
        return "(it cannot be opened)"
    for target, rule in contract.fields.items():
        if target in TIMES:  # after the digits of a time, a title looks like a count: 10 นาย
            told |= {path: dates.hide_words(told[path]) for path in rule.places}
    for target in ("latitude", "longitude"):
        for path in contract.fields[target].places if target in contract.fields else ():
            told[path] = "[COORDINATE]" if told[path] else ""
    return json.dumps({path: value for path, value in told.items() if value}, ensure_ascii=False)
