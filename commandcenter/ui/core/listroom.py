"""Workspaces of a list with a card, ready to be filled in. A room says what its rows are; choosing, arriving from
elsewhere, the card, reading, following changes, and what stands there while there is nothing to show, are here.

:class:`ReadListRoom` reads its rows itself, :class:`ListRoom` is for rows that somebody else keeps.
"""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, TypeVar

from PySide6.QtCore import Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from commandcenter.rules.finding import Index
from commandcenter.services.live import LiveChange
from commandcenter.ui.core.columns import Column
from commandcenter.ui.core.listing import MOST_HITS, Found, ListWorkspace, Tab
from commandcenter.ui.core.rereading import Question, Rereading
from commandcenter.ui.core.sending import Sender
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.viewstate import ViewState

R = TypeVar("R")


def by_id(row: Any) -> str:
    """The usual key of a row."""
    return str(row.id)


class ListRoom(ListWorkspace[R]):
    """A list whose chosen row stands on the card, however it was chosen: by hand, by the desk, before it was read."""

    entities: ClassVar[tuple[str, ...]]
    """What its rows are, as selection and navigation call them; the first also names the sections of the card."""
    reading: Rereading | None = None
    """What its rows come from, where they are read for it."""

    def __init__(self, tools: Tools, columns: Sequence[Column[R]], *, order: Callable[[R], Any],
                 key: Callable[[R], str] = by_id, card: str = "", tabs: Sequence[Tab] = (), add: str = "",
                 parent: QWidget | None = None) -> None:  # fmt: skip
        """See :class:`ListWorkspace`."""
        self._chosen: str | None = None
        self._shown: R | None = None
        self._awaited: str | None = None
        """What was asked for and is not there yet."""
        super().__init__(
            tools, columns, key=key, order=order, card=card or self.entities[0], tabs=tabs, add=add, parent=parent
        )  # fmt: skip
        self.post = Sender(tools, self)
        tools.selection.changed.connect(self._selected)
        tools.selection.navigated.connect(self._navigated)
        self.tabs.currentChanged.connect(tools.actions.refresh)
        self.card.show_nothing(self.words.nothing)

    # --- what a feature says ------------------------------------------------------------------------------------

    def header(self, row: R) -> QWidget:
        """What stands on the card above its sections."""
        raise NotImplementedError

    def follow(self, row: R) -> None:
        """A row was read anew: forms of it that stand open take what others changed."""

    def key_of(self, entity: str, id: str) -> str:
        """The key of the row that stands for an entity."""
        return id

    def subject_of(self, key: str) -> tuple[str, str]:
        """Kind and id of what a row stands for."""
        return self.entities[0], key

    @property
    def is_gone(self) -> bool:
        """Whether what was chosen is not there, and not merely not read yet: what was just made is still to come."""
        under_way = self.reading is not None and self.reading.is_under_way
        return self._chosen is not None and self.is_ready and not under_way

    # --- choosing -----------------------------------------------------------------------------------------------

    @property
    def chosen_row(self) -> R | None:
        """The row on the card."""
        return self._shown

    def pick(self, id: str) -> None:
        """By hand."""
        self._tools.selection.choose(*self.subject_of(id))
        self._show(id)

    @Slot(str, object)
    def _selected(self, entity: str, id: str | None) -> None:
        if entity in self.entities:
            self._show(self.key_of(entity, id) if id is not None else None)

    @Slot(str, str)
    def _navigated(self, entity: str, id: str) -> None:
        if entity in self.entities:
            self.arrive(self.key_of(entity, id))

    def arrive(self, key: str) -> None:
        """Somebody asked for a row: it comes into sight, as soon as it is there."""
        self._show(key)
        if key in self._rows:
            self.bring_into_list(key)
        else:
            self._awaited = key

    def arrive_at_chosen(self) -> None:
        """What was chosen elsewhere while this room was out of sight."""
        for entity in self.entities:
            chosen = self._tools.selection.chosen(entity)
            if chosen is not None and self.key_of(entity, chosen) != self._chosen:
                self.arrive(self.key_of(entity, chosen))
                return

    def _show(self, key: str | None) -> None:
        if key is not None and key not in self._rows and self.reading is not None and self.is_ready:
            self.reading.read_again()
        self._chosen, self._awaited = key, None
        self.view.choose(key, show=False)
        self._refresh_card()
        self.show_card_or_sheet(key)

    def _refresh_card(self) -> None:
        """The card is made anew only when its row is another one, or has changed."""
        row = self.row(self._chosen)
        if row is not None and row == self._shown:
            return
        self._shown = row
        self._tools.actions.refresh()
        if row is not None:
            self.card.show_subject(row, self.header(row))
        else:
            self.card.show_nothing(self.words.gone if self.is_gone else self.words.nothing)

    def show_rows(self, rows: Any) -> None:
        """Show these rows, and the chosen one on the card."""
        super().show_rows(rows)
        for row in rows.values():
            self.follow(row)
        self._refresh_card()
        if self._awaited in rows:
            awaited, self._awaited = str(self._awaited), None
            self.bring_into_list(awaited)

    # --- what can be done ---------------------------------------------------------------------------------------

    @property
    def can_add(self) -> bool:
        """Whether something can be added to the list now."""
        return True

    @property
    def can_edit(self) -> bool:
        """Whether the card of a row is open."""
        return self._shown is not None and self.right.is_card

    # --- Qt -----------------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """What was asked for elsewhere comes into sight."""
        self.arrive_at_chosen()
        super().showEvent(event)


class ReadListRoom(ListRoom[R]):
    """A list that asks the database for its rows, and asks again when something changed that it shows."""

    reading: Rereading
    world: ClassVar[str | None] = None
    """Another world than the desk's, such as ``DRILLS``."""

    def __init__(self, tools: Tools, columns: Sequence[Column[R]], *, order: Callable[[R], Any],
                 key: Callable[[R], str] = by_id, tabs: Sequence[Tab] = (), add: str = "",
                 parent: QWidget | None = None) -> None:  # fmt: skip
        """See :class:`ListWorkspace`."""
        self._index = Index()
        super().__init__(tools, columns, key=key, order=order, tabs=tabs, add=add, parent=parent)
        self.reading = Rereading(tools.desk, self.question, self, world=self.world)
        self.reading.answered.connect(self.take)
        self.reading.troubled.connect(self.tell_state)
        tools.desk.live_changed.connect(self._live_changed)
        self.reading.read()

    # --- what a feature says ------------------------------------------------------------------------------------

    def question(self) -> Question:
        """What to ask the reader, on the read lane: ``(rows, index)``, the rows and what a search in them knows.

        Made on the GUI thread, which hands over whatever the reader's side needs of the desk.
        """
        raise NotImplementedError

    def concerns(self, change: LiveChange) -> bool:
        """Whether a change may be one of these rows; a change of everything always is."""
        raise NotImplementedError

    # --- reading ------------------------------------------------------------------------------------------------

    @property
    def is_ready(self) -> bool:
        """Whether the rows have been read."""
        return self.reading.is_read

    def matching(self, query: str) -> Found:
        """By what the index knows of the rows."""
        return frozenset(hit.entry.id for hit in self._index.search(query, MOST_HITS))

    def _state(self) -> ViewState:
        return self.reading.trouble or super()._state()

    @Slot(object)
    def take(self, answer: Any) -> None:
        """The rows, as they are now."""
        made, self._index = answer
        self.show_rows({self._key(row): row for row in made})

    @Slot(object)
    def _live_changed(self, change: LiveChange) -> None:
        if change.everything or self.concerns(change):
            self.reading.read_again()
