"""The pieces of a kit that comes back, each with how it was found: 1 in order, 2 missing, 3 damaged, 4 not brought."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent

from commandcenter.base.texts import choose, say
from commandcenter.rules.kits import FoundState
from commandcenter.services.kits import Found
from commandcenter.ui.core import theme
from commandcenter.ui.core.inputs import Asking
from commandcenter.ui.core.rowpaint import paint_text
from commandcenter.ui.core.steplist import StepList

ANSWERS: tuple[FoundState | None, ...] = ("issued", "missing", "damaged", None)
"""In the order of the digits; None: it was not brought, and stays as and where it is."""
_TOKENS = {"issued": "text", "missing": "overdue", "damaged": "overdue", None: "muted"}


class FoundList(StepList, Asking):
    """At first each is as it is recorded."""

    least_rows = 1

    def __init__(self, items: Sequence[Any]) -> None:
        """``items``: places of a kit, each with its ``article`` and the ``piece`` that is there (None: left out)."""
        super().__init__([each for each in items if each.piece is not None], at=0)
        self.answers: list[FoundState | None] = [_at_first(each) for each in self.items]

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

    def take_digit(self, digit: int) -> bool:
        """An answer to the chosen one."""
        if not 1 <= digit <= len(ANSWERS):
            return False
        self.answer(digit - 1)
        return True

    def enter(self) -> bool:
        """Save the form."""
        self.submitted.emit()
        return True

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt: on an answer it is taken, elsewhere the row is chosen."""
        super().mousePressEvent(event)
        place = int(event.position().y()) // self.high()
        for number, cell in enumerate(self._cells(place)):
            if cell.contains(event.position().toPoint()) and place < len(self.items):
                self.answers[place] = ANSWERS[number]

    def _cells(self, place: int) -> list[QRect]:
        look = theme.current()
        top, high = place * self.high() + self.high() // 2, self.high() // 2
        wide = max((self.width() - look.space(4)) // len(ANSWERS), 1)
        return [QRect(look.space(2) + wide * number, top, wide, high) for number in range(len(ANSWERS))]

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt: the rows, or that there are none."""
        super().paintEvent(event)
        if not self.items:
            with QPainter(self) as painter:
                paint_text(painter, self.rect(), say("core.found.nothing"), token="muted")

    def paint_row(self, painter: QPainter, area: QRect, place: int) -> None:
        """The piece, and below the four answers with their digits."""
        look, item, is_here = theme.current(), self.items[place], place == self.at
        upper = area.adjusted(look.space(2), look.px(2), -look.space(2), -self.high() // 2)
        code = item.piece.code if item.piece is not None else ""
        wide = paint_text(painter, upper, code, token="muted", pixels=12, align=Qt.AlignmentFlag.AlignRight)
        upper.setRight(upper.right() - wide - look.space(2))
        size = item.piece.size if item.piece is not None else ""
        name = choose(item.article.name, item.article.name_en)
        paint_text(painter, upper, f"{name} {size}".rstrip(), is_strong=is_here)
        for number, cell in enumerate(self._cells(place)):
            state = ANSWERS[number]
            chosen = self.answers[place] == state
            told = f"{number + 1} {'●' if chosen else '○'} " + say(f"core.found.{state or 'out'}")
            paint_text(painter, cell, told, token=_TOKENS[state] if chosen else "disabled", pixels=12,
                       is_strong=chosen)  # fmt: skip


def _at_first(item: Any) -> FoundState | None:
    state = item.piece.state if item.piece is not None else None
    return "missing" if state == "missing" else "damaged" if state == "damaged" else "issued"
