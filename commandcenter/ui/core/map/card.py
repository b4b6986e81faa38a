"""The hover card: a few lines about what lies under the pointer; never in the way of a click."""

import math
from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from commandcenter.ui.core.map.model import MapColours

PAD, LINE, WIDEST, AWAY = 10, 20, 340, 16


class HoverCard(QWidget):
    """First line as heading, the rest quieter; lines that are too long are cut with an ellipsis."""

    def __init__(self, parent: QWidget, colours: MapColours) -> None:
        super().__init__(parent)
        self.setObjectName("map.hover_card")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._colours = colours
        self._lines: tuple[str, ...] = ()
        self.hide()

    @property
    def lines(self) -> tuple[str, ...]:
        """What it says."""
        return self._lines

    def set_colours(self, colours: MapColours) -> None:
        """Switch the theme."""
        self._colours = colours
        self.update()

    def show_lines(self, lines: Sequence[str], pointer: QPoint) -> None:
        """Show ``lines`` beside the pointer, inside the parent; nothing to say hides the card."""
        self._lines = tuple(lines)
        if not self._lines:
            self.hide()
            return
        self.resize(self.sizeHint())
        self.follow(pointer)
        self.update()
        self.raise_()
        self.show()

    def follow(self, pointer: QPoint) -> None:
        """Stay beside the pointer, on its other side where there is no room."""
        parent = self.parentWidget()
        if parent is None:
            return
        area = parent.size()
        x, y = pointer.x() + AWAY, pointer.y() + AWAY
        if x + self.width() > area.width():
            x = pointer.x() - AWAY - self.width()
        if y + self.height() > area.height():
            y = pointer.y() - AWAY - self.height()
        self.move(max(x, 4), max(y, 4))

    def sizeHint(self) -> QSize:
        """As wide as the longest line, within limits."""
        widths = [QFontMetricsF(self._font(n)).horizontalAdvance(line) for n, line in enumerate(self._lines)]
        return QSize(
            min(math.ceil(max(widths, default=0.0)) + 2 * PAD + 2, WIDEST), LINE * len(self._lines) + 2 * PAD - 6
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the card."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(self._colours.line), 1))
            painter.setBrush(QColor(self._colours.surface))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
            for n, line in enumerate(self._lines):
                font = self._font(n)
                painter.setFont(font)
                painter.setPen(QColor(self._colours.text if n == 0 else self._colours.muted))
                where = QRectF(PAD, PAD - 3 + n * LINE, self.width() - 2 * PAD, LINE)
                cut = QFontMetricsF(font).elidedText(line, Qt.TextElideMode.ElideRight, where.width())
                painter.drawText(where, Qt.AlignmentFlag.AlignVCenter, cut)

    def _font(self, line: int) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(13)
        font.setWeight(QFont.Weight.DemiBold if line == 0 else QFont.Weight.Normal)
        return font
