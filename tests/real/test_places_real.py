"""Addresses of the real feed against its coordinates and the real boundaries: where text and point agree.

python -m pytest tests/real/test_places_real.py -s      prints the classes

The feed is Bangkok's, and Google's addresses stand beside the points. The boundaries are coarse: next to Bangkok
they are wrong by up to four kilometres (all of แขวงดอกไม้ is drawn in Samut Prakan), so that most points "outside"
are Bangkok's own and text and point differ there. That is why a point places nothing near a border, and why the
figures outside Bangkok are measured against points that lie deep in a province as well.
"""

from __future__ import annotations

import gzip
import json
from collections import Counter
from pathlib import Path

import pytest

from nlp.places import Place, resolve
from nlp.places.boundaries import Boundaries, load_boundaries

BANGKOK = "10"
# The width of the strip along Bangkok's border in which the drawn border is no measure.
STRIP_KM = 5.0


@pytest.fixture(scope="module")
def boundaries(data: Path) -> Boundaries:
    return load_boundaries(tuple(str(data / "areas" / f"{name}.topojson") for name in ("provinces", "districts")))


@pytest.fixture(scope="module")
def tickets(feed: list[Path]) -> list[tuple[str, float, float]]:
    """Address, latitude and longitude of each ticket that has a point, as it stood last."""
    found: dict[str, tuple[str, float, float]] = {}
    for path in feed:
        with gzip.open(path) as file:
            features = json.load(file)["features"]
        for feature in features:
            longitude, latitude = feature["geometry"]["coordinates"][:2]
            if longitude and latitude:
                said = feature["properties"]
                found[said["ticket_id"]] = (said.get("address") or "", float(latitude), float(longitude))
    return list(found.values())


@pytest.fixture(scope="module")
def located(boundaries: Boundaries, tickets: list[tuple[str, float, float]]) -> list[str | None]:
    return boundaries.locate([y for _, y, _ in tickets], [x for _, _, x in tickets])


def kind_of(place: Place, code: str | None, away_km: float | None, address: str) -> str:
    """How what the address says stands to where the point lies."""
    if not address:
        return "no address"
    if place.province_code is None:
        return "address not read"
    if code is None:
        return "point on a border or nowhere"
    if place.province_code != code[:2]:
        return "other province, near border" if (away_km or 0) <= 2 else "other province"
    if place.district_code is None or len(code) < 4:
        return "same province, no district to compare"
    if place.district_code != code:
        return "other district, near border" if (away_km or 0) <= 2 else "other district, same province"
    return "same district"


def test_text_and_coordinates_agree_by_class(boundaries, tickets, located):
    counts: dict[str, Counter[str]] = {"Bangkok": Counter(), "outside": Counter()}
    for (address, latitude, longitude), code in zip(tickets, located, strict=True):
        place = resolve(address=address)
        away = boundaries.distance_km(place.code, latitude, longitude) if place.code else None
        where = (place.province_code or code or "")[:2]  # the text says where, and the point where it does not
        kind = kind_of(place, code, away, address)
        counts["Bangkok" if where == BANGKOK else "outside"][kind] += 1
    for where, found in counts.items():
        print(
            f"\n{where}: {found.total():,} tickets", *(f"  {n:6,} {kind}" for kind, n in found.most_common()), sep="\n"
        )
    inside = counts["Bangkok"]
    assert inside["address not read"] <= 10
    compared = {kind: n for kind, n in inside.items() if kind in ("same district", "other district, same province")}
    assert compared["same district"] / sum(compared.values()) >= 0.995
    agreeing = inside["same district"] + inside["same province, no district to compare"]
    assert agreeing / inside.total() >= 0.9


def test_text_is_right_outside_bangkok_by_coordinates_beyond_the_doubtful_strip(boundaries, tickets, located):
    said = right = answered = districts = right_districts = 0
    for (address, latitude, longitude), code in zip(tickets, located, strict=True):
        if code is None or code[:2] == BANGKOK or not address:
            continue
        if (boundaries.distance_km(BANGKOK, latitude, longitude) or 0) < STRIP_KM:
            continue
        place = resolve(address=address)
        said += 1
        answered += place.province_code is not None
        right += place.province_code == code[:2]
        if place.province_code == code[:2] and len(code) == 4 and place.district_code:
            districts += 1
            right_districts += place.district_code == code
    print(f"\noutside Bangkok, beyond {STRIP_KM:.0f} km of its border: {said} tickets with an address")
    print(f"  province precision {right}/{answered}, recall {right}/{said}; district {right_districts}/{districts}")
    assert said >= 50
    assert right / answered >= 0.98 and right / said >= 0.95
    assert right_districts / districts >= 0.9


def test_coordinates_alone_place_bangkok_rightly(boundaries, tickets, located):
    """Against the address, for what a point says where no word does."""
    pairs = [(resolve(address=address), code) for (address, _, _), code in zip(tickets, located, strict=True) if code]
    known = [(place, code) for place, code in pairs if place.province_code == BANGKOK]
    provinces = sum(code[:2] == BANGKOK for _, code in known)
    finer = [(place, code) for place, code in known if place.district_code and len(code) == 4 and code[:2] == BANGKOK]
    districts = sum(place.district_code == code for place, code in finer)
    print(f"\npoints whose address says Bangkok: {provinces}/{len(known)} in it; district {districts}/{len(finer)}")
    assert provinces / len(known) >= 0.98
    assert districts / len(finer) >= 0.96
