"""GeoJSON read feature by feature with the standard library alone, so that no driver can be led elsewhere.

Only one feature is held as Python objects at a time; a file that ends too early is known by the row where it
ends. Runs in the child process.
"""

import json
from collections.abc import Iterator
from typing import Any

import shapely

from commandcenter.base.errors import BadInput
from commandcenter.formats.encodings import decode
from commandcenter.formats.json_scanner import Scanner
from commandcenter.formats.layers import Layer, RawFeature, Step, too_many
from commandcenter.formats.outlines import collected, gathered, polygon, positions
from commandcenter.formats.problems import Problem
from commandcenter.formats.topojson import read_arcs, read_topology

_BAD = (ValueError, TypeError, OverflowError, KeyError, IndexError, RecursionError, shapely.errors.ShapelyError)
_GEOMETRIES = {
    "Point",
    "MultiPoint",
    "LineString",
    "MultiLineString",
    "Polygon",
    "MultiPolygon",
    "GeometryCollection",
}


def read_json_map(data: bytes, encoding: str | None, wanted: str | None, step: Step) -> Layer:
    """The features of a GeoJSON or TopoJSON text; ``wanted`` names an object of a TopoJSON with several.

    BadInput for text that is neither or ends too early.
    """
    text, used = decode(data, encoding)
    layer = Layer(driver="GeoJSON", encoding=used)
    scanner = Scanner(text)
    try:
        kind, single = _document(scanner, layer, step)
    except (ValueError, RecursionError, OverflowError) as error:
        raise _broken(error, scanner, len(layer.features) + 1) from None
    if single.get("type") == "Topology":
        read_topology(layer, single, wanted, step)
    else:
        layer.choose(wanted)
        _finish(layer, kind, single)
    return layer


def _document(scanner: Scanner, layer: Layer, step: Step) -> tuple[str | None, dict[str, Any]]:
    """The kind of collection whose features were read, and the other members at the top."""
    kind: str | None = None
    single: dict[str, Any] = {}
    for key in scanner.members():
        if key == "features" and scanner.peek() == "[":
            _features(scanner, layer, step)
            kind = kind or "FeatureCollection"
        elif key == "crs":
            layer.crs = _crs_member(scanner.value())
        elif key == "arcs" and scanner.peek() == "[":
            single[key] = read_arcs(scanner, step)
        else:
            single[key] = scanner.value()
    if scanner.peek():
        raise json.JSONDecodeError("text after the end", scanner.text, scanner.at)
    return kind, single


def _finish(layer: Layer, kind: str | None, single: dict[str, Any]) -> None:
    """What stands at the top: a collection, one feature, a bare geometry, or something else."""
    if kind is not None:
        return
    named = single.get("type")
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
    except _BAD:
        feature.refuse("geometry.bad")
    return feature


def _geometry(found: Any, feature: RawFeature) -> Any:
    """The areas or the point of a GeoJSON geometry; ValueError and the like for what is none."""
    if found is None:
        return None
    kind = found["type"]
    if kind == "Polygon":
        return polygon([positions(ring) for ring in found["coordinates"]], feature)
    if kind == "MultiPolygon":
        return collected(
            [_geometry({"type": "Polygon", "coordinates": each}, feature) for each in found["coordinates"]]
        )
    if kind not in _GEOMETRIES:
        raise ValueError(kind)
    return gathered(list(_parts(found, feature)), feature, kind)


def _parts(found: Any, feature: RawFeature) -> Iterator[Any]:
    kind = found["type"]
    if kind == "GeometryCollection":
        for each in found["geometries"]:
            yield from _parts(each, feature)
    elif kind in ("Polygon", "MultiPolygon"):
        yield _geometry(found, feature)
    elif kind in ("Point", "LineString"):
        corners = positions([found["coordinates"]] if kind == "Point" else found["coordinates"])
        if len(corners):
            yield shapely.points(corners[0]) if kind == "Point" else shapely.linestrings(corners)
    elif kind in ("MultiPoint", "MultiLineString"):
        for each in found["coordinates"]:
            yield from _parts({"type": kind.removeprefix("Multi"), "coordinates": each}, feature)
    else:
        raise ValueError(kind)


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
