"""When a window comes on screen: the moment at which it has its size and before which nothing of it can be seen."""

from PySide6.QtCore import QEvent, QObject, QTimer, Signal, Slot
from PySide6.QtGui import QWindow


class Appearance(QObject):
    """Signal: ``due()``, once, when the window is about to be painted for the first time."""

    due = Signal()

    def __init__(self, window: QWindow, parent: QObject, *, patience: int = 0) -> None:
        """``patience``: milliseconds after which a window that stays out of sight is waited for no longer."""
        super().__init__(parent)
        self._window = window
        window.installEventFilter(self)
        if patience:
            QTimer.singleShot(patience, self, self._tell)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt: notes, never eats."""
        if event.type() == QEvent.Type.Expose and self._window.isExposed():
            self._tell()
        return False

    @Slot()
    def _tell(self) -> None:
        self._window.removeEventFilter(self)
        self.deleteLater()
        self.due.emit()
