"""source check: rows in and concerns out, side by side, before a source goes live. No Spark, nothing is kept."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Group
from rich.markup import escape
from rich.table import Table

from jobs.sources import day_order, raw_record, record_parser
from jobs.sources.boundaries import load as load_boundaries
from jobs.sources.readers.file import read_pieces
from jobs.sources.readers.headings import difference
from jobs.sources.statuses import UNKNOWN_STATUS
from jobs.sources.unlike_versions import are_unlike
from lake import archive
from lake.settings import settings
from nlp.mask.values import mask_value
from schemas.contract_files import contracts, read_contract, wrong_contracts
from schemas.contracts import Contract
from schemas.errors import UserError
from schemas.rejections import RejectionCode
from schemas.topics import load_labels

SHOWN = (
    "submitted_at", "status", "province_code", "district_code", "subdistrict_code", "source_labels", "text",
)  # fmt: skip
_LONGEST = 160
_MOST_NAMED = 40


@dataclass
class Findings:
    """What an export holds, read by a contract."""

    parts: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    codes: Counter[RejectionCode] = field(default_factory=Counter)
    flags: Counter[str] = field(default_factory=Counter)
    unmapped: Counter[str] = field(default_factory=Counter)
    filled: Counter[str] = field(default_factory=Counter)
    columns: Counter[str] = field(default_factory=Counter)
    concerns: dict[str, dict[str, Any]] = field(default_factory=dict)
    unknown: Counter[str] = field(default_factory=Counter)
    unlike: set[str] = field(default_factory=set)
    after_file: int = 0
    refusal: str = ""
    notes: Counter[str] = field(default_factory=Counter)
    samples: list[tuple[str, ...]] = field(default_factory=list)
    refused: list[tuple[str, ...]] = field(default_factory=list)
    unplaced: list[tuple[str, ...]] = field(default_factory=list)

    @property
    def usable(self) -> int:
        return self.filled["concern_id"]


def report(contract_path: Path, export: Path, rows: int) -> Group:
    """Counts, reasons and the first concerns of an export, by a contract or by that of a source that is known.

    Raises UserError where a file is missing, empty, or has nothing that the contract reads.
    """
    if error := wrong_contracts().get(str(contract_path)):
        raise error
    contract = contracts().get(str(contract_path)) or _contract(_file(contract_path))
    _file(export)
    observed = archive.observed_at(export.name, contract)
    if contract.version_order.by == "file_name" and observed is None:
        why = archive.undated_reason(export.name, contract)
        raise UserError(f"the name {export.name} {why}", "rename the file, or mend the contract")
    found = read(export.read_bytes(), contract, export.name, rows)
    if not found.parts:
        raise UserError(f"{export.name} is empty", "check that the export was made")
    if found.refusal:
        what, _, mend = found.refusal.rpartition("; ")
        raise UserError(f"{export.name} is refused. {what}", mend)
    if found.columns and contract.named and contract.named.isdisjoint(found.columns):
        # What stands in the place of its headings may be anything, also the words of a citizen.
        raise UserError(
            f"{export.name} has none of the columns that the contract names ({', '.join(sorted(contract.named))})",
            f"check that it is an export of this source and a file of the format {contract.format}",
        )
    day = f", observed {observed:%Y-%m-%d %H:%M} UTC" if observed else ""
    return Group(
        _counts(found, export.name + day),
        *_columns(found, contract),
        *_told(found),
        _beside("rows in, concerns out", SHOWN, found.samples),
        *([_beside("refused", ("why",), found.refused)] if found.refused else []),
        *([_beside("usable, but no place was found", (), found.unplaced)] if found.unplaced else []),
        *_counted(found.notes, "are left out because (sheets or hidden_rows in the contract reads them)"),
        *_counted(found.reasons, "would go to the quarantine because"),
        *_counted(found.flags, "are usable, but with the flag"),
        *_counted(found.unknown, "have a status that the contract does not know (add it under statuses)"),
        *_counted(found.unmapped, "have a label that schemas/labels.yaml does not know"),
        _filled(found, contract),
    )


def _file(path: Path) -> Path:
    if not path.is_file():
        raise UserError(
            f"{path} is a folder" if path.is_dir() else f"there is no file {path}", "give the path of a file"
        )
    return path


def _contract(path: Path) -> Contract:
    if path.suffix not in (".yaml", ".yml"):
        raise UserError(
            f"{path} is no contract", "give the contract (.yaml, or the name of a source) first, then the export"
        )
    return read_contract(path)


def read(content: bytes, contract: Contract, name: str, shown: int) -> Findings:
    """Reads an export as ingest and refine would."""
    found = Findings()
    observed, now = archive.observed_at(name, contract), datetime.now(UTC)
    headers: dict[str, str] = {}
    known = load_labels()
    boundaries = load_boundaries(settings().boundary_files)
    key = secrets.token_bytes(32)  # a check keeps nothing, so any key will do
    orders: Counter[str] = Counter()
    open_days: list[_Read] = []
    for number, piece in enumerate(read_pieces(content, contract)):
        found.parts[piece.part] += 1
        if piece.part == "header":
            headers[piece.sheet] = piece.raw
        elif piece.part == "frame" and piece.error:
            found.notes[piece.error] += 1
        elif piece.part == "refused":
            found.refusal = str(piece.error)
        elif piece.part == "fault":
            found.reasons[str(piece.error)] += 1
            found.codes[RejectionCode.UNREADABLE] += 1
            _keep(found.refused, shown, number, lambda: "(unreadable)", str(piece.error))
        elif piece.part == "record":
            header = headers.get(piece.sheet)
            came = partial(raw_record.masked_values, piece.raw, header, contract)
            parsed = record_parser.parse(piece.raw, header, contract, observed, number, name, boundaries, key, now)
            orders[str(parsed.shown_order)] += 1
            one = _Read(number, came, parsed)
            # Whether a day that may be two is read, all other dates of the file decide.
            if parsed.shown_order == "open" and not parsed.rejections:
                open_days.append(one)
            else:
                _take(found, one, observed, known, shown)
    held = [day_order.AMBIGUOUS_DAY] if day_order.has_other_order(orders) else []
    for one in open_days:
        one.parsed.rejections.extend(held)
        _take(found, one, observed, known, shown)
    for header in headers.values():
        # Over all tables of the file, the most columns that one heading stands over in any of them.
        found.columns |= Counter(raw_record.headings_of(header, contract))
    return found


@dataclass(frozen=True)
class _Read:
    """One record as it was read: its number, how to show it as it came, and what it says."""

    number: int
    came: Callable[[], str]
    parsed: record_parser.Parsed


def _take(found: Findings, one: _Read, observed: datetime | None, known: Mapping[str, Any], shown: int) -> None:
    """Counts a record among what was found."""
    number, came, values = one.number, one.came, one.parsed.values
    found.reasons.update(one.parsed.reasons)
    found.codes.update(rejection.code for rejection in one.parsed.rejections)
    if one.parsed.rejections:
        _keep(found.refused, shown, number, came, " ".join(one.parsed.reasons))
        return
    _compare(found, values)
    if values.get("status") == UNKNOWN_STATUS:
        found.unknown[values["status_label"]] += 1
    found.flags.update(values.get("quality_flags", []))
    found.unmapped.update(label for label in values.get("source_labels", []) if label not in known)
    found.filled.update(target for target, value in values.items() if value not in (None, [], ""))
    # A file that is named by its month may hold what came until the month's end.
    found.after_file += observed is not None and values["submitted_at"] > observed + timedelta(days=33)
    _keep(found.samples, shown, number, came, *[values.get(column, "") for column in SHOWN])
    if "province_code" not in values:
        _keep(found.unplaced, shown, number, came)


def _compare(found: Findings, values: dict[str, Any]) -> None:
    """Counts a concern, or a version of one that shares neither words nor time with the one before."""
    concern_id = values["concern_id"]
    former = found.concerns.get(concern_id)
    if former is not None and are_unlike(former, values):
        found.unlike.add(concern_id)
    if former is None or values.get("text"):
        found.concerns[concern_id] = {name: values.get(name) for name in ("text", "submitted_at")}


def _keep(rows: list[tuple[str, ...]], most: int, number: int, came: Callable[[], str], *became: object) -> None:
    """Keeps one more row to show, while there are not enough; what is long is cut."""
    if len(rows) < most:
        rows.append((str(number), _cut(came()), *[_cut(str(one)) for one in became]))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _told(found: Findings) -> list[str]:
    """What is no fault of any record alone."""
    lines: list[str] = []
    if again := found.usable - len(found.concerns):
        lines.append(f"{again:,} usable records are of a concern that the file has already: later versions of it.")
    if found.unlike:
        lines.append(
            f"{len(found.unlike):,} concerns have versions that share neither words nor time: check that the ids are "
            "whole and that identity in the contract names the right field."
        )
    if other := found.codes[RejectionCode.OTHER_DAY_ORDER]:
        lines.append(
            f"{other:,} dates have a month where the contract has the day, and "
            f"{found.codes[RejectionCode.AMBIGUOUS_DAY]:,} may mean two days: look at day_order before it is landed."
        )
    if found.after_file:
        lines.append(f"{found.after_file:,} records are submitted after the day of the file: look at the calendar.")
    return lines


def _counts(found: Findings, title: str) -> Table:
    table = Table("records", "of them unreadable", "usable", "concerns", "frame", title=title)
    total, frame = found.parts["record"] + found.parts["fault"], found.parts["frame"] + found.parts["header"]
    cells = (total, found.parts["fault"], found.usable, len(found.concerns), frame)
    table.add_row(*[f"{cell:,}" for cell in cells])
    return table


def _columns(found: Findings, contract: Contract) -> list[str]:
    """Headings that the contract names and the file lacks, and those that it has and nobody reads."""
    if not found.columns:
        return []
    lines: list[str] = []
    others = sorted(set(found.columns) - contract.named - {""})
    for name in sorted(contract.named - set(found.columns)):
        differing = difference(name, [_cut(mask_value(one)) for one in others])
        lines.append(f"The file has no column {name}, which the contract names{differing and '; ' + differing}.")
    for name in sorted(name for name in contract.named if found.columns[name] > 1):
        lines.append(
            f"The heading {name} stands over {found.columns[name]} columns: of each record the first of them that "
            "holds anything is read."
        )
    if others:
        names = [_cut(mask_value(name)) for name in others[:_MOST_NAMED]]
        more = f" and {len(others) - _MOST_NAMED:,} more" if len(others) > _MOST_NAMED else ""
        lines.append(f"The contract reads nothing from {', '.join(names)}{more}.")
    return [escape(line) for line in lines]


def _beside(title: str, became: tuple[str, ...], rows: list[tuple[str, ...]]) -> Table:
    """Records as they came, each beside what became of it; numbered from 0, titles and headings included."""
    table = Table("record", "what the contract reads of it (mask_value)", *became, title=title)
    for row in rows:
        table.add_row(*[escape(cell) for cell in row])
    return table


def _counted(counts: Counter[str], heading: str) -> list[Table]:
    table = Table("records", heading)
    for name, count in counts.most_common(20):
        table.add_row(f"{count:,}", escape(name))
    return [table] if counts else []


def _filled(found: Findings, contract: Contract) -> Table:
    """How many usable records have something in each field: one that is always empty has a wrong heading."""
    table = Table("usable records with it", "field")
    columns = {"labels": "source_labels", "province": "province_code", "district": "district_code",
               "subdistrict": "subdistrict_code", "address": "province_code", "area_code": "province_code"}  # fmt: skip
    for target in contract.fields:
        placed = " (a province was found)" if columns.get(target) == "province_code" else ""
        table.add_row(f"{found.filled[columns.get(target, target)]:,}", target + placed)
    return table
