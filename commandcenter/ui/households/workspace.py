"""The workspace 住户: villages, the households of one of them with a search, and the card or the form of one household.

A register may hold 12,000 households: only those of the chosen village are read, all of them at once only in a small
town.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from commandcenter.base.texts import say
from commandcenter.rules.finding import Index
from commandcenter.rules.grids import Grid, Village
from commandcenter.services import households
from commandcenter.services.households import Home, RetireHousehold
from commandcenter.services.live import LiveChange
from commandcenter.ui.core.listing import ListWords
from commandcenter.ui.core.listroom import ReadListRoom
from commandcenter.ui.core.rereading import Question
from commandcenter.ui.core.sidelist import ALL
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.viewstate import Empty
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


class HouseholdsWorkspace(ReadListRoom[HomeRow]):
    """Left villages, in the middle their households, right the card of the chosen one."""

    words = ListWords(
        "households", "households.search", _EMPTY, "households.villages.all", "households.count",
        "households.count_of", "households.card.empty", "households.card.gone",
    )  # fmt: skip
    scope = "households"
    entities = ("household",)

    def __init__(self, tools: Tools) -> None:
        self._counts: dict[str, int] = {}
        self._read_for = ALL
        super().__init__(tools, COLUMNS, order=order, add="household.add")
        self.count_villages()

    # --- what the list is ---------------------------------------------------------------------------------------

    def village_of(self, row: HomeRow) -> str:
        """Where the household lives."""
        return row.home.household.village

    def village_counts(self) -> tuple[Mapping[str, int], int]:
        """Households of each village."""
        return self._counts, sum(self._counts.values())

    def question(self) -> Question:
        """The counts, and the households of the chosen village: found by heads and members, numbers, addresses and
        house numbers."""
        self._read_for = self.villages.chosen_line
        live = self._desk.live
        return partial(_ask, self._read_for, dict(live.grids), dict(live.villages))

    def concerns(self, change: LiveChange) -> bool:
        """Households, and the names of their places."""
        return change.households or change.places

    def header(self, row: HomeRow) -> QWidget:
        """Who lives where, and what can be done."""
        return HouseholdHeader(self._tools, row)

    @property
    def is_gone(self) -> bool:
        """Of another village it may still be there."""
        return super().is_gone and self._read_for == self.villages.chosen_line

    # --- reading ------------------------------------------------------------------------------------------------

    @Slot(object)
    def take(self, answer: Answer) -> None:
        """In a large town a village is chosen first."""
        self._counts, made, index = answer
        too_many = self._read_for == ALL and sum(self._counts.values()) > AT_ONCE
        self.view.set_empty(_CHOOSE if too_many else _EMPTY)
        super().take((made, index))

    def follow(self, row: HomeRow) -> None:
        """The household's form, and those of its members."""
        sheet = self.sheet(row.id)
        if isinstance(sheet, EditHouseholdSheet):
            sheet.follow(row.home.household)
        for member in row.home.members:
            own = self.sheet(member.id)
            if isinstance(own, EditResidentSheet):
                own.follow(member)

    @Slot(object)
    def _village_picked(self, _id: str | None) -> None:
        self.reading.forget()
        self.tell_state()
        self.reading.read()

    def widen(self) -> None:
        """The search is what hides a household of this village."""
        self.search.clear()
        self.narrow_down()

    # --- choosing -----------------------------------------------------------------------------------------------

    def arrive(self, key: str) -> None:
        """Its village may be another one."""
        super().arrive(key)
        if key not in self._rows:
            self._desk.read(
                partial(_ask_one, key), done=self._turn_to_village, owner=self, key="one", failed=self.post.explain
            )

    def _turn_to_village(self, found: Home | None) -> None:
        if found is not None and found.household.village != self.villages.chosen_line:
            self.villages.choose(found.household.village)
            self._village_picked(found.household.village)
        self._refresh_card()

    # --- forms --------------------------------------------------------------------------------------------------

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
            self.post.carry_out(RetireHousehold(household=self._shown.id), told)


    def erase(self) -> None:
        """The sheet that erases the head or a member for good; the member chosen on the card comes first."""
        if self._shown is not None:
            from commandcenter.ui.core.erasing import Erasable, ErasureSheet

            home, first = self._shown.home, self.resident.id if self.resident is not None else ""
            title = say("households.title", head=self._shown.head)
            head = Erasable("household", home.household.id, home.household.head or "", title)
            who = (head, *(Erasable("resident", each.id, each.name or "") for each in home.members))
            self.open_sheet(f"erase:{head.id}", partial(ErasureSheet, who, self._tools, self.post, first))


def _ask(village: str, grids: Mapping[str, Grid], villages: Mapping[str, Village], reader: Any) -> Answer:
    """On the read lane: counts, the rows to show, and what a search in them knows."""
    counts = households.per_village(reader)
    wanted = [village] if village != ALL else list(counts) if sum(counts.values()) <= AT_ONCE else []
    found = [each for id in wanted for each in households.homes(reader, "village", id)]
    made = rows(found, grids, villages)
    return counts, made, index_of(made)


def _ask_one(id: str, reader: Any) -> Home | None:
    return households.home(reader, id)
