"""Notes on the figures in Thai and English, with the same wording in every extract."""

from __future__ import annotations

from datetime import date

from jobs.disclosure.publishable import PUBLICATION_DELAY_DAYS
from schemas.calendars import BUDDHIST_OFFSET

TITLE = ("แนวโน้มเรื่องที่ประชาชนแจ้ง", "Trends of citizens' concerns")
TITLE_OF_PROVINCES = (f"{TITLE[0]} รายจังหวัด", f"{TITLE[1]} by province")
TITLE_OF_SMALL_AREAS = (f"{TITLE[0]} รายอำเภอและราย อปท.", f"{TITLE[1]} by district and LAO")

TABLES = {
    "province_trends": (
        "แนวโน้มรายจังหวัด: รายเดือนตามหัวข้อและกลุ่มหัวข้อ และรายปีงบประมาณสำหรับหัวข้ออ่อนไหว",
        "Concerns of a province by month and topic, and by fiscal year for sensitive topics. A month without concerns "
        "has rows with 0; a month without data has no row",
    ),
    "district_trends": (
        "แนวโน้มรายอำเภอ: รายไตรมาสตามกลุ่มหัวข้อ จำนวนเรื่องปัดให้ลงท้ายด้วย 0 หรือ 5",
        "Concerns of a district by quarter and group of topics, rounded to the nearest 5",
    ),
    "lao_trends": (
        "แนวโน้มราย อปท.: รายปีงบประมาณตามกลุ่มหัวข้อ จำนวนเรื่องปัดให้ลงท้ายด้วย 0 หรือ 5",
        "Concerns from the area that an LAO serves, by fiscal year and group of topics, rounded to the nearest 5",
    ),
    "coverage": (
        "ความครอบคลุม: แหล่งข้อมูลใดมีข้อมูลในเดือนใด",
        "Months in which each source had data. If no source had data, a low number of concerns has no meaning",
    ),
}
"""What each public table holds; its description in the data package adds the sentences of HONESTY."""

