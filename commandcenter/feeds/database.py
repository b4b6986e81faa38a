"""What other desks wrote: a thread that listens, catches up and hands on each sequence exactly once.

PostgreSQL: LISTEN first, then catch up, then wait for notifications. SQLite: ``PRAGMA data_version`` every 20 ms.
Both reconcile every 60 s and reconnect with back-off and jitter.
"""

import contextlib
import random
import selectors
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Literal

from commandcenter.base.changes import Change, ChangeSet
from commandcenter.base.clock import monotonic
from commandcenter.base.errors import EnvironmentTrouble
from commandcenter.rules.visibility import Viewer
from commandcenter.services.sessions import ReadDoor
from commandcenter.storage.database import Database
from commandcenter.storage.unit import CHANNEL

POLL = 0.02
RECONCILE = 60.0
MOST = 5000
"""Changes that are read at once."""
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 10.0
State = Literal["connected", "away"]


class Waker:
    """Waits until something was committed, or until told to stop."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.stopped = threading.Event()
        self._button: socket.socket | None = None

    def stop(self) -> None:
        """End every wait, now and from now on. From any thread."""
        self.stopped.set()
        if (button := self._button) is not None:
            with contextlib.suppress(OSError):  # whoever listened has just gone
                button.send(b"!")

    @contextmanager
    def listening(self) -> Iterator[Callable[[float], bool]]:
        """Start to listen; yields ``wait(seconds) -> whether there may be something new``."""
        if self.database.is_postgres:
            with self._postgres() as wait:
                yield wait
        else:
            with self._sqlite() as wait:
                yield wait

    @contextmanager
    def _postgres(self) -> Iterator[Callable[[float], bool]]:
        import psycopg  # a desk on SQLite need not load it before its first picture

        try:
            with (
                self._bell() as bell,
                psycopg.connect(self.database.conninfo, autocommit=True, connect_timeout=5) as connection,
            ):
                connection.execute(f"LISTEN {CHANNEL}")

                was_woken = False

                def wait(seconds: float) -> bool:
                    nonlocal was_woken
                    if was_woken:  # what comes close behind another is read together
                        self.stopped.wait(POLL)
                    # What came while nobody waited lies in psycopg already; the rest makes the socket readable, as
                    # does the end of the connection, and the bell when this is to stop.
                    was_woken = has_come() or (_readable(seconds, bell, connection) and has_come())
                    return was_woken

                def has_come() -> bool:
                    return bool(list(connection.notifies(timeout=0)))

                yield wait
        except psycopg.Error as error:
            raise EnvironmentTrouble("database.away") from error

    @contextmanager
    def _bell(self) -> Iterator[socket.socket]:
        """What becomes readable when the waiting is to stop."""
        bell, self._button = socket.socketpair()
        try:
            with bell, self._button:
                yield bell
        finally:
            self._button = None

    @contextmanager
    def _sqlite(self) -> Iterator[Callable[[float], bool]]:
        raw = self.database.engine.raw_connection()
        raw.detach()  # it lives as long as somebody listens, and is closed, not given back
        try:
            cursor = raw.cursor()

            def version() -> Any:
                return cursor.execute("PRAGMA data_version").fetchone()[0]

            seen = version()

            def wait(seconds: float) -> bool:
                nonlocal seen
                until = monotonic() + seconds
                while not self.stopped.wait(POLL):
                    now = version()
                    if now != seen:
                        seen = now
                        return True
                    if monotonic() > until:
                        return False
                return False

            yield wait
        finally:
            raw.close()


def _readable(seconds: float, bell: socket.socket, connection: Any) -> bool:
    """Wait until the connection has something to read; False when the bell rang or the time is over."""
    with selectors.DefaultSelector() as both:
        both.register(bell, selectors.EVENT_READ)
        both.register(connection.fileno(), selectors.EVENT_READ)
        # No longer than this, because Ctrl+C on Windows does not end the wait of "watch".
        return any(key.fileobj is not bell for key, _ in both.select(min(seconds, 0.5)))


class ChangeFeed:
    """Calls ``deliver(ChangeSet)`` on its own thread for everything after ``since``, in order, without gaps."""

    def __init__(
        self,
        database: Database,
        reads: ReadDoor,
        viewer: Viewer,
        world: str,
        since: int,
        deliver: Callable[[ChangeSet], None],
        on_state: Callable[[State], None] = lambda state: None,
    ) -> None:
        self._waker = Waker(database)
        self._reads = reads
        self._viewer = viewer
        self._world = world
        self.seq = since
        self._deliver = deliver
        self._on_state = on_state
        self._pause = FIRST_PAUSE
        self._thread = threading.Thread(target=self._run, name="change-feed", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread and wait for it."""
        self._waker.stop()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        while not self._waker.stopped.is_set():
            try:
                self._listen()
            except EnvironmentTrouble:
                self._on_state("away")
                self._waker.stopped.wait(self._pause * random.uniform(0.5, 1.5))
                self._pause = min(self._pause * 2, LONGEST_PAUSE)

    def _listen(self) -> None:
        with self._waker.listening() as wait:
            self._catch_up()
            self._on_state("connected")
            self._pause = FIRST_PAUSE
            last_look = monotonic()
            while not self._waker.stopped.is_set():
                woken = wait(RECONCILE)
                if woken or monotonic() - last_look > RECONCILE:
                    self._catch_up()
                    last_look = monotonic()

    def _catch_up(self) -> None:
        more = True
        while more:
            new = self._read()
            more = len(new) == MOST
            if new:
                self.seq = new[-1].seq
                self._deliver(ChangeSet(tuple(new)))

    def _read(self) -> list[Change]:
        with self._reads.open(self._viewer, self._world) as reader:
            return reader.changes_since(self.seq, MOST)
