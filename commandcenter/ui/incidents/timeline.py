"""The timeline of an incident, newest first: sentences, notes, and struck lines with who struck them."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFont, QFontMetrics, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QListView, QMenu, QStyle, QStyleOptionViewItem, QWidget

from commandcenter.base.texts import say
from commandcenter.ui.core import fonts, theme
from commandcenter.ui.core.cardlist import CardList
from commandcenter.ui.core.columns import Column
from commandcenter.ui.core.rowpaint import CardDelegate
from commandcenter.ui.core.rowtable import Index, Role, RowTable
from commandcenter.ui.core.theme import Theme
from commandcenter.ui.core.viewstate import Empty
from commandcenter.ui.incidents import painting
from commandcenter.ui.incidents.entries import EntryRow

_TIME, _UNDO = 48, 46
_WRAP = Qt.TextFlag.TextWordWrap | Qt.TextFlag.TextWrapAnywhere
_UNDO_CODE = "incidents.entry.undo"


class EntryDelegate(CardDelegate):
    """Paints lines; as high as their words need."""

    shows_undo = True

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Qt: the height at the present width of the list."""
        view: Any = self.parent()
        return QSize(100, self._height(index.data(Role.ROW), view.viewport().width()))

    def _height(self, row: EntryRow, width: int) -> int:
        shown = theme.current()
        room = max(width - shown.px(_TIME + 24 + (_UNDO if row.may_undo else 0)), 80)
        lines = [self._measure(text, room, is_note) for text, is_note in self._texts(row)]
        return sum(lines) + shown.px(12)

    def _texts(self, row: EntryRow) -> list[tuple[str, bool]]:
        """What is written under one another, and whether somebody typed it."""
        found = [(row.sentence, False)] if row.sentence else []
        found += [(row.note, True)] if row.note else []
        tail = " · ".join(part for part in (row.who, row.struck) if part)
        return [*found, (tail, False)] if tail and row.struck else found

    def _measure(self, text: str, width: int, is_note: bool) -> int:
        metrics = QFontMetrics(self._font(is_note))
        return max(metrics.boundingRect(QRect(0, 0, width, 10_000), int(_WRAP), text).height(), metrics.height())

    def _font(self, is_note: bool, is_struck: bool = False) -> QFont:
        font = QFont(fonts.font(theme.current().px(13), fonts.NORMAL))
        font.setStrikeOut(is_struck)
        return font

    def undo_rect(self, row_rect: QRect) -> QRect:
        """Where the line's own button is."""
        shown = theme.current()
        width = shown.px(_UNDO)
        return QRect(row_rect.right() - shown.px(8) - width, row_rect.top() + shown.px(3), width, shown.px(22))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Qt: one line."""
        row: EntryRow = index.data(Role.ROW)
        state: Any = option.state
        rect: QRect = option.rect
        shown = theme.current()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        active = bool(state & (QStyle.StateFlag.State_MouseOver | QStyle.StateFlag.State_Selected))
        if active:
            painter.fillRect(rect, shown.colour("hover"))
        self._paint_row(painter, rect, row, shown)
        if active and row.may_undo and self.shows_undo:
            box = QRectF(self.undo_rect(rect))
            how = painting.ink(shown, "accent", 12, fonts.SEMIBOLD)
            painting.write(painter, box, say(_UNDO_CODE), how, painting.RIGHT)
        painter.restore()

    def _paint_row(self, painter: QPainter, rect: QRect, row: EntryRow, shown: Theme) -> None:
        top = rect.top() + shown.px(6)
        time = QRectF(rect.left() + shown.px(12), top, shown.px(_TIME), shown.px(18))
        painting.write(painter, time, row.time, painting.ink(shown, "muted", 13))
        left = rect.left() + shown.px(12 + _TIME)
        room = rect.right() - left - shown.px(12 + (_UNDO if row.may_undo else 0))
        for text, is_note in self._texts(row):
            tail = bool(row.struck) and text.endswith(row.struck)
            font = self._font(is_note, is_struck=bool(row.struck) and not tail)
            painter.setFont(font)
            painter.setPen(shown.colour("text" if not row.struck else "muted"))
            height = self._measure(text, int(room), is_note)
            painter.drawText(QRectF(left, top, room, height), int(_WRAP), text)
            if is_note and not row.struck:
                edge = QPointF(left - shown.px(7), top + 2)
                painter.fillRect(QRectF(edge.x(), edge.y(), shown.px(2), height - 4), shown.colour("control"))
            top += height


class TimelineList(CardList):
    """The lines of one incident.

    Signals: ``undo_wanted(command id)`` from a line's own button or menu.
    """

    undo_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        column: Column[EntryRow] = Column(
            "entry", "incidents.timeline.title", lambda row, _: row.spoken, stretch=True, fixed=True
        )
        table: RowTable[EntryRow] = RowTable([column], key=lambda row: row.id, order=lambda row: row.order)
        self._look = EntryDelegate()
        super().__init__(table, self._look, empty=EMPTY, parent=parent)
        table.setParent(self)
        self._incident: str | None = None
        self.setUniformItemSizes(False)
        self.setResizeMode(QListView.ResizeMode.Adjust)

    def show_rows(self, incident: str, rows: Sequence[EntryRow]) -> None:
        """Show the lines of an incident."""
        if incident != self._incident:
            self._incident = incident
            self.table.reset(rows)
            self.scrollToTop()
            return
        self.table.upsert(row for row in rows if self.table.row(row.id) != row)

    def set_may_undo(self, may_undo: bool) -> None:
        """Whether this officer takes lines back."""
        self._look.shows_undo = may_undo

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: words wrap at another place."""
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Qt: the button of a line."""
        super().mouseReleaseEvent(event)
        row = self._undoable_at(event.position().toPoint())
        if row is not None and event.button() == Qt.MouseButton.LeftButton:
            rect = self._look.undo_rect(self.visualRect(self.indexAt(event.position().toPoint())))
            if rect.contains(event.position().toPoint()):
                self.undo_wanted.emit(row.command)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Qt: the same by menu, for the keyboard too."""
        row = self._undoable_at(event.pos())
        if row is None:
            return
        menu = QMenu(self)
        chosen = menu.addAction(say(_UNDO_CODE))
        if menu.exec(event.globalPos()) is chosen:
            self.undo_wanted.emit(row.command)
        menu.deleteLater()

    def _undoable_at(self, place: QPoint) -> EntryRow | None:
        index = self.indexAt(place)
        row = index.data(Role.ROW) if index.isValid() and self._look.shows_undo else None
        return row if isinstance(row, EntryRow) and row.may_undo else None


EMPTY = Empty("incidents.timeline.empty", "incidents.timeline.empty.hint", "list")
