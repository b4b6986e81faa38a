"""The map of an overview sheet: a village to scale among its neighbours, its grids numbered; a scheme where nothing is
drawn yet. Drawn in millimetres of paper (:mod:`commandcenter.formats.paper.overview`)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from commandcenter.formats.paper.overview import Map, Mark
from commandcenter.rules.grids import Grid, Village
from commandcenter.rules.maps import MapGrid, schematic
from commandcenter.rules.overviews import Ground, bar_for, scale_for
from commandcenter.storage.reads import Reader

EDGE = 0.04
"""So much of the frame stays free around the village, on each side."""
LONGEST_BAR = 62.0
_FINE = 0.08
"""Corners nearer than this to a straight line are left out (mm)."""
_LEAST_NEIGHBOUR = 900.0
"""A neighbour of which less can be seen is not named (mm²)."""
_POINT = 2.2
"""Radius of a grid that is known only as a point (mm)."""
_INK, _GREY, _FAINT = "#16202a", "#8b98a5", "#cfd6dc"
_LAND, _OWN, _FAR = "#f4f6f7", "#ffffff", "#fafbfb"
_DEDICATED, _EMERGENCY = "#1f6f63", "#7a3f8a"
_ORDER = {"general": 0, "emergency": 1, "dedicated": 2}

Named = Mapping[str, str]
"""Marks on the map by the id of a grid."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place of the attention list: its number there, and where it is in degrees."""

    text: str
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class _Frame:
    """From degrees to millimetres from the upper left of the map."""

    width: float
    height: float
    zoom: float
    lon: float
    lat: float
    east: float
    north: float

    def to_paper(self, degrees: Any) -> Any:
        """(N, 2) degrees to (N, 2) millimetres."""
        import numpy as np

        x = (degrees[:, 0] - self.lon) * self.east + self.width / 2
        y = (self.lat - degrees[:, 1]) * self.north + self.height / 2
        return np.column_stack((x, y))


