"""A place: official codes, the evidence for them, and flags."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

Method = Literal["code", "fields", "address", "coordinates", "text", "source"]
Flag = Literal["ambiguous_place", "coordinates_elsewhere"]


@dataclass(frozen=True, slots=True)
class Place:
    """Official codes as far as they are known, and the evidence for the province.

    ``flags``: ``ambiguous_place`` if several areas have a name and nothing decides between them, so that the level is
    left open; ``coordinates_elsewhere`` if the coordinates lie outside the area in words. Flags are ignored when
    two places are compared.
    """

    province_code: str | None = None
    district_code: str | None = None
    subdistrict_code: str | None = None
    method: Method | None = None
    flags: tuple[Flag, ...] = field(default=(), compare=False)

    @property
    def code(self) -> str | None:
        """The code of the smallest known area."""
        return self.subdistrict_code or self.district_code or self.province_code


NOWHERE = Place()


def to_place(code: str, method: Method) -> Place:
    """The place with an official code of 2, 4 or 6 digits."""
    return Place(code[:2], code[:4] if len(code) > 2 else None, code if len(code) > 4 else None, method)


def with_flag(place: Place, flag: Flag) -> Place:
    """The place with a flag added."""
    return place if flag in place.flags else replace(place, flags=tuple(sorted((*place.flags, flag))))


def refine(place: Place, finer: Place) -> Place:
    """The place with the levels below it that weaker evidence (``finer``) adds, if the two agree."""
    if place.province_code is None:
        place_with_flags = finer
        for flag in place.flags:
            place_with_flags = with_flag(place_with_flags, flag)
        return place_with_flags
    if finer.province_code != place.province_code:
        return place
    if place.district_code is None:
        return replace(place, district_code=finer.district_code, subdistrict_code=finer.subdistrict_code)
    if place.subdistrict_code is None and finer.district_code == place.district_code:
        return replace(place, subdistrict_code=finer.subdistrict_code)
    return place
