"""Small drawings that rows share: the urgency mark, the strip of three limits, the dot of a call, a key cap."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from commandcenter.rules.incidents import Segment, Timer, Urgency
from commandcenter.ui.core import fonts
from commandcenter.ui.core.theme import Theme
from commandcenter.ui.incidents.call_rows import Dot

LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
CENTRE = Qt.AlignmentFlag.AlignCenter

_TIMERS: dict[Timer, str] = {"in_time": "ok", "done": "ok", "near": "near", "over": "overdue", "late": "overdue"}
_DOTS: dict[Dot, str] = {"answered": "ok", "ringing": "accent", "waiting": "muted", "failed": "near", "out": "disabled"}


@dataclass(frozen=True, slots=True)
class Ink:
    """How a piece of text is drawn."""

    font: QFont
    colour: QColor

    def width(self, text: str) -> float:
        """Its length in px."""
        return QFontMetricsF(self.font).horizontalAdvance(text)


def ink(theme: Theme, colour: str = "text", size: int | None = None, weight: QFont.Weight = fonts.NORMAL) -> Ink:
    """Ink by the names of tokens; ``size`` in px at 100 %, the body's by default."""
    return Ink(fonts.font(theme.px(size or theme.sizes.body), weight), theme.colour(colour))


def write(painter: QPainter, rect: QRectF, text: str, how: Ink, align: Qt.AlignmentFlag = LEFT) -> None:
    """One line of text, shortened with an ellipsis where it does not fit."""
    painter.setFont(how.font)
    painter.setPen(how.colour)
    metrics = QFontMetricsF(how.font)
    painter.drawText(rect, align, metrics.elidedText(text, Qt.TextElideMode.ElideRight, rect.width()))


def urgency_mark(painter: QPainter, rect: QRectF, mark: str, urgency: Urgency, theme: Theme) -> None:
    """A plain rounded square with its character: filled with the text's own colour when critical, outlined for
    urgent, quiet for routine. No alert level looks like it."""
    colours = {
        "critical": (theme.text, theme.text, theme.surface),
        "urgent": (theme.surface_2, theme.text, theme.text),
        "routine": (theme.surface_2, theme.line, theme.muted),
    }
    fill, edge, character = (QColor(each) for each in colours[urgency])
    painter.setPen(QPen(edge, 1.5))
    painter.setBrush(fill)
    painter.drawRoundedRect(rect.adjusted(0.75, 0.75, -0.75, -0.75), theme.px(5), theme.px(5))
    painter.setFont(fonts.font(round(rect.height() * 0.56), fonts.BOLD))
    painter.setPen(character)
    painter.drawText(rect, CENTRE, mark)


def strip(painter: QPainter, rect: QRectF, segments: Sequence[Segment], theme: Theme) -> None:
    """The limits of a critical incident side by side, each filled as far as its time went."""
    gap = theme.px(3)
    width = (rect.width() - gap * (len(segments) - 1)) / len(segments)
    painter.setPen(Qt.PenStyle.NoPen)
    for place, segment in enumerate(segments):
        cell = QRectF(rect.left() + place * (width + gap), rect.top(), width, rect.height())
        painter.setBrush(theme.colour("control"))
        painter.setOpacity(0.45)
        painter.drawRoundedRect(cell, 1.5, 1.5)
        painter.setOpacity(1.0)
        if segment.filled > 0:
            cell.setWidth(max(width * segment.filled, rect.height()))
            painter.setBrush(theme.colour(_TIMERS[segment.timer]))
            painter.drawRoundedRect(cell, 1.5, 1.5)


def dot(painter: QPainter, middle: QPointF, kind: Dot, theme: Theme) -> None:
    """Filled when answered, a ring while waiting, a ring with a point while it rings, a stroke when there is no use."""
    radius = theme.px(4.5)
    colour = theme.colour(_DOTS[kind])
    painter.setPen(QPen(colour, theme.px(2)))
    painter.setBrush(colour if kind == "answered" else Qt.BrushStyle.NoBrush)
    if kind == "out":
        painter.drawLine(QPointF(middle.x() - radius, middle.y()), QPointF(middle.x() + radius, middle.y()))
        return
    painter.drawEllipse(middle, radius, radius)
    if kind == "ringing":
        painter.setBrush(colour)
        painter.drawEllipse(middle, 1, 1)


def hairline(painter: QPainter, rect: QRectF, theme: Theme) -> None:
    """A line of one px along the foot of a row."""
    painter.fillRect(QRectF(rect.left(), rect.bottom() - 1, rect.width(), 1), theme.colour("line"))
