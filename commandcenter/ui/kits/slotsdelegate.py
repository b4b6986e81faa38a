"""The cell of the list in which the places of a kit stand as signs."""

from typing import Any

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from commandcenter.ui.core import theme
from commandcenter.ui.core.rowpaint import RowDelegate, paint_ground
from commandcenter.ui.core.rowtable import Index, Role
from commandcenter.ui.kits.marks import characters, paint_sign, sign_rect
from commandcenter.ui.kits.rows import Line

_SELECTED = QStyle.StateFlag.State_Selected


class SlotsDelegate(RowDelegate):
    """The places of a kit as signs; words for what has none."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Qt: one cell."""
        line: Line = index.data(Role.ROW)
        if line.kit is None:
            super().paint(painter, option, index)
            return
        state: Any = option.state
        area: QRect = option.rect
        view: Any = option.widget
        painter.save()
        paint_ground(painter, area, is_selected=bool(state & _SELECTED), is_hovered=view.hovered_row == index.row(),
                     has_focus=view.has_keys(), is_first=view.first_column == index.column())  # fmt: skip
        painter.setClipRect(area)
        signs = characters([each.article for each in line.items])
        for place, item in enumerate(line.items):
            rect = sign_rect(area.left() + theme.current().space(2), area, place)
            paint_sign(painter, rect, item.state, signs[item.article.id])
        painter.restore()
