"""Numbers of a record: kept where they lie in what their field can mean, else dropped and flagged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from schemas.contracts import NUMBERS

# Figures ask for a subdistrict, analysts for a street; a house is nobody's business. 3 decimals are about 110 m.
DECIMALS = 3
# What a field can mean, both ends included. Ratings go to 5 with every source; nothing was opened again so often.
# Latitude and longitude come swapped too: a pair of degrees that is none of Thailand is told as that.
RANGES = {"latitude": (-180.0, 180.0), "longitude": (-180.0, 180.0), "rating": (0.0, 5.0), "reopen_count": (0.0, 999.0)}
THAILAND = {"latitude": (5.0, 21.0), "longitude": (97.0, 106.0)}


@dataclass(slots=True)
class Measurements:
    """What the numbers of a record say.

    Attributes:
        values: by column, as they are kept: coordinates rounded and both there, or neither.
        point: latitude and longitude in degrees (WGS 84) as the source states them, within Thailand.
        flags: what is wrong with them, for quality_flags.
    """

    values: dict[str, float | int] = field(default_factory=dict)
    point: tuple[float, float] | None = None
    flags: list[str] = field(default_factory=list)


def read_numbers(texts: Mapping[str, str]) -> Measurements:
    """Reads the numbers of a record from its texts by target. Never raises."""
    found = Measurements()
    numbers: dict[str, float] = {}
    for target in sorted(NUMBERS & texts.keys()):
        if not texts[target]:
            continue
        number = _number(texts[target], RANGES[target], is_whole=target == "reopen_count")
        if number is None:
            found.flags.append(f"bad_{target}")
        else:
            numbers[target] = number
    if "rating" in numbers:
        found.values["rating"] = numbers["rating"]
    if "reopen_count" in numbers:
        found.values["reopen_count"] = int(numbers["reopen_count"])
    present = numbers.keys() & {"latitude", "longitude"}
    if len(present) == 2:
        _place(found, numbers["latitude"], numbers["longitude"])
    elif present and not {"bad_latitude", "bad_longitude"} & set(found.flags):
        found.flags.append("bad_longitude" if "latitude" in present else "bad_latitude")
    return found


def _number(text: str, allowed: tuple[float, float], *, is_whole: bool) -> float | None:
    try:
        number = float(text.replace(",", ""))
    except ValueError:
        return None
    least, most = allowed
    if not least <= number <= most or (is_whole and not number.is_integer()):
        return None
    return number


def _place(found: Measurements, latitude: float, longitude: float) -> None:
    (south, north), (west, east) = THAILAND["latitude"], THAILAND["longitude"]
    if not (south <= latitude <= north and west <= longitude <= east):
        found.flags.append("coordinates_outside_thailand")
        return
    found.point = (latitude, longitude)
    found.values["latitude"] = round(latitude, DECIMALS)
    found.values["longitude"] = round(longitude, DECIMALS)
