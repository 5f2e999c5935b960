"""What people send twice, and what many of them copy: imagined concerns in the words of others."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace
from typing import TYPE_CHECKING

from samples.sentences import Saying

if TYPE_CHECKING:
    from samples.concerns import Concern

SENT_TWICE, CAMPAIGNERS = 60, 40
CAMPAIGN_PROVINCE, CAMPAIGN_MONTH = "21", (2025, 6)
CAMPAIGN = Saying(
    "ขอคัดค้านการขยายบ่อบำบัดน้ำเสียของโรงงานติดคลองสาธารณะ เพราะน้ำสีดำส่งกลิ่นเหม็นถึงชุมชนทุกวัน "
    "ปลาตายทั้งคลอง และไม่เคยมีการรับฟังความคิดเห็นของคนในพื้นที่ก่อน ขอให้ระงับโครงการจนกว่าจะมีผลตรวจน้ำที่เปิดเผย",
    ("wastewater",),
)
_BEFORE = ("", "แจ้งอีกครั้ง ", "ส่งซ้ำอีกช่องทางค่ะ ", "ฝากติดตามด้วยครับ ")
_AFTER = ("", " 🙏", " ช่วยด้วยครับ", " ค่ะ")
# A text that is shorter may be one that two people found by themselves.
_FEWEST = 60


def sent_twice(found: list[Concern], sources: tuple[str, ...], before: dt.datetime, seed: int) -> list[Concern]:
    """Some Thai concerns once more, in other sources and up to three days later, with a word before or after."""
    rng = random.Random(f"{seed}:sent twice")
    long = [one for one in found if one.saying.language == "th" and len(one.saying.text) >= _FEWEST]
    again: list[Concern] = []
    for one in rng.sample([one for one in long if one.raised_at < before], SENT_TWICE):
        other = rng.choice([source for source in sources if source != one.source])
        said = replace(one.saying, text=rng.choice(_BEFORE) + one.saying.text + rng.choice(_AFTER))
        later = one.raised_at + dt.timedelta(minutes=rng.randrange(20, 3 * 24 * 60))
        again.append(replace(one, source=other, raised_at=later, saying=said))
    return again


def campaign(people: list[Concern], seed: int) -> list[Concern]:
    """What these people raise becomes one text that they all copied, within a week."""
    rng = random.Random(f"{seed}:campaign")
    first = min(one.raised_at for one in people)
    return [
        replace(
            one,
            raised_at=first + dt.timedelta(minutes=rng.randrange(7 * 24 * 60)),
            saying=replace(CAMPAIGN, text=rng.choice(_BEFORE) + CAMPAIGN.text + rng.choice(_AFTER)),
        )
        for one in people
    ]
