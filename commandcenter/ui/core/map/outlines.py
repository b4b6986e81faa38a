"""Outlines drawn as lines over the picture: what is selected or pointed at."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

from commandcenter.rules.maps import Plan
from commandcenter.ui.core.map.camera import Camera
from commandcenter.ui.core.map.model import MapColours

Strokes = tuple[tuple[str, float], ...]
"""Colours and widths, the widest first."""

LEAST = 16.0
"""A grid smaller than this on screen is ringed instead of outlined."""
STAMPED = 600.0
"""Up to this size on screen an outline is kept as a pixmap: stroking it anew costs a fifth of a pan's frame."""
KEPT, ROOM = 8, 16


class Outlines:
    """Paths are kept in metres about the grid's middle, so that they stay exact at any zoom."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._paths: dict[int, QPainterPath] = {}
        self._stamps: dict[tuple[int, float, float, Strokes], tuple[QPixmap, QPointF]] = {}

    def select(self, painter: QPainter, camera: Camera, grid: str, colours: MapColours) -> None:
        """The double outline."""
        gap, line = colours.selection_gap, colours.selection
        self._outline(painter, camera, grid, ((gap, 7), (line, 5), (gap, 1.6)))

    def point_at(self, painter: QPainter, camera: Camera, grid: str, colours: MapColours) -> None:
        """One quiet line."""
        self._outline(painter, camera, grid, ((colours.text, 1.5),))

    def _outline(self, painter: QPainter, camera: Camera, grid: str, strokes: Strokes) -> None:
        n = self._plan.index.get(grid)
        if n is None:
            return
        middle = QPointF(*camera.to_screen(*self._plan.anchors[n].tolist()))
        west, south, east, north = self._plan.boxes[n].tolist()
        if max(east - west, north - south) * camera.scale > STAMPED:
            self._stroke(painter, n, camera.scale, middle, strokes)
            return
        device = painter.device()
        ratio = device.devicePixelRatio() if device is not None else 1.0
        pixmap, corner = self._stamp(n, camera.scale, ratio, strokes)
        where = middle + corner
        painter.drawPixmap(QPointF(round(where.x() * ratio) / ratio, round(where.y() * ratio) / ratio), pixmap)

    def _stamp(self, n: int, scale: float, ratio: float, strokes: Strokes) -> tuple[QPixmap, QPointF]:
        """The outline as a pixmap and its top left as seen from the grid's middle."""
        key = (n, scale, ratio, strokes)
        if key not in self._stamps:
            if len(self._stamps) >= KEPT:
                self._stamps.clear()
            self._stamps[key] = self._make_stamp(n, scale, ratio, strokes)
        return self._stamps[key]

    def _make_stamp(self, n: int, scale: float, ratio: float, strokes: Strokes) -> tuple[QPixmap, QPointF]:
        x, y = self._plan.anchors[n].tolist()
        west, south, east, north = self._plan.boxes[n].tolist()
        area = QRectF((west - x) * scale, (y - north) * scale, (east - west) * scale, (north - south) * scale)
        area = area.adjusted(-ROOM, -ROOM, ROOM, ROOM)
        pixmap = QPixmap(round(area.width() * ratio), round(area.height() * ratio))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        with QPainter(pixmap) as painter:
            self._stroke(painter, n, scale, -area.topLeft(), strokes)
        return pixmap, area.topLeft()

    def _stroke(self, painter: QPainter, n: int, scale: float, middle: QPointF, strokes: Strokes) -> None:
        west, south, east, north = self._plan.boxes[n].tolist()
        small = max(east - west, north - south) * scale < LEAST
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.translate(middle)
        if not small:
            painter.scale(scale, scale)
        for colour, width in strokes:
            pen = QPen(QColor(colour), width)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            pen.setCosmetic(True)
            painter.setPen(pen)
            if small:
                painter.drawRoundedRect(QRectF(-12, -12, 24, 24), 7, 7)
            else:
                painter.drawPath(self._path(n))
        painter.restore()

    def _path(self, n: int) -> QPainterPath:
        path = self._paths.get(n)
        if path is None:
            path = self._paths[n] = self._make_path(n)
        return path

    def _make_path(self, n: int) -> QPainterPath:
        path, rings = QPainterPath(), self._plan.rings
        for ring in np.flatnonzero(rings.grid == n):
            vertices = rings.vertices[rings.starts[ring] : rings.starts[ring + 1]] - self._plan.anchors[n]
            path.addPolygon(QPolygonF([QPointF(x, -y) for x, y in vertices.tolist()]))
        return path
