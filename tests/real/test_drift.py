"""Real dumps in schemas that drifted, one of them broken, through the contract of the dumps. Without Spark."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from jobs.sources.readers.file import read_pieces
from jobs.sources.record_parser import parse
from schemas.contract_files import contracts
from tests.reading import problem_with

DUMP = contracts()["traffy_dump"]
OBSERVED = datetime(2025, 6, 1, tzinfo=UTC)  # drift files have names without a day


@pytest.fixture(scope="module")
def drift(data: Path) -> Path:
    folder = data / "drift"
    if not folder.is_dir():
        pytest.skip(f"no files that drifted: {folder} is not there")
    return folder


def outcomes(path: Path) -> tuple[Counter[str], Counter[str]]:
    """How many rows became whole or realigned versions, faults or refusals; and why, in the first words."""
    content, found, reasons = path.read_bytes(), Counter[str](), Counter[str]()
    pieces = list(read_pieces(content, DUMP))
    assert problem_with(pieces, content, DUMP) is None
    header = next(one.raw for one in pieces if one.part == "header")
    for number, one in enumerate(pieces):
        if one.part == "fault":
            found["faults"] += 1
            reasons[str(one.error)] += 1
        elif one.part == "record":
            parsed = parse(one.raw, header, DUMP, OBSERVED, number, path.name)
            # A reason may show a value of a real record up to its first guillemet.
            reasons.update(reason.split("«")[0] for reason in parsed.reasons)
            is_partial = "partial_record" in parsed.values.get("quality_flags", [])
            found["refused" if parsed.reasons else "realigned" if is_partial else "whole"] += 1
    print(f"\n{path.name:24}", *(f"{name} {found[name]:5}" for name in ("whole", "realigned", "refused", "faults")))
    print(*(f"  {count:5} {reason}" for reason, count in reasons.most_common()), sep="\n")
    return found, reasons


def test_a_dump_that_was_broken_at_its_newlines_is_read_as_far_as_it_goes(drift: Path):
    found, _ = outcomes(drift / "broken_multiline.csv")
    assert found["whole"] == 1219 and 200 <= found["realigned"] <= 220
    # Nothing is passed over: the parts that lost their ticket are kept as faults or refusals.
    assert found["faults"] > 0 and found.total() == 2008


def test_a_days_dump_is_usable_nearly_whole(drift: Path):
    found, _ = outcomes(drift / "day_2022-12-08.csv")
    assert found["whole"] >= 0.99 * found.total()


def test_a_dump_without_a_column_of_comments_is_refused_and_the_column_named(drift: Path):
    found, reasons = outcomes(drift / "no_comment_column.csv")
    assert (found["refused"], found["faults"]) == (999, 0)
    assert sum(count for reason, count in reasons.items() if "no column comment" in reason) == 999
