"""Every parsed record is exactly one of: a version, a repeat, quarantined, erased."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from jobs.pipeline import parse

pytestmark = pytest.mark.spark
TIME = datetime(2025, 1, 1, tzinfo=UTC)


def row(number: int, concern: str | None, content: str | None, reasons: list[str] | None = None):
    schema = parse.parsed_schema()
    values = {
        "source_id": "s", "file_sha256": "f", "record_number": number, "concern_id": concern, "content_hash": content,
        "version_at": TIME, "version_number": number, "reasons": reasons or [],
    }  # fmt: skip
    return tuple(values.get(name) for name in schema.names)


def test_records_are_split_without_a_loss(spark):
    parsed = [
        row(0, "a", "1"), row(1, "a", "1"), row(2, "a", "2"), row(3, "a", "1"),
        row(4, "b", "1"), row(5, "b", "9"),
        row(6, "gone", "1"), row(7, "gone", "2"),
        row(8, None, None, ["It has no id of its own (field id)."]),
        row(9, None, None, ["The line is not a JSON object; it may be cut off."]),
        row(10, "a", None, ["It has no text (field text)."]), row(11, "gone", None, ["It has no text (field text)."]),
    ]  # fmt: skip
    versions, repeats, quarantined, erased = parse.split_by_outcome(
        spark.createDataFrame(parsed, parse.parsed_schema()),
        spark.createDataFrame([("b", "9")], "concern_id string, content_hash string"),
        spark.createDataFrame([("gone",)], "concern_id string"),
    )

    def numbers(frame):
        return sorted(found.record_number for found in frame.select("record_number").collect())

    assert numbers(versions) == [0, 2, 4]
    assert numbers(repeats) == [1, 3, 5]
    assert numbers(quarantined) == [8, 9, 10]
    assert numbers(erased) == [6, 7, 11]
