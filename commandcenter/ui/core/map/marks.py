"""What stands on the map and where: markers, squares, danger marks, names; each gives way to the one before it."""

import heapq
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPixmap

from commandcenter.rules.maps import KIND_ORDER, Kind, Plan, Title
from commandcenter.rules.placing import Box, Clearance, cluster, place_labels
from commandcenter.ui.core.map.camera import Camera
from commandcenter.ui.core.map.model import Fill, Marker
from commandcenter.ui.core.map.sprites import MARKER, Sprite, Sprites

MARGIN = 256
"""Logical pixels around the view that are arranged too, so that a pan needs no new arrangement."""
MOST_SQUARES, MOST_TITLES, MOST_NAMES, MOST_NUMBERS = 150, 150, 150, 600
"""Beyond these numbers in view they would be clutter; a scheme lives by its numbers."""
NAMED_WIDTH, NUMBERED_WIDTH = 52, 20
"""Names or numbers of grids appear from this average width on (pixels); earlier where the map is only a scheme."""
NUMBER = re.compile(r"\d+")
HATCH_SHOWS = 30
"""From this size on (pixels) an emergency grid shows its own hatch around the mark."""
NAME_ROOM = 1.15
"""A grid's name is written where the grid is this much wider than the name."""
T = TypeVar("T")
_EMPHASIS = {"strong": 0, "normal": 1, "quiet": 2}


@dataclass(frozen=True, slots=True)
class Spot:
    """One or more markers drawn as one; ``x``, ``y`` in plan metres, ``spread`` the box about all of them."""

    markers: tuple[str, ...]
    x: float
    y: float
    spread: Box


@dataclass(slots=True, eq=False)
class Arrangement:
    """Drawings in the pixels of ``camera``; a pan shifts them all by the same amount."""

    camera: Camera
    drawn: list[tuple[QPointF, QPixmap]] = field(default_factory=list)
    spots: list[tuple[Box, Spot]] = field(default_factory=list)
    grids: list[tuple[Box, str]] = field(default_factory=list)
    squares: list[tuple[int, int, str]] = field(default_factory=list)
    """Position in ``drawn``, grid index and character of each dedicated grid's square."""

    def put(self, sprite: Sprite, x: float, y: float, ratio: float) -> Box:
        """Draw ``sprite`` with its middle at (x, y), moved onto whole device pixels; returns what it covers."""
        left = round((x - sprite.width / 2) * ratio) / ratio
        top = round((y - sprite.height / 2) * ratio) / ratio
        self.drawn.append((QPointF(left, top), sprite.pixmap))
        return sprite.box(x, y)

    def shift(self, camera: Camera) -> tuple[float, float]:
        """How far a camera of the same scale has moved from this one, in logical pixels."""
        x, y = camera.to_screen(self.camera.x, self.camera.y)
        return x - self.camera.width / 2, y - self.camera.height / 2

    def suits(self, camera: Camera) -> bool:
        """Whether this arrangement serves for ``camera``: same scale and size, not panned beyond the margin."""
        if (camera.scale, camera.width, camera.height) != (
            self.camera.scale, self.camera.width, self.camera.height,
        ):  # fmt: skip
            return False
        right, down = self.shift(camera)
        return abs(right) < MARGIN and abs(down) < MARGIN

    def spot_at(self, camera: Camera, point: QPointF) -> Spot | None:
        """The marker or cluster under a point of the widget."""
        return next(self._under(self.spots, camera, point), None)

    def grids_at(self, camera: Camera, point: QPointF) -> list[str]:
        """The grids whose square or danger mark is under a point of the widget."""
        return list(self._under(self.grids, camera, point))

    def _under(self, boxes: Sequence[tuple[Box, T]], camera: Camera, point: QPointF) -> Iterator[T]:
        right, down = self.shift(camera)
        x, y = point.x() - right, point.y() - down
        return (what for (left, top, far, low), what in reversed(boxes) if left <= x < far and top <= y < low)


