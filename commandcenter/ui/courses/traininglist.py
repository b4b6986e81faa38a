"""A list of the training room: its rows come from the store, the list at its left holds the categories."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from commandcenter.services.training import Training
from commandcenter.ui.core.columns import Column
from commandcenter.ui.core.listing import Tab
from commandcenter.ui.core.listroom import ListRoom
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.viewstate import ViewState
from commandcenter.ui.courses.store import TrainingStore, category_lines

R = TypeVar("R")


class TrainingList(ListRoom[R]):
    """Rows that have a ``course``, by category."""

    def __init__(self, tools: Tools, store: TrainingStore, columns: Sequence[Column[R]], *,
                 order: Callable[[R], Any], tabs: Sequence[Tab], add: str,
                 parent: QWidget | None = None) -> None:  # fmt: skip
        self.store, self.reading = store, store.reading
        super().__init__(tools, columns, order=order, tabs=tabs, add=add, parent=parent)
        store.changed.connect(self._take)
        self._take()

    def rows_of(self, state: Training) -> Iterable[Any]:
        """The rows, of everything that was read."""
        raise NotImplementedError

    @property
    def is_ready(self) -> bool:
        """Whether it has been read."""
        return self.store.state is not None

    def village_of(self, row: Any) -> str | None:
        """Its category."""
        return str(row.course.category)

    def side_lines(self) -> Iterable[tuple[str, str]]:
        """Categories."""
        return category_lines()

    def _state(self) -> ViewState:
        return self.store.trouble or super()._state()

    @Slot()
    def _take(self) -> None:
        """Everything was read anew, or could not be."""
        if self.store.state is None:
            self.tell_state()
        else:
            self.show_rows({row.id: row for row in self.rows_of(self.store.state)})
