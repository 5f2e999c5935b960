"""The areas of Thailand as data: official codes, Thai names, and the current codes of abolished areas.

Provinces, population and focus areas are the CSV files of ``schemas/areas``; districts and subdistricts
come from the package ``geothai`` (Department of Provincial Administration codes, data CC BY 4.0).
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, TypeVar

import geothai
from geothai import abolished

from schemas.csv_rows import csv_rows

FOLDER = Path(__file__).parent / "areas"
REGIONS = ("north", "northeast", "central", "east", "west", "south")

Region = Literal["north", "northeast", "central", "east", "west", "south"]
_Row = TypeVar("_Row")


@dataclass(frozen=True, slots=True)
class Province:
    """A province: 2-digit code, names, one of the six official regions, other names in use.

    ``abbreviation`` is the official one of two letters (ยล for Yala), without its dot.
    """

    province_code: str
    province_th: str
    province_en: str
    region: Region
    aliases: tuple[str, ...]
    abbreviation: str


@dataclass(frozen=True, slots=True)
class District:
    """A district (อำเภอ, in Bangkok เขต): 4-digit code and its names without that word."""

    district_code: str
    district_th: str
    district_en: str
    province_code: str


@dataclass(frozen=True, slots=True)
class Subdistrict:
    """A subdistrict (ตำบล, in Bangkok แขวง): 6-digit code, names, postal codes that serve it."""

    subdistrict_code: str
    subdistrict_th: str
    subdistrict_en: str
    district_code: str
    province_code: str
    postal_codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Population:
    """Registered persons of a province on a day, and the source of the figure."""

    province_code: str
    population: int
    population_date: dt.date
    source: str


@dataclass(frozen=True, slots=True)
class FocusArea:
    """One area (2 or 4 digits) that belongs to a named focus area."""

    focus_area_id: str
    area_code: str
    th: str
    en: str


@dataclass(frozen=True, slots=True)
class OtherName:
    """Another name of a district or subdistrict (4 or 6 digits) that people write.

    ``stands_alone``: the name is so well known that it means this area without a province or the word district.
    """

    area_code: str
    name: str
    stands_alone: bool


def _rows(name: str, parse: Callable[[Mapping[str, str]], _Row]) -> tuple[_Row, ...]:
    """The rows of ``schemas/areas/<name>``. Raises DataFileError where one is wrong."""
    return csv_rows(FOLDER / name, f"schemas/areas/{name}", parse)


def _code(text: str, *lengths: int) -> str:
    if not re.fullmatch("[0-9]+", text) or len(text) not in lengths:
        raise ValueError(f"the area code {text!r} must have {' or '.join(map(str, lengths))} digits")
    return text


def _province(row: Mapping[str, str]) -> Province:
    if row["region"] not in REGIONS:
        raise ValueError(f"the region {row['region']!r} must be one of {', '.join(REGIONS)}")
    return Province(
        _code(row["province_code"], 2),
        row["province_th"],
        row["province_en"],
        row["region"],
        tuple(alias for alias in row["aliases"].split("|") if alias),
        row["abbreviation"],
    )


@cache
def provinces() -> tuple[Province, ...]:
    """All 77 provinces by code. Raises DataFileError where the CSV is wrong."""
    return _rows("provinces.csv", _province)


@cache
def population() -> tuple[Population, ...]:
    """Registered population by province, in persons. Raises DataFileError where the CSV is wrong."""

    def parse(row: Mapping[str, str]) -> Population:
        day = dt.date.fromisoformat(row["population_date"])
        return Population(_code(row["province_code"], 2), int(row["population"]), day, row["source"])

    return _rows("population.csv", parse)


@cache
def focus_areas() -> tuple[FocusArea, ...]:
    """The areas of each focus area, such as the Deep South. Raises DataFileError where the CSV is wrong."""

    def parse(row: Mapping[str, str]) -> FocusArea:
        return FocusArea(row["focus_area_id"], _code(row["area_code"], 2, 4), row["th"], row["en"])

    return _rows("focus_areas.csv", parse)


@cache
def other_names() -> tuple[OtherName, ...]:
    """Other names of districts and subdistricts. Raises DataFileError where the CSV is wrong."""

    def parse(row: Mapping[str, str]) -> OtherName:
        if row["stands_alone"] not in ("yes", "no"):
            raise ValueError(f"stands_alone is {row['stands_alone']!r} and must be yes or no")
        return OtherName(_code(row["area_code"], 4, 6), row["name"], row["stands_alone"] == "yes")

    return _rows("other_names.csv", parse)


@cache
def districts() -> tuple[District, ...]:
    """All 928 districts by code."""
    return tuple(
        District(area.code, area.name_th.removeprefix("เขต"), area.name_en, province.province_code)
        for province in provinces()
        for area in geothai.districts(province.province_code)
    )


@cache
def subdistricts() -> tuple[Subdistrict, ...]:
    """All 7,436 subdistricts by code."""
    return tuple(
        Subdistrict(
            area.code, area.name_th, area.name_en, district.district_code, district.province_code,
            area.postal_codes,
        )
        for district in districts()
        for area in geothai.subdistricts(district.district_code)
    )  # fmt: skip


@cache
def _todays_codes() -> dict[str, str]:
    names = Counter(d.district_th.removeprefix("เมือง") for d in districts())
    by_name = {d.district_th.removeprefix("เมือง"): d.district_code for d in districts()}
    within = {(s.district_code, s.subdistrict_th): s.subdistrict_code for s in subdistricts()}
    today = {p.province_code: p.province_code for p in provinces()}
    today |= {d.district_code: d.district_code for d in districts()}
    today |= {s.subdistrict_code: s.subdistrict_code for s in subdistricts()}
    removed = [area for area in abolished.abolished_areas() if area.code not in today]
    removed_districts = {area.code for area in removed if area.level == "district"}
    for area in removed:
        name = area.name_th.removeprefix("กิ่งอำเภอ")
        if area.level == "district":
            today[area.code] = by_name[name] if names[name] == 1 else area.code[:2]
    for area in removed:
        parent = area.code[:4]
        if area.level != "subdistrict":
            continue
        if area.successors and (parent not in removed_districts or area.successors_basis == "notice"):
            shared = {successor[:4] for successor in area.successors}
            coarser = min(shared) if len(shared) == 1 else area.code[:2]
            today[area.code] = area.successors[0] if len(area.successors) == 1 else coarser
        elif parent in removed_districts:
            successor = today.get(parent, area.code[:2])
            today[area.code] = within.get((successor, area.name_th), successor[:2])
        else:
            today[area.code] = area.code[:2]
    return today


def todays_code(code: str) -> str | None:
    """The current code of the smallest area that certainly contains the area of a code (2, 4 or 6 digits).

    A current code returns itself; a code that never existed returns None. An abolished code returns its successor;
    where the area was divided or no successor is on record, the district, else the province. Abolished districts
    have no successor on record, but nearly all moved as a whole into a new province and kept their name, so the
    successor is the only current district of that name (อำนาจเจริญ is เมืองอำนาจเจริญ today). Their subdistricts are
    searched in that successor, because the successors on record were matched by name inside the old province.
    """
    return _todays_codes().get(code)


@cache
def moved_areas() -> tuple[tuple[str, str, str], ...]:
    """Areas that were moved or renamed: old name, current code of the area that contained it then, current code.

    For districts, the second is the old province (เซกา was in หนองคาย and is in บึงกาฬ today). Of subdistricts only
    those with a successor in an official notice are included; other successors were matched by name.
    """
    moved: list[tuple[str, str, str]] = []
    for area in abolished.abolished_areas():
        today = todays_code(area.code)
        if today is None or today == area.code:
            continue
        name = area.name_th.removeprefix("กิ่งอำเภอ")
        if area.level == "district" and len(today) == 4:
            moved.append((name, area.code[:2], today))
        elif area.level == "subdistrict" and area.successors_basis == "notice" and len(today) == 6:
            moved.append((name, todays_code(area.code[:4]) or area.code[:2], today))
    return tuple(moved)
