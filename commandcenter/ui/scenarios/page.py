"""The workspace 演练库: the library of scenarios, and beside it the register of emergency units."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from commandcenter.base.texts import say
from commandcenter.ui.core import theme
from commandcenter.ui.core.listing import ListWorkspace
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.widgets import KeyCap
from commandcenter.ui.scenarios.sides import SIDES
from commandcenter.ui.scenarios.units import UnitsList
from commandcenter.ui.scenarios.workspace import ScenariosList


class ScenariosPage(QWidget):
    """Two sides of one workspace: the library, and the register of emergency units."""

    def __init__(
        self, tools: Tools, scenarios: Callable[[QWidget], Any], units: Callable[[QWidget], Any], side: int = 0
    ) -> None:
        """``scenarios`` and ``units`` are told the two sides, as the actions know them; ``side`` is shown first."""
        super().__init__()
        look = theme.current()
        # From the outside inwards: whatever gets a parent is polished with all in it. In the order of the Tab key.
        head = QWidget(self)
        self.sides = QTabBar(head)
        self.stack = QStackedWidget(self)
        self.library: ScenariosList = scenarios(ScenariosList(tools, self.stack))
        self.units: UnitsList = units(UnitsList(tools, self.stack))
        self.sides.setObjectName("scenarios.sides")
        self.sides.setDrawBase(False)
        self.sides.setExpanding(False)
        for code in ("scenarios.side.library", "scenarios.side.units"):
            self.sides.addTab(say(code))
        self.stack.addWidget(self.library)
        self.stack.addWidget(self.units)
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
