"""The workspace 网格: villages, the table of their grids with a search, and the card of one grid."""

from datetime import timedelta
from typing import Any

from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from commandcenter.base.texts import say
from commandcenter.rules.maps import natural_key
from commandcenter.services.live import LiveChange
from commandcenter.ui.core import theme
from commandcenter.ui.core.cards import Card
from commandcenter.ui.core.fields import LineEdit
from commandcenter.ui.core.headactions import add_head_actions
from commandcenter.ui.core.rowtable import RowTable
from commandcenter.ui.core.sidelist import ALL, SideList
from commandcenter.ui.core.tableview import TableView
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.viewstate import READY, Empty, stale
from commandcenter.ui.core.widgets import Label
from commandcenter.ui.grids import rows as grid_rows
from commandcenter.ui.grids import words
from commandcenter.ui.grids.facts import Keepers, gather, keepers_by_grid
from commandcenter.ui.grids.header import GridHeader
from commandcenter.ui.grids.index import GridIndex
from commandcenter.ui.grids.rows import COLUMNS, GridRow

MOST_HITS = 1000
COLUMN_STATE = "grids.columns"
SIDE, CARD = 208, 340


class GridsWorkspace(QWidget):
    """Left what can be narrowed down to, in the middle the grids, right the card of the chosen one."""

    def __init__(self, tools: Tools, index: GridIndex) -> None:
        super().__init__()
        self._tools, self._desk, self._index = tools, tools.desk, index
        self._query = ""
        self._listed: set[str] = set()
        self._keepers: dict[str, Keepers] | None = None
        self.search = LineEdit(say("grids.search"))
        self.search.setObjectName("grids.search")
        self.search.setClearButtonEnabled(True)
        self.search.setAccessibleName(say("grids.search"))
        self.count = Label("", "muted")
        self.villages = SideList()
        self.villages.setObjectName("grids.villages")
        self.table: RowTable[GridRow] = RowTable(COLUMNS, key=_id, order=grid_rows.order, parent=self)
        self.view = TableView(self.table, empty=Empty("grids.empty", "grids.empty.hint"), on_state=self._keep_columns)
        self.view.setObjectName("grids.table")
        self.card = Card(tools, "grid")
        self._lay_out()
        self._connect()
        self.refresh()
        self._tell_connection()
        self._show_card(tools.selection.chosen("grid"))

    # --- building -----------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        look = theme.current()
        head = QHBoxLayout()
        head.setContentsMargins(look.space(3), look.space(2), look.space(3), look.space(2))
        head.setSpacing(look.space(3))
        head.addWidget(self.search, 1)
        head.addWidget(self.count)
        add_head_actions(self._tools, "grids", head, self.view)
        middle = QWidget()
        middle.setProperty("panel", "surface")
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
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
        self._restore_columns()

    def _connect(self) -> None:
        desk = self._desk
        desk.live_changed.connect(self._live_changed)
        desk.directory_changed.connect(self._people_changed)
        desk.connection_changed.connect(self._tell_connection)
        self._index.ready.connect(self._filter)
        self._tools.selection.changed.connect(self._selected)
        self._tools.selection.navigated.connect(self._navigated)
        self.search.edited.connect(self._search)
        self.search.submitted.connect(self._choose_first)
        self.villages.picked.connect(self._filter)
        self.view.picked.connect(self._picked)
        self._tools.ticker.listen(self._tick)

    def _restore_columns(self) -> None:
        kept = self._tools.settings.get(COLUMN_STATE)
        if isinstance(kept, dict):
            self.view.restore_column_state(kept)

    def _keep_columns(self, state: dict[str, Any]) -> None:
        self._tools.settings.set(COLUMN_STATE, state)

    # --- keeping up ---------------------------------------------------------------------------------------------

    @Slot(object)
    def _live_changed(self, change: LiveChange) -> None:
        if change.everything or change.places or change.people or change.settings:
            self.refresh()
        elif change.grids:
            self._upsert(change.grids)

    def _tick(self, now: Any) -> None:
        if self.isVisible() and now.second == 0:
            self._upsert(each.grid for each in self._desk.live.incidents.values() if each.grid)

    @Slot()
    def _people_changed(self) -> None:
        self._keepers = None
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Everything anew; selection and scroll stay."""
        grids = self._desk.live.grids
        self.table.remove(self._listed - grids.keys())
        self._listed = set(grids)
        self._upsert(grids)
        counts: dict[str, int] = {}
        for each in grids.values():
            counts[each.village] = counts.get(each.village, 0) + 1
        villages = sorted(self._desk.live.villages.values(), key=lambda each: natural_key(each.code))
        lines = [(each.id, words.village_name(each), counts.get(each.id, 0)) for each in villages]
        self.villages.show_lines([(ALL, say("grids.villages.all"), len(grids)), *lines])
        self._filter()

    def _upsert(self, ids: Any) -> None:
        live, directory = self._desk.live, self._desk.directory
        wanted = [live.grids[id] for id in dict.fromkeys(ids) if id in live.grids]
        if self._keepers is None:
            self._keepers = keepers_by_grid(directory)
        facts = gather(live, {}, self._desk.now(), self._desk.limits)
        self.table.upsert(
            grid_rows.rows(wanted, live.villages, self._keepers, facts, people_known=directory.loaded)
        )

    @Slot()
    def _tell_connection(self) -> None:
        """While the database is away the last truth stays, marked with its time."""
        connection = self._desk.hub.connection_state
        if not connection.is_stale:
            self.view.set_state(READY)
            return
        since = self._desk.now() - timedelta(seconds=connection.age())
        self.view.set_state(stale(f"{since.astimezone(words.zone_of(self._desk.live.town)):%H:%M}"))

    # --- narrowing down -----------------------------------------------------------------------------------------

    @Slot(str)
    def _search(self, query: str) -> None:
        self._query = query.strip()
        self._filter()

    @Slot()
    def _filter(self) -> None:
        village = self.villages.chosen_line
        found = self._found() if self._query else None
        if village == ALL and found is None:
            self.table.set_filter(None)
        else:
            self.table.set_filter(lambda row: _passes(row, village, found))
        shown, total = self.table.rowCount(), len(self.table)
        if shown == total:
            self.count.say("grids.count", count=total)
        else:
            self.count.say("grids.count_of", shown=shown, total=total)

    def _found(self) -> frozenset[str]:
        """The grids that the query finds, by themselves, by their village or by a place in them."""
        names, found = self._desk.directory.names, set()
        villages = set()
        for hit in self._index.search(self._query, MOST_HITS):
            if hit.entry.kind == "grid":
                found.add(hit.entry.id)
            elif hit.entry.kind == "village":
                villages.add(hit.entry.id)
            elif hit.entry.id in names:
                found.add(names[hit.entry.id].grid)
        if villages:
            found |= {each.id for each in self._desk.live.grids.values() if each.village in villages}
        return frozenset(found)

    # --- choosing -----------------------------------------------------------------------------------------------

    @Slot(object)
    def _picked(self, id: str | None) -> None:
        if id is not None:
            self._tools.selection.choose("grid", id)

    @Slot()
    def _choose_first(self) -> None:
        first = next(iter(self.table.ids()), None)
        if first is not None:
            self._tools.selection.choose("grid", first)
            self.view.setFocus()

    @Slot(str, object)
    def _selected(self, entity: str, id: str | None) -> None:
        if entity == "grid":
            self._show_card(id)

    @Slot(str, str)
    def _navigated(self, entity: str, id: str) -> None:
        if entity == "village":
            self.search.clear()
            self.villages.choose(id)
            self._filter()
        elif entity == "grid":
            self._bring_into_list(id)

    def _bring_into_list(self, id: str) -> None:
        """A grid that somebody asked for must be seen, whatever the list was narrowed down to."""
        if self.table.place_of(id) is None:
            self.search.clear()
            self.villages.choose(ALL)
            self._filter()
        self.view.choose(id)

    def _show_card(self, id: str | None) -> None:
        self.view.choose(id, show=False)
        grid = self._desk.live.grids.get(id or "")
        if grid is not None:
            self.card.show_subject(grid, GridHeader(self._tools, grid))
        else:
            self.card.show_nothing("grids.card.empty" if id is None else "grids.card.gone")

    # --- Qt -----------------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """The search has the focus, unless a grid was asked for."""
        super().showEvent(event)
        chosen = self._tools.selection.chosen("grid")
        if chosen is not None:
            self._bring_into_list(chosen)
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
            self.search.setPlaceholderText(say("grids.search"))
            self.table.refresh_keys()
            self.refresh()


def _id(row: GridRow) -> str:
    return row.id


def _passes(row: GridRow, village: str, found: frozenset[str] | None) -> bool:
    return (village == ALL or row.grid.village == village) and (found is None or row.id in found)
