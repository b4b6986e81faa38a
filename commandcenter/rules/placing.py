"""What is placed on the screen of a map: the part of the plan that is seen, labels, groups, the scale bar."""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence

Box = tuple[float, float, float, float]
"""Left, top, right, bottom; on screen y grows downwards, in a plan upwards (there: west, south, east, north)."""


def fit(bounds: Box, width: float, height: float) -> tuple[float, float, float]:
    """Middle (metres) and scale (pixels a metre) that show ``bounds`` whole in ``width`` × ``height`` pixels."""
    west, south, east, north = bounds
    scale = min(max(width, 1.0) / max(east - west, 1.0), max(height, 1.0) / max(north - south, 1.0))
    return (west + east) / 2, (south + north) / 2, scale


def overlaps(one: Box, other: Box) -> bool:
    """Whether two boxes share more than an edge."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


class Clearance:
    """Boxes already taken on the screen, in a raster of buckets so that a question costs the same for any number."""

    BUCKET = 64.0

    def __init__(self, taken: Iterable[Box] = ()) -> None:
        self._buckets: dict[tuple[int, int], list[Box]] = defaultdict(list)
        for box in taken:
            self.take(box)

    def _cells(self, box: Box) -> Iterable[tuple[int, int]]:
        left, top, right, bottom = (math.floor(value / self.BUCKET) for value in box)
        return ((x, y) for x in range(left, right + 1) for y in range(top, bottom + 1))

    def is_free(self, box: Box) -> bool:
        """Whether ``box`` overlaps nothing taken."""
        return not any(overlaps(box, other) for cell in self._cells(box) for other in self._buckets.get(cell, ()))

    def take(self, box: Box) -> None:
        """Mark ``box`` as taken."""
        for cell in self._cells(box):
            self._buckets[cell].append(box)


def place_labels(candidates: Iterable[Sequence[Box]], clearance: Clearance) -> list[int | None]:
    """For each label, in order of importance, the first of its candidate boxes that is free, or None: it is hidden."""
    chosen: list[int | None] = []
    for boxes in candidates:
        found = next((n for n, box in enumerate(boxes) if clearance.is_free(box)), None)
        if found is not None:
            clearance.take(boxes[found])
        chosen.append(found)
    return chosen


def cluster(points: Sequence[tuple[float, float]], distance: float) -> list[list[int]]:
    """Groups of points nearer than ``distance`` (both ways) to the group's first; earlier points lead."""
    groups: list[list[int]] = []
    leaders: dict[tuple[int, int], list[int]] = defaultdict(list)
    for n, (x, y) in enumerate(points):
        column, row = math.floor(x / distance), math.floor(y / distance)
        around = ((column + dx, row + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1))
        near = (
            group
            for cell in around
            for group in leaders.get(cell, ())
            if abs(points[groups[group][0]][0] - x) < distance and abs(points[groups[group][0]][1] - y) < distance
        )
        found = min(near, default=None)
        if found is None:
            leaders[column, row].append(len(groups))
            groups.append([n])
        else:
            groups[found].append(n)
    return groups


def scale_bar(metres_per_pixel: float, longest: float) -> tuple[float, float]:
    """The longest round length (1, 2 or 5 × 10^n metres) of at most ``longest`` pixels: metres and pixels."""
    reach = metres_per_pixel * longest
    power = 10.0 ** math.floor(math.log10(reach))
    metres = next(step * power for step in (5, 2, 1) if step * power <= reach * (1 + 1e-9))
    return metres, metres / metres_per_pixel
