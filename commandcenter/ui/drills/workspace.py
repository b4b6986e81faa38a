"""The workspace 演练: left what is owed, in the middle month, week, season strip or matrix, right the drill's card or a
form.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from commandcenter.base.errors import CommandCenterError
from commandcenter.base.texts import choose, say
from commandcenter.rules.clashes import day_of
from commandcenter.rules.debts import LEVELS
from commandcenter.rules.drills import Drill
from commandcenter.rules.entity import DRILLS
from commandcenter.services.drills import BeginDrill, LockDrill, MoveDrill
from commandcenter.services.live import LiveChange
from commandcenter.ui.core import theme
from commandcenter.ui.core.cards import Card
from commandcenter.ui.core.forms import Choice, ChoiceStrip
from commandcenter.ui.core.sending import Sender
from commandcenter.ui.core.sheet import Sheet
from commandcenter.ui.core.times import zone_of
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.viewstate import LOADING, READY, ViewState, failed, stale
from commandcenter.ui.core.widgets import ActionButton, Button, Label, divider
from commandcenter.ui.drills import picture as pictures
from commandcenter.ui.drills.board import Board
from commandcenter.ui.drills.debtlist import DebtList
from commandcenter.ui.drills.forms import CancelSheet, Dates, EditDrillSheet, MoveSheet, PlanSheet, Start
from commandcenter.ui.drills.lists import MarksList, RulesList, SmallList
from commandcenter.ui.drills.lots import LotsSheet
from commandcenter.ui.drills.matrix import Matrix
from commandcenter.ui.drills.monthboard import MonthBoard, WeekBoard
from commandcenter.ui.drills.picture import Cell, Picture, Row
from commandcenter.ui.drills.seasonboard import BY, SeasonBoard
from commandcenter.ui.drills.sections import DrillHeader, DrillView
from commandcenter.ui.drills.sections import ask as ask_details
from commandcenter.ui.drills.words import clash_words, day_words, month, village_words

VIEWS = ("month", "week", "season", "matrix")
SIDE, CARD = 236, 356
SCOPE = "drills"


class DrillsWorkspace(QWidget):
    """The calendar of the season."""

    def __init__(self, tools: Tools) -> None:
        super().__init__()
        self._tools, self._desk = tools, tools.desk
        self.post = Sender(tools, self)
        self.picture: Picture | None = None
        self.day = self.today_is()
        self._chosen: str | None = None
        self._view: DrillView | None = None
        self._trouble: ViewState | None = None
        self._sheets: dict[str, Sheet] = {}
        self._waiting: list[Callable[[], None]] = []
        self._from_list: dict[str, SmallList] = {}
        self.dates = Dates(self._picture, partial(clash_words, tools.desk))
        self.debts = DebtList(tools)
        self.month_board = MonthBoard(tools.desk, self._may_plan)
        self.week_board = WeekBoard(tools.desk, self._may_plan)
        self.season_board = SeasonBoard(tools.desk, self._may_plan)
        self.matrix = Matrix(tools.desk)
        self.boards: dict[str, Board] = {
            "month": self.month_board, "week": self.week_board, "season": self.season_board,
        }  # fmt: skip
        self.card = Card(tools, "drill")
        self.marks, self.rules = (
            kind(tools, self.post, self._open_from_list) for kind in (MarksList, RulesList)
        )  # fmt: skip
        self.right = QStackedWidget()
        for part in (self.card, self.marks, self.rules):
            self.right.addWidget(part)
        self._lay_out()
        self._connect()
        self.card.show_nothing("drills.card.empty")
        self.show_view(str(tools.settings.get("drills.view") or "month"))
        self.read()

    # --- building --------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        look = theme.current()
        self.middle = QStackedWidget()
        for board in (self.month_board, self.week_board):
            self.middle.addWidget(board)
        self._season_scroll = QScrollArea()
        self._season_scroll.setWidget(self.season_board)
        self._season_scroll.setWidgetResizable(True)
        self._season_scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._season_scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.middle.addWidget(self._season_scroll)
        self.middle.addWidget(self.matrix)
        centre = QWidget()
        centre.setProperty("panel", "surface")
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._head())
        column.addLayout(self._second_row())
        column.addWidget(divider())
        column.addWidget(self.middle, 1)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.setHandleWidth(1)
        for part in (self.debts, centre, self.right):
            split.addWidget(part)
        split.setStretchFactor(1, 1)
        split.setSizes([look.px(SIDE), look.px(720), look.px(CARD)])
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(split)

    def _head(self) -> QHBoxLayout:
        look = theme.current()
        self.title = Label("", "title")
        self.back, self.on = (Button("", kind="quiet", icon=icon) for icon in ("back", "next"))
        self.back.setAccessibleName(say("drills.turn.back"))
        self.on.setAccessibleName(say("drills.turn.on"))
        self.strip = ChoiceStrip(tuple(Choice(each, title_code=f"drills.view.{each}") for each in VIEWS))
        self.strip.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.strip.setMinimumWidth(self.strip.sizeHint().width())
        row = QHBoxLayout()
        row.setContentsMargins(look.space(3), look.space(2), look.space(3), look.space(1))
        row.setSpacing(look.space(2))
        row.addWidget(self.title)
        row.addWidget(self.back)
        row.addWidget(self.on)
        self.today_button = ActionButton(self._tools.actions, "drill.today", kind="quiet")
        row.addWidget(self.today_button)
        self.rows_button = Button("", kind="quiet", icon="list", key="V")
        self.rows_button.clicked.connect(self.other_rows)
        row.addWidget(self.rows_button)
        row.addStretch(1)
        row.addWidget(self.strip)
        return row

    def _second_row(self) -> QHBoxLayout:
        look = theme.current()
        self.count = Label("", "muted")
        row = QHBoxLayout()
        row.setContentsMargins(look.space(3), 0, look.space(3), look.space(2))
        row.setSpacing(look.space(2))
        row.addWidget(self.count, 1)
        actions = self._tools.actions
        row.addWidget(ActionButton(actions, "drill.marks", kind="quiet"))
        row.addWidget(ActionButton(actions, "drill.rules", kind="quiet"))
        row.addWidget(ActionButton(actions, "drill.draw"))
        row.addWidget(ActionButton(actions, "drill.plan", kind="primary"))
        return row

    def _connect(self) -> None:
        self._desk.live_changed.connect(self._live_changed)
        self._desk.connection_changed.connect(self.tell_state)
        self._desk.directory_changed.connect(self.show_again)
        self._tools.selection.changed.connect(self._selected)
        self._tools.selection.navigated.connect(self._navigated)
        self.strip.chosen.connect(self.show_view)
        self.back.clicked.connect(self._turn_back)
        self.on.clicked.connect(self._turn_on)
        for board in self.boards.values():
            board.day_picked.connect(self.go_to)
            board.picked.connect(self._pick)
            board.opened.connect(self._pick)
            board.turned.connect(self.turn)
            board.moved.connect(self.move_to)
            board.planned.connect(self.plan_debt)
        self.matrix.opened.connect(self._cell_opened)
        self.matrix.picked.connect(self._cell_picked)
        self.matrix.left.connect(self._drill_up)
        self.debts.planned.connect(self.plan_debt)
        self.debts.picked.connect(self._debt_picked)
        self.debts.left.connect(self.focus_board)
        for each in (self.marks, self.rules):
            each.left.connect(self._list_left)
        self._tools.actions.attach(self, SCOPE)

    # --- reading ---------------------------------------------------------------------------------------------------

    def today_is(self) -> date:
        """The local day."""
        return self._desk.now().astimezone(zone_of(self._desk.live.town)).date()

    def _picture(self) -> Picture:
        assert self.picture is not None
        return self.picture

    def _may_plan(self) -> bool:
        return self._tools.actions.is_allowed("drill.plan")

    def read(self) -> None:
        """Ask for the season; a newer wish overtakes this one."""
        ask = partial(pictures.ask, self.today_is(), self._names())
        self._desk.read(ask, done=self._take, failed=self._failed, owner=self, key="season", world=DRILLS)

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

    def _take(self, picture: Picture) -> None:
        self.picture, self._trouble = picture, None
        for id, sheet in self._sheets.items():
            drill = picture.season.drills.get(id)
            if isinstance(sheet, EditDrillSheet) and drill is not None:
                sheet.follow(drill)
        self.show_again()
        self._tools.actions.refresh()
        self._read_details()
        waiting, self._waiting = self._waiting, []
        for each in waiting:
            each()

    def when_read(self, do: Callable[[], None]) -> None:
        """Now, or as soon as the season has been read."""
        if self.picture is not None:
            do()
        else:
            self._waiting.append(do)

    def when_read_anew(self, do: Callable[[], None]) -> None:
        """As soon as the season has been read once more."""
        self._waiting.append(do)

    def _failed(self, error: BaseException) -> None:
        if not isinstance(error, CommandCenterError):
            raise error
        self._trouble = failed(error)
        self.tell_state()

    @Slot(object)
    def _live_changed(self, change: LiveChange) -> None:
        if change.everything or change.drills or change.places or change.settings or change.people:
            self.read()

    @Slot()
    def tell_state(self) -> None:
        """Being read; or the last truth, marked with its time while the database is away."""
        state = self._state()
        for board in self.boards.values():
            board.set_state(state)
        self.matrix.set_state(state)
        self.debts.set_state(state)

    def _state(self) -> ViewState:
        connection = self._desk.hub.connection_state
        if self._trouble is not None:
            return self._trouble
        if self.picture is None:
            return LOADING
        if not connection.is_stale:
            return READY
        since = self._desk.now() - timedelta(seconds=connection.age())
        return stale(f"{since.astimezone(zone_of(self._desk.live.town)):%H:%M}")

    # --- showing ---------------------------------------------------------------------------------------------------

    @property
    def view(self) -> str:
        """Which way of looking is open."""
        return self.strip.value or VIEWS[0]

    @property
    def board(self) -> Board | Matrix:
        """What stands in the middle."""
        return self.matrix if self.view == "matrix" else self.boards[self.view]

    @Slot(str)
    def show_view(self, view: str) -> None:
        """Month, week, season strip or matrix."""
        view = view if view in VIEWS else VIEWS[0]
        self.strip.choose(view)
        self._tools.settings.set("drills.view", view)
        self.middle.setCurrentIndex(VIEWS.index(view))
        self.rows_button.setVisible(view in ("season", "matrix"))
        for each in (self.back, self.on, self.today_button):
            each.setVisible(view != "matrix")
        self.show_again()
        if self.isVisible():
            self.focus_board()

    @Slot()
    def focus_board(self) -> None:
        """The keys go to the middle."""
        self.board.setFocus()

    @Slot()
    def show_again(self) -> None:
        """Everything, as it was read last."""
        self._say_title()
        self.tell_state()
        if self.picture is None:
            return
        for board in self.boards.values():
            board.show_picture(self.picture, self.day, self._chosen)
        self.season_board.updateGeometry()
        self.matrix.show_picture(self.picture)
        self.debts.show_picture(self.picture)
        for each in (self.marks, self.rules):
            each.show_picture(self.picture)
        self._say_count()

    def _say_title(self) -> None:
        if self.view == "season":
            self.rows_button.say(f"drills.by.{BY[1 - BY.index(self.season_board.by)]}")
        else:
            self.rows_button.say("drills.matrix.owing" if self.matrix.is_drilled_down else "drills.matrix.every")
        facts = {"year": self.day.year, "month": month(self.day.month)}
        if self.view == "season":
            self.title.show_text(say("drills.title.year", **facts))
        elif self.view == "week":
            monday = pictures.week_of(self.day)
            facts |= {"first": day_words(monday, monday), "last": day_words(monday + timedelta(days=6), monday)}
            self.title.show_text(say("drills.title.week", number=monday.isocalendar().week, **facts))
        elif self.view == "matrix":
            village = self.matrix.village
            place = village_words(self._desk, village) if village else self._town()
            self.title.show_text(say("drills.title.matrix", place=place))
        else:
            self.title.show_text(say("drills.title.month", **facts))

    def _town(self) -> str:
        town = self._desk.live.town
        return choose(town.name, town.name_en) if town is not None else ""

    def _say_count(self) -> None:
        picture = self._picture()
        if self.view == "matrix":
            cells = [cell for line in self.matrix.lines for cell in line.cells if cell is not None]
            late = sum(1 for each in cells if each.state == "overdue")
            self.count.say("drills.matrix.count", count=len(self.matrix.lines), late=late)
            return
        if self.view == "month":
            wanted = [day for day in self.month_board.days() if day.month == self.day.month]
        else:
            wanted = self.boards[self.view].days()
        found = [drill for day in wanted for drill in picture.on(day) if drill.state != "cancelled"]
        against = sum(1 for each in found if picture.clashes.get(each.id))
        self.count.say("drills.count", count=len(found), against=against)

    # --- going about -----------------------------------------------------------------------------------------------

    @Slot(object)
    def go_to(self, day: date) -> None:
        """This day is the one that the keys are on."""
        self.day = day
        if self.picture is not None:
            for board in self.boards.values():
                board.show_picture(self.picture, day, self._chosen)
            self._say_count()
        self._say_title()

    @Slot(int)
    def turn(self, by: int) -> None:
        """The next month, week or year, or the one before."""
        if self.view == "week":
            self.go_to(self.day + timedelta(days=7 * by))
            return
        months = by * (12 if self.view == "season" and not self.season_board.hasFocus() else 1)
        index = self.day.year * 12 + self.day.month - 1 + months
        first = date(index // 12, index % 12 + 1, 1)
        last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        self.go_to(first.replace(day=min(self.day.day, last.day)))

    @Slot()
    def _turn_back(self) -> None:
        self.turn(-1)

    @Slot()
    def _turn_on(self) -> None:
        self.turn(1)

    def today(self) -> None:
        """Back to today."""
        self.go_to(self.today_is())
        self.focus_board()

    @property
    def has_other_rows(self) -> bool:
        """Whether the rows can be others."""
        return self.view in ("season", "matrix")

    @Slot()
    def other_rows(self) -> None:
        """The year by village instead of by scenario, all grids instead of the places that owe; and back."""
        if self.view == "season":
            self.season_board.show_by(BY[1 - BY.index(self.season_board.by)])
            self.show_again()
        elif self.view == "matrix":
            self.show_scope("owing" if self.matrix.is_drilled_down else "every")

    def month_view(self) -> None:
        """The month."""
        self.show_view("month")

    def week_view(self) -> None:
        """The week."""
        self.show_view("week")

    def season_view(self) -> None:
        """The season strip."""
        self.show_view("season")

    def matrix_view(self) -> None:
        """The matrix."""
        self.show_view("matrix")

    def filter(self) -> None:
        """The keys go into the search over what is owed."""
        self.debts.search.setFocus()
        self.debts.search.selectAll()

    # --- the matrix ------------------------------------------------------------------------------------------------

    def show_scope(self, scope: str) -> None:
        """The places that owe drills ("owing"), or every grid ("every")."""
        self.matrix.show_places(every=scope == "every")
        self.matrix.setFocus()
        self.show_again()

    @Slot()
    def _drill_up(self) -> None:
        self.show_scope("owing")

    @Slot(object, str)
    def _cell_picked(self, _row: Row, _key: str) -> None:
        cell = self.matrix.cell
        if cell is not None and cell.debt.drill and cell.debt.drill in self._picture().season.drills:
            self._pick(cell.debt.drill)

    @Slot(object, str)
    def _cell_opened(self, row: Row, _key: str) -> None:
        """On a village: its grids. On a cell: the drill, or the form that plans one."""
        cell = self.matrix.cell
        if cell is not None:
            self._open_cell(cell)
        elif row[0] == "village" and not self.matrix.place[1]:
            self.matrix.show_places(village=row[1])
            self.show_again()

    def _open_cell(self, cell: Cell) -> None:
        if cell.debt.drill in self._picture().season.drills:
            self._pick(str(cell.debt.drill))
        elif cell.debt.id in self._picture().debts:
            self.plan_debt(cell.debt.id)

    # --- choosing --------------------------------------------------------------------------------------------------

    @property
    def drill(self) -> Drill | None:
        """The drill that is chosen."""
        return self.picture.season.drills.get(self._chosen or "") if self.picture is not None else None

    @Slot(str)
    def _pick(self, id: str) -> None:
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
            self.when_read(partial(self._bring, id))
        elif entity == "drill_plan" and self._tools.selection.chosen("drill_plan") is not None:
            # A wish is met once, whether the room was there when it was uttered or is made for it.
            self._tools.selection.choose("drill_plan", None)
            self.when_read(partial(self.plan_scenario, id))
        elif entity == "debt":
            self.when_read(partial(self.debts.choose, id))

    def _bring(self, id: str) -> None:
        drill = self._picture().season.drills.get(id)
        day = day_of(drill, self._picture().season.zone) if drill is not None else None
        if day is not None:
            self.go_to(day)

    def _show(self, id: str | None) -> None:
        self._chosen = id
        for board in self.boards.values():
            board.chosen = id
            board.update()
        self.right.setCurrentWidget(self._sheets.get(id or "") or self.card)
        self._tools.actions.refresh()
        self._read_details()

    def _read_details(self) -> None:
        id = self._chosen
        if id is None:
            self._view = None
            self.card.show_nothing("drills.card.empty")
            return
        if self.picture is None:
            return
        if id not in self.picture.season.drills:
            self._view = None
            self.card.show_nothing("drills.card.gone")
            return
        take = partial(self._take_details, id)
        self._desk.read(
            partial(ask_details, id), done=take, failed=self._failed, owner=self, key="drill", world=DRILLS
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

    # --- what can be done ------------------------------------------------------------------------------------------

    @property
    def is_read(self) -> bool:
        """Whether the season is known."""
        return self.picture is not None

    @property
    def planned(self) -> bool:
        """Whether the chosen drill is still ahead."""
        return self.drill is not None and self.drill.state == "planned"

    @property
    def movable(self) -> bool:
        """Whether its date may be changed."""
        return self.drill is not None and self.drill.state == "planned" and not self.drill.locked

    @property
    def lockable(self) -> bool:
        """Whether it has a date that can be held."""
        return self.drill is not None and self.drill.state == "planned" and self.drill.starts_at is not None

    @property
    def writable(self) -> bool:
        """Whether it can be written up."""
        return self.drill is not None and self.drill.state != "cancelled"

    @property
    def owed(self) -> bool:
        """Whether a debt can be planned: the chosen one, or the first of the list."""
        return self.picture is not None and self.debts.table.rowCount() > 0

    @property
    def is_chosen(self) -> bool:
        """Whether a drill is chosen."""
        return self.drill is not None

    def plan(self) -> None:
        """A form for a new drill on the day that the keys are on, of the scenario that is looked at in the library."""
        season = self._picture().season
        scenario = season.scenarios.get(self._tools.selection.chosen("scenario") or "")
        day = self.day if self.day > season.today and self.view != "matrix" else None
        self._open_plan(Start(scenario=scenario.key if scenario is not None else "", day=day))

    def plan_scenario(self, id: str) -> None:
        """A form for a scenario of the library."""
        scenario = self._picture().season.scenarios.get(id)
        if scenario is not None and self._may_plan():
            self._open_plan(Start(scenario=scenario.key))

    def plan_chosen(self) -> None:
        """A form for the debt that is chosen, or for the one that is late longest."""
        cell = self.matrix.cell if self.view == "matrix" else None
        if cell is not None and cell.debt.id in self._picture().debts:
            self.plan_debt(cell.debt.id)
            return
        id = self.debts.chosen or next(iter(self.debts.table.ids()), None)
        if id is not None:
            self.plan_debt(id)

    @Slot(str)
    @Slot(str, object)
    def plan_debt(self, id: str, day: date | None = None) -> None:
        """A half-filled form that pays a debt; ``day``: where it was dropped."""
        row = self._picture().debts.get(id)
        if row is None or not self._may_plan():
            return
        start = Start.of_debt(row.debt, self._picture().season, day, self._desk.directory)
        self._open_plan(start, f"debt:{id}")

    def _open_plan(self, start: Start, key: str = "new:drill") -> None:
        """A form that was begun for the same debt comes back as it was left, unless it was dropped on a day."""
        sheet = self._sheets.get(key)
        if isinstance(sheet, PlanSheet) and start.day is not None:
            season = self._picture().season
            sheet.when.put(datetime.combine(start.day, start.at, season.zone))
        self.open_sheet(key, partial(self._plan_sheet, start))

    def _plan_sheet(self, start: Start) -> PlanSheet:
        sheet = PlanSheet(self._tools, self.post, self._picture, self.dates, start)
        sheet.made.connect(self._made)
        return sheet

    @Slot(str)
    def _made(self, id: str) -> None:
        """The drill is shown as soon as it has been read."""
        self._chosen = id
        self._tools.selection.navigate("drill", id)
        self.when_read_anew(partial(self._bring, id))
        self.read()

    def edit(self) -> None:
        """The form of the chosen drill."""
        if self.drill is not None:
            self.open_sheet(
                self.drill.id, partial(EditDrillSheet, self.drill, self._tools, self.post, self._picture)
            )

    def move_chosen(self) -> None:
        """A form for another date."""
        self._open_move(None)

    def _open_move(self, day: date | None) -> None:
        if self.drill is not None:
            make = partial(MoveSheet, self.drill, self.post, self._picture, self.dates, day)
            self.open_sheet(f"move:{self.drill.id}", make)

    @Slot(str, object)
    def move_to(self, id: str, day: date) -> None:
        """Dropped on a day: moved there at its time of day. What then speaks against it is said on the day."""
        season = self._picture().season
        drill = season.drills.get(id)
        if drill is None or drill.state != "planned" or not self._may_plan():
            return
        old = drill.starts_at.astimezone(season.zone) if drill.starts_at else None
        if old is not None and old.date() == day:
            return
        self._pick(id)
        if old is None:
            self._open_move(day)
            return
        starts = datetime.combine(day, old.timetz().replace(tzinfo=None), season.zone)
        told = say("drills.done.moved_to", title=drill.title, day=day_words(day, season.today))
        command = MoveDrill(drill=id, starts_at=starts, was=drill.starts_at)
        self.post.send(command, told, done=partial(self.post.tell_done, told))
        self.go_to(day)

    def copy(self) -> None:
        """The same drill again, on the next day that is free."""
        if self.drill is not None:
            self._open_plan(Start.of_drill(self.drill, self._picture().season), f"copy:{self.drill.id}")

    def lock(self) -> None:
        """Hold its date, or let go of it."""
        if self.drill is not None:
            wanted = not self.drill.locked
            told = say("drills.done.lock" if wanted else "drills.done.unlock", title=self.drill.title)
            command = LockDrill(drill=self.drill.id, locked=wanted)
            self.post.send(command, told, done=partial(self.post.tell_done, told))

    def cancel(self) -> None:
        """The form that asks why."""
        if self.drill is not None:
            self.open_sheet(f"cancel:{self.drill.id}", partial(CancelSheet, self.drill, self.post))

    def begin(self) -> None:
        """It begins now, and everybody may know."""
        if self.drill is not None:
            told = say("drills.done.begin", title=self.drill.title)
            self.post.send(BeginDrill(drill=self.drill.id), told, done=partial(self.post.tell_done, told))

    def write_up(self) -> None:
        """On to its record."""
        if self.drill is not None:
            self._tools.selection.navigate("drill_record", self.drill.id)

    def draw(self) -> None:
        """The form that draws lots."""
        self.open_sheet("lots", self._lots_sheet)

    def _lots_sheet(self) -> LotsSheet:
        sheet = LotsSheet(self._tools, self.post, self._picture)
        sheet.made.connect(self._made)
        return sheet

    def show_marks(self) -> None:
        """Marked days and absences."""
        self._show_list(self.marks)

    def show_rules(self) -> None:
        """The rules of what is owed."""
        self._show_list(self.rules)

    # --- forms -----------------------------------------------------------------------------------------------------

    def open_sheet(self, key: str, make: Callable[[], Sheet]) -> None:
        """Put a form in the card's place; one that was begun for the same subject comes back as it was left."""
        sheet = self._sheets.get(key)
        if sheet is None:
            sheet = self._sheets[key] = make()
            sheet.subject_id = key
            sheet.saved.connect(self._sheet_done)
            sheet.left.connect(self._sheet_done)
            self.right.addWidget(sheet)
        self.right.setCurrentWidget(sheet)
        sheet.setFocus()

    def sheet(self, key: str) -> Sheet | None:
        """The form that was begun for a subject, if any."""
        return self._sheets.get(key)

    @Slot()
    def _sheet_done(self) -> None:
        sheet = self.sender()
        if isinstance(sheet, Sheet) and self._sheets.pop(sheet.subject_id, None) is not None:
            back = self._from_list.pop(sheet.subject_id, None)
            self.right.removeWidget(sheet)
            sheet.deleteLater()
            self.right.setCurrentWidget(back or self.card)
            (back.first if back is not None else self.board).setFocus()

    def _open_from_list(self, key: str, make: Callable[[], Sheet]) -> None:
        shown = self.right.currentWidget()
        if isinstance(shown, SmallList):
            self._from_list[key] = shown
        self.open_sheet(key, make)

    def _show_list(self, wanted: SmallList) -> None:
        self.right.setCurrentWidget(wanted)
        wanted.first.setFocus()

    @Slot()
    def _list_left(self) -> None:
        self.right.setCurrentWidget(self._sheets.get(self._chosen or "") or self.card)
        self.focus_board()

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
        if self.right.currentWidget() is self.card:
            self.focus_board()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: Escape lets go of the drill."""
        if event.key() == Qt.Key.Key_Escape and self._chosen is not None:
            self._tools.selection.choose("drill", None)
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Qt: another language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "strip"):
            self.strip.setMinimumWidth(self.strip.sizeHint().width())
            self.debts.retell()
            self._view = None
            self.show_again()
            self._read_details()
