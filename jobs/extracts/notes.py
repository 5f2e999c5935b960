"""The notes to the figures, in Thai and English; they are the same in every extract."""

from __future__ import annotations

from datetime import date

from jobs.disclosure.publishable import PUBLICATION_DELAY_DAYS
from schemas.calendars import BUDDHIST_OFFSET

TITLE = ("แนวโน้มเรื่องที่ประชาชนแจ้ง", "Concerns of citizens: trends")
TITLE_OF_PROVINCES = (f"{TITLE[0]} รายจังหวัด", "Concerns of citizens by province: trends")
TITLE_OF_SMALL_AREAS = (f"{TITLE[0]} รายอำเภอและราย อปท.", "Concerns of citizens by district and LAO: trends")

TABLES = {
    "province_trends": (
        "แนวโน้มรายจังหวัด: รายเดือนตามหัวข้อ รายปีงบประมาณตามหัวข้ออ่อนไหว",
        "Concerns of a province by month and topic, and by fiscal year and sensitive topic; a month without concerns "
        "has rows with 0, a month without data has none",
    ),
    "district_trends": (
        "แนวโน้มรายอำเภอ: รายไตรมาสตามกลุ่มหัวข้อ จำนวนปัดเป็นหลักห้า",
        "Concerns of a district by quarter and group of topics, to the nearest 5",
    ),
    "lao_trends": (
        "แนวโน้มราย อปท.: รายปีงบประมาณตามกลุ่มหัวข้อ จำนวนปัดเป็นหลักห้า",
        "Concerns from the place that an LAO serves by fiscal year and group of topics, to the nearest 5; LAOs "
        "overlap, so rows do not add up",
    ),
    "coverage": (
        "ความครอบคลุม: แหล่งข้อมูลใดมีข้อมูลในเดือนใด",
        "Which source had data in which month; where none had, few concerns mean nothing",
    ),
}
"""The content of each public table; its description in the data package also contains HONESTY."""

HONESTY = (
    "ตัวเลขคือเรื่องที่แจ้งผ่านช่องทางที่มีข้อมูล ไม่ใช่จำนวนปัญหา เรื่องน้อยอาจเพราะไม่มีช่องทางหรือไม่กล้าแจ้ง",
    "The figures are concerns raised through channels that we have data of, not the number of problems; "
    "few may mean that there is no channel, or no courage to use it.",
)
SAMPLES = (
    "ข้อมูลตัวอย่าง: เรื่องทั้งหมดถูกสมมติขึ้น ไม่ใช่เรื่องจริงของพื้นที่ใด",
    "Samples: all concerns are invented, and tell nothing of any place.",
)
HIDDEN = (
    "ตารางจังหวัดไม่แสดงตัวเลขเมื่อมี 1–4 เรื่อง หรือเมื่อตัวเลขนั้นทำให้คำนวณย้อนหาค่าที่ปกปิดได้ (อาจมี 5 เรื่องขึ้นไป) ส่วน 0 แสดงตามจริง",
    "Of provinces, counts of 1 to 4 are hidden, and so are those (of 5 or more) that would give one away; a 0 stays.",
)
ROUNDED = (
    "ตารางอำเภอและ อปท. ปัดจำนวนเป็นจำนวนเต็มห้าที่ใกล้ที่สุด ไม่มีแถวเมื่อน้อยกว่า 5 เรื่อง หรือเมื่อคำนวณย้อนกลับได้ "
    "ไม่มีแถวจึงไม่ได้แปลว่าไม่มีเรื่อง",
    "Of districts and LAOs, counts are to the nearest 5. There is no row under 5, nor where one would give such a "
    "count away, so that no row does not mean no concern.",
)
WHOLE_PROVINCES = (
    "อบจ. และกรุงเทพมหานครไม่มีแถวในตาราง อปท. เพราะเท่ากับทั้งจังหวัด ให้ดูตารางรายจังหวัด",
    "PAOs and Bangkok have no row among LAOs: they serve the whole province, whose figures are in its own table.",
)
PUBLICATION_DELAY = (
    f"เผยแพร่ช่วงเวลาที่สิ้นสุดแล้วอย่างน้อย {PUBLICATION_DELAY_DAYS} วัน ตัวเลขที่เผยแพร่แล้วไม่เปลี่ยน เรื่องที่มาช้ากว่านั้นจึงไม่อยู่ในตาราง",
    f"A period is published when it has been over for {PUBLICATION_DELAY_DAYS} days. What was published stays as it "
    "was; what came in or changed later is not in it.",
)
SENSITIVE = (
    "หัวข้ออ่อนไหว (ยาเสพติด ทุจริต พฤติกรรมเจ้าหน้าที่ ความเป็นธรรม ความไม่สงบ) แสดงเฉพาะรายปีงบประมาณของจังหวัด",
    "Sensitive topics (drugs, corruption, official conduct, justice, unrest) are shown by province and fiscal year.",
)
OVERLAP = (
    "หนึ่งเรื่องมีได้หลายหัวข้อ ผลรวมของหัวข้อจึงมากกว่าจำนวนเรื่องทั้งหมดได้",
    "A concern may have several topics, so topics may exceed the total in sum.",
)
RANKS = (
    "อันดับคิดเฉพาะจังหวัดที่แสดงตัวเลขและมีแหล่งข้อมูลเดียวกันครบสิบสองเดือน (1 = มากที่สุด) หากไม่มี จึงเว้นว่าง",
    "Ranks are among provinces whose figures are shown and that have had the same sources for twelve months (1 is "
    "most); of others there is none.",
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
    """The note on rates; ``on`` is the date of the population figures, None where there are none."""
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
    """Month and Buddhist year, such as ``มิ.ย. 2564``."""
    return f"{_MONTHS[day.month - 1]} {day.year + BUDDHIST_OFFSET}"


def thai_date(day: date) -> str:
    """Day, month and Buddhist year, such as ``30 มิ.ย. 2564``."""
    return f"{day.day} {thai_month(day)}"


def important(*, of_samples: bool) -> list[tuple[str, str]]:
    """The notes above every table."""
    return [SAMPLES, HONESTY] if of_samples else [HONESTY]


def of_provinces(population_date: date | None) -> list[tuple[str, str]]:
    """The further notes on the table of provinces, most important first."""
    return [population(population_date), PUBLICATION_DELAY, HIDDEN, SENSITIVE, OVERLAP, KINDS, RANKS, RESOLVED]


def of_small_areas(population_date: date | None) -> list[tuple[str, str]]:
    """The further notes on the tables of districts and LAOs, most important first."""
    return [ROUNDED, PUBLICATION_DELAY, WHOLE_PROVINCES, population(population_date), SENSITIVE, OVERLAP, KINDS]


def sentences(population_date: date | None, *, of_samples: bool = False) -> list[tuple[str, str]]:
    """All notes, each once, most important first."""
    first = important(of_samples=of_samples)
    return list(dict.fromkeys([*first, *of_provinces(population_date), *of_small_areas(population_date)]))
