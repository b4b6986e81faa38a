"""A short list of things of one height each, that digits and arrows go through."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from commandcenter.ui.core import theme
from commandcenter.ui.core.rowpaint import paint_ground

_STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


class StepList(QWidget):
    """``at``: the place that is chosen, -1 for none. What a digit and Enter do, and how one of them looks, its kinds
    say."""

    row_height = 44
    """Pixels at 100 %."""
    least_rows = 0
    """As high as so many, however few there are."""

    def __init__(self, items: Sequence[Any], at: int) -> None:
        super().__init__()
        self.items, self.at = tuple(items), at
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def choose(self, place: int) -> None:
        """By its place, from 0; places that do not exist are ignored."""
        if 0 <= place < len(self.items):
            self.at = place
            self.update()

    def take_digit(self, digit: int) -> bool:
        """A digit was typed; False: it means nothing here."""
        raise NotImplementedError

    def enter(self) -> bool:
        """Enter was pressed; False: it means nothing here."""
        raise NotImplementedError

    def paint_row(self, painter: QPainter, area: QRect, place: int) -> None:
        """One of them, on its ground."""
        raise NotImplementedError

    def high(self) -> int:
        """The height of one."""
        return theme.current().px(self.row_height)

    def sizeHint(self) -> QSize:
        """Qt: a row for each."""
        return QSize(200, self.high() * max(len(self.items), self.least_rows))

    def minimumSizeHint(self) -> QSize:
        """Qt: the same height."""
        return QSize(60, self.sizeHint().height())

    def event(self, event: QEvent) -> bool:
        """Qt: digits are meant for the list, not for the room's keys."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and event.text().isdecimal():
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: arrows, digits (full-width ones too), Enter."""
        step, text = _STEPS.get(Qt.Key(event.key())), event.text()
        if step is not None:
            self.choose(min(max(self.at + step, 0), len(self.items) - 1))
            return
        is_taken = len(text) == 1 and text.isdecimal() and self.take_digit(int(text))
        is_taken = is_taken or (event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.enter())
        if not is_taken:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt: the one under the mouse."""
        self.choose(int(event.position().y()) // self.high())

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Qt: the cursor shows."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Qt: the cursor rests."""
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt: one below the other."""
        painter = QPainter(self)
        for place in range(len(self.items)):
            area = QRect(0, place * self.high(), self.width(), self.high())
            paint_ground(painter, area, is_selected=place == self.at, is_hovered=False, has_focus=self.hasFocus())
            self.paint_row(painter, area, place)
        painter.end()
