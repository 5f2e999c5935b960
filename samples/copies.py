"""Copies of synthetic concerns: concerns that people send twice, and a text that many people send."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace

from samples.concern import Concern
from samples.sentences import SampleText

SENT_TWICE, CAMPAIGNERS = 60, 40
CAMPAIGN_PROVINCE, CAMPAIGN_MONTH = "21", (2025, 6)
CAMPAIGN = SampleText(
    "ขอคัดค้านการขยายบ่อบำบัดน้ำเสียของโรงงานติดคลองสาธารณะ เพราะน้ำสีดำส่งกลิ่นเหม็นถึงชุมชนทุกวัน "
    "ปลาตายทั้งคลอง และไม่เคยมีการรับฟังความคิดเห็นของคนในพื้นที่ก่อน ขอให้ระงับโครงการจนกว่าจะมีผลตรวจน้ำที่เปิดเผย",
    ("wastewater",),
)
_BEFORE = ("", "แจ้งอีกครั้ง ", "ส่งซ้ำอีกช่องทางค่ะ ", "ฝากติดตามด้วยครับ ")
_AFTER = ("", " 🙏", " ช่วยด้วยครับ", " ค่ะ")
# Two people may write the same shorter text independently.
_MIN_LENGTH = 60


def sent_twice(concerns: list[Concern], sources: tuple[str, ...], before: dt.datetime, seed: int) -> list[Concern]:
    """Copies of some Thai concerns, in other sources, up to three days later, with a phrase before or after."""
    rng = random.Random(f"{seed}:sent twice")
    long = [one for one in concerns if one.content.language == "th" and len(one.content.text) >= _MIN_LENGTH]
    again: list[Concern] = []
    for one in rng.sample([one for one in long if one.raised_at < before], SENT_TWICE):
        other = rng.choice([source for source in sources if source != one.source])
        changed = replace(one.content, text=rng.choice(_BEFORE) + one.content.text + rng.choice(_AFTER))
        later = one.raised_at + dt.timedelta(minutes=rng.randrange(20, 3 * 24 * 60))
        again.append(replace(one, source=other, raised_at=later, content=changed))
    return again


def campaign(people: list[Concern], seed: int) -> list[Concern]:
    """The concerns of these people, all with the same text and within a week."""
    rng = random.Random(f"{seed}:campaign")
    first = min(one.raised_at for one in people)
    return [
        replace(
            one,
            raised_at=first + dt.timedelta(minutes=rng.randrange(7 * 24 * 60)),
            content=replace(CAMPAIGN, text=rng.choice(_BEFORE) + CAMPAIGN.text + rng.choice(_AFTER)),
        )
        for one in people
    ]
