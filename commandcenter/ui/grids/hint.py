"""One sentence over the map, with at most one thing to do about it. It takes no focus and asks for nothing."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from commandcenter.ui.core import theme
from commandcenter.ui.core.captions import caption
from commandcenter.ui.core.widgets import Label


class MapHint(QFrame):
    """Hidden while there is nothing to say. Signals: ``acted(what)`` when its button was pressed."""

    acted = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("grids.map.hint")
        self.setProperty("panel", "card")
        self.sentence = Label(parent=self)
        self.note = Label("", "muted", self)
        self.button = QPushButton(self)
        self.button.setProperty("kind", "quiet")
        self._what = ""
        look = theme.current()
        row = QHBoxLayout(self)
        row.setContentsMargins(look.space(3), look.space(1), look.space(2), look.space(1))
        row.setSpacing(look.space(2))
        for part in (self.sentence, self.note, self.button):
            row.addWidget(part)
        self.button.clicked.connect(self._press)
        self.hide()

    def tell(self, sentence: str, button: str = "", what: str = "", *, note: str = "") -> None:
        """Say this; an empty sentence hides the hint. ``what`` is emitted when ``button`` is pressed."""
        self._what = what
        self.sentence.setText(sentence)
        self.note.setText(note)
        self.note.setVisible(bool(note))
        self.button.setText(caption(button))
        self.button.setVisible(bool(button))
        self.setVisible(bool(sentence))

    @Slot()
    def _press(self) -> None:
        self.acted.emit(self._what)
