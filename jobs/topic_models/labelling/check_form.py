"""The file that an analyst filled in, row by row: what is right, and a sentence for each slip."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jobs.reference.sheet import Row, word_key
from jobs.topic_models import score_areas
from jobs.topic_models.labelling.form import COLUMNS, TOPICS
from nlp.topics import OTHER
from schemas.topics import KINDS, load_topics

# A digit in it, so that a name is refused.
_CODE = re.compile(r"(?=.*\d)[A-Za-z0-9_-]{1,12}")


@dataclass(frozen=True, slots=True)
class Correction:
    """What a row says of a concern."""

    row_number: int
    concern_id: str
    topic_ids: tuple[str, ...]
    kind: str | None
    drawn_from: str | None
    labelled_by: str | None


@dataclass(frozen=True, slots=True)
class CellFault:
    """What is wrong with a cell and what to do. Its content is left out, because it may be about a person."""

    row_number: int
    column: str
    what: str

    @property
    def sentence(self) -> str:
        """The place of the fault in the form (row and column) and what is wrong."""
        return f"row {self.row_number}, column {self.column} ({COLUMNS[self.column][0]}): {self.what}"


class _CellError(ValueError):
    def __init__(self, column: str, what: str) -> None:
        self.column, self.what = column, what
        super().__init__(what)


def check(rows: Sequence[Row], places: Mapping[str, str | None]) -> tuple[list[Correction], list[CellFault], int]:
    """Corrections, slips, and how many rows are not filled in.

    ``places`` gives the province (or none) of each concern that is known.
    """
    topics = _topic_names()
    found: list[Correction] = []
    slips: list[CellFault] = []
    seen: dict[str, int] = {}
    blank = 0
    for row in rows:
        if not any(row[name] for name in (*TOPICS, "kind")):
            blank += 1
            continue
        try:
            found.append(_correction(row, places, topics, seen))
        except _CellError as wrong:
            slips.append(CellFault(row.number, wrong.column, wrong.what))
    return found, slips, blank


def _correction(
    row: Row, places: Mapping[str, str | None], topics: Mapping[str, str], seen: dict[str, int]
) -> Correction:
    concern = row["concern_id"].casefold()
    if concern not in places:
        raise _CellError("concern_id", "there is no concern of this id; take the ids from 'siang label export'")
    if concern in seen:
        raise _CellError("concern_id", f"row {seen[concern]} says what this concern is about; leave one of the two")
    seen[concern] = row.number
    return Correction(
        row_number=row.number,
        concern_id=concern,
        topic_ids=_topics(row, topics),
        kind=_kind(row["kind"]),
        drawn_from=_area(row["drawn_from"], places[concern]),
        labelled_by=_code(row["labelled_by"]),
    )


def _topic_names() -> dict[str, str]:
    """Topic ids by their id, Thai and English name, each as ``sheet.key`` spells it."""
    return {word_key(name): topic.topic_id for topic in load_topics() for name in (topic.en, topic.th, topic.topic_id)}


def _topics(row: Row, known: Mapping[str, str]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for name in TOPICS:
        if not row[name]:
            continue
        topic = known.get(word_key(row[name]))
        if topic is None:
            raise _CellError(name, "there is no such topic; choose one from the list (reference.topics has it too)")
        found[topic] = None
    if not found:
        raise _CellError(TOPICS[0], "a kind stands here and no topic; give one to four topics")
    if OTHER in found and len(found) > 1:
        raise _CellError(TOPICS[0], "other stands beside a topic; it means that no topic fits, and stands alone")
    return tuple(found)


def _kind(text: str) -> str | None:
    if text and text.casefold() not in KINDS:
        raise _CellError("kind", f"there is no such kind; choose one of {', '.join(KINDS)}, or leave it empty")
    return text.casefold() or None


def _area(text: str, province_code: str | None) -> str | None:
    if text and not score_areas.lies_in(province_code, text):
        raise _CellError("drawn_from", "the concern is not of this area; leave the cell as it was exported")
    return text or None


def _code(text: str) -> str | None:
    if text and not _CODE.fullmatch(text):
        raise _CellError(
            "labelled_by", "write a code with a digit in it, such as A1, and never a name, or leave it empty"
        )
    return text or None
