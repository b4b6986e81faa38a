"""What stands at the right of a workspace: the card of what is chosen, or a form that was begun and waits."""

from collections.abc import Callable, Iterator

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QStackedWidget, QWidget

from commandcenter.ui.core.sheet import Sheet


class SheetStack(QStackedWidget):
    """A card, and the forms that stand in its place. Signals: ``closed(QWidget)``: a form went, and this shows now."""

    closed = Signal(QWidget)

    def __init__(self, card: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.card = card
        self._sheets: dict[str, Sheet] = {}
        self._back: dict[str, QWidget] = {}
        self.addWidget(card)

    @property
    def is_card(self) -> bool:
        """Whether the card can be seen."""
        return self.currentWidget() is self.card

    def open(self, key: str, make: Callable[[], Sheet], back: QWidget | None = None) -> None:
        """Put a form in the card's place; one that was begun for the same subject comes back as it was left. When it
        is done, ``back`` (the card) is shown."""
        if back is not None:
            self._back[key] = back
        sheet = self._sheets.get(key)
        if sheet is None:
            sheet = self._sheets[key] = make()
            sheet.subject_id = key
            sheet.saved.connect(self._sheet_done)
            sheet.left.connect(self._sheet_done)
            self.addWidget(sheet)
        self.setCurrentWidget(sheet)
        sheet.setFocus()

    def sheet(self, key: str) -> Sheet | None:
        """The form that was begun for a subject, if any."""
        return self._sheets.get(key)

    def sheets(self) -> Iterator[tuple[str, Sheet]]:
        """All forms that were begun, with what they are about."""
        return iter(tuple(self._sheets.items()))

    def show_card_or_sheet(self, key: str | None) -> None:
        """What stands here for a subject: its form if one was begun, else its card."""
        self.setCurrentWidget(self._sheets.get(key or "") or self.card)

    @Slot()
    def _sheet_done(self) -> None:
        sheet = self.sender()
        if isinstance(sheet, Sheet) and self._sheets.pop(sheet.subject_id, None) is not None:
            after = self._back.pop(sheet.subject_id, self.card)
            self.removeWidget(sheet)
            sheet.deleteLater()
            self.setCurrentWidget(after)
            self.closed.emit(after)
