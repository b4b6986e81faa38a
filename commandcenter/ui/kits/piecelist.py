"""What a kit consists of, place by place, on its card; also the pieces of a shelf. Arrows and digits choose one."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter

from commandcenter.base.texts import say
from commandcenter.ui.core import theme
from commandcenter.ui.core.rowpaint import paint_text
from commandcenter.ui.core.steplist import StepList
from commandcenter.ui.kits.marks import SIGN, TONES, article_name, paint_sign, state_words
from commandcenter.ui.kits.rows import Item

_RIGHT = Qt.AlignmentFlag.AlignRight


class PieceList(StepList):
    """Signals: ``moved(key)`` when another one was chosen by hand; ``opened(key)`` on Enter or a double click;
    ``left()`` on Escape."""

    row_height = 46
    moved = Signal(str)
    opened = Signal(str)
    left = Signal()

    def __init__(self, items: Sequence[Item], signs: dict[str, str], chosen: str | None) -> None:
        keys = [each.key for each in items]
        super().__init__(items, at=keys.index(chosen) if chosen in keys else -1)
        self._signs = signs
        self.reasons: dict[str, str] = {}
        """The last reason given, by piece; words that not everybody may read."""
        self.setObjectName("kits.pieces")
        self.setAccessibleName(say("kits.section.slots"))

    @property
    def chosen(self) -> Item | None:
        """The one that is chosen."""
        return self.items[self.at] if 0 <= self.at < len(self.items) else None

    def choose(self, place: int) -> None:
        """By hand: whoever listens is told."""
        super().choose(place)
        if 0 <= place < len(self.items):
            self.setAccessibleDescription(self._told(self.items[place]))
            self.moved.emit(self.items[place].key)

    def tell_reasons(self, reasons: dict[str, str]) -> None:
        """They are read apart."""
        self.reasons = reasons
        self.update()

    def _told(self, item: Item) -> str:
        return f"{article_name(item.article)} {state_words(item.state)}"

    def take_digit(self, digit: int) -> bool:
        """The number of a place."""
        self.choose(digit - 1)
        return True

    def enter(self) -> bool:
        """What is to be done with the chosen one."""
        if self.chosen is not None:
            self.opened.emit(self.chosen.key)
        return self.chosen is not None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: Escape leaves."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Qt: what is to be done with it."""
        if self.chosen is not None:
            self.opened.emit(self.chosen.key)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Qt: who comes here by key stands on the first that waits, else on the first."""
        super().focusInEvent(event)
        if self.at < 0 and event.reason() != Qt.FocusReason.MouseFocusReason:
            bad = next((place for place, each in enumerate(self.items) if each.state != "good"), 0)
            self.choose(bad)

    def paint_row(self, painter: QPainter, area: QRect, place: int) -> None:
        """Sign, name, state; below code, days and reason."""
        look, item = theme.current(), self.items[place]
        side = look.px(SIGN)
        sign = QRect(area.left() + look.space(2), area.center().y() - side // 2, side, side)
        paint_sign(painter, sign, item.state, self._signs.get(item.article.id, "?"))
        inner = area.adjusted(side + look.space(5), look.px(4), -look.space(2), -look.px(4))
        upper, lower = QRect(inner), QRect(inner)
        upper.setHeight(inner.height() // 2)
        lower.setTop(upper.bottom() + 1)
        tone = TONES[item.state]
        words = state_words(item.state)
        wide = paint_text(painter, upper, words, token=tone, is_strong=item.state != "good", align=_RIGHT)
        upper.setRight(upper.right() - wide - look.space(2))
        name = f"{place + 1}  {article_name(item.article)}" if place < 9 else article_name(item.article)
        paint_text(painter, upper, f"{name} {item.size}".rstrip(), is_strong=place == self.at)
        paint_text(painter, lower, _facts(item, self.reasons), token="muted", pixels=look.sizes.caption)


def _facts(item: Item, reasons: dict[str, str]) -> str:
    piece = item.piece
    if piece is None:
        return say("kits.piece.none")
    due = say("kits.piece.due", day=piece.due_on) if piece.due_on else ""
    parts = (piece.code, say("kits.piece.issued", day=piece.issued_on), due, reasons.get(piece.id, ""))
    return " · ".join(part for part in parts if part)
