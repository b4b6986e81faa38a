"""A small list at the right of the calendar: lines under headings, each with its form and a way to take it out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from commandcenter.base.texts import say
from commandcenter.ui.core import theme
from commandcenter.ui.core.cards import Column, Link, clear
from commandcenter.ui.core.cards import words as label
from commandcenter.ui.core.widgets import Button, Label, divider

Open = Callable[[str, Callable[[], Any]], None]
"""Puts a form in this list's place: a key, and what makes it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: what it says, below it more quietly, the form it opens, and the command that takes it away."""

    title: str
    more: str
    edit: Callable[[], None] | None
    retire: Callable[[], None] | None


class SmallList(QWidget):
    """Lines under headings. Signals: ``left()`` on Escape or its button."""

    left = Signal()

    def __init__(self, title_code: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("panel", "surface")
        look = theme.current()
        self.leave_button = Button("core.sheet.leave", kind="quiet", key="Esc")
        self.leave_button.clicked.connect(self.left)
        holder = Column()
        self._lines = QVBoxLayout(holder)
        self._lines.setContentsMargins(look.space(4), look.space(2), look.space(4), look.space(4))
        self._lines.setSpacing(look.space(2))
        scrolling = QScrollArea()
        scrolling.setWidget(holder)
        scrolling.setWidgetResizable(True)
        scrolling.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        head = QHBoxLayout()
        head.setContentsMargins(look.space(4), look.space(3), look.space(3), look.space(1))
        head.addWidget(Label(title_code, "heading"), 1)
        head.addWidget(self.leave_button)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addLayout(head)
        whole.addWidget(scrolling, 1)
        self.first: QWidget = self.leave_button

    def begin(self) -> None:
        """Take everything out."""
        clear(self._lines)
        self.first = self.leave_button

    def part(self, title_code: str, add_code: str, add: Callable[[], None] | None, none_code: str,
             entries: Sequence[Entry]) -> None:  # fmt: skip
        """A heading with its button and its lines; ``add`` None: the role may not."""
        row = QHBoxLayout()
        row.addWidget(Label(title_code, "strong"), 1)
        if add is not None:
            button = Button(add_code, kind="secondary", icon="add")
            button.clicked.connect(add)
            row.addWidget(button)
            if self.first is self.leave_button:
                self.first = button
        self._lines.addLayout(row)
        for entry in entries:
            self._lines.addWidget(self._line(entry))
        if not entries:
            quiet = Label(none_code, "muted")
            quiet.setWordWrap(True)
            self._lines.addWidget(quiet)
        self._lines.addWidget(divider())

    def tell(self, sentence: str) -> None:
        """A quiet sentence of its own."""
        told = label(sentence, "caption")
        told.setWordWrap(True)
        self._lines.addWidget(told)

    def end(self) -> None:
        """The rest stays empty."""
        self._lines.addStretch(1)

    def _line(self, entry: Entry) -> QWidget:
        line, look = QWidget(), theme.current()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(look.space(2))
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(Link(entry.title, entry.edit) if entry.edit else label(entry.title))
        if entry.more:
            column.addWidget(label(entry.more, "muted"))
        row.addLayout(column, 1)
        if entry.retire is not None:
            button = Button("drills.list.retire", kind="quiet", icon="remove")
            button.setAccessibleName(say("drills.list.retire_what", what=entry.title))
            button.clicked.connect(entry.retire)
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        return line

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: Escape leaves."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


def as_text(value: Any) -> str:
    """A value as a form shows it; empty for none."""
    return "" if value is None else str(value)
