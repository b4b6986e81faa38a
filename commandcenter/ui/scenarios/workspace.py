"""The workspace 演练库: the library of scenarios with the card of one of them, and beside it the emergency units."""

from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, ClassVar

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from commandcenter.base.errors import CommandCenterError
from commandcenter.base.texts import say
from commandcenter.rules.entity import DRILLS
from commandcenter.rules.finding import Index
from commandcenter.services import scenarios as service
from commandcenter.services.live import LiveChange
from commandcenter.services.scenarios import Kept, RetireScenario
from commandcenter.services.scripts import MoveLine, RemoveLine
from commandcenter.ui.core import theme
from commandcenter.ui.core.listing import MOST_HITS, Found, ListWords, ListWorkspace, Tab
from commandcenter.ui.core.sending import Sender
from commandcenter.ui.core.times import zone_of
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.viewstate import Empty, ViewState, failed
from commandcenter.ui.core.widgets import KeyCap
from commandcenter.ui.scenarios.files import ScenarioFiles
from commandcenter.ui.scenarios.forms import AddScenarioSheet, EditScenarioSheet, FiveSheet, tell_edition
from commandcenter.ui.scenarios.lineforms import AddLineSheet, EditLineSheet
from commandcenter.ui.scenarios.lines import EvaluationSection, ScriptSection
from commandcenter.ui.scenarios.rows import COLUMNS, ScenarioRow, index_of, order, rows
from commandcenter.ui.scenarios.season import SeasonDelegate
from commandcenter.ui.scenarios.sections import ScenarioHeader, Shown
from commandcenter.ui.scenarios.sides import SIDES
from commandcenter.ui.scenarios.units import UnitsList

Answer = tuple[list[ScenarioRow], Index]
LIST, CARD = 580, 700
STEP = 60
"""Seconds after the last line at which a new one is proposed."""


