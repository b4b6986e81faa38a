"""Drawing a boundary by hand: corners in plane metres, and what is wrong with them."""

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import shapely

Point = tuple[float, float]
LEAST_AREA = 1.0
"""m²; less is no grid but a slip of the hand."""
SLIVER = 1.0
"""m²; neighbours drawn apart overlap by so little that nobody means it."""


def crossing(points: Sequence[Point], *, closed: bool) -> Point | None:
    """Where the line through ``points`` (back to its beginning when ``closed``) first meets itself; None: nowhere."""
    is_ring = closed and len(points) > 2
    corners = [*points, points[0]] if is_ring else list(points)
    if len(corners) < 4 or shapely.is_simple(shapely.LineString(corners)):
        return None
    sides = shapely.linestrings(list(pairwise(corners)))
    for later in range(2, len(sides)):
        first = 1 if is_ring and later == len(sides) - 1 else 0  # the last side ends where the first begins
        met = shapely.intersection(sides[first : later - 1], sides[later])
        met = met[~shapely.is_empty(met)]
        if len(met):
            point = shapely.point_on_surface(met[0])
            return float(point.x), float(point.y)
    return None


def area(points: Sequence[Point]) -> float:
    """Square metres inside the corners."""
    return float(shapely.area(shapely.Polygon(points))) if len(points) > 2 else 0.0


def repaired(points: Sequence[Point]) -> list[Point]:
    """The corners of the largest clean part of what was drawn: what a self-crossing line can have meant."""
    if len(points) < 3:
        return list(points)
    made = shapely.make_valid(shapely.Polygon(points), method="structure", keep_collapsed=False)
    parts = [part for part in shapely.get_parts(made) if part.geom_type == "Polygon" and not part.is_empty]
    if not parts:
        return list(points)
    largest = max(parts, key=shapely.area)
    return [(float(x), float(y)) for x, y in list(largest.exterior.coords)[:-1]]


def nearest(points: Sequence[Point], to: Point, reach: float) -> int | None:
    """The corner nearest to a place, within ``reach``."""
    best = min(range(len(points)), key=lambda n: math.dist(points[n], to), default=None)
    return best if best is not None and math.dist(points[best], to) <= reach else None


def nearest_side(points: Sequence[Point], to: Point, reach: float) -> int | None:
    """The side (by the corner before it) of the closed line that a place lies on, within ``reach``."""
    if len(points) < 3:
        return None
    sides = shapely.linestrings(list(pairwise([*points, points[0]])))
    distances = shapely.distance(sides, shapely.Point(to))
    best = int(distances.argmin())
    return best if distances[best] <= reach else None


def overlaps(outline: Any, others: Mapping[str, Any]) -> list[tuple[str, float]]:
    """(key, m²) of the shapes that ``outline`` covers a part of, the largest first; slivers do not count."""
    if outline is None or shapely.get_dimensions(outline) < 2 or not others:
        return []
    keys = list(others)
    shapes = [others[key] for key in keys]
    tree = shapely.STRtree(shapes)
    outline = shapely.make_valid(outline)
    found = []
    for place in tree.query(outline):
        common = shapely.area(shapely.intersection(outline, shapely.make_valid(shapes[place])))
        if common > SLIVER:
            found.append((keys[place], float(common)))
    return sorted(found, key=lambda each: -each[1])
