"""The geometry of the map: from shapes in degrees to a plan in metres, and what is placed upon it.

Everything is plane and local: one equirectangular projection about the middle of the town is true to a few
centimetres over its 20 km, needs no library and no data files. Grids without a boundary get a schematic place, so
that the map is of use before anyone has drawn anything.
"""

import heapq
import math
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import shapely

Kind = Literal["general", "dedicated", "emergency"]
Floats = npt.NDArray[np.floating[Any]]
Ints = npt.NDArray[np.integer[Any]]
Box = tuple[float, float, float, float]
"""Left, top, right, bottom; on screen y grows downwards, in a plan upwards (there: west, south, east, north)."""

EARTH_RADIUS = 6_371_008.8
KIND_ORDER: dict[Kind, int] = {"general": 0, "emergency": 1, "dedicated": 2}
SCHEMATIC_CELL = 200.0
"""Side of one schematic cell in metres, about a real grid's, so that zoom limits suit both."""
POINT_RADIUS = 60.0
"""A grid known only as a point is drawn as a disc of this radius at least (metres)."""
WIDEST_POINT = 400.0
POINT_SHARE = 0.42
"""General grids known only as points take this share of the way to the next one, so that they can be seen and hit."""
SCHEME_ROWS = 26
"""A scheme beside a drawn town has cells of this part of its height at least, so that its villages can be named."""
TONES = 3


@dataclass(frozen=True, slots=True)
class MapGrid:
    """What the map knows of a grid. ``wkb`` is WGS84 (lon, lat); None: no boundary is known."""

    id: str
    code: str
    label: str
    village: str
    village_label: str
    kind: Kind
    mark: str
    wkb: bytes | None


@dataclass(frozen=True, slots=True)
class Projection:
    """Local metres east and north of an origin in degrees."""

    lon: float
    lat: float

    @property
    def _metres_per_degree(self) -> tuple[float, float]:
        north = math.radians(1.0) * EARTH_RADIUS
        return north * math.cos(math.radians(self.lat)), north

    def to_metres(self, lon_lat: Floats) -> Floats:
        """(N, 2) degrees to (N, 2) metres."""
        return np.asarray((lon_lat - (self.lon, self.lat)) * self._metres_per_degree)

    def to_degrees(self, metres: Floats) -> Floats:
        """(N, 2) metres to (N, 2) degrees."""
        return np.asarray(metres / self._metres_per_degree + (self.lon, self.lat))


@dataclass(frozen=True, slots=True, eq=False)
class Rings:
    """Closed rings of many grids in one array: ring r is ``vertices[starts[r]:starts[r + 1]]``, of ``grid[r]``."""

    vertices: Floats
    starts: Ints
    grid: Ints

    def generalised(self, cell: float) -> "Rings":
        """The same rings on a raster of ``cell`` metres, without the vertices that then coincide.

        A vertex that two grids share falls on the same raster point in both, so neighbours keep touching: no gap
        and no overlap appears, which simplifying ring by ring would not promise.
        """
        snapped = np.rint(self.vertices * (1.0 / cell)).astype(np.int32)
        ring = np.repeat(np.arange(len(self.grid), dtype=np.int32), np.diff(self.starts))
        keep = np.ones(len(snapped), dtype=bool)
        keep[1:] = (snapped[1:] != snapped[:-1]).any(axis=1) | (ring[1:] != ring[:-1])
        counts = np.bincount(ring[keep], minlength=len(self.grid))
        whole = counts >= 4  # a triangle and its closing vertex
        keep &= whole[ring]
        starts = np.concatenate(([0], np.cumsum(counts[whole])))
        return Rings((snapped[keep] * cell).astype(np.float32), starts, self.grid[whole])


@dataclass(frozen=True, slots=True)
class Title:
    """A village's name and where it stands; ``above`` says that it sits on top of a schematic block."""

    village: str
    text: str
    x: float
    y: float
    weight: float
    above: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """The schematic square of one grid: middle and side in metres."""

    x: float
    y: float
    side: float


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """All grids laid out in metres; arrays are indexed by the grid's position in ``grids``."""

    grids: tuple[MapGrid, ...]
    projection: Projection
    rings: Rings
    anchors: Floats
    boxes: Floats
    kind_of: Ints
    """Per grid the number of its kind in KIND_ORDER."""
    village_of: Ints
    tone_of: Ints
    titles: tuple[Title, ...]
    drawn: int
    """How many grids have a real boundary."""
    bounds: Box
    index: dict[str, int] = field(default_factory=dict)

    @property
    def is_schematic(self) -> bool:
        """Whether no grid has a real boundary: distances then mean nothing."""
        return self.drawn == 0


