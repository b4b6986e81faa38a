"""A thread-safe way onto the GUI thread: many puts, one wake, emptied on the GUI thread."""

import threading
from collections import deque
from collections.abc import Iterator
from typing import Generic, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot
from shiboken6 import isValid

T = TypeVar("T")


class _Bell(QObject):
    """Rings on the GUI thread. Signals: ``rung()``."""

    rung = Signal()
    _pulled = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._pulled.connect(self._ring, Qt.ConnectionType.QueuedConnection)

    def pull(self) -> None:
        """From any thread."""
        self._pulled.emit()

    @Slot()
    def _ring(self) -> None:
        self.rung.emit()


class Inbox(Generic[T]):
    """Takes things from any thread; its ``bell.rung`` says on the GUI thread that :meth:`taken` has some."""

    def __init__(self, parent: QObject) -> None:
        self.bell = _Bell(parent)
        self._things: deque[T] = deque()
        self._lock = threading.Lock()
        self._is_rung = False

    def put(self, thing: T) -> None:
        """From any thread; dropped when the owner is gone already."""
        with self._lock:
            self._things.append(thing)
            must_ring, self._is_rung = not self._is_rung, True
        if must_ring and isValid(self.bell):
            self.bell.pull()

    def taken(self) -> Iterator[T]:
        """Everything that is there, one by one, also what arrives meanwhile. On the GUI thread."""
        with self._lock:
            self._is_rung = False
        while self._things:
            yield self._things.popleft()

    def __bool__(self) -> bool:
        return bool(self._things)
