"""Kinds of messages by phrases: the baseline for the model in benchmarks/kinds.py."""

from __future__ import annotations

import re

from nlp.kind import COMPLAINT, OTHER

# With words for a problem, a message that also thanks or asks is a complaint. The first matching rule counts.
_TROUBLE = re.compile(
    "เดือดร้อน|ชำรุด|พัง|เสียหาย|ไม่ได้รับ|ร้องเรียน|รบกวนแก้|แก้ไข|ซ่อม|เหม็น|ท่วม|อุดตัน|อันตราย|กีดขวาง|ไม่ไหล|ไฟดับ"
    "|เดือนร้อน|ต้องการให้|ขอให้|รบกวนมา|รบกวนช่วย|รบกวนทาง|รบกวนตรวจ|ช่วยมา|ต้องการแจ้ง|ขุดลอก|ไม่เก็บ|ตรวจสอบ"
    "|ไม่มา|ไม่ยอม|ลำบาก|แย่มาก|ทนไม่|ไม่ไหว|rosak|banjir|tersumbat"
)
_RULES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "tip_off",
        re.compile(
            "เบาะแส|ขอปกปิดชื่อ|ไม่ประสงค์ออกนาม|ไม่ประสงค์จะออกนาม|ปกปิดผู้แจ้ง|แอบขาย|ลักลอบ(?:ขาย|ค้า|เล่น|เปิด|ขน|ผลิต|ตัดไม้|ล่า|นำเข้า|เสพ|เผา|ทิ้ง)"
        ),
    ),
    ("consultation", re.compile("ขอคำปรึกษา|ขอปรึกษา|ปรึกษากฎหมาย|ปรึกษาเรื่อง|อยากปรึกษา|ขอคำแนะนำ")),
    (
        "suggestion",
        re.compile(
            "เสนอแนะ|ขอเสนอ|ข้อเสนอ|อยากเสนอ|น่าจะ(?:มี|ทำ|เพิ่ม|จัด)|แนะนำให้|ขอแนะนำ|ฝากพิจารณา|ควรจะ|ควรมี|อยากให้(?:มี|เพิ่ม|ติด|ทำลูกระนาด|ขยาย|สร้าง|เปิด|จัดให้มี|พิจารณา)|cadangan"
        ),
    ),
    (
        "request",
        re.compile(
            "ขอความช่วยเหลือ|ขอความอนุเคราะห์|ขอสนับสนุน|ขอรับ|ขอรถ|ขอถัง|ขอไฟ|ขอสะพาน|ขอติดตั้ง|ขอขยาย|ขอเพิ่ม|ขอกระสอบ|ขอทุน"
            "|ขอวัคซีน|ขอผ้า|ขอเตียง|ขอบ่อ|ขอขุด|ช่วยด่วน|ต้องการความช่วยเหลือ|minta|mohon|tolong"
        ),
    ),
)
_PRAISE = re.compile("ชื่นชม|ชมเชย|ขอบคุณ|ขอบพระคุณ|ประทับใจ|ยอดเยี่ยม|ทำงานดีมาก|บริการดี|แก้ไขรวดเร็ว|terima kasih")
_PRAISE_ALONE = re.compile("ชื่นชม|ชมเชย|ประทับใจ|แก้ไขรวดเร็ว|รวดเร็วมาก")
_QUESTION = re.compile(
    "สอบถาม|ขอถาม|อยากทราบ|อยากรู้|อยากถาม|ต้องใช้เอกสาร|ไหมคะ|ไหมครับ|มั้ยคะ|มั้ยครับ|หรือไม่|ได้บ้าง|เท่าไหร่|เมื่อไหร่|เมื่อไร|ยังไงบ้าง"
    r"|อย่างไรบ้าง|กี่โมง|วันไหน|bagaimana|di mana|\?"
)


def kind(text: str, *, has_topic: bool) -> str:
    """The kind of a normalised message by its phrases; without any phrase it is a complaint if it has a topic."""
    for name, cue in _RULES:
        if cue.search(text):
            return name
    in_trouble = _TROUBLE.search(text)
    if _PRAISE_ALONE.search(text) or (not in_trouble and _PRAISE.search(text)):
        return "praise"
    if not in_trouble and _QUESTION.search(text):
        return "question"
    return COMPLAINT if in_trouble or has_topic else OTHER
