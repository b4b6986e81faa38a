"""The map's own small print: scale bar and caption at the lower right."""

from PySide6.QtCore import QPointF, QRect
from PySide6.QtGui import QColor, QPainter, QPen

from commandcenter.base.texts import say
from commandcenter.rules.maps import scale_bar
from commandcenter.ui.core.map.model import MapColours
from commandcenter.ui.core.map.sprites import Sprite, Sprites

EDGE, LONGEST, TICK = 18, 140, 5


def draw_furniture(
    painter: QPainter, sprites: Sprites, area: QRect, caption: str, scale: float | None, colours: MapColours
) -> None:
    """``scale`` in pixels a metre; None where distances mean nothing."""
    bottom = area.height() - EDGE
    if caption:
        sprite = sprites.grid(caption)
        _put(painter, sprite, area.width() - EDGE - sprite.body[0], bottom - sprite.body[1])
        bottom -= round(sprite.body[1]) + 8
    if scale is not None:
        metres, length = scale_bar(1 / scale, LONGEST)
        left, right = area.width() - EDGE - round(length), area.width() - EDGE
        corners = [
            QPointF(left + 0.5, bottom - TICK + 0.5),
            QPointF(left + 0.5, bottom + 0.5),
            QPointF(right + 0.5, bottom + 0.5),
            QPointF(right + 0.5, bottom - TICK + 0.5),
        ]
        for colour, width in ((colours.background, 3.0), (colours.muted, 1.0)):
            painter.setPen(QPen(QColor(colour), width))
            painter.drawPolyline(corners)
        text = sprites.grid(distance(metres))
        _put(painter, text, right - text.body[0], bottom - TICK - text.body[1])


def distance(metres: float) -> str:
    """A round length in words."""
    if metres >= 1000:
        return say("map.scale.kilometres", length=f"{metres / 1000:g}")
    return say("map.scale.metres", length=f"{metres:g}")


def _put(painter: QPainter, sprite: Sprite, left: float, top: float) -> None:
    around = QPointF((sprite.width - sprite.body[0]) / 2, (sprite.height - sprite.body[1]) / 2)
    painter.drawPixmap(QPointF(left, top) - around, sprite.pixmap)
