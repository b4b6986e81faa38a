"""Python's cycle collector, on the GUI thread only.

Widgets that lie in reference cycles must not be destroyed by whichever thread happens to allocate when the collector
wakes up: with worker threads about, that crashed whole runs of the journeys.
"""

import gc

from PySide6.QtCore import QObject, QTimer, Slot

_EVERY = 1000
"""Milliseconds between two looks; nothing waits for the collector, it only must not fall behind."""
_users = 0


class Collector(QObject):
    """While one exists the automatic collector rests, and this one does its work between two events."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        global _users
        _users += 1
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    @Slot()
    def _look(self) -> None:
        """The oldest generation that is due by the interpreter's own thresholds."""
        due = [generation for generation in range(3) if gc.get_count()[generation] > gc.get_threshold()[generation]]
        if due:
            gc.collect(max(due))

    def stop(self) -> None:
        """Collect what is left here; the automatic collector goes on when nobody else holds it back."""
        global _users
        self._timer.stop()
        self.deleteLater()
        gc.collect()
        _users -= 1
        if not _users:
            gc.enable()
