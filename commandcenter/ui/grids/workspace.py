"""The workspace 网格: villages, the table of their grids with a search, and the card or the form of one grid."""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtGui import QShowEvent

from commandcenter.base.texts import say
from commandcenter.rules.grids import Grid
from commandcenter.services.grids import RemoveGrid
from commandcenter.services.live import LiveChange
from commandcenter.ui.core.listing import MOST_HITS, Found, ListWords, ListWorkspace
from commandcenter.ui.core.sending import Sender
from commandcenter.ui.core.sidelist import ALL
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.viewstate import Empty
from commandcenter.ui.grids import rows as grid_rows
from commandcenter.ui.grids.facts import Keepers, gather, keepers_by_grid
from commandcenter.ui.grids.forms import (
    AddDeputySheet,
    AddGridSheet,
    AddNameSheet,
    EditGridSheet,
    EditNameSheet,
    EditVillageSheet,
)
from commandcenter.ui.grids.header import DRAW, GridHeader
from commandcenter.ui.grids.index import GridIndex
from commandcenter.ui.grids.rows import COLUMNS, GridRow

SCOPE = "grids"


class GridsWorkspace(ListWorkspace[GridRow]):
    """Left what can be narrowed down to, in the middle the grids, right the card of the chosen one."""

    words = ListWords(
        "grids", "grids.search", Empty("grids.empty", "grids.empty.hint"), "grids.villages.all", "grids.count",
        "grids.count_of", "grids.card.empty", "grids.card.gone",
    )  # fmt: skip
    scope = SCOPE

    def __init__(self, tools: Tools, index: GridIndex) -> None:
        self._index = index
        self._keepers: dict[str, Keepers] | None = None
        self._shown: Grid | None = None
        super().__init__(tools, COLUMNS, key=_id, order=grid_rows.order, card="grid", add="grid.add")
        self.post = Sender(tools, self)
        desk = tools.desk
        desk.live_changed.connect(self._live_changed)
        desk.directory_changed.connect(self._people_changed)
        index.ready.connect(self.narrow_down)
        tools.selection.changed.connect(self._selected)
        tools.selection.navigated.connect(self._navigated)
        tools.ticker.listen(self._tick)
        self.refresh()
        self._show_card(tools.selection.chosen("grid"))

    # --- what the list is ---------------------------------------------------------------------------------------

    def village_of(self, row: GridRow) -> str:
        """Where the grid lies."""
        return row.grid.village

    def village_counts(self) -> tuple[Mapping[str, int], int]:
        """Grids of each village."""
        grids = self._desk.live.grids
        return Counter(each.village for each in grids.values()), len(grids)

    def matching(self, query: str) -> Found:
        """The grids that the query finds, by themselves, by their village or by a place in them."""
        names, found = self._desk.directory.names, set()
        villages = set()
        for hit in self._index.search(query, MOST_HITS):
            if hit.entry.kind == "grid":
                found.add(hit.entry.id)
            elif hit.entry.kind == "village":
                villages.add(hit.entry.id)
            elif hit.entry.id in names:
                found.add(names[hit.entry.id].grid)
        if villages:
            found |= {each.id for each in self._desk.live.grids.values() if each.village in villages}
        return frozenset(found)

    # --- keeping up ---------------------------------------------------------------------------------------------

    @Slot(object)
    def _live_changed(self, change: LiveChange) -> None:
        if change.everything or change.places or change.people or change.settings:
            self.refresh()
            self._follow()
        elif change.grids:
            self.update_rows(self._made(change.grids))

    def _tick(self, now: Any) -> None:
        if self.isVisible() and now.second == 0:
            self.update_rows(self._made(each.grid for each in self._desk.live.incidents.values() if each.grid))

    @Slot()
    def _people_changed(self) -> None:
        self._keepers = None
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Everything anew; selection and scroll stay."""
        self.show_rows({row.id: row for row in self._made(self._desk.live.grids)})

    def _made(self, ids: Iterable[str]) -> list[GridRow]:
        live, directory = self._desk.live, self._desk.directory
        wanted = [live.grids[id] for id in dict.fromkeys(ids) if id in live.grids]
        if self._keepers is None:
            self._keepers = keepers_by_grid(directory)
        facts = gather(live, {}, self._desk.now(), self._desk.limits)
        return grid_rows.rows(wanted, live.villages, self._keepers, facts, people_known=directory.loaded)

    def _follow(self) -> None:
        """Forms that stand open take what others changed; the card of a grid that is gone says so."""
        live, names = self._desk.live, self._desk.directory.names
        for stores in (live.grids, live.villages, names):
            for id, row in stores.items():
                sheet = self.sheet(id)
                if isinstance(sheet, (EditGridSheet, EditVillageSheet, EditNameSheet)):
                    sheet.follow(row)
        if (self._shown is not None) != (self._tools.selection.chosen("grid") in live.grids):
            self._show_card(self._tools.selection.chosen("grid"))

    # --- choosing -----------------------------------------------------------------------------------------------

    def pick(self, id: str) -> None:
        """By hand."""
        self._tools.selection.choose("grid", id)
        self._show_card(id)

    @Slot(str, object)
    def _selected(self, entity: str, id: str | None) -> None:
        if entity == "grid":
            self._show_card(id)

    @Slot(str, str)
    def _navigated(self, entity: str, id: str) -> None:
        if entity == "village":
            self.search.clear()
            self.villages.choose(id)
            self.narrow_down()
        elif entity == "grid":
            self.bring_into_list(id)

    def _show_card(self, id: str | None) -> None:
        self.view.choose(id, show=False)
        grid = self._desk.live.grids.get(id or "")
        if grid is None:
            self._shown = None
            self.card.show_nothing(self.words.nothing if id is None else self.words.gone)
        elif self._shown is None or self._shown.id != grid.id:
            self._shown = grid
            self.card.show_subject(grid, GridHeader(self._tools, grid))
        self.show_card_or_sheet(id)
        self._tools.actions.refresh()

    # --- forms --------------------------------------------------------------------------------------------------

    @property
    def grid(self) -> Grid | None:
        """The grid on the card, as it is now."""
        return self._desk.live.grids.get(self._shown.id) if self._shown is not None else None

    @property
    def can_edit(self) -> bool:
        """Whether the card of a grid is open."""
        return self.grid is not None and self.right.currentWidget() is self.card

    @property
    def village(self) -> str | None:
        """The village that is chosen at the left, else that of the chosen grid."""
        if self.villages.chosen_line != ALL:
            return self.villages.chosen_line
        return self.grid.village if self.grid is not None else None

    @property
    def can_add(self) -> bool:
        """A grid needs a village to lie in."""
        return bool(self._desk.live.villages)

    def add(self) -> None:
        """The form for a new grid."""
        self.open_sheet("new:grid", self._new)

    def _new(self) -> AddGridSheet:
        sheet = AddGridSheet(self._tools, self.post, self.village)
        sheet.added.connect(self._added)
        return sheet

    @Slot(str)
    def _added(self, id: str) -> None:
        self._tools.selection.choose("grid", id)
        self.bring_into_list(id)

    def edit(self) -> None:
        """The form of the chosen grid."""
        if self.grid is not None:
            self.open_sheet(self.grid.id, partial(EditGridSheet, self.grid, self._tools, self.post))

    def edit_village(self) -> None:
        """The form of the village."""
        village = self._desk.live.villages.get(self.village or "")
        if village is not None:
            self.open_sheet(village.id, partial(EditVillageSheet, village, self._tools, self.post))

    def add_deputy(self) -> None:
        """The form for a deputy of the chosen grid."""
        if self.grid is not None:
            self.open_sheet(f"deputy:{self.grid.id}", partial(AddDeputySheet, self.grid, self.post))

    def add_name(self) -> None:
        """The form for one more name in the chosen grid."""
        if self.grid is not None:
            self.open_sheet(f"name:{self.grid.id}", partial(AddNameSheet, self.grid, self._tools, self.post))

    @property
    def name(self) -> Any | None:
        """The name of a place that was chosen on the card."""
        return self._desk.directory.names.get(self._tools.selection.chosen("gazetteer_name") or "")

    def edit_name(self) -> None:
        """The form of that name."""
        if self.name is not None:
            self.open_sheet(self.name.id, partial(EditNameSheet, self.name, self._tools, self.post))

    def draw(self) -> None:
        """Draw the chosen grid's boundary, on the map of the situation."""
        if self.grid is not None:
            grid = self.grid.id
            self._tools.actions.trigger("workspace.situation")
            self._tools.selection.navigate(DRAW, grid)

    def remove(self) -> None:
        """Take the chosen grid away, if nothing hangs on it."""
        if self.grid is not None:
            told = say("grids.done.remove", name=self.grid.name)
            self.post.send(RemoveGrid(grid=self.grid.id), told, done=partial(self.post.tell_done, told))

    # --- Qt -----------------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """A grid that was asked for is in sight."""
        chosen = self._tools.selection.chosen("grid")
        if chosen is not None:
            self.bring_into_list(chosen)
        super().showEvent(event)
        self._tools.actions.refresh()


def _id(row: GridRow) -> str:
    return row.id
