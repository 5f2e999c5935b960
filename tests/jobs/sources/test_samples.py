"""Every source's sample, record by record, through its contract."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from jobs.sources import record_parser
from jobs.sources.readers.file import read_pieces
from lake import archive
from samples.generate import FAULTS, generate
from samples.more_exports import EACH, MORE
from schemas.contract_files import contracts
from schemas.topics import load_labels
from tests.reading import problem_with

NEW = sorted([*MORE, "traffy_csv"])


@dataclass
class Read:
    """What a source's sample comes to."""

    records: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    versions: list[dict[str, object]] = field(default_factory=list)


def read(folder: Path, source_id: str) -> Read:
    contract, found = contracts()[source_id], Read()
    for path in sorted((folder / source_id).iterdir()):
        if "copy" in path.name:
            continue
        content = path.read_bytes()
        pieces = list(read_pieces(content, contract))
        assert problem_with(pieces, content, contract) is None, path.name
        observed = archive.observed_at(path.name, contract)
        # Ingest refuses a whole file whose name has no date where that orders the versions.
        assert observed is not None or contract.version_order.by != "file_name", path.name
        headers = {one.sheet: one.raw for one in pieces if one.part == "header"}
        for number, one in enumerate(pieces):
            found.records += one.part in ("record", "fault")
            if one.part == "fault":
                found.refused[str(one.error)] += 1
            elif one.part == "record":
                parsed = record_parser.parse(one.raw, headers.get(one.sheet), contract, observed, number, path.name)
                found.refused.update(parsed.reasons[:1])
                found.versions += [] if parsed.reasons else [parsed.values]
    return found


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Read]:
    folder = tmp_path_factory.mktemp("landing")
    generate(folder)
    return {source_id: read(folder, source_id) for source_id in contracts()}


def test_every_contract_has_a_sample(samples: dict[str, Read]):
    assert all(one.records for one in samples.values())


@pytest.mark.parametrize("source_id", NEW)
def test_what_was_planted_is_refused_and_nothing_else(source_id: str, samples: dict[str, Read]):
    found = samples[source_id]
    planted = sum(fault.count for fault in FAULTS if fault.source_id == source_id)
    assert found.records == EACH
    assert (found.refused.total(), len(found.versions)) == (planted, EACH - planted), found.refused


@pytest.mark.parametrize("source_id", NEW)
def test_a_concern_has_its_day_words_and_place(source_id: str, samples: dict[str, Read]):
    versions = samples[source_id].versions
    assert len({one["concern_id"] for one in versions}) == len(versions)
    assert {str(one["submitted_at"])[:4] for one in versions} == {"2025"}
    assert all(one["text"] for one in versions)
    placed = sum(one.get("province_code") is not None for one in versions)
    assert placed >= 0.65 * len(versions), "posts in comments have no place of their own"


@pytest.mark.parametrize("source_id", [name for name in NEW if "labels" in contracts()[name].fields])
def test_labels_have_a_meaning(source_id: str, samples: dict[str, Read]):
    labels = {label for one in samples[source_id].versions for label in one.get("source_labels", [])}  # type: ignore[attr-defined]
    assert labels and not [label for label in labels if label not in load_labels()]


@pytest.mark.parametrize("source_id", [name for name in NEW if "status" in contracts()[name].fields])
def test_states_are_those_of_the_contract(source_id: str, samples: dict[str, Read]):
    assert {one["status"] for one in samples[source_id].versions} <= set(contracts()[source_id].statuses.values())


def test_a_ticket_of_the_feed_is_the_same_concern_in_the_agencys_export(samples: dict[str, Read]):
    feed, export = (
        {one["concern_id"]: one for one in samples[name].versions} for name in ("traffy_feed", "traffy_csv")
    )
    both = feed.keys() & export.keys()
    assert len(both) == 40
    # The same moment, though one writes it in UTC and the other in Bangkok's time without saying so.
    same = [abs((feed[key]["submitted_at"] - export[key]["submitted_at"]).total_seconds()) < 1 for key in both]  # type: ignore[operator]
    assert all(same)


def test_notes_of_calls_are_masked(samples: dict[str, Read]):
    texts = [str(one["text"]) for one in samples["hotline_cases"].versions]
    assert all("[PHONE]" in text and "-000-" not in text for text in texts)
