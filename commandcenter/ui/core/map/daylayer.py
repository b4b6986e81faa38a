"""A layer of the map that is read from the database as of the town's day, while it is switched on."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from commandcenter.rules.numbers import local_day
from commandcenter.services.live import LiveChange
from commandcenter.ui.core.map.model import Marker
from commandcenter.ui.core.rereading import Question, Rereading
from commandcenter.ui.core.times import zone_of
from commandcenter.ui.core.tools import Tools


class DayLayer(QObject):
    """Read while it is switched on, and again when what it shows has changed, on a new day, or for another officer.

    Signals: ``changed()`` when the map has to ask anew.
    """

    changed = Signal()

    def __init__(self, tools: Tools, parent: QWidget) -> None:
        super().__init__(parent)
        self._tools = tools
        self._is_shown = self._is_behind = False
        self._day = self.today()
        self.reading = Rereading(tools.desk, self.question, self)
        self.reading.answered.connect(self._answered)
        self.reading.troubled.connect(self._troubled)
        tools.desk.live_changed.connect(self._live_changed)
        tools.desk.officer_changed.connect(self._again)
        tools.ticker.listen(self._tick)

    def today(self) -> date:
        """The town's day."""
        return local_day(self._tools.desk.now(), zone_of(self._tools.desk.live.town))

    def ask(self, today: date) -> Question:
        """What to ask the reader."""
        raise NotImplementedError

    def take(self, found: Any) -> None:
        """What was read."""
        raise NotImplementedError

    def concerns(self, change: LiveChange) -> bool:
        """Whether a change touches what is shown."""
        raise NotImplementedError

    def question(self) -> Question:
        """As of the town's day."""
        self._day = self.today()
        return self.ask(self._day)

    def set_shown(self, is_shown: bool) -> None:
        """Read when it comes into sight, if something changed since."""
        was_shown, self._is_shown = self._is_shown, is_shown
        if is_shown and not was_shown and (self._is_behind or not self.reading.is_read):
            self._is_behind = False
            self.reading.read_again()

    def markers(self) -> Sequence[Marker]:
        """None."""
        return ()

    def hover(self, grid: str) -> Sequence[str]:
        """Nothing."""
        return ()

    @Slot(object)
    def _answered(self, found: Any) -> None:
        self.take(found)
        self.changed.emit()

    @Slot()
    def _troubled(self) -> None:
        self.changed.emit()

    @Slot(object)
    def _live_changed(self, change: LiveChange) -> None:
        if change.everything or self.concerns(change):
            self._again()

    @Slot()
    def _again(self) -> None:
        if self._is_shown:
            self.reading.read_again()
        else:
            self._is_behind = True

    def _tick(self, _now: datetime) -> None:
        if self.today() != self._day:
            self._day = self.today()
            self._again()
