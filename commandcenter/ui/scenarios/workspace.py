"""The library of scenarios: the list of types, and the card of one of their editions."""

from collections import Counter
from collections.abc import Mapping
from functools import partial
from typing import Any, ClassVar

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QSplitter, QWidget

from commandcenter.base.texts import say
from commandcenter.rules.entity import DRILLS
from commandcenter.rules.finding import Index
from commandcenter.services import scenarios as service
from commandcenter.services.live import LiveChange
from commandcenter.services.scenarios import Kept, RetireScenario
from commandcenter.ui.core import theme
from commandcenter.ui.core.listing import ListWords, Tab
from commandcenter.ui.core.listroom import ReadListRoom
from commandcenter.ui.core.rereading import Question, Rereading
from commandcenter.ui.core.splitters import restore_sizes
from commandcenter.ui.core.times import zone_of
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.viewstate import Empty, ViewState
from commandcenter.ui.scenarios.cardplace import CardPlace
from commandcenter.ui.scenarios.files import ScenarioFiles
from commandcenter.ui.scenarios.forms import AddScenarioSheet, EditScenarioSheet, FiveSheet
from commandcenter.ui.scenarios.lineforms import EditLineSheet
from commandcenter.ui.scenarios.linehands import LineHands
from commandcenter.ui.scenarios.rows import COLUMNS, ScenarioRow, index_of, order, rows
from commandcenter.ui.scenarios.season import SeasonDelegate
from commandcenter.ui.scenarios.sections import ScenarioHeader, Shown

Answer = tuple[list[ScenarioRow], Index]
LIST, CARD = 580, 700
_TABS = (Tab("used", "scenarios.tab.used"), Tab("retired", "scenarios.tab.retired"))


