"""The workspace 住户: villages, the households of one of them with a search, and the card or the form of one household.

A register may hold 12,000 households: only those of the chosen village are read, all of them at once only in a small
town.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtGui import QShowEvent

from commandcenter.base.errors import CommandCenterError
from commandcenter.base.texts import say
from commandcenter.rules.finding import Index
from commandcenter.rules.grids import Grid, Village
from commandcenter.services import households
from commandcenter.services.households import Home, RetireHousehold
from commandcenter.services.live import LiveChange
from commandcenter.ui.core.listing import MOST_HITS, Found, ListWords, ListWorkspace
from commandcenter.ui.core.sending import Sender
from commandcenter.ui.core.sidelist import ALL
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.viewstate import Empty, ViewState, failed
from commandcenter.ui.households.forms import (
    AddHouseholdSheet,
    AddResidentSheet,
    EditHouseholdSheet,
    EditResidentSheet,
)
from commandcenter.ui.households.rows import COLUMNS, HomeRow, index_of, order, rows
from commandcenter.ui.households.sections import HouseholdHeader

AT_ONCE = 1000
"""Up to so many households of a whole town are read at once; in a larger one a village is chosen first."""
_EMPTY = Empty("households.empty", "households.empty.hint")
_CHOOSE = Empty("households.choose", "households.choose.hint", "village")
Answer = tuple[dict[str, int], list[HomeRow], Index]


class HouseholdsWorkspace(ListWorkspace[HomeRow]):
    """Left villages, in the middle their households, right the card of the chosen one."""

    words = ListWords(
        "households", "households.search", _EMPTY, "households.villages.all", "households.count",
        "households.count_of", "households.card.empty", "households.card.gone",
    )  # fmt: skip
    scope = "households"

    def __init__(self, tools: Tools) -> None:
        self._counts: dict[str, int] = {}
        self._index = Index()
        self._is_read = False
        self._trouble: ViewState | None = None
        self._read_for = ALL
        self._chosen: str | None = None
        self._shown: HomeRow | None = None
        super().__init__(tools, COLUMNS, key=_id, order=order, card="household", add="household.add")
        self.post = Sender(tools, self)
        tools.desk.live_changed.connect(self._live_changed)
        tools.selection.changed.connect(self._selected)
        tools.selection.navigated.connect(self._navigated)
        self.card.show_nothing(self.words.nothing)
        self.count_villages()
        self.read()

    # --- what the list is ---------------------------------------------------------------------------------------

    @property
    def is_ready(self) -> bool:
        """Whether the households have been read."""
        return self._is_read

    def village_of(self, row: HomeRow) -> str:
        """Where the household lives."""
        return row.home.household.village

    def village_counts(self) -> tuple[Mapping[str, int], int]:
        """Households of each village."""
        return self._counts, sum(self._counts.values())

    def matching(self, query: str) -> Found:
        """By heads and members, numbers, addresses and house numbers."""
        return frozenset(hit.entry.id for hit in self._index.search(query, MOST_HITS))

    def _state(self) -> ViewState:
        return self._trouble or super()._state()

    # --- reading ------------------------------------------------------------------------------------------------

    def read(self) -> None:
        """Ask for the counts and the households of the chosen village; a newer wish overtakes this one."""
        self._read_for = self.villages.chosen_line
        live = self._desk.live
        ask = partial(_ask, self._read_for, dict(live.grids), dict(live.villages))
        self._desk.read(ask, done=self._take, failed=self._failed, owner=self, key="homes")

    def _take(self, answer: Answer) -> None:
        self._counts, made, self._index = answer
        self._is_read, self._trouble = True, None
        too_many = self._read_for == ALL and sum(self._counts.values()) > AT_ONCE
        self.view.set_empty(_CHOOSE if too_many else _EMPTY)
        self.show_rows({row.id: row for row in made})
        for row in made:
            self._follow(row)
        self._refresh_card()
        if self._chosen in self._rows:
            self.bring_into_list(self._chosen)

    def _failed(self, error: BaseException) -> None:
        if not isinstance(error, CommandCenterError):
            raise error
        self._trouble = failed(error)
        self.tell_state()

    def _follow(self, row: HomeRow) -> None:
        """Forms that stand open take what others changed."""
        sheet = self.sheet(row.id)
        if isinstance(sheet, EditHouseholdSheet):
            sheet.follow(row.home.household)
        for member in row.home.members:
            own = self.sheet(member.id)
            if isinstance(own, EditResidentSheet):
                own.follow(member)

    @Slot(object)
    def _live_changed(self, change: LiveChange) -> None:
        if change.everything or change.households or change.places:
            self.read()

    @Slot(object)
    def _village_picked(self, _id: str | None) -> None:
        self._is_read = False
        self.tell_state()
        self.read()

    def widen(self) -> None:
        """The search is what hides a household of this village."""
        self.search.clear()
        self.narrow_down()

    # --- choosing -----------------------------------------------------------------------------------------------

    @property
    def chosen_row(self) -> HomeRow | None:
        """The household on the card."""
        return self._shown

    def pick(self, id: str) -> None:
        """By hand."""
        self._tools.selection.choose("household", id)
        self._show(id)

    @Slot(str, object)
    def _selected(self, entity: str, id: str | None) -> None:
        if entity == "household":
            self._show(id)

    @Slot(str, str)
    def _navigated(self, entity: str, id: str) -> None:
        """Somebody asked for a household, whose village may be another one."""
        if entity == "household" and id not in self._rows:
            self._desk.read(partial(_ask_one, id), done=self._arrive, owner=self, key="one", failed=self._failed)
        elif entity == "household":
            self._show(id)
            self.bring_into_list(id)

    def _arrive(self, found: Home | None) -> None:
        if found is not None and found.household.village != self.villages.chosen_line:
            self.villages.choose(found.household.village)
            self._village_picked(found.household.village)
        self._refresh_card()

    def _show(self, id: str | None) -> None:
        self._chosen = id
        self.view.choose(id, show=False)
        self._refresh_card()
        self.show_card_or_sheet(id)

    def _refresh_card(self) -> None:
        row = self.row(self._chosen)
        if row is not None and row == self._shown:
            return
        self._shown = row
        self._tools.actions.refresh()
        if row is not None:
            self.card.show_subject(row, HouseholdHeader(self._tools, row))
        else:
            gone = self._chosen is not None and self._is_read and self._read_for == self.villages.chosen_line
            self.card.show_nothing(self.words.gone if gone else self.words.nothing)

    # --- forms --------------------------------------------------------------------------------------------------

    can_add = True

    @property
    def can_edit(self) -> bool:
        """Whether the card of a household is open."""
        return self._shown is not None and self.right.currentWidget() is self.card

    @property
    def resident(self) -> Any | None:
        """The member that was chosen on the card."""
        wanted = self._tools.selection.chosen("resident")
        members = self._shown.home.members if self._shown is not None else ()
        return next((each for each in members if each.id == wanted), None)

    def add(self) -> None:
        """The form for a new household, in the place that is looked at."""
        self.open_sheet("new:household", self._new)

    def _new(self) -> AddHouseholdSheet:
        grid = self._tools.selection.chosen("grid")
        found = self._desk.live.grids.get(grid or "")
        village = self.villages.chosen_line or (found.village if found else None)
        at = found.id if found is not None and found.village == village else None
        sheet = AddHouseholdSheet(self._tools, self.post, village, at)
        sheet.added.connect(self._added)
        return sheet

    @Slot(str)
    def _added(self, id: str) -> None:
        self._tools.selection.navigate("household", id)

    def edit(self) -> None:
        """The form of the chosen household."""
        if self._shown is not None:
            household = self._shown.home.household
            self.open_sheet(household.id, partial(EditHouseholdSheet, household, self._tools, self.post))

    def add_resident(self) -> None:
        """The form for somebody more in it."""
        if self._shown is not None:
            household = self._shown.home.household
            make = partial(AddResidentSheet, household, self._tools, self.post)
            self.open_sheet(f"member:{household.id}", make)

    def edit_resident(self) -> None:
        """The form of the member chosen on the card."""
        if self.resident is not None:
            make = partial(EditResidentSheet, self.resident, self._tools, self.post)
            self.open_sheet(self.resident.id, make)

    def retire(self) -> None:
        """Take the chosen household off the register."""
        if self._shown is not None:
            told = say("households.done.retire")
            command = RetireHousehold(household=self._shown.id)
            self.post.send(command, told, done=partial(self.post.tell_done, told))

    # --- Qt -----------------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """A household that was asked for elsewhere comes into sight."""
        chosen = self._tools.selection.chosen("household")
        if chosen is not None and chosen != self._chosen:
            self._show(chosen)
            self._navigated("household", chosen)
        super().showEvent(event)


def _id(row: HomeRow) -> str:
    return row.id


def _ask(village: str, grids: Mapping[str, Grid], villages: Mapping[str, Village], reader: Any) -> Answer:
    """On the read lane: counts, the rows to show, and what a search in them knows."""
    counts = households.per_village(reader)
    wanted = [village] if village != ALL else list(counts) if sum(counts.values()) <= AT_ONCE else []
    found = [each for id in wanted for each in households.homes(reader, "village", id)]
    made = rows(found, grids, villages)
    return counts, made, index_of(made)


def _ask_one(id: str, reader: Any) -> Home | None:
    return households.home(reader, id)
