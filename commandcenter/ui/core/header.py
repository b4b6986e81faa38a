"""The header of a table: quiet titles in line with their values, the arrow on the side where there is room."""

from typing import Any

from PySide6.QtCore import QEvent, QRect, Qt
from PySide6.QtGui import QHelpEvent, QPainter
from PySide6.QtWidgets import QHeaderView, QToolTip, QWidget

from commandcenter.ui.core import fonts, theme
from commandcenter.ui.core.tips import tip

_RIGHT = Qt.AlignmentFlag.AlignRight


class Header(QHeaderView):
    """Paints its sections itself, because a style sheet puts the arrow over right-aligned titles."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setHighlightSections(False)
        self.setSectionsMovable(True)
        self.setSectionsClickable(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setMouseTracking(True)

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:
        """Qt: one title."""
        look = theme.current()
        is_sorted = self.isSortIndicatorShown() and self.sortIndicatorSection() == logicalIndex
        painter.save()
        painter.fillRect(rect, look.colour("surface"))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, look.colour("line"))
        painter.setFont(fonts.font(look.px(look.sizes.body)))
        painter.setPen(look.colour("text" if is_sorted else "muted"))
        words, align = self._words(logicalIndex)
        inner = rect.adjusted(look.space(2), 0, -look.space(2), 0)
        room, pixels = inner.width() - (look.px(14) if is_sorted else 0), look.px(look.sizes.body)
        shown = fonts.fitted(words, max(0, room), pixels)
        painter.drawText(inner, int(align), shown)
        if is_sorted:
            self._paint_arrow(painter, inner, fonts.width_of(shown, pixels), bool(align & _RIGHT))
        painter.restore()

    def viewportEvent(self, event: QEvent) -> bool:
        """Qt: a title that is cut is whole in its tooltip."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            section = self.logicalIndexAt(event.pos())
            words = self._words(section)[0] if section >= 0 else ""
            look = theme.current()
            wide = fonts.width_of(words, look.px(look.sizes.body))
            is_cut = section >= 0 and wide > self.sectionSize(section) - 2 * look.space(2)
            QToolTip.showText(event.globalPos(), tip(words if is_cut else ""), self)
            return True
        return super().viewportEvent(event)

    def _words(self, section: int) -> tuple[str, Qt.AlignmentFlag]:
        model: Any = self.model()
        words = model.headerData(section, Qt.Orientation.Horizontal, Qt.ItemDataRole.DisplayRole)
        align = model.headerData(section, Qt.Orientation.Horizontal, Qt.ItemDataRole.TextAlignmentRole)
        return str(words or ""), Qt.AlignmentFlag(align or Qt.AlignmentFlag.AlignVCenter)

    def _paint_arrow(self, painter: QPainter, inner: QRect, width: int, is_right: bool) -> None:
        look = theme.current()
        reach = look.px(3)
        middle = inner.right() - width - look.px(9) if is_right else inner.left() + width + look.px(9)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = painter.pen()
        pen.setWidthF(1.5 * look.scale)
        painter.setPen(pen)
        up = -1 if self.sortIndicatorOrder() == Qt.SortOrder.AscendingOrder else 1
        centre = inner.center().y()
        tip, foot = centre + up * reach // 2, centre - up * reach // 2
        painter.drawLine(middle - reach, foot, middle, tip)
        painter.drawLine(middle, tip, middle + reach, foot)
