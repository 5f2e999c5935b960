"""Topics and their groups, kinds, and the labels that sources use for them: the YAML files beside this module."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import yaml

TOPICS_FILE = Path(__file__).with_name("topics.yaml")
LABELS_FILE = Path(__file__).with_name("labels.yaml")
KINDS_FILE = Path(__file__).with_name("kinds.yaml")
KINDS = ("complaint", "request", "suggestion", "question", "praise", "tip_off", "consultation", "other")

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Group:
    """A group of topics: what small areas see."""

    group_id: str
    th: str
    en: str


@dataclass(frozen=True, slots=True)
class Topic:
    """What a concern is about; keywords and examples start the model where no label exists."""

    topic_id: str
    group_id: str
    th: str
    en: str
    is_sensitive: bool
    keywords: tuple[str, ...]
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PublicIds:
    """Ids that may be public: topics and groups by any period, sensitive topics by fiscal year alone."""

    topics: tuple[str, ...]
    groups: tuple[str, ...]
    sensitive: tuple[str, ...]


def public_ids(topics: Sequence[Topic]) -> PublicIds:
    """The ids of these topics that may be public; a group that holds a sensitive topic is not among them."""
    with_sensitive = {topic.group_id for topic in topics if topic.is_sensitive}
    return PublicIds(
        topics=tuple(topic.topic_id for topic in topics if not topic.is_sensitive),
        groups=tuple(sorted({topic.group_id for topic in topics} - with_sensitive)),
        sensitive=tuple(topic.topic_id for topic in topics if topic.is_sensitive),
    )


@dataclass(frozen=True, slots=True)
class Label:
    """What a source's label says: exactly one of a topic, only a group, a kind, or nothing known."""

    topic_id: str | None = None
    group_id: str | None = None
    kind: str | None = None
    is_unknown: bool = False


MEANING_FILES = (TOPICS_FILE, LABELS_FILE, KINDS_FILE)
"""What topics, labels and kinds mean: what was classified by others must be classified again."""


class Labels(Mapping[str, Label]):
    """Labels by name; a look-up ignores case and spaces, so that "PM 2.5" and "pm2.5" are one."""

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


def _refuse(path: Path, node: yaml.Node, why: str) -> NoReturn:
    raise ValueError(f"{path.name}, line {node.start_mark.line + 1}: {why}")


def _read(path: Path, top: str) -> yaml.Node:
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ValueError(f"{path.name}, line {line}: is no YAML: {error.problem}") from None
    if root is None:
        raise ValueError(f"{path.name}, line 1: is empty; it needs `{top}:`")
    return _fields(path, root, {top}, set())[top]


def _fields(path: Path, node: yaml.Node, required: set[str], optional: set[str]) -> dict[str, yaml.Node]:
    if not isinstance(node, yaml.MappingNode):
        _refuse(path, node, f"expected the fields {', '.join(sorted(required | optional))}")
    found: dict[str, yaml.Node] = {}
    for key, value in node.value:
        if key.value not in required | optional:
            _refuse(path, key, f"unknown field `{key.value}`")
        if key.value in found:
            _refuse(path, key, f"`{key.value}` stands twice")
        found[key.value] = value
    for name in sorted(required - found.keys()):
        _refuse(path, node, f"`{name}` is missing")
    return found


def _items(path: Path, node: yaml.Node) -> list[yaml.Node]:
    if not isinstance(node, yaml.SequenceNode):
        _refuse(path, node, "expected a list")
    return node.value


def _text(path: Path, node: yaml.Node) -> str:
    if not isinstance(node, yaml.ScalarNode) or not node.value.strip():
        _refuse(path, node, "expected a text that is not empty")
    return node.value


def _flag(path: Path, node: yaml.Node) -> bool:
    if not isinstance(node, yaml.ScalarNode) or node.value not in ("true", "false"):
        _refuse(path, node, "expected true or false")
    return node.value == "true"


def _texts(path: Path, node: yaml.Node) -> tuple[str, ...]:
    texts: dict[str, None] = {}
    for item in _items(path, node):
        text = _text(path, item)
        if text in texts:
            _refuse(path, item, f"`{text}` stands twice in one list")
        texts[text] = None
    return tuple(texts)


