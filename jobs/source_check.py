"""source check: rows in and concerns out, side by side, before a source goes live. No Spark, nothing is kept."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from rich.console import Group
from rich.table import Table

from jobs import records
from jobs.ingest import read_pieces
from lake import archive
from lake.faults import Fault
from nlp.mask import mask
from nlp.normalise import normalise
from schemas.contracts import read_contract

SHOWN = ("submitted_at", "status", "province_code", "district_code", "source_labels", "text")


def report(contract_path: Path, export: Path, rows: int) -> Group:
    """Counts, reasons and the first concerns of an export. Raises Fault where a file is missing or empty."""
    for path in (contract_path, export):
        if not path.is_file():
            raise Fault(f"there is no file {path}", "check the path")
    contract = read_contract(contract_path)
    observed = archive.observed_at(export.name, contract)
    if contract.version_order.by == "file_name" and observed is None:
        pattern = contract.version_order.pattern
        raise Fault(f"the name {export.name} has no date that {pattern} finds", "rename the file, or mend the pattern")
    parts: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    headers: dict[str, str] = {}
    concerns: set[str] = set()
    preview = Table("record", "as it came (masked)", *SHOWN, title="rows in, concerns out")
    for number, piece in enumerate(read_pieces(export.read_bytes(), contract)):
        parts[piece.part] += 1
        if piece.part == "header":
            headers[piece.sheet] = piece.raw
        elif piece.part == "fault":
            reasons[str(piece.error)] += 1
        elif piece.part == "record":
            parsed = records.parse(piece.raw, headers.get(piece.sheet), contract, observed, number, "export")
            reasons.update(parsed.reasons)
            if parsed.reasons:
                continue
            concerns.add(parsed.values["concern_id"])
            if preview.row_count < rows:
                came = mask(normalise(piece.raw))[0][:160]
                preview.add_row(str(number), came, *[str(parsed.values.get(name, ""))[:160] for name in SHOWN])
    if not parts:
        raise Fault(f"{export.name} is empty", "check that the export was made")
    counts = Table("records", "of them unreadable", "concerns", "frame", title=export.name)
    total = parts["record"] + parts["fault"]
    counts.add_row(str(total), str(parts["fault"]), str(len(concerns)), str(parts["frame"] + parts["header"]))
    refused = Table("records", "would go to the quarantine because", title="refused")
    for reason, count in reasons.most_common(20):
        refused.add_row(str(count), reason)
    return Group(counts, preview, refused)
