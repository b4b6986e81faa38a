"""The workspace 人员: villages, everybody in a table with a search, and the card of one person."""

from collections import Counter
from datetime import timedelta
from typing import Any

from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QTabBar, QVBoxLayout, QWidget

from commandcenter.base.texts import say
from commandcenter.rules.maps import natural_key
from commandcenter.rules.people import PERSON_KINDS
from commandcenter.services.live import LiveChange
from commandcenter.ui.core import theme
from commandcenter.ui.core.cards import Card
from commandcenter.ui.core.fields import LineEdit
from commandcenter.ui.core.headactions import add_head_actions
from commandcenter.ui.core.rowtable import RowTable
from commandcenter.ui.core.sidelist import ALL, SideList
from commandcenter.ui.core.tableview import TableView
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.viewstate import LOADING, READY, Empty, stale
from commandcenter.ui.core.widgets import Label
from commandcenter.ui.people import rows as people_rows
from commandcenter.ui.people.index import PeopleIndex
from commandcenter.ui.people.rows import COLUMNS, PersonRow, parted, row_id, village_name
from commandcenter.ui.people.sections import PersonHeader
from commandcenter.ui.people.times import zone_of

MOST_HITS = 1000
COLUMN_STATE = "people.columns"
SIDE, CARD = 208, 340
TABS = ("", *PERSON_KINDS)
"""Everybody, then kind by kind."""


