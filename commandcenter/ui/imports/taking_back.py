"""Taking a written import back as one step, from this window or by Ctrl+Z on the desk, and doing it again."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, Slot

from commandcenter.ui.core.desk import Desk
from commandcenter.ui.core.sent import sent_of


class TakingBack(QObject):
    """Follows one import through the undo stack of the desk.

    Signals: ``changed()`` after it was taken back, or that was taken back again.
    """

    changed = Signal()

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self.is_done = False
        self._target: tuple[str, bool] | None = None
        """What is to be undone, and whether it is a group."""
        self._undo = ""
        self._sent = sent_of(desk)
        self._sent.taken_back.connect(self._taken_back)

    def remember(self, group: str, words: str) -> None:
        """This import was written."""
        self.is_done, self._target, self._undo = False, (group, True), ""
        self._sent.remember_group(group, words)

    def begin(self, failed: Callable[[BaseException], None]) -> None:
        """Take it back."""
        if self._target is not None:
            target, is_group = self._target
            self._sent.undo(_nothing_more, failed, target, is_group=is_group)

    @Slot(str, str)
    def _taken_back(self, target: str, by: str) -> None:
        if self._target is not None and target == self._target[0]:
            self._undo, self.is_done = by, True
        elif self.is_done and target == self._undo:
            self._target, self.is_done = (by, False), False
        else:
            return
        self.changed.emit()


def _nothing_more(_words: str) -> None:
    """The signal tells it."""
