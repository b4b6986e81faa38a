"""The footer's own items: how many desks, sound, and the sample's clock."""

from datetime import datetime

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLabel

from commandcenter.base.clock import monotonic
from commandcenter.base.texts import say
from commandcenter.services import databases
from commandcenter.ui.core.tools import StatusItem, Tools

_LOOK_EVERY = 10.0
"""Seconds between two looks at who is there."""


class Seats(QLabel):
    """How many desks are there now."""

    def __init__(self, tools: Tools) -> None:
        super().__init__()
        self.setProperty("role", "caption")
        self._tools = tools
        self._looked = -_LOOK_EVERY
        tools.ticker.listen(self.tick)

    def tick(self, _now: datetime) -> None:
        """Look again now and then."""
        if monotonic() - self._looked >= _LOOK_EVERY:
            self._looked = monotonic()
            self._tools.desk.read(databases.desk_count, done=self._show, failed=self._unknown, owner=self, key="seats")

    @Slot(object)
    def _show(self, count: int) -> None:
        self.setText(say("shell.seats", count=max(1, count)))

    @Slot(object)
    def _unknown(self, _error: BaseException) -> None:
        self.setText("")


class SoundState(QLabel):
    """No device and muting leave a visible mark."""

    def __init__(self, tools: Tools) -> None:
        super().__init__()
        self.setProperty("role", "caption")
        self._tools = tools
        tools.ticker.listen(self.tick)
        self.tick(None)

    def tick(self, _now: datetime | None) -> None:
        """Say how it stands."""
        muted = bool(self._tools.settings.get("desk.muted", False))
        state = "muted" if muted else "on" if self._tools.sound.available else "none"
        words = say(f"shell.sound.{state}")
        if words != self.text():
            self.setText(words)
            self.setProperty("role", "caption" if state == "on" else "error")
            self.style().unpolish(self)
            self.style().polish(self)


class ClockState(QLabel):
    """Which clock runs: the sample's, or the machine's."""

    def __init__(self, tools: Tools) -> None:
        super().__init__()
        self.setProperty("role", "caption")
        self.setText(say("shell.clock.simulated") if tools.desk.session.clock.is_simulated else "")


def install(tools: Tools) -> None:
    """Put them in the footer."""
    items = tools.plugs.status_items
    items.add("seats", StatusItem("seats", Seats, order=800))
    items.add("sound", StatusItem("sound", SoundState, order=810))
    items.add("clock", StatusItem("clock", ClockState, order=820))
