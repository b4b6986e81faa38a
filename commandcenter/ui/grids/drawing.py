"""Drawing a grid's boundary on the map: corners by click, drag and typed position; saved as a new edition.

The sketch is kept in the plan's metres; the map only lends its hand and draws the sketch as a layer.
"""

import math
import re
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import shapely
from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from commandcenter.base.texts import say
from commandcenter.rules import drawing
from commandcenter.rules.drawing import Point
from commandcenter.rules.grids import Grid
from commandcenter.services.grids import Corner, SetBoundary
from commandcenter.ui.core import theme
from commandcenter.ui.core.fields import LineEdit
from commandcenter.ui.core.map.canvas import MapCanvas
from commandcenter.ui.core.map.layers import LayerView
from commandcenter.ui.core.map.model import Marker
from commandcenter.ui.core.sending import FixedId, Sender
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.widgets import Button, Label

REACH = 10.0
"""Logical pixels within which a corner is meant, or a neighbour's corner catches."""
MOST_CORNERS = 400
"""A boundary with more corners was surveyed, not drawn: it is drawn anew rather than loaded."""
_POSITION = re.compile(r"\s*(-?\d{1,3}(?:\.\d+)?)\s*[,，;；\s]\s*(-?\d{1,3}(?:\.\d+)?)\s*")


