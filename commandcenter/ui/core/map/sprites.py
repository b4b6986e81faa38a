"""Small drawings kept as pixmaps: names with halo, squares, markers. A pan only blits them."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPainterPath,
    QPen,
    QPixmap,
)

from commandcenter.rules.placing import Box
from commandcenter.ui.core.map.model import Emphasis, MapColours
from commandcenter.ui.core.map.palette import blend

HALO, HALO_OPACITY = 3.0, 210
_RING = tuple((x, y) for x in range(-2, 3) for y in range(-2, 3) if 3 < x * x + y * y < 6)
"""Where a text is drawn around its place to give it a halo."""
SQUARE, DOT, MARKER = 17.0, 7.0, 24.0
"""Sides in logical pixels of a dedicated grid's square, of one that has no room, and of a marker."""


@dataclass(frozen=True, slots=True, eq=False)
class Sprite:
    """A pixmap that is drawn about its middle; ``width`` and ``height`` in logical pixels, ``body`` without halo."""

    pixmap: QPixmap
    width: float
    height: float
    body: tuple[float, float]

    def box(self, x: float, y: float) -> Box:
        """What it covers when its middle is at (x, y)."""
        half_w, half_h = self.body[0] / 2, self.body[1] / 2
        return x - half_w, y - half_h, x + half_w, y + half_h