class ScenariosList(ListWorkspace[ScenarioRow]):
    """Left the types, right the card of one of them or the form that stands before it."""

    words: ClassVar[ListWords] = ListWords(
        "scenarios", "scenarios.search", Empty("scenarios.empty", "scenarios.empty.hint"), "scenarios.all",
        "scenarios.count", "scenarios.count_of", "scenarios.card.empty", "scenarios.card.gone",
    )  # fmt: skip
    scope = "scenarios"

    def __init__(self, tools: Tools) -> None:
        self._index = Index()
        self._is_read = False
        self._trouble: ViewState | None = None
        self._chosen: str | None = None
        self._edition: str | None = None
        self._shown: Shown | None = None
        self._planned: Counter[str] | None = None
        self._take_up: tuple[str, int] | None = None
        self._place: int | None = None
        """Where a card that was just made anew has to be scrolled to."""
        tabs = (Tab("used", "scenarios.tab.used"), Tab("retired", "scenarios.tab.retired"))
        super().__init__(tools, COLUMNS, key=_id, order=order, card="scenario", add="scenario.add", tabs=tabs)
        self.post = Sender(tools, self)
        self.files = ScenarioFiles(tools, self.post, self)
        self.files.taken.connect(self._go)
        at = [column.id for column in COLUMNS].index("season")
        self.view.setItemDelegateForColumn(at, SeasonDelegate(self.month, self.view))
        tools.desk.live_changed.connect(self._live_changed)
        tools.selection.navigated.connect(self._navigated)
        self.card.show_nothing(self.words.nothing)
        self.read()

    def _lay_out(self) -> None:
        """No villages here: the list is narrow and the card has the room."""
        super()._lay_out()
        self.villages.hide()
        split = self.findChild(QSplitter)
        assert split is not None
        split.setSizes([0, theme.current().px(LIST), theme.current().px(CARD)])
        split.setStretchFactor(1, 1)
        split.setStretchFactor(2, 2)

    @property
    def month(self) -> int:
        """The present month in the town."""
        return self._desk.now().astimezone(zone_of(self._desk.live.town)).month

    # --- what the list is ---------------------------------------------------------------------------------------

    @property
    def is_ready(self) -> bool:
        """Whether the library has been read."""
        return self._is_read

    def village_of(self, row: ScenarioRow) -> str | None:
        """Scenarios belong to the town."""
        return None

    def village_counts(self) -> tuple[Mapping[str, int], int]:
        """Scenarios belong to the town."""
        return {}, len(self._rows)

    def is_on_tab(self, row: ScenarioRow, tab: str) -> bool:
        """Those in use, or those taken out."""
        return row.scenario.active == (tab == "used")

    def matching(self, query: str) -> Found:
        """By title in either language, pinyin, initials and key."""
        return frozenset(hit.entry.id for hit in self._index.search(query, MOST_HITS))

    def widen(self) -> None:
        """What was asked for may be out of use."""
        self.search.clear()
        row = self.row(self._chosen)
        self.tabs.setCurrentIndex(0 if row is None or row.scenario.active else 1)
        self.narrow_down()

    def _state(self) -> ViewState:
        return self._trouble or super()._state()

    # --- reading ------------------------------------------------------------------------------------------------

    def read(self) -> None:
        """Ask for the library, and for how many drills were planned from it."""
        self._desk.read(_ask, done=self._take, failed=self._failed, owner=self, key="library")
        self._desk.read(service.planned_from, done=self._take_planned, failed=self._failed, owner=self, key="planned",
                        world=DRILLS)  # fmt: skip

    def _take(self, answer: Answer) -> None:
        made, self._index = answer
        self._is_read, self._trouble = True, None
        self.show_rows({row.id: row for row in made})
        for row in made:
            for kept in row.entry.editions:
                self._follow(kept, row)
        self._refresh_card()

    def _take_planned(self, planned: Counter[str]) -> None:
        self._planned = planned
        self._refresh_card()

    def _failed(self, error: BaseException) -> None:
        if not isinstance(error, CommandCenterError):
            raise error
        self._trouble = failed(error)
        self.tell_state()

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

    @Slot(object)
    def _live_changed(self, change: LiveChange) -> None:
        if change.everything or change.drills or change.settings:
            self.read()

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

    @Slot(str, str)
    def _navigated(self, entity: str, id: str) -> None:
        if entity == "scenario":
            self._go(id)

    @Slot(str)
    def _go(self, id: str) -> None:
        """To an edition, as soon as it is known."""
        self._edition = id
        self._arrive()

    def _arrive(self) -> None:
        row = next((each for each in self._rows.values() if each.edition(self._edition or "")), None)
        if row is None:
            return
        if row.scenario.id == self._edition:
            self._edition = None
        self._show(row.id)
        self.bring_into_list(row.id)

    def _show(self, key: str | None) -> None:
        self._chosen = key
        self.view.choose(key, show=False)
        self._refresh_card()
        self.show_card_or_sheet(self._shown.scenario.id if self._shown is not None else None)

    def _refresh_card(self) -> None:
        if self._edition is not None and (row := self.row(self._chosen)) is not None:
            if row.edition(self._edition) is None:
                self._arrive_later()
        elif self._edition is not None:
            self._arrive_later()
        shown = self._to_show()
        if shown is not None and shown == self._shown:
            return
        is_same_type = shown is not None and self._shown is not None and shown.row.id == self._shown.row.id
        if not is_same_type:
            self._place = 0
        elif self._place is None:
            self._place = self.card.verticalScrollBar().value()
        if is_same_type and self._take_up is None:
            self._take_up = self._held_line()
        self._shown = shown
        self._tools.actions.refresh()
        if shown is None:
            gone = self._chosen is not None and self._is_read
            self.card.show_nothing(self.words.gone if gone else self.words.nothing)
            return
        self.card.show_subject(shown, ScenarioHeader(self._tools, shown))
        QTimer.singleShot(0, self.card, self._settle_card)

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
        self._take_up = (kind, position)
        QTimer.singleShot(0, self.card, self._settle_card)

    def _settle_card(self) -> None:
        """Where the reader was, or the line that was worked on."""
        place, self._place = self._place, None
        if place is not None:
            self.card.verticalScrollBar().setValue(place)
        if self._planned is None and self._trouble is None:
            return  # the card is made once more when the drills have been counted
        if self._take_up is not None and self.right.currentWidget() is self.card:
            kind, position = self._take_up
            self._take_up = None
            section = self.card.findChild(ScriptSection if kind == "inject" else EvaluationSection)
            if section is not None:
                section.take_up(position)

    def _held_line(self) -> tuple[str, int] | None:
        """Kind and place of the line that has the keys: it keeps them when the card is made anew."""
        for section in (self.card.findChild(ScriptSection), self.card.findChild(EvaluationSection)):
            for position, line in enumerate(section.lines if section is not None else ()):
                if line.hasFocus():
                    return line.kind, position
        return None

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
        )  # fmt: skip

    # --- what can be done ---------------------------------------------------------------------------------------

    can_add = True

    @property
    def _can_hand_over(self) -> bool:
        """Whether there is a room that plans drills."""
        return "drills" in self._tools.plugs.workspaces

    @property
    def has_card(self) -> bool:
        """Whether a scenario stands on the card."""
        return self._shown is not None and self.right.currentWidget() is self.card

    @property
    def can_edit(self) -> bool:
        """Whether the scenario on the card can be changed."""
        return self.has_card and self._shown is not None and self._shown.is_newest and self._shown.scenario.active

    @property
    def can_plan(self) -> bool:
        """Whether a drill can be planned from it, in the room for that."""
        return self.can_edit and self._can_hand_over

    @property
    def can_bring_back(self) -> bool:
        """Whether it is out of use, and not because it was replaced."""
        return self.has_card and self._shown is not None and self._shown.is_newest and not self._shown.scenario.active

    @property
    def has_line(self) -> bool:
        """Whether a line was chosen on a card that can be changed."""
        return self.can_edit and self._line() is not None

    def _line(self) -> tuple[str, int, Any] | None:
        """Kind, place from 0 and the line that was chosen."""
        kind, _, id = (self._tools.selection.chosen("scenario_line") or "").partition(":")
        if self._shown is None or not kind:
            return None
        kept = self._shown.kept
        lines: list[Any] = [*(kept.injects if kind == "inject" else kept.expectations)]
        return next(((kind, place, each) for place, each in enumerate(lines) if each.id == id), None)

    def add(self) -> None:
        """The form for a scenario of one's own."""
        self.open_sheet("new:scenario", partial(self._adding, None))

    def copy(self) -> None:
        """The form for a copy of this one."""
        if self._shown is not None:
            source = self._shown.scenario
            self.open_sheet(f"copy:{source.id}", partial(self._adding, source))

    def _adding(self, source: Any) -> AddScenarioSheet:
        sheet = AddScenarioSheet(self._tools, self.post, source)
        sheet.added.connect(self._go)
        return sheet

    def edit(self) -> None:
        """The form of this scenario."""
        if self._shown is not None:
            self.open_sheet(self._shown.scenario.id, self._editing)

    def _editing(self) -> EditScenarioSheet:
        assert self._shown is not None
        scenario = self._shown.scenario
        sheet = EditScenarioSheet(scenario, self._tools, self.post, makes_edition=self._makes_edition)
        sheet.edited.connect(self._go)
        return sheet

    @property
    def _makes_edition(self) -> bool:
        assert self._shown is not None
        return self._shown.scenario.origin == "shipped" or bool(self._shown.planned)

    def name_five(self) -> None:
        """The form of what the five are called."""
        self.open_sheet("five", partial(FiveSheet, self._tools, self.post))

    def plan(self) -> None:
        """Over to the calendar, which plans a drill from it."""
        if self._shown is not None:
            self._tools.selection.navigate("drill_plan", self._shown.scenario.id)

    def export(self) -> None:
        """A workbook out."""
        if self._shown is not None:
            self.files.begin_export(self._shown.scenario.id)

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
        if self._shown is not None:
            told = say("scenarios.done.retire" if retired else "scenarios.done.bring_back")
            command = RetireScenario(scenario=self._shown.scenario.id, retired=retired)
            self.post.send(command, told, done=partial(self.post.tell_done, told))

    # --- lines --------------------------------------------------------------------------------------------------

    def add_inject(self) -> None:
        """The form for one more line of the script, some time after the last."""
        self._add_line("inject")

    def add_expectation(self) -> None:
        """The form for one more point."""
        self._add_line("expectation")

    def _add_line(self, kind: str) -> None:
        if self._shown is None:
            return
        scenario, injects = self._shown.scenario, self._shown.kept.injects
        start = {"offset_s": injects[-1].offset_s + STEP if injects else 0} if kind == "inject" else {}
        make = partial(AddLineSheet, kind, scenario.id, scenario.edition, self.post, start)
        self.open_sheet(f"{kind}:{scenario.id}", partial(self._line_sheet, make))

    def _line_sheet(self, make: Callable[[], AddLineSheet | EditLineSheet]) -> AddLineSheet | EditLineSheet:
        sheet = make()
        sheet.written.connect(self._line_written)
        return sheet

    @Slot(str, str)
    def _line_written(self, scenario: str, line: str) -> None:
        self._go(scenario)

    def edit_line(self) -> None:
        """The form of the chosen line."""
        found = self._line()
        if found is not None and self._shown is not None:
            kind, place, row = found
            self._take_up = (kind, place)
            make = partial(EditLineSheet, row, self._shown.scenario.edition, self.post)
            self.open_sheet(row.id, partial(self._line_sheet, make))

    def remove_line(self) -> None:
        """Take the chosen line out."""
        found = self._line()
        if found is not None:
            kind, place, row = found
            self._send_line(RemoveLine(kind=kind, line=row.id), f"scenarios.done.{kind}.remove", kind, place)  # type: ignore[arg-type]

    def line_up(self) -> None:
        """The chosen line before the one above."""
        self._move_line(True)

    def line_down(self) -> None:
        """The chosen line after the one below."""
        self._move_line(False)

    def _move_line(self, up: bool) -> None:
        found = self._line()
        if found is not None:
            kind, place, row = found
            to = place - 1 if up else place + 1
            self._send_line(MoveLine(kind=kind, line=row.id, up=up), "scenarios.done.line.move", kind, to)  # type: ignore[arg-type]

    def _send_line(self, command: Any, code: str, kind: str, position: int) -> None:
        assert self._shown is not None
        told, before = say(code), self._shown.scenario.edition

        def done(outcome: Any) -> None:
            self._take_up = (kind, position)
            tell_edition(self.post, before, told, outcome)
            self._go(outcome.value["scenario"])

        self.post.send(command, told, done=done)

    # --- Qt -----------------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """A scenario that was asked for elsewhere comes into sight."""
        chosen = self._tools.selection.chosen("scenario")
        if chosen is not None and (self._shown is None or self._shown.scenario.id != chosen):
            self._go(chosen)
        super().showEvent(event)


