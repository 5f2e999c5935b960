"""What a reader must know beside the figures, in Thai and English: the same words in every extract."""

from __future__ import annotations

from datetime import date

from schemas.calendars import BUDDHIST_OFFSET

TITLE = ("แนวโน้มเรื่องที่ประชาชนแจ้ง รายจังหวัด", "Concerns of citizens by province: trends")

HONESTY = (
    "ตัวเลขคือเรื่องที่แจ้งผ่านช่องทางที่มีข้อมูล ไม่ใช่จำนวนปัญหา เรื่องน้อยอาจเพราะไม่มีช่องทางหรือไม่กล้าแจ้ง",
    "The figures are concerns raised through channels that we have data of, not the number of problems; "
    "few may mean that there is no channel, or no courage to use it.",
)
HIDDEN = (
    "ไม่แสดงตัวเลขเมื่อมี 1–4 เรื่อง หรือเมื่อตัวเลขนั้นทำให้คำนวณย้อนหาค่าที่ปกปิดได้ (อาจมี 5 เรื่องขึ้นไป) ส่วน 0 แสดงตามจริง",
    "Counts of 1 to 4 are hidden, and so are those (of 5 or more) that would give one away; a 0 is shown.",
)
SENSITIVE = (
    "หัวข้ออ่อนไหว (ยาเสพติด ทุจริต พฤติกรรมเจ้าหน้าที่ ความเป็นธรรม ความไม่สงบ) แสดงเฉพาะรายปีงบประมาณที่สิ้นสุดแล้ว",
    "Sensitive topics (drugs, corruption, official conduct, justice, unrest) are shown by ended fiscal year.",
)
OVERLAP = (
    "หนึ่งเรื่องมีได้หลายหัวข้อ ผลรวมของหัวข้อจึงมากกว่าจำนวนเรื่องทั้งหมดได้",
    "A concern may have several topics, so topics may exceed the total in sum.",
)
RANKS = (
    "อันดับคิดเฉพาะจังหวัดที่แสดงตัวเลขและมีแหล่งข้อมูลเดียวกัน (1 = มากที่สุด)",
    "Ranks are among provinces whose figures are shown and that have the same sources (1 is most).",
)
RESOLVED = (
    "“เสร็จ” หมายถึงหน่วยงานแจ้งว่าเสร็จ ไม่ได้ตรวจสอบกับผู้แจ้ง",
    "“Resolved” is what the agency says; it was not checked with the citizen.",
)
KINDS = (
    "นับเรื่องร้องเรียน คำขอ ข้อเสนอแนะ และการแจ้งเบาะแส ส่วนคำชม คำถาม และการขอคำปรึกษานับแยก",
    "Complaints, requests, suggestions and tip-offs count; praise, questions and consultations do not.",
)

_MONTHS = ("ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค.")


def population(on: date | None) -> tuple[str, str]:
    """The sentence that stands beside every rate; ``on`` is the date of the population figures."""
    if on is None:
        return (
            "ไม่มีข้อมูลประชากร จึงไม่มีอัตราต่อประชากร",
            "No population figures were there, so there are no rates.",
        )
    return (
        f"อัตราคิดต่อประชากรตามทะเบียนราษฎร 100,000 คน ({thai_month(on)}) ไม่รวมประชากรแฝง",
        f"Rates are per 100,000 registered residents ({on:%B %Y}), not others who live there.",
    )


def thai_month(day: date) -> str:
    """``มิ.ย. 2564``: month and Buddhist year."""
    return f"{_MONTHS[day.month - 1]} {day.year + BUDDHIST_OFFSET}"


def thai_date(day: date) -> str:
    """``30 มิ.ย. 2564``"""
    return f"{day.day} {thai_month(day)}"


def sentences(population_date: date | None) -> list[tuple[str, str]]:
    """All notes, the most important first."""
    return [HONESTY, population(population_date), HIDDEN, SENSITIVE, OVERLAP, KINDS, RANKS, RESOLVED]
