"""The map's own small print: scale bar and caption at the lower right."""

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from commandcenter.base.texts import say
from commandcenter.rules.placing import scale_bar
from commandcenter.ui.core.map.model import MapColours
from commandcenter.ui.core.map.sprites import Sprite, Sprites

EDGE, LONGEST, TICK, WIDTH, HEIGHT = 18, 140, 5, 460, 64


class Furniture:
    """Drawn once for as long as ``key`` (whatever it depends on) stays the same, then blitted."""

    def __init__(
        self, key: tuple[object, ...], sprites: Sprites, caption: str, scale: float | None, colours: MapColours
    ) -> None:
        """``scale`` in pixels a metre; None where distances mean nothing, then there is no bar."""
        self.key = key
        self._drawn = sprites.blank(WIDTH, HEIGHT)
        with QPainter(self._drawn) as painter:
            bottom = float(HEIGHT - EDGE // 3)
            if caption:
                sprite = sprites.grid(caption)
                _put(painter, sprite, WIDTH - EDGE / 3 - sprite.body[0], bottom - sprite.body[1])
                bottom -= sprite.body[1] + 8
            if scale is not None:
                _draw_bar(painter, sprites, scale, bottom, colours)

    @property
    def picture(self) -> QPixmap:
        """What is drawn."""
        return self._drawn

    def paint(self, painter: QPainter, area: QRect) -> None:
        """Put it into the lower right corner of ``area``."""
        inset = EDGE - EDGE // 3
        painter.drawPixmap(QPointF(area.width() - WIDTH - inset, area.height() - HEIGHT - inset), self._drawn)


def _draw_bar(painter: QPainter, sprites: Sprites, scale: float, bottom: float, colours: MapColours) -> None:
    metres, length = scale_bar(1 / scale, LONGEST)
    right = WIDTH - EDGE // 3
    left, base = right - round(length), round(bottom)
    bar = QRectF(left, base - 1, right - left, 1)
    ends = [QRectF(left, base - TICK, 1, TICK), QRectF(right - 1, base - TICK, 1, TICK)]
    painter.setPen(QPen(QColor(colours.background), 2))
    for part in (bar, *ends):
        painter.drawRect(part)
    painter.setPen(Qt.PenStyle.NoPen)
    for part in (bar, *ends):
        painter.fillRect(part, QColor(colours.muted))
    text = sprites.grid(distance(metres))
    _put(painter, text, right - text.body[0], base - TICK - text.body[1])


def distance(metres: float) -> str:
    """A round length in words."""
    if metres >= 1000:
        return say("map.scale.kilometres", length=f"{metres / 1000:g}")
    return say("map.scale.metres", length=f"{metres:g}")


def _put(painter: QPainter, sprite: Sprite, left: float, top: float) -> None:
    around = QPointF((sprite.width - sprite.body[0]) / 2, (sprite.height - sprite.body[1]) / 2)
    painter.drawPixmap(QPointF(left, top) - around, sprite.pixmap)
