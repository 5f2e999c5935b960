"""The kind of a message."""

import csv
from pathlib import Path

import pytest

from nlp.analyse import Analyser
from nlp.kind import kind_from_labels
from nlp.seed_models import seed_models
from schemas.topics import load_kinds


@pytest.fixture(scope="module")
def analyser() -> Analyser:
    return Analyser(seed_models())


@pytest.mark.parametrize(
    ("text", "labels", "expected"),
    [
        ("ถนนพังมาก", (), "complaint"),
        ("ถนนพังมาก ช่วยมาซ่อมที", (), "request"),
        ("ถนนพังมาก", ("ถนน", "เสนอแนะ"), "suggestion"),
        ("ถนนพังมาก", ("ถนน",), "complaint"),
        ("อยากให้มีสวนสาธารณะในตำบล", (), "suggestion"),
        ("ย้ายทะเบียนบ้านต้องใช้เอกสารอะไร", (), "question"),
        ("ขอชื่นชมเจ้าหน้าที่ แก้ไขรวดเร็วมาก", (), "praise"),
        ("ถนนพัง ช่วยซ่อมด้วย ขอบคุณครับ", (), "request"),
        ("ขอกระสอบทรายกับเครื่องสูบน้ำ", (), "request"),
        ("แจ้งเบาะแสบ่อนการพนัน ขอปกปิดชื่อ", (), "tip_off"),
        ("ขอคำปรึกษาเรื่องมรดก", (), "consultation"),
        ("ฝุ่นเยอะ", (), "complaint"),
        ("รถจอดในที่ห้ามจอดทุกวัน", (), "complaint"),
        ("ขอแจ้งว่าถนนพัง", (), "complaint"),
        ("ขอปรึกษาเรื่องมรดก", (), "consultation"),
        ("ไฟดับทั้งซอย ขอบคุณค่ะ", (), "complaint"),
        ("ลักลอบค้าไม้พะยูงหลังหมู่บ้าน", (), "tip_off"),
        ("ขอบคุณที่รับเรื่อง ต้องการให้มาตัดหญ้าริมทาง", (), "request"),
        ("อยากให้ขยายเวลาเปิดลานกีฬา", (), "suggestion"),
        ("อรุณสวัสดิ์วันจันทร์", (), "other"),
    ],
)
def test_the_kind_comes_from_the_label_or_else_from_the_words(analyser, text, labels, expected):
    assert analyser.analyse([text], [labels])[0].kind == expected


def test_labels_state_a_kind_or_none():
    assert kind_from_labels(["ถนน", "เสนอแนะ", "ชื่นชม"]) == "suggestion"
    assert kind_from_labels(["ถนน", "ป้ายที่ยังไม่มีใครรู้จัก"]) is None
    assert kind_from_labels([]) is None


@pytest.mark.parametrize("text", ["", "5555", "جالن روسق دكمڤوڠ"])
def test_a_text_without_known_words_is_a_complaint_if_it_has_a_topic(analyser, text):
    found = analyser.analyse([text])[0]
    has_topic = found.topics[0].topic_id != "other"
    assert found.kind == ("complaint" if has_topic else "other") and has_topic == text.startswith("جالن")


def test_a_matter_after_a_greeting_decides_the_kind(analyser):
    # A greeting, and the same with a matter.
    greeting, matter = analyser.analyse(["สวัสดีวันอาทิตย์ครับ", "สวัสดีวันอาทิตย์ครับ น้ำประปาไม่ไหล"])
    assert greeting.kind == "other" and matter.kind != "other"


@pytest.mark.parametrize(("name", "by_rules", "floor"), [("first", 0.373, 0.55), ("second", 0.327, 0.40)])
def test_provincial_texts_get_their_kinds(analyser, name, by_rules, floor):
    """Own texts in the words of all regions, which stand in no file that the model learns from.

    ``by_rules`` is what rules of phrases reach (python -m benchmarks.kinds).
    """
    path = Path(__file__).with_name("kinds.csv")
    rows = [row for row in csv.DictReader(path.open(encoding="utf-8", newline="")) if row["set"] == name]
    assert not {row["text"] for row in rows} & {text for examples in load_kinds().values() for text in examples}
    found = analyser.analyse([row["text"] for row in rows])
    right = sum(one.kind == row["kind"] for one, row in zip(found, rows, strict=True))
    assert right >= floor * len(rows) > by_rules * len(rows)


def test_a_short_angry_text_is_a_complaint(analyser):
    texts = [
        "ถนนพังมาก", "น้ำเน่าเหม็นมาก", "ไฟดับบ่อย", "เสียงดังมากค่ะ", "ขยะเยอะมาก", "หมาเห่าทุกคืน", "น้ำไม่ไหล",
        "น้ำประปาขุ่นมากครับ", "ท่อตัน", "สายไฟห้อยลงมา", "ยุงเยอะมาก ๆ", "หลุมลึกมาก", "รถจอดขวางหน้าบ้าน",
        "คลองเน่า", "ฝาท่อหาย", "ขยะเต็มถัง ขอบคุณค่ะ", "ป้ายล้ม",
    ]  # fmt: skip
    assert {found.text: found.kind for found in analyser.analyse(texts) if found.kind != "complaint"} == {}


def test_a_polite_ending_does_not_change_the_kind(analyser):
    texts = ["ถนนหน้าโรงเรียนพัง", "ขอรถน้ำมาที่วัด", "จ่ายภาษีที่ดินได้ที่ไหน"]
    plain = [found.kind for found in analyser.analyse(texts)]
    assert plain == ["complaint", "request", "question"]
    for ending in ("ครับ", "นะคะ", " ขอบคุณครับ"):
        assert [found.kind for found in analyser.analyse([text + ending for text in texts])] == plain, ending
