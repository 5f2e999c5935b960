"""What a citizen wants with a message."""

import pytest

from nlp.kind import kind


@pytest.mark.parametrize(
    ("text", "labels", "expected"),
    [
        ("ถนนพังมาก ช่วยมาซ่อมที", (), "complaint"),
        ("ถนนพังมาก", ("ถนน", "เสนอแนะ"), "suggestion"),
        ("ถนนพังมาก", ("ถนน",), "complaint"),
        ("อยากให้มีสวนสาธารณะในตำบล", (), "suggestion"),
        ("ย้ายทะเบียนบ้านต้องใช้เอกสารอะไร", (), "question"),
        ("ขอชื่นชมเจ้าหน้าที่ แก้ไขรวดเร็วมาก", (), "praise"),
        ("ถนนพัง ช่วยซ่อมด้วย ขอบคุณครับ", (), "complaint"),
        ("ขอกระสอบทรายกับเครื่องสูบน้ำ", (), "request"),
        ("แจ้งเบาะแสบ่อนการพนัน ขอปกปิดชื่อ", (), "tip_off"),
        ("ขอคำปรึกษาเรื่องมรดก", (), "consultation"),
        ("ฝุ่นเยอะ", (), "complaint"),
        ("รถลักลอบจอดในที่ห้ามจอดทุกวัน", (), "complaint"),
        ("ลักลอบค้าไม้พะยูงหลังหมู่บ้าน", (), "tip_off"),
        ("ขอบคุณที่รับเรื่อง ต้องการให้มาตัดหญ้าริมทาง", (), "complaint"),
        ("อยากให้ขยายเวลาเปิดลานกีฬา", (), "suggestion"),
    ],
)
def test_the_kind_comes_from_the_label_else_from_the_words(text, labels, expected):
    assert kind(text, labels) == expected


def test_a_text_about_nothing_known_is_of_no_kind():
    assert kind("อรุณสวัสดิ์วันจันทร์", has_topic=False) == "other"
