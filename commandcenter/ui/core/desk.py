"""The desk as every screen sees it: read, send, be told. The only place where threads meet the live set.

Signals: ``live_changed(LiveChange)`` after the live set was updated; ``directory_changed()``; ``officer_changed()``;
``connection_changed()``; ``closed()`` when nothing more is read.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from commandcenter.base.changes import ChangeSet, Outcome
from commandcenter.base.errors import CommandCenterError
from commandcenter.feeds.database import ChangeFeed
from commandcenter.rules.entity import REAL
from commandcenter.rules.incidents import Limits
from commandcenter.rules.people import Officer
from commandcenter.rules.permissions import reads_less
from commandcenter.services import directory, live
from commandcenter.services.directory import Directory
from commandcenter.services.live import LiveChange, LiveSet
from commandcenter.services.sessions import Session
from commandcenter.services.settings import limits_from
from commandcenter.ui.core.hub import ConnectionState, Hub
from commandcenter.ui.core.runner import Runner

PACE = 20
"""Milliseconds from one reading of changes to the next at least: in a storm of changes the desk stays free for the
hands, and what comes in an ordinary evening (five changes a second at odd moments) hardly ever waits for it."""
Done = Callable[[Any], None]
Failed = Callable[[BaseException], None]


class Desk(QObject):
    """One person's desk. Everything on screen comes from here; every change goes out through :meth:`send`."""

    live_changed = Signal(object)
    directory_changed = Signal()
    officer_changed = Signal()
    connection_changed = Signal()
    closed = Signal()

    def __init__(self, session: Session, tasks: Runner, first_picture: LiveSet, world: str = REAL,
                 parent: QObject | None = None) -> None:  # fmt: skip
        """``first_picture`` was read before, off the GUI thread."""
        super().__init__(parent)
        self.session = session
        self.tasks = tasks
        self.world = world
        self.live = first_picture
        self.directory = Directory()
        self.hub = Hub(parent=self)
        self.hub.changed.connect(self._fetch)
        self.hub.connection_changed.connect(self._connection_moved)
        self.hub.start_after(first_picture.seq)
        self.is_loaded = True
        self._fetching = False
        self._is_closed = False
        self._waiting = ChangeSet()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PACE)
        self._pause.timeout.connect(self._fetch_waiting)
        self._feed: ChangeFeed | None = None

    # --- time and people ----------------------------------------------------------------------------------------

    def now(self) -> datetime:
        """The desk's clock: aware, UTC."""
        return self.session.clock.now()

    @property
    def is_stale(self) -> bool:
        """Whether the database is away, so that what is shown may be out of date."""
        return self.hub.connection_state.is_stale

    @property
    def has_news(self) -> bool:
        """Whether changes are on their way into the live set."""
        return self._fetching or (self._pause.isActive() and bool(self._waiting))

    @property
    def officer(self) -> Officer:
        """Who sits here."""
        return self.session.officer

    @property
    def limits(self) -> Limits:
        """The town's time limits."""
        return limits_from(self.live.settings)

    def become(self, officer: Officer) -> None:
        """Somebody else takes the desk; everything is read anew with that person's eyes, also what is being read at
        this moment. What is masked to them is masked at once, also while the database is away."""
        before = self.officer.role
        self.session.become(officer)
        self.tasks.do_again("read")
        if is_less := reads_less(officer.role, before):
            self.live.hide_from(self.session.viewer)
            self.directory.hide_from(self.session.viewer)
        self.officer_changed.emit()
        if is_less:
            self.directory_changed.emit()
        self.hub.offer(ChangeSet.all())

    # --- reading and sending ------------------------------------------------------------------------------------

    def read(self, ask: Callable[[Any], Any], *, done: Done, owner: QObject, failed: Failed | None = None,
             key: str | None = None, world: str | None = None) -> None:  # fmt: skip
        """Run ``ask(reader)`` on the read lane; ``done(answer)`` on the GUI thread. A newer request with the same
        ``key`` overtakes this one. ``world``: another than the desk's, such as ``DRILLS`` for the calendar."""
        session, world = self.session, world or self.world

        def work() -> Any:
            with session.read(world) as reader:
                return ask(reader)

        self.tasks.submit("read", work, done=done, failed=failed, owner=owner, key=key)

    def send(self, command: Any, *, owner: QObject, done: Callable[[Outcome], None] | None = None,
             failed: Failed | None = None, id: str | None = None, group: str | None = None,
             occurred_at: datetime | None = None, prepared: Any = None) -> None:  # fmt: skip
        """Carry out a command on the write lane. What it changed reaches the screens before ``done`` is called.
        ``prepared``: what takes long in it was done before, on the io lane."""
        runner, world, hub = self.session.runner, self.world, self.hub

        def work() -> Outcome:
            source = "opened" if occurred_at else "desk"
            outcome = runner.execute(
                command, id=id, group=group, occurred_at=occurred_at, source=source, world=world,
                prepared=prepared,
            )
            hub.offer(outcome.changes)
            return outcome

        self.tasks.submit("write", work, done=done, failed=failed, owner=owner)

    # --- staying up to date -------------------------------------------------------------------------------------

    def listen(self) -> None:
        """Start to follow the other desks, and read the directory behind the first picture."""
        session = self.session
        self._feed = ChangeFeed(
            session.database, session.reads, session.viewer, self.world, self.live.seq, self.hub.offer,
            self.hub.set_connection,
        )
        self._feed.start()
        self.read(Directory.load, done=self._take_directory, owner=self, key="directory")

    def close(self) -> None:
        """Stop listening; nothing more is read."""
        self._is_closed = True
        self._pause.stop()
        if self._feed is not None:
            self._feed.stop()
        self.closed.emit()

    @Slot(object)
    def _connection_moved(self, state: ConnectionState) -> None:
        """What could not be read while the server was away is read when it is back."""
        self.connection_changed.emit()
        if not state.is_stale:
            self._fetch_waiting()

    @Slot(object)
    def _fetch(self, changes: ChangeSet) -> None:
        """The first change is read at once; what comes close behind it waits and is read together."""
        self._waiting = self._waiting + changes
        self._fetch_waiting()

    @Slot()
    def _fetch_waiting(self) -> None:
        """One read at a time, and none sooner than the pace allows: the other is asked for when that one ends."""
        if self._fetching or self._pause.isActive() or not self._waiting or self._is_closed:
            return
        wanted, self._waiting = self._waiting, ChangeSet()
        self._fetching = True
        self._pause.start()
        self.read(
            lambda reader: (live.fetch(reader, wanted), _directory(reader, wanted)),
            done=self._take, failed=self._not_fetched, owner=self,
        )  # fmt: skip

    @Slot(object)
    def _take(self, found: Any) -> None:
        self._fetching = False
        fetched, people = found
        change = self.live.apply(fetched)
        if isinstance(people, Directory):
            self._take_directory(people)
        elif people is not None:
            self.directory.apply(people)
            self.directory_changed.emit()
        self._publish(change)
        self._fetch_waiting()

    def _publish(self, change: LiveChange) -> None:
        self.live_changed.emit(change)

    @Slot(object)
    def _take_directory(self, found: Directory) -> None:
        self.directory = found
        self.directory_changed.emit()

    @Slot(object)
    def _not_fetched(self, error: BaseException) -> None:
        """The server went away between the news and the reading: read everything when it is back."""
        self._fetching = False
        self._waiting = ChangeSet.all()
        self._pause.stop()
        if not isinstance(error, CommandCenterError):
            raise error


def _directory(reader: Any, changes: ChangeSet) -> Any:
    return Directory.load(reader) if changes.everything else directory.fetch(reader, changes)

