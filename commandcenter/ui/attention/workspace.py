"""The room 关注清单: villages, the entries of the list with a search, and the card or the form of one of them."""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QBoxLayout, QWidget

from commandcenter.base.texts import say
from commandcenter.rules.attention import KINDS
from commandcenter.rules.finding import Index
from commandcenter.rules.grids import Grid, Village
from commandcenter.services import attention_reading
from commandcenter.services.attention import ConfirmAttention, ReopenAttention
from commandcenter.services.attention_reading import Offered
from commandcenter.services.live import LiveChange
from commandcenter.ui.attention.forms import (
    AddAttentionSheet,
    CloseSheet,
    EditAttentionSheet,
    TakeSheet,
    VisitSheet,
)
from commandcenter.ui.attention.rows import COLUMNS, AttentionRow, index_of, order, rows
from commandcenter.ui.attention.sections import ItemHeader
from commandcenter.ui.core.listing import ListWords, Tab
from commandcenter.ui.core.listroom import ReadListRoom
from commandcenter.ui.core.rereading import Question
from commandcenter.ui.core.sidelist import ALL
from commandcenter.ui.core.times import zone_of
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.viewstate import Empty
from commandcenter.ui.core.widgets import StateBanner

DUE, CLOSED = "due", "closed"
TABS = tuple(Tab(id, f"attention.tab.{id or 'all'}") for id in ("", DUE, *KINDS, CLOSED))
"""All, what is to be looked at now, kind by kind, and what was closed."""
Answer = tuple[list[AttentionRow], Index, list[Offered]]