class Drawing(QObject):
    """One grid's boundary while it is drawn. Signals: ``changed()``; ``left()`` when it was saved or given up."""

    name = "grids.drawing"
    title_code = "grids.draw.title"
    changed = Signal()
    left = Signal()

    def __init__(self, tools: Tools, canvas: MapCanvas, grid: Grid, shapes: dict[str, bytes], parent: QObject) -> None:
        """``shapes``: the boundaries that are known, WKB by grid."""
        super().__init__(parent)
        self.grid, self._tools, self._canvas = grid, tools, canvas
        self._post, self._fixed = Sender(tools, self), FixedId()
        self._projection = canvas.plan.projection
        self._has_reference = not canvas.plan.is_schematic
        self._neighbours = {
            id: shapely.transform(shapely.from_wkb(wkb), self._projection.to_metres)
            for id, wkb in shapes.items()
            if id != grid.id and self._may_touch(id)
        }
        areas = [each for each in self._neighbours.values() if shapely.get_dimensions(each) == 2]
        self._corners = shapely.get_coordinates(areas) if areas else np.empty((0, 2))
        self.points: list[Point] = self._begin(shapes.get(grid.id))
        self.crossing: Point | None = None
        self.trouble = ""
        self._dragged: int | None = None
        self._pointer: QPointF | None = None

    def _may_touch(self, id: str) -> bool:
        """Grids of the same kind are meant not to overlap; the special ones lie inside general ones."""
        other = self._tools.desk.live.grids.get(id)
        return other is not None and other.kind == self.grid.kind

    def _begin(self, wkb: bytes | None) -> list[Point]:
        """The corners to go on from: those of the present boundary, if a hand can have drawn it."""
        if wkb is None:
            return []
        shape = shapely.transform(shapely.from_wkb(wkb), self._projection.to_metres)
        plain = shape.geom_type == "Polygon" and not shape.interiors
        corners = [(float(x), float(y)) for x, y in shape.exterior.coords[:-1]] if plain else []
        return corners if len(corners) <= MOST_CORNERS else []

    # --- what is drawn ------------------------------------------------------------------------------------------

    @property
    def area(self) -> float:
        """m² inside."""
        return drawing.area(self.points) if self.crossing is None else 0.0

    @property
    def overlaps(self) -> list[tuple[str, float]]:
        """(grid, m²) of the neighbours that would be covered, the most first."""
        if len(self.points) < 3 or self.crossing is not None:
            return []
        return drawing.overlaps(shapely.Polygon(self.points), self._neighbours)

    def add(self, place: Point) -> bool:
        """One more corner at the end, or between two on whose side it lies; False when its side crosses another."""
        reach = REACH / self._canvas.camera.scale
        side = drawing.nearest_side(self.points, place, reach)
        wanted = [*self.points, place] if side is None else [*self.points[: side + 1], place, *self.points[side + 1 :]]
        crossing = drawing.crossing(wanted, closed=False)
        if crossing is not None:
            self._say("grids.draw.crossing", crossing)
            return False
        self.points = wanted
        self._say("", None)
        return True

    def add_typed(self, text: str) -> bool:
        """A corner at a typed position: longitude and latitude in degrees, in either order where that is certain."""
        found = _POSITION.fullmatch(text)
        if found is None:
            self._say("grids.draw.not_a_position", None)
            return False
        lon, lat = float(found[1]), float(found[2])
        if abs(lon) <= 90 < abs(lat):
            lon, lat = lat, lon
        if abs(lon) > 180 or abs(lat) > 90:
            self._say("grids.draw.not_a_position", None)
            return False
        if not self._has_reference:
            self._place_reference(lon, lat)
        x, y = self._projection.to_metres(np.array([[lon, lat]]))[0]
        return self.add((float(x), float(y)))

    def _place_reference(self, lon: float, lat: float) -> None:
        """In a town without any boundary the first typed position says where on earth the sheet lies."""
        from commandcenter.rules.maps import Projection

        self._projection, self._has_reference = Projection(lon, lat), True

    def take_back(self) -> None:
        """The last corner goes."""
        self.points = self.points[:-1]
        self._say("", drawing.crossing(self.points, closed=False))

    def clear(self) -> None:
        """From the beginning."""
        self.points = []
        self._say("", None)

    def repair(self) -> None:
        """Keep the largest clean part of a line that crosses itself."""
        self.points = drawing.repaired(self.points)
        self._say("", drawing.crossing(self.points, closed=True))

    def _say(self, code: str, crossing: Point | None) -> None:
        self.trouble, self.crossing = code, crossing
        self._canvas.update()
        self.changed.emit()

    # --- saving -------------------------------------------------------------------------------------------------

    def save(self) -> None:
        """A boundary from three corners up, a point from one; what is wrong is said and marked."""
        self._keep_up()
        if not self._has_reference:
            self._say("grids.draw.no_reference", None)
            return
        if not self.points or len(self.points) == 2:
            self._say("grids.draw.too_few", None)
            return
        crossing = drawing.crossing(self.points, closed=True)
        if crossing is not None:
            self._say("grids.draw.crossing_closed", crossing)
            return
        degrees = self._projection.to_degrees(np.array(self.points))
        corners = tuple(Corner(round(float(lon), 8), round(float(lat), 8)) for lon, lat in degrees)
        command = SetBoundary(grid=self.grid.id, corners=corners)
        told = say("grids.draw.done" if len(corners) > 1 else "grids.draw.done_point", name=self.grid.name)
        self._post.send(
            command, told, done=partial(self._saved, told), failed=self._refused, id=self._fixed.of(command)
        )

    def _saved(self, told: str, outcome: Any) -> None:
        self._post.tell_done(told, outcome)
        self.left.emit()

    def _refused(self, error: BaseException) -> None:
        """Refused or away: the sketch stays."""
        self._post.explain(error)

    def _keep_up(self) -> None:
        """Another desk gave a grid a shape, so that the plan has another middle: what is drawn stays in place."""
        plan = self._canvas.plan
        if plan.is_schematic or plan.projection == self._projection:
            return
        old, self._projection, self._has_reference = self._projection, plan.projection, True
        if self.points:
            moved = plan.projection.to_metres(old.to_degrees(np.array(self.points)))
            self.points = [(float(x), float(y)) for x, y in moved]
        self._neighbours = {
            id: shapely.transform(each, lambda xy: plan.projection.to_metres(old.to_degrees(xy)))
            for id, each in self._neighbours.items()
        }
        if len(self._corners):
            self._corners = plan.projection.to_metres(old.to_degrees(self._corners))

    # --- the hand -----------------------------------------------------------------------------------------------

    def press(self, point: QPointF) -> bool:
        """On a corner a drag of it begins; elsewhere the map is dragged or a corner set."""
        self._dragged = drawing.nearest(self.points, self._place(point), REACH / self._canvas.camera.scale)
        return self._dragged is not None

    def drag(self, point: QPointF) -> None:
        """The corner follows; where the line crosses itself it is marked at once."""
        if self._dragged is not None:
            self.points[self._dragged] = self._snapped(point)
            crossing = drawing.crossing(self.points, closed=len(self.points) > 2)
            self._say("grids.draw.crossing_dragged" if crossing else "", crossing)

    def release(self) -> None:
        """The corner stays where it is."""
        self._dragged = None

    def click(self, point: QPointF) -> None:
        """One more corner."""
        self._keep_up()
        if not self._has_reference:
            self._say("grids.draw.no_reference", None)
            return
        self.add(self._snapped(point))

    def point_at(self, point: QPointF | None) -> None:
        """The line to the pointer."""
        self._pointer = point
        self._canvas.update()

    def key(self, event: QKeyEvent) -> bool:
        """Backspace, Enter, Escape."""
        if event.key() in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete):
            self.take_back()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.save()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            return False
        return True

    def _place(self, point: QPointF) -> Point:
        return self._canvas.camera.to_plan(point.x(), point.y())

    def _snapped(self, point: QPointF) -> Point:
        """A neighbour's corner near the pointer, so that no gap and no overlap is left between them."""
        place = self._place(point)
        if not len(self._corners):
            return place
        distances = np.hypot(self._corners[:, 0] - place[0], self._corners[:, 1] - place[1])
        best = int(distances.argmin())
        if distances[best] > REACH / self._canvas.camera.scale:
            return place
        return float(self._corners[best, 0]), float(self._corners[best, 1])

    # --- the layer ----------------------------------------------------------------------------------------------

    def markers(self) -> Sequence[Marker]:
        """None."""
        return ()

    def paint(self, painter: QPainter, view: LayerView) -> None:
        """The area, its sides, its corners, and where it crosses itself."""
        self._keep_up()
        look = theme.current()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        spots = [QPointF(*self._canvas.camera.to_screen(*each)) for each in self.points]
        accent = look.colour("accent")
        ground = QColor(accent)
        ground.setAlphaF(0.18)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        if len(spots) > 2:
            painter.drawPolygon(QPolygonF(spots))
        for colour, width in ((look.colour("surface"), 4.5), (accent, 2.5)):
            painter.setPen(QPen(colour, width))
            painter.drawPolyline(QPolygonF(spots))
        painter.setPen(QPen(accent, 1.5, Qt.PenStyle.DashLine))
        if len(spots) > 2:
            painter.drawLine(spots[-1], spots[0])
        self._paint_pointer(painter, spots)
        for place, spot in enumerate(spots):
            painter.setPen(QPen(accent, 2))
            painter.setBrush(look.colour("accent" if place == len(spots) - 1 else "surface"))
            painter.drawRect(QRectF(spot.x() - 4, spot.y() - 4, 8, 8))
        self._paint_crossing(painter)
        painter.restore()

    def _paint_pointer(self, painter: QPainter, spots: list[QPointF]) -> None:
        if self._pointer is None or self._dragged is not None or not self._has_reference:
            return
        caught = QPointF(*self._canvas.camera.to_screen(*self._snapped(self._pointer)))
        if math.hypot(caught.x() - self._pointer.x(), caught.y() - self._pointer.y()) > 0.5:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(caught, 8, 8)
        if spots:
            painter.drawLine(spots[-1], caught)

    def _paint_crossing(self, painter: QPainter) -> None:
        if self.crossing is None:
            return
        spot = QPointF(*self._canvas.camera.to_screen(*self.crossing))
        overdue = theme.current().colour("overdue")
        painter.setPen(QPen(overdue, 3))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(spot, 11, 11)
        for dx, dy in ((6, 6), (6, -6)):
            painter.drawLine(QPointF(spot.x() - dx, spot.y() - dy), QPointF(spot.x() + dx, spot.y() + dy))


