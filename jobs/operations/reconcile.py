"""reconcile: proves that nothing is lost, from the archived bytes to the tables.

For every file, the pieces in bronze cover the decoded file without gaps and have the same content, and its records =
versions + repeats + quarantine (open or dismissed) + erased. The archive is decoded here independently of the readers,
so that an error of a reader is found.
"""

from __future__ import annotations

import gzip
import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from jobs.sources import valid_contracts
from jobs.sources.readers.encoding import with_encoding
from jobs.sources.readers.unpack import LARGEST
from lake import archive, files
from lake.ledger import FILE_KEY
from lake.settings import settings
from schemas.contract_files import contracts, wrong_contracts
from schemas.contracts import Contract

_AS_READ = ("fault", "refused")  # pieces that could not be decoded cannot be compared
COUNTS = ("records", "versions", "repeats", "quarantined", "erased")


@dataclass(frozen=True)
class Account:
    """The number of records of a source, and of their results."""

    source_id: str
    files: int
    refused: int
    records: int
    versions: int
    repeats: int
    quarantined: int
    erased: int

    @property
    def difference(self) -> int:
        """The records that are in none of the other counts; 0 if the account is correct."""
        return self.records - self.versions - self.repeats - self.quarantined - self.erased


@dataclass(frozen=True)
class Proof:
    """The accounts of all sources, and a sentence for each file with a difference."""

    accounts: list[Account]
    problems: list[str]
    pending: int

    @property
    def is_exact(self) -> bool:
        """Whether there are no problems, no pending files and no differences."""
        return not self.problems and not self.pending and not any(a.difference for a in self.accounts)


def reconcile(spark: SparkSession) -> Proof:
    """Checks every file. Reads the archive, bronze and silver; writes nothing."""
    counted = count_by_file(spark).collect()
    ledger = {(row.source_id, row.file_sha256): row for row in spark.table("bronze.files").collect()}
    problems = [
        f"{ledger[row.source_id, row.file_sha256].path}: {row.records} records, but "
        f"{row.versions} versions, {row.repeats} repeats, {row.quarantined} quarantined, {row.erased} erased."
        for row in counted
        if (row.source_id, row.file_sha256) in ledger
        and row.records != row.versions + row.repeats + row.quarantined + row.erased
    ]
    problems += [
        f"Rows of a file that the ledger does not have: {row.file_sha256[:12]}."
        for row in counted
        if (row.source_id, row.file_sha256) not in ledger
    ]
    problems += [
        f"{ledger[row.source_id, row.file_sha256].path}: {row.problem}" for row in bytes_that_differ(spark).collect()
    ]
    archived = {
        (s.source_id, s.file_sha256)
        for source in [*contracts(), *wrong_contracts()]
        for s in archive.observations(source)
    }
    accounts = [_account(source_id, counted, ledger) for source_id in sorted({key[0] for key in ledger})]
    return Proof(accounts, sorted(problems), len(archived - set(ledger)))


def _account(source_id: str, counted: list[Any], ledger: dict[tuple[str, str], Any]) -> Account:
    rows = [row for row in counted if row.source_id == source_id]
    mine = [row for row in ledger.values() if row.source_id == source_id]
    sums = {name: sum(row[name] for row in rows) for name in COUNTS}
    return Account(
        source_id=source_id,
        files=sum(row.file_status == "ingested" for row in mine),
        refused=sum(row.file_status == "refused" for row in mine),
        **sums,
    )


def count_by_file(spark: SparkSession) -> DataFrame:
    """One row per file: records, versions, repeats, quarantined, erased."""
    bronze = spark.table("bronze.records").where("part in ('record', 'fault')")
    used_by = {
        "records": bronze,
        "versions": spark.table("silver.concern_versions"),
        "repeats": spark.table("silver.version_repeats"),
        "quarantined": spark.table("silver.quarantine").where("state in ('open', 'dismissed')"),
        "erased": bronze.where("is_erased"),
    }
    parts = [frame.select(*FILE_KEY, F.lit(name).alias("_as")) for name, frame in used_by.items()]
    everything = parts[0]
    for part in parts[1:]:
        everything = everything.unionByName(part)
    sums = [F.count_if(F.col("_as") == name).alias(name) for name in COUNTS]
    return everything.groupBy(*FILE_KEY).agg(*sums)


def bytes_that_differ(spark: SparkSession) -> DataFrame:
    """Files whose pieces do not cover them or differ from their bytes: source, file, problem."""
    known = spark.table("bronze.files").where("file_status = 'ingested'").select(*FILE_KEY)
    pieces = spark.table("bronze.records").select(
        *FILE_KEY, "record_number", "part", "sheet", "span_start", "span_end", "raw", "is_erased"
    )
    # An empty file, which has no pieces, is checked too.
    present = known.join(pieces, FILE_KEY, "left")
    schema = "source_id string, file_sha256 string, problem string"
    check = _checker(settings().archive, valid_contracts.last_valid())
    return present.groupBy(*FILE_KEY).applyInArrow(check, schema)


