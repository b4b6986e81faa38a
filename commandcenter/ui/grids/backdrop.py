"""River, woods and roads behind the grids: shipped with a sample township, never with a real one."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPixmap, QPolygonF, QTransform
from PySide6.QtWidgets import QWidget

from commandcenter.rules.grids import Township
from commandcenter.services.sample import folder
from commandcenter.ui.core.map import MapCanvas
from commandcenter.ui.core.map.camera import Camera
from commandcenter.ui.core.map.palette import blend
from commandcenter.ui.core.theme import Theme

UNIT = 1e-3
"""Paths are kept in thousandths of a degree about their first point, so that single precision suffices."""
MARGIN = 192
"""Logical pixels drawn around the view, so that a pan only shifts the picture."""


@dataclass(frozen=True, slots=True, eq=False)
class Backdrop:
    """Paths by layer, in :data:`UNIT` degrees east and north of ``origin``."""

    origin: tuple[float, float]
    paths: dict[str, QPainterPath]


def file_for(town: Township | None) -> Path | None:
    """The backdrop of a sample township; None for every other town."""
    if town is None or town.mark != "sample":
        return None
    for each in sorted(folder().parent.iterdir()):
        about, path = each / "township.json", each / "backdrop.geojson"
        if path.is_file() and json.loads(about.read_text(encoding="utf-8"))["code"] == town.code:
            return path
    return None


def read(path: Path) -> Backdrop:
    """The lines and areas of a backdrop file; points are left to the gazetteer."""
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    drawn = [each for each in features if each["geometry"]["type"] != "Point"]
    origin = _first_point(drawn)
    paths: dict[str, QPainterPath] = {}
    for feature in drawn:
        path_of = paths.setdefault(_layer(feature["properties"]), QPainterPath())
        for line, is_area in _lines(feature["geometry"]):
            path_of.addPolygon(_polygon(line, origin))
            if is_area:
                path_of.closeSubpath()
    return Backdrop(origin, paths)


def _layer(properties: dict[str, Any]) -> str:
    layer, kind = str(properties["layer"]), str(properties["kind"])
    return f"{layer}.{kind}" if layer == "road" else layer


def _first_point(features: Iterable[dict[str, Any]]) -> tuple[float, float]:
    for feature in features:
        for line, _ in _lines(feature["geometry"]):
            return float(line[0][0]), float(line[0][1])
    return 0.0, 0.0


def _lines(geometry: dict[str, Any]) -> Iterator[tuple[list[list[float]], bool]]:
    """The lines of a geometry, and whether each bounds an area."""
    coordinates = geometry["coordinates"]
    match geometry["type"]:
        case "LineString":
            yield coordinates, False
        case "MultiLineString":
            yield from ((line, False) for line in coordinates)
        case "Polygon":
            yield from ((ring, True) for ring in coordinates)
        case "MultiPolygon":
            yield from ((ring, True) for polygon in coordinates for ring in polygon)


def _polygon(line: Iterable[Iterable[float]], origin: tuple[float, float]) -> QPolygonF:
    return QPolygonF([QPointF((x - origin[0]) / UNIT, (y - origin[1]) / UNIT) for x, y, *_ in line])


Position = Callable[[float, float], QPointF]
"""From degrees to pixels of the map widget."""


def transform_of(backdrop: Backdrop, position: Position) -> QTransform:
    """From the units of the paths to pixels: the map's projection is linear, so three points tell it."""
    lon, lat = backdrop.origin
    origin, east, north = position(lon, lat), position(lon + UNIT, lat), position(lon, lat + UNIT)
    along, up = east - origin, north - origin
    return QTransform(along.x(), along.y(), up.x(), up.y(), origin.x(), origin.y())


