"""One of the desks of the live benchmark: a whole desk that notes when it commits and when it paints a change.

Arguments: the database's URL. Prints ``ready``; reads ``sight`` (prints the incidents in sight with their places),
``write RATE COUNT SEED`` (changes those places, then prints ``written``) and ``report`` (prints what it noted as JSON
and ends).
"""

import dataclasses
import json
import random
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimer, Signal, Slot

from commandcenter import app
from commandcenter.base.options import DeskSettings
from commandcenter.rules.entity import REAL
from commandcenter.rules.masks import is_masked
from commandcenter.services import sample
from commandcenter.services.incidents import EditIncident
from commandcenter.services.live import LiveSet
from commandcenter.services.sessions import open_session
from commandcenter.storage.database import Database
from commandcenter.ui.core.rowtable import Role
from commandcenter.ui.core.sound import RecordingSound
from commandcenter.ui.incidents.queue_delegate import QueueDelegate
from commandcenter.ui.incidents.queue_list import QueueList
from tests.bench.live_script import MARK, Commits, edits
from tests.bench.measuring import now

IN_SIGHT = 4
"""How many of the topmost rows are changed in turn."""


@dataclass
class Notes:
    """When each change was committed here, and painted here; by the place that it wrote."""

    committed: dict[str, float] = field(default_factory=dict)
    painted: dict[str, float] = field(default_factory=dict)
    _fresh: list[str] = field(default_factory=list)

    def seen(self, place: str | None) -> None:
        """A row with this place is being painted."""
        if place and place.startswith(MARK) and place not in self.painted:
            self._fresh.append(place)

    def flushed(self) -> None:
        """The repaint is done."""
        for place in self._fresh:
            self.painted.setdefault(place, now())
        self._fresh.clear()


def watch_painting(notes: Notes) -> None:
    """Before the desk is built: look over the shoulder of the queue's painter."""
    paint_card, paint_event = QueueDelegate.paint_card, QueueList.paintEvent

    def noted_card(self: Any, painter: Any, rect: Any, row: Any, is_selected: bool) -> None:
        paint_card(self, painter, rect, row, is_selected)
        notes.seen(row.incident.place)

    def noted_event(self: Any, event: Any) -> None:
        paint_event(self, event)
        notes.flushed()

    QueueDelegate.paint_card = noted_card  # type: ignore[method-assign]
    QueueList.paintEvent = noted_event  # type: ignore[method-assign]


def in_sight(program: app.Program) -> dict[str, str | None]:
    """The topmost incidents with the places they have."""
    table = program.window.findChild(QueueList).table  # type: ignore[union-attr]
    rows = (table.index(place, 0).data(Role.ID) for place in range(table.rowCount()))
    live = program.tools.desk.live.incidents
    usable = [id for id in rows if id in live and not is_masked(live[id].place or "")]
    return {id: live[id].place for id in usable[:IN_SIGHT]}


class Writer(QObject):
    """Changes the places of the topmost incidents in turn, at a rate with a random phase."""

    def __init__(self, program: app.Program, notes: Notes, rate: float, count: int, seed: int) -> None:
        super().__init__(program.window)
        self._desk, self._notes = program.tools.desk, notes
        self._commits = Commits(program.session, "write")
        self._rate, self._left = rate, count
        self._dice = random.Random(seed)
        self._edits = edits(in_sight(program), count, seed)
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._write)
        self._next = now()
        self._wait()

    def _wait(self) -> None:
        self._next += self._dice.uniform(0.5, 1.5) / self._rate
        self._timer.start(max(0, round((self._next - now()) * 1e3)))

    @Slot()
    def _write(self) -> None:
        command, place = next(self._edits)
        self._left -= 1
        told = None if self._left else self._all_written
        self._desk.tasks.submit("write", lambda: self._carry_out(command, place), done=told, owner=self)
        if self._left:
            self._wait()

    def _all_written(self, _nothing: None) -> None:
        """The others get time to paint the last one."""
        QTimer.singleShot(2_000, self, lambda: print("written", flush=True))

    def _carry_out(self, command: EditIncident, place: str) -> None:
        """As ``Desk.send`` does, with a look at the clock between."""
        outcome = self._desk.session.runner.execute(command, world=REAL)
        self._notes.committed[place] = self._commits.last
        self._desk.hub.offer(outcome.changes)


class Orders(QObject):
    """Follows the lines of standard input, on the GUI thread."""

    _came = Signal(str)

    def __init__(self, program: app.Program, notes: Notes) -> None:
        super().__init__(program.window)
        self._program, self._notes = program, notes
        self._came.connect(self._obey, Qt.ConnectionType.QueuedConnection)
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in sys.stdin:
            self._came.emit(line.strip())

    @Slot(str)
    def _obey(self, order: str) -> None:
        word, *rest = order.split()
        if word == "sight":
            print("sight", json.dumps(in_sight(self._program)), flush=True)
        elif word == "write":
            Writer(self._program, self._notes, float(rest[0]), int(rest[1]), int(rest[2]))
        else:
            print("notes", json.dumps(dataclasses.asdict(self._notes)), flush=True)
            QCoreApplication.quit()


def main(url: str, folder: Path) -> None:
    """Open the desk and follow orders."""
    application = app.make_application()
    database = Database(url)
    session = open_session(database, actor=sample.ensure(database, lambda done, total: None))
    with session.read(REAL) as reader:
        live = LiveSet.load(reader)
    notes = Notes()
    watch_painting(notes)
    program = app.build(application, session, live, DeskSettings(folder / "settings.json"), sound=RecordingSound())
    program.window.resize(1440, 900)
    program.window.show()
    QTimer.singleShot(0, program.window, program.start)
    Orders(program, notes)
    QTimer.singleShot(4_000, program.window, lambda: print("ready", flush=True))  # the directory is there by then
    application.exec()
    program.shut_down()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
