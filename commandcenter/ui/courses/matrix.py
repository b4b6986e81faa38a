"""Who has which course: villages at the left, the table, and from the chosen gaps a session."""

from collections import Counter
from datetime import timedelta
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QSplitter, QVBoxLayout, QWidget

from commandcenter.base.texts import choose, say
from commandcenter.rules.courses import needs
from commandcenter.rules.ordering import natural_key
from commandcenter.services.training import Training
from commandcenter.ui.core import theme
from commandcenter.ui.core.sidelist import ALL, SideList
from commandcenter.ui.core.splitters import keep_sizes
from commandcenter.ui.core.times import zone_of
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.viewstate import LOADING, READY, ViewState, stale
from commandcenter.ui.core.widgets import ActionButton, Chip, Label
from commandcenter.ui.courses.matrixview import MatrixRow, MatrixView
from commandcenter.ui.courses.standings import Key, standing_words
from commandcenter.ui.courses.store import TrainingStore, title_of

SIDE = 204
_LEGEND: tuple[Any, ...] = ("valid", "expiring", "expired", "missing", "waived")


class MatrixPage(QWidget):
    """Signals: ``plan_asked(course, workers)`` when a session is to be planned for those who lack a course."""

    scope = "matrix"
    plan_asked = Signal(str, object)

    def __init__(self, tools: Tools, store: TrainingStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tools, self.store = tools, store
        self.villages = SideList()
        self.villages.setObjectName("courses.matrix.villages")
        self.view = MatrixView()
        self.view.setObjectName("courses.matrix")
        self.only_gaps = Chip(say("courses.matrix.only_gaps"), icon="filter", clickable=True)
        self.only_gaps.setCheckable(True)
        self.only_gaps.setObjectName("courses.matrix.gaps")
        self.count = Label("", "muted")
        self.count.setWordWrap(False)
        self.told = Label("", "strong")
        self.told.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._lay_out()
        store.changed.connect(self._take)
        tools.desk.connection_changed.connect(self.tell_state)
        self.villages.picked.connect(self._narrowed)
        self.only_gaps.toggled.connect(self._narrowed)
        self.view.moved.connect(self._moved)
        self.view.opened.connect(self._opened)
        tools.actions.attach(self, self.scope)
        self.setFocusProxy(self.view)
        self._take()

    def _lay_out(self) -> None:
        look = theme.current()
        head = QHBoxLayout()
        head.setContentsMargins(look.space(3), look.space(2), look.space(3), look.space(2))
        head.setSpacing(look.space(3))
        head.addWidget(self.only_gaps)
        head.addWidget(self.count, 1)
        head.addWidget(ActionButton(self._tools.actions, "matrix.choose"))
        head.addWidget(ActionButton(self._tools.actions, "matrix.plan", kind="primary"))
        self.told.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.told.setContentsMargins(look.space(3), look.space(2), look.space(3), 0)
        foot = QHBoxLayout()
        foot.setContentsMargins(look.space(3), look.space(1), look.space(3), look.space(2))
        foot.setSpacing(look.space(1))
        for state in _LEGEND:
            foot.addWidget(Key(state))
            foot.addWidget(Label(f"courses.validity.{state}", "caption"))
            foot.addSpacing(look.space(2))
        foot.addWidget(Key("missing", is_booked=True))
        foot.addWidget(Label("courses.matrix.booked", "caption"))
        foot.addStretch(1)
        middle = QWidget()
        middle.setProperty("panel", "surface")
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.view, 1)
        column.addWidget(self.told)
        column.addLayout(foot)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.setHandleWidth(1)
        self.villages.setMinimumWidth(look.px(150))
        split.addWidget(self.villages)
        split.addWidget(middle)
        split.setStretchFactor(1, 1)
        split.setSizes([look.px(SIDE), look.px(1000)])
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(split)
        keep_sizes(split, self._tools.settings, "courses.matrix")

    # --- keeping up -------------------------------------------------------------------------------------------------

    @Slot()
    def _take(self) -> None:
        """Everything was read anew."""
        self.tell_state()
        state = self.store.state
        if state is None:
            return
        counts = Counter(each.village for each in state.workers if each.village)
        villages = sorted(state.villages.values(), key=lambda each: natural_key(each.code))
        lines = [(each.id, choose(each.name, each.name_en), counts[each.id]) for each in villages if counts[each.id]]
        self.villages.show_lines([(ALL, say("courses.matrix.all"), len(state.workers)), *lines])
        self._narrowed()

    @Slot()
    def tell_state(self) -> None:
        """Being read; or the last truth, marked with its time while the database is away."""
        self.view.set_state(self._state())

    def _state(self) -> ViewState:
        desk = self._tools.desk
        connection = desk.hub.connection_state
        if self.store.trouble is not None:
            return self.store.trouble
        if self.store.state is None:
            return LOADING
        if not connection.is_stale:
            return READY
        since = desk.now() - timedelta(seconds=connection.age())
        return stale(f"{since.astimezone(zone_of(desk.live.town)):%H:%M}")

    @Slot()
    def _narrowed(self, *_more: Any) -> None:
        """Show what village and filter leave over."""
        state = self.store.state
        if state is None:
            return
        village, only = self.villages.chosen_line, self.only_gaps.isChecked()
        courses = state.in_use
        rows = [
            MatrixRow(each.id, each.name, self.store.where(each), each.village or "") for each in state.workers
            if (village == ALL or each.village == village)
            and (not only or any(state.matrix.of(each.id, course.id).is_open for course in courses))
        ]  # fmt: skip
        lacking = {each.course: each for each in needs(state.matrix, {row.id for row in rows})}
        self.view.show_matrix(rows, courses, state.matrix, lacking, is_filtered=only or village != ALL)

    # --- what is chosen ---------------------------------------------------------------------------------------------

    @Slot()
    def _moved(self) -> None:
        """Say what the cursor is on, and how much is chosen."""
        state = self.store.state
        cell = self.view.cell
        if state is None or cell is None:
            self.told.show_text("")
        else:
            self.told.show_text(self._cell_words(state, *cell))
        chosen = len(self.view.chosen)
        if chosen and state is not None:
            course = state.courses.get(self.view.chosen_course or "")
            self.count.say("courses.matrix.chosen", count=chosen, course=title_of(course))
        else:
            self.count.say("courses.matrix.hint")
        self._tools.actions.refresh()

    def _cell_words(self, state: Training, worker: str, course: str) -> str:
        found = state.matrix.of(worker, course)
        session = state.sessions.get(found.booked or "")
        booked = self.store.local(session) if session else ""
        person = state.people[worker]
        parts = (person.name, title_of(state.courses[course]), standing_words(found, booked))
        return " · ".join(parts)

    @Slot()
    def _opened(self) -> None:
        cell = self.view.cell
        if cell is not None:
            self._tools.selection.navigate("worker", cell[0])

    # --- what can be done -------------------------------------------------------------------------------------------

    can_filter = True

    @property
    def can_choose(self) -> bool:
        """Whether there is a column."""
        return self.view.course is not None

    @property
    def can_plan(self) -> bool:
        """Whether gaps are chosen."""
        return bool(self.view.chosen)

    def choose_gaps(self) -> None:
        """All gaps of the column in sight."""
        self.view.choose_gaps()

    def turn_filter(self) -> None:
        """Only those who lack something, or everybody."""
        self.only_gaps.setChecked(not self.only_gaps.isChecked())

    def plan(self) -> None:
        """A session for those who are chosen, in the order of their places."""
        if self.view.chosen_course is not None and self.view.chosen:
            expected = tuple(id for id in self.view.shown() if id in self.view.chosen)
            self.plan_asked.emit(self.view.chosen_course, expected)
