"""A desk with its tools on a database of its own, for tests of whole workspaces; only the clock is set by hand."""

import contextlib
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import shiboken6
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from commandcenter.base.clock import ManualClock
from commandcenter.base.ids import new_id
from commandcenter.base.options import DeskSettings
from commandcenter.services.directory import Directory
from commandcenter.services.incidents import OpenIncident
from commandcenter.services.live import LiveSet
from commandcenter.services.runner import CommandRunner
from commandcenter.ui.core import desk as desks
from commandcenter.ui.core.actions import ActionRegistry
from commandcenter.ui.core.notices import Notices
from commandcenter.ui.core.runner import Runner
from commandcenter.ui.core.selection import Selection
from commandcenter.ui.core.sound import RecordingSound
from commandcenter.ui.core.ticker import Ticker
from commandcenter.ui.core.tools import Plugs, Tools

BEGINNING = datetime(2025, 6, 30, 12, 0, tzinfo=UTC)
"""20:00 in the tiny township."""
QUICK = 1
"""The pause that spares a busy desk, in milliseconds, where no desk is busy."""


class Room:
    """One desk, and a second pair of hands that works on the same database."""

    def __init__(self, tools: Tools, clock: ManualClock) -> None:
        self.tools, self.clock = tools, clock
        self.appearances = 0
        self._kept: list[QWidget] = []
        self.walked: list[tuple[str, str]] = []
        tools.appearance_changed = self._appearance_changed
        tools.selection.navigated.connect(lambda entity, id: self.walked.append((entity, id)))
        session = tools.desk.session
        other = next(each for each in tools.desk.live.officers.values() if each.account == "administrator")
        self._other = CommandRunner(session.database, clock, actor=other.id, desk=new_id())

    def _appearance_changed(self) -> None:
        self.appearances += 1

    def show(self, widget: QWidget, width: int = 1300, height: int = 800) -> Any:
        """Show it at a realistic size, and let it read what it needs."""
        self._kept.append(widget)
        widget.resize(width, height)
        widget.show()
        widget.activateWindow()
        QTest.qWaitForWindowActive(widget, 5000)  # keys go nowhere before
        self.settle()
        return widget

    def leave(self) -> None:
        """Close what was shown, before the desk under it goes."""
        for widget in self._kept:
            widget.close()
            shiboken6.delete(widget)

    def settle(self) -> None:
        """Until everything that was asked for came home and what it changed was read."""
        rounds = 4
        while rounds:
            QGuiApplication.processEvents()
            assert self.tools.desk.tasks.drain(10)
            # What comes in may make a screen ask for more, so that the last news is followed by some quiet rounds.
            rounds = 4 if self.tools.desk.has_news else rounds - 1
            if rounds == 4:
                time.sleep(0.001)  # for the threads that read

    def elsewhere(self, command: Any) -> Any:
        """From another desk, as its administrator."""
        outcome = self._other.execute(command)
        self.tools.desk.hub.offer(outcome.changes)
        self.settle()
        return outcome.value

    def open(self, **more: Any) -> str:
        """An incident from another desk; its id."""
        facts: dict[str, Any] = {"category": "emergency", "urgency": "urgent", "text": "冒烟"} | more
        return str(self.elsewhere(OpenIncident(**facts))["incident"])

    def grid(self, code: str) -> Any:
        """A grid by its code."""
        return next(each for each in self.tools.desk.live.grids.values() if each.code == code)

    def told(self) -> list[str]:
        """What the notices said."""
        return [notice.text for notice in self.tools.notices.waiting]


@contextlib.contextmanager
def room_at(
    url: str, open_desk: Callable[..., Any], folder: Path, account: str = "duty1", *, people: bool = True,
    pace: int = QUICK,
) -> Iterator[Room]:  # fmt: skip
    """A room on the database at ``url``; ``people`` False: the directory has not been read yet; ``pace``: milliseconds
    between two helpings of news."""
    clock = ManualClock(BEGINNING)
    session = open_desk(url, account, clock)
    tasks = Runner()
    with session.read("real") as reader:
        first = LiveSet.load(reader)
        directory = Directory.load(reader)
    with patch.object(desks, "PACE", pace):
        desk = desks.Desk(session, tasks, first)
    desk.directory = directory if people else Directory()
    tools = Tools(
        desk=desk, actions=ActionRegistry(lambda: session.officer.role, desk), selection=Selection(desk),
        notices=Notices(desk), ticker=Ticker(clock, desk), sound=RecordingSound(),
        settings=DeskSettings(folder / "settings.json"), appearance_changed=lambda: None, plugs=Plugs(),
    )  # fmt: skip
    room = Room(tools, clock)
    try:
        yield room
    finally:
        desk.close()
        assert tasks.shutdown()
        room.leave()
        shiboken6.delete(desk)
