"""Of a table put together from several exports each record is read by the last headings above it, in Spark too."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from jobs.pipeline import parse
from jobs.sources.readers.file import read_pieces
from lake.tables import empty_like
from schemas.contract_files import contracts

pytestmark = pytest.mark.spark

CONTENT = (
    "ticket_id,type,description,timestamp,last_activity,state\n"
    "2025-AAAAA1,ถนน,ไฟดับ,2025-01-05 09:00:00,2025-01-05 09:00:00,เสร็จสิ้น\n"
    "description,ticket_id,last_activity,timestamp,type\n"
    "น้ำไม่ไหล,2025-AAAAA2,2025-01-06 09:00:00,2025-01-06 09:00:00,ประปา\n"
)


def test_a_record_stands_under_the_last_headings_before_it(spark):
    contract = contracts()["traffy_csv"]
    rows = [
        {"source_id": "traffy_csv", "file_sha256": "f", "record_number": number, "part": one.part, "sheet": one.sheet,
         "span_start": one.start, "span_end": one.end, "raw": one.raw, "error": one.error, "is_erased": False,
         "batch_id": 1}
        for number, one in enumerate(read_pieces(CONTENT.encode(), contract))
    ]  # fmt: skip
    assert [row["part"] for row in rows] == ["header", "record", "header", "record"]
    bronze, files = empty_like("bronze.records"), empty_like("bronze.files")
    raw = spark.createDataFrame([tuple(row.get(name) for name in bronze.names) for row in rows], bronze)
    file = {"source_id": "traffy_csv", "file_sha256": "f", "observed_at": datetime(2025, 2, 1, tzinfo=UTC)}
    ledger = spark.createDataFrame([tuple(file.get(name) for name in files.names)], files)
    found = parse.parse_records(raw, ledger, 2).orderBy("record_number").collect()
    assert [(row.reasons, row.source_record_id, row.text) for row in found] == [
        ([], "2025-AAAAA1", "ไฟดับ"),
        ([], "2025-AAAAA2", "น้ำไม่ไหล"),
    ]
