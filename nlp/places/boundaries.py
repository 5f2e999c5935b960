"""Areas by coordinates: the polygon that a point lies in.

Boundary files are GeoJSON or TopoJSON whose features carry official codes (``95``, ``TH9501`` …). Distances
are taken in kilometres on one plane for the whole country (an equirectangular projection about 13.5° N),
which is right to 4 %: they only decide whether something is near.
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
# Borders are drawn coarsely: a point this near to another area may lie in that one,
DOUBT_KM = 0.5
# and a point outside all areas but this near to one of them lies in it.
NEAREST_KM = 1.0
_CODE = re.compile("(?:TH)?([0-9]{2}|[0-9]{4}|[0-9]{6})")


def are_degrees(latitude: float, longitude: float) -> bool:
    """Whether numbers can be degrees; not-a-number cannot."""
    return abs(latitude) <= 90 and abs(longitude) <= 180


@dataclass(frozen=True, slots=True)
class _Layer:
    """The areas of one level, on the plane in kilometres."""

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
    """Polygons of areas by code; made by ``load_boundaries``, asked with degrees of WGS 84."""

    __slots__ = ("_layers",)

    def __init__(self, areas: Mapping[str, BaseGeometry]) -> None:
        """Takes polygons by official code of 2, 4 or 6 digits, already in kilometres on the plane."""
        by_size: dict[int, dict[str, BaseGeometry]] = {}
        for code, shape in areas.items():
            by_size.setdefault(len(code), {})[code] = shape
        self._layers = {size: _layer(by_size[size]) for size in sorted(by_size, reverse=True)}

    def locate(self, latitudes: Sequence[float], longitudes: Sequence[float]) -> list[str | None]:
        """The code of the smallest area that each point surely lies in, or None.

        That is the one area within half a kilometre, or the one above several of them: the district of two
        subdistricts, nothing on the border of two provinces. A point outside every area may be a kilometre away.
        """
        with np.errstate(over="ignore"):
            points: Any = shapely.points(np.asarray(longitudes) * _KM_EAST, np.asarray(latitudes) * _KM_NORTH)
        found: list[str | None] = [None] * len(points)
        still = [at for at, degrees in enumerate(zip(latitudes, longitudes, strict=True)) if are_degrees(*degrees)]
        for layer in self._layers.values():
            near = _near(layer, points[still], DOUBT_KM)
            beyond = [at for at in range(len(still)) if at not in near]
            reached = _near(layer, points[[still[at] for at in beyond]], NEAREST_KM)
            near |= {beyond[at]: codes for at, codes in reached.items()}
            for at, codes in near.items():
                found[still[at]] = _common(codes)
            still = [point for at, point in enumerate(still) if at not in near]
            if not still:
                break
        return found

    def distance_km(self, code: str, latitude: float, longitude: float) -> float | None:
        """How far a point lies from an area, 0 inside; of an area that is not drawn, from the one that holds it.

        None where no boundary of it is known, or the numbers are no degrees.
        """
        if not are_degrees(latitude, longitude):
            return None
        for size in range(len(code), 0, -2):
            layer = self._layers.get(size)
            if layer is not None and (at := layer.index.get(code[:size])) is not None:
                point = shapely.Point(longitude * _KM_EAST, latitude * _KM_NORTH)
                return float(shapely.distance(layer.shapes[at], point))
        return None


def _near(layer: _Layer, points: Any, distance: float) -> dict[int, list[str]]:
    """The areas within a distance of each point that has any, by the point's position."""
    found: dict[int, list[str]] = {}
    for point, area in zip(*layer.tree.query(points, predicate="dwithin", distance=distance), strict=True):
        found.setdefault(int(point), []).append(layer.codes[int(area)])
    return found


def _common(codes: Sequence[str]) -> str | None:
    """The smallest area that holds all areas."""
    for size in range(len(codes[0]), 0, -2):
        if len({code[:size] for code in codes}) == 1:
            return codes[0][:size]
    return None


