"""The geometry of the map: from shapes in degrees to a plan in metres.

Everything is plane and local: one equirectangular projection about the middle of the town is true to a few
centimetres over its 20 km, needs no library and no data files. Grids without a boundary get a schematic place, so
that the map is of use before anyone has drawn anything.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import shapely

from commandcenter.rules.ordering import natural_key
from commandcenter.rules.placing import Box
from commandcenter.rules.rings import Floats, Ints, Rings
from commandcenter.rules.toning import tone_villages

Kind = Literal["general", "dedicated", "emergency"]

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
