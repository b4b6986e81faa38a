"""Where changes enter the screens: from this desk at once, from the others by the feed, each sequence once.

The first change wakes the GUI thread at once; whatever arrives until it gets round to it is published together.
"""

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QObject, Signal, Slot

from commandcenter.base.changes import Change, ChangeSet
from commandcenter.base.clock import monotonic
from commandcenter.ui.core.inbox import Inbox
from commandcenter.ui.core.threads import assert_gui_thread

ConnectionKind = Literal["connected", "away", "reconnecting"]
_MANY = 20_000


@dataclass(frozen=True, slots=True)
class ConnectionState:
    """How the desk stands to its database; ``since`` in monotonic seconds."""

    kind: ConnectionKind
    since: float

    @property
    def is_stale(self) -> bool:
        """Whether what is on screen may be out of date."""
        return self.kind != "connected"

    def age(self) -> float:
        """Seconds since it has been so."""
        return monotonic() - self.since


class _Delivered:
    """The sequences that were published: everything up to a mark, and single ones above it."""

    def __init__(self) -> None:
        self._mark = 0
        self._above: set[int] = set()

    def start_after(self, seq: int) -> None:
        self._mark = seq
        self._above = {each for each in self._above if each > seq}

    def take(self, seq: int) -> bool:
        """Whether ``seq`` is new; from now on it is not."""
        if seq <= self._mark or seq in self._above:
            return False
        self._above.add(seq)
        while self._mark + 1 in self._above:
            self._mark += 1
            self._above.discard(self._mark)
        if len(self._above) > _MANY:  # holes are rows this viewer may not see; they never come
            self.start_after(sorted(self._above)[_MANY // 2])
        return True


class Hub(QObject):
    """Gathers changes from any thread and publishes them on the GUI thread.

    Signals: ``changed(ChangeSet)``; ``connection_changed(ConnectionState)``.
    """

    changed = Signal(object)
    connection_changed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._offered: Inbox[ChangeSet | ConnectionKind] = Inbox(self)
        self._delivered = _Delivered()
        self._connection = ConnectionState("connected", monotonic())
        self._offered.bell.rung.connect(self._drain)

    @property
    def connection_state(self) -> ConnectionState:
        """How the desk stands to its database now."""
        return self._connection

    def start_after(self, seq: int) -> None:
        """Everything up to ``seq`` is already on screen."""
        assert_gui_thread()
        self._delivered.start_after(seq)

    def offer(self, changes: ChangeSet) -> None:
        """Publish these soon, each sequence once. From any thread."""
        if changes:
            self._offered.put(changes)

    def set_connection(self, kind: ConnectionKind) -> None:
        """The feed or a writer found the database reachable or not. From any thread."""
        self._offered.put(kind)

    @Slot()
    def _drain(self) -> None:
        fresh: list[Change] = []
        everything = False
        kind: ConnectionKind | None = None
        for news in self._offered.taken():
            if isinstance(news, ChangeSet):
                everything = everything or news.everything
                fresh += [change for change in news if self._delivered.take(change.seq)]
            else:
                kind = news
        if kind is not None:
            self._connect(kind)
        if fresh or everything:
            self._publish(ChangeSet(tuple(sorted(fresh, key=_seq)), everything))

    def _connect(self, kind: ConnectionKind) -> None:
        if kind != self._connection.kind:
            keeps_age = self._connection.is_stale and kind != "connected"
            since = self._connection.since if keeps_age else monotonic()
            self._connection = ConnectionState(kind, since)
            self.connection_changed.emit(self._connection)

    def _publish(self, changes: ChangeSet) -> None:
        self.changed.emit(changes)


def _seq(change: Change) -> int:
    return change.seq
