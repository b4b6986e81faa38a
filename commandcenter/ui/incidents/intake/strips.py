"""A strip of choices that folds to the chosen one until it has the keys, so that ten categories cost one line."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget

from commandcenter.ui.core.forms import Choice, ChoiceStrip

_TENTH = ("0", "０")


class FoldingStrip(ChoiceStrip):
    """As ChoiceStrip; the tenth choice has the key 0. Without focus only the chosen segment is shown; without a
    choice all are."""

    def __init__(self, choices: Sequence[Choice] = (), *, parent: QWidget | None = None) -> None:
        super().__init__(choices, parent=parent)

    @property
    def is_folded(self) -> bool:
        """Whether only the chosen segment is shown."""
        return self.value is not None and not self.hasFocus()

    def choose(self, value: str | None) -> None:
        """Choose without ``chosen``."""
        super().choose(value)
        self._refold()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: as the strip, and 0 for the tenth."""
        if event.text() in _TENTH and len(self._choices) >= 10:
            self._pick(9)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt: the first click unfolds, the next chooses."""
        if not self._was_folded:
            super().mousePressEvent(event)
        self._was_folded = False

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Qt: unfold."""
        self._was_folded = self.value is not None and event.reason() == Qt.FocusReason.MouseFocusReason
        super().focusInEvent(event)
        self._refold()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Qt: fold."""
        super().focusOutEvent(event)
        self._was_folded = False
        self._refold()

    _was_folded = False

    def _refold(self) -> None:
        self._arrange()
        self.updateGeometry()
        self.update()

    def _key(self, place: int) -> str:
        return "0" if place == 9 else super()._key(place)

    def _arranged(self, width: int) -> list[QRect]:
        if not self.is_folded:
            return super()._arranged(width)
        chosen = self._current()
        shown = QRect(0, 0, min(self._width(chosen), max(width, 1)), self._row_height())
        return [shown if place == chosen else QRect() for place in range(len(self._choices))]

    def heightForWidth(self, width: int) -> int:
        """Qt: one row while folded, else rows as needed."""
        return self._row_height() if self.is_folded else super().heightForWidth(width)