class PeopleWorkspace(QWidget):
    """Left villages, in the middle everybody, right the card of the chosen person."""

    def __init__(self, tools: Tools, index: PeopleIndex) -> None:
        super().__init__()
        self._tools, self._desk, self._index = tools, tools.desk, index
        self._query = ""
        self._rows: dict[str, PersonRow] = {}
        self._chosen: str | None = None
        self._shown: PersonRow | None = None
        self.search = LineEdit(say("people.search"))
        self.search.setObjectName("people.search")
        self.search.setClearButtonEnabled(True)
        self.search.setAccessibleName(say("people.search"))
        self.count = Label("", "muted")
        self.tabs = QTabBar()
        self.tabs.setObjectName("people.kinds")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        for kind in TABS:
            self.tabs.addTab(say(f"people.kind.{kind or 'all'}"))
        self.villages = SideList()
        self.villages.setObjectName("people.villages")
        self.table: RowTable[PersonRow] = RowTable(COLUMNS, key=_id, order=people_rows.order, parent=self)
        self.view = TableView(self.table, empty=Empty("people.empty", "people.empty.hint"), on_state=self._keep_columns)
        self.view.setObjectName("people.table")
        self.card = Card(tools, "person")
        self._lay_out()
        self._connect()
        self.card.show_nothing("people.card.empty")
        self._take_rows()
        index.build_soon()

    # --- building -----------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        look = theme.current()
        head = QHBoxLayout()
        head.setContentsMargins(look.space(3), look.space(2), look.space(3), look.space(1))
        head.setSpacing(look.space(3))
        head.addWidget(self.search, 1)
        head.addWidget(self.count)
        add_head_actions(self._tools, "people", head, self.view)
        middle = QWidget()
        middle.setProperty("panel", "surface")
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        tabs = QHBoxLayout()
        tabs.setContentsMargins(look.space(3), 0, look.space(3), 0)
        tabs.addWidget(self.tabs)
        tabs.addStretch(1)
        column.addLayout(tabs)
        column.addWidget(self.view, 1)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.setHandleWidth(1)
        for part in (self.villages, middle, self.card):
            split.addWidget(part)
        split.setStretchFactor(1, 1)
        split.setSizes([look.px(SIDE), look.px(640), look.px(CARD)])
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(split)
        kept = self._tools.settings.get(COLUMN_STATE)
        if isinstance(kept, dict):
            self.view.restore_column_state(kept)

    def _connect(self) -> None:
        self._index.ready.connect(self._take_rows)
        self._desk.connection_changed.connect(self._tell_state)
        self._desk.live_changed.connect(self._live_changed)
        self._tools.selection.changed.connect(self._selected)
        self._tools.selection.navigated.connect(self._navigated)
        self.search.edited.connect(self._search)
        self.search.submitted.connect(self._choose_first)
        self.tabs.currentChanged.connect(self._filter)
        self.villages.picked.connect(self._filter)
        self.view.picked.connect(self._picked)

    def _keep_columns(self, state: dict[str, Any]) -> None:
        self._tools.settings.set(COLUMN_STATE, state)

    # --- keeping up ---------------------------------------------------------------------------------------------

    @Slot()
    def _take_rows(self) -> None:
        """The index was made anew; selection and scroll stay, and so does the card while nothing of it changed."""
        self._tell_state()
        before, found = self._rows, self._index.rows
        self._rows = found
        if before:
            self.table.remove(before.keys() - found.keys())
            self.table.upsert(row for id, row in found.items() if before.get(id) != row)
        else:
            self.table.reset(found.values())
        self._count_villages()
        self._filter()
        self._refresh_card()

    @Slot()
    def _tell_state(self) -> None:
        """Being read; or the last truth, marked with its time while the database is away."""
        connection = self._desk.hub.connection_state
        if not self._index.is_ready:
            self.view.set_state(LOADING)
        elif connection.is_stale:
            since = self._desk.now() - timedelta(seconds=connection.age())
            self.view.set_state(stale(f"{since.astimezone(zone_of(self._tools)):%H:%M}"))
        else:
            self.view.set_state(READY)

    @Slot(object)
    def _live_changed(self, change: LiveChange) -> None:
        if change.everything or change.places:
            self._count_villages()

    def _count_villages(self) -> None:
        counts = Counter(row.village.id for row in self._index.rows.values() if row.village is not None)
        villages = sorted(self._desk.live.villages.values(), key=lambda each: natural_key(each.code))
        lines = [(each.id, village_name(each), counts.get(each.id, 0)) for each in villages]
        self.villages.show_lines([(ALL, say("people.villages.all"), len(self._index.rows)), *lines])

    # --- narrowing down -----------------------------------------------------------------------------------------

    @Slot(str)
    def _search(self, query: str) -> None:
        self._query = query.strip()
        self._filter()

    @Slot()
    def _filter(self) -> None:
        kind, village = TABS[self.tabs.currentIndex()], self.villages.chosen_line
        hits = self._index.search(self._query, MOST_HITS) if self._query else None
        found = None if hits is None else frozenset(hit.entry.id for hit in hits)
        if not kind and village == ALL and found is None:
            self.table.set_filter(None)
        else:
            self.table.set_filter(lambda row: _passes(row, kind, village, found))
        shown, total = self.table.rowCount(), len(self.table)
        if shown == total:
            self.count.say("people.count", count=total)
        else:
            self.count.say("people.count_of", shown=shown, total=total)

    # --- choosing -----------------------------------------------------------------------------------------------

    @Slot(object)
    def _picked(self, id: str | None) -> None:
        if id is not None:
            kind, person = parted(id)
            self._tools.selection.choose(kind, person)
            self._show(id)

    @Slot()
    def _choose_first(self) -> None:
        first = next(iter(self.table.ids()), None)
        if first is not None:
            self._picked(first)
            self.view.choose(first)
            self.view.setFocus()

    @Slot(str, object)
    def _selected(self, entity: str, id: str | None) -> None:
        if entity in PERSON_KINDS:
            self._show(row_id(entity, id) if id is not None else None)

    @Slot(str, str)
    def _navigated(self, entity: str, id: str) -> None:
        if entity in PERSON_KINDS:
            self.bring_into_list(row_id(entity, id))

    def bring_into_list(self, id: str) -> None:
        """Somebody who was asked for must be seen, whatever the list was narrowed down to."""
        self._show(id)
        if id in self._rows and self.table.place_of(id) is None:
            self.search.clear()
            self.tabs.setCurrentIndex(0)
            self.villages.choose(ALL)
            self._filter()
        self.view.choose(id)

    def _show(self, id: str | None) -> None:
        self._chosen = id
        self.view.choose(id, show=False)
        self._refresh_card()

    def _refresh_card(self) -> None:
        """The card is made anew only when its person is another one, or has changed."""
        row = self._rows.get(self._chosen or "")
        if row is not None and row == self._shown:
            return
        self._shown = row
        if row is not None:
            self.card.show_subject(row, PersonHeader(row))
        elif self._chosen is not None and self._index.is_ready:
            self.card.show_nothing("people.card.gone")
        else:
            self.card.show_nothing("people.card.empty")

    # --- Qt -----------------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """The search has the focus."""
        super().showEvent(event)
        for kind in PERSON_KINDS:
            chosen = self._tools.selection.chosen(kind)
            if chosen is not None and self._chosen is None:
                self.bring_into_list(row_id(kind, chosen))
        self.search.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Down from the search goes into the table, Escape clears the search."""
        if event.key() == Qt.Key.Key_Down and self.search.hasFocus():
            self.view.setFocus()
        elif event.key() == Qt.Key.Key_Escape and self._query:
            self.search.clear()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Another language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.search.setPlaceholderText(say("people.search"))
            for place, kind in enumerate(TABS):
                self.tabs.setTabText(place, say(f"people.kind.{kind or 'all'}"))
            self.table.refresh_keys()
            self._count_villages()
            self._filter()


def _id(row: PersonRow) -> str:
    return row.id


def _passes(row: PersonRow, kind: str, village: str, found: frozenset[str] | None) -> bool:
    return (
        (not kind or row.kind == kind)
        and (village == ALL or (row.village is not None and row.village.id == village))
        and (found is None or row.id in found)
    )
