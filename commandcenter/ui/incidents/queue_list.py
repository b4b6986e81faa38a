"""The list of the queue: rows come and go under the eye while selection and scroll stay where they are."""

from collections.abc import Callable, Iterable
from datetime import datetime

from PySide6.QtCore import QModelIndex, QPoint, QRect, Qt, Signal, Slot
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from commandcenter.rules.incidents import Limits
from commandcenter.ui.core.columns import Column
from commandcenter.ui.core.rowtable import RowTable
from commandcenter.ui.incidents.queue_delegate import Display, QueueDelegate
from commandcenter.ui.incidents.rows import QueueFilter, QueueRow

Moment = Callable[[], tuple[datetime, Limits]]


def queue_model(moment: Moment, parent: QWidget | None = None) -> RowTable[QueueRow]:
    """The model: one column whose text is the row read aloud, in the order of urgency and age."""

    def spoken(row: QueueRow, _ctx: object) -> str:
        return row.sentence(moment()[0])

    column: Column[QueueRow] = Column("card", "incidents.queue.title", spoken, live=True, stretch=True, fixed=True)
    return RowTable([column], key=lambda row: row.id, order=lambda row: row.order, parent=parent)


class QueueList(QListView):
    """The rows of one tab.

    Signals: ``chosen(id)`` when the officer picks a row by click or key; never because rows moved.
    """

    chosen = Signal(str)

    def __init__(self, moment: Moment, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._moment = moment
        self.rows = queue_model(moment, self)
        self.painter_of_rows = QueueDelegate(moment, self)
        self._is_moving = False
        self._wanted: str | None = None
        self.setModel(self.rows)
        self.setItemDelegate(self.painter_of_rows)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.selectionModel().currentChanged.connect(self._current_changed)

    # --- rows ----------------------------------------------------------------------------------------------------

    def fill(self, rows: Iterable[QueueRow]) -> None:
        """Show these rows instead of all."""
        self._keeping_place(lambda: self.rows.reset(rows))

    def update_rows(self, changed: Iterable[QueueRow], gone: Iterable[str]) -> None:
        """Take changed rows in and let those that ended go."""

        def change() -> None:
            self.rows.remove(gone)
            self.rows.upsert(changed)

        self._keeping_place(change)

    def set_filter(self, wanted: QueueFilter) -> None:
        """Show what the tab and the filters let through."""
        self._keeping_place(lambda: self.rows.set_filter(wanted.lets))

    def set_display(self, display: Display) -> None:
        """Change density and columns."""
        self.painter_of_rows.display = display
        self.scheduleDelayedItemsLayout()
        self.viewport().update()

    def tick(self) -> None:
        """Time has passed: paint what changes by itself, in the rows that can be seen."""
        for place in self.visible_places():
            self.viewport().update(self.live_rect(place))

    def visible_places(self) -> range:
        """The places of the rows that can be seen."""
        count = self.rows.rowCount()
        if not count:
            return range(0)
        first = self.indexAt(QPoint(1, 0)).row()
        last = self.indexAt(QPoint(1, self.viewport().height() - 1)).row()
        return range(max(first, 0), (last if last >= 0 else count - 1) + 1)

    def live_rect(self, place: int) -> QRect:
        """The part of a row that ages."""
        return self.painter_of_rows.live_rect(self.visualRect(self.rows.index(place, 0)))

    # --- selection -----------------------------------------------------------------------------------------------

    def select(self, id: str | None) -> None:
        """Mark a row as selected, wherever it is; a row that is not shown is marked when it comes."""
        self._wanted = id
        self._mark_wanted()
        place = self.rows.place_of(id) if id else None
        if place is not None:
            self.scrollTo(self.rows.index(place, 0))

    @Slot(QModelIndex, QModelIndex)
    def _current_changed(self, current: QModelIndex, _before: QModelIndex) -> None:
        if self._is_moving or not current.isValid():
            return
        self._wanted = self.rows.id_at(current.row())
        self.chosen.emit(self._wanted)

    def _mark_wanted(self) -> None:
        place = self.rows.place_of(self._wanted) if self._wanted else None
        was, self._is_moving = self._is_moving, True
        try:
            if place is None:
                self.selectionModel().clear()
            elif self.currentIndex().row() != place or not self.selectionModel().hasSelection():
                self.setCurrentIndex(self.rows.index(place, 0))
        finally:
            self._is_moving = was

    def _keeping_place(self, change: Callable[[], None]) -> None:
        """Change the rows; afterwards the same row is selected and the same rows are under the eye."""
        bar = self.verticalScrollBar()
        top = self.indexAt(QPoint(1, 1)) if bar.value() > 0 else QModelIndex()
        anchor = self.rows.id_at(top.row()) if top.isValid() else None
        offset = self.visualRect(top).top() if top.isValid() else 0
        self._is_moving, value = True, bar.value()
        try:
            self.setAutoScroll(False)
            change()
        finally:
            self._is_moving = False
        self._mark_wanted()
        bar.setValue(value)
        place = self.rows.place_of(anchor) if anchor else None
        if place is not None:
            self.doItemsLayout()
            bar.setValue(bar.value() + self.visualRect(self.rows.index(place, 0)).top() - offset)