HONESTY = (
    "ตัวเลขคือจำนวนเรื่องที่แจ้งผ่านช่องทางที่มีข้อมูล ไม่ใช่จำนวนปัญหาที่เกิดขึ้นจริง จำนวนเรื่องที่น้อยอาจเป็นเพราะประชาชนไม่มีช่องทางแจ้งหรือไม่กล้าแจ้ง",
    "The figures count concerns submitted through channels for which data are available, not the number of problems. "
    "A low number may mean that citizens have no channel or are afraid to report.",
)
SAMPLES = (
    "ข้อมูลตัวอย่าง: เรื่องทั้งหมดเป็นเรื่องสมมติ ไม่ใช่เรื่องจริงของพื้นที่ใด",
    "Sample data: all concerns are invented and do not describe any real place.",
)
HIDDEN = (
    "ตารางรายจังหวัดปกปิดตัวเลขเมื่อมี 1–4 เรื่อง และปกปิดตัวเลขอื่น (แม้มีตั้งแต่ 5 เรื่องขึ้นไป) "
    "ที่อาจใช้คำนวณย้อนกลับหาจำนวนที่ปกปิดได้ ส่วนจำนวน 0 เรื่องแสดงตามจริง",
    "For provinces, numbers from 1 to 4 are suppressed, and so are other numbers (5 or more) from which a suppressed "
    "number could be calculated. A 0 is shown as it is.",
)
ROUNDED = (
    "ตารางรายอำเภอและราย อปท. ปัดจำนวนเรื่องให้ลงท้ายด้วย 0 หรือ 5 ที่ใกล้ที่สุด และไม่แสดงแถวที่มีน้อยกว่า 5 เรื่อง "
    "หรือแถวที่อาจใช้คำนวณย้อนกลับหาจำนวนที่น้อยกว่า 5 เรื่องได้ การไม่มีแถวจึงไม่ได้หมายความว่าไม่มีเรื่อง",
    "For districts and LAOs, numbers are rounded to the nearest 5. Rows with fewer than 5 concerns, or from which such "
    "a number could be calculated, are left out. A missing row does not mean that there were no concerns.",
)
WHOLE_PROVINCES = (
    "อบจ. และกรุงเทพมหานครไม่มีแถวในตารางราย อปท. เพราะมีพื้นที่ทั้งจังหวัด ให้ดูตัวเลขในตารางรายจังหวัด",
    "PAOs and Bangkok have no rows in the table of LAOs, because they serve the whole province. See the table of "
    "provinces.",
)
OVERLAPPING_AREAS = (
    "พื้นที่ของ อปท. อาจซ้อนกัน เรื่องเดียวจึงอาจอยู่ในแถวของหลาย อปท. ไม่ควรรวมจำนวนเรื่องของหลาย อปท. เข้าด้วยกัน",
    "Areas of LAOs overlap, so a concern may be counted for several LAOs. Do not add up the numbers of several LAOs.",
)
PUBLICATION_DELAY = (
    f"ตัวเลขของแต่ละช่วงเวลาเผยแพร่เมื่อช่วงเวลานั้นสิ้นสุดแล้วอย่างน้อย {PUBLICATION_DELAY_DAYS} วัน "
    "ตัวเลขที่เผยแพร่แล้วไม่เปลี่ยนแปลง จึงไม่รวมเรื่องที่ได้รับหรือมีการเปลี่ยนแปลงภายหลัง",
    f"A period is published at least {PUBLICATION_DELAY_DAYS} days after it has ended. Published figures do not "
    "change, so concerns that were received or changed later are not included.",
)
SENSITIVE = (
    "หัวข้ออ่อนไหว (ยาเสพติด การทุจริต พฤติกรรมเจ้าหน้าที่ ความเป็นธรรม และสถานการณ์ความไม่สงบ) แสดงเฉพาะรายจังหวัดและรายปีงบประมาณ",
    "Sensitive topics (drugs, corruption, conduct of officials, justice, unrest) are shown only by province and fiscal "
    "year.",
)
OVERLAP = (
    "หนึ่งเรื่องอาจมีหลายหัวข้อ ผลรวมของทุกหัวข้อจึงอาจมากกว่าจำนวนเรื่องทั้งหมด",
    "A concern may have several topics, so the sum of the topics may be more than the total number of concerns.",
)
RANKS = (
    "อันดับ 1 คือมากที่สุด จัดอันดับเฉพาะจังหวัดที่แสดงตัวเลขและมีแหล่งข้อมูลเดียวกันครบสิบสองเดือน จังหวัดอื่นเว้นว่าง",
    "Rank 1 is the highest. Only provinces whose figures are shown and whose sources were the same for twelve months "
    "are ranked; for other provinces the rank is empty.",
)
RESOLVED = (
    "“แล้วเสร็จ” หมายถึง หน่วยงานรายงานว่าดำเนินการแล้วเสร็จ โดยไม่ได้ตรวจสอบกับผู้แจ้ง",
    "“Resolved” means that the agency reported the concern as resolved. This was not checked with the citizen.",
)
KINDS = (
    "นับเฉพาะเรื่องร้องเรียน คำขอความช่วยเหลือ ข้อเสนอแนะ และการแจ้งเบาะแส ไม่นับคำชมเชย คำถาม และการขอคำปรึกษา",
    "Complaints, requests, suggestions and tip-offs are counted. Praise, questions and consultations are not counted.",
)

_MONTHS = ("ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค.")


def population(on: date | None) -> tuple[str, str]:
    """The note beside every rate; ``on`` is the date of the population figures, None where there are none."""
    if on is None:
        return (
            "ไม่มีข้อมูลจำนวนประชากร จึงไม่แสดงอัตราต่อประชากร",
            "No population figures were available, so there are no rates.",
        )
    return (
        f"อัตราต่อประชากรตามทะเบียนราษฎรหนึ่งแสนคน คำนวณจากจำนวนประชากรเดือน {thai_month(on)} ไม่รวมประชากรแฝง",
        f"Rates are per 100,000 registered residents ({on:%B %Y}). Unregistered residents (ประชากรแฝง) are "
        "not included.",
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
    """The other notes on the table of provinces, most important first."""
    return [population(population_date), PUBLICATION_DELAY, HIDDEN, SENSITIVE, OVERLAP, KINDS, RANKS, RESOLVED]


def of_small_areas(population_date: date | None) -> list[tuple[str, str]]:
    """The other notes on the tables of districts and LAOs, most important first."""
    return [
        ROUNDED, PUBLICATION_DELAY, WHOLE_PROVINCES, OVERLAPPING_AREAS, population(population_date), SENSITIVE, OVERLAP,
        KINDS,
    ]  # fmt: skip


def sentences(population_date: date | None, *, of_samples: bool = False) -> list[tuple[str, str]]:
    """All notes, each once, most important first."""
    first = important(of_samples=of_samples)
    return list(dict.fromkeys([*first, *of_provinces(population_date), *of_small_areas(population_date)]))
