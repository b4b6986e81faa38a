"""The footer's own items: how many desks, sound, and which clock runs and whether it is right."""

from datetime import datetime

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLabel

from commandcenter.base.clock import monotonic
from commandcenter.base.texts import say
from commandcenter.services import databases
from commandcenter.ui.core.tips import tip
from commandcenter.ui.core.tools import StatusItem, Tools

_LOOK_EVERY = 10.0
"""Seconds between two looks at who is there."""
CLOCK_EVERY = 60.0
"""Seconds between two looks at the server's clock."""
MOST_OFF = 5.0
"""Seconds a station's clock may be off (911 board operating standards)."""


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
    """Which clock runs, the sample's or the machine's; a machine whose clock is off by more than 5 s says so."""

    def __init__(self, tools: Tools) -> None:
        super().__init__()
        self._tools = tools
        self._looked = -CLOCK_EVERY
        self._show(0.0)
        tools.ticker.listen(self.tick)

    def tick(self, _now: datetime) -> None:
        """Ask the server now and then what time it is."""
        if monotonic() - self._looked >= CLOCK_EVERY and not self._tools.desk.is_stale:
            self._looked = monotonic()
            self._tools.desk.read(
                databases.clock_offset, done=self._take, failed=self._unknown, owner=self, key="clock"
            )

    @Slot(object)
    def _take(self, offset: float) -> None:
        was_off, is_off = self.property("role") == "error", abs(offset) > MOST_OFF
        self._show(offset)
        if is_off and not was_off:
            words = say(f"shell.clock.{_direction(offset)}", seconds=round(abs(offset)))
            self._tools.notices.trouble(words, key="clock")
        elif was_off and not is_off:
            self._tools.notices.withdraw("clock")

    def _show(self, offset: float) -> None:
        is_off = abs(offset) > MOST_OFF
        simulated = say("shell.clock.simulated") if self._tools.desk.session.clock.is_simulated else ""
        self.setText(say("shell.clock.off", seconds=round(abs(offset))) if is_off else simulated)
        self.setToolTip(tip(say(f"shell.clock.{_direction(offset)}", seconds=round(abs(offset))) if is_off else ""))
        self.setProperty("role", "error" if is_off else "caption")
        self.style().unpolish(self)
        self.style().polish(self)

    @Slot(object)
    def _unknown(self, _error: BaseException) -> None:
        """The light tells that the database is away; what was known of the clock stays."""


def _direction(offset: float) -> str:
    return "ahead" if offset > 0 else "behind"


def install(tools: Tools) -> None:
    """Put them in the footer."""
    items = tools.plugs.status_items
    items.add("seats", StatusItem("seats", Seats, order=800))
    items.add("sound", StatusItem("sound", SoundState, order=810))
    items.add("clock", StatusItem("clock", ClockState, order=820))
