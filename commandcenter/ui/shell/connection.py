"""The database goes away and comes back: told in a line and by the tone of trouble, until somebody has heard it."""

from PySide6.QtCore import QObject, Slot

from commandcenter.base.clock import monotonic
from commandcenter.base.texts import say
from commandcenter.ui.core.actions import Action
from commandcenter.ui.core.tools import Tools

REASON = "connection"
"""How the sound port and the notices name it."""


class ConnectionWatch(QObject):
    """One per window. The light of the top bar shows the state; this one says what to do, and that it is over."""

    def __init__(self, tools: Tools) -> None:
        super().__init__(tools.desk)
        self._tools = tools
        self._lost: float | None = None
        tools.desk.connection_changed.connect(self._moved)

    def action(self) -> Action:
        """The way to silence the tone by the palette too; the light stays as it is."""
        return Action("trouble.acknowledge", "shell.action.trouble_heard", self.acknowledge, icon="sound",
                      enabled=self._sounds)  # fmt: skip

    def acknowledge(self) -> None:
        """Somebody has heard it: no more tones, and the line goes; the light tells it until it is over."""
        self._tools.sound.acknowledge(REASON)
        self._tools.notices.withdraw(REASON)

    def _sounds(self) -> bool:
        return REASON in self._tools.sound.alarms

    @Slot()
    def _moved(self) -> None:
        is_stale = self._tools.desk.is_stale
        if is_stale and self._lost is None:
            self._lost = monotonic()
            self._tools.sound.alarm(REASON, "trouble")
            self._tools.notices.waits(say("shell.connection.lost"), "shell.connection.heard", self.acknowledge,
                                      closed=self.acknowledge, key=REASON, kind="trouble")  # fmt: skip
        elif not is_stale and self._lost is not None:
            seconds, self._lost = round(monotonic() - self._lost), None
            self.acknowledge()
            self._tools.notices.info(say("shell.connection.back", seconds=seconds))
