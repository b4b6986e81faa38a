"""How far long work is, in words and as a bar, and the button that gives it up."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from commandcenter.ui.core import theme
from commandcenter.ui.core.widgets import Button, Label

WIDTH = 160


class LongWork(QWidget):
    """Out of sight while nothing goes on. ``is_wide``: the words stand above a bar that takes the width there is, as a
    form has it; else all in one line. ``stop_code``, ``stop_key``: what the button says, and the key beside it.

    Signals: ``given_up()`` when the button is pressed.
    """

    given_up = Signal()

    def __init__(self, parent: QWidget | None = None, *, stop_code: str = "core.work.give_up", stop_key: str = "",
                 is_wide: bool = False) -> None:  # fmt: skip
        super().__init__(parent)
        look = theme.current()
        self.words = Label("", "caption")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.stop = Button(stop_code, kind="secondary" if is_wide else "quiet", key=stop_key)
        self.stop.setObjectName(stop_code)
        self.stop.clicked.connect(self.given_up)
        if is_wide:
            column = QVBoxLayout(self)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(look.space(1))
            column.addWidget(self.words)
            row = QHBoxLayout()
            column.addLayout(row)
        else:
            self.bar.setFixedWidth(look.px(WIDTH))
            row = QHBoxLayout(self)
            row.setContentsMargins(0, 0, 0, 0)
            row.addWidget(self.words)
        row.setSpacing(look.space(2))
        row.addWidget(self.bar, 1 if is_wide else 0)
        row.addWidget(self.stop)
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
