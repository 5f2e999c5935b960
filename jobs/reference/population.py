"""Population: the official figures of provinces, and newer or finer ones (``SIANG_POPULATION``)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from jobs.reference.sheet import Row, RowError, parse_day, parse_rows
from nlp.mask.values import quote_value
from schemas import area_data
from schemas.area_data import todays_code

COLUMNS = {
    "area_code": (
        "รหัส",
        "รหัสพื้นที่",
        "รหัส อปท.",
        "code",
        "lao_code",
        "province_code",
        "district_code",
        "subdistrict_code",
    ),
    "population": ("ประชากร", "จำนวนประชากร", "จำนวนราษฎร", "รวม", "persons"),
    "date": ("วันที่", "ณ วันที่", "ข้อมูล ณ วันที่", "population_date"),
    "source": ("แหล่งข้อมูล", "ที่มา", "แหล่งที่มา", "population_source"),
}
_LEVELS = {2: "province", 4: "district", 6: "subdistrict"}


@dataclass(frozen=True, slots=True)
class PopulationFigure:
    """Registered persons of an area or LAO on a day."""

    area_level: str
    area_code: str
    population_date: dt.date
    population: int
    population_source: str


def load_population(address: str, lao_codes: Collection[str]) -> tuple[PopulationFigure, ...]:
    """The official figures and those of a file, whose row wins for the same area and day.

    Raises UserError with the file, the row and what to do where the file is wrong; it is checked whole.
    """
    found = {
        ("province", one.province_code, one.population_date): PopulationFigure(
            "province", one.province_code, one.population_date, one.population, one.source
        )
        for one in area_data.population()
    }
    if address:
        seen: set[tuple[str, str, dt.date]] = set()

        def take(row: Row) -> None:
            one = parse(row, lao_codes)
            cell = (one.area_level, one.area_code, one.population_date)
            if cell in seen:
                raise RowError(f"the area {quote_value(one.area_code)} stands twice for one day", "leave one row")
            seen.add(cell)
            found[cell] = one

        parse_rows(address, "SIANG_POPULATION", COLUMNS, tuple(COLUMNS), take)
    return tuple(found[cell] for cell in sorted(found))


def parse(row: Row, lao_codes: Collection[str]) -> PopulationFigure:
    """A figure from a row. Raises RowError where it is wrong."""
    code, day = row["area_code"], parse_day(row["date"])
    level = "lao" if code in lao_codes else _LEVELS.get(len(code)) if code.isdigit() else None
    if level is None or (level != "lao" and todays_code(code) != code):
        raise RowError(
            f"the area {quote_value(code)} is not known",
            "write an official code of today with 2, 4 or 6 digits, or the code of an LAO in SIANG_LAOS",
        )
    number = row["population"].replace(",", "")
    if not number.isdigit() or int(number) == 0:
        raise RowError(f"{quote_value(row['population'])} is no number of persons", "write a whole number above 0")
    if day is None:
        raise RowError("there is no date", "write on which day so many were registered")
    if not row["source"]:
        raise RowError("there is no source", "write who says so")
    return PopulationFigure(level, code, day, int(number), row["source"])
