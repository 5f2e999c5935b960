"""Planning programmes, as data."""

from __future__ import annotations

from pathlib import Path

import pytest

from schemas.errors import DataFileError
from schemas.programmes import programmes, read_programmes, read_topic_programmes, topic_programmes
from schemas.topics import load_topics


def test_there_are_twelve_programmes_and_every_topic_that_is_known_has_one():
    assert len(programmes()) == 12
    assert topic_programmes().keys() == {topic.topic_id for topic in load_topics()} - {"other"}
    assert set(topic_programmes().values()) <= {one.programme_id for one in programmes()}
    assert topic_programmes()["allowances"] == "00410", "เบี้ยยังชีพ is paid from งบกลาง"


@pytest.mark.parametrize(
    ("row", "sentence"),
    [("roads,00999", "line 2: there is no programme '00999'"), ("rods,00310", "line 2: the topic 'rods' must be one"),
     ("roads,00310\nroads,00310", "line 3: the topic 'roads' must be one of topics.yaml and occur once"),
     ("roads,00310", "has no row for the topic accessibility"), ("roads", "line 2: the number of fields differs")],
)  # fmt: skip
def test_a_wrong_row_is_named_with_its_line(row: str, sentence: str, tmp_path: Path):
    path = tmp_path / "topic_programmes.csv"
    path.write_text(f"topic_id,programme_id\n{row}\n", encoding="utf-8")
    with pytest.raises(DataFileError, match=sentence):
        read_topic_programmes(path, programmes())


def test_a_programme_has_a_code_of_its_own(tmp_path: Path):
    path = tmp_path / "programmes.csv"
    headings = "programme_id,programme_th,programme_en,plan_area_th,plan_area_en\n"
    path.write_text(headings + "00110,ก,a,ข,b\n00110,ก,a,ข,b\n", encoding="utf-8")
    with pytest.raises(DataFileError, match="line 3: the programme '00110' must have five digits and occur once"):
        read_programmes(path)
