"""Analysts' corrections: which texts are asked for, the file they fill in, and what comes in of it."""

from __future__ import annotations

import io
import stat
from pathlib import Path

import openpyxl
import pytest

from jobs.reference.sheet import Row, read
from jobs.topic_models import score_areas
from jobs.topic_models.labelling import form
from jobs.topic_models.labelling.check_form import check
from jobs.topic_models.labelling.corrections import apply_correction
from jobs.topic_models.labelling.queue import TextToLabel, choose_diverse, without_duplicates
from nlp.analyse import Analysis
from nlp.topics import TopicScore
from schemas.errors import UserError
from schemas.topics import load_topics


def asked(key: str, text: str = "ถนนพัง", topic: str = "roads", doubt: float = 0.5, **more: str) -> TextToLabel:
    return TextToLabel(key, text, more.get("language", "th"), more.get("province", "95"), topic, doubt)


def test_a_near_duplicate_is_asked_for_once_and_not_where_one_like_it_was_labelled():
    flood = "น้ำท่วมขังหน้าตลาดสดหลังฝนตกหนักเมื่อคืนนี้ เดินไม่ได้เลย ช่วยมาดูหน่อยครับ"
    texts = [
        asked("1", flood),
        asked("2", flood + " ด่วน"),
        asked("3", "ไฟทางหน้าวัดดับมาหลายคืนแล้ว มืดมาก"),
        asked("4", "ไม่มีน้ำใช้"),
    ]
    assert [one.concern_id for one in without_duplicates(texts, [])] == ["1", "3", "4"]
    assert [one.concern_id for one in without_duplicates(texts, ["ไฟทางหน้าวัดดับมาหลายคืนแล้ว มืดมาก"])] == ["1", "4"]


def test_doubt_comes_first_and_then_topics_provinces_and_languages_that_were_not_asked_for_yet():
    roads = [asked(f"r{number}", doubt=0.9) for number in range(5)]
    others = [
        asked("drugs", topic="drugs", doubt=0.6),
        asked("songkhla", province="90", doubt=0.6),
        asked("malay", language="ms-Latn", doubt=0.6),
    ]
    chosen = [one.concern_id for one in choose_diverse([*roads, *others], 5)]
    assert chosen[0] == "r0"
    assert {"drugs", "songkhla", "malay"} < set(chosen)
    assert choose_diverse([], 5) == []
    assert len(choose_diverse(roads, 50)) == 5


def test_an_area_is_bangkok_all_outside_it_or_a_province():
    assert [area for area in score_areas.areas() if score_areas.lies_in("95", area)] == ["outside", "95"]
    assert [area for area in score_areas.areas() if score_areas.lies_in("10", area)] == ["bangkok", "10"]
    assert not any(score_areas.lies_in(None, area) for area in score_areas.areas())


def test_a_correction_settles_the_topics_and_the_kind_where_it_gives_one():
    model = (TopicScore("roads", 0.6, "model"),)
    said = Analysis("ต้นไม้ล้ม", "th", ("ต้นไม้", "ล้ม"), ("ต้นไม้",), "question", model, (), 1.0, 2, 0)
    assert apply_correction(said, None, None) == said
    by_analyst = apply_correction(said, ["trees", "electricity"], None)
    assert by_analyst.topics == (TopicScore("trees", 1.0, "analyst"), TopicScore("electricity", 1.0, "analyst"))
    assert by_analyst.kind == "question"
    assert apply_correction(said, ["trees"], "complaint").kind == "complaint"


def test_what_was_about_nothing_is_a_complaint_once_an_analyst_names_its_topic():
    said = Analysis("…", "th", (), (), "other", (TopicScore("other", 0.9, "model"),), (), 1.0, 0, 0)
    assert apply_correction(said, ["trees"], None).kind == "complaint"
    assert apply_correction(said, ["other"], None).kind == "other"


PLACES = {"a1": "95", "b2": "10", "c3": None, "d4": "95"}


def filled(path: Path, *rows: dict[str, str], form_of: str = ".xlsx") -> list[Row]:
    """What is read of a file that was exported for four concerns and filled in."""
    out = path / f"out{form_of}"
    form.write(out, form.rows([asked(key) for key in PLACES], None))
    if form_of == ".csv":
        return read(str(out), "", form.COLUMNS, ("concern_id", "topic_1"))
    book = openpyxl.load_workbook(out)
    sheet = book[form.SHEET]
    for number, row in enumerate(rows, 2):
        for name, value in row.items():
            sheet.cell(number, list(form.COLUMNS).index(name) + 1).value = value
    book.save(out)
    return read(str(out), "", form.COLUMNS, ("concern_id", "topic_1"))