class Maps:
    """Draws from one reading of all boundaries, made when the first map is asked for."""

    def __init__(self, reader: Reader, villages: Mapping[str, Village], grids: Mapping[str, Grid]) -> None:
        self._reader, self._villages, self._grids = reader, villages, grids

    @cached_property
    def _shapes(self) -> dict[str, Any]:
        """The boundaries of now by grid."""
        import shapely

        now = {each.id: each.shape for each in self._grids.values() if each.shape is not None}
        found = [each for each in self._reader.find("shape") if now.get(each.grid) == each.edition]
        outlines = shapely.make_valid(shapely.from_wkb([each.wkb for each in found]))
        return {each.grid: outline for each, outline in zip(found, outlines, strict=True)}

    def undrawn(self, grids: Iterable[Grid]) -> list[Grid]:
        """Those that have no boundary yet."""
        return [each for each in grids if each.id not in self._shapes]

    def map(
        self, village: Village, grids: Sequence[Grid], marks: Named, names: Named, spots: Sequence[Spot],
        size: tuple[float, float], zoom: float,
    ) -> Map | None:  # fmt: skip
        """The map of a village with these ``grids``, in a frame of ``size`` millimetres, written ``zoom`` times as
        large as on A3; ``marks`` by grid, ``names`` of villages. None for a village without any grid."""
        drawn = [each for each in grids if each.id in self._shapes]
        if not grids:
            return None
        if not drawn:
            return _scheme(grids, marks, size)
        return self._to_scale(village, drawn, marks, names, spots, size, zoom)

    def _to_scale(
        self, village: Village, grids: Sequence[Grid], marks: Named, names: Named, spots: Sequence[Spot],
        size: tuple[float, float], zoom: float,
    ) -> Map:  # fmt: skip
        import shapely

        frame, denominator = _fit([self._shapes[each.id] for each in grids], size)
        on_paper = {id: shapely.transform(outline, frame.to_paper) for id, outline in self._near(frame).items()}
        window = shapely.box(0, 0, *size)
        far = [each for each in on_paper if self._grids[each].village != village.id]
        own = sorted(grids, key=lambda each: (_ORDER[each.kind], -float(shapely.area(on_paper[each.id])), each.code))
        outline = _outline(on_paper, own)
        neighbours = self._neighbours(far, on_paper, window)
        parts = [f'<rect width="{size[0]:.2f}" height="{size[1]:.2f}" fill="{_LAND}"/>', _HATCH]
        parts += [_path(each, _FAR, _FAINT, 0.25) for each in neighbours.values()]
        parts += [_grid(on_paper[each.id], each.kind, window) for each in own]
        parts.append(_path(shapely.intersection(outline, window), "none", _INK, 0.9))
        placed = _Placing(size, zoom)
        written = list(placed.spots(spots, frame))
        over = shapely.union_all([on_paper[each.id] for each in own if each.kind != "general"])
        for each in sorted(own, key=lambda each: (each.kind == "general", _ORDER[each.kind], each.code)):
            home = on_paper[each.id]
            written.append(placed.mark(_anchor(home), marks[each.id], each.kind, home,
                                       over if each.kind == "general" else None))  # fmt: skip
        for id, area in sorted(neighbours.items(), key=lambda each: -float(shapely.area(each[1]))):
            found = placed.neighbour(area, names.get(id, ""))
            written += [found] if found is not None else []
        metres = bar_for(denominator, LONGEST_BAR * zoom)
        unit, length = ("km", metres / 1000) if metres >= 2000 else ("m", float(metres))
        return Map(
            _svg(parts, size), *size, tuple(written), f"1:{denominator}", metres * 1000 / denominator,
            ("0", f"{length / 2:g}", f"{length:g} {unit}"),
        )  # fmt: skip

    def _near(self, frame: _Frame) -> dict[str, Any]:
        """All boundaries that lie in the frame."""
        import shapely

        wide, high = frame.width / 2 / frame.east, frame.height / 2 / frame.north
        window = shapely.box(frame.lon - wide, frame.lat - high, frame.lon + wide, frame.lat + high)
        ids, outlines = list(self._shapes), list(self._shapes.values())
        hit = shapely.intersects(outlines, window)
        return {id: outline for id, outline, near in zip(ids, outlines, hit, strict=True) if near}

    def _neighbours(self, far: Iterable[str], on_paper: Mapping[str, Any], window: Any) -> dict[str, Any]:
        """Other villages as far as the frame shows them, each one area."""
        import shapely

        by_village: dict[str, list[Any]] = {}
        for id in far:
            if shapely.get_dimensions(on_paper[id]) == 2:
                by_village.setdefault(self._grids[id].village, []).append(on_paper[id])
        joined = {id: shapely.intersection(_joined(found), window) for id, found in by_village.items()}
        return {id: area for id, area in joined.items() if not shapely.is_empty(area)}


# --- the scheme ---------------------------------------------------------------------------------------------------


def _scheme(grids: Sequence[Grid], marks: Named, size: tuple[float, float]) -> Map:
    """A square for each grid, by number: no distance in it is true, so it has neither scale nor north."""
    known = [MapGrid(each.id, each.code, marks[each.id], each.village, "", each.kind, each.mark, None)
             for each in grids]  # fmt: skip
    places = schematic(known)
    half = places[grids[0].id].side / 2
    left, right = min(each.x for each in places.values()) - half, max(each.x for each in places.values()) + half
    low, high = min(each.y for each in places.values()) - half, max(each.y for each in places.values()) + half
    factor = min(size[0] * (1 - 2 * EDGE) / (right - left), size[1] * (1 - 2 * EDGE) / (high - low), 0.2)
    x0, y0 = (size[0] - (right - left) * factor) / 2, (size[1] - (high - low) * factor) / 2
    parts = [f'<rect width="{size[0]:.2f}" height="{size[1]:.2f}" fill="{_LAND}"/>', _HATCH]
    written = []
    for each in grids:
        place = places[each.id]
        x, y, side = x0 + (place.x - left) * factor, y0 + (high - place.y) * factor, place.side * factor
        parts += _styled(f"M{x - side / 2:.2f},{y - side / 2:.2f}h{side:.2f}v{side:.2f}h{-side:.2f}Z", each.kind)
        written.append(Mark(x, y, marks[each.id], each.kind))
    return Map(_svg(parts, size), *size, tuple(written))


# --- drawing ------------------------------------------------------------------------------------------------------

