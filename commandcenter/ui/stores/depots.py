"""Depots: where they are, who keeps them, how many articles lie there."""

from collections import Counter
from collections.abc import Mapping
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from commandcenter.base.texts import choose, say
from commandcenter.rules.finding import Index
from commandcenter.rules.numbers import local_day
from commandcenter.rules.stores import Depot
from commandcenter.services import store_reading
from commandcenter.services.articles import RetireDepot
from commandcenter.services.live import LiveChange
from commandcenter.ui.core.catalogue import Catalogue
from commandcenter.ui.core.listing import ListWords, Tab
from commandcenter.ui.core.listroom import ReadListRoom
from commandcenter.ui.core.rereading import Question
from commandcenter.ui.core.times import zone_of
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.viewstate import Empty
from commandcenter.ui.stores.cards import DepotHeader
from commandcenter.ui.stores.forms import AddDepotSheet, EditDepotSheet
from commandcenter.ui.stores.rows import DEPOT_COLUMNS, DepotRow, depot_entry

_TABS = (Tab("", "stores.tab.depots"), Tab("closed", "stores.tab.closed"))


class DepotsPage(Catalogue[DepotRow], ReadListRoom[DepotRow]):
    """Left the villages, in the middle the depots, right the one that is chosen."""

    words = ListWords(
        "depots", "stores.search_depot", Empty("stores.no_depots", "stores.no_depots.hint", "kit"),
        "stores.villages.all", "stores.depot_count", "stores.depot_count_of", "stores.depot_card.empty",
        "stores.depot_card.gone",
    )  # fmt: skip
    scope = "depots"
    entities = ("depot",)

    def __init__(self, tools: Tools, parent: QWidget | None = None) -> None:
        super().__init__(
            tools, DEPOT_COLUMNS, order=lambda row: (row.depot.village is not None, row.depot.name), tabs=_TABS,
            add="depot.add", parent=parent,
        )  # fmt: skip

    def village_of(self, row: DepotRow) -> str | None:
        """Whose it is."""
        return row.depot.village

    def village_counts(self) -> tuple[Mapping[str, int], int]:
        """Depots in use of each."""
        rows = [row for row in self._rows.values() if row.depot.active]
        return Counter(row.depot.village for row in rows if row.depot.village), len(rows)

    def is_on_tab(self, row: DepotRow, tab: str) -> bool:
        """In use, or closed."""
        return row.depot.active != (tab == "closed")

    def question(self) -> Question:
        """All of them."""
        names = {each.id: choose(each.name, each.name_en) for each in self._desk.live.villages.values()}
        return partial(_ask, local_day(self._desk.now(), zone_of(self._desk.live.town)), names)

    def concerns(self, change: LiveChange) -> bool:
        """Stores."""
        return change.kits or change.places

    def header(self, row: DepotRow) -> QWidget:
        """The depot, and what can be done."""
        return DepotHeader(self._tools, row)

    def subject(self, row: DepotRow) -> Depot:
        """The depot."""
        return row.depot

    def new_sheet(self) -> AddDepotSheet:
        """A new one, of the village that is looked at."""
        return AddDepotSheet(self._tools, self.post, self.villages.chosen_line or None)

    def edit_sheet(self, row: DepotRow) -> EditDepotSheet:
        """A depot."""
        return EditDepotSheet(row.depot, self._tools, self.post)

    def retiring(self, row: DepotRow, retired: bool) -> tuple[RetireDepot, str]:
        """Close it, or open it again."""
        told = say("stores.done.close" if retired else "stores.done.reopen", name=row.depot.name)
        return RetireDepot(depot=row.id, retired=retired), told


def _ask(today: Any, names: Mapping[str, str], reader: Any) -> tuple[list[DepotRow], Index]:
    found = store_reading.stores(reader, today)
    held = Counter(depot for row in found.rows for depot in {at for at, _ in row.held})
    rows = [DepotRow(each, names.get(each.village or "", ""), held[each.id]) for each in reader.find("depot")]
    return rows, Index(depot_entry(row.depot, row.village) for row in rows)
