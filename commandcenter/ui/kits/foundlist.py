"""The pieces of a kit that comes back, each with how it was found: 1 in order, 2 missing, 3 damaged, 4 not brought."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy

from commandcenter.base.texts import say
from commandcenter.rules.kits import FoundState
from commandcenter.services.kits import Found
from commandcenter.ui.core import theme
from commandcenter.ui.core.inputs import Asking
from commandcenter.ui.core.rowpaint import paint_ground, paint_text
from commandcenter.ui.kits.marks import article_name
from commandcenter.ui.kits.rows import Item

HEIGHT = 44
ANSWERS: tuple[FoundState | None, ...] = ("issued", "missing", "damaged", None)
"""In the order of the digits; None: it was not brought, and stays as and where it is."""
_STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
_TOKENS = {"issued": "text", "missing": "overdue", "damaged": "overdue", None: "muted"}


class FoundList(Asking):
    """At first each is as it is recorded."""

    def __init__(self, items: Sequence[Item]) -> None:
        super().__init__()
        self.items = tuple(each for each in items if each.piece is not None)
        self.answers: list[FoundState | None] = [_at_first(each) for each in self.items]
        self.at = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def asked(self) -> tuple[Found, ...] | None:
        """Those that were brought, or are known to be lost."""
        return tuple(Found(each.piece.id, state) for each, state in zip(self.items, self.answers, strict=True)
                     if each.piece is not None and state is not None) or None  # fmt: skip

    def put(self, value: Any) -> None:
        """Only ever nothing."""
        self.answers = [_at_first(each) for each in self.items]
        self.update()

    def answer(self, number: int) -> None:
        """What the chosen one is; the next is chosen."""
        if self.items:
            self.answers[self.at] = ANSWERS[number]
            self.at = min(self.at + 1, len(self.items) - 1)
            self.update()

    def _high(self) -> int:
        return theme.current().px(HEIGHT)

    def sizeHint(self) -> QSize:
        """Qt: a row for each."""
        return QSize(200, self._high() * max(len(self.items), 1))

    def minimumSizeHint(self) -> QSize:
        """Qt: the same height."""
        return QSize(60, self.sizeHint().height())

    def event(self, event: QEvent) -> bool:
        """Qt: digits are answers here."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and event.text().isdecimal():
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: arrows move, digits answer, Enter saves."""
        step, text = _STEPS.get(Qt.Key(event.key())), event.text()
        if step is not None:
            self.at = min(max(self.at + step, 0), max(len(self.items) - 1, 0))
            self.update()
        elif len(text) == 1 and text.isdecimal() and 1 <= int(text) <= len(ANSWERS):
            self.answer(int(text) - 1)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.submitted.emit()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt: on an answer it is taken, elsewhere the row is chosen."""
        place = int(event.position().y()) // self._high()
        if not 0 <= place < len(self.items):
            return
        self.at = place
        for number, cell in enumerate(self._cells(place)):
            if cell.contains(event.position().toPoint()):
                self.answers[place] = ANSWERS[number]
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Qt: the cursor shows."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Qt: the cursor rests."""
        super().focusOutEvent(event)
        self.update()

    def _cells(self, place: int) -> list[QRect]:
        look = theme.current()
        top, high = place * self._high() + self._high() // 2, self._high() // 2
        wide = max((self.width() - look.space(4)) // len(ANSWERS), 1)
        return [QRect(look.space(2) + wide * number, top, wide, high) for number in range(len(ANSWERS))]

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt: the piece, and below the four answers with their digits."""
        look = theme.current()
        painter = QPainter(self)
        if not self.items:
            paint_text(painter, self.rect(), say("kits.back.nothing"), token="muted")
        for place, item in enumerate(self.items):
            area = QRect(0, place * self._high(), self.width(), self._high())
            is_here = place == self.at
            paint_ground(painter, area, is_selected=is_here, is_hovered=False, has_focus=self.hasFocus())
            upper = area.adjusted(look.space(2), look.px(2), -look.space(2), -self._high() // 2)
            code = item.piece.code if item.piece is not None else ""
            wide = paint_text(painter, upper, code, token="muted", pixels=12, align=Qt.AlignmentFlag.AlignRight)
            upper.setRight(upper.right() - wide - look.space(2))
            paint_text(painter, upper, f"{article_name(item.article)} {item.size}".rstrip(), is_strong=is_here)
            for number, cell in enumerate(self._cells(place)):
                state = ANSWERS[number]
                chosen = self.answers[place] == state
                told = f"{number + 1} {'●' if chosen else '○'} " + say(f"kits.found.{state or 'out'}")
                paint_text(painter, cell, told, token=_TOKENS[state] if chosen else "disabled", pixels=12,
                           is_strong=chosen)  # fmt: skip
        painter.end()


def _at_first(item: Item) -> FoundState | None:
    state = item.piece.state if item.piece is not None else None
    return "missing" if state == "missing" else "damaged" if state == "damaged" else "issued"
