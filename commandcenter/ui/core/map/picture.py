"""A buffer with its colours: the image that is blitted while panning, and the answer to "what lies here?"."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter, QRegion, QTransform

from commandcenter.ui.core.map.camera import Camera
from commandcenter.ui.core.map.palette import Palette
from commandcenter.ui.core.map.raster import CLASSES, Buffer

STRIP = 128
"""Rows coloured at once: small enough to stay in the processor's cache."""


class Picture:
    """Colours are looked up strip by strip and only where they are seen, so the margin costs a recolour nothing."""

    def __init__(self, buffer: Buffer, palette: Palette) -> None:
        self.buffer = buffer
        height, width = buffer.cells.shape
        self._pixels = np.zeros((height, width), dtype=np.uint32)
        self._image = QImage(self._pixels.data, width, height, width * 4, QImage.Format.Format_RGB32)
        self._table = palette.table(buffer.pairs)
        self._stale = [True] * -(-height // STRIP)

    def recolour(self, palette: Palette) -> None:
        """Use the palette's present colours; the work is done when the rows are next painted."""
        self._table = palette.table(self.buffer.pairs)
        self._stale = [True] * len(self._stale)

    def paint(self, painter: QPainter, camera: Camera) -> None:
        """Draw the part that ``camera`` shows: pixel for pixel at the picture's scale, else scaled."""
        window = self.buffer.window
        device = painter.device()
        ratio = device.devicePixelRatio() if device is not None else 1.0
        if self.suits(camera, ratio):
            left, top = camera.offset(window)
            self._colour(-top, -top + round(camera.height * ratio))
            painter.save()
            painter.setWorldTransform(QTransform.fromScale(1 / ratio, 1 / ratio))
            painter.drawImage(left, top, self._image)
            painter.restore()
        else:
            self._colour(0, window.height)
            painter.drawImage(self._target(camera), self._image)

    def suits(self, camera: Camera, ratio: float) -> bool:
        """Whether this picture is of the camera's scale."""
        window = self.buffer.window
        return ratio == window.ratio and abs(window.scale / (camera.scale * ratio) - 1) < 1e-9

    def covers(self, camera: Camera, spare: int) -> bool:
        """Whether the view and ``spare`` logical pixels around it lie in this picture (of the same scale)."""
        window = self.buffer.window
        left, top = camera.offset(window)
        room = round(spare * window.ratio)
        return (
            left <= -room
            and top <= -room
            and left + window.width >= round(camera.width * window.ratio) + room
            and top + window.height >= round(camera.height * window.ratio) + room
        )

    def bare(self, camera: Camera) -> QRegion:
        """What of the view the picture, drawn for this camera, leaves bare."""
        covered = self._target(camera).toRect().adjusted(1, 1, -1, -1)
        return QRegion(0, 0, camera.width, camera.height) - QRegion(covered)

    def rows_at(self, camera: Camera, point: QPointF) -> list[int]:
        """The palette rows (grid index + 1) under a point of the widget, the topmost first."""
        window = self.buffer.window
        x, y = camera.to_plan(point.x(), point.y())
        column, row = int(x * window.scale - window.left), int(-y * window.scale - window.top)
        if not (0 <= column < window.width and 0 <= row < window.height):
            return []
        found = int(self.buffer.cells[row, column]) // CLASSES
        first_pair = self._first_pair()
        if found < first_pair:
            return [found] if found else []
        under, over = self.buffer.pairs[found - first_pair]
        return [int(over), int(under)] if under else [int(over)]

    def _first_pair(self) -> int:
        return len(self._table) // CLASSES - len(self.buffer.pairs)

    def _target(self, camera: Camera) -> QRectF:
        window = self.buffer.window
        left, top = camera.to_screen(window.left / window.scale, -window.top / window.scale)
        factor = camera.scale / window.scale
        return QRectF(left, top, window.width * factor, window.height * factor)

    def _colour(self, first: int, last: int) -> None:
        height = len(self._pixels)
        begin, end = max(first, 0) // STRIP, -(-min(max(last, 0), height) // STRIP)
        for strip in range(begin, end):
            if self._stale[strip]:
                rows = slice(strip * STRIP, (strip + 1) * STRIP)
                np.take(self._table, self.buffer.cells[rows], out=self._pixels[rows], mode="clip")
                self._stale[strip] = False
