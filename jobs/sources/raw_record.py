"""Opens a raw record and gives its values by the paths of a contract."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from jobs.sources.readers.headings import first_filled_cells, match_headings
from jobs.sources.readers.table import Table
from nlp import dates
from nlp.encoding_repair import repair_encoding
from nlp.mask.values import mask_value
from schemas.contracts import TIMES, Contract
from schemas.rejections import RejectedRecordError, Rejection, RejectionCode

# A Thai letter has at most two marks. Longer runs mean nothing, and normalising very long ones takes minutes.
_MARK_RUN = re.compile("([\u0e30-\u0e3a\u0e45\u0e47-\u0e4e]{20})[\u0e30-\u0e3a\u0e45\u0e47-\u0e4e]+")
# Lone surrogates: JSON can escape them, UTF-8 cannot encode them.
_SURROGATES = re.compile("[\ud800-\udfff]")


class Lookup(Protocol):
    """Gives the value of a record at a path of the contract; None where there is none."""

    def __call__(self, path: str) -> Any:
        """The value at ``path``, or None."""
        ...


@dataclass(frozen=True, slots=True)
class OpenRecord:
    """A record whose values can be looked up.

    Attributes:
        columns: the columns of its table; None for JSON.
        is_partial: whether the beginning of its row is lost.
    """

    lookup: Lookup
    columns: frozenset[str] | None = None
    is_partial: bool = False

    def lacks(self, places: Sequence[str]) -> bool:
        """Whether the table has no such column at all."""
        return self.columns is not None and self.columns.isdisjoint(places)


def open_record(raw: str, header: str | None, contract: Contract) -> OpenRecord:
    """Opens one record. Raises RejectedRecordError or ValueError where it cannot be opened."""
    if contract.format in ("geojson", "json", "json_lines"):
        body = raw.strip("\ufeff, \t\r\n")
        content = json.loads(body)
        return OpenRecord(lambda path: _value_at(content, path))
    if header is None:
        raise RejectedRecordError(Rejection(RejectionCode.NO_HEADER))
    if contract.format == "csv":
        table = Table.of(header, contract)
        row, is_partial = table.row(raw)
    else:
        row, is_partial = first_filled_cells(headings_of(header, contract), json.loads(raw)), False
    return OpenRecord(lambda path: row.get(path), frozenset(row), is_partial)


def headings_of(header: str, contract: Contract) -> tuple[str, ...]:
    """The headings of a table, from its raw heading row; those that match the contract are spelt as there."""
    if contract.format == "csv":
        return Table.of(header, contract).headings
    return match_headings([str(name).strip() for name in json.loads(header)], contract.named)


def _value_at(content: Any, path: str) -> Any:
    for step in path.split("."):
        if isinstance(content, dict):
            content = content.get(step)
        elif isinstance(content, list) and step.isdigit() and int(step) < len(content):
            content = content[int(step)]
        else:
            return None
    return content


def repaired_text(value: Any) -> str:
    """A value as ``text_of`` gives it, with its encoding repaired."""
    return repair_encoding(text_of(value))


def text_of(value: Any) -> str:
    """A value as text, its encoding unchanged: elements of a list separated by commas, objects as JSON."""
    if value is None:
        return ""
    if isinstance(value, list):
        return ",".join(filter(None, (text_of(one) for one in value)))
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, bool | dict) else str(value)
    return _SURROGATES.sub("\ufffd", _MARK_RUN.sub(r"\1", text)).strip()


def masked_values(raw: str, header: str | None, contract: Contract) -> str:
    """The values of a record that its contract reads, each masked, as JSON. Other values are left out."""
    try:
        record = open_record(raw, header, contract)
        paths = [*contract.identity.fields, *(path for rule in contract.fields.values() for path in rule.places)]
        values = {path: mask_value(repaired_text(record.lookup(path))) for path in dict.fromkeys(paths)}
    except (RejectedRecordError, ValueError, RecursionError):
        return "(it cannot be opened)"
    for target, rule in contract.fields.items():
        if target in TIMES:  # after the digits of a time, a title looks like a unit of counting: 10 นาย
            values |= {path: dates.hide_words(values[path]) for path in rule.places}
    for target in ("latitude", "longitude"):
        for path in contract.fields[target].places if target in contract.fields else ():
            values[path] = "[COORDINATE]" if values[path] else ""
    return json.dumps({path: value for path, value in values.items() if value}, ensure_ascii=False)
