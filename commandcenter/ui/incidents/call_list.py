"""The list of people to call; the cursor stands on whoever is next."""

from collections.abc import Callable, Sequence
from datetime import datetime

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QContextMenuEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from commandcenter.ui.core.cardlist import CardList
from commandcenter.ui.core.columns import Column
from commandcenter.ui.core.rowtable import RowTable
from commandcenter.ui.core.viewstate import Empty
from commandcenter.ui.incidents.call_delegate import CallDelegate
from commandcenter.ui.incidents.call_rows import CallRow


def call_model(now: Callable[[], datetime]) -> RowTable[CallRow]:
    """The model: people stand in the order in which the presenter put them."""

    def spoken(row: CallRow, _ctx: object) -> str:
        return row.sentence(now())

    column: Column[CallRow] = Column("card", "incidents.calls.title", spoken, live=True, stretch=True, fixed=True)
    return RowTable([column], key=lambda row: row.id, order=lambda row: row.place)


class CallList(CardList):
    """People on the call list of one incident.

    Signals: ``menu_wanted(call id, global position)`` for the results without a key.
    """

    menu_wanted = Signal(str, QPoint)

    def __init__(self, now: Callable[[], datetime], parent: QWidget | None = None) -> None:
        self._look = CallDelegate(now)
        super().__init__(call_model(now), self._look, empty=EMPTY, parent=parent)
        self.table.setParent(self)
        self._incident: str | None = None
        self._following: str | None = None

    def show_rows(self, incident: str, rows: Sequence[CallRow]) -> None:
        """Show the list of an incident; the cursor follows whose turn it is unless the officer moved it."""
        following = next((row.id for row in rows if row.is_next), None)
        is_new = incident != self._incident
        moved = self.chosen() not in (None, self._following) and not is_new
        if is_new:
            self._incident = incident
            self.table.reset(rows)
        else:
            self._update(rows)
        self._fit()
        if is_new or (following is not None and not moved):
            self.choose(following)
        self._following = following

    def _update(self, rows: Sequence[CallRow]) -> None:
        wanted = {row.id for row in rows}
        self.table.remove([id for id in self.table.ids() if id not in wanted])
        self.table.upsert(row for row in rows if self.table.row(row.id) != row)

    def follow(self) -> None:
        """Put the cursor back on whoever is next. When it is nobody's turn any more, it goes on to whoever was not
        called yet, lest the next result take the place of the last; without anybody it stays."""
        following = self._following or self._not_called_yet()
        if following is not None:
            self.choose(following)

    def _not_called_yet(self) -> str | None:
        ids, here = self.table.ids(), self.chosen()
        start = ids.index(here) + 1 if here in ids else 0
        rows = (self.table.row(id) for id in (*ids[start:], *ids[:start]) if id != here)
        return next((row.id for row in rows if row is not None and row.dot == "waiting"), None)

    def target(self) -> CallRow | None:
        """Whom a result key means: the row under the cursor, else whoever is next."""
        id = self.chosen() or self._following
        return self.table.row(id) if id is not None else None

    def tick(self, _now: object = None) -> None:
        """A second has passed: the times that run are painted anew."""
        if not self.isVisible():
            return
        for place, row in enumerate(self.table.shown_rows()):
            if row.ended is None:
                rect = self.visualRect(self.table.index(place, 0))
                self.viewport().update(self._look.live_rect(rect))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: one line per person when there is room, or when two each would hide people."""
        self._fit()
        super().resizeEvent(event)

    def _fit(self) -> None:
        look, room = self._look, self.viewport().size()
        wide = look.is_wide_at(room.width())
        dense = not wide and look.is_dense_at(room.width(), room.height(), self.table.rowCount())
        if (wide, dense) != (look.is_wide, look.is_dense):
            look.is_wide, look.is_dense = wide, dense
            self.scheduleDelayedItemsLayout()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Qt: the results without a key."""
        index = self.indexAt(event.pos())
        if index.isValid():
            self.menu_wanted.emit(self.table.id_at(index.row()), event.globalPos())


EMPTY = Empty("incidents.calls.empty", "incidents.calls.empty.hint", "phone")