_HATCH = (
    '<defs><pattern id="hatch" width="2.2" height="2.2" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    f'<rect width="2.2" height="2.2" fill="#f3ecf6"/><rect width="0.35" height="2.2" fill="{_EMERGENCY}"/>'
    "</pattern></defs>"
)


def _svg(parts: Iterable[str], size: tuple[float, float]) -> str:
    box = f'width="{size[0]:.3f}mm" height="{size[1]:.3f}mm" viewBox="0 0 {size[0]:.3f} {size[1]:.3f}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {box}>{"".join(parts)}</svg>'


def _fit(outlines: Sequence[Any], size: tuple[float, float]) -> tuple[_Frame, int]:
    """Where the frame lies, and the denominator of the scale at which all of the village stands in it."""
    import shapely

    west, south, east, north = (float(each) for each in shapely.total_bounds(outlines))
    ground = Ground((west + east) / 2, (south + north) / 2)
    per_east, per_north = ground.metres_per_degree
    room = (size[0] * (1 - 2 * EDGE), size[1] * (1 - 2 * EDGE))
    denominator = scale_for((east - west) * per_east, (north - south) * per_north, *room)
    factor = 1000 / denominator
    return _Frame(*size, factor, ground.lon, ground.lat, per_east * factor, per_north * factor), denominator


def _joined(areas: Sequence[Any]) -> Any:
    """One area of many; the slits between boundaries that were drawn apart are closed."""
    import shapely

    return shapely.buffer(shapely.buffer(shapely.union_all(areas), 0.3, join_style="mitre"), -0.3, join_style="mitre")


def _outline(on_paper: Mapping[str, Any], own: Sequence[Grid]) -> Any:
    """The village: what its micro-grids cover, or all its grids where it has none."""
    import shapely

    areas = [(each.kind, on_paper[each.id]) for each in own if shapely.get_dimensions(on_paper[each.id]) == 2]
    general = [area for kind, area in areas if kind == "general"]
    return _joined(general or [area for _, area in areas])


def _grid(shape: Any, kind: str, window: Any) -> str:
    import shapely

    if shapely.get_dimensions(shape) < 2:
        shape = shapely.buffer(shape, _POINT)
    return "".join(_styled(_data(shapely.intersection(shape, window)), kind))


def _styled(data: str, kind: str) -> list[str]:
    """The three kinds differ in line and ground, so that a copy in black and white tells them apart as well."""
    if kind == "dedicated":
        return [f'<path d="{data}" fill="#d5e8e4" stroke="{_DEDICATED}" stroke-width="0.7" fill-rule="evenodd"/>']
    if kind == "emergency":
        style = f'stroke="{_EMERGENCY}" stroke-width="0.6" stroke-dasharray="2.4 1.2"'
        return [f'<path d="{data}" fill="url(#hatch)" fill-opacity="0.6" {style} fill-rule="evenodd"/>']
    return [f'<path d="{data}" fill="{_OWN}" stroke="{_GREY}" stroke-width="0.3" fill-rule="evenodd"/>']


def _path(area: Any, fill: str, stroke: str, width: float) -> str:
    style = f'fill="{fill}" stroke="{stroke}" stroke-width="{width}" stroke-linejoin="round"'
    return f'<path d="{_data(area)}" {style} fill-rule="evenodd"/>'


def _data(area: Any) -> str:
    import shapely

    rings = []
    for part in shapely.get_parts(shapely.get_parts(shapely.simplify(area, _FINE))):
        if shapely.get_type_id(part) != shapely.GeometryType.POLYGON:
            continue  # where the window only touches it
        for line in shapely.get_rings(part):
            points = " ".join(f"{x:.2f},{y:.2f}" for x, y in shapely.get_coordinates(line)[:-1])
            rings.append(f"M{points}Z")
    return "".join(rings)


def _anchor(area: Any) -> tuple[float, float]:
    """The roomiest place inside."""
    import shapely

    if shapely.get_dimensions(area) < 2:
        middle = shapely.centroid(area)
    else:
        largest = max(shapely.get_parts(area), key=lambda each: float(shapely.area(each)))
        line = shapely.maximum_inscribed_circle(largest, tolerance=0.5)
        middle = shapely.get_point(line, 0)
        if middle is None or shapely.is_empty(middle):
            middle = shapely.point_on_surface(largest)
    return float(shapely.get_x(middle)), float(shapely.get_y(middle))


