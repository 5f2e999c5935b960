"""Numbers of a record: kept where they are in the valid range of their field, else dropped and flagged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from schemas.contracts import NUMBERS

# 3 decimals are about 110 m: enough to find the street, not enough to find the house of a citizen.
DECIMALS = 3
# Valid ranges, both ends included. Every source rates from 0 to 5. The range of coordinates is the whole world, so that
# swapped latitudes and longitudes are flagged as coordinates outside Thailand.
RANGES = {"latitude": (-180.0, 180.0), "longitude": (-180.0, 180.0), "rating": (0.0, 5.0), "reopen_count": (0.0, 999.0)}
THAILAND = {"latitude": (5.0, 21.0), "longitude": (97.0, 106.0)}


@dataclass(slots=True)
class Measurements:
    """Numbers of a record.

    Attributes:
        values: numbers by column, as they are stored. Coordinates are rounded, and either both or neither are there.
        point: latitude and longitude in degrees (WGS 84), not rounded; None outside Thailand.
        flags: values for ``quality_flags``.
    """

    values: dict[str, float | int] = field(default_factory=dict)
    point: tuple[float, float] | None = None
    flags: list[str] = field(default_factory=list)


def read_numbers(texts: Mapping[str, str]) -> Measurements:
    """The numbers of a record from its texts by target. Never raises."""
    measurements = Measurements()
    numbers: dict[str, float] = {}
    for target in sorted(NUMBERS & texts.keys()):
        if not texts[target]:
            continue
        number = _number(texts[target], RANGES[target], is_whole=target == "reopen_count")
        if number is None:
            measurements.flags.append(f"bad_{target}")
        else:
            numbers[target] = number
    if "rating" in numbers:
        measurements.values["rating"] = numbers["rating"]
    if "reopen_count" in numbers:
        measurements.values["reopen_count"] = int(numbers["reopen_count"])
    present = numbers.keys() & {"latitude", "longitude"}
    if len(present) == 2:
        _add_point(measurements, numbers["latitude"], numbers["longitude"])
    elif present and not {"bad_latitude", "bad_longitude"} & set(measurements.flags):
        measurements.flags.append("bad_longitude" if "latitude" in present else "bad_latitude")
    return measurements


def _number(text: str, limits: tuple[float, float], *, is_whole: bool) -> float | None:
    try:
        number = float(text.replace(",", ""))
    except ValueError:
        return None
    lowest, highest = limits
    if not lowest <= number <= highest or (is_whole and not number.is_integer()):
        return None
    return number


def _add_point(measurements: Measurements, latitude: float, longitude: float) -> None:
    (south, north), (west, east) = THAILAND["latitude"], THAILAND["longitude"]
    if not (south <= latitude <= north and west <= longitude <= east):
        measurements.flags.append("coordinates_outside_thailand")
        return
    measurements.point = (latitude, longitude)
    measurements.values["latitude"] = round(latitude, DECIMALS)
    measurements.values["longitude"] = round(longitude, DECIMALS)