def test_rows_that_are_right_are_taken_by_id_thai_or_english_name(tmp_path: Path):
    thai = {topic.topic_id: topic.th for topic in load_topics()}
    found, slips, blank = check(
        filled(
            tmp_path,
            {"topic_1": thai["roads"], "topic_2": "Flooding", "labelled_by": "A1"},
            {"topic_1": "drugs", "kind": "tip_off", "drawn_from": "bangkok"},
            {},
            {"topic_1": thai["other"]},
        ),
        PLACES,
    )
    assert not slips and blank == 1
    assert [(one.concern_id, one.topic_ids, one.kind, one.drawn_from, one.labelled_by) for one in found] == [
        ("a1", ("roads", "flooding"), None, None, "A1"),
        ("b2", ("drugs",), "tip_off", "bangkok", None),
        ("d4", ("other",), None, None, None),
    ]


@pytest.mark.parametrize(
    ("row", "column", "says"),
    [
        ({"concern_id": "zz", "topic_1": "roads"}, "concern_id", "no concern of this id"),
        ({"concern_id": "b2", "topic_1": "roads"}, "concern_id", "row 2 says what this concern is about"),
        ({"topic_1": "roads", "topic_2": "สมชาย ใจดี"}, "topic_2", "no such topic"),
        ({"kind": "complaint"}, "topic_1", "a kind stands here and no topic"),
        ({"topic_1": "roads", "topic_2": "other"}, "topic_1", "other stands beside a topic"),
        ({"topic_1": "roads", "kind": "rant"}, "kind", "no such kind"),
        ({"topic_1": "roads", "drawn_from": "bangkok"}, "drawn_from", "not of this area"),
        ({"topic_1": "roads", "labelled_by": "สมชาย"}, "labelled_by", "never a name"),
        ({"topic_1": "roads", "labelled_by": "Somchai"}, "labelled_by", "never a name"),
    ],
)
def test_a_slip_is_a_sentence_with_row_and_column_and_does_not_repeat_the_cell(tmp_path: Path, row, column, says):
    rows = filled(tmp_path, {"concern_id": "b2", "topic_1": "roads"}, {"concern_id": "a1"} | row)
    found, (slip,), _ = check(rows, PLACES)
    assert [one.concern_id for one in found] == ["b2"], "what is right is taken"
    assert slip.sentence.startswith(f"row 3, column {column} (")
    assert says in slip.sentence and "สมชาย" not in slip.sentence and "Somchai" not in slip.sentence


def test_the_file_is_for_its_owner_alone_and_never_written_over(tmp_path: Path):
    path = tmp_path / "labels.xlsx"
    form.write(path, form.rows([asked("a1")], "95"))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(UserError, match=r"labels\.xlsx is there already"):
        form.write(path, [])
    with pytest.raises(UserError, match="neither CSV nor XLSX"):
        form.write(tmp_path / "labels.txt", [])


def test_texts_go_out_masked_and_never_as_a_formula(tmp_path: Path):
    texts = [asked("a1", "=1+1 โทร 081-234-5678"), asked("b2", "+66 81 234 5678 ถนนพัง")]
    content = form.rows(texts, "outside")
    assert "234" not in "".join(row["text"] for row in content)
    cells = openpyxl.load_workbook(io.BytesIO(form.workbook_bytes(content)))[form.SHEET]
    assert (cells["C2"].value, cells["C2"].data_type) == ("=1+1 โทร [PHONE]", "s")
    assert [row["drawn_from"] for row in content] == ["outside", "outside"]
    form.write(tmp_path / "out.csv", content)
    assert "\n'=1+1" not in (text := (tmp_path / "out.csv").read_text("utf-8-sig")) and ",'=1+1" in text


def test_the_workbook_lets_choose_every_topic_and_kind(tmp_path: Path):
    book = openpyxl.load_workbook(io.BytesIO(form.workbook_bytes(form.rows([asked("a1")], None))))
    names = {cell.value for cell in book[form.LISTS]["A"]}
    assert {topic.th for topic in load_topics()} < names
    assert len(book[form.SHEET].data_validations.dataValidation) == 5, "four topics and the kind"
    assert check(filled(tmp_path, form_of=".csv"), PLACES) == ([], [], 4)
