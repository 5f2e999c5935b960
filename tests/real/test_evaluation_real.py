"""The evaluation on the feed's own labels and on those of people who read the texts; prints where the report lies."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path

import pytest

from jobs.topic_models import training
from jobs.topic_models.evaluation.figures import IN_USE, KEYWORDS, figures
from jobs.topic_models.evaluation.report import predictions, write
from jobs.topic_models.labelled_texts import DRAWN, SOURCES, LabelledText, split, topics_of
from nlp.language import language
from nlp.mask import mask
from nlp.normalise import normalise

MOST_TICKETS = 20_000


def labelled(text: str, labels: list[str], label_set: str) -> LabelledText | None:
    clean = mask(normalise(text))[0]
    topics = topics_of(labels)
    known = ("traffy_feed", "complaint_log", "bangkok", language(clean), "complaint")
    return LabelledText(clean, topics, label_set, *known) if clean and topics else None


@pytest.fixture(scope="module")
def texts(data: Path, feed: list[Path]) -> list[LabelledText]:
    """Distinct texts, those that people labelled first: what they say outdoes the feed."""
    found: dict[str, LabelledText] = {}
    with (data / "traffy" / "people_labels.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            if one := labelled(row["text"], row["labels"].split(","), DRAWN):
                found.setdefault(one.text, one)
    people = len(found)
    for path in feed:
        for feature in json.loads(gzip.decompress(path.read_bytes()))["features"]:
            said_of = feature["properties"]
            if one := labelled(said_of["description"] or "", (said_of["type"] or "").split(","), SOURCES):
                found.setdefault(one.text, one)
        if len(found) > MOST_TICKETS:
            break
    assert people > 100
    return list(found.values())


def shingles(text: str) -> set[str]:
    plain = "".join(text.split()).casefold()
    return {plain[at : at + 5] for at in range(max(len(plain) - 4, 1))}


def test_no_text_that_is_tested_is_nearly_one_that_is_learned(texts: list[LabelledText]) -> None:
    """By comparing all pieces of all pairs, without hashes."""
    lesson, test = split(texts)
    taught = [shingles(one.text) for one in lesson]
    leaked = 0
    for one in test[:60]:
        mine = shingles(one.text)
        leaked += any(len(mine & other) >= 0.9 * len(mine | other) for other in taught)
    assert len(lesson) > 5000 and leaked == 0


def test_a_report_on_the_feed(texts: list[LabelledText], tmp_path: Path) -> None:
    lesson, test = split(texts)
    model = training.learn([one for one in lesson if one.language == "th"])
    found = figures(test, predictions(test, {IN_USE: model}))
    folder = write(tmp_path / model.version, model.version, model.metadata, found, {IN_USE: model.version})
    for label_set in (DRAWN, SOURCES):
        for name, one in found[label_set].models.items():
            print(f"\n{label_set}, {name}: {one}")
    print(f"calibration error {found[DRAWN].calibration_error:.3f}; {folder / 'model_card.md'}")
    assert found[DRAWN].models[IN_USE].texts > 100
    assert found[SOURCES].better_than[KEYWORDS], "of the feed's own labels it learns what keywords do not say"
