"""The workspace 人员: villages, everybody in a table with a search, and the card or the form of one person."""

from collections import Counter
from collections.abc import Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtGui import QShowEvent

from commandcenter.base.texts import say
from commandcenter.rules.people import PERSON_KINDS
from commandcenter.services.live import LiveChange
from commandcenter.services.people import EDITABLE, RetirePerson
from commandcenter.ui.core.listing import MOST_HITS, Found, ListWords, ListWorkspace, Tab
from commandcenter.ui.core.sending import Sender
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.viewstate import Empty
from commandcenter.ui.people import rows as people_rows
from commandcenter.ui.people.forms import AddPerson, EditPerson, tell_doubts
from commandcenter.ui.people.index import PeopleIndex
from commandcenter.ui.people.rows import COLUMNS, PersonRow, parted, row_id
from commandcenter.ui.people.sections import PersonHeader

RETIRED = "retired"
TABS = tuple(Tab(kind, f"people.kind.{kind or 'all'}") for kind in ("", *PERSON_KINDS, RETIRED))
"""Everybody, then kind by kind, then those who have left."""
SCOPE = "people"


class PeopleWorkspace(ListWorkspace[PersonRow]):
    """Left villages, in the middle everybody, right the card of the chosen person."""

    words = ListWords(
        "people", "people.search", Empty("people.empty", "people.empty.hint"), "people.villages.all", "people.count",
        "people.count_of", "people.card.empty", "people.card.gone",
    )  # fmt: skip
    scope = SCOPE

    def __init__(self, tools: Tools, index: PeopleIndex) -> None:
        self._index = index
        self._chosen: str | None = None
        self._awaited: str | None = None
        self._shown: PersonRow | None = None
        super().__init__(
            tools, COLUMNS, key=_id, order=people_rows.order, card="person", tabs=TABS, add="person.add"
        )
        self.post = Sender(tools, self)
        index.ready.connect(self._take_rows)
        tools.desk.live_changed.connect(self._live_changed)
        tools.selection.changed.connect(self._selected)
        tools.selection.navigated.connect(self._navigated)
        self.tabs.currentChanged.connect(tools.actions.refresh)
        self.card.show_nothing(self.words.nothing)
        self._take_rows()
        index.build_soon()

    # --- what the list is ---------------------------------------------------------------------------------------

    @property
    def is_ready(self) -> bool:
        """Whether the rows have been made."""
        return self._index.is_ready

    def village_of(self, row: PersonRow) -> str | None:
        """Where somebody belongs."""
        return row.village.id if row.village is not None else None

    def is_on_tab(self, row: PersonRow, tab: str) -> bool:
        """Who has left stands apart."""
        return not row.person.active if tab == RETIRED else row.person.active and tab in ("", row.kind)

    def matching(self, query: str) -> Found:
        """By name, pinyin, initials, number and place."""
        return frozenset(hit.entry.id for hit in self._index.search(query, MOST_HITS))

    def village_counts(self) -> tuple[Mapping[str, int], int]:
        """Those who can be called."""
        active = [row for row in self._index.rows.values() if row.person.active]
        return Counter(row.village.id for row in active if row.village is not None), len(active)

    @Slot()
    def _take_rows(self) -> None:
        """The index was made anew; the card stays while nothing of it changed."""
        self.show_rows(self._index.rows)
        for id in self._index.rows:
            sheet = self.sheet(id)
            if isinstance(sheet, EditPerson):
                sheet.follow(self._index.rows[id].person)
        self._refresh_card()
        if self._awaited in self._rows:
            self.bring_into_list(self._awaited)
            self._awaited = None

    @Slot(object)
    def _live_changed(self, change: LiveChange) -> None:
        if change.everything or change.places:
            self.count_villages()

    # --- choosing -----------------------------------------------------------------------------------------------

    def pick(self, id: str) -> None:
        """By hand."""
        kind, person = parted(id)
        self._tools.selection.choose(kind, person)
        self._show(id)

    @Slot(str, object)
    def _selected(self, entity: str, id: str | None) -> None:
        if entity in PERSON_KINDS:
            self._show(row_id(entity, id) if id is not None else None)

    @Slot(str, str)
    def _navigated(self, entity: str, id: str) -> None:
        if entity in PERSON_KINDS:
            self._show(row_id(entity, id))
            self.bring_into_list(row_id(entity, id))

    def _show(self, id: str | None) -> None:
        self._chosen = id
        self.view.choose(id, show=False)
        self._refresh_card()
        self.show_card_or_sheet(id)

    def _refresh_card(self) -> None:
        """The card is made anew only when its person is another one, or has changed."""
        row = self.row(self._chosen)
        if row is not None and row == self._shown:
            return
        self._shown = row
        self._tools.actions.refresh()
        if row is not None:
            self.card.show_subject(row, PersonHeader(self._tools, row))
        elif self._chosen not in (None, self._awaited) and self._index.is_ready:
            self.card.show_nothing(self.words.gone)
        else:
            self.card.show_nothing(self.words.nothing)

    # --- forms --------------------------------------------------------------------------------------------------

    @property
    def can_add(self) -> bool:
        """Officers are added in the settings."""
        return self.tab != "officer"

    @property
    def can_edit(self) -> bool:
        """Whether a card of somebody who is kept here is open."""
        return self._shown is not None and self._shown.kind in EDITABLE and self.right.currentWidget() is self.card

    @property
    def can_retire(self) -> bool:
        """Whether there is somebody to take off the lists."""
        return self.can_edit and self._shown is not None and self._shown.person.active

    @property
    def can_bring_back(self) -> bool:
        """Whether there is somebody to bring back."""
        return self.can_edit and self._shown is not None and not self._shown.person.active

    def add(self) -> None:
        """The form for somebody new, of the kind whose tab is open."""
        kind: Any = self.tab if self.tab in EDITABLE else "worker"
        village = self.villages.chosen_line or None
        self.open_sheet(f"new:{kind}", partial(self._new, kind, village))

    def _new(self, kind: Any, village: str | None) -> AddPerson:
        sheet = AddPerson(kind, self._tools, self.post, village)
        sheet.added.connect(self._added)
        return sheet

    def edit(self) -> None:
        """The form of the chosen person."""
        row = self._shown
        if row is not None and row.kind != "officer":
            self.open_sheet(row.id, partial(EditPerson, row.kind, row.person, self._tools, self.post))

    def retire(self) -> None:
        """Off the lists that are called from."""
        self._set_retired(True)

    def bring_back(self) -> None:
        """On the lists again."""
        self._set_retired(False)

    def _set_retired(self, retired: bool) -> None:
        row = self._shown
        if row is None:
            return
        told = say("people.done.retire" if retired else "people.done.bring_back", name=row.person.name)
        command = RetirePerson(kind=row.kind, person=row.person.id, retired=retired)  # type: ignore[arg-type]
        self.post.send(command, told, done=partial(self._retired, told))

    def _retired(self, told: str, outcome: Any) -> None:
        self.post.tell_done(told, outcome)
        tell_doubts(self._tools, outcome.value["warnings"])

    @Slot(str, str)
    def _added(self, kind: str, id: str) -> None:
        """Who was added is chosen as soon as the list knows the person."""
        self._awaited = row_id(kind, id)
        self._tools.selection.choose(kind, id)

    # --- Qt -----------------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """Whoever was chosen elsewhere is shown here."""
        for kind in PERSON_KINDS:
            chosen = self._tools.selection.chosen(kind)
            if chosen is not None and self._chosen is None:
                self._show(row_id(kind, chosen))
                self.bring_into_list(row_id(kind, chosen))
        super().showEvent(event)


def _id(row: PersonRow) -> str:
    return row.id
