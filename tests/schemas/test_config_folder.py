"""A folder of one's own is laid over the built-in contracts, topics, labels and words, and checked like them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from schemas.config_folder import config_folder, contract_files, contract_folders, unexpected_names
from schemas.contract_files import contracts, wrong_contracts
from schemas.errors import DataFileError, UserError
from schemas.programmes import topic_programmes
from schemas.topics import load_groups, load_labels, load_topics, meaning_files
from schemas.words import civic_words

SOURCES = Path(__file__).parents[2] / "schemas" / "sources"
GOATS = """
groups:
- id: animals
  th: สัตว์
  en: Animals
  topics:
  - id: goats
    th: แพะ
    en: Goats
    keywords: [แพะหลุด, ฝูงแพะ]
    examples: [ฝูงแพะลงกินข้าวในนาทุกวัน ช่วยจับที]
"""


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SIANG_CONFIG", str(tmp_path))
    return tmp_path


def test_without_the_variable_the_built_in_files_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SIANG_CONFIG", raising=False)
    assert config_folder() is None and unexpected_names() == []
    assert set(contract_files(contract_folders())) == {path.stem for path in SOURCES.glob("*.yaml")}
    assert "goats" not in {topic.topic_id for topic in load_topics()}


def test_a_folder_that_is_not_there_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIANG_CONFIG", str(tmp_path / "gone"))
    with pytest.raises(UserError, match=r"there is no folder .*gone: correct SIANG_CONFIG"):
        config_folder()


def test_a_contract_of_ones_own_is_added_or_replaces_the_built_in_one(own: Path) -> None:
    (own / "sources").mkdir()
    text = (SOURCES / "social_posts.yaml").read_text(encoding="utf-8")
    (own / "sources" / "town_hall.yaml").write_text(text.replace("source_id: social_posts", "source_id: town_hall"))
    (own / "sources" / "social_posts.yaml").write_text(text.replace("title_en: ", "title_en: Our "))
    (own / "sources" / "torn.yaml").write_text("fields: {text: [")
    known = contracts()
    assert known["town_hall"].source_id == "town_hall" and known["social_posts"].title_en.startswith("Our ")
    assert {path.stem for path in SOURCES.glob("*.yaml")} < set(known)
    assert list(wrong_contracts()) == ["torn"] and "torn.yaml, line " in str(wrong_contracts()["torn"])


def test_a_topic_of_ones_own_is_known_to_groups_labels_plans_and_texts(own: Path) -> None:
    before = [topic.topic_id for topic in load_topics()]
    (own / "topics.yaml").write_text(GOATS, encoding="utf-8")
    (own / "labels.yaml").write_text("labels:\n  แพะรบกวน: {topic: goats}\n  ถนน: {topic: bridges}\n", encoding="utf-8")
    after = load_topics()
    assert [topic.topic_id for topic in after] == [*before, "goats"]
    assert after[-1].group_id == "animals" and [group.group_id for group in load_groups()].count("animals") == 1
    labels = load_labels()
    assert labels["แพะรบกวน"].topic_id == "goats" and labels["ถนน"].topic_id == "bridges"
    assert labels["ทางเท้า"].topic_id == "footpaths"
    assert topic_programmes()["goats"] == topic_programmes()["animals"]
    assert own / "topics.yaml" in meaning_files()
    line = json.dumps({"id": 1, "text": "แพะหลุดอีกแล้ว ฝูงแพะลงกินข้าวในนา"})
    # In a process of its own, as every command: models and dictionaries are made once in a process.
    command = [sys.executable, "-m", "jobs.cli.main", "text"]
    answer = subprocess.run(command, input=line, cwd=SOURCES.parents[1], capture_output=True, text=True, check=True)
    assert json.loads(answer.stdout)["topics"][0]["topic_id"] == "goats"


def test_a_topic_that_is_known_is_replaced(own: Path) -> None:
    (own / "topics.yaml").write_text(GOATS.replace("id: goats", "id: livestock"), encoding="utf-8")
    assert {topic.topic_id: topic.en for topic in load_topics()}["livestock"] == "Goats"


def test_a_sensitive_topic_stays_sensitive(own: Path) -> None:
    drugs = GOATS.replace("id: animals", "id: safety").replace("id: goats", "id: drugs")
    (own / "topics.yaml").write_text(drugs, encoding="utf-8")
    with pytest.raises(DataFileError, match=r"topics\.yaml, line 7.*`drugs` is sensitive"):
        load_topics()


def test_words_of_ones_own_are_added(own: Path) -> None:
    (own / "civic_words.csv").write_text("word,is_agency\nกลุ่มเลี้ยงแพะ,false\n", encoding="utf-8")
    assert "กลุ่มเลี้ยงแพะ" in civic_words() and "เบี้ยยังชีพ" in civic_words()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("topics.yaml", GOATS.replace("keywords", "keyword"), r"topics\.yaml, line \d+.*keyword"),
        ("labels.yaml", "labels:\n  แพะ: {topic: gots}\n", r"labels\.yaml, line 2.*gots"),
        ("civic_words.csv", "word,is_agency\nแพะ,maybe\n", r"civic_words\.csv, line 2"),
    ],
)
def test_a_slip_is_reported_with_its_file_and_line(own: Path, name: str, content: str, words: str) -> None:
    (own / name).write_text(content, encoding="utf-8")
    with pytest.raises(DataFileError, match=words):
        {"topics.yaml": load_topics, "labels.yaml": load_labels, "civic_words.csv": civic_words}[name]()


def test_a_name_that_nothing_reads_is_listed(own: Path) -> None:
    (own / "topic.yaml").touch()
    (own / "README.md").touch()
    (own / "topics.yaml").write_text(GOATS, encoding="utf-8")
    assert unexpected_names() == ["topic.yaml"]