def _checker(root: str, known: dict[str, Contract]) -> Callable[[pa.Table], pa.Table]:
    def check(table: pa.Table) -> pa.Table:
        rows = sorted(
            (row for row in table.to_pylist() if row["record_number"] is not None),
            key=lambda row: row["record_number"],
        )
        source_id, sha = table.column("source_id")[0].as_py(), table.column("file_sha256")[0].as_py()
        address = archive.data_address(source_id, sha, root)
        content = files.read_bytes(address) if files.exists(address) else None
        contract = known.get(source_id)
        problem = problem_of(rows, content, contract) if contract else "its source has no contract."
        found = [(source_id, sha, problem)] if problem else []
        return pa.table(
            {
                name: pa.array([row[i] for row in found], pa.string())
                for i, name in enumerate(("source_id", "file_sha256", "problem"))
            }
        )

    return check


def problem_of(rows: list[dict[str, Any]], content: bytes | None, contract: Contract) -> str | None:
    """What is wrong with the pieces of a file, or None.

    Args:
        rows: pieces in the order of record_number, as bronze.records has them.
        content: the file as it landed; None where an erasure removed it from the archive.
    """
    ends: dict[str, int] = {}
    for expected, row in enumerate(rows):
        if row["record_number"] != expected:
            return f"piece {expected} is missing."
        if row["span_start"] != ends.get(row["sheet"], 0):
            return f"piece {expected} begins at {row['span_start']}, not at {ends.get(row['sheet'], 0)}."
        ends[row["sheet"]] = row["span_end"]
    if content is None:
        return None
    if contract.format == "xlsx":
        return _workbook_problem(rows, content, sum(ends.values()))
    plain = _decompressed(content)
    if plain is None:  # the compression is broken, which a fault piece records, so nothing can be compared
        return None
    if ends.get("", 0) != len(plain):
        return f"its pieces end at {ends.get('', 0)}, the file at {len(plain)}."
    return _content_problem(rows, plain, with_encoding(contract, plain))


def _workbook_problem(rows: list[dict[str, Any]], content: bytes, row_count: int) -> str | None:
    if any(row["part"] == "fault" and row["span_end"] == 1 and not row["raw"] for row in rows):
        return None  # a fault piece records that a sheet or the whole workbook cannot be opened
    written = _rows_written(content)
    if written is not None and row_count < written:
        return f"its sheets have {written} rows, its pieces {row_count}."
    return None


def _content_problem(rows: list[dict[str, Any]], plain: bytes, contract: Contract) -> str | None:
    """The first piece whose text differs from the bytes of the file."""
    # The text of an outer record includes its bytes after the inner records; the piece at their position is empty.
    ends_of_outer: list[bytes] = []
    for row in rows:
        expected = plain[row["span_start"] : row["span_end"]]
        actual = b"" if row["is_erased"] or row["part"] in _AS_READ else row["raw"].encode(contract.encoding)
        is_empty_frame = row["part"] == "frame" and not actual
        if row["is_erased"]:
            ends_of_outer.clear()
        elif row["part"] in _AS_READ or actual == expected:
            continue
        elif row["part"] == "record" and contract.nested and actual.startswith(expected):
            ends_of_outer.append(actual[len(expected) :])
        elif is_empty_frame and ends_of_outer:
            if ends_of_outer.pop() != expected:
                return f"piece {row['record_number']} differs from the record around it."
        elif not (is_empty_frame and contract.nested):
            return f"piece {row['record_number']} differs from the file."
    return None


def _decompressed(content: bytes) -> bytes | None:
    """The decompressed bytes of a file; None where that fails, which a fault piece records."""
    try:
        if content.startswith(b"\x1f\x8b"):
            with gzip.open(io.BytesIO(content)) as packed:
                plain = packed.read(LARGEST + 1)
            return plain if len(plain) <= LARGEST else None
        if content.startswith(b"PK\x03\x04"):
            with zipfile.ZipFile(io.BytesIO(content)) as packed:
                names = [one.filename for one in packed.infolist() if not one.is_dir()]
                if len(names) != 1 or packed.getinfo(names[0]).file_size > LARGEST:
                    return None
                return packed.read(names[0])
    except Exception:
        return None
    return content if len(content) <= LARGEST else None


def _rows_written(content: bytes) -> int | None:
    """Rows of all sheets up to the last row with a value, read from the XML of the workbook."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as workbook:
            sheets = [name for name in workbook.namelist() if re.fullmatch(r"xl/worksheets/[^/]+\.xml", name)]
            total = 0
            for name in sheets:
                # A cell with only a format is written too, without a value.
                cells = re.findall(rb'<c r="[A-Z]+(\d+)"[^<>/]*>(?!</c>)', workbook.read(name))
                total += max((int(cell) for cell in cells), default=0)
            return total
    except Exception:
        return None
