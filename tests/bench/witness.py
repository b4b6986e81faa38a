"""Sees for itself when the desk's map and queue are on screen: paint events of widgets that have something to paint."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QObject, QTimer, Slot
from PySide6.QtWidgets import QWidget

from commandcenter.ui.core.map import MapCanvas
from commandcenter.ui.incidents.queue_list import QueueList


class FirstPicture(QObject):
    """Calls ``seen`` once, after the first repaint in which map and queue both had been painted with their content."""

    def __init__(self, window: QWidget, seen: Callable[[], None]) -> None:
        super().__init__(window)
        self._seen = seen
        canvas, queue = window.findChild(MapCanvas), window.findChild(QueueList)
        assert canvas is not None and queue is not None
        self._canvas, self._queue = canvas, queue
        self._is_painted: dict[Any, bool] = {canvas: False, queue.viewport(): False}
        for viewport in self._is_painted:
            viewport.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt: notes, never eats."""
        if event.type() == QEvent.Type.Paint and self._has_content(watched):
            self._is_painted[watched] = True
            if all(self._is_painted.values()):
                for viewport in self._is_painted:
                    viewport.removeEventFilter(self)
                QTimer.singleShot(0, self, self._flushed)  # the repaint that is under way comes first
        return False

    def _has_content(self, watched: QObject) -> bool:
        if watched == self._queue.viewport():
            return bool(self._queue.table.rowCount())
        canvas = self._canvas
        return bool(canvas.plan.grids) and not canvas.plan.is_schematic and canvas._pictures.picture is not None

    @Slot()
    def _flushed(self) -> None:
        self._seen()