class ScenariosPage(QWidget):
    """Two sides of one workspace: the library, and the register of emergency units."""

    def __init__(
        self, tools: Tools, scenarios: Callable[[QWidget], Any], units: Callable[[QWidget], Any], side: int = 0
    ) -> None:
        """``scenarios`` and ``units`` are told the two sides, as the actions know them; ``side`` is shown first."""
        super().__init__()
        look = theme.current()
        self.library: ScenariosList = scenarios(ScenariosList(tools))
        self.units: UnitsList = units(UnitsList(tools))
        self.sides = QTabBar()
        self.sides.setObjectName("scenarios.sides")
        self.sides.setDrawBase(False)
        self.sides.setExpanding(False)
        for code in ("scenarios.side.library", "scenarios.side.units"):
            self.sides.addTab(say(code))
        self.stack = QStackedWidget()
        self.stack.addWidget(self.library)
        self.stack.addWidget(self.units)
        head = QWidget()
        head.setProperty("panel", "surface")
        row = QHBoxLayout(head)
        row.setContentsMargins(look.space(3), look.space(1), look.space(3), 0)
        row.setSpacing(look.space(2))
        row.addWidget(self.sides)
        row.addWidget(KeyCap("U"), 0, Qt.AlignmentFlag.AlignVCenter)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(self.stack, 1)
        self.sides.currentChanged.connect(self._turn)
        tools.selection.navigated.connect(self._navigated)
        self.sides.setCurrentIndex(side)

    def show_side(self, at: int) -> None:
        """The library (0) or the units (1)."""
        self.sides.setCurrentIndex(at)
        side = self.stack.currentWidget()
        if isinstance(side, ListWorkspace):
            side.view.setFocus()

    def turn(self) -> None:
        """The other side."""
        self.show_side(1 - self.sides.currentIndex())

    @Slot(int)
    def _turn(self, at: int) -> None:
        self.stack.setCurrentIndex(at)

    @Slot(str, str)
    def _navigated(self, entity: str, id: str) -> None:
        if entity in SIDES:
            self.show_side(SIDES.index(entity))


def _id(row: ScenarioRow) -> str:
    return row.id


def _ask(reader: Any) -> Answer:
    """On the read lane: the library, and what a search in it knows."""
    made = rows(service.library(reader))
    return made, index_of(made)
