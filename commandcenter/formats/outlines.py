"""From lists of corners to areas, the same way for every kind of map file. Runs in the child process.

What had to be put right is listed on the feature: rings that were open, holes without an area, closed lines that
stand for areas, parts that are no area.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from commandcenter.formats.layers import RawFeature

Array = NDArray[np.float64]
_AREAS = ("Polygon", "MultiPolygon")
_LINES = ("LineString", "LinearRing", "MultiLineString")


def positions(found: Any) -> Array:
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


def polygon(rings: Sequence[Array], feature: RawFeature) -> Any:
    """The area within the first ring and outside the others; None without rings. ValueError when the outline has
    fewer than three corners."""
    if not rings:
        return None
    shell, *holes = [_ring(corners, feature) for corners in rings]
    if shell is None:
        raise ValueError("an outline needs three corners")
    kept = [hole for hole in holes if hole is not None]
    if len(kept) < len(holes):
        feature.repaired("geometry.hole_dropped", count=len(holes) - len(kept))
    return shapely.polygons(shell, holes=kept or None)


def _ring(corners: Array, feature: RawFeature) -> Any:
    """A closed ring, or None when it has fewer than three different corners."""
    if not has_area(corners):
        return None
    return shapely.linearrings(_closed(corners, feature))


def has_area(corners: Array) -> bool:
    """Whether a ring has three different corners."""
    return len(corners) >= 3 and (len(corners) > 64 or len(set(map(tuple, corners.tolist()))) >= 3)


def _closed(corners: Array, feature: RawFeature) -> Array:
    if corners[0, 0] == corners[-1, 0] and corners[0, 1] == corners[-1, 1]:
        return corners
    feature.repaired("geometry.ring_closed")
    return np.vstack((corners, corners[:1]))


def collected(parts: Iterable[Any]) -> Any:
    """Several areas as one multi-polygon, empty ones aside; None when nothing is left."""
    flat = [each for part in parts if part is not None for each in shapely.get_parts(part)]
    return shapely.multipolygons(flat) if flat else None


def gathered(parts: Sequence[Any], feature: RawFeature, kind: str) -> Any:
    """What a town can use of the ``parts`` of one feature (shapely geometries of any type, without collections):
    its areas, else its closed lines as areas, else its only point. Otherwise the feature is refused as a ``kind``.
    """
    if len(parts) == 1 and parts[0] is not None and parts[0].geom_type == "Polygon":
        return parts[0]
    filled = [part for part in parts if part is not None and not shapely.is_empty(part)]
    if not filled:
        return None
    simple = [each for part in filled for each in shapely.get_parts(part)]
    areas = [each for each in simple if each.geom_type == "Polygon"] or _closed_lines(simple, feature)
    points = [each for each in simple if each.geom_type == "Point"]
    if not areas and len(points) != 1:
        feature.refuse("geometry.not_area", kind=kind)
        return None
    dropped = len(simple) - (len(areas) or 1)
    if dropped:
        feature.repaired("geometry.parts_dropped", count=dropped)
    return shapely.multipolygons(areas) if areas else points[0]


def _closed_lines(simple: Sequence[Any], feature: RawFeature) -> list[Any]:
    """Lines that end where they begin, as areas: many draw a boundary with the line tool."""
    lines = [each for each in simple if each.geom_type in _LINES and shapely.is_closed(each)]
    rings = [corners for corners in map(shapely.get_coordinates, lines) if has_area(corners)]
    if rings:
        feature.repaired("geometry.line_closed", count=len(rings))
    return [shapely.polygons(corners) for corners in rings]


def usable(geometry: Any, feature: RawFeature) -> Any:
    """The areas or the point of a ready-made geometry, without heights; see :func:`gathered`."""
    flat = shapely.force_2d(geometry)
    if shapely.is_empty(flat):
        return None
    if flat.geom_type in (*_AREAS, "Point"):
        return flat
    return gathered(list(_leaves(flat)), feature, flat.geom_type)


def _leaves(geometry: Any) -> Iterable[Any]:
    if geometry.geom_type != "GeometryCollection":
        yield geometry
        return
    for part in shapely.get_parts(geometry):
        yield from _leaves(part)


def by_direction(rings: Sequence[Array], feature: RawFeature) -> Any:
    """An area of rings that say by their direction what they are, as in a Shapefile: clockwise is land, the others
    are holes. Where that makes no sense, a ring within another is its hole, and the repair is listed.
    """
    if len(rings) > 1:
        rings = [_closed(corners, feature) for corners in rings if _counts(corners, feature)]
    if len(rings) < 2:
        return polygon(rings, feature)
    clockwise = np.array([_turn(corners) < 0 for corners in rings])
    shells = [shapely.polygons(corners) for corners, land in zip(rings, clockwise, strict=True) if land]
    holes = [corners for corners, land in zip(rings, clockwise, strict=True) if not land]
    owners = _owners(shells, holes)
    made = None
    if shells and None not in owners:
        made = _with_holes(shells, holes, [owner for owner in owners if owner is not None])
    if made is not None and shapely.is_valid(made):
        return made
    nested = _even_odd(rings)
    if made is not None and not shapely.is_valid(nested):
        return made
    feature.repaired("geometry.ring_turned")
    return nested


def _counts(corners: Array, feature: RawFeature) -> bool:
    if has_area(corners):
        return True
    feature.repaired("geometry.hole_dropped", count=1)
    return False


def _turn(corners: Array) -> float:
    """Twice the signed area; negative when clockwise. Taken from the first corner, lest large metres cancel."""
    x, y = (corners - corners[0]).T
    return float(np.dot(x[:-1], y[1:]) - np.dot(x[1:], y[:-1]))


def _owners(shells: Sequence[Any], holes: Sequence[Array]) -> list[int | None]:
    """For each hole the smallest shell that holds it; None where there is none."""
    if len(shells) == 1:
        return [0] * len(holes)
    return _smallest_around(shells, [shapely.polygons(hole) for hole in holes])


def _smallest_around(around: Sequence[Any], inner: Sequence[Any]) -> list[int | None]:
    """For each of ``inner`` the smallest larger one of ``around`` that holds a point within it."""
    if not around or not inner:
        return [None] * len(inner)
    sizes = shapely.area(np.array(around, dtype=object))
    inside = np.array(inner, dtype=object)
    least = shapely.area(inside)
    found, index = shapely.STRtree(around).query(shapely.point_on_surface(inside), predicate="within")
    owners: list[int | None] = [None] * len(inner)
    for number, each in zip(found.tolist(), index.tolist(), strict=True):
        best = owners[number]
        if sizes[each] > least[number] and (best is None or sizes[each] < sizes[best]):
            owners[number] = each
    return owners


def _with_holes(shells: Sequence[Any], holes: Sequence[Array], owners: Sequence[int]) -> Any:
    inside: dict[int, list[Array]] = {}
    for hole, owner in zip(holes, owners, strict=True):
        inside.setdefault(owner, []).append(hole)
    made = [
        shapely.polygons(shapely.get_exterior_ring(shell), [shapely.linearrings(each) for each in inside[n]])
        if n in inside
        else shell
        for n, shell in enumerate(shells)
    ]
    return made[0] if len(made) == 1 else shapely.multipolygons(made)


def _even_odd(rings: Sequence[Array]) -> Any:
    """A ring within an odd number of others is a hole of the smallest of them."""
    whole = [shapely.polygons(corners) for corners in rings]
    owners = _smallest_around(whole, whole)
    depths = [_depth(owners, number) for number in range(len(rings))]
    shells = [n for n, depth in enumerate(depths) if depth % 2 == 0]
    place = {n: position for position, n in enumerate(shells)}
    holes = [n for n, depth in enumerate(depths) if depth % 2]
    inside = [place[owners[n]] for n in holes]  # type: ignore[index]
    return _with_holes([whole[n] for n in shells], [rings[n] for n in holes], inside)


def _depth(owners: Sequence[int | None], number: int) -> int:
    depth, seen = 0, {number}
    while (owner := owners[number]) is not None and owner not in seen:
        seen.add(owner)
        number, depth = owner, depth + 1
    return depth
