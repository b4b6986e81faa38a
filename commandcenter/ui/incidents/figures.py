"""The figures of the moment in a small card: open by queue, people still to be called, past their limit."""

from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from commandcenter.base.texts import say
from commandcenter.rules.incidents import QUEUES
from commandcenter.ui.core import theme
from commandcenter.ui.core.overlay import Overlay
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.widgets import Label, divider
from commandcenter.ui.incidents import words
from commandcenter.ui.incidents.rows import Figures, figures

_LINES = (*QUEUES, "critical", "calls", "overdue")


def figure_lines(found: Figures) -> list[tuple[str, int]]:
    """(line, number) in the order in which they are read out."""
    queues = {str(queue): number for queue, number in found.open.items()}
    numbers = {**queues, "critical": found.critical, "calls": found.calls_waiting, "overdue": found.overdue}
    return [(name, numbers[name]) for name in _LINES]


class FiguresCard(Overlay):
    """Counts anew every second while it is open; closes on Esc, F9 or a click beside it."""

    def __init__(self, tools: Tools, window: QWidget) -> None:
        super().__init__(window, width=360, height=372)
        self._tools = tools
        self._numbers: dict[str, Label] = {}
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._time = Label("", "muted")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.setSpacing(10)
        layout.addWidget(Label("incidents.figures.title", "title"))
        layout.addWidget(self._time)
        layout.addWidget(divider())
        grid = QGridLayout()
        grid.setVerticalSpacing(10)
        for place, name in enumerate(_LINES):
            number = self._numbers[name] = Label("", "figure")
            grid.addWidget(Label(f"incidents.figures.{name}"), place, 0)
            grid.addWidget(number, place, 1, Qt.AlignmentFlag.AlignRight)
        grid.setColumnStretch(0, 1)
        layout.addLayout(grid)
        layout.addStretch(1)

    def open(self) -> None:
        """Count, appear, and count on."""
        self._tools.ticker.listen(self.count)
        self.count(self._tools.desk.now())
        super().open()

    def dismiss(self) -> None:
        """Go away and rest."""
        self._tools.ticker.stop_listening(self.count)
        super().dismiss()

    def count(self, now: datetime) -> None:
        """Show the figures at ``now``."""
        desk = self._tools.desk
        self._time.show_text(say("incidents.figures.at", time=words.time_of_day(now, words.zone_of(desk.live))))
        for name, number in figure_lines(figures(desk.live, desk.officer.id, now, desk.limits)):
            label = self._numbers[name]
            label.show_text(str(number))
            tone = theme.current().overdue if name == "overdue" and number else theme.current().text
            label.setStyleSheet(f"color: {tone}")
