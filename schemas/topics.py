"""Topics and their groups, kinds, and the labels that sources use for them: the YAML files beside this module."""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, model_validator

from schemas.config_folder import own_file
from schemas.errors import DataFileError
from schemas.yaml_file import YamlFile, read_yaml

TOPICS_FILE = Path(__file__).with_name("topics.yaml")
LABELS_FILE = Path(__file__).with_name("labels.yaml")
KINDS_FILE = Path(__file__).with_name("kinds.yaml")
KINDS = ("complaint", "request", "suggestion", "question", "praise", "tip_off", "consultation", "other")


@dataclass(frozen=True, slots=True)
class Group:
    """A group of topics; figures of small areas are published by group."""

    group_id: str
    th: str
    en: str


@dataclass(frozen=True, slots=True)
class Topic:
    """What a concern is about. The first model is trained on the keywords and examples, without labels."""

    topic_id: str
    group_id: str
    th: str
    en: str
    is_sensitive: bool
    keywords: tuple[str, ...]
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PublicIds:
    """Ids that may be public: topics and groups by any period, sensitive topics by fiscal year only."""

    topics: tuple[str, ...]
    groups: tuple[str, ...]
    sensitive: tuple[str, ...]


def public_ids(topics: Sequence[Topic]) -> PublicIds:
    """The ids of these topics that may be public; a group with a sensitive topic is left out."""
    with_sensitive = {topic.group_id for topic in topics if topic.is_sensitive}
    return PublicIds(
        topics=tuple(topic.topic_id for topic in topics if not topic.is_sensitive),
        groups=tuple(sorted({topic.group_id for topic in topics} - with_sensitive)),
        sensitive=tuple(topic.topic_id for topic in topics if topic.is_sensitive),
    )


@dataclass(frozen=True, slots=True)
class Label:
    """The meaning of a source's label: exactly one of a topic, only a group, a kind, or unknown."""

    topic_id: str | None = None
    group_id: str | None = None
    kind: str | None = None
    is_unknown: bool = False


MAX_TOPICS = 62
"""The cube keeps the topics of a concern as bits of one number of 64."""


class Labels(Mapping[str, Label]):
    """Labels by name; a look-up ignores case and spaces, so that "PM 2.5" and "pm2.5" are equal."""

    def __init__(self, labels: dict[str, Label]) -> None:
        self._labels = labels

    def __getitem__(self, name: str) -> Label:
        return self._labels[_key(name)]

    def __iter__(self) -> Iterator[str]:
        return iter(self._labels)

    def __len__(self) -> int:
        return len(self._labels)


def _key(name: str) -> str:
    return "".join(name.split()).casefold()


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("is empty")
    return text


_Text = Annotated[str, AfterValidator(_not_blank)]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _TopicEntry(_Entry):
    id: _Text
    th: _Text
    en: _Text
    is_sensitive: bool = False
    keywords: tuple[_Text, ...]
    examples: tuple[_Text, ...]


class _GroupEntry(_Entry):
    id: _Text
    th: _Text
    en: _Text
    topics: tuple[_TopicEntry, ...]


class _TopicsFile(_Entry):
    groups: tuple[_GroupEntry, ...]


class _KindsFile(_Entry):
    kinds: dict[str, tuple[_Text, ...]]


class _LabelEntry(_Entry):
    topic: str | None = None
    group: str | None = None
    kind: str | None = None
    unknown: bool = False

    @model_validator(mode="after")
    def _has_one_meaning(self) -> _LabelEntry:
        if sum(map(bool, (self.topic, self.group, self.kind, self.unknown))) != 1:
            raise ValueError("needs exactly one of topic, group, kind, unknown")
        return self


class _LabelsFile(_Entry):
    labels: dict[_Text, _LabelEntry]


def _check_unique(file: YamlFile[Any], texts: Sequence[str], *location: int | str) -> None:
    for number, text in enumerate(texts):
        if text in texts[:number]:
            raise file.error(f"`{text}` occurs twice in one list", *location, number)


def read_topics(path: Path, sensitive: Collection[str] = ()) -> tuple[tuple[Group, ...], tuple[Topic, ...]]:
    """Groups and topics of a YAML file, in its order.

    Raises DataFileError where something is missing, is not a known field or occurs twice, or where one of the
    ``sensitive`` topics is not marked so.
    """
    file = read_yaml(path, _TopicsFile)
    groups: dict[str, Group] = {}
    topics: dict[str, Topic] = {}
    for group_number, group in enumerate(file.content.groups):
        group_location = ("groups", group_number)
        if group.id in groups:
            raise file.error(f"the group `{group.id}` occurs twice", *group_location, "id")
        groups[group.id] = Group(group.id, group.th, group.en)
        for number, topic in enumerate(group.topics):
            location = (*group_location, "topics", number)
            if topic.id in topics:
                raise file.error(f"the topic `{topic.id}` occurs twice", *location, "id")
            if topic.id in sensitive and not topic.is_sensitive:
                raise file.error(f"the topic `{topic.id}` is sensitive and needs is_sensitive: true", *location, "id")
            _check_unique(file, topic.keywords, *location, "keywords")
            _check_unique(file, topic.examples, *location, "examples")
            topics[topic.id] = Topic(
                topic.id, group.id, topic.th, topic.en, topic.is_sensitive, topic.keywords, topic.examples
            )
    return tuple(groups.values()), tuple(topics.values())


