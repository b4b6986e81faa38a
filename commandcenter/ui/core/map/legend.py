"""The legend: every fill and sign in use, in one card that collapses to a key."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFocusEvent, QFont, QFontMetricsF, QImage, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QAbstractButton, QWidget

from commandcenter.base.texts import say
from commandcenter.ui.core.map.model import LegendEntry, MapColours
from commandcenter.ui.core.map.palette import Style, emergency_style, fill_style, plain_style, rgb
from commandcenter.ui.core.map.raster import Window, pattern_bits
from commandcenter.ui.core.map.sprites import Sprites
from commandcenter.ui.core.map.teeth import tally_plate, tooth_row
from commandcenter.ui.core.tips import tip

PAD, ROW, SWATCH, GAP, TITLE = 12, 24, QSize(24, 14), 10, 30


class Legend(QAbstractButton):
    """Checked means open. The picture of it is kept, because the map under it repaints at every step of a pan."""

    def __init__(self, parent: QWidget, colours: MapColours) -> None:
        super().__init__(parent)
        self.setObjectName("map.legend")
        self.setCheckable(True)
        self.setChecked(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._colours = colours
        self._entries: tuple[LegendEntry, ...] = ()
        self._drawn: QPixmap | None = None
        self._ringed = False
        self.toggled.connect(self._toggled)
        self.retranslate()

    @property
    def entries(self) -> tuple[LegendEntry, ...]:
        """The lines shown, from top to bottom."""
        return self._entries

    def set_entries(self, entries: Sequence[LegendEntry]) -> None:
        """Show these lines."""
        self._entries = tuple(entries)
        self._changed()

    def set_colours(self, colours: MapColours) -> None:
        """Switch the theme."""
        self._colours = colours
        self._changed()

    def retranslate(self) -> None:
        """Take the texts of the present language."""
        self.setAccessibleName(say("map.legend.title"))
        self.setToolTip(tip(say("map.legend.collapse" if self.isChecked() else "map.legend.expand")))
        self._changed()

    def sizeHint(self) -> QSize:
        """As large as its lines; closed, as its title."""
        titled = QFontMetricsF(self._font(True)).horizontalAdvance(say("map.legend.title")) + 2 * PAD + 16
        if not self.isChecked():
            return QSize(round(titled), TITLE)
        metrics = QFontMetricsF(self._font(False))
        widest = max((metrics.horizontalAdvance(entry.label) for entry in self._entries), default=0.0)
        width = max(titled + 16, widest + SWATCH.width() + GAP + 2 * PAD)
        return QSize(round(width), TITLE + ROW * len(self._entries) + (8 if self._entries else 0))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Blit the kept picture; the focus ring is drawn fresh."""
        ratio = self.devicePixelRatioF()
        if self._drawn is None or self._drawn.devicePixelRatio() != ratio:
            self._drawn = self._draw(ratio)
        with QPainter(self) as painter:
            painter.drawPixmap(0, 0, self._drawn)
            if self._ringed:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.setPen(QPen(QColor(self._colours.accent), 2))
                painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 8, 8)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Keys brought the focus here: show it; a click needs no ring."""
        self._ringed = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The focus has gone on."""
        self._ringed = False
        super().focusOutEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """A new font needs a new picture."""
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.ApplicationFontChange):
            self._changed()
        super().changeEvent(event)

    def _toggled(self) -> None:
        self.retranslate()

    def _changed(self) -> None:
        self._drawn = None
        bottom = self.geometry().bottom()
        self.resize(self.sizeHint())
        self.move(self.x(), bottom - self.height() + 1)
        self.update()

    def _font(self, bold: bool) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(12 if not bold else 13)
        font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
        return font

    def _draw(self, ratio: float) -> QPixmap:
        pixmap = QPixmap(round(self.width() * ratio), round(self.height() * ratio))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        with QPainter(pixmap) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            surface = QColor(self._colours.surface)
            surface.setAlphaF(0.94)
            painter.setPen(QPen(QColor(self._colours.line), 1))
            painter.setBrush(surface)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
            self._draw_title(painter)
            if self.isChecked():
                for n, entry in enumerate(self._entries):
                    self._draw_entry(painter, entry, TITLE + n * ROW, ratio)
        return pixmap

    def _draw_title(self, painter: QPainter) -> None:
        painter.setFont(self._font(True))
        painter.setPen(QColor(self._colours.text))
        where = QRectF(PAD, 0, self.width() - 2 * PAD, TITLE)
        painter.drawText(where, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, say("map.legend.title"))
        x, y = self.width() - PAD - 5.0, TITLE / 2
        tip = 2.5 if self.isChecked() else -2.5
        painter.setPen(QPen(QColor(self._colours.muted), 1.5))
        painter.drawPolyline([QPointF(x - 4.5, y - tip), QPointF(x, y + tip), QPointF(x + 4.5, y - tip)])

    def _draw_entry(self, painter: QPainter, entry: LegendEntry, top: int, ratio: float) -> None:
        middle = QPointF(PAD + SWATCH.width() / 2, top + ROW / 2)
        if entry.symbol in ("dedicated", "marker"):
            self._draw_sign(painter, entry, middle, ratio)
        elif entry.symbol in ("teeth", "gap", "tally", "overdue_tally"):
            is_tally = entry.symbol.endswith("tally")
            image = (
                tally_plate((2, 0, 0, entry.symbol != "tally"), self._colours, ratio) if is_tally
                else tooth_row((True, entry.symbol == "teeth", True), self._colours, ratio)
            )  # fmt: skip
            painter.drawImage(QPointF(middle.x() - image.width() / ratio / 2, middle.y() - image.height() / ratio / 2),
                              image)  # fmt: skip
        else:
            image = swatch(self._style(entry), SWATCH, ratio)
            painter.drawImage(QPointF(PAD, top + (ROW - SWATCH.height()) / 2), image)
        painter.setFont(self._font(False))
        painter.setPen(QColor(self._colours.text))
        left = PAD + SWATCH.width() + GAP
        where = QRectF(left, top, self.width() - left, ROW)
        painter.drawText(where, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, entry.label)

    def _draw_sign(self, painter: QPainter, entry: LegendEntry, middle: QPointF, ratio: float) -> None:
        sprites = Sprites(self._colours, self.font(), ratio)
        sprite = sprites.square(entry.character)
        painter.drawPixmap(middle - QPointF(sprite.width / 2, sprite.height / 2), sprite.pixmap)

    def _style(self, entry: LegendEntry) -> Style:
        if entry.fill is not None:
            return fill_style(entry.fill, self._colours)
        tone = self._colours.tones[0]
        return emergency_style(tone, self._colours) if entry.symbol == "emergency" else plain_style(tone, self._colours)


def swatch(style: Style, size: QSize, ratio: float) -> QImage:
    """A sample of a style, drawn with the same table and patterns as the map."""
    width, height = round(size.width() * ratio), round(size.height() * ratio)
    pixels = style.block()[pattern_bits(Window(1.0, 0, 0, width, height, ratio))].reshape(height, width)
    rim, red_green_blue = round((2 if style.edge else 1) * ratio), rgb(style.edge or style.line).astype(np.uint32)
    colour = 0xFF000000 | red_green_blue[0] << 16 | red_green_blue[1] << 8 | red_green_blue[2]
    pixels[:rim], pixels[-rim:], pixels[:, :rim], pixels[:, -rim:] = colour, colour, colour, colour
    image = QImage(pixels.tobytes(), width, height, width * 4, QImage.Format.Format_RGB32).copy()
    image.setDevicePixelRatio(ratio)
    return image