class AttentionWorkspace(ReadListRoom[AttentionRow]):
    """Left villages, in the middle their entries, right the card of the chosen one."""

    words = ListWords(
        "attention", "attention.search", Empty("attention.empty", "attention.empty.hint", "eye"),
        "attention.villages.all", "attention.count", "attention.count_of", "attention.card.empty",
        "attention.card.gone",
    )  # fmt: skip
    scope = "attention"
    entities = ("attention_item",)

    def __init__(self, tools: Tools) -> None:
        self._offered: list[Offered] = []
        self.offer = StateBanner()
        self.offer.setObjectName("attention.offer")
        super().__init__(tools, COLUMNS, order=order, tabs=TABS, add="attention.add")
        self.offer.pressed.connect(self.take_residents)
        middle = self.view.parentWidget()
        layout = middle.layout() if middle is not None else None
        assert isinstance(layout, QBoxLayout)
        layout.insertWidget(layout.indexOf(self.view), self.offer)
        self.count_villages()

    # --- what the list is ---------------------------------------------------------------------------------------

    def village_of(self, row: AttentionRow) -> str:
        """Where it is."""
        return row.listed.village

    def is_on_tab(self, row: AttentionRow, tab: str) -> bool:
        """Closed entries stand apart."""
        if tab == CLOSED or not row.listed.item.active:
            return tab == CLOSED and not row.listed.item.active
        return tab in ("", row.listed.item.kind) or (tab == DUE and row.state != "good")

    def village_counts(self) -> tuple[Mapping[str, int], int]:
        """Open entries of each village."""
        active = [row for row in self._rows.values() if row.listed.item.active]
        return Counter(row.listed.village for row in active), len(active)

    def question(self) -> Question:
        """All entries: found by names, places and words, pinyin, numbers, addresses."""
        live = self._desk.live
        return partial(_ask, dict(live.grids), dict(live.villages), self._today())

    def _today(self) -> date:
        return self._desk.now().astimezone(zone_of(self._desk.live.town)).date()

    def concerns(self, change: LiveChange) -> bool:
        """Entries, the people and households of whom they speak, and the names of their places."""
        return change.attention or change.households or change.places

    def header(self, row: AttentionRow) -> QWidget:
        """What it is about, and what can be done."""
        return ItemHeader(self._tools, row)

    def follow(self, row: AttentionRow) -> None:
        """The entry's form."""
        sheet = self.sheet(row.id)
        if isinstance(sheet, EditAttentionSheet):
            sheet.follow(row.listed.item)

    @Slot(object)
    def take(self, answer: Answer) -> None:
        """The entries, and who might become one."""
        made, index, self._offered = answer
        super().take((made, index))
        self._tell_offer()
        visit = self.sheet("visit")
        if isinstance(visit, VisitSheet):
            visit.follow_grids(self._by_grid())
        self._tools.actions.refresh()

    @Slot(object)
    def _village_picked(self, id: str | None) -> None:
        super()._village_picked(id)
        self._tell_offer()

    # --- residents whose needs are known ------------------------------------------------------------------------

    def offered(self) -> list[Offered]:
        """Those of the village that is looked at, or of the town."""
        village = self.villages.chosen_line
        return [each for each in self._offered if village in (ALL, each.household.village)]

    def _tell_offer(self) -> None:
        offered = self.offered()
        if offered and self._tools.actions.is_allowed("attention.take"):
            self.offer.say("attention.offer", icon="household", button="attention.offer.take", count=len(offered))
        else:
            self.offer.hide()

    # --- what can be done ---------------------------------------------------------------------------------------

    @property
    def can_change(self) -> bool:
        """Whether the card of an open entry is there."""
        return self.can_edit and self._shown is not None and self._shown.listed.item.active

    @property
    def can_reopen(self) -> bool:
        """Whether the card of a closed entry is there."""
        return self.can_edit and self._shown is not None and not self._shown.listed.item.active

    @property
    def can_take(self) -> bool:
        """Whether somebody is offered."""
        return bool(self.offered())

    @property
    def can_visit(self) -> bool:
        """Whether any grid has entries; before they are read it is not known."""
        return not self.is_ready or bool(self._by_grid())

    def add(self) -> None:
        """The form for a new entry, of the kind whose tab is open, in the place that is looked at."""
        kind = self.tab if self.tab in KINDS else KINDS[0]
        self.open_sheet(f"new:{kind}", partial(self._new, kind))

    def _new(self, kind: str) -> AddAttentionSheet:
        chosen = self._desk.live.grids.get(self._tools.selection.chosen("grid") or "")
        village = self.villages.chosen_line or (chosen.village if chosen else None)
        at = chosen.id if chosen is not None and chosen.village == village else None
        sheet = AddAttentionSheet(self._tools, self.post, kind, village, at)
        sheet.added.connect(self._added)
        return sheet

    @Slot(str)
    def _added(self, id: str) -> None:
        self._tools.selection.navigate("attention_item", id)

    def edit(self) -> None:
        """The form of the chosen entry."""
        if self._shown is not None:
            self.open_sheet(self._shown.id, partial(EditAttentionSheet, self._shown.listed, self._tools, self.post))

    def confirm(self) -> None:
        """The chosen entry was found to be so today."""
        if self._shown is not None:
            self.post.carry_out(ConfirmAttention(items=(self._shown.id,)), say("attention.done.confirm"))

    def close_entry(self) -> None:
        """Why the chosen entry leaves the list."""
        if self._shown is not None:
            self.open_sheet(f"close:{self._shown.id}", partial(CloseSheet, self._shown.id, self.post))

    def reopen(self) -> None:
        """The chosen entry comes back."""
        if self._shown is not None:
            self.post.carry_out(ReopenAttention(item=self._shown.id), say("attention.done.reopen"))

    def visit(self) -> None:
        """All of a grid at once; it waits for the list where that is still to come."""
        if self.is_ready:
            self._open_visit()
        else:
            self.reading.when_read(self._open_visit)

    def _open_visit(self) -> None:
        grids = self._by_grid()
        shown = self._shown.listed.grid if self._shown is not None else None
        chosen = self._tools.selection.chosen("grid")
        if grids:
            at = chosen if chosen in grids else shown
            is_new = self.sheet("visit") is None
            self.open_sheet("visit", partial(VisitSheet, self._tools, self.post, grids))
            sheet = self.sheet("visit")
            if is_new and isinstance(sheet, VisitSheet):
                sheet.turn_to(at)

    def _by_grid(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for row in self._rows.values():
            if row.listed.item.active and row.listed.grid:
                found.setdefault(row.listed.grid, []).append(row.id)
        return {grid: tuple(ids) for grid, ids in found.items()}

    @Slot()
    def take_residents(self) -> None:
        """The form for those who are offered."""
        offered = self.offered()
        if offered:
            self.open_sheet(f"take:{self.villages.chosen_line}", partial(TakeSheet, self.post, offered))


def _ask(grids: Mapping[str, Grid], villages: Mapping[str, Village], today: date, reader: Any) -> Answer:
    """On the read lane: every entry, what a search in them knows, and who of the register might become one."""
    made = rows(attention_reading.listed(reader, active=None), grids, villages, today)
    return made, index_of(made), attention_reading.offers(reader)
