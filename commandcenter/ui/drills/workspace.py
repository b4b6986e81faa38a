"""The workspace 演练: left what is owed, in the middle the calendar, right the drill's card or a form."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from commandcenter.base.texts import say
from commandcenter.rules.clashes import day_of
from commandcenter.rules.debts import LEVELS
from commandcenter.rules.drills import Drill
from commandcenter.rules.entity import DRILLS
from commandcenter.services.live import LiveChange
from commandcenter.ui.core import theme
from commandcenter.ui.core.cards import Card
from commandcenter.ui.core.rereading import Question, Rereading
from commandcenter.ui.core.sending import Sender
from commandcenter.ui.core.sheet import Sheet
from commandcenter.ui.core.sheetstack import SheetStack
from commandcenter.ui.core.splitters import keep_sizes
from commandcenter.ui.core.times import zone_of
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.viewstate import LOADING, READY, ViewState, stale
from commandcenter.ui.drills import picture as pictures
from commandcenter.ui.drills.calendar import Calendar
from commandcenter.ui.drills.debtlist import DebtList
from commandcenter.ui.drills.forms import EditDrillSheet
from commandcenter.ui.drills.marks import MarksList
from commandcenter.ui.drills.picture import Picture
from commandcenter.ui.drills.planning import Planning
from commandcenter.ui.drills.rules import RulesList
from commandcenter.ui.drills.sections import DrillHeader, DrillView
from commandcenter.ui.drills.sections import ask as ask_details
from commandcenter.ui.drills.smalllist import SmallList
from commandcenter.ui.drills.words import look_only

SIDE, CARD = 236, 356
SCOPE = "drills"


class DrillsWorkspace(QWidget):
    """The season, as it is read and as it is chosen from; :attr:`calendar` shows it, :attr:`planning` changes it."""

    def __init__(self, tools: Tools) -> None:
        super().__init__()
        self._tools, self._desk = tools, tools.desk
        self.post = Sender(tools, self)
        self.picture: Picture | None = None
        self._chosen: str | None = None
        self._view: DrillView | None = None
        self.debts = DebtList(tools)
        self.calendar = Calendar(tools, self.may_plan)
        self.planning = Planning(self, tools)
        self.card = Card(tools, "drill")
        self.right = SheetStack(self.card)
        self.marks, self.rules = (
            kind(tools, self.post, self._open_from_list) for kind in (MarksList, RulesList)
        )  # fmt: skip
        for part in (self.marks, self.rules):
            self.right.addWidget(part)
        self.reading = Rereading(tools.desk, self._question, self, world=DRILLS)
        self._lay_out()
        self._connect()
        self._show_nothing()
        self.show_again()
        self.reading.read()

    # --- building --------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        look = theme.current()
        split = QSplitter(Qt.Orientation.Horizontal, self)
        split.setChildrenCollapsible(False)
        split.setHandleWidth(1)
        for part in (self.debts, self.calendar, self.right):
            split.addWidget(part)
        split.setStretchFactor(1, 1)
        split.setSizes([look.px(SIDE), look.px(720), look.px(CARD)])
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(split)
        keep_sizes(split, self._tools.settings, "drills")

    def _connect(self) -> None:
        self._desk.live_changed.connect(self._live_changed)
        self._desk.connection_changed.connect(self.tell_state)
        self._desk.directory_changed.connect(self.show_again)
        self.reading.answered.connect(self._take)
        self.reading.troubled.connect(self.tell_state)
        self._tools.selection.changed.connect(self._selected)
        self._tools.selection.navigated.connect(self._navigated)
        self.calendar.picked.connect(self.pick)
        self.calendar.moved.connect(self.planning.move_to)
        self.calendar.planned.connect(self.planning.plan_debt)
        self.debts.planned.connect(self.planning.plan_debt)
        self.debts.picked.connect(self._debt_picked)
        self.debts.left.connect(self.calendar.focus_board)
        for each in (self.marks, self.rules):
            each.left.connect(self._list_left)
        self.right.closed.connect(self._sheet_closed)
        self._tools.actions.attach(self, SCOPE)

    # --- reading ---------------------------------------------------------------------------------------------------

    def picture_now(self) -> Picture:
        """The season, which has been read."""
        assert self.picture is not None
        return self.picture

    @property
    def is_read(self) -> bool:
        """Whether the season is known."""
        return self.picture is not None

    def may_plan(self) -> bool:
        """Whether the person at the desk may plan drills."""
        return self._tools.actions.is_allowed("drill.plan")

    def _question(self) -> Question:
        return partial(pictures.ask, self.calendar.today_is(), self._names())

    def _names(self) -> dict[tuple[str, str], tuple[str, ...]]:
        """What places are found by, as they stand now."""
        live = self._desk.live
        names: dict[tuple[str, str], tuple[str, ...]] = {
            ("village", each.id): (each.name, each.name_en, each.code) for each in live.villages.values()
        }
        names |= {("grid", each.id): (each.name, each.code) for each in live.grids.values()}
        names |= {key: (each.name,) for key, each in self._desk.directory.people.items() if key[0] == "worker"}
        names |= {("level", each): (say(f"drills.level.{each}"),) for each in LEVELS}
        if live.town is not None:
            names["town", ""] = (live.town.name, live.town.name_en)
        return names

    @Slot(object)
    def _take(self, picture: Picture) -> None:
        self.picture = picture
        for id, sheet in self.right.sheets():
            drill = picture.season.drills.get(id)
            if isinstance(sheet, EditDrillSheet) and drill is not None:
                sheet.follow(drill)
        self.show_again()
        self._tools.actions.refresh()
        self._read_details()

    def when_read(self, do: Callable[[], None]) -> None:
        """Now, or as soon as the season has been read."""
        if self.picture is not None:
            do()
        else:
            self.reading.when_read(do)

    def when_read_anew(self, do: Callable[[], None]) -> None:
        """As soon as the season has been read once more."""
        self.reading.read_again(do)

    @Slot(object)
    def _live_changed(self, change: LiveChange) -> None:
        seen = change.drills or change.places or change.settings or change.people or change.kits or change.courses
        if change.everything or seen:
            self.reading.read_again()

    @Slot()
    def tell_state(self) -> None:
        """Being read; or the last truth, marked with its time while the database is away."""
        state = self._state()
        self.calendar.set_state(state)
        self.debts.set_state(state)

    def _state(self) -> ViewState:
        connection = self._desk.hub.connection_state
        if self.reading.trouble is not None:
            return self.reading.trouble
        if self.picture is None:
            return LOADING
        if not connection.is_stale:
            return READY
        since = self._desk.now() - timedelta(seconds=connection.age())
        return stale(f"{since.astimezone(zone_of(self._desk.live.town)):%H:%M}")

    @Slot()
    def show_again(self) -> None:
        """Everything, as it was read last."""
        self.tell_state()
        self.calendar.show_picture(self.picture, self._chosen)
        if self.picture is not None:
            self.debts.show_picture(self.picture)
            for each in (self.marks, self.rules):
                each.show_picture(self.picture)

    # --- choosing --------------------------------------------------------------------------------------------------

    @property
    def drill(self) -> Drill | None:
        """The drill that is chosen."""
        return self.picture.season.drills.get(self._chosen or "") if self.picture is not None else None

    @Slot(str)
    def pick(self, id: str) -> None:
        """By hand."""
        self._tools.selection.choose("drill", id)
        self._show(id)

    @Slot(str, object)
    def _selected(self, entity: str, id: str | None) -> None:
        if entity == "drill":
            self._show(id)

    @Slot(str, str)
    def _navigated(self, entity: str, id: str) -> None:
        """Somebody asked for a drill; or, from the library, for a form that plans a scenario."""
        if entity == "drill":
            self._show(id)
            self.when_read(partial(self.bring, id))
        elif entity == "drill_plan" and self._tools.selection.chosen("drill_plan") is not None:
            # A wish is met once, whether the room was there when it was uttered or is made for it.
            self._tools.selection.choose("drill_plan", None)
            self.when_read(partial(self.planning.plan_scenario, id))
        elif entity == "debt":
            self.when_read(partial(self.debts.choose, id))

    def bring(self, id: str) -> None:
        """Turn to the day of a drill."""
        drill = self.picture_now().season.drills.get(id)
        day = day_of(drill, self.picture_now().season.zone) if drill is not None else None
        if day is not None:
            self.calendar.go_to(day)

    def _show(self, id: str | None) -> None:
        self._chosen = id
        self.calendar.show_chosen(id)
        self.right.show_card_or_sheet(id)
        self._tools.actions.refresh()
        self._read_details()

    def _show_nothing(self) -> None:
        why = look_only(self._tools)
        if why:
            self.card.show_nothing("drills.card.empty_reader", why=why)
        else:
            self.card.show_nothing("drills.card.empty")

    def _read_details(self) -> None:
        id = self._chosen
        if id is None:
            self._view = None
            self._show_nothing()
            return
        if self.picture is None:
            return
        if id not in self.picture.season.drills:
            self._view = None
            self.card.show_nothing("drills.card.gone")
            return
        take = partial(self._take_details, id)
        self._desk.read(
            partial(ask_details, id), done=take, failed=self.reading.tell_trouble, owner=self, key="drill", world=DRILLS
        )

    def _take_details(self, id: str, found: dict[str, tuple[Any, ...]]) -> None:
        picture = self.picture
        if id != self._chosen or picture is None or id not in picture.season.drills:
            return
        drill = picture.season.drills[id]
        view = DrillView(drill, picture.season, picture.clashes.get(id, ()), sender=self.post, **found)
        self._tools.actions.refresh()
        if not view.same_as(self._view):
            self._view = view
            self.card.show_subject(view, DrillHeader(self._tools, view))

    # --- lists and forms -------------------------------------------------------------------------------------------

    def filter(self) -> None:
        """The keys go into the search over what is owed."""
        self.debts.search.setFocus()
        self.debts.search.selectAll()

    def show_marks(self) -> None:
        """Marked days and absences."""
        self._show_list(self.marks)

    def show_rules(self) -> None:
        """The rules of what is owed."""
        self._show_list(self.rules)

    def open_sheet(self, key: str, make: Callable[[], Sheet]) -> None:
        """Put a form in the card's place; one that was begun for the same subject comes back as it was left."""
        self.right.open(key, make)

    def sheet(self, key: str) -> Sheet | None:
        """The form that was begun for a subject, if any."""
        return self.right.sheet(key)

    @Slot(QWidget)
    def _sheet_closed(self, after: QWidget) -> None:
        (after.first if isinstance(after, SmallList) else self.calendar.board).setFocus()

    def _open_from_list(self, key: str, make: Callable[[], Sheet]) -> None:
        shown = self.right.currentWidget()
        self.right.open(key, make, shown if isinstance(shown, SmallList) else None)

    def _show_list(self, wanted: SmallList) -> None:
        self.right.setCurrentWidget(wanted)
        wanted.first.setFocus()

    @Slot()
    def _list_left(self) -> None:
        self.right.show_card_or_sheet(self._chosen)
        self.calendar.focus_board()

    @Slot(str)
    def _debt_picked(self, _id: str) -> None:
        self._tools.actions.refresh()

    # --- Qt --------------------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """Qt: the keys go to the middle, unless a form stands open; a drill asked for elsewhere comes into sight."""
        super().showEvent(event)
        chosen = self._tools.selection.chosen("drill")
        if chosen is not None and chosen != self._chosen:
            self._navigated("drill", chosen)
        wanted = self._tools.selection.chosen("drill_plan")
        if wanted is not None:
            self._navigated("drill_plan", wanted)
        if self.right.is_card:
            self.calendar.focus_board()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: Escape lets go of the drill."""
        if event.key() == Qt.Key.Key_Escape and self._chosen is not None:
            self._tools.selection.choose("drill", None)
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Qt: another language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "reading"):
            self.debts.retell()
            self._view = None
            self.show_again()
            self._read_details()
