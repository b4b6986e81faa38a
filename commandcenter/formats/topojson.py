"""TopoJSON: areas that share their borders as arcs. Runs in the child process.

Arcs become arrays while the text is read; a ring is a row of arcs, a negative number ~n is arc n backwards.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import shapely

from commandcenter.base.errors import BadInput
from commandcenter.formats.json_scanner import Scanner
from commandcenter.formats.layers import Layer, RawFeature, Step, too_many
from commandcenter.formats.outlines import Array, collected, gathered, polygon, positions
from commandcenter.formats.problems import Problem

_AREAS = ("Polygon", "MultiPolygon")
_BAD = (ValueError, TypeError, OverflowError, KeyError, IndexError, RecursionError, shapely.errors.ShapelyError)


def read_arcs(scanner: Scanner, step: Step) -> list[Array | None]:
    """The ``arcs`` member as arrays in the file's own numbers; None for one that is not a list of positions."""
    arcs: list[Array | None] = []
    for _ in scanner.items():
        found = scanner.value()
        try:
            arcs.append(positions(found))
        except (ValueError, TypeError, OverflowError):
            arcs.append(None)
        step(scanner.at, len(scanner.text))
    return arcs


def read_topology(layer: Layer, found: Mapping[str, Any], wanted: str | None, step: Step) -> None:
    """Fill ``layer`` with the features of one object of a topology.

    BadInput ``file.not_geojson`` when there is no object, ``file.several_layers`` when several hold areas.
    """
    layer.driver = "TopoJSON"
    objects = found.get("objects")
    if not isinstance(objects, dict) or not objects:
        raise BadInput("file.not_geojson")
    topology = _Topology(found.get("arcs") or [], found.get("transform"))
    members = list(_members(objects[_choose(layer, objects, wanted)]))
    too_many(len(members))
    for row, member in enumerate(members, start=1):
        layer.features.append(_feature(row, member, topology))
        step(row, len(members))


def _choose(layer: Layer, objects: Mapping[str, Any], wanted: str | None) -> str:
    """The only object with areas is the one meant; the others are mentioned."""
    filled = [name for name, each in objects.items() if any(_holds_area(member) for member in _members(each))]
    if wanted is None and len(filled) == 1 and len(objects) > 1:
        others = ", ".join(name for name in objects if name != filled[0])
        layer.problems.append(Problem(None, None, None, "feature.other_layers", "note", {"layers": others}))
        wanted = filled[0]
    return layer.choose(wanted, tuple(objects))


def _members(found: Any) -> Iterator[Any]:
    if isinstance(found, dict) and found.get("type") == "GeometryCollection":
        yield from found.get("geometries") or ()
    else:
        yield found


def _holds_area(found: Any) -> bool:
    return isinstance(found, dict) and found.get("type") in (*_AREAS, "GeometryCollection")


def _feature(row: int, found: Any, topology: "_Topology") -> RawFeature:
    if not isinstance(found, dict):
        return RawFeature(row, {}, None, [Problem(row, None, None, "feature.bad", "refused")])
    properties = found.get("properties")
    feature = RawFeature(row, dict(properties) if isinstance(properties, dict) else {}, None)
    try:
        feature.geometry = topology.geometry(found, feature)
    except _BAD:
        feature.refuse("geometry.bad")
    return feature


class _Topology:
    """The arcs of a file in its coordinates."""

    def __init__(self, arcs: Sequence[Array | None], transform: Any) -> None:
        """BadInput ``file.not_geojson`` when the transform is none."""
        self._scale, self._offset = np.ones(2), np.zeros(2)
        if transform is not None:
            try:
                self._scale = np.array(transform["scale"], dtype=np.float64).reshape(2)
                self._offset = np.array(transform["translate"], dtype=np.float64).reshape(2)
            except (KeyError, TypeError, ValueError):
                raise BadInput("file.not_geojson") from None
            # Quantised arcs hold steps from one corner to the next.
            arcs = [None if arc is None else np.cumsum(arc, axis=0) for arc in arcs]
        self._arcs = [None if arc is None else self._placed(arc) for arc in arcs]

    def _placed(self, xy: Array) -> Array:
        placed: Array = xy * self._scale + self._offset
        return placed

    def geometry(self, found: Mapping[str, Any], feature: RawFeature) -> Any:
        """The areas or the point of one geometry object; ValueError and the like for what is none."""
        kind = found.get("type")
        if kind is None:
            return None
        if kind in _AREAS:
            return self._areas(found, feature)
        return gathered(list(self._parts(found, feature)), feature, str(kind))

    def _areas(self, found: Mapping[str, Any], feature: RawFeature) -> Any:
        parts = [found["arcs"]] if found["type"] == "Polygon" else found["arcs"]
        made = [polygon([self._line(ring) for ring in rings], feature) for rings in parts]
        return made[0] if found["type"] == "Polygon" else collected(made)

    def _parts(self, found: Mapping[str, Any], feature: RawFeature) -> Iterator[Any]:
        kind = found["type"]
        if kind == "GeometryCollection":
            for each in found["geometries"]:
                yield from self._parts(each, feature)
        elif kind in _AREAS:
            yield self._areas(found, feature)
        elif kind in ("Point", "MultiPoint"):
            corners = positions([found["coordinates"]] if kind == "Point" else found["coordinates"])
            yield from shapely.points(self._placed(corners))
        elif kind in ("LineString", "MultiLineString"):
            for line in [found["arcs"]] if kind == "LineString" else found["arcs"]:
                yield shapely.linestrings(self._line(line))
        else:
            raise ValueError(kind)

    def _line(self, numbers: Iterable[Any]) -> Array:
        """Arcs one after the other; each begins where the one before ends, and that corner counts once."""
        parts = [self._arc(number) for number in numbers]
        if not parts:
            return np.empty((0, 2))
        return np.concatenate([parts[0], *(part[1:] for part in parts[1:])])

    def _arc(self, number: Any) -> Array:
        if not isinstance(number, int) or isinstance(number, bool):
            raise ValueError("an arc is named by its number")
        # Python would read a number that is out of range on the negative side from the other end.
        arc = self._arcs[number if number >= 0 else ~number]
        if arc is None:
            raise ValueError("an arc is damaged")
        return arc if number >= 0 else arc[::-1]