class ScenariosList(ReadListRoom[ScenarioRow]):
    """Left the types, right the card of one of them or the form that stands before it."""

    words: ClassVar[ListWords] = ListWords(
        "scenarios", "scenarios.search", Empty("scenarios.empty", "scenarios.empty.hint"), "scenarios.all",
        "scenarios.count", "scenarios.count_of", "scenarios.card.empty", "scenarios.card.gone",
    )  # fmt: skip
    scope = "scenarios"
    entities = ("scenario",)

    def __init__(self, tools: Tools, parent: QWidget | None = None) -> None:
        self.shown: Shown | None = None
        """What stands on the card: an edition of the chosen type."""
        self._edition: str | None = None
        self._planned: Counter[str] | None = None
        super().__init__(tools, COLUMNS, order=order, add="scenario.add", tabs=_TABS, parent=parent)
        self.place = CardPlace(self.card, self._is_whole, self._is_card)
        self.lines = LineHands(self)
        self.files = ScenarioFiles(tools, self.post, self)
        self.files.taken.connect(self.go_to)
        at = [column.id for column in COLUMNS].index("season")
        self.view.setItemDelegateForColumn(at, SeasonDelegate(self.month, self.view))
        self.counting = Rereading(tools.desk, self._planned_from, self, world=DRILLS)
        self.counting.answered.connect(self._take_planned)
        self.counting.troubled.connect(self.tell_state)
        self.counting.read()

    def _lay_out(self) -> None:
        """No villages here: the list is narrow and the card has the room."""
        super()._lay_out()
        self.villages.hide()
        split = self.findChild(QSplitter)
        assert split is not None
        split.setSizes([0, theme.current().px(LIST), theme.current().px(CARD)])
        split.setStretchFactor(1, 1)
        split.setStretchFactor(2, 2)
        restore_sizes(split, self._tools.settings, self.words.name)

    @property
    def month(self) -> int:
        """The present month in the town."""
        return self._desk.now().astimezone(zone_of(self._desk.live.town)).month

    # --- what the list is ---------------------------------------------------------------------------------------

    def village_of(self, row: ScenarioRow) -> str | None:
        """Scenarios belong to the town."""
        return None

    def village_counts(self) -> tuple[Mapping[str, int], int]:
        """Scenarios belong to the town."""
        return {}, len(self._rows)

    def is_on_tab(self, row: ScenarioRow, tab: str) -> bool:
        """Those in use, or those taken out."""
        return row.scenario.active == (tab == "used")

    def question(self) -> Question:
        """The library, found by title in either language, pinyin, initials and key."""
        return _ask

    def concerns(self, change: LiveChange) -> bool:
        """Scenarios, and what the five are called."""
        return change.drills or change.settings

    def widen(self) -> None:
        """What was asked for may be out of use."""
        self.search.clear()
        row = self.row(self._chosen)
        self.tabs.setCurrentIndex(0 if row is None or row.scenario.active else 1)
        self.narrow_down()

    def _state(self) -> ViewState:
        return self.counting.trouble or super()._state()

    # --- reading ------------------------------------------------------------------------------------------------

    @Slot(object)
    def _live_changed(self, change: LiveChange) -> None:
        super()._live_changed(change)
        if change.everything or change.drills:
            self.counting.read_again()

    def _planned_from(self) -> Question:
        """How many drills were planned from each edition: they are in worlds of their own."""
        return service.planned_from

    @Slot(object)
    def _take_planned(self, planned: Counter[str]) -> None:
        self._planned = planned
        self._refresh_card()

    def follow(self, row: ScenarioRow) -> None:
        """Its forms, and those of its lines."""
        for kept in row.entry.editions:
            self._follow(kept, row)

    def _follow(self, kept: Kept, row: ScenarioRow) -> None:
        """Forms that stand open take what others changed, also in an edition made meanwhile."""
        sheet = self.sheet(kept.scenario.id)
        if isinstance(sheet, EditScenarioSheet):
            sheet.follow(row.scenario)
        lines: list[Any] = [*kept.injects, *kept.expectations]
        for line in lines:
            own = self.sheet(line.id)
            if isinstance(own, EditLineSheet):
                own.follow(line)

    # --- choosing -----------------------------------------------------------------------------------------------

    @property
    def chosen_row(self) -> ScenarioRow | None:
        """The type on the card."""
        return self.row(self._chosen)

    def pick(self, id: str) -> None:
        """By hand: the newest edition."""
        row = self.row(id)
        self._edition = None
        if row is not None:
            self._tools.selection.choose("scenario", row.scenario.id)
        self._show(id)

    @Slot(str, object)
    def _selected(self, _entity: str, _id: str | None) -> None:
        """What is chosen elsewhere is an edition, not a row: :meth:`arrive` finds the row."""

    @Slot(str)
    def go_to(self, id: str) -> None:
        """To an edition, as soon as it is known."""
        self.arrive(id)

    def arrive(self, key: str) -> None:
        """To an edition, as soon as it is known."""
        self._edition = key
        row = next((each for each in self._rows.values() if each.edition(self._edition or "")), None)
        if row is None:
            return
        if row.scenario.id == self._edition:
            self._edition = None
        self._show(row.id)
        self.bring_into_list(row.id)

    def arrive_at_chosen(self) -> None:
        """The edition that was chosen elsewhere."""
        chosen = self._tools.selection.chosen("scenario")
        if chosen is not None and (self.shown is None or self.shown.scenario.id != chosen):
            self.arrive(chosen)

    def _show(self, key: str | None) -> None:
        self._chosen = key
        self.view.choose(key, show=False)
        self._refresh_card()
        self.show_card_or_sheet(self.shown.scenario.id if self.shown is not None else None)

    def _refresh_card(self) -> None:
        if self._edition is not None and (row := self.row(self._chosen)) is not None:
            if row.edition(self._edition) is None:
                self._arrive_later()
        elif self._edition is not None:
            self._arrive_later()
        shown = self._to_show()
        if shown is not None and shown == self.shown:
            return
        self.place.hold(is_same=shown is not None and self.shown is not None and shown.row.id == self.shown.row.id)
        self.shown = shown
        self._tools.actions.refresh()
        if shown is None:
            self.card.show_nothing(self.words.gone if self.is_gone else self.words.nothing)
            return
        self.card.show_subject(shown, ScenarioHeader(self._tools, shown))
        self.place.settle_soon()

    def _arrive_later(self) -> None:
        """An edition that was asked for has been read by now."""
        row = next((each for each in self._rows.values() if each.edition(self._edition or "")), None)
        if row is not None:
            self._chosen = row.id
            if row.scenario.id == self._edition:
                self._edition = None
            self.bring_into_list(row.id)

    def show_line(self, kind: str, position: int) -> None:
        """Give the keys to a line of the card, counted from 0, as soon as the card stands."""
        self.place.take_up(kind, position)
        self.place.settle_soon()

    def _is_whole(self) -> bool:
        """Whether the card need not be made once more when the drills have been counted."""
        return self._planned is not None or self.counting.trouble is not None

    def _is_card(self) -> bool:
        return self.right.is_card

    @property
    def line_chosen(self) -> str:
        """Kind and id of the line that was chosen on the card; empty for none."""
        return self._tools.selection.chosen("scenario_line") or ""

    def _to_show(self) -> Shown | None:
        row = self.row(self._chosen)
        if row is None:
            return None
        kept = row.edition(self._edition or "") or row.entry.kept
        is_newest = kept.scenario.id == row.scenario.id
        return Shown(
            row, kept, self.month, self._can_hand_over,
            None if self._planned is None else self._planned[kept.scenario.id],
            is_newest and kept.scenario.active and self._tools.actions.is_allowed("scenario.edit"),
            self._desk.live.settings.get("drills.five") or {},
        )  # fmt: skip

    # --- what can be done ---------------------------------------------------------------------------------------

    @property
    def _can_hand_over(self) -> bool:
        """Whether there is a room that plans drills."""
        return "drills" in self._tools.plugs.workspaces

    @property
    def has_card(self) -> bool:
        """Whether a scenario stands on the card."""
        return self.shown is not None and self.right.is_card

    @property
    def can_edit(self) -> bool:
        """Whether the scenario on the card can be changed."""
        return self.has_card and self.shown is not None and self.shown.is_newest and self.shown.scenario.active

    @property
    def can_plan(self) -> bool:
        """Whether a drill can be planned from it, in the room for that."""
        return self.can_edit and self._can_hand_over

    @property
    def can_bring_back(self) -> bool:
        """Whether it is out of use, and not because it was replaced."""
        return self.has_card and self.shown is not None and self.shown.is_newest and not self.shown.scenario.active

    def add(self) -> None:
        """The form for a scenario of one's own."""
        self.open_sheet("new:scenario", partial(self._adding, None))

    def copy(self) -> None:
        """The form for a copy of this one."""
        if self.shown is not None:
            source = self.shown.scenario
            self.open_sheet(f"copy:{source.id}", partial(self._adding, source))

    def _adding(self, source: Any) -> AddScenarioSheet:
        sheet = AddScenarioSheet(self._tools, self.post, source)
        sheet.added.connect(self.go_to)
        return sheet

    def edit(self) -> None:
        """The form of this scenario."""
        if self.shown is not None:
            self.open_sheet(self.shown.scenario.id, self._editing)

    def _editing(self) -> EditScenarioSheet:
        assert self.shown is not None
        scenario = self.shown.scenario
        sheet = EditScenarioSheet(scenario, self._tools, self.post, makes_edition=self._makes_edition)
        sheet.edited.connect(self.go_to)
        return sheet

    @property
    def _makes_edition(self) -> bool:
        assert self.shown is not None
        return self.shown.scenario.origin == "shipped" or bool(self.shown.planned)

    def name_five(self) -> None:
        """The form of what the five are called."""
        self.open_sheet("five", partial(FiveSheet, self._tools, self.post))

    def plan(self) -> None:
        """Over to the calendar, which plans a drill from it."""
        if self.shown is not None:
            self._tools.selection.navigate("drill_plan", self.shown.scenario.id)

    def export(self) -> None:
        """A workbook out."""
        if self.shown is not None:
            self.files.begin_export(self.shown.scenario.id)

    def take_in(self) -> None:
        """A workbook in."""
        self.files.begin_import()

    def retire(self) -> None:
        """Out of the library."""
        self._set_retired(True)

    def bring_back(self) -> None:
        """Into the library again."""
        self._set_retired(False)

    def _set_retired(self, retired: bool) -> None:
        if self.shown is not None:
            told = say("scenarios.done.retire" if retired else "scenarios.done.bring_back")
            self.post.carry_out(RetireScenario(scenario=self.shown.scenario.id, retired=retired), told)


def _ask(reader: Any) -> Answer:
    """On the read lane: the library, and what a search in it knows."""
    made = rows(service.library(reader))
    return made, index_of(made)
