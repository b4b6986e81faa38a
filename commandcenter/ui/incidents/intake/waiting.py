"""The reports that wait, above the queue while the form is closed: a caller who was parked is never out of sight.

It is there from the start on, and therefore tells what becomes of drafts, before a form is open.
"""

from datetime import datetime
from functools import partial

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from commandcenter.base.texts import say
from commandcenter.ui.core import theme
from commandcenter.ui.core.tips import tip
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.widgets import Chip, Label
from commandcenter.ui.incidents.intake.intakes import Intakes
from commandcenter.ui.incidents.intake.tabs import MARKS, tab_text, title_of

_MOST = 4
"""More do not fit above the queue; the tabs of the form show all."""


class WaitingReports(QWidget):
    """Shown while at least one report waits and none is in the form; a press brings one back."""

    def __init__(self, tools: Tools, intakes: Intakes, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        look = theme.current()
        self._intakes = intakes
        self._notices = tools.notices
        self.setProperty("panel", "surface")
        self.chips = [Chip(clickable=True, parent=self) for _ in range(_MOST)]
        row = QHBoxLayout(self)
        row.setContentsMargins(look.space(3), look.space(2), look.space(3), look.space(2))
        row.setSpacing(look.space(2))
        row.addWidget(Label("intake.waiting", "strong", self))
        for place, chip in enumerate(self.chips):
            row.addWidget(chip)
            chip.clicked.connect(partial(self._press, place))
        row.addStretch(1)
        intakes.list_changed.connect(self._refresh)
        intakes.current_changed.connect(self._refresh)
        intakes.standing_changed.connect(self._refresh)
        intakes.found_again.connect(self._found_again)
        intakes.kept.connect(self._kept)
        tools.ticker.listen(self._tick)
        self.hide()
        QTimer.singleShot(0, self, self._refresh)  # in its place by then: shown now it would be a window of its own

    @Slot()
    def _refresh(self) -> None:
        self._write(self._intakes.desk.now())
        self.setVisible(bool(self._intakes.drafts) and self._intakes.current is None)

    def _tick(self, now: datetime) -> None:
        if self.isVisible():
            self._write(now)

    def _write(self, now: datetime) -> None:
        drafts = self._intakes.drafts
        live = self._intakes.desk.live
        for place, chip in enumerate(self.chips):
            chip.setVisible(place < len(drafts))
            if place < len(drafts):
                kind = self._intakes.standing(drafts[place].id).kind
                tone = "overdue" if kind in MARKS else "neutral"
                chip.show_state(tab_text(place, drafts[place], live, now), tone, MARKS.get(kind, ""))  # type: ignore[arg-type]
                chip.setToolTip(tip(title_of(drafts[place], live)))

    def _press(self, place: int) -> None:
        drafts = self._intakes.drafts
        if place < len(drafts):
            self._intakes.show(drafts[place].id)

    @Slot(int)
    def _found_again(self, count: int) -> None:
        self._notices.info(say("intake.found_again", count=count))

    @Slot(bool)
    def _kept(self, is_kept: bool) -> None:
        if is_kept:
            self._notices.withdraw("intake.not_kept")
        else:
            self._notices.trouble(say("intake.not_kept"), key="intake.not_kept")
