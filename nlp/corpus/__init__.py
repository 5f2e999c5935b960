"""The corpus: texts written for this project, with topics, kinds and marked personal data. RULES.md has the rules."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from nlp.mask.kinds import KINDS as MASK_KINDS
from schemas.topics import KINDS, load_topics

FOLDER = Path(__file__).parent
LANGUAGES = ("th", "ms-Thai", "ms-Latn", "ms-Arab", "mixed", "en", "my", "lo", "und")
STYLES = (
    "fb_comment", "line", "hotline_note", "register", "traffy", "letter", "meeting_note", "voice_transcript",
)  # fmt: skip
REGIONS = ("bangkok", "central", "deep_south", "isan", "north", "south", "all")


@dataclass(frozen=True, slots=True)
class Span:
    """Personal data in a text: its kind, and the positions of its first character and of the one after its last."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class CorpusText:
    """A text of the corpus with its labels.

    ``topics`` are ids, the main one first; ``writer`` is the name of the file, and each file has one writer.
    """

    writer: str
    region: str
    text: str
    topics: tuple[str, ...]
    kind: str
    language: str
    is_relevant: bool
    style: str
    spans: tuple[Span, ...]


@cache
def load_corpus() -> tuple[CorpusText, ...]:
    """All texts, ordered by writer and line. Raises ValueError that names the line of a wrong text."""
    known = frozenset(topic.topic_id for topic in load_topics())
    return tuple(text for path in sorted(FOLDER.glob("*.jsonl")) for text in _read(path, known))


def _read(path: Path, known: frozenset[str]) -> list[CorpusText]:
    texts: list[CorpusText] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            texts.append(_text(path.stem, json.loads(line), known))
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{path.name}, line {number}: {error}") from None
    return texts


def _text(writer: str, row: Mapping[str, Any], known: frozenset[str]) -> CorpusText:
    text = CorpusText(
        writer, row["region"], row["text"], tuple(row["topics"]), row["kind"], row["language"], row["relevant"],
        row["style"], tuple(Span(*span) for span in row["spans"]),
    )  # fmt: skip
    for name, values, allowed in (
        ("topic", text.topics, known), ("kind", (text.kind,), KINDS), ("language", (text.language,), LANGUAGES),
        ("style", (text.style,), STYLES), ("region", (text.region,), REGIONS),
        ("span", [span.kind for span in text.spans], MASK_KINDS),
    ):  # fmt: skip
        if wrong := [value for value in values if value not in allowed]:
            raise ValueError(f"there is no {name} {wrong[0]}")
    if not text.topics or len(set(text.topics)) < len(text.topics):
        raise ValueError("the topics are missing or repeated")
    at = 0
    for span in text.spans:
        if not at <= span.start < span.end <= len(text.text):
            raise ValueError(f"the span {span.kind} {span.start} to {span.end} is not in the text or overlaps another")
        at = span.end
    return text
