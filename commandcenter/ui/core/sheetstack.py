"""What stands at the right of a workspace: the card of what is chosen, or a form that was begun and waits."""

from collections.abc import Iterator

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QStackedWidget, QWidget

from commandcenter.ui.core.sheet import Make, Sheet, is_outdated, renewed


class SheetStack(QStackedWidget):
    """A card, and the forms that stand in its place. Signals: ``closed(QWidget)``: a form went, and this shows now.

    A form that is left with something in it is put aside, not thrown away: it comes back when it is opened again, made
    anew where what it was made of has changed since, with what was typed.
    """

    closed = Signal(QWidget)

    def __init__(self, card: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.card = card
        self._sheets: dict[str, Sheet] = {}
        self._makes: dict[str, Make] = {}
        self._back: dict[str, QWidget] = {}
        self._aside: set[str] = set()
        self.addWidget(card)

    @property
    def is_card(self) -> bool:
        """Whether the card can be seen."""
        return self.currentWidget() is self.card

    def open(self, key: str, make: Make, back: QWidget | None = None) -> None:
        """Put a form in the card's place; one that was begun for the same subject comes back as it was left. When it
        is done, ``back`` (the card) is shown."""
        if back is not None:
            self._back[key] = back
        made_by, self._makes[key] = self._makes.get(key), make
        was_aside = key in self._aside
        self._aside.discard(key)
        sheet = self._sheets.get(key)
        if sheet is None:
            self._begin(key)
            return
        if was_aside and is_outdated(sheet, made_by, make):
            self._drop(sheet)
            renewed(sheet, self._begin(key))
            return
        if sheet is not self.currentWidget() and sheet.is_begun:
            sheet.tell_kept()
        self.setCurrentWidget(sheet)
        sheet.setFocus()

    def sheet(self, key: str) -> Sheet | None:
        """The form that was begun for a subject, if any."""
        return self._sheets.get(key)

    def sheets(self) -> Iterator[tuple[str, Sheet]]:
        """All forms that were begun, with what they are about."""
        return iter(tuple(self._sheets.items()))

    def show_card_or_sheet(self, key: str | None) -> None:
        """What stands here for a subject: its form if one was begun and not left, else its card."""
        sheet = None if key in self._aside else self._sheets.get(key or "")
        self.setCurrentWidget(sheet or self.card)

    def _begin(self, key: str) -> Sheet:
        sheet = self._sheets[key] = self._makes[key]()
        sheet.subject_id = key
        sheet.saved.connect(self._sheet_saved)
        sheet.left.connect(self._sheet_left)
        sheet.afresh.connect(self._sheet_afresh)
        self.addWidget(sheet)
        self.setCurrentWidget(sheet)
        sheet.setFocus()
        sheet.mark_blank()
        return sheet

    def _sender(self) -> Sheet | None:
        sheet = self.sender()
        return sheet if isinstance(sheet, Sheet) and self._sheets.get(sheet.subject_id) is sheet else None

    @Slot()
    def _sheet_saved(self) -> None:
        sheet = self._sender()
        if sheet is not None:
            self._take_away(sheet)

    @Slot()
    def _sheet_left(self) -> None:
        sheet = self._sender()
        if sheet is None:
            return
        if sheet.keeps_draft and sheet.is_begun:
            self._aside.add(sheet.subject_id)
            self._show_after(sheet)
        else:
            self._take_away(sheet)

    @Slot()
    def _sheet_afresh(self) -> None:
        sheet = self._sender()
        if sheet is not None:
            self._drop(sheet)
            self._begin(sheet.subject_id)

    def _take_away(self, sheet: Sheet) -> None:
        key, was_aside = sheet.subject_id, sheet.subject_id in self._aside
        self._aside.discard(key)
        self._makes.pop(key, None)
        self._drop(sheet)
        if was_aside:  # saved after all, while something else is looked at
            self._back.pop(key, None)
        else:
            self._show_after(sheet)

    def _drop(self, sheet: Sheet) -> None:
        del self._sheets[sheet.subject_id]
        self.removeWidget(sheet)
        sheet.deleteLater()

    def _show_after(self, sheet: Sheet) -> None:
        after = self._back.pop(sheet.subject_id, self.card)
        self.setCurrentWidget(after)
        self.closed.emit(after)