@dataclass(frozen=True, slots=True, eq=False)
class Arranger:
    """Places everything for one plan, theme and scaling."""

    plan: Plan
    sprites: Sprites
    ratio: float

    def arrange(
        self,
        camera: Camera,
        markers: Sequence[Marker],
        fill_of: Callable[[int], Fill | None],
        selected_marker: str | None,
        selected_grid: str | None,
    ) -> Arrangement:
        """Markers first, then squares and danger marks, then names where there is room."""
        result = Arrangement(camera)
        clearance = Clearance()
        ahead = self._markers(result, clearance, markers, selected_marker)
        self._squares(result, clearance, fill_of)
        self._dangers(result, clearance)
        self._titles(result, clearance)
        self._names(result, clearance, selected_grid)
        result.drawn.extend(ahead)  # markers are placed first and painted last
        return result

    def position(self, marker: Marker) -> tuple[float, float] | None:
        """Where a marker stands in plan metres; None: neither place nor known grid."""
        if marker.lon_lat is not None:
            x, y = self.plan.projection.to_metres(np.array([marker.lon_lat]))[0]
            return float(x), float(y)
        n = self.plan.index.get(marker.grid) if marker.grid is not None else None
        return None if n is None else (float(self.plan.anchors[n, 0]), float(self.plan.anchors[n, 1]))

    def _markers(
        self, result: Arrangement, clearance: Clearance, markers: Sequence[Marker], selected: str | None
    ) -> list[tuple[QPointF, QPixmap]]:
        placed = [(marker, spot) for marker in markers if (spot := self.position(marker)) is not None]
        alone = [each for each in placed if each[0].id == selected]
        others = sorted(
            (each for each in placed if each[0].id != selected),
            key=lambda each: (_EMPHASIS[each[0].emphasis], not each[0].overdue),
        )
        screen = [result.camera.to_screen(*spot) for _, spot in others]
        groups = [[others[n] for n in group] for group in cluster(screen, MARKER + 2)] + [[each] for each in alone]
        for group in groups:
            self._spot(result, clearance, group, selected)
        drawn, result.drawn = result.drawn, []
        return drawn

    def _spot(
        self,
        result: Arrangement,
        clearance: Clearance,
        group: Sequence[tuple[Marker, tuple[float, float]]],
        selected: str | None,
    ) -> None:
        lead, (x, y) = group[0]
        overdue = any(marker.overdue for marker, _ in group)
        sprite = self.sprites.marker(lead.character, lead.emphasis, overdue, lead.id == selected, len(group))
        box = result.put(sprite, *result.camera.to_screen(x, y), self.ratio)
        clearance.take(box)
        xs, ys = [spot[0] for _, spot in group], [spot[1] for _, spot in group]
        spread = (min(xs), min(ys), max(xs), max(ys))
        result.spots.append((box, Spot(tuple(marker.id for marker, _ in group), x, y, spread)))

    def _in_view(self, camera: Camera, kind: Kind, most: int) -> list[int]:
        west, south, east, north = camera.view()
        spare = MARGIN / camera.scale
        x, y = self.plan.anchors[:, 0], self.plan.anchors[:, 1]
        near = (x > west - spare) & (x < east + spare) & (y > south - spare) & (y < north + spare)
        return [int(n) for n in np.flatnonzero(near & (self.plan.kind_of == KIND_ORDER[kind]))[:most]]

    def _squares(self, result: Arrangement, clearance: Clearance, fill_of: Callable[[int], Fill | None]) -> None:
        for n in self._in_view(result.camera, "dedicated", MOST_SQUARES):
            grid, spot = self.plan.grids[n], result.camera.to_screen(*self.plan.anchors[n])
            for character in (grid.mark, ""):
                sprite = self._square(n, character, fill_of)
                if clearance.is_free(sprite.box(*spot)):
                    result.squares.append((len(result.drawn), n, character))
                    clearance.take(result.put(sprite, *spot, self.ratio))
                    result.grids.append((sprite.box(*spot), grid.id))
                    break

    def _square(self, n: int, character: str, fill_of: Callable[[int], Fill | None]) -> Sprite:
        fill = fill_of(n)
        return self.sprites.square(character, (fill.edge or fill.colour) if fill is not None else None)

    def retint(self, result: Arrangement, fill_of: Callable[[int], Fill | None]) -> None:
        """Give the squares their present colours where they stand."""
        for position, n, character in result.squares:
            where, _ = result.drawn[position]
            result.drawn[position] = where, self._square(n, character, fill_of).pixmap

    def _dangers(self, result: Arrangement, clearance: Clearance) -> None:
        for n in self._in_view(result.camera, "emergency", MOST_SQUARES):
            grid, spot = self.plan.grids[n], result.camera.to_screen(*self.plan.anchors[n])
            size = float(self.plan.boxes[n, 2] - self.plan.boxes[n, 0]) * result.camera.scale
            sprite = self.sprites.emergency(grid.mark, alone=size < HATCH_SHOWS)
            if grid.mark and clearance.is_free(sprite.box(*spot)):
                clearance.take(result.put(sprite, *spot, self.ratio))
                result.grids.append((sprite.box(*spot), grid.id))

    def _titles(self, result: Arrangement, clearance: Clearance) -> None:
        near = (title for title in self._titles_near(result.camera) if title.text)
        titles = heapq.nlargest(MOST_TITLES, near, key=lambda title: title.weight)
        sprites = [self.sprites.village(title.text) for title in titles]
        candidates = [
            [sprite.box(*spot) for spot in _title_spots(title, sprite, result.camera)]
            for title, sprite in zip(titles, sprites, strict=True)
        ]
        for sprite, boxes, chosen in zip(sprites, candidates, place_labels(candidates, clearance), strict=True):
            if chosen is not None:
                left, top, right, bottom = boxes[chosen]
                result.put(sprite, (left + right) / 2, (top + bottom) / 2, self.ratio)

    def _titles_near(self, camera: Camera) -> Iterator[Title]:
        west, south, east, north = camera.view()
        spare = MARGIN / camera.scale
        for title in self.plan.titles:
            if west - spare < title.x < east + spare and south - spare < title.y < north + spare:
                yield title

    def _names(self, result: Arrangement, clearance: Clearance, selected: str | None) -> None:
        """Names of general grids, or their numbers where a name does not fit; the selected one's if at all free."""
        boxes = self.plan.boxes
        rows = self._wide_enough(result.camera)
        numbered = self.plan.is_schematic and any(not self._fits(n, result.camera) for n in rows)
        for n in rows:
            grid = self.plan.grids[n]
            room = float(boxes[n, 2] - boxes[n, 0]) * result.camera.scale
            sprite = self._name(grid.label, 0.0 if numbered else room, grid.id == selected)
            box = sprite.box(*result.camera.to_screen(*self.plan.anchors[n]))
            if clearance.is_free(box):
                clearance.take(result.put(sprite, (box[0] + box[2]) / 2, (box[1] + box[3]) / 2, self.ratio))

    def _fits(self, n: int, camera: Camera) -> bool:
        """Whether a grid's whole name has room in it; cells of a scheme are alike: one that has not speaks for all."""
        room = float(self.plan.boxes[n, 2] - self.plan.boxes[n, 0]) * camera.scale
        return bool(self.sprites.grid(self.plan.grids[n].label).body[0] * NAME_ROOM < room)

    def _name(self, label: str, room: float, whole: bool) -> Sprite:
        sprite = self.sprites.grid(label)
        number = NUMBER.search(label)
        if whole or number is None or sprite.body[0] * NAME_ROOM < room:
            return sprite
        return self.sprites.grid(number.group())

    def _wide_enough(self, camera: Camera) -> list[int]:
        """General grids in view, unless they are on average too narrow to be named at all."""
        most = MOST_NUMBERS if self.plan.is_schematic else MOST_NAMES
        rows = self._in_view(camera, "general", most + 1)
        if not rows or len(rows) > most:
            return []
        widths = (self.plan.boxes[rows, 2] - self.plan.boxes[rows, 0]) * camera.scale
        least = NUMBERED_WIDTH if self.plan.is_schematic else NAMED_WIDTH
        return rows if float(np.median(widths)) > least else []


def _title_spots(title: Title, sprite: Sprite, camera: Camera) -> list[tuple[float, float]]:
    """Where a title may stand, the best first: its own place, then a little up, down and aside."""
    x, y = camera.to_screen(title.x, title.y)
    wide, high = sprite.body
    if title.above:
        return [(x + wide / 2, y - high / 2 - 2)]
    up, aside = high * 0.75, wide * 0.5
    shifts = [(0, 0), (0, -up), (0, up), (0, -2 * up), (0, 2 * up), (aside, 0), (-aside, 0), (aside, up), (-aside, -up)]
    return [(x + dx, y + dy) for dx, dy in shifts]
