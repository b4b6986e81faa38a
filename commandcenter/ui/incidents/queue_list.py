"""The list of the queue: rows come and go under the eye while selection and scroll stay where they are."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QItemSelectionModel, QPoint, QRect, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from commandcenter.rules.incidents import Limits, Queue
from commandcenter.ui.core.cardlist import CardList
from commandcenter.ui.core.columns import Column
from commandcenter.ui.core.rowtable import RowTable
from commandcenter.ui.core.viewstate import Empty
from commandcenter.ui.incidents.queue_delegate import Display, QueueDelegate
from commandcenter.ui.incidents.rows import QueueFilter, QueueRow

_ARROWS = (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Home)
_SELECT = QItemSelectionModel.SelectionFlag.ClearAndSelect
Moment = Callable[[], tuple[datetime, Limits]]


def queue_model(moment: Moment, parent: QWidget | None = None) -> RowTable[QueueRow]:
    """The model: one column whose text is the row read aloud, in the order of urgency and age."""

    def spoken(row: QueueRow, _ctx: object) -> str:
        return row.sentence(moment()[0])

    column: Column[QueueRow] = Column("card", "incidents.queue.title", spoken, live=True, stretch=True, fixed=True)
    return RowTable([column], key=lambda row: row.id, order=lambda row: row.order, parent=parent)


class QueueList(CardList):
    """The rows of one tab."""

    def __init__(self, moment: Moment, parent: QWidget | None = None) -> None:
        self.look = QueueDelegate(moment)
        super().__init__(queue_model(moment), self.look, parent=parent)
        self.table.setParent(self)

    def show_tab(self, wanted: QueueFilter) -> None:
        """Show what the tab and the filters let through, and say what an empty tab means."""
        self.table.set_filter(wanted.lets)
        self.set_empty(_empty(wanted.queue, wanted.narrows))

    def set_display(self, display: Display) -> None:
        """Change density and columns."""
        self.look.display = display
        self.scheduleDelayedItemsLayout()
        self.viewport().update()

    def set_unacknowledged(self, ids: frozenset[str]) -> None:
        """Mark the rows that still sound."""
        self.look.unacknowledged = ids
        self.viewport().update()

    def tick(self, _now: object = None) -> None:
        """A second has passed: the ages in sight are painted anew, nothing else."""
        if self.isVisible():
            for place in self.places_in_sight():
                self.viewport().update(self.live_rect(place))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: while nothing is selected any arrow takes the first row, also when it is the only one."""
        if event.key() in _ARROWS and self.chosen() is None and self.table.rowCount():
            self.setCurrentIndex(self.table.index(0, 0))
            self.selectionModel().select(self.table.index(0, 0), _SELECT)
        else:
            super().keyPressEvent(event)

    def places_in_sight(self) -> range:
        """The places of the rows that can be seen."""
        count = self.table.rowCount()
        if not count:
            return range(0)
        first = self.indexAt(QPoint(1, 0)).row()
        last = self.indexAt(QPoint(1, self.viewport().height() - 1)).row()
        return range(max(first, 0), (last if last >= 0 else count - 1) + 1)

    def live_rect(self, place: int) -> QRect:
        """The part of a row that ages."""
        return self.look.live_rect(self.visualRect(self.table.index(place, 0)))


def _empty(queue: Queue, narrows: bool) -> Empty:
    """An empty tab is good news, a filter that hides everything is not."""
    if narrows:
        return Empty("incidents.queue.filtered", "incidents.queue.filtered.hint", "filter")
    return Empty(f"incidents.queue.empty.{queue}", "incidents.queue.empty.hint", "done")
