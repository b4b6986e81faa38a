"""Work beside the GUI thread: one job at a time, the newest wish next, nothing left behind.

A thread lives only as long as its job, so an idle map owns none. Results come back through one relay that outlives
every widget; whoever asked and is gone by then is simply not called.
"""

import threading
import weakref
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, Slot

Wanted = Callable[[], bool]
Work = Callable[[Wanted], Any]


class _Relay(QObject):
    """Carries calls to the thread it was made on."""

    arrived = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.arrived.connect(self._call, Qt.ConnectionType.QueuedConnection)

    @Slot(object)
    def _call(self, call: Callable[[], None]) -> None:
        call()


_relay: _Relay | None = None


def _the_relay() -> _Relay:
    global _relay
    if _relay is None:
        _relay = _Relay()
    return _relay


class Aside:
    """Runs jobs for one owner. ``deliver`` (a bound method, held weakly) gets (key, result) on the GUI thread."""

    def __init__(self, deliver: Callable[[str, Any], None]) -> None:
        self._deliver = weakref.WeakMethod(deliver)
        self._relay = _the_relay()
        self._running: threading.Thread | None = None
        self._next: tuple[str, Work] | None = None
        self._generation = 0

    @property
    def busy(self) -> bool:
        """Whether a job runs or waits."""
        return self._running is not None

    def ask(self, key: str, work: Work) -> None:
        """Run ``work`` next; a job that waits is replaced, one that runs is finished first."""
        if self._running is None:
            self._start(key, work)
        else:
            self._next = (key, work)

    def drop(self) -> None:
        """Forget all jobs; what runs stops at its next check and is not delivered."""
        self._generation += 1
        self._next = None
        self._running = None

    def stop(self) -> None:
        """As :meth:`drop`, and wait until the thread has ended: for the owner's end."""
        running = self._running
        self.drop()
        if running is not None:
            running.join()

    def _start(self, key: str, work: Work) -> None:
        generation = self._generation
        self._running = threading.Thread(target=self._run, args=(generation, key, work), name=f"map-{key}")
        self._running.start()

    def _run(self, generation: int, key: str, work: Work) -> None:
        result: Any = None
        error: BaseException | None = None
        try:
            result = work(lambda: generation == self._generation)
        except Exception as caught:  # raised again on the GUI thread, where bugs are reported
            error = caught
        self._relay.arrived.emit(lambda: self._arrived(generation, key, result, error))

    def _arrived(self, generation: int, key: str, result: Any, error: BaseException | None) -> None:
        if generation != self._generation:
            return
        self._running = None
        if self._next is not None:
            (next_key, work), self._next = self._next, None
            self._start(next_key, work)
        if error is not None:
            raise error
        deliver = self._deliver()
        if deliver is not None:
            deliver(key, result)
