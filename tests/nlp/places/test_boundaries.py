"""Coordinates in two square test provinces that share a border at 101° E, with two districts each."""

import json
import math
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.places import resolve
from nlp.places.boundaries import load_boundaries
from schemas.errors import UserError

KM = 1 / (111.32 * math.cos(math.radians(13.5)))  # one kilometre east, in degrees


def square(west: float, south: float, east: float, north: float) -> list[list[float]]:
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def feature(code: str, ring: list[list[float]], **properties: object) -> dict:
    geometry = {"type": "Polygon", "coordinates": [ring]}
    return {"type": "Feature", "properties": {"ADM_PCODE": code, **properties}, "geometry": geometry}


def saved(path: Path, content: object) -> str:
    path.write_text(json.dumps(content), encoding="utf-8")
    return str(path)


@pytest.fixture(scope="module")
def boundaries(tmp_path_factory):
    """Yala (95) west of 101° E with Mueang and Betong, Pattani (94) east of it with Mueang and Khok Pho."""
    folder = tmp_path_factory.mktemp("boundaries")
    provinces = [feature("TH95", square(100, 6, 101, 7)), feature("TH94", square(101, 6, 102, 7))]
    districts = [
        feature("TH9501", square(100, 6.5, 101, 7), PARENT="TH95"),
        feature("TH9502", square(100, 6, 101, 6.5), PARENT="TH95"),
        feature("TH9401", square(101, 6.5, 102, 7), PARENT="TH94"),
        feature("TH9402", square(101, 6, 102, 6.5), PARENT="TH94"),
    ]
    paths = [
        saved(folder / f"{name}.geojson", {"type": "FeatureCollection", "features": features})
        for name, features in (("provinces", provinces), ("districts", districts))
    ]
    return load_boundaries(tuple(paths))


@pytest.mark.parametrize(
    ("latitude", "longitude", "code"),
    [
        (6.8, 100.5, "9501"),
        (6.2, 101.5, "9402"),
        (6.5 + 0.3 / 110.57, 100.5, "95"),  # 300 m from the border of two districts of Yala
        (6.8, 101 - 0.3 * KM, None),  # 300 m from the border of two provinces
        (6.8, 101 - 0.7 * KM, "9501"),
        (6.8, 100 - 0.9 * KM, "9501"),  # outside all, 900 m from one
        (6.8, 100 - 1.1 * KM, None),
        (7 + 0.6 / 110.57, 101, None),  # outside, and near two provinces
        (0.0, 0.0, None),
        (float("nan"), 100.5, None),
    ],
)
def test_a_point_gives_the_smallest_area_that_certainly_contains_it(boundaries, latitude, longitude, code):
    assert boundaries.locate([latitude], [longitude]) == [code]


def test_locating_many_points_gives_the_same_as_locating_each(boundaries):
    latitudes = [6.0 + step / 50 for step in range(60)]
    longitudes = [99.99 + step / 29 for step in range(60)]
    alone = [boundaries.locate([y], [x])[0] for y, x in zip(latitudes, longitudes, strict=True)]
    assert boundaries.locate(latitudes, longitudes) == alone
    assert boundaries.locate([], []) == []
    assert {len(code or "") for code in alone} == {0, 2, 4}


def test_coordinates_give_the_place_if_no_words_do(boundaries):
    found = resolve(latitude=6.8, longitude=100.5, boundaries=boundaries)
    assert (found.code, found.method, found.flags) == ("9501", "coordinates", ())
    assert resolve(latitude=6.8, longitude=100.5).code is None


def test_words_win_over_coordinates_that_lie_elsewhere_and_the_place_is_flagged(boundaries):
    found = resolve(address="จ.ปัตตานี", latitude=6.8, longitude=100.5, boundaries=boundaries)
    assert (found.code, found.method, found.flags) == ("94", "address", ("coordinates_elsewhere",))
    found = resolve(address="อ.เบตง จ.ยะลา", latitude=6.8, longitude=100.5, boundaries=boundaries)
    assert (found.code, found.flags) == ("9502", ("coordinates_elsewhere",))


def test_a_point_within_two_kilometres_of_the_named_area_agrees_with_it(boundaries):
    def flags(kilometres: float) -> tuple[str, ...]:
        point = {"latitude": 6.8, "longitude": 101 - kilometres * KM}
        return resolve(address="จ.ปัตตานี", boundaries=boundaries, **point).flags

    assert flags(1.9) == ()
    assert flags(2.1) == ("coordinates_elsewhere",)


