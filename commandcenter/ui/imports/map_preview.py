"""Where a map file would lie: its outlines over those of the town and over a place that the officer knows."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from commandcenter.base.texts import say
from commandcenter.ui.core import fonts, theme

Point = tuple[float, float]
_EARTH = 6_371_008.8
_ZOOM = 1.0016
_MARGIN = 28
_SCALES = (10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000)
"""Lengths of the scale bar in metres."""


class MapPreview(QWidget):
    """Outlines in local metres about the middle of what is shown; drag, wheel, and 0 to see everything."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._town, self._file = QPainterPath(), QPainterPath()
        self._dots: list[QPointF] = []
        self._origin: Point = (0.0, 0.0)
        self._point: Point | None = None
        self._scale, self._middle = 1.0, QPointF()
        self._drag: QPointF | None = None
        self._is_touched = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(240, 200)

    def show_outlines(self, town: Iterable[bytes], file: Iterable[bytes], point: Point | None) -> None:
        """WKB in WGS84 degrees; ``point`` is the known place as longitude and latitude."""
        (rings, dots), (others, _) = _shapes(file), _shapes(town)
        known = [np.array([point])] if point is not None else []
        everything = [*rings, *others, *known, *([dots] if len(dots) else [])]
        self._origin = tuple(np.concatenate(everything).mean(axis=0).tolist()) if everything else (0.0, 0.0)
        self._file, self._town = self._path(rings), self._path(others)
        self._dots = [QPointF(x, -y) for x, y in self._metres(dots).tolist()]
        self._point = point
        self._is_touched = False
        self.setAccessibleName(say("imports.map"))
        self._fit()
        self.update()

    def _path(self, rings: list[NDArray[np.float64]]) -> QPainterPath:
        path = QPainterPath()
        path.setFillRule(Qt.FillRule.WindingFill)
        for ring in rings:
            metres = self._metres(ring)
            path.addPolygon(QPolygonF([QPointF(x, -y) for x, y in metres.tolist()]))
        return path

    def _metres(self, lon_lat: NDArray[np.float64]) -> NDArray[np.float64]:
        north = np.radians(1.0) * _EARTH
        return np.asarray((lon_lat - self._origin) * (north * np.cos(np.radians(self._origin[1])), north))

    def _fit(self) -> None:
        box = self._file.boundingRect().united(self._town.boundingRect())
        if self._dots:
            box = box.united(QPolygonF(self._dots).boundingRect().adjusted(-1, -1, 1, 1))
        if self._point is not None:
            x, y = self._metres(np.array([self._point]))[0].tolist()
            box = box.united(QRectF(x - 200, -y - 200, 400, 400))
        if box.isEmpty():
            box = QRectF(-500, -500, 1000, 1000)
        room = theme.current().px(_MARGIN) * 2
        self._scale = min((self.width() - room) / box.width(), (self.height() - room) / box.height(), 5.0)
        self._scale = max(self._scale, 1e-6)
        self._middle = box.center()

    # --- Qt ------------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: fitted again, unless somebody has moved it."""
        if not self._is_touched:
            self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt: the town quiet, the file in the accent, the known place as a cross, and how long a metre is."""
        look = theme.current()
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), look.colour("background"))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.save()
            painter.translate(self.width() / 2, self.height() / 2)
            painter.scale(self._scale, self._scale)
            painter.translate(-self._middle)
            self._paint_path(painter, self._town, "village_line", look.tones[0])
            self._paint_path(painter, self._file, "accent", None)
            painter.restore()
            self._paint_dots(painter)
            self._paint_point(painter)
            self._paint_legend(painter)
            self._paint_scale(painter)

    def _paint_path(self, painter: QPainter, path: QPainterPath, token: str, fill: str | None) -> None:
        look = theme.current()
        pen = QPen(look.colour(token), 1.4 if fill is None else 1.0)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if fill is not None:
            painter.setBrush(QColor(fill))
        painter.drawPath(path)

    def _on_screen(self, plan: QPointF) -> QPointF:
        return QPointF(self.width() / 2, self.height() / 2) + (plan - self._middle) * self._scale

    def _paint_dots(self, painter: QPainter) -> None:
        look = theme.current()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.colour("accent"))
        for dot in self._dots:
            painter.drawEllipse(self._on_screen(dot), look.px(2.5), look.px(2.5))

    def _paint_point(self, painter: QPainter) -> None:
        if self._point is None:
            return
        look = theme.current()
        x, y = self._metres(np.array([self._point]))[0].tolist()
        place = self._on_screen(QPointF(x, -y))
        arm = look.px(9)
        for colour, width in ((look.selection_gap, 5), (look.selection, 2)):
            pen = QPen(QColor(colour), width)
            painter.setPen(pen)
            painter.drawLine(place - QPointF(arm, 0), place + QPointF(arm, 0))
            painter.drawLine(place - QPointF(0, arm), place + QPointF(0, arm))

    def _paint_legend(self, painter: QPainter) -> None:
        look = theme.current()
        lines = [("imports.map.file", "accent")]
        if not self._town.isEmpty():
            lines.append(("imports.map.town", "village_line"))
        if self._point is not None:
            lines.append(("imports.map.point", "selection"))
        font = fonts.font(look.px(look.sizes.caption))
        painter.setFont(font)
        height = look.px(20)
        width = max(QFontMetrics(font).horizontalAdvance(say(code)) for code, _ in lines) + look.space(11)
        box = QRectF(look.space(3), look.space(3), width, height * len(lines) + look.space(2))
        painter.setPen(look.colour("line"))
        painter.setBrush(look.colour("surface"))
        painter.drawRoundedRect(box, look.px(6), look.px(6))
        for at, (code, token) in enumerate(lines):
            top = box.top() + look.space(1) + at * height
            painter.setPen(QPen(look.colour(token), 2))
            middle = top + height / 2
            painter.drawLine(QPointF(box.left() + look.space(2), middle), QPointF(box.left() + look.space(6), middle))
            painter.setPen(look.colour("text"))
            words = QRectF(box.left() + look.space(8), top, width, height)
            painter.drawText(words, int(Qt.AlignmentFlag.AlignVCenter), say(code))

    def _paint_scale(self, painter: QPainter) -> None:
        look = theme.current()
        metres = next((each for each in _SCALES if each * self._scale >= look.px(60)), _SCALES[-1])
        width = metres * self._scale
        right, bottom = self.width() - look.space(4), self.height() - look.space(4)
        painter.setPen(QPen(look.colour("text"), 2))
        painter.drawLine(QPointF(right - width, bottom), QPointF(right, bottom))
        painter.setFont(fonts.font(look.px(look.sizes.caption)))
        code = "imports.map.kilometres" if metres >= 1000 else "imports.map.metres"
        words = QRectF(right - max(width, look.px(80)), bottom - look.px(20), max(width, look.px(80)), look.px(16))
        painter.drawText(words, int(Qt.AlignmentFlag.AlignRight), _length(code, metres))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Qt: zoom about the pointer."""
        self._zoom(_ZOOM ** event.angleDelta().y(), event.position())
        event.accept()

    def _zoom(self, factor: float, about: QPointF) -> None:
        middle = QPointF(self.width() / 2, self.height() / 2)
        under = self._middle + (about - middle) / self._scale
        self._scale = min(max(self._scale * factor, 1e-6), 20.0)
        self._middle = under - (about - middle) / self._scale
        self._is_touched = True
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt: the start of a drag."""
        self._drag = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Qt: the map goes with the hand."""
        if self._drag is not None:
            self._middle -= (event.position() - self._drag) / self._scale
            self._drag = event.position()
            self._is_touched = True
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Qt: the end of a drag."""
        self._drag = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: + and - zoom, arrows move, 0 shows everything."""
        key = Qt.Key(event.key())
        steps = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}
        if key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            self._zoom(1 / 1.4 if key == Qt.Key.Key_Minus else 1.4, QPointF(self.width() / 2, self.height() / 2))
        elif key in (Qt.Key.Key_0, Qt.Key.Key_Home):
            self._is_touched = False
            self._fit()
            self.update()
        elif key in steps:
            right, down = steps[key]
            self._middle += QPointF(right * self.width(), down * self.height()) * 0.15 / self._scale
            self._is_touched = True
            self.update()
        else:
            super().keyPressEvent(event)


def _length(code: str, metres: int) -> str:
    return say(code, count=metres // 1000 if metres >= 1000 else metres)


def _shapes(outlines: Iterable[bytes]) -> tuple[list[NDArray[np.float64]], NDArray[np.float64]]:
    """Every ring of every outline as (n, 2) degrees, and the single points."""
    import shapely

    geometries = [each for each in shapely.from_wkb(list(outlines), on_invalid="ignore") if each is not None]
    polygons = [each for each in geometries if shapely.get_dimensions(each) == 2]
    points = [each for each in geometries if shapely.get_dimensions(each) == 0]
    rings = [shapely.get_coordinates(each) for each in shapely.get_rings(polygons)] if polygons else []
    return rings, shapely.get_coordinates(points) if points else np.empty((0, 2))
