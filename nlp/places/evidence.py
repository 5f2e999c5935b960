"""The place of one record, from all the evidence that there is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from nlp.places.address import place_from_address
from nlp.places.fields import place_from_code, place_from_fields
from nlp.places.place import NOWHERE, Place, refine, to_place, with_flag
from nlp.places.text import place_from_text

if TYPE_CHECKING:  # shapely is loaded only where there are boundaries
    from nlp.places.boundaries import Boundaries

# A point this near to the area that the words state does not speak against it: borders are drawn coarsely.
NEAR_KM = 2.0


@dataclass(frozen=True, slots=True)
class _Stated:
    """What the record states in words."""

    code: str | int | None
    fields: tuple[str, str, str]
    address: str | None

    def place(self, known: str | None) -> Place:
        """The place that it states; ``known`` is the province, where other evidence gave one."""
        place = NOWHERE if self.code is None else place_from_code(str(self.code))
        if place.subdistrict_code is None and any(self.fields):
            place = refine(place, place_from_fields(*self.fields, place.province_code or known))
        if place.subdistrict_code is None and self.address:
            place = refine(place, place_from_address(self.address, place.province_code or known))
        return place


def resolve(
    *,
    province: str | None = None,
    district: str | None = None,
    subdistrict: str | None = None,
    code: str | int | None = None,
    address: str | None = None,
    latitude: float | None = None,
    longitude: float | None = None,
    boundaries: Boundaries | None = None,
    text: str | None = None,
) -> Place:
    """The place that the evidence of one record names; never raises on any string.

    An official ``code`` (2, 4 or 6 digits; an abolished one means its heir of today) comes before the named
    fields, these before the free text of ``address``, this before coordinates (degrees of WGS 84, read where
    ``boundaries`` are given), and these before the citizen's own ``text``; weaker evidence only adds levels
    below stronger one that it agrees with, or decides between areas of one name. Names may be Thai or English,
    with or without their level's word, and misspelt as far as only one area can be meant.
    ``method`` says what gave the province; it and the codes are None where nothing did.
    """
    stated = _Stated(code, (province or "", district or "", subdistrict or ""), address)
    place = stated.place(None)
    if boundaries is not None and latitude is not None and longitude is not None:
        place = _with_point(place, stated, latitude, longitude, boundaries)
    if place.subdistrict_code is None and text:
        place = refine(place, place_from_text(text, place.province_code))
    return place


def _with_point(place: Place, stated: _Stated, latitude: float, longitude: float, boundaries: Boundaries) -> Place:
    """A place with what the coordinates add, or with the flag that they lie elsewhere."""
    located = boundaries.locate([latitude], [longitude])[0]
    if place.code is None:
        if located is None:
            return place
        point = to_place(located, "coordinates")
        # A name that several areas bear is told by where the point lies.
        named = stated.place(point.province_code)
        told = named.code if named.district_code and named.province_code == point.province_code else None
        away = boundaries.distance_km(told, latitude, longitude) if told else None
        fits = away is not None and away <= NEAR_KM
        return refine(replace(named, method="coordinates"), point) if fits else replace(point, flags=place.flags)
    away = boundaries.distance_km(place.code, latitude, longitude)
    is_elsewhere = away > NEAR_KM if away is not None else located is not None and located[:2] != place.province_code
    if is_elsewhere:
        return with_flag(place, "coordinates_elsewhere")
    return refine(place, to_place(located, "coordinates")) if located is not None else place
