"""GeoJSON read feature by feature with the standard library alone, so that no driver can be led elsewhere.

Only one feature is held as Python objects at a time; a file that ends too early is known by the row where it
ends. Runs in the child process.
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import shapely

from commandcenter.base.errors import BadInput
from commandcenter.formats.encodings import decode
from commandcenter.formats.layers import Layer, RawFeature, too_many
from commandcenter.formats.problems import Problem

_SPACE = re.compile(r"[ \t\r\n]*")
_GEOMETRIES = {
    "Point",
    "MultiPoint",
    "LineString",
    "MultiLineString",
    "Polygon",
    "MultiPolygon",
    "GeometryCollection",
}
Step = Callable[[int, int], None]


class Scanner:
    """A cursor over JSON text that can walk into objects and arrays without building them."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self._decode = json.JSONDecoder().raw_decode

    def peek(self) -> str:
        """The next character that is no space, "" at the end."""
        space = _SPACE.match(self.text, self.at)
        self.at = space.end() if space else self.at
        return self.text[self.at : self.at + 1]

    def expect(self, wanted: str) -> str:
        """Step over one of the characters of ``wanted``; ValueError for another one."""
        found = self.peek()
        if not found or found not in wanted:
            raise json.JSONDecodeError("unexpected character", self.text, self.at)
        self.at += 1
        return found

    def value(self) -> Any:
        """The value that begins here, as Python objects."""
        self.peek()
        found, self.at = self._decode(self.text, self.at)
        return found

    def members(self) -> Iterator[str]:
        """The keys of the object that begins here; whoever iterates consumes each value."""
        self.expect("{")
        if self.peek() == "}":
            self.at += 1
            return
        while True:
            key = self.value()
            if not isinstance(key, str):
                raise json.JSONDecodeError("a key is text", self.text, self.at)
            self.expect(":")
            yield key
            if self.expect(",}") == "}":
                return

    def items(self) -> Iterator[None]:
        """The places of the array that begins here; whoever iterates consumes each value."""
        self.expect("[")
        if self.peek() == "]":
            self.at += 1
            return
        while True:
            yield
            if self.expect(",]") == "]":
                return


def read_geojson(data: bytes, encoding: str | None, step: Step) -> Layer:
    """The features of a GeoJSON text. BadInput for text that is no GeoJSON or ends too early."""
    text, used = decode(data, encoding)
    layer = Layer(driver="GeoJSON", encoding=used)
    scanner = Scanner(text)
    try:
        _document(scanner, layer, step)
    except (ValueError, RecursionError, OverflowError) as error:
        raise _broken(error, scanner, len(layer.features) + 1) from None
    return layer


def _document(scanner: Scanner, layer: Layer, step: Step) -> None:
    kind, single = None, {}
    for key in scanner.members():
        if key == "features" and scanner.peek() == "[":
            _features(scanner, layer, step)
            kind = kind or "FeatureCollection"
        elif key == "crs":
            layer.crs = _crs_member(scanner.value())
        else:
            single[key] = scanner.value()
    if scanner.peek():
        raise json.JSONDecodeError("text after the end", scanner.text, scanner.at)
    _finish(layer, kind, single)


def _finish(layer: Layer, kind: str | None, single: dict[str, Any]) -> None:
    """What stands at the top: a collection, one feature, a bare geometry, or something else."""
    named = single.get("type")
    if named == "Topology":
        raise BadInput("file.kind_not_read", found="TopoJSON")
    if kind is not None:
        return
    if named == "Feature":
        layer.features.append(_feature(1, single))
    elif isinstance(named, str) and named in _GEOMETRIES:
        layer.features.append(_feature(1, {"properties": {}, "geometry": single}))
    else:
        raise BadInput("file.not_geojson")


def _features(scanner: Scanner, layer: Layer, step: Step) -> None:
    for _ in scanner.items():
        layer.features.append(_feature(len(layer.features) + 1, scanner.value()))
        too_many(len(layer.features))
        step(scanner.at, len(scanner.text))