def read_kinds(path: Path) -> dict[str, tuple[str, ...]]:
    """Examples of each of ``KINDS`` from a YAML file.

    Raises DataFileError where a kind is missing or not known, or an example occurs twice.
    """
    file = read_yaml(path, _KindsFile)
    kinds = file.content.kinds
    for name, examples in kinds.items():
        if name not in KINDS:
            raise file.error("is not a known kind", "kinds", name)
        _check_unique(file, examples, "kinds", name)
    for name in KINDS:
        if name not in kinds:
            raise file.error("is missing", "kinds", name)
    return {name: kinds[name] for name in KINDS}


def read_labels(path: Path, groups: set[str], topics: set[str]) -> Labels:
    """The meanings of labels from a YAML file.

    Raises DataFileError where a topic, group or kind is not known, or a label occurs twice (case and spaces are
    ignored).
    """
    file = read_yaml(path, _LabelsFile)
    known_ids = {"topic": topics, "group": groups, "kind": set(KINDS)}
    labels: dict[str, Label] = {}
    for name, entry in file.content.labels.items():
        if _key(name) in labels:
            raise file.error(f"the label `{name}` occurs twice", "labels", name)
        for field, known in known_ids.items():
            if (identifier := getattr(entry, field)) and identifier not in known:
                raise file.error(f"there is no {field} `{identifier}`", "labels", name, field)
        labels[_key(name)] = Label(entry.topic, entry.group, entry.kind, entry.unknown)
    return Labels(labels)


def meaning_files() -> tuple[Path, ...]:
    """Files that classification depends on: after a change, concerns must be classified again."""
    own = (own_file(TOPICS_FILE.name), own_file(LABELS_FILE.name))
    return (TOPICS_FILE, LABELS_FILE, KINDS_FILE, *(path for path in own if path is not None))


@functools.cache
def _groups_and_topics(own: Path | None) -> tuple[tuple[Group, ...], tuple[Topic, ...]]:
    """The built-in groups and topics, with those of a file of one's own laid over them."""
    groups, topics = read_topics(TOPICS_FILE)
    if own is None:
        return groups, topics
    own_groups, own_topics = read_topics(own, {topic.topic_id for topic in topics if topic.is_sensitive})
    by_group = {group.group_id: group for group in (*groups, *own_groups)}
    by_topic = {topic.topic_id: topic for topic in (*topics, *own_topics)}
    if len(by_topic) > MAX_TOPICS:
        raise DataFileError(
            own.name, 1, f"the topics are {len(by_topic)} with the built-in ones; {MAX_TOPICS} can be used"
        )
    return tuple(by_group.values()), tuple(by_topic.values())


def built_in_topics() -> tuple[Topic, ...]:
    """The topics of topics.yaml alone, in its order."""
    return _groups_and_topics(None)[1]


def load_groups() -> tuple[Group, ...]:
    """The groups of topics.yaml in its order, then those of ``SIANG_CONFIG``."""
    return _groups_and_topics(own_file(TOPICS_FILE.name))[0]


def load_topics() -> tuple[Topic, ...]:
    """The topics of topics.yaml in its order, then those of ``SIANG_CONFIG``."""
    return _groups_and_topics(own_file(TOPICS_FILE.name))[1]


@functools.cache
def load_kinds() -> Mapping[str, tuple[str, ...]]:
    """The examples of each kind in kinds.yaml."""
    return read_kinds(KINDS_FILE)


def load_labels() -> Mapping[str, Label]:
    """The meanings of the known labels of all sources; those of ``SIANG_CONFIG`` replace the built-in ones.

    The Thai names of topics and groups are labels of their own topic or group, unless labels.yaml says otherwise.
    """
    return _labels(own_file(TOPICS_FILE.name), own_file(LABELS_FILE.name))


@functools.cache
def _labels(own_topics: Path | None, own_labels: Path | None) -> Labels:
    # The topics are read from ``own_topics`` too: it is here so that another file of topics is another result.
    groups, topics = {group.group_id for group in load_groups()}, {topic.topic_id for topic in load_topics()}
    stated = dict(read_labels(LABELS_FILE, groups, topics))
    if own_labels is not None:
        stated |= dict(read_labels(own_labels, groups, topics))
    names = {_key(group.th): Label(group_id=group.group_id) for group in load_groups()}
    names |= {_key(topic.th): Label(topic_id=topic.topic_id) for topic in load_topics() if topic.topic_id != "other"}
    return Labels(names | stated)