class TownCanvas(MapCanvas):
    """A map canvas with a backdrop between the grids' picture and everything that stands upon it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self._backdrop: Backdrop | None = None
        self._theme: Theme | None = None
        self._picture: Picture | None = None
        super().__init__(parent)

    def show_backdrop(self, backdrop: Backdrop | None, theme: Theme) -> None:
        """Draw this in the colours of ``theme``; None draws nothing."""
        self._backdrop, self._theme = backdrop, theme
        self.update()

    def _paint_outlines(self, painter: QPainter) -> None:
        if self._backdrop is not None and self._theme is not None and not self.plan.is_schematic:
            self._blit(painter, self._backdrop, self._theme)
        super()._paint_outlines(painter)

    def _blit(self, painter: QPainter, backdrop: Backdrop, theme: Theme) -> None:
        """Panning only shifts the picture that was drawn for this scale."""
        picture = self._picture
        if picture is None or not picture.suits(self, backdrop, theme):
            picture = self._picture = Picture.drawn(self, backdrop, theme)
        picture.paint(painter, self)


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A backdrop drawn for one scale, with a margin to pan into."""

    backdrop: Backdrop
    theme: Theme
    camera: Camera
    ratio: float
    pixmap: QPixmap

    @classmethod
    def drawn(cls, canvas: MapCanvas, backdrop: Backdrop, theme: Theme) -> "Picture":
        """The picture for what the canvas shows now."""
        ratio, size = canvas.devicePixelRatioF(), canvas.size()
        wide, high = size.width() + 2 * MARGIN, size.height() + 2 * MARGIN
        pixmap = QPixmap(round(wide * ratio), round(high * ratio))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        with QPainter(pixmap) as painter:
            painter.translate(MARGIN, MARGIN)
            draw(painter, backdrop, theme, canvas.place_position)
        return cls(backdrop, theme, canvas.camera, ratio, pixmap)

    def suits(self, canvas: MapCanvas, backdrop: Backdrop, theme: Theme) -> bool:
        """Whether it still serves: same things at the same scale, panned no further than the margin."""
        now, then = canvas.camera, self.camera
        if (backdrop, theme, canvas.devicePixelRatioF()) != (self.backdrop, self.theme, self.ratio):
            return False
        if (now.scale, now.width, now.height) != (then.scale, then.width, then.height):
            return False
        right, down = self._shift(canvas)
        return abs(right) <= MARGIN and abs(down) <= MARGIN

    def paint(self, painter: QPainter, canvas: MapCanvas) -> None:
        """Blit it, on whole device pixels."""
        right, down = (round(value * self.ratio) / self.ratio for value in self._shift(canvas))
        painter.drawPixmap(QPointF(right - MARGIN, down - MARGIN), self.pixmap)

    def _shift(self, canvas: MapCanvas) -> tuple[float, float]:
        x, y = canvas.camera.to_screen(self.camera.x, self.camera.y)
        return x - self.camera.width / 2, y - self.camera.height / 2


def draw(painter: QPainter, backdrop: Backdrop, theme: Theme, position: Position) -> None:
    """Water, then roads; calm enough to leave the grids' lines and fills readable."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setTransform(transform_of(backdrop, position), True)
    for layer, look in _looks(theme).items():
        path = backdrop.paths.get(layer)
        if path is not None:
            painter.setPen(look.pen)
            painter.setBrush(look.brush)
            painter.drawPath(path)
    painter.restore()


@dataclass(frozen=True, slots=True)
class _Look:
    pen: QPen
    brush: Any = Qt.BrushStyle.NoBrush


@cache
def _looks(theme: Theme) -> dict[str, _Look]:
    """Water a step off the grids' tone in the map's own hue; roads as thin lines, the trunk road a little stronger."""
    water = QColor(blend(theme.tones[2], theme.chart[1], 0.34 if theme.is_dark else 0.26))
    river = QColor(water)
    river.setAlphaF(0.82)
    road = QColor(blend(theme.tones[1], theme.muted, 0.42))
    return {
        "river": _Look(QPen(Qt.PenStyle.NoPen), river),
        "stream": _Look(_pen(water, 1.6)),
        "road.village": _Look(_pen(road, 1.0, dashed=True)),
        "road.county": _Look(_pen(road, 1.4)),
        "road.trunk": _Look(_pen(road, 2.2)),
        "bridge": _Look(_pen(QColor(blend(theme.tones[1], theme.muted, 0.7)), 2.4)),
    }


def _pen(colour: QColor, width: float, *, dashed: bool = False) -> QPen:
    pen = QPen(colour, width, Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine)
    pen.setCosmetic(True)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    return pen