def read_topics(path: Path) -> tuple[tuple[Group, ...], tuple[Topic, ...]]:
    """Read groups and topics from a YAML file, in its order.

    Raises ValueError, naming file and line, for anything that is missing, unknown or stands twice.
    """
    groups: dict[str, Group] = {}
    topics: dict[str, Topic] = {}
    for group_node in _items(path, _read(path, "groups")):
        of_group = _fields(path, group_node, {"id", "th", "en", "topics"}, set())
        group = Group(*(_text(path, of_group[name]) for name in ("id", "th", "en")))
        if group.group_id in groups:
            _refuse(path, of_group["id"], f"group `{group.group_id}` stands twice")
        groups[group.group_id] = group
        for node in _items(path, of_group["topics"]):
            fields = _fields(path, node, {"id", "th", "en", "keywords", "examples"}, {"is_sensitive"})
            topic = Topic(
                topic_id=_text(path, fields["id"]),
                group_id=group.group_id,
                th=_text(path, fields["th"]),
                en=_text(path, fields["en"]),
                is_sensitive="is_sensitive" in fields and _flag(path, fields["is_sensitive"]),
                keywords=_texts(path, fields["keywords"]),
                examples=_texts(path, fields["examples"]),
            )
            if topic.topic_id in topics:
                _refuse(path, fields["id"], f"topic `{topic.topic_id}` stands twice")
            topics[topic.topic_id] = topic
    return tuple(groups.values()), tuple(topics.values())


def read_kinds(path: Path) -> dict[str, tuple[str, ...]]:
    """Read examples of each of ``KINDS`` from a YAML file.

    Raises ValueError, naming file and line, for a kind that is missing or unknown, or a text that stands twice.
    """
    fields = _fields(path, _read(path, "kinds"), set(KINDS), set())
    return {name: _texts(path, fields[name]) for name in KINDS}


def read_labels(path: Path, groups: set[str], topics: set[str]) -> Labels:
    """Read what labels mean from a YAML file.

    Raises ValueError, naming file and line, for an unknown topic, group or kind, or a label that stands
    twice (case and spaces do not matter).
    """
    node = _read(path, "labels")
    if not isinstance(node, yaml.MappingNode):
        _refuse(path, node, "expected labels and what they mean")
    known = {"topic": topics, "group": groups, "kind": set(KINDS), "unknown": {"true"}}
    labels: dict[str, Label] = {}
    for name, value in node.value:
        if _key(_text(path, name)) in labels:
            _refuse(path, name, f"label `{name.value}` stands twice")
        fields = _fields(path, value, set(), set(known))
        if len(fields) != 1:
            _refuse(path, value, f"label `{name.value}` needs exactly one of topic, group, kind, unknown")
        ((what, meaning),) = fields.items()
        if (text := _text(path, meaning)) not in known[what]:
            _refuse(path, meaning, f"label `{name.value}`: there is no {what} `{text}`")
        labels[_key(name.value)] = Label(
            topic_id=text if what == "topic" else None,
            group_id=text if what == "group" else None,
            kind=text if what == "kind" else None,
            is_unknown=what == "unknown",
        )
    return Labels(labels)


@functools.cache
def _own_topics() -> tuple[tuple[Group, ...], tuple[Topic, ...]]:
    return read_topics(TOPICS_FILE)


def load_groups() -> tuple[Group, ...]:
    """The groups of topics.yaml, in its order."""
    return _own_topics()[0]


def load_topics() -> tuple[Topic, ...]:
    """The topics of topics.yaml, in its order."""
    return _own_topics()[1]


@functools.cache
def load_kinds() -> Mapping[str, tuple[str, ...]]:
    """The examples of each kind in kinds.yaml."""
    return read_kinds(KINDS_FILE)


@functools.cache
def load_labels() -> Mapping[str, Label]:
    """What each known label of a source means; a label that is not in it is not known.

    The Thai names of topics and groups mean themselves, unless the table says otherwise.
    """
    groups = {group.group_id for group in load_groups()}
    stated = read_labels(LABELS_FILE, groups, {topic.topic_id for topic in load_topics()})
    names = {_key(group.th): Label(group_id=group.group_id) for group in load_groups()}
    names |= {_key(topic.th): Label(topic_id=topic.topic_id) for topic in load_topics() if topic.topic_id != "other"}
    return Labels(names | {name: stated[name] for name in stated})
