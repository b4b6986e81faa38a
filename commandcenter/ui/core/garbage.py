"""Python's cycle collector, on the GUI thread only.

Widgets that lie in reference cycles must not be destroyed by whichever thread happens to allocate when the collector
wakes up: with worker threads about, that crashed whole runs of the journeys.
"""

import ctypes
import gc
import sys

from PySide6.QtCore import QObject, QTimer, Slot

_EVERY = 1000
"""Milliseconds between two looks; nothing waits for the collector, it only must not fall behind."""
_AFTERWARDS = 1000
"""Milliseconds after which what was made anew is in sight, and what it replaced may be looked for."""
_users = 0


def sweep() -> None:
    """Collect all there is, and hand free memory back to the system: glibc keeps it otherwise, whole windows of it."""
    gc.collect()
    if sys.platform == "linux":
        give_back = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if give_back is not None:
            give_back(0)


class Sweeping(QTimer):
    """One sweep for many pages that were thrown away. They lie in cycles, with their pictures, and old as they are it
    takes the :class:`Collector` minutes to come to them."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.setSingleShot(True)
        self.setInterval(_AFTERWARDS)
        self.timeout.connect(sweep)


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