class Sprites:
    """Makes each sprite once per theme, font and scaling."""

    def __init__(self, colours: MapColours, font: QFont, ratio: float) -> None:
        self._colours, self._font, self._ratio = colours, QFont(font), ratio
        self._made: dict[tuple[object, ...], Sprite] = {}

    def village(self, text: str) -> Sprite:
        """A village's name."""
        return self._haloed(text, 14, QFont.Weight.Medium, self._colours.text)

    def grid(self, text: str) -> Sprite:
        """A grid's name or number, quieter than a village's."""
        return self._haloed(text, 11, QFont.Weight.Normal, self._colours.muted)

    def emergency(self, character: str, alone: bool) -> Sprite:
        """The kind of danger; ``alone``: the grid is too small to show its hatch, so the mark brings its own."""
        if not alone:
            return self._haloed(character, 12, QFont.Weight.Bold, self._colours.text)
        key = ("emergency", character)
        if key not in self._made:
            self._made[key] = self._draw_hatched(character)
        return self._made[key]

    def square(self, character: str, tint: str | None = None) -> Sprite:
        """A dedicated grid; ``tint`` is the edge of its fill. Without character: the small one for no room."""
        key = ("square", character, tint)
        if key not in self._made:
            self._made[key] = self._draw_square(character, tint)
        return self._made[key]

    def marker(self, character: str, emphasis: Emphasis, overdue: bool, selected: bool, count: int = 1) -> Sprite:
        """An incident or a cluster of ``count`` of them."""
        key = ("marker", character, emphasis, overdue, selected, count)
        if key not in self._made:
            self._made[key] = self._draw_marker(character, emphasis, overdue, selected, count)
        return self._made[key]

    def font(self, pixels: int, weight: QFont.Weight) -> QFont:
        """The widget's font in another size and weight."""
        font = QFont(self._font)
        font.setPixelSize(pixels)
        font.setWeight(weight)
        return font

    def blank(self, width: float, height: float) -> QPixmap:
        """A transparent pixmap of so many logical pixels."""
        pixmap = QPixmap(round(width * self._ratio), round(height * self._ratio))
        pixmap.setDevicePixelRatio(self._ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        return pixmap

    def _haloed(self, text: str, pixels: int, weight: QFont.Weight, colour: str) -> Sprite:
        key = ("text", text, pixels, weight)
        if key not in self._made:
            self._made[key] = self._draw_haloed(text, self.font(pixels, weight), colour)
        return self._made[key]

    def _draw_haloed(self, text: str, font: QFont, colour: str) -> Sprite:
        metrics = QFontMetricsF(font)
        body = (float(round(metrics.horizontalAdvance(text))), float(round(metrics.height())))
        width, height = body[0] + 2 * HALO + 2, body[1] + 2 * HALO
        pixmap = self.blank(width, height)
        base = QPointF(HALO + 1, HALO + round(metrics.ascent()))
        with _smooth(pixmap) as painter:
            painter.setFont(font)
            painter.setPen(QColor(self._colours.background))
            for x, y in _RING:  # by whole pixels, so that each letter is one picture: outlines take thrice as long
                painter.drawText(QPointF(base.x() + x, base.y() + y), text)
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationIn)
            painter.fillRect(QRectF(0, 0, width, height), QColor(0, 0, 0, HALO_OPACITY))
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
            painter.setPen(QColor(colour))
            painter.drawText(base, text)
        return Sprite(pixmap, width, height, body)

    def _draw_hatched(self, character: str) -> Sprite:
        colours, side = self._colours, SQUARE + 3
        sign = self._haloed(character, 11, QFont.Weight.Bold, colours.text)
        pixmap = self.blank(side + 2, side + 2)
        with _smooth(pixmap) as painter:
            body = QRectF(1.5, 1.5, side - 1, side - 1)
            path = QPainterPath()
            path.addRoundedRect(body, 5, 5)
            painter.fillPath(path, QColor(colours.tones[1]))
            painter.setClipPath(path)
            painter.setPen(QPen(QColor(colours.emergency_ink), 1.4))
            for start in range(-20, 24, 5):
                painter.drawLine(QPointF(start, 0), QPointF(start + 22, 22))
            painter.setClipping(False)
            painter.drawPath(path)
            middle = QPointF((side + 2 - sign.width) / 2, (side + 2 - sign.height) / 2)
            painter.drawPixmap(middle, sign.pixmap)
        return Sprite(pixmap, side + 2, side + 2, (side, side))

    def _draw_square(self, character: str, tint: str | None) -> Sprite:
        colours, side = self._colours, SQUARE if character else DOT
        pixmap = self.blank(side + 2, side + 2)
        with _smooth(pixmap) as painter:
            painter.setPen(QPen(QColor(tint or colours.muted), 2 if tint else 1))
            painter.setBrush(QColor(colours.surface if character else colours.muted))
            painter.drawRoundedRect(QRectF(1.5, 1.5, side - 1, side - 1), side / 5, side / 5)
            painter.setPen(QColor(colours.text))
            painter.setFont(self.font(11, QFont.Weight.Medium))
            painter.drawText(QRectF(1, 1, side, side), Qt.AlignmentFlag.AlignCenter, character)
        return Sprite(pixmap, side + 2, side + 2, (side, side))

    def _draw_marker(self, character: str, emphasis: Emphasis, overdue: bool, selected: bool, count: int) -> Sprite:
        colours = self._colours
        side = MARKER + (6 if selected else 0)
        room = side + 18
        pixmap = self.blank(room, room)
        with _smooth(pixmap) as painter:
            body = QRectF((room - side) / 2, (room - side) / 2, side, side)
            if overdue:
                _ring(painter, body.adjusted(-3, -3, 3, 3), colours.overdue, 2, 8)
            if selected:
                _ring(painter, body.adjusted(-6, -6, 6, 6), colours.selection, 2, 10)
            strong, normal = emphasis == "strong", emphasis == "normal"
            face = (
                colours.text if strong else blend(colours.surface, colours.muted, 0.35) if normal else colours.surface
            )
            ink = colours.surface if strong else colours.text
            painter.setPen(QPen(QColor(colours.selection_gap if strong else colours.text), 1.5))
            painter.setBrush(QColor(face))
            painter.drawRoundedRect(body.adjusted(0.75, 0.75, -0.75, -0.75), 6, 6)
            painter.setPen(QColor(ink))
            painter.setFont(self.font(17 if selected else 14, QFont.Weight.Bold))
            painter.drawText(body, Qt.AlignmentFlag.AlignCenter, character)
            if count > 1:
                self._badge(painter, body, str(count))
        return Sprite(pixmap, room, room, (side + 6, side + 6))

    def _badge(self, painter: QPainter, body: QRectF, text: str) -> None:
        font = self.font(11, QFont.Weight.Bold)
        width = max(15.0, QFontMetricsF(font).horizontalAdvance(text) + 7)
        badge = QRectF(body.right() - width + 9, body.top() - 8, width, 15)
        painter.setPen(QPen(QColor(self._colours.selection_gap), 1.5))
        painter.setBrush(QColor(self._colours.accent))
        painter.drawRoundedRect(badge, 7.5, 7.5)
        painter.setPen(QColor(self._colours.selection_gap))
        painter.setFont(font)
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, text)


def _smooth(pixmap: QPixmap) -> QPainter:
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
    return painter


def _ring(painter: QPainter, rect: QRectF, colour: str, width: float, radius: float) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(colour), width))
    painter.drawRoundedRect(rect, radius, radius)