class DrawBar(QFrame):
    """What is drawn, how large it is, what is wrong, and what to press."""

    def __init__(self, sketch: Drawing, tools: Tools, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("grids.draw.bar")
        self.setProperty("panel", "card")
        self._sketch, self._tools = sketch, tools
        look = theme.current()
        self.title = Label("", "strong")
        self.title.show_text(say("grids.draw.title", name=sketch.grid.name))
        self.size_words = Label("", "muted")
        self.note = Label("", "doubt")
        self.note.setWordWrap(True)
        self.position = LineEdit(say("grids.draw.position"))
        self.position.setObjectName("grids.draw.position")
        self.position.setAccessibleName(say("grids.draw.position"))
        self.save = Button("grids.draw.save", kind="primary", key="Enter")
        self.repair = Button("grids.draw.repair", kind="secondary", icon="retry")
        self.back = Button("grids.draw.back", kind="quiet", key="Backspace")
        self.anew = Button("grids.draw.anew", kind="quiet")
        self.leave = Button("grids.draw.leave", kind="quiet", key="Esc")
        column = QVBoxLayout(self)
        column.setContentsMargins(look.space(3), look.space(2), look.space(3), look.space(2))
        column.setSpacing(look.space(1))
        head = QHBoxLayout()
        head.addWidget(self.title)
        head.addWidget(self.size_words)
        head.addStretch(1)
        column.addLayout(head)
        column.addWidget(self.note)
        row = QHBoxLayout()
        row.setSpacing(look.space(2))
        self.position.setMinimumWidth(look.px(190))
        row.addWidget(self.position, 1)
        for button in (self.repair, self.back, self.anew, self.leave, self.save):
            row.addWidget(button)
        column.addLayout(row)
        self._connect()
        self.refresh()

    def _connect(self) -> None:
        sketch = self._sketch
        sketch.changed.connect(self.refresh)
        self.save.clicked.connect(sketch.save)
        self.repair.clicked.connect(sketch.repair)
        self.back.clicked.connect(sketch.take_back)
        self.anew.clicked.connect(sketch.clear)
        self.leave.clicked.connect(sketch.left)
        self.position.submitted.connect(self._typed)

    @Slot()
    def _typed(self) -> None:
        """A typed position; Enter in the empty field saves."""
        text = self.position.text().strip()
        if not text:
            self._sketch.save()
        elif self._sketch.add_typed(text):
            self.position.clear()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: Escape leaves from here too."""
        if event.key() == Qt.Key.Key_Escape:
            self._sketch.left.emit()
        else:
            super().keyPressEvent(event)

    @Slot()
    def refresh(self) -> None:
        """Say how it stands."""
        sketch = self._sketch
        count = len(sketch.points)
        self.size_words.show_text(
            say("grids.draw.size", count=count, area=area_words(sketch.area)) if sketch.area
            else say("grids.draw.corners", count=count)
        )  # fmt: skip
        said = say(sketch.trouble) if sketch.trouble else self._overlap_words() or say("grids.draw.how")
        self.note.show_text(said)
        self.note.setProperty("role", "error" if sketch.trouble else "doubt" if sketch.overlaps else "caption")
        self.note.style().unpolish(self.note)
        self.note.style().polish(self.note)
        self.repair.setVisible(sketch.crossing is not None and drawing.crossing(sketch.points, closed=True) is not None)
        self.back.setEnabled(count > 0)
        self.anew.setEnabled(count > 0)
        self.save.setEnabled(count > 0)

    def _overlap_words(self) -> str:
        found = self._sketch.overlaps
        grids = self._tools.desk.live.grids
        told = [say("grids.draw.overlap_one", name=grids[id].name, area=area_words(area)) for id, area in found[:2]
                if id in grids]  # fmt: skip
        if not told:
            return ""
        return say("grids.draw.overlaps", count=len(found), which=say("grids.names.join").join(told))


def area_words(area: float) -> str:
    """An area as it is spoken of: m² up to a hectare's hundred, then km²."""
    if area < 100_000:
        return say("grids.draw.m2", area=f"{area:,.0f}")
    return say("grids.draw.km2", area=f"{area / 1_000_000:.2f}")