@lru_cache(maxsize=4)
def load_boundaries(paths: tuple[str, ...]) -> Boundaries:
    """Reads boundary files, once in a process.

    Raises UserError where a file is missing or is no boundaries.
    """
    areas: dict[str, BaseGeometry] = {}
    for path in paths:
        try:
            areas |= _areas(json.loads(Path(path).read_bytes()))
        except OSError as error:
            raise UserError(f"the boundary file {path} cannot be read", "check the path in SIANG_BOUNDARIES") from error
        except RecursionError as error:
            raise UserError(f"{path} is no boundary file", _WANTED) from error
        except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
            why = f" ({error})" if isinstance(error, _Wrong) else ""
            raise UserError(f"{path} is no boundary file{why}", _WANTED) from error
    return Boundaries(areas)


_WANTED = "give SIANG_BOUNDARIES GeoJSON or TopoJSON in degrees whose features carry official codes such as TH9501"


class _Wrong(ValueError):
    """What is wrong with a file, in words."""


def _areas(content: Any) -> dict[str, BaseGeometry]:
    pairs = list(_topojson(content) if content["type"] == "Topology" else _geojson(content))
    if not pairs:
        raise _Wrong("it has no feature with a polygon")
    carrier = _carrier([properties for properties, _ in pairs])
    found: dict[str, list[BaseGeometry]] = {}
    for properties, shape in pairs:
        match = _CODE.fullmatch(str(properties[carrier]))
        code = match[1] if match else ""
        if todays_code(code) != code:
            raise _Wrong(f"its code {code} is none of today's")
        found.setdefault(code, []).append(_on_plane(shape))
    return {code: shapely.union_all(shapes) if len(shapes) > 1 else shapes[0] for code, shapes in found.items()}


def _carrier(rows: Sequence[Mapping[str, Any]]) -> str:
    """The property that holds codes in every feature; the one with the longest, where several do."""
    carriers = [name for name in rows[0] if all(_CODE.fullmatch(str(row.get(name))) for row in rows)]
    if not carriers:
        raise _Wrong("no property holds an official code in every feature")
    return max(carriers, key=lambda name: (min(len(str(row[name])) for row in rows), len({row[name] for row in rows})))


def _on_plane(shape: BaseGeometry) -> BaseGeometry:
    valid = shape if shape.is_valid else shapely.make_valid(shape)
    west, south, east, north = valid.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise _Wrong("its coordinates are not degrees")
    return shapely.transform(valid, lambda xy: xy * (_KM_EAST, _KM_NORTH))


def _named(feature: Mapping[str, Any]) -> dict[str, Any]:
    own = {"id": feature["id"]} if "id" in feature else {}
    return own | (feature.get("properties") or {})


def _geojson(content: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], BaseGeometry]]:
    for feature in content["features"]:
        geometry = feature["geometry"]
        if geometry and geometry["type"] in ("Polygon", "MultiPolygon"):
            yield _named(feature), _shape(geometry["type"], geometry["coordinates"])


def _shape(kind: str, rings: Any) -> BaseGeometry:
    polygons = [rings] if kind == "Polygon" else rings
    return shapely.MultiPolygon([(parts[0], parts[1:]) for parts in polygons])


def _topojson(content: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], BaseGeometry]]:
    """Features of a topology: rings are joined from shared arcs, of which ~n is arc n backwards (its first point
    repeats the last of the arc before); quantised arcs are steps on a grid."""
    arcs = [_arc(points, content.get("transform")) for points in content["arcs"]]

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
            yield _named(one), _shape("MultiPolygon", [[ring(numbers) for numbers in parts] for parts in polygons])

    for one in content["objects"].values():
        yield from features(one)


def _arc(points: Sequence[Sequence[float]], transform: Mapping[str, Any] | None) -> list[Sequence[float]]:
    if transform is None:
        return [point[:2] for point in points]
    (wide, high), (west, south) = transform["scale"], transform["translate"]
    steps = np.cumsum([point[:2] for point in points], axis=0)
    return [(float(x) * wide + west, float(y) * high + south) for x, y in steps]
