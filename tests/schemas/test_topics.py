"""Topics and labels are data that people edit: a fault in it is an error with file and line."""

from pathlib import Path

import pytest

from schemas.errors import DataFileError
from schemas.topics import (
    KINDS,
    load_groups,
    load_kinds,
    load_labels,
    load_topics,
    read_kinds,
    read_labels,
    read_topics,
)

TOPIC = """\
groups:
- id: water
  th: น้ำ
  en: Water
  topics:
  - id: flooding
    th: น้ำท่วม
    en: Flooding
    keywords: [น้ำท่วม]
    examples: [น้ำท่วมบ้าน]
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "edited.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_there_are_fifteen_groups_and_each_topic_belongs_to_one():
    groups = {group.group_id for group in load_groups()}
    assert len(groups) == 15
    assert {topic.group_id for topic in load_topics()} == groups
    assert len(load_topics()) == 54


def test_each_topic_has_keywords_and_examples_enough_to_start_a_model():
    for topic in load_topics():
        assert len(topic.examples) >= 6, topic.topic_id
        assert topic.topic_id == "other" or len(topic.keywords) >= 10, topic.topic_id
        assert all(len(keyword) >= 3 for keyword in topic.keywords), topic.topic_id


def test_no_keyword_stands_for_two_topics():
    keywords = [keyword for topic in load_topics() for keyword in topic.keywords]
    assert len(keywords) == len(set(keywords))


def test_the_sensitive_topics_are_those_of_the_design():
    sensitive = {topic.topic_id for topic in load_topics() if topic.is_sensitive}
    assert sensitive == {"drugs", "corruption", "official_conduct", "justice", "unrest"}


@pytest.mark.parametrize(
    ("label", "field", "meaning"),
    [
        ("ถนน", "topic_id", "roads"),
        ("ป้ายจราจร", "topic_id", "traffic"),
        ("แท็กซี่/รถเมล์", "topic_id", "public_transport"),
        ("ผู้พิการ+ใช้ล้อ", "topic_id", "accessibility"),
        ("ฝุ่นควัน&กลิ่น&PM2.5", "topic_id", "air_pollution"),
        (" pm 2.5 ", "topic_id", "air_pollution"),
        ("ไฟฟ้า", "group_id", "power"),
        ("ชื่นชม", "kind", "praise"),
        ("ขอความช่วยเหลือ", "kind", "request"),
        ("อื่น ๆ", "is_unknown", True),
    ],
)
def test_a_label_says_a_topic_a_group_a_kind_or_nothing(label, field, meaning):
    assert getattr(load_labels()[label], field) == meaning


def test_an_unknown_label_is_no_error():
    assert load_labels().get("ป้ายที่ยังไม่มีใครรู้จัก") is None


def test_each_kind_has_examples_enough_to_start_a_model():
    assert tuple(load_kinds()) == KINDS
    for name, examples in load_kinds().items():
        assert len(examples) >= 10, name


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("kinds:\n  complaint: [a]\n", "line 2, kinds.request: is missing"),
        ("kinds:\n  complaint: [a]\n  rant: [b]\n", "line 3, kinds.rant: is not a known kind"),
        (
            "kinds:\n" + "".join(f"  {name}: [a, a]\n" for name in KINDS),
            r"line 2, kinds\.complaint\.1: `a` occurs twice in one list",
        ),
    ],
)
def test_a_fault_in_the_kinds_is_reported_with_its_line(tmp_path, text, why):
    with pytest.raises(DataFileError, match=why):
        read_kinds(write(tmp_path, text))


def test_the_kinds_of_labels_are_kinds():
    assert {label.kind for label in load_labels().values()} - {None} <= set(KINDS)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("    en: Flooding\n", "", "line 6, groups.0.topics.0.en: is missing"),
        ("    en: Flooding", "    englsh: Flooding", "line 8, groups.0.topics.0.englsh: is not a known field"),
        ("[น้ำท่วม]", "[น้ำท่วม, น้ำท่วม]", "line 9, groups.0.topics.0.keywords.1: `น้ำท่วม` occurs twice"),
        (
            "    keywords:",
            "    is_sensitive: maybe\n    keywords:",
            "line 9, groups.0.topics.0.is_sensitive: must be true or false",
        ),
        ("id: flooding", "id: ''", "line 6, groups.0.topics.0.id: is empty"),
        ("[น้ำท่วม]", "[น้ำท่วม", "is not valid YAML"),
    ],
)
def test_a_wrong_topic_is_refused_with_file_and_line(tmp_path, old, new, message):
    with pytest.raises(DataFileError, match=r"edited\.yaml, line") as refusal:
        read_topics(write(tmp_path, TOPIC.replace(old, new)))
    assert message in str(refusal.value)


def test_a_topic_that_occurs_twice_is_refused(tmp_path):
    twice = TOPIC + TOPIC[TOPIC.index("  - id: flooding") :]
    with pytest.raises(
        DataFileError, match=r"edited\.yaml, line 11, groups\.0\.topics\.1\.id: the topic `flooding` occurs twice"
    ):
        read_topics(write(tmp_path, twice))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("ถนน: {topic: roadz}", "there is no topic `roadz`"),
        ("ถนน: {group: roads}", "there is no group `roads`"),
        ("ถนน: {kind: shout}", "there is no kind `shout`"),
        ("ถนน: {topic: roads, group: transport}", "exactly one"),
        ("ถนน: {}", "exactly one"),
        ("น้ำ ท่วม: {topic: roads}", "occurs twice"),
    ],
)
def test_a_wrong_label_is_refused_with_file_and_line(tmp_path, line, message):
    path = write(tmp_path, f"labels:\n  น้ำท่วม: {{topic: roads}}\n  {line}\n")
    with pytest.raises(DataFileError, match=r"edited\.yaml, line 3") as refusal:
        read_labels(path, {"transport"}, {"roads"})
    assert message in str(refusal.value)