def test_coordinates_add_the_district_and_decide_between_areas_with_the_same_name(boundaries):
    found = resolve(province="ยะลา", latitude=6.8, longitude=100.5, boundaries=boundaries)
    assert (found.code, found.method) == ("9501", "fields")
    found = resolve(address="อ.เมือง", latitude=6.8, longitude=100.5, boundaries=boundaries)
    assert (found.code, found.method, found.flags) == ("9501", "coordinates", ())
    found = resolve(address="ต.ท่าข้าม", latitude=6.8, longitude=100.5, boundaries=boundaries)
    assert (found.code, found.method, found.flags) == ("9501", "coordinates", ("ambiguous_place",))


@given(st.floats(), st.floats(), st.sampled_from(["", "จ.ยะลา", "ต.ท่าช้าง"]))
def test_no_number_raises(boundaries, latitude, longitude, address):
    found = resolve(address=address, latitude=latitude, longitude=longitude, boundaries=boundaries)
    assert (found.method is None) == (found.province_code is None)


def test_coordinates_come_before_the_citizens_words(boundaries):
    found = resolve(text="จ.ปัตตานี", latitude=6.8, longitude=100.5, boundaries=boundaries)
    assert (found.code, found.method) == ("9501", "coordinates")


TOPOLOGY = {
    "type": "Topology",
    # The shared border is arc 0; the second province walks it backwards (~0 = -1).
    "arcs": [
        [[101, 6], [101, 7]],
        [[101, 7], [100, 7], [100, 6], [101, 6]],
        [[101, 6], [102, 6], [102, 7], [101, 7]],
    ],
    "objects": {
        "areas": {
            "type": "GeometryCollection",
            "geometries": [
                {"type": "Polygon", "properties": {"code": 95}, "arcs": [[0, 1]]},
                {"type": "MultiPolygon", "id": "TH94", "properties": {"code": "TH94"}, "arcs": [[[2, -1]]]},
            ],
        }
    },
}


def quantised(topology: dict) -> dict:
    """The same with arcs as steps on a grid of a tenth of a degree."""
    arcs = []
    for arc in topology["arcs"]:
        grid = [[round((x - 100) * 10), round((y - 6) * 10)] for x, y in arc]
        arcs.append([grid[0], *([b[0] - a[0], b[1] - a[1]] for a, b in pairwise(grid))])
    return {**topology, "arcs": arcs, "transform": {"scale": [0.1, 0.1], "translate": [100, 6]}}


@pytest.mark.parametrize("content", [TOPOLOGY, quantised(TOPOLOGY)], ids=["plain", "quantised"])
def test_topojson_arcs_are_read_forwards_and_backwards(tmp_path, content):
    found = load_boundaries((saved(tmp_path / "areas.topojson", content),))
    assert found.locate([6.5, 6.5, 6.5], [100.5, 101.5, 103]) == ["95", "94", None]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"type": "FeatureCollection", "features": []}, "no feature with a polygon"),
        ({"type": "FeatureCollection", "features": [feature("Yala", square(100, 6, 101, 7))]}, "no property holds"),
        (
            {"type": "FeatureCollection", "features": [feature("TH9599", square(100, 6, 101, 7))]},
            "9599 is not a current",
        ),
        ({"type": "FeatureCollection", "features": [feature("TH95", square(6e5, 6, 7e5, 7))]}, "are not degrees"),
        (
            {"type": "Topology", "arcs": [], "objects": {"a": {"type": "Polygon", "arcs": [[0]]}}},
            "is not a boundary file",
        ),
        ({"type": "FeatureCollection"}, "is not a boundary file"),
        ([1, 2], "is not a boundary file"),
        (None, "is not a boundary file"),
    ],
)
def test_the_error_for_a_wrong_file_names_the_path_and_the_remedy(tmp_path, content, words):
    path = saved(tmp_path / "areas.json", content)
    with pytest.raises(UserError, match=words) as caught:
        load_boundaries((path,))
    assert path in str(caught.value) and "SIANG_BOUNDARIES" in str(caught.value)


def test_a_missing_file_and_a_file_without_json_have_different_errors(tmp_path):
    with pytest.raises(UserError, match="cannot be read: check the path"):
        load_boundaries((str(tmp_path / "none.json"),))
    (tmp_path / "text.json").write_bytes(b"\xff\xfe no json")
    with pytest.raises(UserError, match="is not a boundary file"):
        load_boundaries((str(tmp_path / "text.json"),))
    (tmp_path / "deep.json").write_text("[" * 100_000)
    with pytest.raises(UserError, match="is not a boundary file"):
        load_boundaries((str(tmp_path / "deep.json"),))