def natural_key(code: str) -> tuple[tuple[int, int, str], ...]:
    """Sorts 第2 before 第10: digits count as numbers."""
    return tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in re.findall(r"\d+|\D+", code))


def _in_order(grids: Iterable[MapGrid]) -> list[MapGrid]:
    return sorted(grids, key=lambda grid: (KIND_ORDER[grid.kind], natural_key(grid.code), grid.id))


def _by_village(grids: Iterable[MapGrid]) -> dict[str, list[MapGrid]]:
    """Villages in the order of their first grid's code, each with its grids by kind and number."""
    villages: dict[str, list[MapGrid]] = defaultdict(list)
    for grid in sorted(grids, key=lambda each: (natural_key(each.code), each.id)):
        villages[grid.village].append(grid)
    return {village: _in_order(members) for village, members in villages.items()}


def _block_columns(count: int) -> int:
    """Columns of a block of ``count`` cells, a little wider than high."""
    return max(1, math.ceil(math.sqrt(count * 1.3)))


def _block(members: Sequence[MapGrid], left: float, top: float, side: float) -> dict[str, Place]:
    columns = _block_columns(len(members))
    return {
        grid.id: Place(left + (n % columns + 0.5) * side, top - (n // columns + 0.5) * side, side)
        for n, grid in enumerate(members)
    }


def schematic(
    grids: Iterable[MapGrid],
    *,
    left: float = 0.0,
    top: float = 0.0,
    width: float | None = None,
    side: float = SCHEMATIC_CELL,
) -> dict[str, Place]:
    """Places for grids without a shape: each village a block of squares by number, blocks in rows from the top left.

    ``width`` limits a row of blocks (by default the whole comes out about 1.5 times as wide as high), ``side`` is a
    cell's; all in metres, blocks stand one cell apart.
    The same grids give the same places in whatever order they come.
    """
    villages = list(_by_village(grids).values())
    cells = sum((_block_columns(len(members)) + 1) * (_rows(members) + 2) for members in villages)
    limit = width if width is not None else side * math.sqrt(cells * 1.5)
    places: dict[str, Place] = {}
    x, y, deepest = left, top, 0
    for members in villages:
        columns, rows = _block_columns(len(members)), _rows(members)
        if x > left and x + columns * side > left + limit:
            x, y, deepest = left, y - (deepest + 2) * side, 0
        places.update(_block(members, x, y, side))
        x += (columns + 1) * side
        deepest = max(deepest, rows)
    return places


def _rows(members: Sequence[MapGrid]) -> int:
    return math.ceil(len(members) / _block_columns(len(members)))


def _square(place: Place) -> shapely.Geometry:
    half = place.side / 2
    return shapely.box(place.x - half, place.y - half, place.x + half, place.y + half)


def _shapes(grids: Sequence[MapGrid]) -> npt.NDArray[np.object_]:
    """Each grid's shape in degrees, None where it has none that can be read."""
    shapes = shapely.from_wkb([grid.wkb for grid in grids], on_invalid="ignore")
    shapes = np.asarray(shapes, dtype=object)
    shapes[shapely.is_empty(shapes)] = None
    return shapes


def _projection(shapes: npt.NDArray[np.object_]) -> Projection:
    extent = _extent(shapes)
    if extent is None:
        return Projection(0.0, 0.0)
    west, south, east, north = extent
    return Projection((west + east) / 2, (south + north) / 2)


def _extent(shapes: npt.NDArray[np.object_]) -> Box | None:
    """The box about all shapes, None if there is none."""
    if shapely.is_missing(shapes).all():
        return None
    west, south, east, north = (float(value) for value in shapely.total_bounds(shapes))
    return west, south, east, north


def _in_metres(
    grids: Sequence[MapGrid], shapes: npt.NDArray[np.object_], projection: Projection
) -> npt.NDArray[np.object_]:
    """Shapes projected; what is not an area becomes a disc (a point) or a strip (a line)."""
    flat = np.asarray(shapely.transform(shapes, projection.to_metres), dtype=object)
    thin = ~shapely.is_missing(flat) & (shapely.get_dimensions(flat) < 2)
    general = thin & np.array([grid.kind == "general" for grid in grids], dtype=bool)
    flat[thin & ~general] = shapely.buffer(flat[thin & ~general], POINT_RADIUS)
    flat[general] = shapely.buffer(flat[general], _radii(flat[general]))
    return flat


def _radii(points: npt.NDArray[np.object_]) -> Floats:
    """How large the disc of each grid is that is known only as a point: it does not touch the next one's."""
    radii = np.full(len(points), POINT_RADIUS)
    if len(points) > 1:
        (places, _), apart = shapely.STRtree(points).query_nearest(
            points, return_distance=True, exclusive=True, all_matches=False
        )
        radii[places] = np.clip(apart * POINT_SHARE, POINT_RADIUS, WIDEST_POINT)
    return radii


def _fill_gaps(grids: Sequence[MapGrid], shapes: npt.NDArray[np.object_]) -> set[str]:
    """Give every grid without a shape its schematic one, in place; returns the villages that got a block.

    Dedicated and emergency grids go inside their village where that has shapes (they overlap it in life too);
    all others stand as blocks beside the town, so that nothing invented covers something surveyed.
    """
    missing = [n for n, shape in enumerate(shapes) if shape is None]
    if not missing:
        return set()
    areas: dict[str, list[Any]] = defaultdict(list)
    for grid, shape in zip(grids, shapes, strict=True):
        if shape is not None and grid.kind == "general":
            areas[grid.village].append(shape)
    inside = [n for n in missing if grids[n].kind != "general" and grids[n].village in areas]
    for village, members in _by_village(grids[n] for n in inside).items():
        _scatter(members, shapely.union_all(areas[village]), {g.id: n for n, g in enumerate(grids)}, shapes)
    beside = [n for n in missing if shapes[n] is None]
    extent = _extent(shapes)
    if extent is None:
        places = schematic(grids[n] for n in beside)
    else:
        _, south, east, north = extent
        sizes = [float(shapely.area(area)) for members in areas.values() for area in members]
        side = max(math.sqrt(float(np.median(sizes))) if sizes else SCHEMATIC_CELL, (north - south) / SCHEME_ROWS)
        places = schematic((grids[n] for n in beside), left=east + 2 * side, top=north - side, side=side)
    for n in beside:
        shapes[n] = _square(places[grids[n].id])
    return {grids[n].village for n in beside}


def _scatter(
    members: Sequence[MapGrid], area: shapely.Geometry, index: dict[str, int], shapes: npt.NDArray[np.object_]
) -> None:
    """Small discs on a sunflower spiral about the middle of ``area``: even, deterministic, for any number."""
    middle = shapely.point_on_surface(area)
    reach = math.sqrt(shapely.area(area) / math.pi) * 0.6
    for n, grid in enumerate(members):
        radius, angle = reach * math.sqrt((n + 0.5) / len(members)), n * 2.399963
        point = shapely.Point(middle.x + radius * math.cos(angle), middle.y + radius * math.sin(angle))
        shapes[index[grid.id]] = shapely.buffer(point, min(POINT_RADIUS, reach / 4))


def _rings(shapes: npt.NDArray[np.object_]) -> Rings:
    parts, part_of = shapely.get_parts(shapes, return_index=True)
    polygons, polygon_of = shapely.get_parts(parts, return_index=True)  # collections hold multi-polygons
    area = shapely.get_type_id(polygons) == shapely.GeometryType.POLYGON
    rings, ring_of = shapely.get_rings(polygons[area], return_index=True)
    vertices = shapely.get_coordinates(rings).astype(np.float32)
    starts = np.concatenate(([0], np.cumsum(shapely.get_num_coordinates(rings))))
    return Rings(vertices, starts, part_of[polygon_of[area][ring_of]].astype(np.int32))


def _anchors(shapes: npt.NDArray[np.object_]) -> Floats:
    """A point in each shape: its centroid, or one on its surface where the centroid lies outside."""
    points = shapely.centroid(shapes)
    outside = ~shapely.contains(shapes, points)
    points[outside] = shapely.point_on_surface(shapes[outside])
    return np.column_stack((shapely.get_x(points), shapely.get_y(points)))


def _titles(
    grids: Sequence[MapGrid], anchors: Floats, boxes: Floats, areas: Floats, blocks: set[str]
) -> tuple[Title, ...]:
    """One title a village, at the area-weighted middle of its general grids or on top of its block."""
    members: dict[str, list[int]] = defaultdict(list)
    for n, grid in enumerate(grids):
        members[grid.village].append(n)
    titles = []
    for village, rows in members.items():
        rows = [n for n in rows if grids[n].kind == "general"] or rows
        own, weight = anchors[rows], areas[rows] + 1e-6
        above = village in blocks
        if above:
            x, y = float(boxes[rows, 0].min()), float(boxes[rows, 3].max())
        else:
            middle = (own * weight[:, None]).sum(axis=0) / weight.sum()
            nearest = int(np.hypot(*(own - middle).T).argmin())
            x, y = (float(value) for value in (middle + own[nearest]) / 2)
        titles.append(Title(village, grids[rows[0]].village_label, x, y, float(weight.sum()), above))
    return tuple(titles)


def lay_out(grids: Sequence[MapGrid]) -> Plan:
    """Everything the map needs to know of ``grids``, in metres; those without a shape get a schematic place."""
    grids = tuple(grids)
    degrees = _shapes(grids)
    drawn = int((~shapely.is_missing(degrees)).sum())
    projection = _projection(degrees)
    shapes = _in_metres(grids, degrees, projection)
    blocks = _fill_gaps(grids, shapes)
    rings, anchors, boxes = _rings(shapes), _anchors(shapes), shapely.bounds(shapes)
    names = {village: n for n, village in enumerate(dict.fromkeys(grid.village for grid in grids))}
    village_of = np.array([names[grid.village] for grid in grids], dtype=np.int32)
    titles = _titles(grids, anchors, boxes, shapely.area(shapes), blocks)
    tones = tone_villages(rings, village_of, len(names))
    return Plan(
        grids, projection, rings, anchors, boxes,
        np.array([KIND_ORDER[grid.kind] for grid in grids], dtype=np.int32), village_of,
        tones[village_of] if len(grids) else village_of,
        titles, drawn, _bounds_with(boxes, titles), {grid.id: n for n, grid in enumerate(grids)},
    )  # fmt: skip


def _bounds_with(boxes: Floats, titles: Sequence[Title]) -> Box:
    """The box about everything, with room for titles that stand above their block."""
    if not len(boxes):
        return (-1000.0, -1000.0, 1000.0, 1000.0)
    west, south = boxes[:, :2].min(axis=0)
    east, north = boxes[:, 2:].max(axis=0)
    if any(title.above for title in titles):
        north += SCHEMATIC_CELL * 0.75
    return float(west), float(south), float(east), float(north)


def tone_villages(rings: Rings, village_of: Ints, count: int) -> Ints:
    """For each of ``count`` villages one of three tones so that neighbours differ as far as three suffice.

    Villages touch where they share vertices (to about 1/2000 of the extent, for boundaries drawn apart); where
    three tones do not suffice, the pair with the shortest common border shares one.
    """
    borders = _common_borders(rings, village_of)
    tones = np.full(count, -1, dtype=np.int32)
    touching: list[dict[int, int]] = [{} for _ in range(count)]
    for (one, other), length in borders.items():
        touching[one][other] = touching[other][one] = length
    around: list[set[int]] = [set() for _ in range(count)]  # the tones that each village already touches
    queue = [(0, -len(touching[village]), village) for village in range(count)]
    heapq.heapify(queue)
    while queue:
        _, _, village = heapq.heappop(queue)  # the one with the least choice left; outdated entries come later
        if tones[village] >= 0:
            continue
        cost = [sum(w for other, w in touching[village].items() if tones[other] == tone) for tone in range(TONES)]
        used = np.bincount(tones[tones >= 0], minlength=TONES)
        tones[village] = tone = min(range(TONES), key=lambda each: (cost[each], used[each], each))
        for other in touching[village]:
            around[other].add(tone)
            heapq.heappush(queue, (-len(around[other]), -len(touching[other]), other))
    return tones


def _common_borders(rings: Rings, village_of: Ints) -> dict[tuple[int, int], int]:
    """Pairs of villages and the number of vertices that they share; one alone is a corner and no border."""
    if not len(rings.vertices):
        return {}
    extent = float(np.ptp(rings.vertices, axis=0).max()) or 1.0
    cells = np.rint(rings.vertices / max(extent / 2000, 1.0)).astype(np.int64)
    village = np.repeat(village_of[rings.grid], np.diff(rings.starts)).astype(np.int64)
    keys, _ = distinct((cells[:, 0] << 42) + (cells[:, 1] << 21) + village)
    same = (keys[1:] >> 21) == (keys[:-1] >> 21)
    low = (1 << 21) - 1
    pairs, lengths = distinct((keys[:-1][same] & low) << 21 | (keys[1:][same] & low))
    return {(pair >> 21, pair & low): n for pair, n in zip(pairs.tolist(), lengths.tolist(), strict=True) if n > 1}


def distinct(keys: Ints) -> tuple[Ints, Ints]:
    """The different keys in order and how often each occurs.

    As np.unique, which however imports numpy.ma when first called: 55 ms, paid before the first picture.
    """
    ordered = np.sort(keys)
    first = np.ones(len(ordered), dtype=bool)
    first[1:] = ordered[1:] != ordered[:-1]
    begins = np.flatnonzero(first)
    return ordered[begins], np.diff(begins, append=len(ordered))


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
