"""A short way round a handful of places: nearest first, then every crossing taken out. Enough for the villages of a
town, in a millisecond and the same every time, where a solver would take longer to be imported."""

import itertools
import math
from collections.abc import Sequence

Point = tuple[float, float]
"""Longitude and latitude in degrees."""


def distance(one: Point, other: Point) -> float:
    """Kilometres as the crow flies, near enough within a town."""
    west = (one[0] - other[0]) * math.cos(math.radians((one[1] + other[1]) / 2))
    return 111.2 * math.hypot(west, one[1] - other[1])


def tour(start: Point, places: Sequence[Point | None]) -> list[int]:
    """The order in which to visit places (their indexes) from ``start`` and back there; those without a point come
    last, as they stand."""
    known = [index for index, place in enumerate(places) if place is not None]
    points: dict[int, Point] = {index: place for index in known if (place := places[index]) is not None}
    order = _shorter(start, points, _nearest(start, points))
    return order + [index for index in range(len(places)) if index not in points]


def length(start: Point, places: Sequence[Point]) -> float:
    """Kilometres from ``start`` through the places in this order and back."""
    stops = [start, *places, start]
    return sum(distance(one, other) for one, other in itertools.pairwise(stops))


def _nearest(start: Point, points: dict[int, Point]) -> list[int]:
    left, here, order = set(points), start, []
    while left:
        index = min(left, key=lambda each: (distance(here, points[each]), each))
        left.remove(index)
        order.append(index)
        here = points[index]
    return order


def _shorter(start: Point, points: dict[int, Point], order: list[int]) -> list[int]:
    """Turn round stretches as long as that makes the way shorter (2-opt)."""
    stops = [start, *(points[each] for each in order), start]
    names: list[int] = [-1, *order, -1]
    ways = {(one, other): distance(one, other) for one in stops for other in stops}
    improved = True
    while improved:
        improved = False
        for first in range(1, len(stops) - 2):
            for last in range(first + 1, len(stops) - 1):
                before, after = stops[first - 1], stops[last + 1]
                now = ways[before, stops[first]] + ways[stops[last], after]
                if ways[before, stops[last]] + ways[stops[first], after] < now - 1e-9:
                    stops[first : last + 1] = stops[first : last + 1][::-1]
                    names[first : last + 1] = names[first : last + 1][::-1]
                    improved = True
    return names[1:-1]
