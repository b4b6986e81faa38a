"""Outlines drawn as lines over the picture: what is selected or pointed at."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from commandcenter.rules.maps import Plan
from commandcenter.ui.core.map.camera import Camera
from commandcenter.ui.core.map.model import MapColours

LEAST = 16.0
"""A grid smaller than this on screen is ringed instead of outlined."""


class Outlines:
    """Paths are kept in metres about the grid's middle, so that they stay exact at any zoom."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._paths: dict[int, QPainterPath] = {}

    def select(self, painter: QPainter, camera: Camera, grid: str, colours: MapColours) -> None:
        """The double outline."""
        self._stroke(painter, camera, grid, colours.selection_gap, 7)
        self._stroke(painter, camera, grid, colours.selection, 5)
        self._stroke(painter, camera, grid, colours.selection_gap, 1.6)

    def point_at(self, painter: QPainter, camera: Camera, grid: str, colours: MapColours) -> None:
        """One quiet line."""
        self._stroke(painter, camera, grid, colours.text, 1.5)

    def _stroke(self, painter: QPainter, camera: Camera, grid: str, colour: str, width: float) -> None:
        n = self._plan.index.get(grid)
        if n is not None:
            pen = QPen(QColor(colour), width)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            self._draw(painter, camera, n, pen)

    def _draw(self, painter: QPainter, camera: Camera, n: int, pen: QPen) -> None:
        x, y = camera.to_screen(*self._plan.anchors[n])
        west, south, east, north = self._plan.boxes[n]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.translate(x, y)
        if max(east - west, north - south) * camera.scale < LEAST:
            painter.drawRoundedRect(QRectF(-12, -12, 24, 24), 7, 7)
        else:
            painter.scale(camera.scale, camera.scale)
            painter.drawPath(self._path(n))
        painter.restore()

    def _path(self, n: int) -> QPainterPath:
        path = self._paths.get(n)
        if path is None:
            path = self._paths[n] = self._make(n)
        return path

    def _make(self, n: int) -> QPainterPath:
        path, rings = QPainterPath(), self._plan.rings
        for ring in np.flatnonzero(rings.grid == n):
            vertices = rings.vertices[rings.starts[ring] : rings.starts[ring + 1]] - self._plan.anchors[n]
            path.addPolygon(QPolygonF([QPointF(x, -y) for x, y in vertices.tolist()]))
        return path
