"""Combines all the evidence of one record into one place."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from nlp.places.address import place_from_address
from nlp.places.fields import place_from_code, place_from_fields
from nlp.places.place import NOWHERE, Place, refine, to_place, with_flag
from nlp.places.text import place_from_text

if TYPE_CHECKING:  # shapely is loaded only if there are boundaries
    from nlp.places.boundaries import Boundaries

# A point within this distance of the area in words does not contradict it, because borders are drawn coarsely.
NEAR_KM = 2.0


@dataclass(frozen=True, slots=True)
class _WrittenEvidence:
    """The code, the fields (province, district, subdistrict) and the address of a record."""

    code: str | int | None
    fields: tuple[str, str, str]
    address: str | None

    def place(self, known_province: str | None) -> Place:
        """The place in words; ``known_province`` is the code of the province from other evidence."""
        place = NOWHERE if self.code is None else place_from_code(str(self.code))
        if place.subdistrict_code is None and any(self.fields):
            place = refine(place, place_from_fields(*self.fields, place.province_code or known_province))
        if place.subdistrict_code is None and self.address:
            place = refine(place, place_from_address(self.address, place.province_code or known_province))
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
    """The place from the evidence of one record. Never raises for any string.

    Evidence in descending order of strength: an official ``code`` (2, 4 or 6 digits; an abolished code means the area
    that replaced it), the fields ``province``, ``district`` and ``subdistrict``, the free text of ``address``,
    coordinates (degrees of WGS 84; they need ``boundaries``), and the citizen's own ``text``. Weaker evidence only
    adds levels below stronger evidence that it agrees with, or decides between areas with the same name. Names may be
    Thai or English, with or without a level word, and misspelt if only one area is possible.

    ``Place.method`` is the evidence that gave the province. It and the codes are None if there is no evidence.
    """
    written = _WrittenEvidence(code, (province or "", district or "", subdistrict or ""), address)
    place = written.place(None)
    if boundaries is not None and latitude is not None and longitude is not None:
        place = _add_coordinates(place, written, latitude, longitude, boundaries)
    if place.subdistrict_code is None and text:
        place = refine(place, place_from_text(text, place.province_code))
    return place


def _add_coordinates(
    place: Place, written: _WrittenEvidence, latitude: float, longitude: float, boundaries: Boundaries
) -> Place:
    """The place with the levels that the coordinates add, or with a flag if they lie elsewhere."""
    located = boundaries.locate([latitude], [longitude])[0]
    if place.code is None:
        if located is None:
            return place
        point = to_place(located, "coordinates")
        # The province of the point decides between several areas with the same name.
        in_words = written.place(point.province_code)
        code = in_words.code if in_words.district_code and in_words.province_code == point.province_code else None
        distance = boundaries.distance_km(code, latitude, longitude) if code else None
        if distance is not None and distance <= NEAR_KM:
            return refine(replace(in_words, method="coordinates"), point)
        return replace(point, flags=place.flags)
    distance = boundaries.distance_km(place.code, latitude, longitude)
    if distance is not None:
        is_elsewhere = distance > NEAR_KM
    else:
        is_elsewhere = located is not None and located[:2] != place.province_code
    if is_elsewhere:
        return with_flag(place, "coordinates_elsewhere")
    return refine(place, to_place(located, "coordinates")) if located is not None else place
