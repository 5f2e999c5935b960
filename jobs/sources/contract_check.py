"""``siang source check``: reads an export without Spark and shows each record beside the concern that it becomes.

Nothing is written to the lake.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatch
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

SHOWN_COLUMNS = (
    "submitted_at", "status", "province_code", "district_code", "subdistrict_code", "source_labels", "text",
)  # fmt: skip
_MAX_CELL_LENGTH = 160
_MAX_COLUMN_NAMES = 40


@dataclass
class CheckResult:
    """Counts and sample rows of an export that was read by a contract.

    Attributes:
        parts: pieces by part (record, fault, header, frame, refused).
        reasons: rejected and unreadable records by sentence.
        codes: the same by rejection code.
        flags: usable records by quality flag.
        unknown_labels: usable records by source label that labels.yaml does not contain.
        filled_fields: usable records by column that has a value.
        columns: by heading, how many columns of one table have it.
        concerns: text and time of submission by concern_id.
        unknown_statuses: usable records by status label that the contract does not contain.
        unlike_concerns: concern_id of those with versions that share neither words nor time.
        after_file: usable records that were submitted after the date of the file.
        refusal: why the whole file is refused; empty where it is not.
        hidden: hidden sheets and rows by sentence.
        sample_rows, rejected_rows, unplaced_rows: table cells of the first usable records, the first rejected records
            and the first usable records without a province.
    """

    parts: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    codes: Counter[RejectionCode] = field(default_factory=Counter)
    flags: Counter[str] = field(default_factory=Counter)
    unknown_labels: Counter[str] = field(default_factory=Counter)
    filled_fields: Counter[str] = field(default_factory=Counter)
    columns: Counter[str] = field(default_factory=Counter)
    concerns: dict[str, dict[str, Any]] = field(default_factory=dict)
    unknown_statuses: Counter[str] = field(default_factory=Counter)
    unlike_concerns: set[str] = field(default_factory=set)
    after_file: int = 0
    refusal: str = ""
    hidden: Counter[str] = field(default_factory=Counter)
    sample_rows: list[tuple[str, ...]] = field(default_factory=list)
    rejected_rows: list[tuple[str, ...]] = field(default_factory=list)
    unplaced_rows: list[tuple[str, ...]] = field(default_factory=list)

    @property
    def usable(self) -> int:
        """The number of records that have a concern id, so that the pipeline can use them."""
        return self.filled_fields["concern_id"]


def report(contract_path: Path, export: Path, rows: int) -> Group:
    """Tables and sentences about an export: counts, rejection reasons, and the first ``rows`` records.

    ``contract_path`` is the path of a contract or the id of a source.

    Raises UserError where a file is missing, empty or refused, or has none of the columns that the contract reads.
    """
    if error := wrong_contracts().get(str(contract_path)):
        raise error
    contract = contracts().get(str(contract_path)) or _contract_file(_existing_file(contract_path))
    _existing_file(export)
    observed = archive.observed_at(export.name, contract)
    if contract.version_order.by == "file_name" and observed is None:
        why = archive.undated_reason(export.name, contract)
        raise UserError(f"the name {export.name} {why}", "rename the file, or fix the contract")
    result = read(export.read_bytes(), contract, export.name, rows)
    _raise_if_unusable(result, export.name, contract)
    day = f", observed {observed:%Y-%m-%d %H:%M} UTC" if observed else ""
    return Group(
        _totals_table(result, export.name + day),
        *_name_warnings(export.name, contract),
        *_column_warnings(result, contract),
        *_file_warnings(result),
        _record_table("records and their concerns", SHOWN_COLUMNS, result.sample_rows),
        *([_record_table("rejected", ("reason",), result.rejected_rows)] if result.rejected_rows else []),
        *([_record_table("usable, but without a place", (), result.unplaced_rows)] if result.unplaced_rows else []),
        *_count_tables(result.hidden, "are left out because (sheets or hidden_rows in the contract includes them)"),
        *_count_tables(result.reasons, "would go to the quarantine because"),
        *_count_tables(result.flags, "are usable, but with the flag"),
        *_count_tables(
            result.unknown_statuses, "have a status that the contract does not contain (add it under statuses)"
        ),
        *_count_tables(result.unknown_labels, "have a label that labels.yaml does not contain"),
        _filled_fields_table(result, contract),
    )


def _raise_if_unusable(result: CheckResult, file_name: str, contract: Contract) -> None:
    """Raises UserError where a file is empty, refused, or has no column of the contract."""
    if not result.parts:
        raise UserError(f"{file_name} is empty", "check that the export was made")
    if result.refusal:
        what, _, remedy = result.refusal.rpartition("; ")
        raise UserError(f"{file_name} is refused. {what}", remedy)
    if result.columns and contract.named and contract.named.isdisjoint(result.columns):
        # The first row is not quoted: where it has no headings, it may hold the words of a citizen.
        raise UserError(
            f"{file_name} has none of the columns that the contract names ({', '.join(sorted(contract.named))})",
            f"check that it is an export of this source and a file of the format {contract.format}",
        )


def _existing_file(path: Path) -> Path:
    if not path.is_file():
        raise UserError(
            f"{path} is a folder" if path.is_dir() else f"there is no file {path}", "give the path of a file"
        )
    return path


def _contract_file(path: Path) -> Contract:
    if path.suffix not in (".yaml", ".yml"):
        raise UserError(
            f"{path} is not a contract", "give the contract (.yaml, or the name of a source) first, then the export"
        )
    return read_contract(path)


def read(content: bytes, contract: Contract, name: str, shown: int) -> CheckResult:
    """What ``ingest`` and ``parse`` would read of an export; ``shown`` is how many sample rows of each kind to keep."""
    result = CheckResult()
    observed, now = archive.observed_at(name, contract), datetime.now(UTC)
    headers: dict[str, str] = {}
    labels = load_labels()
    boundaries = load_boundaries(settings().boundary_files)
    key = secrets.token_bytes(32)  # nothing is stored, so any key is good enough
    orders: Counter[str] = Counter()
    open_days: list[_ParsedRecord] = []
    for number, piece in enumerate(read_pieces(content, contract)):
        result.parts[piece.part] += 1
        if piece.part == "header":
            headers[piece.sheet] = piece.raw
        elif piece.part == "frame" and piece.error:
            result.hidden[piece.error] += 1
        elif piece.part == "refused":
            result.refusal = str(piece.error)
        elif piece.part == "fault":
            result.reasons[str(piece.error)] += 1
            result.codes[RejectionCode.UNREADABLE] += 1
            _add_row(result.rejected_rows, shown, number, lambda: "(unreadable)", str(piece.error))
        elif piece.part == "record":
            header = headers.get(piece.sheet)
            masked_values = partial(raw_record.masked_values, piece.raw, header, contract)
            parsed = record_parser.parse(piece.raw, header, contract, observed, number, name, boundaries, key, now)
            orders[str(parsed.shown_order)] += 1
            record = _ParsedRecord(number, masked_values, parsed)
            # An ambiguous day can be judged only when all dates of the file are known.
            if parsed.shown_order == "open" and not parsed.rejections:
                open_days.append(record)
            else:
                _count_record(result, record, observed, labels, shown)
    rejections = [day_order.AMBIGUOUS_DAY] if day_order.has_other_order(orders) else []
    for record in open_days:
        record.parsed.rejections.extend(rejections)
        _count_record(result, record, observed, labels, shown)
    for header in headers.values():
        # The union of counters keeps, for each heading, its highest count in any table of the file.
        result.columns |= Counter(raw_record.headings_of(header, contract))
    return result


@dataclass(frozen=True)
class _ParsedRecord:
    """One record: its number in the file, a function that gives its masked raw values, and its parsed values."""

    number: int
    masked_values: Callable[[], str]
    parsed: record_parser.Parsed


def _count_record(
    result: CheckResult, record: _ParsedRecord, observed: datetime | None, labels: Mapping[str, Any], shown: int
) -> None:
    """Adds a record to the counts and sample rows."""
    number, masked_values, values = record.number, record.masked_values, record.parsed.values
    result.reasons.update(record.parsed.reasons)
    result.codes.update(rejection.code for rejection in record.parsed.rejections)
    if record.parsed.rejections:
        _add_row(result.rejected_rows, shown, number, masked_values, " ".join(record.parsed.reasons))
        return
    _count_concern(result, values)
    if values.get("status") == UNKNOWN_STATUS:
        result.unknown_statuses[values["status_label"]] += 1
    result.flags.update(values.get("quality_flags", []))
    result.unknown_labels.update(label for label in values.get("source_labels", []) if label not in labels)
    result.filled_fields.update(target for target, value in values.items() if value not in (None, [], ""))
    # A file that is named by its month may contain concerns up to the end of the month.
    result.after_file += observed is not None and values["submitted_at"] > observed + timedelta(days=33)
    _add_row(result.sample_rows, shown, number, masked_values, *[values.get(column, "") for column in SHOWN_COLUMNS])
    if "province_code" not in values:
        _add_row(result.unplaced_rows, shown, number, masked_values)


def _count_concern(result: CheckResult, values: dict[str, Any]) -> None:
    """Adds a concern; where an earlier version shares neither words nor time with this one, notes its id."""
    concern_id = values["concern_id"]
    former = result.concerns.get(concern_id)
    if former is not None and are_unlike(former, values):
        result.unlike_concerns.add(concern_id)
    if former is None or values.get("text"):
        result.concerns[concern_id] = {name: values.get(name) for name in ("text", "submitted_at")}


def _add_row(
    rows: list[tuple[str, ...]], limit: int, number: int, masked_values: Callable[[], str], *cells: object
) -> None:
    """Adds a row to show, up to ``limit`` rows; long cells are cut."""
    if len(rows) < limit:
        rows.append((str(number), _cut(masked_values()), *[_cut(str(cell)) for cell in cells]))


def _cut(text: str) -> str:
    return text if len(text) <= _MAX_CELL_LENGTH else f"{text[:_MAX_CELL_LENGTH]}…"


def _name_warnings(file_name: str, contract: Contract) -> list[str]:
    """A sentence about a file that ``siang land`` would leave in the landing folder."""
    if fnmatch(file_name, contract.files):
        return []
    return [
        escape(
            f"The contract does not land a file of this name: {file_name} does not match {contract.files} "
            "(files in the contract)."
        )
    ]


def _file_warnings(result: CheckResult) -> list[str]:
    """Sentences about the file that no single record shows."""
    lines: list[str] = []
    if repeated := result.usable - len(result.concerns):
        lines.append(f"{repeated:,} usable records are later versions of a concern that the file already contains.")
    if result.unlike_concerns:
        lines.append(
            f"{len(result.unlike_concerns):,} concerns have versions that share neither words nor time: check that "
            "the ids are complete and that identity in the contract names the right field."
        )
    if other := result.codes[RejectionCode.OTHER_DAY_ORDER]:
        lines.append(
            f"{other:,} dates have a month where the contract has the day, and "
            f"{result.codes[RejectionCode.AMBIGUOUS_DAY]:,} may mean two days: "
            "check day_order in the contract before you land the file."
        )
    if result.after_file:
        lines.append(
            f"{result.after_file:,} records are submitted after the date of the file: check calendar in the contract."
        )
    return lines


def _totals_table(result: CheckResult, title: str) -> Table:
    table = Table("records", "of them unreadable", "usable", "concerns", "frame", title=title)
    total, frame = result.parts["record"] + result.parts["fault"], result.parts["frame"] + result.parts["header"]
    cells = (total, result.parts["fault"], result.usable, len(result.concerns), frame)
    table.add_row(*[f"{cell:,}" for cell in cells])
    return table


def _column_warnings(result: CheckResult, contract: Contract) -> list[str]:
    """Sentences about columns that the file lacks, has twice, or has in addition to those of the contract."""
    if not result.columns:
        return []
    lines: list[str] = []
    others = sorted(set(result.columns) - contract.named - {""})
    for name in sorted(contract.named - set(result.columns)):
        differing = difference(name, [_cut(mask_value(one)) for one in others])
        lines.append(f"The file has no column {name}, which the contract names{differing and '; ' + differing}.")
    for name in sorted(name for name in contract.named if result.columns[name] > 1):
        lines.append(
            f"{result.columns[name]} columns have the heading {name}: in each record the first of them that is not "
            "empty is read."
        )
    if others:
        names = [_cut(mask_value(name)) for name in others[:_MAX_COLUMN_NAMES]]
        more = f" and {len(others) - _MAX_COLUMN_NAMES:,} more" if len(others) > _MAX_COLUMN_NAMES else ""
        lines.append(f"The contract does not read these columns: {', '.join(names)}{more}.")
    return [escape(line) for line in lines]


def _record_table(title: str, columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> Table:
    """Raw records, each beside its parsed columns; numbered from 0, titles and headings included."""
    table = Table("record", "values that the contract reads (masked)", *columns, title=title)
    for row in rows:
        table.add_row(*[escape(cell) for cell in row])
    return table


def _count_tables(counts: Counter[str], heading: str) -> list[Table]:
    table = Table("records", heading)
    for name, count in counts.most_common(20):
        table.add_row(f"{count:,}", escape(name))
    return [table] if counts else []


def _filled_fields_table(result: CheckResult, contract: Contract) -> Table:
    """How many usable records have a value in each field: a field that is always empty may have a wrong heading."""
    table = Table("usable records with a value", "field")
    columns = {"labels": "source_labels", "province": "province_code", "district": "district_code",
               "subdistrict": "subdistrict_code", "address": "province_code", "area_code": "province_code"}  # fmt: skip
    for target in contract.fields:
        note = " (a province was found)" if columns.get(target) == "province_code" else ""
        table.add_row(f"{result.filled_fields[columns.get(target, target)]:,}", target + note)
    return table
