"""Generates the synthetic concerns of the exports: time, place, topic and source."""

from __future__ import annotations

import datetime as dt
import random
from functools import cache

from samples import copies
from samples.capitals import CAPITALS
from samples.concern import Concern
from samples.sentences import complaint, other_text, sentences
from schemas.area_data import District, Province, Subdistrict, districts, focus_areas, provinces, subdistricts

FEED, REGISTER, POSTS = "traffy_feed", "damrongdhama_register", "social_posts"
BANGKOK_TIME = dt.timezone(dt.timedelta(hours=7))
MONTHS = tuple((2024 + (9 + n) // 12, (9 + n) % 12 + 1) for n in range(14))  # 2024-10 to 2025-11

BANGKOK = "10"
FOCUS = ("94", "95", "96", "90", "50", "57", "30", "34", "40", "47")
CONCERNS_OF_BANGKOK, CONCERNS_OF_FOCUS, CONCERNS_ELSEWHERE = 2600, 480, 38

# Topics that rise in the last months: province, topic, extra concerns of 2025-09, 2025-10 and 2025-11.
RISES = (
    ("90", "flooding", (22, 40, 78)),
    ("96", "flooding", (21, 34, 66)),
    ("94", "street_lighting", (21, 31, 54)),
    ("95", "drugs", (20, 29, 46)),
    ("10", "air_pollution", (24, 38, 72)),
    ("50", "land", (20, 27, 45)),
    ("57", "erosion_landslide", (20, 30, 49)),
    ("30", "roads", (22, 33, 58)),
    ("34", "flooding", (24, 36, 52)),
    ("40", "water_supply", (20, 31, 50)),
    ("47", "livestock", (20, 26, 43)),
)

_COMMON = {
    "bangkok": "footpaths drainage traffic cleanliness obstruction noise",
    "deep_south": "street_lighting religion_culture agriculture unrest flooding roads",
    "south": "roads agriculture flooding street_lighting drugs water_supply",
    "north": "roads burning land air_pollution street_lighting health",
    "northeast": "roads water_supply agriculture irrigation drought livestock",
    "central": "roads cleanliness flooding water_supply wastewater street_lighting",
    "east": "roads wastewater air_pollution wildlife water_supply cleanliness",
    "west": "roads wildlife land water_supply agriculture street_lighting",
}
_RURAL = frozenset(("irrigation", "drought", "wildlife", "livestock", "agriculture", "unrest"))
_SEASONS = {
    "flooding": (9, 10, 11, 12),
    "burning": (1, 2, 3, 4),
    "air_pollution": (12, 1, 2, 3),
    "drought": (2, 3, 4),
}


@cache
def _deep_south() -> tuple[str, ...]:
    return tuple(area.area_code for area in focus_areas() if area.focus_area_id == "deep_south")


@cache
def _areas_by_province() -> dict[str, tuple[tuple[District, tuple[Subdistrict, ...]], ...]]:
    inside: dict[str, list[Subdistrict]] = {}
    for area in subdistricts():
        inside.setdefault(area.district_code, []).append(area)
    found: dict[str, list[tuple[District, tuple[Subdistrict, ...]]]] = {}
    for area in districts():
        found.setdefault(area.province_code, []).append((area, tuple(inside[area.district_code])))
    return {code: tuple(areas) for code, areas in found.items()}


@cache
def _topic_weights(area: str, month: int) -> tuple[tuple[str, ...], tuple[float, ...]]:
    common = _COMMON[area].split()
    topics = tuple(sentences()["anywhere"])
    weights = [
        (0.02 if area == "bangkok" and topic in _RURAL else 0.7)
        + (13 - 1.3 * common.index(topic) if topic in common else 0)
        for topic in topics
    ]
    seasonal = [w * (1.8 if month in _SEASONS.get(t, ()) else 1) for t, w in zip(topics, weights, strict=True)]
    return topics, tuple(seasonal)


def _moment(rng: random.Random, year: int, month: int) -> dt.datetime:
    days = (dt.date(year + month // 12, month % 12 + 1, 1) - dt.date(year, month, 1)).days
    hour = rng.choices(range(24), (1, 1, 1, 1, 1, 2, 4, 7, 9, 9, 9, 8, 7, 8, 8, 7, 7, 6, 6, 6, 6, 5, 3, 2))[0]
    start = dt.datetime(year, month, rng.randint(1, days), hour, tzinfo=BANGKOK_TIME)
    return start + dt.timedelta(microseconds=rng.randrange(3_600_000_000))


def _concern(rng: random.Random, province: Province, year: int, month: int, topic: str | None) -> Concern:
    code = province.province_code
    # Half of the concerns of a province come from three of its districts, because the population is uneven.
    areas = _areas_by_province()[code]
    district, inside = rng.choice(areas[:3] if rng.random() < 0.5 else areas)
    subdistrict = rng.choice(inside)
    deep = district.district_code.startswith(_deep_south())
    area = "bangkok" if code == BANGKOK else "deep_south" if deep else province.region
    office = (
        f"สำนักงานเขต{district.district_th}"
        if code == BANGKOK
        else f"{rng.choice(('อบต.', 'อบต.', 'เทศบาลตำบล'))}{subdistrict.subdistrict_th}"
    )
    urban = code == BANGKOK
    other = rng.random()
    if topic is None and deep and other < 0.2:
        part = rng.choices(("rumi", "jawi", "ms_thai"), (5, 3, 2))[0]
        content = other_text(part, rng, office, urban)
    elif topic is None and other > 0.9:
        content = other_text("kinds", rng, office, urban)
    else:
        topic = topic or rng.choices(*_topic_weights(area, month))[0]
        parts = ("anywhere", area) if area in sentences() else ("anywhere",)
        content = complaint(topic, parts, rng, office, urban)
    shares = (75, 10, 15) if urban else (45, 35, 20)
    latitude, longitude = CAPITALS[code]
    return Concern(
        rng.choices((FEED, REGISTER, POSTS), shares)[0],
        _moment(rng, year, month), province, district, subdistrict, content,
        round(latitude + rng.uniform(-0.03, 0.03), 5), round(longitude + rng.uniform(-0.03, 0.03), 5),
        office,
    )  # fmt: skip


def concerns(seed: int) -> list[Concern]:
    """All synthetic concerns in the order of time; the same seed gives the same concerns."""
    rng = random.Random(f"{seed}:concerns")
    found: list[Concern] = []
    for province in provinces():
        code = province.province_code
        total = CONCERNS_ELSEWHERE
        if code == BANGKOK or code in FOCUS:
            total = CONCERNS_OF_BANGKOK if code == BANGKOK else CONCERNS_OF_FOCUS
        for number in range(total):
            found.append(_concern(rng, province, *MONTHS[number % len(MONTHS)], None))
        for risen, topic, counts in RISES:
            if risen == code:
                for (year, month), count in zip(MONTHS[-len(counts) :], counts, strict=True):
                    found += [_concern(rng, province, year, month, topic) for _ in range(count)]
        if code == copies.CAMPAIGN_PROVINCE:
            people = [_concern(rng, province, *copies.CAMPAIGN_MONTH, None) for _ in range(copies.CAMPAIGNERS)]
            found += copies.campaign(people, seed)
    last_month = dt.datetime(*MONTHS[-1], 1, tzinfo=BANGKOK_TIME)
    found += copies.sent_twice(found, (FEED, REGISTER, POSTS), last_month, seed)
    return sorted(found, key=lambda concern: concern.raised_at)


def recent_concerns(rng: random.Random, count: int, codes: tuple[str, ...] | None) -> list[Concern]:
    """``count`` synthetic concerns of the last two months, in these provinces or in all (None)."""
    areas = [province for province in provinces() if codes is None or province.province_code in codes]
    return [_concern(rng, rng.choice(areas), *rng.choice(MONTHS[-2:]), None) for _ in range(count)]
