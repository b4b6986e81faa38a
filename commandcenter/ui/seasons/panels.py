"""The parts of the page: a table for each step, what the chosen line means, and how far the planner is."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QScrollArea, QVBoxLayout, QWidget

from commandcenter.base.clock import monotonic
from commandcenter.base.texts import say
from commandcenter.ui.core import theme
from commandcenter.ui.core.actions import ActionRegistry
from commandcenter.ui.core.cards import Column, Link, words
from commandcenter.ui.core.rowtable import RowTable
from commandcenter.ui.core.tableview import TableView
from commandcenter.ui.core.viewstate import Empty
from commandcenter.ui.core.widgets import ActionButton, Label
from commandcenter.ui.seasons.model import SeasonModel
from commandcenter.ui.seasons.rows import COLUMNS, PlanRow, order

_PULSE = 250
"""Milliseconds between two looks at the clock while the planner works."""


class StepTable(TableView):
    """The lines of one step, some of them to be ticked. Signals: ``ticks_changed()``."""

    ticks_changed = Signal()

    def __init__(self, kind: str, empty: Empty) -> None:
        table: RowTable[PlanRow] = RowTable(COLUMNS[kind], key=_id, order=order)
        super().__init__(table, empty=empty)
        table.setParent(self)
        self.kind = kind
        self.setObjectName(f"season.{kind}")
        self.clicked.connect(self._clicked)

    def show_rows(self, rows: Iterable[PlanRow]) -> None:
        """Take these lines; ticks and the choice stay with those that are still there."""
        known = {row.id: row.ticked for row in self.rows()}
        made = [
            row if row.ticked is None or known.get(row.id) is None else replace(row, ticked=known[row.id])
            for row in rows
        ]
        kept = {row.id for row in made}
        self.table.remove([id for id in known if id not in kept])
        self.table.upsert(made)
        self.ticks_changed.emit()

    def rows(self) -> list[PlanRow]:
        """All lines."""
        return list(self.table.shown_rows())

    def ticked(self) -> set[str]:
        """The ids of the lines that are ticked."""
        return {row.id for row in self.rows() if row.ticked}

    @property
    def row(self) -> PlanRow | None:
        """The chosen line."""
        id = self.chosen()
        return self.table.row(id) if id else None

    def toggle(self) -> None:
        """Tick the chosen line, or take its tick away."""
        row = self.row
        if row is not None and row.ticked is not None:
            self._set([row], not row.ticked)

    def toggle_all(self) -> None:
        """Tick all; none when all are."""
        can = [row for row in self.rows() if row.ticked is not None]
        self._set(can, not all(row.ticked for row in can))

    def _set(self, rows: list[PlanRow], ticked: bool) -> None:
        self.table.upsert([replace(row, ticked=ticked) for row in rows])
        self.ticks_changed.emit()

    @Slot(object)
    def _clicked(self, index: object) -> None:
        if getattr(index, "column", lambda: -1)() == 0 and COLUMNS[self.kind][0].id == "tick":
            self.toggle()


def _id(row: PlanRow) -> str:
    return row.id


class Explanation(QScrollArea):
    """The chosen line, with everything there is to say about it."""

    def __init__(self, actions: ActionRegistry, open_drill: Callable[[], None]) -> None:
        super().__init__()
        self._actions, self._open = actions, open_drill
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for part in (self, self.viewport()):
            part.setProperty("panel", "surface")
        self.show_row(None)

    def show_row(self, row: PlanRow | None, *, has_lines: bool = True) -> None:
        """Say what this line means; without one, that one can be chosen, or that there is none (``has_lines``)."""
        look, body = theme.current(), Column()
        column = QVBoxLayout(body)
        column.setContentsMargins(look.space(4), look.space(4), look.space(4), look.space(4))
        column.setSpacing(look.space(2))
        if row is None:
            quiet = Label("season.explain.nothing" if has_lines else "season.explain.no_lines", "muted")
            quiet.setWordWrap(True)
            column.addWidget(quiet)
        else:
            column.addWidget(words(row.title, "heading"))
            if row.is_training:
                column.addWidget(words(say("season.explain.training"), "muted"))
            where = say("season.listed").join(filter(None, (row.when, row.where, row.who)))
            column.addWidget(words(where, "muted"))
            if row.before:
                column.addWidget(words(say("season.explain.last_year", when=row.before), "muted"))
            column.addSpacing(look.space(2))
            for sentence in row.why:
                column.addWidget(words(f"· {sentence}"))
            if row.drill or row.session:
                column.addSpacing(look.space(2))
                code = "season.explain.open" if row.drill else "season.explain.open_session"
                link = Link(say(code), self._open)
                column.addWidget(link, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        self.setWidget(body)


class Progress(QWidget):
    """How far the planner is: time gone of its limit, plans found, the best one's points and what none can go below."""

    def __init__(self, model: SeasonModel, actions: ActionRegistry) -> None:
        super().__init__()
        self._model, self._begun = model, 0.0
        look = theme.current()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(look.px(6))
        self.words = Label("", "muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(look.space(3))
        row.addWidget(self.bar, 1)
        row.addWidget(self.words)
        row.addWidget(ActionButton(actions, "season.stop"))
        self._pulse = QTimer(self)
        self._pulse.setInterval(_PULSE)
        self._pulse.timeout.connect(self.tell)
        model.progressed.connect(self.tell)
        self.hide()

    @Slot()
    def tell(self) -> None:
        """Say it anew."""
        if not self._model.is_busy:
            self._pulse.stop()
            self.hide()
            return
        if not self._pulse.isActive():
            self._begun = monotonic()
            self._pulse.start()
        step, gone = self._model.step, monotonic() - self._begun
        self.bar.setMaximum(self._model.limit * 10)
        self.bar.setValue(min(int(gone * 10), self._model.limit * 10))
        facts = {"seconds": int(gone), "limit": self._model.limit}
        if step is None or step.stage == "first":
            self.words.say("season.progress.first", **facts)
        elif step.bound is None or step.found == 0:
            self.words.say(f"season.progress.{step.stage}", **facts)
        else:
            self.words.say("season.progress.found", found=step.found, cost=step.cost, bound=max(0, step.bound), **facts)
        self.show()
