"""The programmes (แผนงาน) of local budgets, and the programme of each topic: ``schemas/plan``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from schemas.config_folder import own_file
from schemas.csv_rows import csv_rows
from schemas.errors import DataFileError
from schemas.topics import built_in_topics, load_topics

FOLDER = Path(__file__).parent / "plan"
UNKNOWN = "other"


@dataclass(frozen=True, slots=True)
class Programme:
    """A programme: its budget code of five digits, its name, and the area (ด้าน) that it belongs to."""

    programme_id: str
    programme_th: str
    programme_en: str
    plan_area_th: str
    plan_area_en: str


def read_programmes(path: Path) -> tuple[Programme, ...]:
    """The programmes of a CSV. Raises DataFileError where a row is wrong or a code occurs twice."""
    seen: set[str] = set()

    def parse(row: Mapping[str, str]) -> Programme:
        code = row["programme_id"]
        if len(code) != 5 or not code.isdigit() or code in seen:
            raise ValueError(f"the programme {code!r} must have five digits and occur once")
        seen.add(code)
        return Programme(code, row["programme_th"], row["programme_en"], row["plan_area_th"], row["plan_area_en"])

    return csv_rows(path, path.name, parse)


def read_topic_programmes(path: Path, known: tuple[Programme, ...], *, is_whole: bool = True) -> dict[str, str]:
    """The programme of each topic of topics.yaml, from a CSV.

    ``other`` needs none: the topic of such a concern is not known, so it is not evidence for any plan. Raises
    DataFileError where a topic or programme is not known, or a topic occurs twice or, in a whole file, has no row.
    """
    topics = {topic.topic_id for topic in load_topics()}
    codes = {one.programme_id for one in known}
    by_topic: dict[str, str] = {}

    def add(row: Mapping[str, str]) -> None:
        topic, programme = row["topic_id"], row["programme_id"]
        if topic not in topics or topic in by_topic:
            raise ValueError(f"the topic {topic!r} must be one of topics.yaml and occur once")
        if programme not in codes:
            raise ValueError(f"there is no programme {programme!r}")
        by_topic[topic] = programme

    csv_rows(path, path.name, add)
    built_in = {topic.topic_id for topic in built_in_topics()}
    if is_whole and (missing := sorted(built_in - by_topic.keys() - {UNKNOWN})):
        raise DataFileError(path.name, 1, f"the file has no row for the topic {', '.join(missing)}")
    return by_topic


@cache
def programmes() -> tuple[Programme, ...]:
    """The 12 programmes, by code."""
    return read_programmes(FOLDER / "programmes.csv")


def topic_programmes() -> Mapping[str, str]:
    """The programme of each topic, where an LAO has not chosen another one.

    A topic of ``SIANG_CONFIG`` that has no row in its topic_programmes.csv has the programme that most topics of its
    group have. Raises DataFileError where the group has none either.
    """
    return _topic_programmes(own_file("topics.yaml"), own_file("topic_programmes.csv"))


@cache
def _topic_programmes(own_topics: Path | None, own_programmes: Path | None) -> Mapping[str, str]:
    by_topic = read_topic_programmes(FOLDER / "topic_programmes.csv", programmes())
    if own_programmes is not None:
        by_topic |= read_topic_programmes(own_programmes, programmes(), is_whole=False)
    groups = {topic.topic_id: topic.group_id for topic in load_topics()}
    for topic, group in groups.items():
        if topic in by_topic or topic == UNKNOWN:
            continue
        of_group = Counter(by_topic[other] for other in groups if groups[other] == group and other in by_topic)
        if not of_group:
            problem = f"the topic {topic} is the first of its group: give it a row in topic_programmes.csv"
            raise DataFileError("topics.yaml" if own_topics is None else own_topics.name, 1, problem)
        by_topic[topic] = of_group.most_common(1)[0][0]
    return by_topic
