"""The reports that wait, above the queue while the form is closed: a caller who was parked is never out of sight."""

from datetime import datetime

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from commandcenter.ui.core import theme
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.widgets import Label
from commandcenter.ui.incidents.intake.intakes import Intakes
from commandcenter.ui.incidents.intake.tabs import DraftTabs


class WaitingReports(QWidget):
    """Shown while at least one report waits and none is in the form; a tab brings it back."""

    def __init__(self, tools: Tools, intakes: Intakes, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        look = theme.current()
        self._intakes = intakes
        self.tabs = DraftTabs(intakes, self)
        self.setProperty("panel", "raised")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(self)
        row.setContentsMargins(look.space(3), 0, look.space(3), 0)
        row.setSpacing(look.space(2))
        row.addWidget(Label("intake.waiting", "caption", self))
        row.addWidget(self.tabs, 1)
        self.tabs.wanted.connect(intakes.show)
        intakes.list_changed.connect(self._refresh)
        intakes.current_changed.connect(self._refresh)
        tools.ticker.listen(self._tick)
        self._refresh()

    @Slot()
    def _refresh(self) -> None:
        self.setVisible(bool(self._intakes.drafts) and self._intakes.current is None)

    def _tick(self, now: datetime) -> None:
        if self.isVisible():
            self.tabs.tick(now)
