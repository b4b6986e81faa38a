"""A button for what cannot be taken back: the first press asks, the second does it. No window is in the way."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from commandcenter.ui.core.widgets import Button, Kind


class SureButton(Button):
    """Signals: ``sure()`` when it was pressed again after it had asked."""

    sure = Signal()

    def __init__(self, code: str, asking_code: str, parent: QWidget | None = None) -> None:
        super().__init__(code, kind="quiet", parent=parent)
        self._plain_code, self._asking_code = code, asking_code
        self._asks = False
        self.clicked.connect(self._pressed)

    def calm(self) -> None:
        """Something else was done: it asks anew."""
        if self._asks:
            self._show(asks=False)

    @Slot()
    def _pressed(self) -> None:
        asked = self._asks
        self._show(asks=not asked)
        if asked:
            self.sure.emit()

    def _show(self, *, asks: bool) -> None:
        self._asks = asks
        kind: Kind = "danger" if asks else "quiet"
        self.setProperty("kind", kind)
        self.say(self._asking_code if asks else self._plain_code)
        self.style().unpolish(self)
        self.style().polish(self)