# --- words --------------------------------------------------------------------------------------------------------


class _Placing:
    """Puts words where nothing else is written: at their place, else beside it with a line back to it."""

    def __init__(self, size: tuple[float, float], zoom: float) -> None:
        self._size, self._zoom = size, zoom
        self._taken: list[tuple[float, float, float, float]] = []

    def mark(
        self, at: tuple[float, float], text: str, kind: str, home: Any = None, over: Any = None
    ) -> Mark:  # fmt: skip
        """A number: in its ``home`` where no other grid lies (``over``), else anywhere in it, else beside it with a
        line back; on its place where all is taken."""
        import shapely

        wide, high = self._box(text, kind)
        free = [(x, y) for dx, dy in _around()
                if self._is_free(x := at[0] + dx * self._zoom, y := at[1] + dy * self._zoom, wide, high)]  # fmt: skip
        inside = [each for each in free if home is not None and shapely.contains_xy(home, *each)]
        clear = [
            (x, y) for x, y in inside
            if not shapely.intersects(over, shapely.box(x - wide / 2, y - high / 2, x + wide / 2, y + high / 2))
        ] if over is not None else inside  # fmt: skip
        x, y = next(iter(clear or inside or free), at)
        self._take(x, y, wide, high)
        # A place is where it is: the line says so as soon as its number stands a little beside it.
        far = (0.5, 0.5) if kind == "place" else (wide, high)
        away = not inside and (abs(x - at[0]) > far[0] or abs(y - at[1]) > far[1])
        return Mark(x, y, text, kind, at if away else None)

    def spots(self, spots: Iterable[Spot], frame: _Frame) -> Iterator[Mark]:
        """Places of the attention list that lie in the frame; they are never moved far, for they are points."""
        import numpy as np

        for each in spots:
            ((x, y),) = frame.to_paper(np.array([[each.lon, each.lat]]))
            if 0 <= x <= frame.width and 0 <= y <= frame.height:
                yield self.mark((float(x), float(y)), each.text, "place")

    def neighbour(self, area: Any, name: str) -> Mark | None:
        """A neighbour's name; none where there is no room for it."""
        import shapely

        wide, high = self._box(name, "village")
        if not name or shapely.area(area) < _LEAST_NEIGHBOUR:
            return None
        x, y = _anchor(area)
        for dx, dy in _around():
            at = (x + 1.5 * dx, y + 1.5 * dy)
            inside = shapely.contains(area, shapely.box(at[0] - wide / 2, at[1] - high / 2, at[0] + wide / 2,
                                                        at[1] + high / 2))  # fmt: skip
            if inside and self._is_free(*at, wide, high):
                self._take(*at, wide, high)
                return Mark(*at, name, "village")
        return None

    def _box(self, text: str, kind: str) -> tuple[float, float]:
        """How much room a word takes (mm)."""
        letters = sum(1.0 if ord(each) > 255 else 0.58 for each in text)
        size = {"general": 4.2, "village": 4.6, "place": 3.4}.get(kind, 3.9)
        return (letters * size + (0.6 if kind == "village" else 2.0)) * self._zoom, (size + 1.4) * self._zoom

    def _is_free(self, x: float, y: float, wide: float, high: float) -> bool:
        inside = wide / 2 <= x <= self._size[0] - wide / 2 and high / 2 <= y <= self._size[1] - high / 2
        return inside and not any(
            abs(x - left) < (wide + other) / 2 and abs(y - top) < (high + tall) / 2
            for left, top, other, tall in self._taken
        )

    def _take(self, x: float, y: float, wide: float, high: float) -> None:
        self._taken.append((x, y, wide, high))


def _around() -> Iterator[tuple[float, float]]:
    """Steps away from a place, near ones first (mm)."""
    yield 0.0, 0.0
    for far in (3, 5, 7, 9, 12, 15, 18, 22):
        for across, along in ((1, 0), (-1, 0), (0, 1), (0, -1), (0.7, 0.7), (-0.7, 0.7), (0.7, -0.7), (-0.7, -0.7)):
            yield across * far, along * far
