"""Simulated tables of gold as of several days, from random concerns that are all placed; some are reported late."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa

from jobs.gold import periods
from schemas.area_data import districts, subdistricts
from schemas.tables import tables
from schemas.topics import load_topics
from tests.attack.reader import Cell, Geography

FIRST, MONTHS = date(2021, 10, 1), 21
DAYS = (date(2022, 11, 15), date(2022, 11, 16), date(2022, 12, 5), date(2023, 2, 6), date(2023, 8, 2))
"""The days on which the public tables are made: two that follow each other, then later ones."""
VOLUMES = {"83": 40, "75": 14, "95": 90, "94": 25, "23": 300, "82": 4}
"""Concerns a month of six provinces of 3 to 12 districts."""
_TYPES = {"string": pa.string(), "bigint": pa.int64(), "int": pa.int32(), "double": pa.float64(),
          "date": pa.date32(), "boolean": pa.bool_()}  # fmt: skip
_LATE_SHARE, _LATE_DAYS = 0.1, 40


@dataclass(frozen=True)
class World:
    """Concerns with places, topics and the day of their report; and the geography."""

    concerns: pd.DataFrame
    has_topic: np.ndarray
    geography: Geography
    served: Mapping[str, frozenset[str]]


def world(seed: int) -> World:
    """Concerns of MONTHS months: topics of very unequal popularity, most in few districts, one in ten reported late."""
    random = np.random.default_rng(seed)
    topics = load_topics()
    popularity = random.dirichlet(np.full(len(topics), 0.35))
    in_province = {code: [s for s in subdistricts() if s.province_code == code] for code in VOLUMES}
    parts: list[pd.DataFrame] = []
    for code, volume in VOLUMES.items():
        weights = random.dirichlet(np.full(len(in_province[code]), 0.2))
        size = int(random.poisson(volume * MONTHS))
        last = periods.add_months(FIRST, MONTHS)
        day = pd.to_datetime(FIRST) + pd.to_timedelta(random.integers(0, (last - FIRST).days, size), unit="D")
        delay = np.where(random.random(size) < _LATE_SHARE, random.exponential(_LATE_DAYS, size), 0).astype(int)
        place = random.choice([s.subdistrict_code for s in in_province[code]], size=size, p=weights)
        reported = day + pd.to_timedelta(delay, unit="D")
        counted, resolved = random.random(size) < 0.85, random.random(size) < 0.8
        parts.append(
            pd.DataFrame({"place": place, "day": day, "reported": reported, "counted": counted, "resolved": resolved})
        )
    concerns = pd.concat(parts, ignore_index=True)
    has = np.zeros((len(concerns), len(topics)), dtype=bool)
    extra = random.choice([0, 1, 2], p=[0.85, 0.12, 0.03], size=len(concerns))
    for row in range(len(concerns)):
        has[row, random.choice(len(topics), size=1 + extra[row], p=popularity)] = True
    geography, served = _places(random)
    return World(concerns, has, geography, served)


def _places(random: np.random.Generator) -> tuple[Geography, dict[str, frozenset[str]]]:
    """One LAO a subdistrict, in every fourth district one for all of it, and LAOs that lie across them."""
    of_district = {d.district_code: d for d in districts() if d.province_code in VOLUMES}
    inside: dict[str, list[str]] = {code: [] for code in of_district}
    for one in subdistricts():
        if one.district_code in inside:
            inside[one.district_code].append(one.subdistrict_code)
    served: dict[str, frozenset[str]] = {}
    laos_of_district: dict[str, list[str]] = {}
    laos_of_province: dict[str, list[str]] = {code: [] for code in VOLUMES}
    others: dict[str, list[str]] = {code: [] for code in VOLUMES}
    for code, district in of_district.items():
        whole = random.random() < 0.25
        made = {f"all-{code}": inside[code]} if whole else {f"sao-{one}": [one] for one in inside[code]}
        served |= {lao: frozenset(codes) for lao, codes in made.items()}
        laos_of_district[code] = list(made)
        laos_of_province[district.province_code] += made
        if random.random() < 0.3:
            served[f"across-{code}"] = frozenset(inside[code][:2])
            others[district.province_code].append(f"across-{code}")
    by_province: dict[str, list[str]] = {code: [] for code in VOLUMES}
    for code, district in of_district.items():
        by_province[district.province_code].append(code)
    return Geography(by_province, laos_of_province, laos_of_district, others), served


def gold(made: World, as_of: date) -> tuple[dict[str, pa.Table], dict[Cell, int]]:
    """The tables of gold that public tables are made from, of concerns reported up to a day; and the true counts."""
    topics = load_topics()
    known = (made.concerns["reported"] <= pd.Timestamp(as_of)).to_numpy()
    concerns, has = made.concerns[known].reset_index(drop=True), made.has_topic[known]
    counted, resolved = concerns["counted"].to_numpy(), concerns["resolved"].to_numpy()
    groups = sorted({topic.group_id for topic in topics})
    columns: dict[tuple[str, str], np.ndarray] = {("all", "all"): np.ones(len(concerns), dtype=bool)}
    for place, topic in enumerate(topics):
        columns["topic", topic.topic_id] = has[:, place]
    for group in groups:
        columns["group", group] = has[:, [topic.group_id == group for topic in topics]].any(axis=1)
    flags = pd.DataFrame(
        np.column_stack(list(columns.values())).astype(int), columns=pd.MultiIndex.from_tuples(columns)
    )
    place = concerns["place"]
    laos = pd.DataFrame([(code, lao) for lao, codes in made.served.items() for code in codes], columns=["place", "lao"])
    of_lao = concerns[["place"]].reset_index().merge(laos, on="place").set_index("index")["lao"]
    of_lao = of_lao[counted[of_lao.index]]
    province, day = place.str[:2], concerns["day"]

    def months(which: np.ndarray) -> Counts:
        return _dense(_counts(flags[which], province[which], day[which], "month"), as_of)

    counts = {
        "province": months(counted),
        "resolved": months(counted & resolved),
        "other": months(~counted),
        "province year": _counts(flags[counted], province[counted], day[counted], "fiscal_year"),
        "district": _counts(flags[counted], place.str[:4][counted], day[counted], "quarter"),
        "lao": _counts(flags.loc[of_lao.index], of_lao, day.loc[of_lao.index], "fiscal_year"),
    }
    truth = {(kind, *cell): count for kind, cells in counts.items() for cell, count in cells.items()}
    provinces = [*_month_rows(counts), *_rows(counts["province year"], "fiscal_year", "province_code", str)]
    in_province = {lao: min(codes)[:2] for lao, codes in made.served.items()}
    return {
        "province_trends": _table("province_trends", provinces),
        "district_trends": _table("district_trends", _rows(counts["district"], "quarter", "district_code",
                                                           lambda area: area[:2])),
        "lao_trends": _table("lao_trends", _rows(counts["lao"], "fiscal_year", "lao_code", in_province.__getitem__)),
        "coverage": _table("coverage", []),
    }, truth  # fmt: skip


Counts = dict[tuple[str, date, str, str], int]


def _counts(flags: pd.DataFrame, area: pd.Series, day: pd.Series, period_type: periods.PeriodType) -> Counts:
    """Concerns by area, start of the period, level and id, where there are any."""
    starts = {one: periods.start_of(period_type, one.date()) for one in day.unique()}
    sums = flags.groupby([area.to_numpy(), day.map(starts).to_numpy()]).sum()
    filled = sums.stack([0, 1], future_stack=True)
    return {tuple(cell): int(count) for cell, count in filled[filled > 0].items()}


def _dense(counts: Counts, as_of: date) -> Counts:
    """Adds 0 where there are no concerns."""
    levels = [("all", "all"), *(("topic", topic.topic_id) for topic in load_topics())]
    levels += [("group", group) for group in sorted({topic.group_id for topic in load_topics()})]
    months = [periods.add_months(FIRST, number) for number in range(MONTHS)]
    return {
        (province, month, *level): counts.get((province, month, *level), 0)
        for province in VOLUMES for month in months if month <= as_of for level in levels
    }  # fmt: skip


def _month_rows(counts: Mapping[str, Counts]) -> Iterator[dict[str, object]]:
    months = counts["province"]
    for row, cell in zip(_rows(months, "month", "province_code", str), months, strict=True):
        total, count = months[*cell[:2], "all", "all"], months[cell]
        yield {
            **row, "share": count / total if total else None, "resolved_count": counts["resolved"][cell],
            "other_kind_count": counts["other"][cell], "stated_count": count, "rank": 1,
        }  # fmt: skip


def _rows(counts: Counts, period_type: str, code: str, province: Callable[[str], str]) -> Iterator[dict[str, object]]:
    for (area, start, level, topic_id), count in counts.items():
        yield {
            "period_type": period_type, "period_start": start, "fiscal_year_be": periods.fiscal_year_be(start),
            code: area, "province_code": province(area), "topic_level": level, "topic_id": topic_id,
            "channel": "all", "concern_count": count, "other_kind_count": 0, "resolved_count": 0,
        }  # fmt: skip


def _table(name: str, rows: Iterable[dict[str, object]]) -> pa.Table:
    schema = pa.schema([(column.name, _TYPES[column.type]) for column in tables()[f"gold.{name}"].columns])
    return pa.Table.from_pylist(list(rows), schema=schema)
