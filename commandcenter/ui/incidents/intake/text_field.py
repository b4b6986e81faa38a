"""What happened: a few lines of text, with stock phrases by their initials for who has no input method at hand."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QVBoxLayout, QWidget

from commandcenter.base import texts
from commandcenter.base.texts import say
from commandcenter.services.catalogues import Phrase, subkind_name
from commandcenter.ui.core.fields import TextBox
from commandcenter.ui.incidents.intake.guess import Offer, offers
from commandcenter.ui.incidents.intake.suggestions import Suggestion, SuggestionList


class TextField(QWidget):
    """Signals: ``edited(text)`` – settled text only; ``passed()`` – Enter with nothing to choose."""

    edited = Signal(str)
    passed = Signal()

    def __init__(self, host: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._offers: tuple[Offer, ...] = ()
        self._is_shown = False
        self.box = TextBox(say("intake.text.placeholder"), least=2, most=5, submits=True, parent=self)
        self.list = SuggestionList(self.box, host)
        self.setFocusProxy(self.box)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.box)
        self.box.edited.connect(self._edited)
        self.box.submitted.connect(self.passed)
        self.list.taken.connect(self._taken)

    def show_text(self, text: str) -> None:
        """Show the words of a report."""
        if self.box.toPlainText() != text:
            self._is_shown = True
            self.box.setPlainText(text)
            self._is_shown = False
        self.list.offer(())

    @Slot(str)
    def _edited(self, text: str) -> None:
        if self._is_shown:
            return
        self._offers = offers(text, texts.current().language)
        certain = any(offer.is_certain for offer in self._offers)
        self.list.offer([_row(offer.phrase) for offer in self._offers], marked=0 if certain else -1)
        if not self.box.is_composing:
            self.edited.emit(self.box.toPlainText())

    @Slot(int)
    def _taken(self, place: int) -> None:
        name = self._offers[place].phrase.name
        self.show_text(name)
        self.box.moveCursor(QTextCursor.MoveOperation.End)
        self.edited.emit(name)


def _row(phrase: Phrase) -> Suggestion:
    return Suggestion(phrase.name, subkind_name(phrase.category, phrase.subkind), mark=phrase.initials)
