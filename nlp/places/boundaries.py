"""Areas from coordinates: the polygon that contains a point.

Boundary files are GeoJSON or TopoJSON whose features carry official codes (``95``, ``TH9501`` …). Distances are
measured in kilometres on one plane for the whole country (an equirectangular projection at 13.5° N), with an error of
up to 4 %, which is enough to decide whether something is near.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely import STRtree
from shapely.geometry.base import BaseGeometry

from schemas.area_data import todays_code
from schemas.errors import UserError

_KM_EAST, _KM_NORTH = 111.32 * math.cos(math.radians(13.5)), 110.57
# Borders are drawn coarsely, so a point within this distance of another area may lie in that area.
DOUBT_KM = 0.5
# A point outside all areas belongs to an area within this distance.
NEAREST_KM = 1.0
_CODE = re.compile("(?:TH)?([0-9]{2}|[0-9]{4}|[0-9]{6})")


def are_degrees(latitude: float, longitude: float) -> bool:
    """Whether two numbers are a latitude and a longitude in degrees; NaN is not."""
    return abs(latitude) <= 90 and abs(longitude) <= 180


@dataclass(frozen=True, slots=True)
class _Layer:
    """The areas of one level, with polygons in kilometres on the plane."""

    codes: tuple[str, ...]
    shapes: tuple[BaseGeometry, ...]
    tree: STRtree
    index: Mapping[str, int]


def _layer(areas: Mapping[str, BaseGeometry]) -> _Layer:
    codes = tuple(sorted(areas))
    shapes = tuple(areas[code] for code in codes)
    shapely.prepare(shapes)
    return _Layer(codes, shapes, STRtree(shapes), {code: at for at, code in enumerate(codes)})


class Boundaries:
    """Polygons of areas by code. Created by ``load_boundaries``; methods take degrees of WGS 84."""

    __slots__ = ("_layers",)

    def __init__(self, areas: Mapping[str, BaseGeometry]) -> None:
        """``areas`` are polygons in kilometres on the plane, by official code of 2, 4 or 6 digits."""
        by_size: dict[int, dict[str, BaseGeometry]] = {}
        for code, shape in areas.items():
            by_size.setdefault(len(code), {})[code] = shape
        self._layers = {size: _layer(by_size[size]) for size in sorted(by_size, reverse=True)}

    def locate(self, latitudes: Sequence[float], longitudes: Sequence[float]) -> list[str | None]:
        """The code of the smallest area that certainly contains each point, or None.

        This is the only area within DOUBT_KM, or the area above several of them: the district of two subdistricts,
        or None near the border of two provinces. A point outside all areas may be up to NEAREST_KM away.
        """
        with np.errstate(over="ignore"):
            points: Any = shapely.points(np.asarray(longitudes) * _KM_EAST, np.asarray(latitudes) * _KM_NORTH)
        codes: list[str | None] = [None] * len(points)
        remaining = [at for at, degrees in enumerate(zip(latitudes, longitudes, strict=True)) if are_degrees(*degrees)]
        for layer in self._layers.values():
            near = _areas_within(layer, points[remaining], DOUBT_KM)
            outside = [at for at in range(len(remaining)) if at not in near]
            nearest = _areas_within(layer, points[[remaining[at] for at in outside]], NEAREST_KM)
            near |= {outside[at]: areas for at, areas in nearest.items()}
            for at, areas in near.items():
                codes[remaining[at]] = _common_area(areas)
            remaining = [point for at, point in enumerate(remaining) if at not in near]
            if not remaining:
                break
        return codes

    def distance_km(self, code: str, latitude: float, longitude: float) -> float | None:
        """The distance of a point from an area in kilometres, 0 inside.

        If the area has no polygon, the distance from the area above it. None if that has no polygon either, or the
        numbers are not degrees.
        """
        if not are_degrees(latitude, longitude):
            return None
        for size in range(len(code), 0, -2):
            layer = self._layers.get(size)
            if layer is not None and (at := layer.index.get(code[:size])) is not None:
                point = shapely.Point(longitude * _KM_EAST, latitude * _KM_NORTH)
                return float(shapely.distance(layer.shapes[at], point))
        return None


def _areas_within(layer: _Layer, points: Any, distance: float) -> dict[int, list[str]]:
    """The codes of the areas within a distance, by the index of the point; points without such areas are left out."""
    found: dict[int, list[str]] = {}
    for point, area in zip(*layer.tree.query(points, predicate="dwithin", distance=distance), strict=True):
        found.setdefault(int(point), []).append(layer.codes[int(area)])
    return found


def _common_area(codes: Sequence[str]) -> str | None:
    """The smallest area that contains all areas, or None."""
    for size in range(len(codes[0]), 0, -2):
        if len({code[:size] for code in codes}) == 1:
            return codes[0][:size]
    return None


@lru_cache(maxsize=4)
def load_boundaries(paths: tuple[str, ...]) -> Boundaries:
    """The boundaries in these files, read once in a process.

    Raises UserError if a file is missing or is not a boundary file.
    """
    areas: dict[str, BaseGeometry] = {}
    for path in paths:
        try:
            areas |= _read_areas(json.loads(Path(path).read_bytes()))
        except OSError as error:
            raise UserError(f"the boundary file {path} cannot be read", "check the path in SIANG_BOUNDARIES") from error
        except RecursionError as error:
            raise UserError(f"{path} is not a boundary file", _EXPECTED) from error
        except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
            why = f" ({error})" if isinstance(error, _BoundaryFileError) else ""
            raise UserError(f"{path} is not a boundary file{why}", _EXPECTED) from error
    return Boundaries(areas)


_EXPECTED = "give SIANG_BOUNDARIES GeoJSON or TopoJSON in degrees whose features carry official codes such as TH9501"


class _BoundaryFileError(ValueError):
    """The file is valid JSON but not a boundary file; the message says why."""


def _read_areas(content: Any) -> dict[str, BaseGeometry]:
    pairs = list(_topojson(content) if content["type"] == "Topology" else _geojson(content))
    if not pairs:
        raise _BoundaryFileError("it has no feature with a polygon")
    carrier = _code_property([properties for properties, _ in pairs])
    found: dict[str, list[BaseGeometry]] = {}
    for properties, shape in pairs:
        match = _CODE.fullmatch(str(properties[carrier]))
        code = match[1] if match else ""
        if todays_code(code) != code:
            raise _BoundaryFileError(f"its code {code} is not a current code")
        found.setdefault(code, []).append(_to_plane(shape))
    return {code: shapely.union_all(shapes) if len(shapes) > 1 else shapes[0] for code, shapes in found.items()}


def _code_property(rows: Sequence[Mapping[str, Any]]) -> str:
    """The property with an official code in every feature; if there are several, the one with the longest codes."""
    carriers = [name for name in rows[0] if all(_CODE.fullmatch(str(row.get(name))) for row in rows)]
    if not carriers:
        raise _BoundaryFileError("no property holds an official code in every feature")
    return max(carriers, key=lambda name: (min(len(str(row[name])) for row in rows), len({row[name] for row in rows})))


def _to_plane(shape: BaseGeometry) -> BaseGeometry:
    valid = shape if shape.is_valid else shapely.make_valid(shape)
    west, south, east, north = valid.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise _BoundaryFileError("its coordinates are not degrees")
    return shapely.transform(valid, lambda xy: xy * (_KM_EAST, _KM_NORTH))


def _properties(feature: Mapping[str, Any]) -> dict[str, Any]:
    own = {"id": feature["id"]} if "id" in feature else {}
    return own | (feature.get("properties") or {})


def _geojson(content: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], BaseGeometry]]:
    for feature in content["features"]:
        geometry = feature["geometry"]
        if geometry and geometry["type"] in ("Polygon", "MultiPolygon"):
            yield _properties(feature), _shape(geometry["type"], geometry["coordinates"])


def _shape(kind: str, rings: Any) -> BaseGeometry:
    polygons = [rings] if kind == "Polygon" else rings
    return shapely.MultiPolygon([(parts[0], parts[1:]) for parts in polygons])


def _topojson(content: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], BaseGeometry]]:
    """The features of a TopoJSON topology.

    Rings are joined from shared arcs. The number ~n means arc n reversed. The first point of an arc repeats the last
    point of the arc before it. Quantised arcs are steps on a grid.
    """
    arcs = [_decode_arc(points, content.get("transform")) for points in content["arcs"]]

    def ring(numbers: Iterable[int]) -> list[Sequence[float]]:
        line: list[Sequence[float]] = []
        for number in numbers:
            arc = arcs[number] if number >= 0 else arcs[~number][::-1]
            line.extend(arc[1:] if line else arc)
        return line

    def features(one: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], BaseGeometry]]:
        if one["type"] == "GeometryCollection":
            for part in one["geometries"]:
                yield from features(part)
        elif one["type"] in ("Polygon", "MultiPolygon"):
            polygons = [one["arcs"]] if one["type"] == "Polygon" else one["arcs"]
            yield _properties(one), _shape("MultiPolygon", [[ring(numbers) for numbers in parts] for parts in polygons])

    for one in content["objects"].values():
        yield from features(one)


def _decode_arc(points: Sequence[Sequence[float]], transform: Mapping[str, Any] | None) -> list[Sequence[float]]:
    if transform is None:
        return [point[:2] for point in points]
    (wide, high), (west, south) = transform["scale"], transform["translate"]
    steps = np.cumsum([point[:2] for point in points], axis=0)
    return [(float(x) * wide + west, float(y) * high + south) for x, y in steps]