def _feature(row: int, found: Any) -> RawFeature:
    if not isinstance(found, dict):
        return RawFeature(row, {}, None, [Problem(row, None, None, "feature.bad", "refused")])
    properties = found.get("properties")
    feature = RawFeature(row, properties if isinstance(properties, dict) else {}, None)
    try:
        feature.geometry = _geometry(found.get("geometry"), feature)
    except (ValueError, TypeError, OverflowError, KeyError, RecursionError, shapely.errors.ShapelyError):
        feature.refuse("geometry.bad")
    return feature


def _geometry(found: Any, feature: RawFeature) -> Any:
    if found is None:
        return None
    kind = found["type"]
    if kind == "Point":
        return shapely.Point(_positions([found["coordinates"]])[0])
    if kind == "Polygon":
        return _polygon(found["coordinates"], feature)
    if kind == "MultiPolygon":
        return _collected([_polygon(part, feature) for part in found["coordinates"]])
    if kind == "GeometryCollection":
        return _collection(found["geometries"], feature)
    if kind not in _GEOMETRIES:
        raise ValueError(kind)
    feature.refuse("geometry.not_area", kind=kind)
    return None


def _collection(parts: Any, feature: RawFeature) -> Any:
    areas = [part for part in parts if part and part.get("type") in ("Polygon", "MultiPolygon")]
    if not areas:
        feature.refuse("geometry.not_area", kind="GeometryCollection")
        return None
    if len(areas) < len(parts):
        feature.repaired("geometry.parts_dropped", count=len(parts) - len(areas))
    return _collected([_geometry(part, feature) for part in areas])


def _collected(parts: list[Any]) -> Any:
    """Several areas as one multi-polygon, empty ones aside; None when nothing is left."""
    flat = [polygon for part in parts if part is not None for polygon in shapely.get_parts(part)]
    return shapely.multipolygons(flat) if flat else None


def _polygon(rings: Any, feature: RawFeature) -> Any:
    if not rings:
        return None
    shell, *holes = [_ring(ring, feature) for ring in rings]
    if shell is None:
        raise ValueError("an outline needs three corners")
    kept = [hole for hole in holes if hole is not None]
    if len(kept) < len(holes):
        feature.repaired("geometry.hole_dropped", count=len(holes) - len(kept))
    return shapely.polygons(shell, holes=kept or None)


def _ring(ring: Any, feature: RawFeature) -> Any:
    """A closed ring, or None when it has fewer than three different corners."""
    corners = _positions(ring)
    if len(corners) < 3 or len(np.unique(corners, axis=0)) < 3:
        return None
    if not np.array_equal(corners[0], corners[-1]):
        corners = np.vstack((corners, corners[:1]))
        feature.repaired("geometry.ring_closed")
    return shapely.linearrings(corners)


def _positions(found: Any) -> Any:
    """An array (n, 2) of finite numbers; heights are left out. ValueError for anything else."""
    try:
        array = np.array(found, dtype=np.float64)
    except ValueError:
        # Some corners bear a height and some do not.
        array = np.array([position[:2] for position in found], dtype=np.float64)
    if array.size == 0:
        return np.empty((0, 2))
    if array.ndim != 2 or array.shape[1] < 2 or not np.isfinite(array[:, :2]).all():
        raise ValueError("not a list of positions")
    return array[:, :2]


def _crs_member(found: Any) -> str | None:
    """The name in a ``crs`` member; links are not followed."""
    try:
        name = found["properties"]["name"]
    except (TypeError, KeyError):
        return None if found is None else "?"
    return str(name)


def _broken(error: Exception, scanner: Scanner, row: int) -> BadInput:
    position = getattr(error, "pos", scanner.at)
    ended = scanner.text.rstrip()
    if position >= len(ended) or not ended.endswith(("}", "]")):
        return BadInput("file.truncated", row=row)
    line = scanner.text.count("\n", 0, position) + 1
    return BadInput("file.broken_json", row=row, line=line)
