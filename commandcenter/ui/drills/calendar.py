"""The middle of the calendar: month, week, season strip or matrix, with the day that the keys are on."""

from collections.abc import Callable
from datetime import date, timedelta

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from commandcenter.base.texts import choose, say
from commandcenter.ui.core import theme
from commandcenter.ui.core.forms import Choice, ChoiceStrip
from commandcenter.ui.core.times import zone_of
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.viewstate import ViewState
from commandcenter.ui.core.widgets import ActionButton, Button, Label, divider
from commandcenter.ui.drills import picture as pictures
from commandcenter.ui.drills.board import Board
from commandcenter.ui.drills.matrix import Matrix
from commandcenter.ui.drills.monthboard import MonthBoard, WeekBoard
from commandcenter.ui.drills.picture import Cell, Picture, Row
from commandcenter.ui.drills.seasonboard import BY, SeasonBoard
from commandcenter.ui.drills.words import day_words, month, village_words

VIEWS = ("month", "week", "season", "matrix")


class Calendar(QWidget):
    """Four ways to look at the season, and how one goes about in them.

    Signals: ``picked(drill)`` by id; ``moved(drill, date)`` and ``planned(debt, date or None)``: what was dropped on a
    day, or opened in the matrix.
    """

    picked = Signal(str)
    moved = Signal(str, object)
    planned = Signal(str, object)

    def __init__(self, tools: Tools, may_plan: Callable[[], bool]) -> None:
        super().__init__()
        self._tools, self._desk, self._may_plan = tools, tools.desk, may_plan
        self._picture: Picture | None = None
        self._chosen: str | None = None
        self.day = self.today_is()
        self.month_board = MonthBoard(tools.desk, may_plan)
        self.week_board = WeekBoard(tools.desk, may_plan)
        self.season_board = SeasonBoard(tools.desk, may_plan)
        self.matrix = Matrix(tools.desk)
        self.boards: dict[str, Board] = {
            "month": self.month_board, "week": self.week_board, "season": self.season_board,
        }  # fmt: skip
        self._lay_out()
        self.strip.chosen.connect(self.show_view)
        self.back.clicked.connect(self._turn_back)
        self.on.clicked.connect(self._turn_on)
        for board in self.boards.values():
            board.day_picked.connect(self.go_to)
            board.picked.connect(self.picked)
            board.opened.connect(self.picked)
            board.turned.connect(self.turn)
            board.moved.connect(self.moved)
            board.planned.connect(self.planned)
            board.lesson_opened.connect(self._lesson_opened)
        self.matrix.opened.connect(self._cell_opened)
        self.matrix.picked.connect(self._cell_picked)
        self.matrix.left.connect(self._drill_up)
        self.show_view(str(tools.settings.get("drills.view") or "month"))

    # --- building --------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
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
        self.setProperty("panel", "surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._head())
        column.addLayout(self._second_row())
        column.addWidget(divider())
        column.addWidget(self.middle, 1)

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
        self.count.setWordWrap(True)  # on one line it would take the room of list and card
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

    # --- what it shows ---------------------------------------------------------------------------------------------

    def today_is(self) -> date:
        """The local day."""
        return self._desk.now().astimezone(zone_of(self._desk.live.town)).date()

    def set_state(self, state: ViewState) -> None:
        """Say that it is being read, old or unreadable."""
        for board in self.boards.values():
            board.set_state(state)
        self.matrix.set_state(state)

    def show_picture(self, picture: Picture | None, chosen: str | None) -> None:
        """Everything as it was read last; None: nothing has been read."""
        self._picture, self._chosen = picture, chosen
        self.show_again()

    def show_chosen(self, drill: str | None) -> None:
        """Another drill is the chosen one."""
        self._chosen = drill
        for board in self.boards.values():
            board.chosen = drill
            board.update()

    def show_again(self) -> None:
        """Everything, for the view that is open."""
        self._say_title()
        if self._picture is None:
            return
        for board in self.boards.values():
            board.show_picture(self._picture, self.day, self._chosen)
        self.season_board.updateGeometry()
        self.matrix.show_picture(self._picture)
        self._say_count(self._picture)

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

    def _say_count(self, picture: Picture) -> None:
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
        lessons = sum(len(picture.lessons.get(day, ())) for day in wanted)
        told = say("drills.count", count=len(found), against=against)
        self.count.show_text(f"{told}{say('drills.training.count', count=lessons)}" if lessons else told)

    @Slot(str)
    def _lesson_opened(self, id: str) -> None:
        """A training session is looked at, signed in to and moved in its own room, by those who have that room."""
        if self._may_plan():
            self._tools.selection.navigate("session", id)

    # --- going about -----------------------------------------------------------------------------------------------

    @Slot(object)
    def go_to(self, day: date) -> None:
        """This day is the one that the keys are on."""
        self.day = day
        if self._picture is not None:
            for board in self.boards.values():
                board.show_picture(self._picture, day, self._chosen)
            self._say_count(self._picture)
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
        if self._picture is not None and cell is not None and cell.debt.drill in self._picture.season.drills:
            self.picked.emit(str(cell.debt.drill))

    @Slot(object, str)
    def _cell_opened(self, row: Row, _key: str) -> None:
        """On a village: its grids. On a cell: the drill, or the form that plans one."""
        cell = self.matrix.cell
        if cell is not None and self._picture is not None:
            self._open_cell(cell, self._picture)
        elif row[0] == "village" and not self.matrix.place[1]:
            self.matrix.show_places(village=row[1])
            self.show_again()

    def _open_cell(self, cell: Cell, picture: Picture) -> None:
        if cell.debt.drill in picture.season.drills:
            self.picked.emit(str(cell.debt.drill))
        elif cell.debt.id in picture.debts:
            self.planned.emit(cell.debt.id, None)

    # --- Qt --------------------------------------------------------------------------------------------------------

    def changeEvent(self, event: QEvent) -> None:
        """Qt: another language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "strip"):
            self.strip.setMinimumWidth(self.strip.sizeHint().width())
            self.show_again()
