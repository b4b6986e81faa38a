"""How the page of the year is laid out: head, steps, their tables in a stack, at the right what a line means."""

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QScrollArea, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from commandcenter.base.texts import say
from commandcenter.ui.core import theme
from commandcenter.ui.core.forms import Choice, ChoiceStrip
from commandcenter.ui.core.splitters import keep_sizes
from commandcenter.ui.core.tips import tip
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.viewstate import Empty
from commandcenter.ui.core.widgets import ActionButton, Button, Label, divider
from commandcenter.ui.seasons.model import SeasonModel
from commandcenter.ui.seasons.panels import Explanation, Progress, StepTable
from commandcenter.ui.seasons.replan import Changes

STEPS = ("copy", "fill", "clashes", "replan")
SIDE = 356
"""Width of the right side, px at 100 %."""


class SeasonFrame(QWidget):
    """The parts in their places, and what is shown of them at which step; what they say comes from the workspace."""

    def __init__(self, tools: Tools) -> None:
        super().__init__()
        self._tools, self._desk = tools, tools.desk
        self.model = SeasonModel(tools, self)
        self.stack, self.right = QStackedWidget(), QStackedWidget()
        self.tables: Mapping[str, StepTable] = {
            kind: StepTable(kind, Empty(f"season.empty.{kind}", f"season.empty.{kind}.hint"))
            for kind in ("copy", "owed", "fill", "clashes", "replan", "back")
        }
        self.explanation = Explanation(tools.actions, self.open_drill)
        self.changes = Changes(tools.actions)
        self.steps = ChoiceStrip([Choice(step, say(f"season.step.{step}")) for step in STEPS])
        self.year, self.tally = Label("", "title"), Label("", "muted")
        self.back_button, self.on_button = (self._year_button(id) for id in ("previous_year", "next_year"))
        self.intro = Label("", "muted")
        self.with_training = QCheckBox()
        self.progress = Progress(self.model, tools.actions)
        self.accept_button = ActionButton(tools.actions, "season.accept", kind="primary")
        self.start_button = ActionButton(tools.actions, "season.start", kind="primary")
        self._lay_out()

    def open_drill(self) -> None:
        """Show the chosen drill in the calendar."""
        raise NotImplementedError

    def _year_button(self, id: str) -> Button:
        action = self._tools.actions.get(f"season.{id}")
        button = Button("", kind="quiet", icon=action.icon)
        button.setAccessibleName(action.title)
        button.setToolTip(tip(action.title))
        return button

    def _lay_out(self) -> None:
        look = theme.current()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._head())
        column.addLayout(self._bar())
        column.addWidget(divider())
        for table in self.tables.values():
            self.stack.addWidget(table)
        self.right.addWidget(self.explanation)
        self.replan_side = QSplitter(Qt.Orientation.Vertical, self.right)
        self.right.addWidget(self.replan_side)
        scroll = QScrollArea(self.replan_side)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setProperty("panel", "surface")
        scroll.viewport().setProperty("panel", "surface")
        both = QWidget()
        both.setProperty("panel", "surface")
        inner = QVBoxLayout(both)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addWidget(self.changes)
        scroll.setWidget(both)
        self.replan_side.setSizes([look.px(430), look.px(150)])
        parts = QSplitter(Qt.Orientation.Horizontal, self)
        parts.setChildrenCollapsible(False)
        parts.addWidget(self.stack)
        parts.addWidget(self.right)
        parts.setStretchFactor(0, 1)
        parts.setSizes([look.px(900), look.px(SIDE)])
        self.right.setMinimumWidth(look.px(300))
        column.addWidget(parts, 1)
        keep_sizes(parts, self._tools.settings, "season")
        keep_sizes(self.replan_side, self._tools.settings, "season.replan")

    def _head(self) -> QHBoxLayout:
        look = theme.current()
        row = QHBoxLayout()
        row.setContentsMargins(look.space(4), look.space(3), look.space(4), look.space(1))
        row.setSpacing(look.space(2))
        for part in (self.back_button, self.year, self.on_button):
            row.addWidget(part)
        row.addSpacing(look.space(3))
        row.addWidget(self.tally, 1)
        for id in ("table_out", "table_back", "calendar", "notice"):
            row.addWidget(ActionButton(self._tools.actions, f"season.{id}", kind="quiet"))
        return row

    def _bar(self) -> QVBoxLayout:
        look = theme.current()
        column = QVBoxLayout()
        column.setContentsMargins(look.space(4), look.space(1), look.space(4), look.space(3))
        column.setSpacing(look.space(2))
        row = QHBoxLayout()
        row.setSpacing(look.space(2))
        row.addWidget(self.steps)
        row.addStretch(1)
        for id in ("tick_all", "accept_one"):
            row.addWidget(ActionButton(self._tools.actions, f"season.{id}", kind="quiet"))
        row.addWidget(self.start_button)
        row.addWidget(self.accept_button)
        column.addLayout(row)
        self.intro.setWordWrap(True)
        below = QHBoxLayout()
        below.setSpacing(look.space(4))
        below.addWidget(self.intro, 1)
        below.addWidget(self.with_training, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(below)
        column.addWidget(self.progress)
        return column

    def show_side(self, *, is_replan: bool) -> None:
        """At the right the explanation of a line; while a plan is changed, below the form of the changes."""
        if is_replan:
            is_new = self.replan_side.count() == 1
            self.replan_side.addWidget(self.explanation)
            self.replan_side.setStretchFactor(0, 3)
            self.replan_side.setStretchFactor(1, 2)
            if is_new:  # the form whole, then whatever is left for the reasons
                self.replan_side.setSizes([theme.current().px(470), theme.current().px(150)])
        else:
            self.right.insertWidget(0, self.explanation)
        self.right.setCurrentWidget(self.replan_side if is_replan else self.explanation)
        self.explanation.show()
