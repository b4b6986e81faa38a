"""One timer for every clock on screen, at the turn of the second. What is shown is computed from stored times."""

import weakref
from collections.abc import Callable
from datetime import datetime
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtGui import QGuiApplication
from shiboken6 import isValid

from commandcenter.base.clock import Clock

_LATE = 4  # ms; Qt timers may fire early, and a clock that shows the old second twice looks broken
_STILL = (Qt.ApplicationState.ApplicationHidden, Qt.ApplicationState.ApplicationSuspended)


class Ticker(QObject):
    """Calls its listeners once a second of ``clock`` with the present instant; rests when nobody looks."""

    def __init__(self, clock: Clock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self._listeners: list[weakref.WeakMethod[Callable[[datetime], None]]] = []
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._is_seen = True
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.applicationStateChanged.connect(self._state_changed)

    def listen(self, listener: Callable[[datetime], None]) -> None:
        """Call a bound method every second. It is held weakly: when its object goes, the calls stop."""
        if not hasattr(listener, "__self__"):
            raise TypeError("a ticker holds its listeners weakly, so they must be bound methods")
        self._listeners.append(weakref.WeakMethod(listener))
        self._arm()

    def stop_listening(self, listener: Callable[[datetime], None]) -> None:
        """No more calls; nothing happens when it did not listen."""
        self._listeners = [each for each in self._listeners if each() not in (None, listener)]
        if not self._listeners:
            self._timer.stop()

    @property
    def is_running(self) -> bool:
        """Whether the timer is armed."""
        return self._timer.isActive()

    def set_seen(self, is_seen: bool) -> None:
        """Rest while nothing of the desk can be seen; tick at once when it comes back."""
        was_seen, self._is_seen = self._is_seen, is_seen
        if not is_seen:
            self._timer.stop()
        elif not was_seen:
            self._tick()

    @Slot(Qt.ApplicationState)
    def _state_changed(self, state: Qt.ApplicationState) -> None:
        self.set_seen(state not in _STILL)

    @Slot()
    def _tick(self) -> None:
        now = self._clock.now()
        try:
            for listener in self._living():
                listener(now)
        finally:
            self._arm()

    def _living(self) -> list[Callable[[datetime], None]]:
        pairs = [(reference, reference()) for reference in self._listeners]
        alive = [(reference, method) for reference, method in pairs if method is not None and _is_valid(method)]
        self._listeners = [reference for reference, _ in alive]
        return [method for _, method in alive]

    def _arm(self) -> None:
        if self._listeners and self._is_seen and not self._timer.isActive():
            self._timer.start(self._until_next_second())

    def _until_next_second(self) -> int:
        """Real milliseconds to the next full second of the clock, at least a fifth of a second for a fast one."""
        rate = self._clock.mapping.rate if self._clock.mapping else 1.0
        left = (1_000_000 - self._clock.now().microsecond) / 1_000
        return int(min(1_000.0, max(200.0, left / rate) if rate > 1 else left / max(rate, 0.001))) + _LATE


def _is_valid(method: Any) -> bool:
    owner = method.__self__
    return not isinstance(owner, QObject) or isValid(owner)
