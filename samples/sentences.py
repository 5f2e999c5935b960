"""Texts of concerns: a sentence of ``sentences.yaml`` with invented values, a greeting and a closing phrase."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_INVENTED = {
    "places": """
        หนองแสงทอง ทุ่งดอกจาน โคกยางงาม ท่าน้ำใส ห้วยลมเย็น ดอนพอเพียง นาร่มโพธิ์ บึงสายบัว ป่าสักน้อย เขาลูกเดียว
        คลองสองฝั่ง สวนตาลคู่ วังปลาเงิน ไร่ตะวันรุ่ง หาดทรายเรียบ ปากน้ำเก่า เนินมะเดื่อ ต้นไทรใหญ่ บ่อหินกลาง ลานข้าวใหม่""",
    "roads": "ร่มเย็น ประชาร่วมใจ ศรีพัฒนา รวมมิตร สามัคคี เลียบคลองใหม่ เทศบาลสาย4 ตะวันยิ้ม รุ่งเรืองกิจ พัฒนาชุมชน",
    "first": "สมหวังดี ปรานอม บุญเกิดศรี ฟาตีมาฮ์ อับดุลฮาเล็ง วิไลพรรณ คำแพง ธีรเดชา มูฮัมหมัดซอและ จันทร์ฉวี",
    "last": "ร่มเกล้างาม ใจสู้งาน แสงทองวารี มะแซลอ เจะเต๊ะงาม พรมแดนใต้ นาคำมูล สายบุรีรักษ์",
}
_NAMES, _ROADS, _FIRST, _LAST = (words.split() for words in _INVENTED.values())
_OPENINGS = (
    "", "", "", "", "เรียนเจ้าหน้าที่ ", "สวัสดีครับ ", "สวัสดีค่ะ ", "แจ้งเรื่องครับ ", "ฝากด้วยค่ะ ",
    "ขออนุญาตแจ้ง ",
)  # fmt: skip
_CLOSINGS = (
    "", "", "", " ครับ", " ค่ะ", " ขอบคุณครับ", " ขอบคุณค่ะ", " รบกวนช่วยดูให้ด้วย", " ขอให้รีบดำเนินการ",
    " แจ้งหลายครั้งแล้วไม่มีใครมา", " 🙏", " เดือดร้อนมากจริง ๆ",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SampleText:
    """A text, its topics (the main topic first), kind and language."""

    text: str
    topics: tuple[str, ...]
    kind: str = "complaint"
    language: str = "th"


@cache
def sentences() -> dict[str, Any]:
    """The content of ``samples/sentences.yaml``: sentences by area and topic."""
    path = Path(__file__).with_name("sentences.yaml")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 (both loaders are safe)


def citizen_number(rng: random.Random) -> str:
    """Thirteen digits with a valid check digit, of the office 0000, which issues no numbers."""
    digits = [1, 0, 0, 0, 0] + [rng.randrange(10) for _ in range(7)]
    check = (11 - sum(d * w for d, w in zip(digits, range(13, 1, -1), strict=True)) % 11) % 10
    plain = "".join(map(str, [*digits, check]))
    dashed = f"{plain[0]}-{plain[1:5]}-{plain[5:10]}-{plain[10:12]}-{plain[12]}"
    return rng.choice((plain, dashed))


def _personal(rng: random.Random) -> str:
    """Invented personal data that people add; the pipeline must mask numbers and addresses."""
    phone = f"{rng.choice(('08', '09', '06'))}{rng.randrange(10)}-000-{rng.randrange(10_000):04d}"
    return rng.choice(
        (
            f" ติดต่อ {rng.choice(_FIRST)} {rng.choice(_LAST)} โทร {phone}",
            f" โทร{phone.replace('-', '')}นะครับ",
            f" เบอร์ {phone}",
            f" อีเมล resident{rng.randrange(1000)}@example.com",
            f" เลขบัตรประชาชน {citizen_number(rng)}",
        )
    )


def fill(template: str, rng: random.Random, office: str, urban: bool) -> str:
    """A sentence with invented names and numbers in its placeholders."""
    name = rng.choice(_NAMES)
    return template.format(
        village=("ชุมชน" if urban else "บ้าน") + name,
        road=rng.choice(_ROADS),
        soi=f"{rng.choice(_ROADS)} {rng.randrange(1, 60)}",
        school="โรงเรียน" + ("" if urban else "บ้าน") + rng.choice(_NAMES),
        temple="วัด" + rng.choice(_NAMES),
        market="ตลาด" + rng.choice(_NAMES),
        canal="คลอง" + rng.choice(_NAMES),
        office=office,
        moo=rng.randrange(1, 13),
        days=rng.randrange(2, 40),
        count=rng.randrange(2, 20),
        metres=rng.randrange(5, 200, 5),
        time=f"{rng.randrange(5, 24):02d}.{rng.choice(('00', '15', '30', '45'))}",
    )


def complaint(topic: str, parts: tuple[str, ...], rng: random.Random, office: str, urban: bool) -> SampleText:
    """A Thai complaint about a topic; ``parts`` are the parts of the file for the area."""
    pool = [s for part in parts for s in sentences()[part].get(topic, ())]
    text = fill(rng.choice(pool), rng, office, urban)
    topics = (topic,)
    if rng.random() < 0.08:  # people often raise two things at once
        other = rng.choice(list(sentences()["anywhere"]))
        text += rng.choice((" แล้วก็", " อีกเรื่อง ", "\n", " และ")) + fill(
            rng.choice(sentences()["anywhere"][other]), rng, office, urban
        )
        topics = (topic, other) if other not in (topic, "other") else topics
    return SampleText(_with_greetings(text, rng), topics)


def other_text(part: str, rng: random.Random, office: str, urban: bool) -> SampleText:
    """A text of another kind (``kinds``) or in Malay (``jawi``, ``rumi``, ``ms_thai``)."""
    if part == "kinds":
        kind = rng.choice(list(sentences()["kinds"]))
        topic = rng.choice(list(sentences()["kinds"][kind]))
        text = fill(rng.choice(sentences()["kinds"][kind][topic]), rng, office, urban)
        return SampleText(_with_greetings(text, rng, bare=True), (topic,), kind)
    topic = rng.choice(list(sentences()[part]))
    text = fill(rng.choice(sentences()[part][topic]), rng, office, urban)
    language = {"jawi": "ms-Arab", "rumi": "ms-Latn", "ms_thai": "ms-Thai"}[part]
    return SampleText(text, (topic,), "complaint", language)


def _with_greetings(text: str, rng: random.Random, bare: bool = False) -> str:
    if not bare:
        text = rng.choice(_OPENINGS) + text + rng.choice(_CLOSINGS)
    if rng.random() < 0.04:
        text += _personal(rng)
    chance = rng.random()
    if chance < 0.01:
        text = text.replace(" ", "\u200b ", 1)
    elif chance < 0.03:
        text = text.replace(" ", "\r\n", 1)
    return text
