"""Whether a post is a public concern, or chatter such as an advert, sport or gossip."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from nlp.topics import OTHER, TopicScore

# A post with at least this score is a concern.
IS_CONCERN = 0.5

# Words for authorities, places where people live, problems, and requests to solve them.
_CONCERN = re.compile(
    "เทศบาล|อบต|อบจ|อำเภอ|ตำบล|ผู้ใหญ่บ้าน|กำนัน|นายก|ผู้ว่า|หน่วยงาน|เจ้าหน้าที่|ราชการ|เทศกิจ|ตำรวจ|ปลัด|การไฟฟ้า|การประปา|กรมทาง|สำนักงานเขต"
    "|ชาวบ้าน|หมู่บ้าน|ในซอย|ปากซอย|ชุมชน|หมู่ที่|ไทบ้าน|กำปง|ปู้คน|ถนนสาย"
    "|เดือดร้อน|ร้องเรียน|ร้องทุกข์|ขอความเป็นธรรม|ขอความช่วยเหลือ|ชำรุด|พัง|อันตราย|ลำบาก|ไม่มาเก็บ|ไม่ไหล|ท่วม|เหม็น|มืดมาก|ดับมา|อุดตัน|รุกล้ำ|กีดขวาง"
    "|ช่วยมา|ให้มา|มาแก้ไข|มาซ่อม|ขอให้|อยากให้มี|ฝากถึง|ฝากแจ้ง|ขอแจ้ง|แจ้งเรื่อง|แจ้งไป|แจ้งปัญหา|มาเบิ่ง|มาผ่อ|ปรับปรุง|ซ่อมแซม"
    "|tolong|mohon|aduan|kampung|rosak|banjir|complain|please fix"
)
# Words of adverts, sport, celebrities, food and greetings.
_CHATTER = re.compile(
    "โปรโมชั่น|โปรโมชัน|ลดราคา|ส่วนลด|ลดสูงสุด|ราคาพิเศษ|ราคาเพียง|ผ่อน|ดาวน์|สั่งซื้อ|พร้อมส่ง|ส่งฟรี|แจกฟรี|ลุ้นรับ|ลุ้นโชค|ร่วมสนุก|ของรางวัล|สะสมแต้ม|แถม|คูปอง"
    "|ทักแชท|ทักแชต|อินบ็อกซ์|inbox|กดไลก์|กดไลค์|กดแชร์|กดติดตาม|ติดตามเพจ|สมัครสมาชิก|รับสมัคร|ตัวแทนขาย|รายได้ดี"
    "|แมนยู|ลิเวอร์พูล|พรีเมียร์ลีก|ฟุตบอลโลก|ทีมชาติ|แชมป์|คอนเสิร์ต|ซีรี่ส์|ซีรีส์|ละคร|พระเอก|นางเอก|ดารา|ไอดอล|แฟนคลับ|หนังเรื่อง|เพลงใหม่|เลขเด็ด|หวย"
    "|อร่อย|เมนู|บุฟเฟ่ต์|หมูกระทะ|ชาบู|ก๋วยเตี๋ยว|กาแฟ|เบียร์|ลิปสติก|ลิปสี|รองพื้น|มาส์ก|ครีม|เซรั่ม|ผิวใส|หน้าใส|สีสวย|กล้องสวย|แบตอึด|รถรุ่น|รุ่นนี้|รุ่นใหม่"
    "|สุขสันต์|อรุณสวัสดิ์|ราตรีสวัสดิ์|ฝันดี|คิดถึง|รักเธอ|แฟนเก่า|ม่วนกัน|สนุกมาก|น่ารัก|ง่วง|555|ฮ่าๆ|อิอิ|😂|😍|🤣|❤|happy birthday"
)
# Log-odds similar to those of a logistic regression over the project's own texts (benchmarks/relevance.py prints
# them), but smaller, because those texts are easier to classify than posts.
_INTERCEPT, _TOPIC_WEIGHT, _CONCERN_WEIGHT, _CHATTER_WEIGHT = -2.0, 5.0, 2.2, -3.5
_MAX_CUES = 2


def features(text: str, topics: Sequence[TopicScore]) -> tuple[float, int, int]:
    """The confidence that a text has a topic (0 to 1), and its numbers of concern and chatter words, up to two each."""
    first = topics[0]
    confidence = 1 - first.confidence if first.topic_id == OTHER else first.confidence
    return confidence, _count_cues(_CONCERN, text), _count_cues(_CHATTER, text)


def relevance(text: str, topics: Sequence[TopicScore], language: str = "th") -> float:
    """The probability that a normalised text with these topics is a public concern, 0 to 1.

    It is made for posts on social media; an entry of a complaint log is always a concern. Few Malay words are known,
    so a Malay post without any known word is kept as a concern.
    """
    confidence, concern, chatter = features(text, topics)
    intercept = 0.0 if language.startswith("ms-") else _INTERCEPT
    return round(
        1
        / (
            1
            + math.exp(
                -(intercept + _TOPIC_WEIGHT * confidence + _CONCERN_WEIGHT * concern + _CHATTER_WEIGHT * chatter)
            )
        ),
        4,
    )


def _count_cues(cue: re.Pattern[str], text: str) -> int:
    """The number of different cue words in a text, up to two."""
    found: set[str] = set()
    for match in cue.finditer(text):
        found.add(match[0])
        if len(found) == _MAX_CUES:
            break
    return len(found)
