"""A list of cards over a RowTable: the queue and its kin. The feature brings the delegate that paints a card."""

from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyledItemDelegate, QWidget

from commandcenter.ui.core.rowkeeper import RowKeeper, id_of
from commandcenter.ui.core.rowpaint import StripRoom, paint_state
from commandcenter.ui.core.rowtable import Index, RowTable
from commandcenter.ui.core.viewstate import FILTERED, READY, Empty, ViewState


class CardList(QListView):
    """Shows each row of a RowTable as a card.

    Signals: ``picked(id or None)`` when a person selects; ``opened(id)`` on Enter or a double click.
    """

    picked = Signal(object)
    opened = Signal(str)

    def __init__(self, table: RowTable[Any], delegate: QStyledItemDelegate, *, empty: Empty = Empty(),  # noqa: B008
                 parent: QWidget | None = None) -> None:  # fmt: skip
        super().__init__(parent)
        self.table = table
        self._empty = empty
        self._state = READY
        self.keys_come_from: QWidget | None = None
        """A line edit whose arrows move the selection here."""
        delegate.setParent(self)
        self.setItemDelegate(delegate)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setMouseTracking(True)
        self.keeper = RowKeeper(self, table)
        self.keeper.picked.connect(self.picked)
        self._room = StripRoom(self, self._content_height)
        self.doubleClicked.connect(self._open)

    def set_state(self, state: ViewState) -> None:
        """Say that the rows are being read, old or unreadable."""
        if state != self._state:
            self._state = state
            self._room.set_open(state.has_strip)
            self.viewport().update()

    def set_empty(self, empty: Empty) -> None:
        """What to say when there are no rows."""
        self._empty = empty
        self.viewport().update()

    def choose(self, id: str | None, *, show: bool = True) -> None:
        """Select a row without ``picked``."""
        self.keeper.choose(id, show=show)

    def chosen(self) -> str | None:
        """The id of the selected row, or None."""
        return self.keeper.chosen[-1] if self.keeper.chosen else None

    def tick(self, _now: object = None) -> None:
        """A second has passed: what depends on it is painted anew in the cards in sight (``live_rect`` of the
        delegate says where in a card that is)."""
        if not self.isVisible():
            return
        part = getattr(self.itemDelegate(), "live_rect", None)
        index = self.indexAt(self.viewport().rect().topLeft())
        while index.isValid() and (rect := self.visualRect(index)).top() <= self.viewport().height():
            self.viewport().update(part(rect) if part else rect)
            index = index.siblingAtRow(index.row() + 1)

    def has_keys(self) -> bool:
        """Whether the selection is painted as the one that the keys move."""
        return self.hasFocus() or (self.keys_come_from is not None and self.keys_come_from.hasFocus())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt: the cards, then what must be said of them."""
        super().paintEvent(event)
        empty = None
        if self.table.rowCount() == 0:
            empty = FILTERED if self.table.is_filtered and len(self.table) else self._empty
        painter = QPainter(self.viewport())
        paint_state(self, painter, self.viewport().rect(), self._state, empty)
        painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: Enter opens."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._open(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Qt: the language or the look changed."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.LanguageChange, QEvent.Type.StyleChange):
            self.scheduleDelayedItemsLayout()
            self.viewport().update()

    def _content_height(self) -> int:
        rows = self.table.rowCount()
        return rows * self.sizeHintForRow(0) if rows else 0

    def _open(self, index: Index) -> None:
        id = id_of(index)
        if id is not None:
            self.opened.emit(id)
