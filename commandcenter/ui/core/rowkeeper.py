"""Keeps a view where the officer left it while its rows change: selection by id, and what is seen stays put."""

from typing import Any

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QObject, Signal, Slot
from PySide6.QtWidgets import QAbstractItemView

from commandcenter.ui.core.rowtable import Index, Role, RowTable

_ONLY = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows


class RowKeeper(QObject):
    """Ties a view to a RowTable.

    Signals: ``picked(id or None)`` when a person selected another row, never because rows changed.
    """

    picked = Signal(object)

    def __init__(self, view: QAbstractItemView, table: RowTable[Any]) -> None:
        super().__init__(view)
        self._view = view
        self._table = table
        self._chosen: list[str] = []
        self._tops: dict[str, int] = {}
        self._depth = 0
        self.holds_scroll = True
        # Ours must hear of a change before the view does, and of its end after it.
        for before in (table.rowsAboutToBeInserted, table.rowsAboutToBeRemoved, table.layoutAboutToBeChanged,
                       table.modelAboutToBeReset):  # fmt: skip
            before.connect(self._before)
        view.setModel(table)
        for after in (table.rowsInserted, table.rowsRemoved, table.layoutChanged, table.modelReset):
            after.connect(self._after)
        view.selectionModel().selectionChanged.connect(self._selection_changed)

    @property
    def chosen(self) -> list[str]:
        """The ids of the selected rows, the latest last."""
        return list(self._chosen)

    def choose(self, id: str | None, *, show: bool = True) -> None:
        """Select one row, or none, without ``picked`` being heard; ``show`` scrolls it into sight."""
        self._depth += 1
        try:
            self._chosen = [] if id is None else [id]
            self._restore_selection()
            place = None if id is None else self._table.place_of(id)
            if show and place is not None:
                self._view.scrollTo(self._table.index(place, self._column()))
        finally:
            self._depth -= 1

    @Slot()
    def _before(self) -> None:
        self._depth += 1
        if self._depth == 1:
            bar = self._view.verticalScrollBar()
            self._tops = self._seen() if bar.value() > bar.minimum() and self.holds_scroll else {}

    @Slot()
    def _after(self) -> None:
        if self._depth == 1:
            self._restore_selection()
            self._restore_scroll()
        self._depth -= 1

    def _column(self) -> int:
        """A column that is on screen; a hidden one has no place to scroll to."""
        return int(getattr(self._view, "first_column", 0))

    def _seen(self) -> dict[str, int]:
        """Rows in sight with their top in px."""
        view, column = self._view, self._column()
        index: QModelIndex = view.indexAt(view.viewport().rect().topLeft())
        found: dict[str, int] = {}
        while index.isValid():
            rect = view.visualRect(index.siblingAtColumn(column))
            if rect.top() > view.viewport().height():
                break
            found[self._table.id_at(index.row())] = rect.top()
            index = index.siblingAtRow(index.row() + 1) if index.row() + 1 < self._table.rowCount() else QModelIndex()
        return found

    def _restore_scroll(self) -> None:
        """Undo the shift that most rows in sight have made; a single row that moved away does not count."""
        if not self._tops:
            return
        self._view.doItemsLayout()
        column = self._column()
        shifts = [
            self._view.visualRect(self._table.index(place, column)).top() - top
            for id, top in self._tops.items()
            if (place := self._table.place_of(id)) is not None
        ]
        if shifts:
            bar = self._view.verticalScrollBar()
            bar.setValue(bar.value() + sorted(shifts)[(len(shifts) - 1) // 2])

    def _restore_selection(self) -> None:
        model = self._view.selectionModel()
        places = [place for id in self._chosen if (place := self._table.place_of(id)) is not None]
        wanted = QItemSelection()
        for place in places:
            wanted.select(self._table.index(place, 0), self._table.index(place, self._table.columnCount() - 1))
        model.select(wanted, _ONLY)
        if places:
            index = self._table.index(places[-1], self._column())
            model.setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)

    @Slot()
    def _selection_changed(self) -> None:
        if self._depth:
            return
        before = self._chosen[-1:]
        rows = self._view.selectionModel().selectedRows()
        current = self._view.currentIndex()
        rows.sort(key=lambda index: index.row() == current.row())
        self._chosen = [self._table.id_at(index.row()) for index in rows]
        if self._chosen[-1:] != before:
            self.picked.emit(self._chosen[-1] if self._chosen else None)


def id_of(index: Index) -> str | None:
    """The id of the row an index points to, or None."""
    id = index.data(Role.ID) if index.isValid() else None
    return str(id) if id is not None else None
