"""What a panel says when it has nothing to show: painted like an empty list."""

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from commandcenter.ui.core.rowpaint import paint_state
from commandcenter.ui.core.viewstate import READY, Empty, ViewState


class Message(QWidget):
    """An icon, what is the matter, what to do next."""

    def __init__(self, empty: Empty, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._empty, self._state = empty, READY

    def show_state(self, empty: Empty, state: ViewState) -> None:
        """Say something else."""
        self._empty, self._state = empty, state
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt: the message."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_state(self, painter, self.rect(), self._state, self._empty)
        painter.end()
