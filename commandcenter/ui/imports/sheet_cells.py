"""The cells of a sheet as they are painted and corrected, and what is to be said of each."""

from functools import cache
from typing import Any

from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPolygon
from PySide6.QtWidgets import QAbstractItemView, QLineEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from commandcenter.ui.core import theme
from commandcenter.ui.core.rowpaint import paint_text
from commandcenter.ui.core.rowtable import Index
from commandcenter.ui.core.tips import tip
from commandcenter.ui.imports import words
from commandcenter.ui.imports.sheet_headers import NOTHING
from commandcenter.ui.imports.sheet_model import SheetModel, SheetRole

_SELECTED = QStyle.StateFlag.State_Selected
_MARKS = {"refused": "overdue", "repaired": "near", "note": "muted"}


class SheetCells(QStyledItemDelegate):
    """Paints a cell: tint of its column, mark of its problems, faint where the row is left out."""

    def __init__(self, view: Any) -> None:
        super().__init__(view)
        self._view = view

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Qt: one cell."""
        look = theme.current()
        rect: QRect = option.rect
        left = str(index.data(SheetRole.LEFT) or "")
        mark = index.data(SheetRole.MARK)
        painter.save()
        painter.fillRect(rect, self._ground(index, left, mark))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, look.colour("line"))
        painter.fillRect(rect.right(), rect.top(), 1, rect.height(), look.colour("line"))
        self._paint_text(painter, rect, index, left)
        if mark is not None:
            _paint_corner(painter, rect, look.colour(_MARKS[mark]))
        if index.data(SheetRole.IS_CHANGED):
            painter.fillRect(rect.left(), rect.top() + look.px(3), look.px(3), rect.height() - look.px(7),
                             look.colour("accent"))  # fmt: skip
        self._paint_frame(painter, rect, option, index)
        painter.restore()

    def _ground(self, index: Index, left: str, mark: str | None) -> QColor:
        look = theme.current()
        if left:
            return look.colour("surface_2")
        if mark in ("refused", "repaired"):
            return look.colour("overdue_soft" if mark == "refused" else "near_soft")
        kind = self._view.meanings.get(index.column(), NOTHING).kind
        return _tint(look.surface, look.accent_soft) if kind in ("field", "required") else look.colour("surface")

    def _paint_text(self, painter: QPainter, rect: QRect, index: Index, left: str) -> None:
        look = theme.current()
        gap = look.space(2)
        inner = rect.adjusted(gap, 0, -gap, 0)
        kind = self._view.meanings.get(index.column(), NOTHING).kind
        quiet = bool(left) or kind in ("none", "sensitive", "denied") or index.data(SheetRole.IS_FILLED)
        token = "muted" if quiet else "text"
        strong = bool(index.data(SheetRole.IS_FIXED)) or left == words.HEADING_ROW
        text = str(index.data() or "").replace("\n", " ")
        width = paint_text(painter, inner, text, token=token, pixels=look.sizes.caption, is_strong=strong)
        if left and index.column() == 0 and left != words.HEADING_ROW and self._is_spanned(index):
            rest = inner.adjusted(width + gap * 2, 0, 0, 0)
            paint_text(painter, rest, words.left_reason(left), token="muted", pixels=look.sizes.caption,
                       align=Qt.AlignmentFlag.AlignRight)  # fmt: skip

    def _is_spanned(self, index: Index) -> bool:
        return bool(self._view.columnSpan(index.row(), index.column()) > 1)

    def _paint_frame(self, painter: QPainter, rect: QRect, option: QStyleOptionViewItem, index: Index) -> None:
        look = theme.current()
        state: Any = option.state
        is_current = self._view.currentIndex() == index
        if not (state & _SELECTED or is_current):
            return
        token = "accent" if is_current or self._view.has_keys() else "control"
        painter.setPen(look.colour(token))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(rect.adjusted(0, 0, -1, -1))
        if is_current:
            painter.drawRect(rect.adjusted(1, 1, -2, -2))

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        """Qt: a line in place of the cell."""
        editor = QLineEdit(parent)
        editor.setObjectName("imports.cell")
        editor.setFont(self._view.cell_font())
        editor.setStyleSheet("padding: 0 4px; min-height: 0; border-radius: 0;")
        editor.setAccessibleName(self._view.sheet.page.columns[index.column()])
        return editor

    def helpEvent(self, event: Any, view: QAbstractItemView, option: QStyleOptionViewItem, index: Index) -> bool:
        """Qt: what was found in the cell, in words."""
        if event.type() == QEvent.Type.ToolTip and index.isValid():
            lines = cell_words(self._view.sheet, index.row(), index.column())
            view.setToolTip(tip("\n".join(lines)))
        return bool(super().helpEvent(event, view, option, index))


@cache
def _tint(ground: str, tint: str) -> QColor:
    """Half of a tint over a ground: a column is recognised at a glance, and problems still stand out."""
    one, other = QColor(ground), QColor(tint)
    return QColor((one.red() + other.red()) // 2, (one.green() + other.green()) // 2, (one.blue() + other.blue()) // 2)


def cell_words(sheet: SheetModel, row: int, column: int) -> list[str]:
    """Everything that is to be said of a cell: why its row is left out, what was found in it and in its row."""
    code = sheet.left_code(row)
    lines = [words.left_reason(code)] if code else []
    lines += [words.sentence(each) for each in (*sheet.problems_at(row, column), *sheet.problems_at(row, -1))]
    reason = sheet.page.filled.get((sheet.number_at(row), column))
    return [*lines, words.filled_reason(reason)] if reason else lines


def _paint_corner(painter: QPainter, rect: QRect, colour: QColor) -> None:
    """A triangle in the upper right corner, as Excel marks a cell with a remark."""
    size = theme.current().px(7)
    corner = rect.topRight()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawPolygon(QPolygon([corner, corner - QPoint(size, 0), corner + QPoint(0, size)]))
