"""How far long work is, in words and as a bar, and the button that gives it up."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from commandcenter.ui.core import theme
from commandcenter.ui.core.widgets import Button, Label

WIDTH = 160


class LongWork(QWidget):
    """Out of sight while nothing goes on.

    Signals: ``given_up()`` when the button is pressed.
    """

    given_up = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        look = theme.current()
        self.words = Label("", "caption")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(look.px(WIDTH))
        self.stop = Button("core.work.give_up", kind="quiet")
        self.stop.setObjectName("core.work.give_up")
        self.stop.clicked.connect(self.given_up)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(look.space(2))
        for each in (self.words, self.bar, self.stop):
            row.addWidget(each)
        self.hide()

    def begin(self, code: str, *, can_stop: bool = True) -> None:
        """Something goes on whose length is not known yet."""
        self.words.say(code)
        self.bar.setRange(0, 0)
        self.stop.setVisible(can_stop)
        self.show()

    def show_progress(self, done: int, total: int) -> None:
        """So much of so much."""
        self.bar.setRange(0, max(total, 1))
        self.bar.setValue(done)

    def end(self) -> None:
        """It is over, whatever came of it."""
        self.hide()
