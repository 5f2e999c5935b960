"""The place of one record, from all the evidence that there is."""

from __future__ import annotations

from nlp.places.address import by_address
from nlp.places.fields import by_code, by_fields
from nlp.places.place import NOWHERE, Place, refined


def resolve(
    *,
    province: str | None = None,
    district: str | None = None,
    subdistrict: str | None = None,
    code: str | int | None = None,
    address: str | None = None,
) -> Place:
    place = NOWHERE if code is None else by_code(str(code))
    if place.subdistrict_code is None and (province or district or subdistrict):
        place = refined(place, by_fields(province or "", district or "", subdistrict or ""))
    if place.subdistrict_code is None and address:
        place = refined(place, by_address(address, place.province_code))
    return place
